/** How exact a result must be, as a part of the largest value that is expected. The one table for all tests. */
import assert from 'node:assert/strict';

export const TOLERANCE = {
  float32: 1e-5,
  float64: 1e-12,
} as const;

/**
 * Asserts that each value is as expected, to the tolerance of its dtype times the largest expected magnitude
 * (times 1 if all are smaller than 1). What is expected to be NaN or infinite must be just that.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  dtype: keyof typeof TOLERANCE = 'float32',
  what = 'value',
): void {
  const failure = worstFailure(actual, expected, dtype);
  if (failure !== undefined) assert.fail(`${what} ${failure}`);
}

/** The value that is furthest off, in words; undefined if all are close. */
export function worstFailure(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  dtype: keyof typeof TOLERANCE = 'float32',
): string | undefined {
  if (actual.length !== expected.length) return `has ${actual.length} elements, not ${expected.length}`;
  const finite = Array.from(expected).filter(Number.isFinite);
  const limit = TOLERANCE[dtype] * finite.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  let worst: { i: number; error: number } | undefined;
  for (let i = 0; i < expected.length; i++) {
    const error = Object.is(actual[i], expected[i]) ? 0 : Math.abs(actual[i] - expected[i]);
    if (!(error <= limit) && !(error < (worst?.error ?? 0))) worst = { i, error };
  }
  if (worst === undefined) return undefined;
  const { i, error } = worst;
  return `[${i}] is ${actual[i]}, not ${expected[i]}: off by ${error}, allowed ${limit} (${dtype})`;
}
