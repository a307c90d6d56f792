// Needs: arithmetic.ts, conjugate_gradients.ts, evaluation_checks.ts, evaluation_chunk.ts,
//   evaluation_frame.ts, evaluation_plan.ts, fit_input.ts, float64.ts, float64_checks.ts, float64_solvers.ts,
//   kernel_registry.ts, kernel_table.ts, known_points.ts, native_arithmetic.ts, native_binding.ts,
//   native_cholesky.ts, native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts,
//   polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, sparse_expansion.ts, sparse_inverse.ts, sparse_matrix.ts,
//   sparse_neighbours.ts, sparse_pairs.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, mnemonist,
//   ndarray.
//
// Interpolation of very many nodes by a kernel of compact support: a sparse matrix, and conjugate gradients.
import ndarray from 'ndarray';
import { conjugateGradients } from './conjugate_gradients';
import { planOf } from './evaluation_plan';
import { checkedPoints, checkedValues, isFlat, refuseRepeats, type Values } from './fit_input';
import type { F64 } from './native_ops';
import { identity } from './operators';
import type { KernelFunction } from './radial_kernel';
import { compactKernel, SparseExpansion } from './sparse_expansion';
import { applyInverse, sparseInverse } from './sparse_inverse';
import { multiply, type SparseMatrix } from './sparse_matrix';
import { mortonOrder, NeighbourSearch, rowsInOrder } from './sparse_neighbours';
import { evaluatePairs } from './sparse_pairs';

export { SparseExpansion, type SparseParts } from './sparse_expansion';

export interface SparseOptions {
  /** `[n, d]` */
  nodes: F64;
  /** `[n]`, or `[n, k]` for k functions at once. */
  values: Values;
  /** Positive definite and of compact support, such as wendlandKernel(2, radius), its radius a number. */
  kernel: KernelFunction;
  /** λ ≥ 0 on the diagonal: 0 interpolates. */
  smoothing?: number;
  /** What |values − u| must come down to, as a part of |values|, in the 2-norm. */
  tolerance?: number;
}

/**
 * u(x) = Σ_j w_j·φ(x, x_j) with u(x_i) + λw_i = values_i, for so many nodes that their matrix is held only where it is not 0:
 * 100,000 nodes with some 100 neighbours each take some ten seconds, and 3 KB a node. That many a node has in the unit square
 * with a radius of √(100/(πn)), in the unit cube of ∛(300/(4πn)). Time and memory grow with nodes times neighbours; with 30,
 * u misses ten times as much between the nodes.
 *
 * Throws where nodes coincide, and where the residual does not come down to the tolerance: a smaller radius, a rougher
 * kernel or smoothing makes the system better conditioned.
 *
 * @example
 * const many = halton(4000, 2);
 * const sparse = interpolateSparse({ nodes: many, values: franke.evaluate(identity, many), kernel: wendlandKernel(2, 0.09) });
 * sparse.evaluate(halton(1, 2)); // [0.4984]
 */
export function interpolateSparse(options: SparseOptions): SparseExpansion {
  const call = 'interpolateSparse({ … })';
  const { smoothing = 0, tolerance = 1e-12 } = options;
  const kernel = compactKernel(call, options.kernel);
  const nodes = checkedPoints(call, 'nodes', options.nodes);
  const [n, d] = nodes.shape;
  const { order: definite, dimension } = kernel.row;
  if (definite !== 0 || d > dimension)
    throw new RangeError(
      `${call}: kernel must be positive definite in ${d} dimensions, ${kernel.name} is ${definite === 0 ? `so up to ${dimension}` : 'not known to be'}`,
    );
  const values = checkedValues(call, 'values', options.values, n);
  for (const [name, value, most] of [
    ['smoothing', smoothing, Number.MAX_VALUE],
    ['tolerance', tolerance, 1],
  ] as const)
    if (!(value >= 0 && value <= most))
      throw new RangeError(`${call}: ${name} must be in [0, ${most}], got ${value}`);
  if (smoothing === 0) refuseRepeats(call, 'nodes', nodes);

  const order = mortonOrder(nodes.data, d);
  const points = rowsInOrder(nodes.data, d, order);
  const eps = kernel.epsilon() as number;
  const pattern = new NeighbourSearch(points, d).within(call, 1 / eps, points);
  const plan = planOf(call, kernel.row, [identity], d);
  const A: SparseMatrix = { ...pattern, values: evaluatePairs(plan, eps, d, points, points, pattern) };
  addToDiagonal(A, smoothing);
  const [times, inverse] = [
    (x: Float64Array, out: Float64Array) => multiply(A, x, out),
    applyInverse(sparseInverse(A)),
  ];

  const k = values.shape[1];
  const weights = new Float64Array(n * k);
  const [left, b] = [new Float64Array(n), new Float64Array(n)];
  let [miss, most, steps] = [0, 0, 0];
  for (let column = 0; column < k; column++) {
    for (let i = 0; i < n; i++) b[i] = values.data[order[i] * k + column];
    const { x, residual, iterations } = conjugateGradients(times, inverse, b, { tolerance });
    if (residual > Math.max(2 * tolerance, tolerance + 1e-13))
      throw new RangeError(
        `${call}: the residual came down to ${residual.toExponential(1)} in ${iterations} steps, not to ${tolerance}; ` +
          'a smaller radius, a rougher kernel or smoothing makes the system better conditioned',
      );
    steps = Math.max(steps, iterations);
    times(x, left);
    for (let i = 0; i < n; i++) {
      weights[order[i] * k + column] = x[i];
      miss = Math.max(miss, Math.abs(b[i] - left[i]));
      most = Math.max(most, Math.abs(b[i]));
    }
  }
  return new SparseExpansion({
    kernel,
    centers: nodes,
    weights: ndarray(weights, isFlat(options.values) ? [n] : [n, k]),
    residual: miss / (most || 1),
    iterations: steps,
  });
}

function addToDiagonal({ starts, columns, values }: SparseMatrix, smoothing: number): void {
  for (let i = 0; i + 1 < starts.length; i++)
    for (let p = starts[i]; p < starts[i + 1]; p++) if (columns[p] === i) values[p] += smoothing;
}
