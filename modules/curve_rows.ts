// Needs: chart_spec.ts, plain_array.ts; npm: ndarray.
//
// The rows of a line chart: its data checked, rounded, and signs in place of what cannot be drawn.
import { requireCount, requireFinite, round, toNumbers } from './chart_spec';
import type { Vector } from './plain_array';

/** One named curve, y `[n]` over x `[n]`; x may be left out where the chart gives one for all. */
export interface Series {
  name: string;
  y: Vector;
  x?: Vector;
  /** A line unless told otherwise. */
  mark?: 'line' | 'points' | 'line and points';
}

/** A dashed grey line across the chart, at one x or at one y. */
export type Reference = { name?: string } & ({ x: number } | { y: number });

export interface Curves {
  series: Series[];
  x?: Vector;
  references?: Reference[];
}

export interface Axes {
  xLog?: boolean;
  yLog?: boolean;
  /** Of one panel, in pixels. */
  width?: number;
  height?: number;
}

/** One value, as Vega-Lite draws it. */
export interface Row {
  x: number;
  y: number | null;
  series: string;
  /** The sign of a value that cannot be drawn, and how many pixels from the top it stands. */
  sign?: string;
  top?: number;
}

const SIGNS = { '×': 'NaN', '∞': 'infinite', '−∞': 'minus infinity', '0': 'zero', '−': 'negative' };

/** One row a value: what Vega-Lite draws. Throws as lineChart does. */
export function curveRows(call: string, curves: Curves, axes: Axes & { height: number }): Row[] {
  requireNames(call, 'series', curves.series);
  const marks = curves.references?.map(reference => ('x' in reference ? reference.x : reference.y));
  requireFinite(call, 'references', marks ?? []);
  // Signs of several series at one x stand one above the other.
  let [above, below] = [0, 0];
  const rows = curves.series.flatMap((series, i) => {
    const xs = toNumbers(call, 'x', series.x ?? curves.x ?? []);
    const ys = toNumbers(call, `series[${i}].y`, series.y);
    if (xs.length !== ys.length)
      throw new RangeError(
        `${call}(series): series[${i}].y must have as many values as x, ${xs.length}, got ${ys.length}`,
      );
    requireFinite(call, 'x', xs);
    const left = xs.find(x => axes.xLog && x <= 0);
    if (left !== undefined)
      throw new RangeError(`${call}(x): x must be positive on a logarithmic axis, got ${left}`);
    const signs = ys.map(y => signOf(y, axes.yLog));
    const [top, bottom] = [10 + 14 * above, axes.height - 10 - 14 * below];
    if (signs.includes('∞')) above++;
    if (signs.some(sign => sign && sign !== '∞')) below++;
    return xs.map((x, k) => {
      const sign = signs[k];
      const point = { x: round(x), y: sign ? null : round(ys[k]), series: series.name };
      return sign ? { ...point, sign, top: sign === '∞' ? top : bottom } : point;
    });
  });
  requireCount(call, 'series', rows.length);
  return rows;
}

/** Throws a TypeError unless each has a name, and no two the same. */
export function requireNames(call: string, argument: string, items: { name: string }[]): void {
  const names = items.map(item => item.name);
  if (names.length === 0 || !names.every(Boolean) || new Set(names).size < names.length)
    throw new TypeError(`${call}(${argument}): each must have a name of its own, got [${names.join(', ')}]`);
}

function signOf(y: number, log = false): keyof typeof SIGNS | undefined {
  if (Number.isNaN(y)) return '×';
  if (!Number.isFinite(y)) return y > 0 ? '∞' : '−∞';
  if (log && y <= 0) return y < 0 ? '−' : '0';
  return undefined;
}

/** The subtitle that explains the signs, if there are any. */
export function meaningOfSigns(rows: Row[]): string {
  const seen = Object.entries(SIGNS).filter(([sign]) => rows.some(row => row.sign === sign));
  return seen.length ? `At the edge: ${seen.map(pair => pair.join(' ')).join(', ')}.` : '';
}
