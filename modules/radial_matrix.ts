// Needs: arithmetic.ts, profile_limits.ts, radial_op.ts, radial_profiles.ts, radii.ts, tensor_arithmetic.ts;
//   npm: @tensorflow/tfjs-node.
//
// The matrix of a radial function between points and centers, on the tape: op by op, or by what stands in for it.
import type * as tf from '@tensorflow/tfjs-node';
import { type RadialFunction, radialOp } from './radial_op';
import { computeRadiiSquared } from './radii';

/** h(‖x_i − c_j‖², ε) `[n, m]` on the tape, or null for what it does not take. */
export type RadialMatrix = (
  h: RadialFunction,
  x: tf.Tensor2D,
  centers: tf.Tensor2D,
  eps: number | tf.Tensor,
) => tf.Tensor | null;

let standIn: RadialMatrix = () => null;

/** h(‖x_i − c_j‖², ε) of points x `[n, d]` and centers `[m, d]`: `[n, m]`; `s` gives the squared distances where they are there. */
export function radialMatrix(
  h: RadialFunction,
  x: tf.Tensor2D,
  centers: tf.Tensor2D,
  eps: number | tf.Tensor,
  s = () => computeRadiiSquared(x, centers) as tf.Tensor,
): tf.Tensor {
  return standIn(h, x, centers, eps) ?? radialOp(h, s(), eps);
}

/** Runs f with another way to make these matrices. */
export function withRadialMatrix<T>(way: RadialMatrix, f: () => T): T {
  const before = standIn;
  standIn = way;
  try {
    return f();
  } finally {
    standIn = before;
  }
}
