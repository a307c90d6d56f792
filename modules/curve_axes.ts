// Needs: chart_spec.ts, curve_rows.ts, plain_array.ts; npm: ndarray.
//
// The axes of a line chart, linear or logarithmic.
import { labelsFor } from './chart_spec';
import type { Row } from './curve_rows';

/** The encoding of x or y: its title, its scale with what `room` adds to it, and labels that fit its values. */
export function axisOf(field: 'x' | 'y', title: string, rows: Row[], log = false, room: object = {}): object {
  const values = rows.flatMap(row => row[field] ?? []);
  // An axis with nothing on it would be drawn from NaN to NaN.
  const nothing = values.length === 0 ? { domain: log ? [0.1, 1] : [0, 1] } : {};
  // To a power of ten at both ends of x, half of the chart could be empty.
  const tight = field === 'x' ? { nice: false } : {};
  const scale = { ...(log ? { type: 'log', ...tight } : { zero: false }), ...nothing, ...room };
  return {
    field,
    type: 'quantitative',
    title,
    scale,
    axis: log ? powersOfTen(values) : labelsFor(values),
  };
}

/** Powers of ten, at most eight; over a few decades their twofold and fivefold as well. */
function powersOfTen(values: number[]): object {
  const exponents = values.map(Math.log10);
  const [least, most] = [Math.min(...exponents), Math.max(...exponents)];
  const [low, high] = [Math.floor(least), Math.ceil(most)];
  const format = low < -3 || high > 4 ? '~e' : '~g';
  const step = Math.max(1, Math.ceil((high - low) / 8));
  const factors = most - least < 2.5 ? [1, 2, 5] : [1];
  const powers: number[] = [];
  for (let k = low; k <= high; k += step) powers.push(...factors.map(factor => Number(`${factor}e${k}`)));
  const seen = powers.filter(power => power >= 10 ** least && power <= 10 ** most);
  return seen.length > 1 ? { format, values: powers } : { format };
}
