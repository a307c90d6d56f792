// Needs: evaluation_plan.ts, kernel_table.ts, native_binding.ts, native_ops.ts, operators.ts,
//   partial_derivatives.ts, profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Which cheaper forms of an evaluation are exact enough: |x|² + |c|² − 2x·c for |x − c|², and moments of the centers
// for powers of δ = x − c. Both lose digits as the box grows against 1/ε, so that they are bounded beforehand.
import type { Piece, Request } from './evaluation_plan';
import { limitAtZero } from './profile_limits';
import { derivative } from './radial_profiles';

/** The rounding that an expanded form may have, relative to the maximum. */
const ROUNDING = 5e-14;
const UNIT = 2 ** -53;

/** The coordinates about the middle of the box around all points and centers. */
export interface Frame {
  readonly x: Float64Array;
  readonly centers: Float64Array;
  /** So wide that powers of δ may overflow. */
  readonly far: boolean;
  /** No u is larger. */
  readonly largestU: number;
  /** u by one matrix product; otherwise by differences. */
  readonly expandsU: boolean;
  /** Per piece: δ^powers by moments of the centers; otherwise by differences. */
  readonly expandsDelta: readonly boolean[];
}

/** The frame of an evaluation. */
export function frameOf({ plan, d, x, centers, eps, weights }: Request): Frame {
  const middle = new Float64Array(d);
  let half = 0;
  for (let c = 0; c < d; c++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const points of [x, centers])
      for (let i = c; i < points.length; i += d) {
        if (points[i] < low) low = points[i];
        if (points[i] > high) high = points[i];
      }
    middle[c] = (low + high) / 2;
    half = Math.max(half, (high - low) / 2);
  }
  const centred = (points: Float64Array) => points.map((value, i) => value - middle[i % d]);
  const largest = typeof eps === 'number' ? eps : eps.reduce((a, b) => Math.max(a, b));
  const scaled = largest * half;
  // A profile whose slope is infinite at 0 would turn a rounding of u into its root.
  const steep = plan.profiles.some(
    (g, p) => !Number.isFinite(plan.limits[p]) || !Number.isFinite(limitAtZero(derivative(g))),
  );
  const expandable = (piece: Piece) => {
    const { degree } = piece;
    const tame = !piece.ofDirection && Number.isFinite(plan.limits[piece.profile]);
    return (
      degree === 0 ||
      (tame && weights !== null && 4 * UNIT * Math.max(2 * scaled, 2 * half) ** degree <= ROUNDING)
    );
  };
  return {
    x: centred(x),
    centers: centred(centers),
    far: half > 1e70,
    largestU: 4 * d * scaled * scaled,
    expandsU: !steep && 8 * UNIT * d * scaled * scaled <= ROUNDING,
    expandsDelta: plan.pieces.map(expandable),
  };
}
