// Needs: arithmetic.ts, graph_text.ts, native_arithmetic.ts, native_binding.ts, native_ops.ts,
//   profile_limits.ts, radial_op.ts, radial_profiles.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node,
//   ndarray.
//
// A radial function between a chunk of points and all centers, and its gradients, as functions for XLA: in float32, all
// in one loop over the numbers of the matrix.
import { type Arithmetic, evaluateProfile } from './arithmetic';
import type { ChunkResults } from './graph_text';
import { force, type Lazy, lazy, natives } from './native_arithmetic';
import { block, elementwise, type Native, reduce, scalar, select } from './native_ops';
import { type RadialFunction, shapeSlopeOf, slopeOf, valueAtZero } from './radial_op';
import type { Profile } from './radial_profiles';

/** What a matrix is made of: x `[rows, d]`, the centers' coordinates `[d, m]`, ε² `[1, m]` or `[1, 1]`. */
export interface ChunkOfPoints {
  readonly d: number;
  readonly x: Native;
  readonly centers: Native;
  readonly squaredEps: Native;
}

const floats: Arithmetic<Lazy> = {
  ...natives,
  power: (a, exponent) => lazy(elementwise('Pow', force(a), scalar(exponent))),
  atZero: (u, value, a) => lazy(select('Equal', force(u), scalar(0), scalar(value), force(a))),
  expEnd: 120,
};

function distancesOf({ d, x, centers, squaredEps }: ChunkOfPoints) {
  const ALL = -1;
  const deltas = Array.from({ length: d }, (_, k) =>
    elementwise('Sub', block(x, 0, ALL, k, 1), block(centers, k, 1, 0, ALL)),
  );
  const s = deltas.map(delta => elementwise('Square', delta)).reduce((a, b) => elementwise('AddV2', a, b));
  const u = lazy(elementwise('Mul', s, squaredEps));
  const at = (profile: Profile, atZero: number) => force(evaluateProfile(profile, u, floats, atZero));
  return { deltas, s, at };
}

/** h `[rows, m]`; `amplitude` is ε^q. */
export function valuesOfChunk(h: RadialFunction, points: ChunkOfPoints, amplitude: Native): ChunkResults {
  return { rows: [elementwise('Mul', distancesOf(points).at(h.profile, valueAtZero(h)), amplitude)] };
}

/**
 * Of Σ dy·h, dy `[rows, m]`: rows are the gradients in the points, one `[rows]` a coordinate, sums those in the centers,
 * one `[m]` a coordinate. `amplitude` is ε^(q+2). Along the shape there is one more sum, over the points or, for one shape
 * of `all` centers, over both; ε^power of `shapeSlopeOf` is left to multiply it with.
 */
export function gradientsOfChunk(
  h: RadialFunction,
  points: ChunkOfPoints,
  amplitude: Native,
  dy: Native,
  shapes: 'number' | 'all' | 'each',
): ChunkResults {
  const { deltas, s, at } = distancesOf(points);
  const slope = slopeOf(h);
  const alongS = elementwise('Mul', at(slope.profile, valueAtZero(slope)), amplitude);
  const twice = elementwise('Mul', elementwise('Mul', dy, alongS), scalar(2));
  const along = deltas.map(delta => elementwise('Mul', delta, twice));
  const rows = along.map(a => reduce('Sum', a, [1]));
  const sums = along.map(a => reduce('Sum', elementwise('Neg', a), [0]));
  if (shapes === 'number') return { rows, sums };
  const { profile, timesS } = shapeSlopeOf(h);
  const alongShape = elementwise('Mul', dy, at(profile, valueAtZero({ ...h, profile })));
  const each = timesS ? elementwise('Mul', alongShape, s) : alongShape;
  return { rows, sums: [...sums, reduce('Sum', each, shapes === 'all' ? [0, 1] : [0])] };
}
