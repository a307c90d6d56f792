// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, fit_input.ts, float64.ts,
//   float64_checks.ts, float64_solvers.ts, graph_text.ts, ill_conditioned.ts, interpolant.ts,
//   kernel_registry.ts, kernel_table.ts, known_points.ts, linear_systems.ts, moment_conditions.ts,
//   native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts, polynomial_terms.ts, polynomials.ts,
//   profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts,
//   radii.ts, reduced_system.ts, small_evaluation.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node,
//   ndarray.
//
// Interpolation and smoothing of scattered data.
import ndarray from 'ndarray';
import {
  checkedKernel,
  checkedPoints,
  checkedValues,
  isFlat,
  refuseRepeats,
  tailDegree,
  tailFor,
  type Values,
} from './fit_input';
import { conditionNumber } from './float64';
import { warnIllConditioned } from './ill_conditioned';
import { Interpolant } from './interpolant';
import { largest } from './linear_systems';
import { download, type F64, nativeScope, toArray, upload, valuesOf } from './native_ops';
import type { RadialKernel } from './radial_kernel';
import {
  type InterpolationProblem,
  isSymmetric,
  reducedSystem,
  signOf,
  solveReduced,
} from './reduced_system';

export interface InterpolationOptions {
  /** `[n, d]` */
  nodes: F64;
  /** `[n]`, or `[n, k]` for k functions at once. */
  values: Values;
  kernel: RadialKernel;
  /** Of the polynomial tail, −1 for none. By default the least that the kernel needs. */
  degree?: number;
  /** λ ≥ 0, one or one a node `[n]`: 0 interpolates; the larger, the nearer to the polynomial of least squares. */
  smoothing?: number | F64;
}

/**
 * u(x) = Σ_j w_j·φ(x, x_j) + p(x) with u(x_i) = values_i, where Σ_j w_j·q(x_j) = 0 for all polynomials q of p's degree.
 *
 * With smoothing, u(x_i) + σλw_i = values_i: σ is the sign with which σφ is conditionally positive definite.
 * Throws where nodes coincide, or where they do not determine the polynomial.
 *
 * @example
 * const nodes = halton(40, 2);
 * const fit = interpolate({ nodes, values: franke.evaluate(identity, nodes), kernel: gaussianKernel(3) });
 * fit.evaluate(halton(1, 2)); // [0.4984]
 */
export function interpolate(options: InterpolationOptions): Interpolant {
  const call = 'interpolate({ … })';
  const problem = checkedProblem(call, options, checkedKernel(call, options.kernel));
  const { nodes, kernel, tail } = problem;
  const values = checkedValues(call, 'values', options.values, nodes.shape[0]);
  const [[n, k], q] = [values.shape, tail.polynomials.terms.length];
  const parts = nativeScope(() => {
    const f = upload(values.data, [n, k]);
    const solution = solveReduced(problem, reducedSystem(problem), f);
    if (solution === undefined)
      throw new RangeError(
        `${call}: the system is singular: ${kernel.name} cannot interpolate at these nodes`,
      );
    const { method, correction, residual, b } = solution;
    warnIllConditioned(call, correction);
    const sign = signOf(kernel);
    return {
      weights: ndarray(
        download(solution.w).map(w => sign * w),
        [n, k],
      ),
      coefficients: b === null ? ndarray(new Float64Array(0), [0, k]) : toArray(b),
      method,
      residual: largest(residual) / (largest(f) || 1),
    };
  });
  return new Interpolant({
    ...parts,
    kernel,
    centers: nodes,
    polynomials: tail.polynomials,
    flat: isFlat(options.values),
    condition: () =>
      conditionNumber(
        n === q ? tail.P : nativeScope(() => toArray(reducedSystem(problem).S)),
        n !== q && isSymmetric(kernel),
      ),
  });
}

/** Nodes, kernel, tail and smoothing of an interpolation, checked. */
export function checkedProblem(
  call: string,
  { nodes: given, degree, smoothing = 0 }: Omit<InterpolationOptions, 'kernel'>,
  kernel: RadialKernel,
): InterpolationProblem {
  const nodes = checkedPoints(call, 'nodes', given);
  const lambda = checkedSmoothing(call, smoothing, nodes.shape[0]);
  if (lambda === null || lambda.includes(0)) refuseRepeats(call, 'nodes', nodes);
  return {
    nodes,
    kernel,
    tail: tailFor(call, 'nodes', tailDegree(call, kernel, degree), nodes),
    smoothing: lambda,
  };
}

function checkedSmoothing(call: string, smoothing: number | F64, n: number): Float64Array | null {
  if (smoothing === 0) return null;
  if (
    typeof smoothing !== 'number' &&
    (!(smoothing?.data instanceof Float64Array) || smoothing.shape.join() !== `${n}`)
  )
    throw new RangeError(
      `${call}: smoothing must be a number or [${n}], one a node, got ${smoothing?.shape ? `[${smoothing.shape}]` : smoothing}`,
    );
  const values =
    typeof smoothing === 'number' ? new Float64Array(n).fill(smoothing) : valuesOf(smoothing).slice();
  const at = values.findIndex(v => !(v >= 0 && v < Number.POSITIVE_INFINITY));
  if (at >= 0)
    throw new RangeError(
      `${call}: smoothing${typeof smoothing === 'number' ? '' : `[${at}]`} must be finite and not negative, got ${values[at]}`,
    );
  return values;
}
