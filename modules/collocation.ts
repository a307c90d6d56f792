// Needs: arithmetic.ts, collocation_conditions.ts, compiled_arithmetic.ts, compiled_evaluation.ts,
//   evaluation.ts, evaluation_checks.ts, evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts,
//   fit_input.ts, float64.ts, float64_checks.ts, float64_solvers.ts, graph_text.ts, ill_conditioned.ts,
//   interpolant.ts, interpolation.ts, kernel_registry.ts, kernel_table.ts, known_points.ts, leave_one_out.ts,
//   linear_systems.ts, moment_conditions.ts, native_arithmetic.ts, native_binding.ts, native_cholesky.ts,
//   native_evaluation.ts, native_graph.ts, native_ops.ts, native_sums.ts, operators.ts,
//   partial_derivatives.ts, polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, reduced_system.ts,
//   small_evaluation.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Linear partial differential equations by collocation (Kansa's method), and everything that fits in float64.
import { type CheckedCondition, type Condition, checkedConditions } from './collocation_conditions';
import { evaluate } from './evaluation';
import {
  checkedKernel,
  checkedPoints,
  isFlat,
  refuseRepeats,
  type Tail,
  tailDegree,
  tailFor,
} from './fit_input';
import { conditionNumber } from './float64';
import { warnIllConditioned } from './ill_conditioned';
import { Interpolant } from './interpolant';
import { factorSquare, type Solution, solveLeastSquares, solveRefined } from './linear_systems';
import { MomentConditions } from './moment_conditions';
import {
  block,
  concat,
  download,
  type F64,
  free,
  type Native,
  nativeScope,
  toArray,
  upload,
} from './native_ops';
import { polynomialMatrix } from './polynomials';
import type { RadialKernel } from './radial_kernel';

export type { Condition } from './collocation_conditions';
export { Interpolant, type SavedInterpolant } from './interpolant';
export { type InterpolationOptions, interpolate } from './interpolation';
export { chooseShape, type ShapeOptions } from './leave_one_out';

export interface CollocationOptions {
  /** `[m, d]` */
  centers: F64;
  kernel: RadialKernel;
  /** Of the polynomial tail, −1 for none. By default the least that the kernel needs. */
  degree?: number;
  /** Together at least as many points as there are centers. */
  conditions: Condition[];
}

/**
 * u(x) = Σ_j w_j·φ(x, c_j) + p(x), Σ_j w_j·q(c_j) = 0 for all polynomials q of p's degree, with Lu = values at the
 * points of every condition: exactly where there are as many points as centers, else in the sense of least squares.
 *
 * @example
 * const centers = cartesianProd(linspace(0, 1, 5));
 * const conditions = [
 *   { operator: laplacian, points: cartesianProd(linspace(0.25, 0.75, 3)), values: [2, 2, 2] },
 *   { operator: identity, points: cartesianProd(linspace(0, 1, 2)), values: [0.25, 0.25] },
 * ];
 * const solution = collocate({ centers, kernel: gaussianKernel(0.5), conditions }); // (x − ½)² solves it
 * solution.evaluate(cartesianProd(linspace(0, 1, 3))); // [0.25, 1.724e-4, 0.25]
 */
export function collocate(options: CollocationOptions): Interpolant {
  const call = 'collocate({ … })';
  const kernel = checkedKernel(call, options.kernel);
  const centers = checkedPoints(call, 'centers', options.centers);
  refuseRepeats(call, 'centers', centers);
  const tail = tailFor(call, 'centers', tailDegree(call, kernel, options.degree), centers);
  const conditions = checkedConditions(call, options.conditions, centers);
  const parts = nativeScope(() => {
    const { M, moments } = collocationSystem(kernel, centers, tail, conditions);
    const [n, m] = M.shape;
    const k = conditions[0].values.shape[1];
    const f = upload(
      stacked(conditions, n * k, ({ values }) => values),
      [n, k],
    );
    const solution = n > m ? solveLeastSquares(M, f) : solveSquare(call, M, f);
    warnIllConditioned(call, solution.correction);
    const q = tail.polynomials.terms.length;
    const reduced = block(solution.x, 0, m - q, 0, k);
    const zeros = upload(new Float64Array(q * k), [q, k]);
    return {
      weights: toArray(moments === null ? reduced : moments.back(concat([zeros, reduced], 0))),
      coefficients: toArray(block(solution.x, m - q, q, 0, k)),
      method: solution.method,
      residual: misfit(conditions, download(solution.residual)),
    };
  });
  return new Interpolant({
    ...parts,
    kernel,
    centers,
    polynomials: tail.polynomials,
    flat: options.conditions.every(({ values }) => isFlat(values)),
    condition: () =>
      conditionNumber(nativeScope(() => toArray(collocationSystem(kernel, centers, tail, conditions).M))),
  });
}

/**
 * M = [LΦ·Z, LP] `[n, m]`, each row times its weight: its unknowns are the weights that the tail leaves free, and the
 * coefficients of the tail.
 */
function collocationSystem(
  kernel: RadialKernel,
  centers: F64,
  { polynomials, P }: Tail,
  conditions: CheckedCondition[],
): { M: Native; moments: MomentConditions | null } {
  const [m, q] = P.shape;
  const n = conditions.reduce((sum, { points }) => sum + points.shape[0], 0);
  const rows = (width: number, of: (condition: CheckedCondition) => F64) =>
    upload(stacked(conditions, n * width, of), [n, width]);
  const Phi = rows(m, ({ operator, points }) => evaluate(operator, kernel, points, centers));
  if (q === 0) return { M: Phi, moments: null };
  const moments = new MomentConditions(P);
  const rotated = moments.right(Phi);
  free(Phi);
  const tail = rows(q, ({ operator, points }) => polynomialMatrix(polynomials, points, operator));
  const M = concat([block(rotated, 0, n, q, m - q), tail], 1);
  free(rotated);
  return { M, moments };
}

/** The rows of all conditions, each times its weight. */
function stacked(
  conditions: CheckedCondition[],
  size: number,
  of: (condition: CheckedCondition) => F64,
): Float64Array {
  const all = new Float64Array(size);
  let at = 0;
  for (const condition of conditions) {
    const { data } = of(condition);
    all.set(condition.weight === 1 ? data : data.map(v => condition.weight * v), at);
    at += data.length;
  }
  return all;
}

function solveSquare(call: string, M: Native, f: Native): Solution {
  const factor = factorSquare(M);
  const solution = factor && solveRefined(M, factor, f);
  if (solution === undefined)
    throw new RangeError(
      `${call}: the system is singular: the conditions do not determine u (are there conditions on the boundary?)`,
    );
  return solution;
}

/** The largest residual, without the weights, as a part of the largest value. */
function misfit(conditions: CheckedCondition[], residual: Float64Array): number {
  let [at, miss, most] = [0, 0, 0];
  for (const { values, weight } of conditions)
    for (const value of values.data) {
      miss = Math.max(miss, Math.abs(residual[at++]) / weight);
      most = Math.max(most, Math.abs(value));
    }
  return miss / (most || 1);
}
