// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, graph_text.ts, kernel_table.ts,
//   known_points.ts, native_arithmetic.ts, native_binding.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radii.ts, small_evaluation.ts, tensor_arithmetic.ts;
//   npm: @tensorflow/tfjs-node, ndarray.
//
// Linear differential operators on kernels in closed form, exact at the centers: `apply` is on the tape, in float32,
// `evaluate` is in float64.
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { checkKernel } from './evaluation';
import { coefficientValues, refuseCenters } from './evaluation_checks';
import type { F64 } from './native_ops';
import {
  componentsOf,
  inDimension,
  type Operator,
  type OperatorTerm,
  orderOf,
  type TensorOperator,
} from './operators';
import { laplacianProfile, partialTerms } from './partial_derivatives';
import type { KernelFunction, RadialKernel } from './radial_kernel';
import { radialMatrix } from './radial_matrix';
import { type RadialFunction, radialOp } from './radial_op';
import { nthDerivative } from './radial_profiles';
import { checkPoints, columnsOf, computeRadiiSquared } from './radii';

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
      const values = parts.map(part => sumOf(part.terms.map(term => termOnTape(call, radial, term, pairs))));
      return (axes.length === 0 ? values[0] : tf.stack(values, 1).reshape([n, ...axes, m])) as tf.Tensor2D;
    });
}

/** Points and centers, and what of each pair is made once, when it is asked for: a Laplacian needs no differences. */
interface Pairs {
  readonly x: tf.Tensor2D;
  readonly centers: tf.Tensor2D;
  /** ‖x − c‖² `[n, m]`. */
  s(): tf.Tensor;
  /** x − c in coordinate k, `[n, m]`. */
  delta(k: number): tf.Tensor;
}

function pairsOf(x: tf.Tensor2D, centers: tf.Tensor2D): Pairs {
  let s: tf.Tensor | undefined;
  let deltas: tf.Tensor[] | undefined;
  return {
    x,
    centers,
    s: () => {
      s ??= computeRadiiSquared(x, centers);
      return s;
    },
    delta: k => {
      if (deltas === undefined) {
        const theirs = columnsOf(centers);
        deltas = columnsOf(x).map((column, i) => column.sub(theirs[i].transpose()));
      }
      return deltas[k];
    },
  };
}

const sumOf = (terms: tf.Tensor[]) => (terms.length === 1 ? terms[0] : tf.addN(terms));

/** coefficient · ∂^α Δ^k φ, `[n, m]`. */
function termOnTape(call: string, kernel: RadialKernel, term: OperatorTerm, { x, centers, s, delta }: Pairs) {
  const { row } = kernel;
  const d = x.shape[1];
  const { alpha, laplacians } = inDimension(call, term, d);
  let profile = row.profile;
  for (let k = 0; k < laplacians; k++) profile = laplacianProfile(profile, d);
  // Δ^k φ is a radial function too, 2k times less smooth.
  const base: RadialFunction = {
    name: row.name,
    profile,
    amplitude: row.amplitude + 2 * laplacians,
    smoothness: row.smoothness - 2 * laplacians,
    taken: 0,
  };
  const summands = partialTerms(alpha).map(({ coefficient, powers, order }) => {
    const f = {
      ...base,
      profile: nthDerivative(profile, order),
      amplitude: base.amplitude + 2 * order,
      taken: order,
    };
    const isRadial = powers.every(p => p === 0);
    let value = isRadial
      ? radialMatrix(f, x, centers, kernel.epsilon(), s)
      : radialOp(f, s(), kernel.epsilon());
    powers.forEach((p, k) => {
      for (let i = 0; i < p; i++) value = value.mul(delta(k));
    });
    return coefficient === 1 ? value : value.mul(coefficient);
  });
  let sum = sumOf(summands);
  for (const a of term.coefficients)
    sum = sum.mul(
      typeof a === 'number'
        ? a
        : tf.tensor2d(Float32Array.from(coefficientValues(call, a, fromTape(x))), [x.shape[0], 1]),
    );
  return sum;
}

const fromTape = (t: tf.Tensor): F64 => ndarray(Float64Array.from(t.dataSync()), t.shape);
