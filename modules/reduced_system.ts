// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, fit_input.ts, float64.ts,
//   float64_checks.ts, float64_solvers.ts, graph_text.ts, kernel_registry.ts, kernel_table.ts,
//   known_points.ts, linear_systems.ts, moment_conditions.ts, native_arithmetic.ts, native_binding.ts,
//   native_cholesky.ts, native_evaluation.ts, native_graph.ts, native_ops.ts, native_sums.ts, operators.ts,
//   partial_derivatives.ts, polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, small_evaluation.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The symmetric system of interpolation, on the weights that the polynomial tail leaves free.
import { evaluate } from './evaluation';
import type { Tail } from './fit_input';
import {
  type Factor,
  factorDefinite,
  factorSquare,
  type Method,
  solveRefined,
  solveTriangular,
} from './linear_systems';
import { MomentConditions } from './moment_conditions';
import { block, concat, elementwise, type F64, free, matMul, type Native, upload } from './native_ops';
import { identity } from './operators';
import type { RadialKernel } from './radial_kernel';

export interface InterpolationProblem {
  readonly nodes: F64;
  readonly kernel: RadialKernel;
  readonly tail: Tail;
  /** λ of each node `[n]`, or null. */
  readonly smoothing: Float64Array | null;
}

/** Of A = σΦ + λI and Q = [Y Z] of the moment conditions. Without a tail Z is the identity. */
export interface ReducedSystem {
  /** QᵀAQ, `[n, n]`. */
  readonly rotated: Native;
  /** ZᵀAZ, `[n − q, n − q]`. */
  readonly S: Native;
  readonly moments: MomentConditions | null;
}

/** The σ with which σφ is conditionally positive definite: (−1)^order, as for −r, r³ and the negative multiquadric. */
export const signOf = ({ row: { order } }: RadialKernel) => (order !== null && order % 2 === 1 ? -1 : 1);

/** Inside a nativeScope. */
export function reducedSystem({ nodes, kernel, tail, smoothing }: InterpolationProblem): ReducedSystem {
  const [n, q] = tail.P.shape;
  const { data } = evaluate(identity, kernel, nodes, nodes);
  if (signOf(kernel) < 0) for (let i = 0; i < data.length; i++) data[i] = -data[i];
  if (smoothing !== null) for (let i = 0; i < n; i++) data[i * (n + 1)] += smoothing[i];
  const A = upload(data, [n, n]);
  if (q === 0) return { rotated: A, S: A, moments: null };
  const moments = new MomentConditions(tail.P);
  const half = moments.right(A);
  free(A);
  const rotated = moments.left(half);
  free(half);
  return { rotated, S: block(rotated, q, n - q, q, n - q), moments };
}

/** Whether φ(x, c) = φ(c, x): not where every center has a shape of its own. */
export const isSymmetric = ({ shape }: RadialKernel) =>
  shape === null || typeof shape === 'number' || shape.size === 1;

/** Cholesky where the kernel promises a positive definite S and rounding leaves it so, else LU; undefined: singular. */
export function factorReduced({ nodes, kernel, tail }: InterpolationProblem, S: Native): Factor | undefined {
  // As many terms as nodes: the polynomial interpolates alone.
  if (S.shape[0] === 0) return { method: 'LU', solve: b => b };
  const { order, dimension } = kernel.row;
  const enough = order !== null && tail.polynomials.degree >= order - 1;
  const definite = enough && nodes.shape[1] <= dimension && isSymmetric(kernel);
  return (definite ? factorDefinite(S) : undefined) ?? factorSquare(S);
}

export interface ReducedSolution {
  /** Weights of σφ, `[n, k]`. */
  readonly w: Native;
  /** Coefficients of the tail `[q, k]`, or null. */
  readonly b: Native | null;
  /** What u misses of f, `[n, k]`. */
  readonly residual: Native;
  readonly method: Method;
  readonly correction: number;
  readonly factor: Factor;
}

/** A·w + P·b = f, Pᵀw = 0; undefined where S is singular. */
export function solveReduced(
  problem: InterpolationProblem,
  { rotated, S, moments }: ReducedSystem,
  f: Native,
): ReducedSolution | undefined {
  const [n, k] = f.shape;
  const factor = factorReduced(problem, S);
  if (factor === undefined) return undefined;
  const q = n - S.shape[0];
  const right = moments === null ? f : moments.left(f);
  const solution = solveRefined(S, factor, block(right, q, n - q, 0, k));
  if (solution === undefined) return undefined;
  const { x, residual, correction, method } = solution;
  if (moments === null) return { w: x, b: null, residual, method, correction, factor };
  const zeros = upload(new Float64Array(q * k), [q, k]);
  const whole = (v: Native) => moments.back(concat([zeros, v], 0));
  const rest = elementwise('Sub', block(right, 0, q, 0, k), matMul(block(rotated, 0, q, q, n - q), x));
  const b = solveTriangular(upload(moments.R.data, [q, q]), rest, false);
  return { w: whole(x), b, residual: whole(residual), method, correction, factor };
}
