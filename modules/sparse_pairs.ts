// Needs: arithmetic.ts, evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, kernel_table.ts,
//   native_arithmetic.ts, native_binding.ts, native_ops.ts, native_sums.ts, operators.ts,
//   partial_derivatives.ts, profile_limits.ts, radial_profiles.ts, sparse_matrix.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Operators on a kernel at pairs of point and center: the entries of a matrix of which most are 0.
import { Chunk } from './evaluation_chunk';
import type { Frame } from './evaluation_frame';
import type { Plan, Request } from './evaluation_plan';
import { download, nativeScope, upload } from './native_ops';
import { accumulate, coordinates, groupsOf } from './native_sums';
import type { Pattern } from './sparse_matrix';

/** Pairs that are evaluated at a time. */
const PAIRS = 1 << 17;

/**
 * Lφ(x_i, c_j) at the pairs (i, j) of a pattern, `[pairs, outputs]`, of points x `[n, d]` and centers `[m, d]`. The row 0 of
 * the pattern is that of the point `first`; `varying` are the coefficients of the plan's pieces at the points.
 */
export function evaluatePairs(
  plan: Plan,
  eps: number,
  d: number,
  x: Float64Array,
  centers: Float64Array,
  { starts, columns }: Pattern,
  first = 0,
  varying: readonly (Float64Array | null)[] = [],
): Float64Array {
  const out = new Float64Array(columns.length * plan.outputs);
  const rows = new Uint32Array(columns.length);
  for (let i = 0; i + 1 < starts.length; i++) rows.fill(first + i, starts[i], starts[i + 1]);
  const gather = (from: Float64Array, width: number, places: Uint32Array) => {
    const values = new Float64Array(places.length * width);
    for (let p = 0; p < places.length; p++)
      for (let c = 0; c < width; c++) values[p * width + c] = from[places[p] * width + c];
    return values;
  };
  for (let at = 0; at < columns.length; at += PAIRS) {
    const [i, j] = [rows.subarray(at, at + PAIRS), columns.subarray(at, at + PAIRS)];
    const ofPairs = varying.map(values => values && gather(values, 1, i));
    const values = evaluateEach(plan, eps, d, gather(x, d, i), gather(centers, d, j), ofPairs);
    out.set(values, at * plan.outputs);
  }
  return out;
}

/** As evaluateNatively, but the p-th point meets the p-th center only: arrays `[pairs]` in place of `[n, m]`. */
function evaluateEach(
  plan: Plan,
  eps: number,
  d: number,
  x: Float64Array,
  centers: Float64Array,
  varying: readonly (Float64Array | null)[],
): Float64Array {
  const n = x.length / d;
  const out = new Float64Array(n * plan.outputs);
  const request: Request = { plan, n, m: 1, d, k: 0, x, centers, weights: null, eps, varying };
  const frame: Frame = {
    x,
    centers,
    far: false,
    largestU: Number.POSITIVE_INFINITY,
    expandsU: false,
    expandsDelta: plan.pieces.map(() => false),
  };
  const natives = (points: Float64Array) => coordinates(points, d, 0, n).map(values => upload(values, [n]));
  nativeScope(() => {
    const inputs = { points: natives(x), centers: natives(centers), squaredEps: eps ** 2, expandedU: null };
    const chunk = new Chunk(plan, frame, inputs);
    for (const group of groupsOf(request, frame)) {
      const { front, values } = chunk.values(group);
      accumulate(request, frame, group, front, download(values), 0, n, out);
    }
  });
  return out;
}
