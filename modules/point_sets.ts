// Needs: npm: ndarray.
//
// Sets of points as float64 ndarrays `[n, d]`.
import ndarray, { type NdArray } from 'ndarray';

export type F64 = NdArray<Float64Array>;

/** Points on a boundary `[n, d]`, and at each the outward unit normal `[n, d]`. */
export interface Boundary {
  points: F64;
  normals: F64;
}

/**
 * n equispaced numbers from a to b, both included: `[n]`.
 *
 * @example
 * linspace(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(a: number, b: number, n: number): F64 {
  checkCount('linspace(a, b, n)', n);
  checkInterval('linspace(a, b, n)', a, b);
  // From both ends, so that there is no drift; (b·k)/k need not be b.
  const inside = (i: number) => (a * (n - 1 - i)) / (n - 1) + (b * i) / (n - 1);
  const at = (i: number) => (i === 0 ? a : i === n - 1 ? b : inside(i));
  return ndarray(
    Float64Array.from({ length: n }, (_, i) => at(i)),
    [n],
  );
}

/**
 * All combinations of one value from each axis `[n_i]`, the last axis fastest: `[n_1·…·n_d, d]`.
 *
 * @example
 * cartesianProd(linspace(0, 1, 2), linspace(5, 7, 2)); // [[0, 5], [0, 7], [1, 5], [1, 7]]
 */
export function cartesianProd(...axes: F64[]): F64 {
  if (axes.length === 0) throw new RangeError('cartesianProd(...axes): needs at least one axis, got none');
  axes.forEach((axis, i) => {
    if (typeof axis?.get !== 'function' || axis.shape?.length !== 1)
      throw new RangeError(
        `cartesianProd(...axes): axis ${i} must be an ndarray of the shape [n], got ${axis?.shape ? `[${axis.shape}]` : typeof axis}`,
      );
  });
  const d = axes.length;
  const n = axes.reduce((product, axis) => product * axis.shape[0], 1);
  const points = ndarray(new Float64Array(n * d), [n, d]);
  for (let i = 0; i < n; i++)
    for (let k = d - 1, rest = i; k >= 0; k--) {
      const size = axes[k].shape[0];
      points.set(i, k, axes[k].get(rest % size));
      rest = Math.floor(rest / size);
    }
  return points;
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29];

/**
 * The first n points of Halton's sequence in (0, 1)^d, d ≤ 10, from index 1 on: `[n, d]`.
 *
 * @example
 * halton(3, 2); // [[0.5, 0.3333], [0.25, 0.6667], [0.75, 0.1111]]
 */
export function halton(n: number, d: number): F64 {
  checkCount('halton(n, d)', n);
  if (!Number.isInteger(d) || d < 1 || d > PRIMES.length)
    throw new RangeError(`halton(n, d): d must be an integer from 1 to ${PRIMES.length}, got ${d}`);
  const points = ndarray(new Float64Array(n * d), [n, d]);
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) points.set(i, k, radicalInverse(i + 1, PRIMES[k]));
  return points;
}

/** The digits of i in the base, mirrored at the point: 6 = 110 in base 2 gives 0.011 = 3/8. */
function radicalInverse(i: number, base: number): number {
  let [mirrored, size] = [0, 1];
  for (let rest = i; rest > 0; rest = Math.floor(rest / base)) {
    mirrored = mirrored * base + (rest % base);
    size *= base;
  }
  return mirrored / size;
}

/**
 * The n zeros of Chebyshev's polynomial on [a, b], ascending: `[n]`.
 *
 * @example
 * chebyshevPoints(3); // [-0.8660, 0, 0.8660]
 */
export function chebyshevPoints(n: number, a = -1, b = 1): F64 {
  checkCount('chebyshevPoints(n, a, b)', n);
  checkInterval('chebyshevPoints(n, a, b)', a, b);
  // By sines, which are symmetric about the middle to the last digit.
  const at = (i: number) => (a + b) / 2 + ((b - a) / 2) * Math.sin((Math.PI * (2 * i + 1 - n)) / (2 * n));
  return ndarray(
    Float64Array.from({ length: n }, (_, i) => at(i)),
    [n],
  );
}

/** Numbers row by row as points `[n, d]`. */
export function asPoints(values: ArrayLike<number>, d: number): F64 {
  return ndarray(Float64Array.from(values), [values.length / d, d]);
}

/** Throws unless n is a number of points. */
export function checkCount(call: string, n: number): void {
  if (!Number.isInteger(n) || n < 1 || n >= 2 ** 31)
    throw new RangeError(`${call}: n must be a positive integer below 2^31, got ${n}`);
}

function checkInterval(call: string, a: number, b: number): void {
  for (const [name, value] of Object.entries({ a, b }))
    if (!Number.isFinite(value))
      throw new RangeError(`${call}: ${name} must be a finite number, got ${value}`);
}
