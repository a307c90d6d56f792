// Needs: chart_spec.ts, charts.ts, curve_axes.ts, curve_layers.ts, curve_rows.ts, number_format.ts,
//   plain_array.ts, sweep_table.ts; npm: ndarray, vega.
//
// A result of a sweep over one of its parameters, a line for each combination of the others.
import type { ChartSpec } from './chart_spec';
import { lineChart } from './charts';
import { formatAsVega } from './number_format';
import { type SweepRow, sweepColumn } from './sweep_table';

/** An axis that spans more than this, above 0, is logarithmic. */
const WIDE = 30;

/**
 * The chart of a result over a parameter, with a line for each combination of the parameters `by`.
 *
 * Runs that are not done are left out. Throws a RangeError if none is left, and a TypeError if the result or the
 * parameter is not a number in one of them.
 */
export function sweepChart(
  rows: SweepRow[],
  options: { result: string; parameter: string; by: string[]; title?: string },
): ChartSpec {
  const { result, parameter, by } = options;
  const done = rows.filter(row => row.run_status === 'done');
  if (done.length === 0)
    throw new RangeError(`sweepChart(rows): a run must be done, got ${rows.length} that are not`);
  const [xs, ys] = [sweepColumn(done, parameter), sweepColumn(done, result)];
  const groups = new Map<string, { x: number; y: number }[]>();
  done.forEach((row, i) => {
    const name = by.map(other => `${other} = ${cellText(row[other])}`).join(', ') || result;
    groups.set(name, [...(groups.get(name) ?? []), { x: xs[i], y: ys[i] }]);
  });
  const series = [...groups].map(([name, unsorted]) => {
    const points = unsorted.sort((a, b) => a.x - b.x);
    return { name, x: points.map(p => p.x), y: points.map(p => p.y), mark: 'line and points' as const };
  });
  const lines =
    series.length === 1 ? '' : `, a line for each of ${series.map(({ name }) => name).join('; ')}`;
  const extremes = series.map(line => `${line.name}: ${rangeOf(line.x, line.y, parameter)}`).join('; ');
  return lineChart({
    title: options.title ?? `${result} over ${parameter}`,
    description: `${result} over ${parameter} in ${done.length} runs${lines}. ${extremes}.`,
    xTitle: parameter,
    yTitle: result,
    xLog: isWide(xs),
    yLog: isWide(ys),
    series,
  });
}

/** The least and the largest finite value of a line, and at which parameter. */
function rangeOf(x: number[], y: number[], parameter: string): string {
  const finite = y.filter(Number.isFinite);
  if (finite.length === 0) return 'without a finite value';
  const at = (value: number) => `${formatAsVega(value)} at ${parameter} = ${x[y.indexOf(value)]}`;
  return `from ${at(Math.min(...finite))} to ${at(Math.max(...finite))}`;
}

const cellText = (cell: SweepRow[string]): string => (typeof cell === 'string' ? cell : JSON.stringify(cell));

function isWide(values: number[]): boolean {
  const finite = values.filter(Number.isFinite);
  const least = Math.min(...finite);
  return least > 0 && Math.max(...finite) / least > WIDE;
}
