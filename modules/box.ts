// Needs: point_sets.ts; npm: ndarray.
//
// A box in any dimension: points inside it, and the points of a grid on its boundary with outward normals.
import { asPoints, type Boundary, cartesianProd, checkCount, type F64, halton, linspace } from './point_sets';

/** A box [a_1, b_1] × … × [a_d, b_d]; numbers a and b hold for all d axes. By default the unit square. */
export interface BoxOptions {
  a?: number | number[];
  b?: number | number[];
  /** 2 by default, or as many as a or b has. */
  d?: number;
}

/**
 * The first n points of Halton's sequence, stretched from (0, 1)^d to the inside of a box: `[n, d]`.
 *
 * @example
 * boxPoints(2, { a: [0, -1], b: [1, 1] }); // [[0.5, -0.3333], [0.25, 0.3333]]
 */
export function boxPoints(n: number, options: BoxOptions = {}): F64 {
  checkCount('boxPoints(n, options)', n);
  const [a, b] = boxEnds('boxPoints(n, options)', options);
  const points = halton(n, a.length);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < a.length; k++) {
      const t = points.get(i, k);
      points.set(i, k, a[k] * (1 - t) + b[k] * t);
    }
  return points;
}

/**
 * The points of an equispaced grid that lie on the boundary of a box, the last axis fastest: of n points an axis, ends
 * included, n^d − (n − 2)^d; on a square 4(n − 1). n is a number, or one an axis. Where faces meet there is no normal;
 * such a corner gets the mean direction of theirs, (±1, ±1)/√2 on a square. `corners: false` leaves these points out.
 *
 * @example
 * const square = boxBoundary(3, { corners: false });
 * square.points; // [[0, 0.5], [0.5, 0], [0.5, 1], [1, 0.5]]
 * square.normals; // [[-1, 0], [0, -1], [0, 1], [1, 0]]
 */
export function boxBoundary(
  n: number | number[],
  { corners = true, ...options }: BoxOptions & { corners?: boolean } = {},
): Boundary {
  const call = 'boxBoundary(n, options)';
  const [a, b] = boxEnds(call, options);
  const d = a.length;
  const counts = typeof n === 'number' ? new Array<number>(d).fill(n) : n;
  const least = corners || d === 1 ? 2 : 3;
  if (counts?.length !== d || !counts.every(count => Number.isInteger(count) && count >= least))
    throw new RangeError(
      `${call}: n must be an integer ≥ ${least}${corners ? '' : ' without corners'}, or ${d} of them, got ${n}`,
    );
  const grid = cartesianProd(...counts.map((count, k) => linspace(a[k], b[k], count)));
  const [points, normals]: number[][] = [[], []];
  for (let i = 0; i < grid.shape[0]; i++) {
    // linspace has its ends exactly.
    const sides = a.map((end, k) => (grid.get(i, k) === end ? -1 : grid.get(i, k) === b[k] ? 1 : 0));
    const faces = sides.filter(side => side !== 0).length;
    if (faces === 0 || (faces > 1 && !corners)) continue;
    sides.forEach((side, k) => {
      points.push(grid.get(i, k));
      normals.push(side / Math.sqrt(faces));
    });
  }
  return { points: asPoints(points, d), normals: asPoints(normals, d) };
}

function boxEnds(call: string, { a = 0, b = 1, d }: BoxOptions): [number[], number[]] {
  const size = d ?? [a, b].find(Array.isArray)?.length ?? 2;
  if (!Number.isInteger(size) || size < 1)
    throw new RangeError(`${call}: d must be a positive integer, got ${size}`);
  const [from, to] = [a, b].map(end => (Array.isArray(end) ? end : new Array<number>(size).fill(end)));
  for (const [name, end] of Object.entries({ a: from, b: to }))
    if (end.length !== size || !end.every(Number.isFinite))
      throw new RangeError(`${call}: ${name} must be a finite number, or ${size} of them, got [${end}]`);
  if (!from.every((end, k) => end < to[k]))
    throw new RangeError(`${call}: a must be less than b, got [${from}] and [${to}]`);
  return [from, to];
}
