// Needs: arithmetic.ts, evaluation_checks.ts, evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts,
//   fit_input.ts, float64.ts, float64_checks.ts, float64_solvers.ts, kernel_registry.ts, kernel_table.ts,
//   known_points.ts, native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_ops.ts,
//   native_sums.ts, operators.ts, partial_derivatives.ts, polynomial_terms.ts, polynomials.ts,
//   profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts,
//   radii.ts, sparse_matrix.ts, sparse_neighbours.ts, sparse_pairs.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, mnemonist, ndarray.
//
// u(x) = Σ_j w_j·φ(x, c_j) for a kernel of compact support: at a point only the centers within its radius count.
import ndarray from 'ndarray';
import { coefficientValues, refuseCenters } from './evaluation_checks';
import { type Plan, planOf } from './evaluation_plan';
import { checkedKernel, checkedPoints, checkedValues } from './fit_input';
import type { F64 } from './native_ops';
import { componentsOf, identity, type Operator, type TensorOperator } from './operators';
import type { KernelFunction, RadialKernel } from './radial_kernel';
import { mortonOrder, NeighbourSearch, rowsInOrder } from './sparse_neighbours';
import { evaluatePairs } from './sparse_pairs';

/** Points whose neighbours are found at a time. */
const POINTS = 4096;

export interface SparseParts {
  /** Of compact support, such as wendlandKernel(2, radius), its radius a number. */
  kernel: KernelFunction;
  /** `[m, d]` */
  centers: F64;
  /** `[m]`, or `[m, k]` for k functions at once. */
  weights: F64;
  /** How the weights were found. */
  residual?: number;
  iterations?: number;
}

export class SparseExpansion {
  readonly kernel: RadialKernel;
  /** `[m, d]` */
  readonly centers: F64;
  /** `[m, k]` */
  readonly weights: F64;
  /** How far u misses the values at the nodes, as a part of the largest value; NaN where it was not fitted. */
  readonly residual: number;
  /** The most steps of conjugate gradients that a column of the weights took. */
  readonly iterations: number;
  private readonly flat: boolean;
  private search: NeighbourSearch | undefined;
  /** Centers and weights in the order of the search. */
  private readonly near: Float64Array;
  private readonly nearWeights: Float64Array;

  constructor({ kernel, centers, weights, residual = Number.NaN, iterations = 0 }: SparseParts) {
    const call = 'new SparseExpansion({ … })';
    this.kernel = compactKernel(call, kernel);
    this.centers = checkedPoints(call, 'centers', centers);
    const [m, d] = this.centers.shape;
    this.weights = checkedValues(call, 'weights', weights, m);
    this.flat = weights.shape.length === 1;
    this.residual = residual;
    this.iterations = iterations;
    const order = mortonOrder(this.centers.data, d);
    this.near = rowsInOrder(this.centers.data, d, order);
    this.nearWeights = rowsInOrder(this.weights.data, this.weights.shape[1], order);
  }

  /**
   * Lu at points x `[n, d]`: `[n]` if the weights were `[m]`, `[n, k]` if they were `[m, k]`. For gradient and hessian the axes
   * `[d]` or `[d, d]` follow n. Throws a RangeError where a point meets a center at which the derivative does not exist.
   */
  evaluate(x: F64, operator: Operator | TensorOperator = identity): F64 {
    const call = 'sparseExpansion.evaluate(x, operator)';
    const [d, k] = [this.centers.shape[1], this.weights.shape[1]];
    const points = checkedPoints(call, 'x', x, d);
    const { parts, axes } = componentsOf(operator, d);
    const plan = planOf(call, this.kernel.row, parts, d);
    refuseCenters(call, this.kernel, plan.order, points, this.centers);
    const n = points.shape[0];
    const order = mortonOrder(points.data, d);
    const near = rowsInOrder(points.data, d, order);
    const varying = varyingOf(call, plan, points).map(values => values && rowsInOrder(values, 1, order));
    const out = new Float64Array(n * plan.outputs * k);
    for (let first = 0; first < n; first += POINTS)
      this.sumsOf(plan, near, first, Math.min(first + POINTS, n), order, varying, out);
    const shape = [n, ...axes, k];
    return ndarray(out, this.flat ? shape.slice(0, -1) : shape);
  }

  /** The sums at some points, put where these were before they were put in order. */
  private sumsOf(
    plan: Plan,
    points: Float64Array,
    first: number,
    end: number,
    order: Uint32Array,
    varying: readonly (Float64Array | null)[],
    out: Float64Array,
  ): void {
    const [d, k] = [this.centers.shape[1], this.weights.shape[1]];
    const { outputs } = plan;
    const eps = this.kernel.epsilon() as number;
    this.search ??= new NeighbourSearch(this.near, d);
    const pattern = this.search.within('sparseExpansion.evaluate(x, operator)', 1 / eps, points, first, end);
    const values = evaluatePairs(plan, eps, d, points, this.near, pattern, first, varying);
    for (let i = first; i < end; i++)
      for (let p = pattern.starts[i - first]; p < pattern.starts[i - first + 1]; p++)
        for (let output = 0; output < outputs; output++)
          for (let column = 0; column < k; column++)
            out[(order[i] * outputs + output) * k + column] +=
              values[p * outputs + output] * this.nearWeights[pattern.columns[p] * k + column];
  }
}

/** The kernel, if its support is compact and one for all centers. */
export function compactKernel(call: string, given: KernelFunction): RadialKernel {
  const kernel = checkedKernel(call, given);
  const { variable, factor } = kernel.row.profile;
  if (typeof factor !== 'number' && variable !== '1/(1-u)')
    throw new TypeError(
      `${call}: kernel must have compact support, such as wendlandKernel(2, 0.1), got ${kernel.name}`,
    );
  if (typeof kernel.shape !== 'number')
    throw new TypeError(
      `${call}: the kernel's ${kernel.row.shape?.parameter} must be a number, got a tensor`,
    );
  return kernel;
}

/** Of each piece of the plan the product of its coefficients that vary, at the points. */
function varyingOf(call: string, plan: Plan, x: F64): (Float64Array | null)[] {
  return plan.pieces.map(({ varying }) =>
    varying.reduce<Float64Array | null>((product, a) => {
      const values = typeof a === 'number' ? null : coefficientValues(call, a, x);
      return values === null ? product : values.map((v, i) => v * (product?.[i] ?? 1));
    }, null),
  );
}
