// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, fit_input.ts, float64.ts,
//   float64_checks.ts, float64_solvers.ts, graph_text.ts, kernel_registry.ts, kernel_table.ts,
//   known_points.ts, linear_systems.ts, native_arithmetic.ts, native_binding.ts, native_cholesky.ts,
//   native_evaluation.ts, native_graph.ts, native_ops.ts, native_sums.ts, operators.ts,
//   partial_derivatives.ts, polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, small_evaluation.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// A function u(x) = Σ_j w_j·φ(x, c_j) + Σ_l b_l·p_l(x) in float64: what interpolate and collocate give.
import ndarray from 'ndarray';
import { evaluate } from './evaluation';
import { checkedPoints } from './fit_input';
import { type KernelConfig, kernelFromConfig, kernelToConfig } from './kernel_registry';
import type { Method } from './linear_systems';
import type { F64 } from './native_ops';
import { identity, type Operator, type TensorOperator } from './operators';
import { polynomialTerms } from './polynomial_terms';
import { type Polynomials, polynomialMatrix } from './polynomials';
import type { RadialKernel } from './radial_kernel';

export interface InterpolantParts {
  kernel: RadialKernel;
  centers: F64;
  weights: F64;
  polynomials: Polynomials;
  coefficients: F64;
  /** Whether the values were `[n]`, so that those of u are too. */
  flat: boolean;
  method: Method;
  residual: number;
  /** The condition number, or how to find it. */
  condition: number | (() => number);
}

/** What JSON holds of an interpolant. */
export interface SavedInterpolant {
  kernel: KernelConfig;
  centers: number[][];
  weights: number[][];
  polynomial: { degree: number; shift: number[]; scale: number[]; coefficients: number[][] };
  flat: boolean;
  method: Method;
  residual: number;
  condition: number | null;
}

export class Interpolant {
  readonly kernel: RadialKernel;
  /** `[m, d]` */
  readonly centers: F64;
  /** w `[m, k]`, as `evaluate` takes them. */
  readonly weights: F64;
  /** The terms p_l of the tail. */
  readonly polynomials: Polynomials;
  /** b `[q, k]`; `[0, k]` without a tail. */
  readonly coefficients: F64;
  /** How the system was solved. */
  readonly method: Method;
  /** How far u misses the conditions, as a part of the largest value: rounding, or what least squares leave. */
  readonly residual: number;
  private readonly flat: boolean;
  private known: number | (() => number);

  constructor(parts: InterpolantParts) {
    this.kernel = parts.kernel;
    this.centers = parts.centers;
    this.weights = parts.weights;
    this.polynomials = parts.polynomials;
    this.coefficients = parts.coefficients;
    this.flat = parts.flat;
    this.method = parts.method;
    this.residual = parts.residual;
    this.known = parts.condition;
  }

  /**
   * The condition number in the 2-norm of the matrix that was solved with, beside a tail on the weights that it leaves
   * free. The singular values that it needs take longer than the fit: they are computed when first asked for.
   * NaN of a loaded interpolant that was saved without.
   */
  get condition(): number {
    if (typeof this.known === 'function') this.known = this.known();
    return this.known;
  }

  /**
   * Lu at points x `[n, d]`: `[n]` if the values of the fit were `[n]`, `[n, k]` if they were `[n, k]`. For gradient
   * and hessian the axes `[d]` or `[d, d]` follow n.
   */
  evaluate(x: F64, operator: Operator | TensorOperator = identity): F64 {
    const points = checkedPoints('interpolant.evaluate(x, operator)', 'x', x, this.centers.shape[1]);
    const { data, shape } = evaluate(operator, this.kernel, points, this.centers, this.weights);
    const [q, k] = this.coefficients.shape;
    if (q > 0) {
      const { data: terms } = polynomialMatrix(this.polynomials, points, operator);
      for (let i = 0; i < data.length; i++) {
        const [row, column] = [Math.floor(i / k), i % k];
        for (let l = 0; l < q; l++) data[i] += terms[row * q + l] * this.coefficients.data[l * k + column];
      }
    }
    return ndarray(data, this.flat ? shape.slice(0, -1) : shape);
  }

  /** For JSON.stringify. The kernel must be of a registered factory. */
  toJSON(): SavedInterpolant {
    const { degree, shift, scale } = this.polynomials;
    return {
      kernel: kernelToConfig(this.kernel),
      centers: rowsOf(this.centers),
      weights: rowsOf(this.weights),
      polynomial: { degree, shift: [...shift], scale: [...scale], coefficients: rowsOf(this.coefficients) },
      flat: this.flat,
      method: this.method,
      residual: this.residual,
      condition: typeof this.known === 'number' && Number.isFinite(this.known) ? this.known : null,
    };
  }

  /** What toJSON gave, made an interpolant again, with the same values to the last digit. */
  static fromJSON(saved: SavedInterpolant): Interpolant {
    if (!Array.isArray(saved?.centers) || !Array.isArray(saved.weights) || !saved.polynomial || !saved.kernel)
      throw new TypeError(
        `Interpolant.fromJSON(saved): saved must be what toJSON gave, got ${saved === null ? 'null' : typeof saved}` +
          (typeof saved === 'string' ? '; JSON.parse makes it of text' : ''),
      );
    const { polynomial, centers, weights, kernel, flat, method, residual, condition } = saved;
    const { degree, shift, scale, coefficients } = polynomial;
    return new Interpolant({
      kernel: kernelFromConfig(kernel) as RadialKernel,
      centers: fromRows(centers, centers[0].length),
      weights: fromRows(weights, weights[0].length),
      polynomials: { degree, terms: polynomialTerms(degree, shift.length), shift, scale },
      coefficients: fromRows(coefficients, weights[0].length),
      flat,
      method,
      residual,
      condition: condition ?? Number.NaN,
    });
  }
}

const rowsOf = ({ data, shape: [n, k] }: F64) =>
  Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * k, (i + 1) * k)));

const fromRows = (rows: number[][], width: number): F64 =>
  ndarray(Float64Array.from(rows.flat()), [rows.length, width]);
