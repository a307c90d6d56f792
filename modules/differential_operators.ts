// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, graph_text.ts, kernel_table.ts,
//   known_points.ts, native_arithmetic.ts, native_binding.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, small_evaluation.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Linear differential operators on kernels in closed form, exact at the centers: `apply` is on the tape, in float32,
// `evaluate` is in float64.
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { checkKernel } from './evaluation';
import { productOf, refuseCenters } from './evaluation_checks';
import type { F64 } from './native_ops';
import {
  coefficientsOf,
  componentsOf,
  inDimension,
  type Operator,
  type OperatorTerm,
  orderOf,
  type TensorOperator,
} from './operators';
import { laplacianProfile, partialTerms } from './partial_derivatives';
import type { KernelFunction, RadialKernel } from './radial_kernel';
import { type Pairs, pairsOf, radialMatrix, sumOf } from './radial_matrix';
import { nthDerivative } from './radial_profiles';
import type { RadialTerm } from './radial_terms';
import { checkPoints } from './radii';

export { evaluate, evaluateGradient, evaluateHessian } from './evaluation';
export * from './operators';

/**
 * The kernel Lφ as a function on the tape: (x `[n, d]`, centers `[m, d]`) => `[n, m]`; for gradient `[n, d, m]`, for
 * hessian `[n, d, d, m]`. Differentiable again in x, centers and shape; coefficients that vary with x are constants
 * there. Throws a RangeError where a point meets a center at which the derivative does not exist, and a TypeError
 * for a kernel that is a plain function.
 *
 * @example
 * const center = tf.tensor2d([[0, 0]]);
 * apply(laplacian, gaussianKernel(1))(center, center); // [[-4]]
 * apply(gradient, gaussianKernel(1))(tf.tensor2d([[1, 0]]), center); // [[[-0.7358], [0]]]
 */
export function apply(op: Operator | TensorOperator, kernel: KernelFunction) {
  const call = `apply(${op?.name}, kernel)`;
  const radial = checkKernel(call, kernel);
  return (x: tf.Tensor2D, centers: tf.Tensor2D): tf.Tensor2D =>
    tf.tidy(() => {
      checkPoints(call, x, centers);
      const [[n, d], m] = [x.shape, centers.shape[0]];
      const { parts, axes } = componentsOf(op, d);
      const order = Math.max(...parts.map(orderOf));
      if (order > radial.smoothness) refuseCenters(call, radial, order, fromTape(x), fromTape(centers));
      const pairs = pairsOf(x, centers);
      const values = parts.map(part => onTape(call, radial, part, pairs));
      return (axes.length === 0 ? values[0] : tf.stack(values, 1).reshape([n, ...axes, m])) as tf.Tensor2D;
    });
}

/** Lφ `[n, m]`: what has no coefficient that varies is one matrix. */
function onTape(call: string, kernel: RadialKernel, op: Operator, pairs: Pairs): tf.Tensor {
  const [n, d] = pairs.x.shape;
  const eps = kernel.epsilon();
  const fixed: RadialTerm[] = [];
  const summands: tf.Tensor[] = [];
  for (const term of op.terms) {
    const { number, varying } = coefficientsOf(term);
    const terms = termsOf(kernel, inDimension(call, term, d)).map(each => ({
      ...each,
      coefficient: number * each.coefficient,
    }));
    const values = varying.length > 0 ? productOf(call, varying, fromTape(pairs.x)) : null;
    if (values === null) fixed.push(...terms);
    else summands.push(radialMatrix(terms, pairs, eps).mul(tf.tensor2d(Float32Array.from(values), [n, 1])));
  }
  if (fixed.length > 0) summands.push(radialMatrix(fixed, pairs, eps));
  return sumOf(summands);
}

/** ∂^α Δ^k φ as a sum of radial functions times powers of x − c. */
function termsOf({ row }: RadialKernel, { alpha, laplacians }: OperatorTerm): RadialTerm[] {
  let profile = row.profile;
  for (let k = 0; k < laplacians; k++) profile = laplacianProfile(profile, alpha.length);
  return partialTerms(alpha).map(({ coefficient, powers, order }) => ({
    coefficient,
    powers,
    // Δ^k φ is a radial function too, 2k times less smooth.
    h: {
      name: row.name,
      profile: nthDerivative(profile, order),
      amplitude: row.amplitude + 2 * (laplacians + order),
      smoothness: row.smoothness - 2 * laplacians,
      taken: order,
    },
  }));
}

const fromTape = (t: tf.Tensor): F64 => ndarray(Float64Array.from(t.dataSync()), t.shape);
