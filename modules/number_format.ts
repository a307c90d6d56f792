// Needs: plain_array.ts; npm: ndarray.
//
// Numbers as text: short, and readable at every magnitude.
import { type PlainArray, plainArray } from './plain_array';

/** Along each axis, more values than this are cut short in the middle. */
const LONGEST_AXIS = 60;
const KEPT_AT_EACH_END = 3;

/**
 * A number to `digits` significant digits, without trailing zeros: 0.23256, 1.1921e-07, 0, NaN, -Infinity.
 *
 * Integers below 10⁷ are written whole. The notation is scientific below 10⁻⁴ and where digits would not reach
 * the units. −0 is written 0.
 * Throws a RangeError if digits is not an integer from 1 to 17; with 17 the text reads back as the very same number.
 */
export function formatNumber(value: number, digits = 5): string {
  if (!Number.isInteger(digits) || digits < 1 || digits > 17)
    throw new RangeError(`formatNumber(digits): digits must be an integer from 1 to 17, got ${digits}`);
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value + 0);
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < digits) return String(Number(value.toPrecision(digits)));
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return `${short}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** A number to three digits as Vega writes those of its axes and legends: −0.25, 5e-5. */
export const formatAsVega = (value: number): string =>
  formatNumber(value, 3)
    .replace(/^-/, '−')
    .replace(/(e[-+])0/, '$1');

/**
 * Numbers in brackets, an array of any shape: `[0, 1.1921e-07, NaN]`, and one row a line for `[n, d]`.
 *
 * Columns are aligned; an axis of more than 60 keeps three values at each end. Throws a TypeError for anything
 * that holds no numbers.
 */
export function formatArray(array: unknown, digits = 5): string {
  const plain = plainArray(array);
  if (!plain) throw new TypeError(`formatArray(array): array must hold numbers, got ${typeof array}`);
  const texts = plain.values.map(value => formatNumber(value, digits));
  const width = plain.shape.length > 1 ? Math.max(0, ...texts.map(text => text.length)) : 0;
  return brackets({ ...plain, texts: texts.map(text => text.padStart(width)) }, 0, 0, texts.length);
}

function brackets(
  array: PlainArray & { texts: string[] },
  axis: number,
  start: number,
  size: number,
): string {
  if (axis === array.shape.length) return array.texts[start];
  const count = array.shape[axis];
  const inner = size / count;
  const item = (i: number) => brackets(array, axis + 1, start + i * inner, inner);
  const items = Array.from({ length: count }, (_, i) => i);
  const kept = items.filter(i => i < KEPT_AT_EACH_END || i >= count - KEPT_AT_EACH_END);
  const parts = (count > LONGEST_AXIS ? kept : items).map(item);
  if (count > LONGEST_AXIS) parts.splice(KEPT_AT_EACH_END, 0, '…');
  const last = axis === array.shape.length - 1;
  return `[${parts.join(last ? ', ' : `,\n${' '.repeat(axis + 1)}`)}]`;
}
