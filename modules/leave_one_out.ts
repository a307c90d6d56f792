// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, fit_input.ts, float64.ts,
//   float64_checks.ts, float64_solvers.ts, graph_text.ts, ill_conditioned.ts, interpolant.ts,
//   interpolation.ts, kernel_registry.ts, kernel_table.ts, known_points.ts, linear_systems.ts,
//   moment_conditions.ts, native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_evaluation.ts,
//   native_graph.ts, native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts,
//   polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, reduced_system.ts, small_evaluation.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The shape that predicts best each value that is left out.
import { checkedKernel, checkedPoints, checkedValues } from './fit_input';
import { checkedProblem, type InterpolationOptions } from './interpolation';
import {
  block,
  download,
  elementwise,
  type F64,
  type Native,
  nativeScope,
  reduce,
  upload,
} from './native_ops';
import type { RadialKernel } from './radial_kernel';
import { type InterpolationProblem, reducedSystem, solveReduced } from './reduced_system';

export interface ShapeOptions extends Omit<InterpolationOptions, 'kernel'> {
  /** Makes the kernel of a shape ε: `gaussianKernel`, or `eps => maternKernel(2.5, 1 / eps)`. */
  kernel: (eps: number) => RadialKernel;
  /** Where ε is looked for; by default from 0.1/D to 2/h, D the box's diagonal and h = D/n^(1/d). */
  range?: [number, number];
  /** How many ε are tried, even in log ε, before the best is refined; 25 by default. */
  samples?: number;
}

export interface ChosenShape {
  eps: number;
  /** The root mean square of the errors at the nodes, each left out of its own fit. */
  error: number;
  /** All ε that were tried, ascending, and their errors; Infinity where the system is singular. */
  curve: { eps: number[]; error: number[] };
}

/**
 * The ε of the least leave-one-out error: without node i the fit would miss value i by w_i/(A⁻¹)_ii, so that one
 * factor tells all n errors. A tail and smoothing take part. Rippa, Adv. Comput. Math. 11 (1999).
 *
 * @example
 * const points = halton(40, 2);
 * chooseShape({ nodes: points, values: franke.evaluate(identity, points), kernel: gaussianKernel }).eps > 1; // true
 */
export function chooseShape(options: ShapeOptions): ChosenShape {
  const call = 'chooseShape({ … })';
  const { kernel, samples = 25 } = options;
  if (typeof kernel !== 'function' || 'row' in kernel)
    throw new TypeError(
      `${call}: kernel must be a function eps => kernel, as gaussianKernel, got ${typeof kernel === 'function' ? `the kernel ${(kernel as { name: string }).name} itself` : typeof kernel}`,
    );
  if (!(Number.isInteger(samples) && samples >= 3 && samples <= 10_000))
    throw new RangeError(`${call}: samples must be an integer from 3 to 10000, got ${samples}`);
  const nodes = checkedPoints(call, 'nodes', options.nodes);
  if (nodes.shape[0] < 2) throw new RangeError(`${call}: leaving one out needs two nodes or more, got 1`);
  const range = checkedRange(call, options.range ?? defaultRange(nodes));
  const problemOf = (eps: number) =>
    checkedProblem(call, { ...options, nodes }, checkedKernel(call, kernel(eps)));
  const [n, q] = problemOf(range[0]).tail.P.shape;
  if (n <= q) throw new RangeError(`${call}: leaving one out needs more than ${q} nodes, got ${n}`);
  const values = checkedValues(call, 'values', options.values, n);
  const [low, high] = range.map(Math.log);

  const tried = new Map<number, number>();
  const errorAt = (logEps: number) => {
    const eps = Math.exp(logEps);
    const error = tried.get(eps) ?? leaveOneOutError(problemOf(eps), values);
    tried.set(eps, error);
    return error;
  };
  const grid = Array.from({ length: samples }, (_, i) => low + ((high - low) * i) / (samples - 1));
  const errors = grid.map(errorAt);
  const best = errors.indexOf(Math.min(...errors));
  goldenSection(errorAt, grid[Math.max(best - 1, 0)], grid[Math.min(best + 1, samples - 1)]);

  const curve = [...tried].sort(([a], [b]) => a - b);
  const [eps, error] = curve.reduce((least, point) => (point[1] < least[1] ? point : least));
  return { eps, error, curve: { eps: curve.map(([e]) => e), error: curve.map(([, e]) => e) } };
}

function leaveOneOutError(problem: InterpolationProblem, values: F64): number {
  const errors = leaveOneOut(problem, values);
  const mean = errors.reduce((sum, e) => sum + e * e, 0) / errors.length;
  return Number.isFinite(mean) ? Math.sqrt(mean) : Number.POSITIVE_INFINITY;
}

/** What the fit without node i misses of values_i, `[n, k]`; NaN where the system is singular. */
export function leaveOneOut(problem: InterpolationProblem, values: F64): Float64Array {
  const [n, k] = values.shape;
  return nativeScope(() => {
    const system = reducedSystem(problem);
    const solution = solveReduced(problem, system, upload(values.data, [n, k]));
    if (solution === undefined) return new Float64Array(n * k).fill(Number.NaN);
    // The diagonal of Z·S⁻¹·Zᵀ, which is A⁻¹ without a tail.
    const { moments } = system;
    const q = n - system.S.shape[0];
    const all: Native = identity(n);
    const Zt = moments === null ? all : block(moments.left(all), q, n - q, 0, n);
    const inverse = download(reduce('Sum', elementwise('Mul', Zt, solution.factor.solve(Zt)), [0]));
    return download(solution.w).map((w, i) => w / inverse[Math.floor(i / k)]);
  });
}

function identity(n: number): Native {
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * (n + 1)] = 1;
  return upload(values, [n, n]);
}

/** Narrows a bracket of the least value to a thousandth. */
function goldenSection(f: (x: number) => number, low: number, high: number): void {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  let [left, right] = [b - ratio * (b - a), a + ratio * (b - a)];
  while (b - a > 1e-3) {
    if (f(left) < f(right)) {
      [b, right] = [right, left];
      left = b - ratio * (b - a);
    } else {
      [a, left] = [left, right];
      right = a + ratio * (b - a);
    }
  }
}

function defaultRange({ data, shape: [n, d] }: F64): [number, number] {
  let squared = 0;
  for (let k = 0; k < d; k++) {
    const column = data.filter((_, at) => at % d === k);
    squared += (Math.max(...column) - Math.min(...column)) ** 2;
  }
  const diagonal = Math.sqrt(squared);
  return [0.1 / diagonal, (2 / diagonal) * n ** (1 / d)];
}

function checkedRange(call: string, range: [number, number]): [number, number] {
  if (!(range?.length === 2 && range[0] > 0 && range[0] < range[1] && range[1] < Number.POSITIVE_INFINITY))
    throw new RangeError(
      `${call}: range must be [low, high] with 0 < low < high, got ${JSON.stringify(range)}`,
    );
  return range;
}
