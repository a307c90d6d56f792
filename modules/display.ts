// Needs: chart_svg.ts, notebook_output.ts, number_format.ts, plain_array.ts, progress_bar.ts, record.ts,
//   tables.ts; npm: ndarray, vega, vega-lite.
//
// Shows charts, tables and residuals in a notebook; prints their text where there is none.
import { renderSvg } from './chart_svg';
import { inNotebook, show } from './notebook_output';
import { formatNumber } from './number_format';
import { type Table, tableColumns, tableHtml, tableText } from './tables';

export { progressBar } from './progress_bar';
export { record } from './record';

/**
 * Shows a Vega-Lite v5 chart as one output: the specification for JupyterLab, SVG for pages, its description as text.
 *
 * Await it. Throws a TypeError if the specification has no description, and an error if Vega-Lite cannot read it.
 */
export async function showChart(spec: { description: string }): Promise<void> {
  const { description } = spec;
  if (typeof description !== 'string' || description.trim() === '')
    throw new TypeError(`showChart(spec): spec.description must be a non-empty string, got ${description}`);
  const pictures = inNotebook() && {
    'application/vnd.vegalite.v5+json': spec,
    'image/svg+xml': await renderSvg(spec),
  };
  show({ ...pictures, 'text/plain': description });
}

/**
 * Shows how far a result is from the truth, and throws an Error if that is more than the tolerance, or NaN.
 *
 * The headless runner reads the residual from the output for its final table.
 */
export function residual(name: string, value: number, tolerance: number): void {
  const holds = Math.abs(value) <= tolerance;
  const sign = holds ? '≤' : 'is not ≤';
  const text = `${name}: largest residual ${formatNumber(value)} ${sign} ${formatNumber(tolerance)}`;
  show({ 'application/vnd.rbf.residual+json': { name, value, tolerance }, 'text/plain': text });
  if (!holds) throw new Error(text);
}

/**
 * Shows a table, given as named columns or as rows of named cells; the first column names the rows.
 *
 * Numbers are written as formatNumber does. Throws a TypeError for a missing caption, no columns, or a cell that is
 * neither number, string nor boolean, and a RangeError for columns of different lengths.
 */
export function showTable(table: Table, { caption, digits = 5 }: { caption: string; digits?: number }): void {
  if (typeof caption !== 'string' || caption.trim() === '')
    throw new TypeError(`showTable(caption): caption must be a non-empty string, got ${caption}`);
  const columns = tableColumns(table, digits);
  show({ 'text/html': tableHtml(columns, caption), 'text/plain': tableText(columns, caption) });
}
