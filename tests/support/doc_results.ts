// Whether a value is what the comment behind it says: `[[0.5, 0.3333]]`, `'gaussian'`, `throws RangeError`.
import { plainArray } from '../../modules/plain_array';

/** Numbers of fewer digits are taken for exact. */
const ROUNDED = 4;
/** Relative; tensors are float32. */
const EXACT = 1e-6;

/** What differs, in a sentence; undefined if nothing does. */
export function difference(value: unknown, expected: string): string | undefined {
  const shown = text(value);
  const holds = !expected.startsWith('throws ') && same(JSON.parse(shown), parse(expected));
  return holds ? undefined : `gives ${shown}, and not ${expected}`;
}

/** As difference, for what a call throws. */
export function thrownDifference(error: unknown, expected: string): string | undefined {
  const name = error instanceof Error ? error.name : typeof error;
  return expected === `throws ${name}` ? undefined : `throws ${String(error)}, and not ${expected}`;
}

/** Arrays of every kind as arrays in arrays; what JSON lacks as its name. */
function text(value: unknown): string {
  return (
    JSON.stringify(plain(value), (_, v) =>
      Object.is(v, -0) ? 0 : typeof v === 'number' && !Number.isFinite(v) ? String(v) : v,
    ) ?? 'null'
  );
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  const array = plainArray(value);
  return array ? nested(array.values, array.shape) : value;
}

function nested(values: number[], [n, ...rest]: number[]): unknown {
  if (n === undefined) return values[0];
  const size = values.length / n;
  return Array.from({ length: n }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest));
}

/** A number keeps its digits, which say how exact it is. */
type Expected = { digits: string } | string | boolean | null | Expected[];

function parse(expected: string): Expected {
  if (expected.startsWith("'")) return expected.slice(1, -1);
  const json = expected.replace(
    /(?<!["\w])-?(?:\d[\d.]*(?:e[-+]?\d+)?|Infinity)\b|\bNaN\b/g,
    digits => `{"digits":"${digits}"}`,
  );
  return JSON.parse(json);
}

function same(value: unknown, want: Expected): boolean {
  if (Array.isArray(want))
    return Array.isArray(value) && value.length === want.length && want.every((w, i) => same(value[i], w));
  if (typeof want !== 'object' || want === null) return value === want;
  // JSON has no NaN and no Infinity; there these are their names.
  if (typeof value !== 'number') return value === want.digits && !Number.isFinite(Number(want.digits));
  return Math.abs(value - Number(want.digits)) <= tolerance(want.digits);
}

function tolerance(digits: string): number {
  const [mantissa, exponent = '0'] = digits.split('e');
  const significant = mantissa.replace(/^[-0.]+|\./g, '').length;
  const decimals = mantissa.split('.')[1]?.length ?? 0;
  const isRounded = mantissa.includes('.') && significant >= ROUNDED;
  return isRounded
    ? 0.5 * 10 ** (Number(exponent) - decimals)
    : EXACT * Math.max(Math.abs(Number(digits)), EXACT);
}
