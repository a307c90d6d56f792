// Needs: npm: vega.
//
// The table of a sweep, as `npm run sweep` writes it: one row a run, with its parameters and what it recorded.

/** What a cell holds; null where a run has no such result. */
export type SweepCell = number | string | boolean | null | SweepCell[];
export type SweepRow = Record<string, SweepCell>;

/**
 * The rows of a table.csv, with numbers as numbers, NaN and the infinities among them, and arrays as arrays.
 *
 * Beside parameters and results each has `run_status` (done, failed, not run), `run_seconds`, `run_error` and
 * `run_notebook`. Throws a TypeError for a text without `run_status` in its first line.
 */
export function sweepRows(csv: string): SweepRow[] {
  const head = csv.slice(0, Math.max(0, csv.indexOf('\n')));
  if (!/\brun_status\b/.test(head))
    throw new TypeError(
      `sweepRows(csv): csv must be the text of a sweep's table.csv, got ${JSON.stringify(head)}`,
    );
  // Loaded when first needed, and untyped, as in chart_svg.ts.
  const rows: Record<string, string>[] = require('vega').read(csv, { type: 'csv' });
  return rows.map(row => Object.fromEntries(Object.entries(row).map(([name, text]) => [name, cellOf(text)])));
}

/**
 * One column `[n]` of numbers, one a run.
 *
 * Throws a TypeError for a column that is not there, or holds anything else in one of the rows.
 */
export function sweepColumn(rows: SweepRow[], name: string): number[] {
  return rows.map((row, i) => {
    const cell = row[name];
    if (typeof cell !== 'number')
      throw new TypeError(
        `sweepColumn(${name}): row ${i} must hold a number there, got ${JSON.stringify(cell) ?? 'no such column'}`,
      );
    return cell;
  });
}

const NUMBER = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|NaN|-?Infinity)$/i;

function cellOf(text: string): SweepCell {
  if (text === '') return null;
  if (NUMBER.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  if (!text.startsWith('[')) return text;
  try {
    return named(JSON.parse(text));
  } catch {
    return text;
  }
}

/** JSON has no NaN and no Infinity: they stand there by their names. */
const named = (value: SweepCell): SweepCell =>
  Array.isArray(value)
    ? value.map(named)
    : typeof value === 'string' && NUMBER.test(value)
      ? Number(value)
      : value;
