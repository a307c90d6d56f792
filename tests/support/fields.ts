/** Points and values for the tests of solvers. */
import ndarray from 'ndarray';
import { cartesianProd, type F64, linspace } from '../../modules/point_sets';

export const array = (values: ArrayLike<number>, shape: number[]): F64 =>
  ndarray(Float64Array.from(values), shape);

export const row = (x: F64, i: number) => Array.from({ length: x.shape[1] }, (_, k) => x.get(i, k));

/** f at each of the points `[n, d]`: `[n]`. */
export const at = (x: F64, f: (...point: number[]) => number): F64 =>
  array(
    Array.from({ length: x.shape[0] }, (_, i) => f(...row(x, i))),
    [x.shape[0]],
  );

/** Points one below the other. */
export function stack(...parts: F64[]): F64 {
  const rows = parts.flatMap(part => Array.from({ length: part.shape[0] }, (_, i) => row(part, i)));
  return array(rows.flat(), [rows.length, parts[0].shape[1]]);
}

/** An equispaced grid of n^d points in [0, 1]^d. */
export const grid = (n: number, d: number) =>
  cartesianProd(...Array.from({ length: d }, () => linspace(0, 1, n)));

export const largestDifference = (a: F64, b: F64) =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);

export const rms = (a: F64, b: F64) =>
  Math.sqrt(a.data.reduce((sum, value, i) => sum + (value - b.data[i]) ** 2, 0) / a.data.length);
