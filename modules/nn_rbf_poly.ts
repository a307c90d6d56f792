// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, float64.ts, float64_checks.ts,
//   float64_solvers.ts, graph_text.ts, kernel_registry.ts, kernel_table.ts, known_points.ts,
//   native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, nn_rbf.ts, notable_kernels.ts, operators.ts, partial_derivatives.ts,
//   polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, rbf_layer.ts, rbf_options.ts, rbf_weights.ts,
//   small_evaluation.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// RBF networks with a polynomial tail, u(x) = Σ_j w_j·φ(x, c_j) + Σ_l p_l·q_l(x), as layers of tfjs.
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { add, type F64, fromTensor, matMul } from './float64';
import {
  RbfFixAll,
  type RbfFixAllOptions,
  RbfFreeAll,
  type RbfFreeAllOptions,
  RbfFreeCenters,
  type RbfFreeCentersOptions,
} from './nn_rbf';
import type { Operator, TensorOperator } from './operators';
import { polynomialTerms } from './polynomial_terms';
import { polynomialMatrix } from './polynomials';
import type { RbfLayer } from './rbf_layer';
import { writeCoefs } from './rbf_weights';

export interface PolynomialOptions {
  /** The total degree of the polynomial, 1 by default: all monomials up to it, q = C(degree + d, d). */
  degree?: number;
  /** Where the polynomial's coefficients start, q·k numbers row by row; at 0 by default. */
  polynomialCoefs?: number[];
}

/** What the polynomial adds to a layer. Its coefficients are trained. */
export interface PolynomialTail {
  readonly degree: number;
  /** The exponents of the monomials q_l in their order, each `[d]`: the constant, then by degree. */
  readonly terms: readonly (readonly number[])[];
  /** Q[i, l] = q_l(x_i) of points x `[n, d]`: `[n, q]`. */
  getPolynomialMatrix(x: tf.Tensor2D): tf.Tensor2D;
  /** The polynomial's coefficients p `[q, k]`: the live variable, not a copy. */
  getPolynomialCoefs(): tf.Tensor2D;
  /** Sets the coefficients from q·k numbers, row by row. */
  setPolynomialCoefs(coefs: number[] | tf.Tensor): void;
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript wants just this of a class that is extended by a mixin
type Class<T> = abstract new (...args: any[]) => T;

/** The layer class with a polynomial tail. */
function withPolynomial<Base extends Class<RbfLayer> & { className: string }>(
  base: Base,
): Base & Class<PolynomialTail> {
  abstract class WithPolynomial extends base implements PolynomialTail {
    readonly degree: number;
    readonly terms: readonly (readonly number[])[];
    private readonly polynomialCoefs: ReturnType<RbfLayer['weight']>;

    // biome-ignore lint/suspicious/noExplicitAny: as above
    constructor(...args: any[]) {
      const { degree = 1, polynomialCoefs } = args[0] as PolynomialOptions;
      if (!Number.isInteger(degree) || degree < 0)
        throw new RangeError(`${new.target.className}: degree must be an integer ≥ 0, got ${degree}`);
      super(...args);
      this.degree = degree;
      this.terms = this.startWith(() => polynomialTerms(degree, this.inputDim));
      const shape = [this.terms.length, this.outputDim];
      this.polynomialCoefs = this.weight('polynomial', shape, tf.initializers.zeros(), true);
      if (polynomialCoefs !== undefined) this.startWith(() => this.setPolynomialCoefs(polynomialCoefs));
    }

    getPolynomialMatrix(x: tf.Tensor2D): tf.Tensor2D {
      this.checkPoints(x);
      return tf.tidy(() => tf.concat(monomials(x, this.terms), 1));
    }

    getPolynomialCoefs(): tf.Tensor2D {
      return this.polynomialCoefs.read() as tf.Tensor2D;
    }

    setPolynomialCoefs(coefs: number[] | tf.Tensor): void {
      writeCoefs(this.polynomialCoefs, 'setPolynomialCoefs(coefs)', coefs);
    }

    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
      return tf.tidy(() => super.call(x).add(this.getPolynomialMatrix(x).matMul(this.getPolynomialCoefs())));
    }

    override evaluate(op: Operator | TensorOperator, x: F64): F64 {
      const radial = super.evaluate(op, x);
      const { degree, terms, inputDim } = this;
      const [shift, scale] = [new Array<number>(inputDim).fill(0), new Array<number>(inputDim).fill(1)];
      const matrix = polynomialMatrix({ degree, terms, shift, scale }, x, op);
      const flat = ndarray(matrix.data, [matrix.size / terms.length, terms.length]);
      const polynomial = matMul(flat, fromTensor(this.getPolynomialCoefs()));
      return add(radial, ndarray(polynomial.data, radial.shape));
    }

    override getConfig(): tf.serialization.ConfigDict {
      return { ...super.getConfig(), degree: this.degree };
    }
  }
  return WithPolynomial;
}

/**
 * The monomials at points x, each `[n, 1]`. By products, one factor x_k more than a monomial before: their gradients
 * are right to every order, while those of pow are NaN at 0.
 */
function monomials(x: tf.Tensor2D, terms: readonly (readonly number[])[]): tf.Tensor2D[] {
  const columns = tf.split(x, x.shape[1], 1);
  const known = new Map<string, tf.Tensor2D>();
  return terms.map(alpha => {
    const k = alpha.findIndex(power => power > 0);
    const lower =
      k < 0 ? undefined : known.get(String(alpha.map((power, i) => (i === k ? power - 1 : power))));
    const monomial =
      lower === undefined ? tf.ones<tf.Rank.R2>([x.shape[0], 1]) : lower.mul<tf.Tensor2D>(columns[k]);
    known.set(String(alpha), monomial);
    return monomial;
  });
}

/**
 * Fixed centers and a fixed kernel; the weights and the polynomial are trained.
 *
 * @example
 * const tailed = new RbfPoly({ centers: [[0]], rbfKernel: phsKernel(3), coefs: [1], polynomialCoefs: [5, 2] });
 * tailed.apply(tf.tensor2d([[2]])); // [[17]]
 */
export class RbfPoly extends withPolynomial(RbfFixAll) {
  static override readonly className: string = 'RbfPoly';

  constructor(options: RbfFixAllOptions & PolynomialOptions) {
    super(options);
  }
}

/** Trained centers, weights and polynomial, a fixed kernel. */
export class RbfPolyFreeCenters extends withPolynomial(RbfFreeCenters) {
  static override readonly className: string = 'RbfPolyFreeCenters';

  constructor(options: RbfFreeCentersOptions & PolynomialOptions) {
    super(options);
  }
}

/** Trained centers, weights, shapes and polynomial. */
export class RbfPolyFreeAll extends withPolynomial(RbfFreeAll) {
  static override readonly className: string = 'RbfPolyFreeAll';

  constructor(options: RbfFreeAllOptions & PolynomialOptions) {
    super(options);
  }
}

for (const layer of [RbfPoly, RbfPolyFreeCenters, RbfPolyFreeAll]) tf.serialization.registerClass(layer);
