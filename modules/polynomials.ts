// Needs: arithmetic.ts, evaluation_checks.ts, kernel_table.ts, known_points.ts, native_binding.ts,
//   native_ops.ts, operators.ts, polynomial_terms.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts,
//   radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Polynomials of total degree ≤ degree in float64, centred on the box of some points and scaled to it, with exact
// derivatives.
import ndarray from 'ndarray';
import { coefficientValues } from './evaluation_checks';
import { type F64, valuesOf } from './native_ops';
import { componentsOf, identity, type Operator, type TensorOperator } from './operators';
import { polynomialTerms } from './polynomial_terms';

/** The monomials p_l(x) = Π_k ((x_k − shift_k)/scale_k)^(α_lk): in the box that they were made for, none is above 1. */
export interface Polynomials {
  readonly degree: number;
  /** The exponents α, each `[d]`: q of them, none for degree −1. */
  readonly terms: readonly (readonly number[])[];
  /** The box's middle `[d]`. */
  readonly shift: readonly number[];
  /** Half the box's sides `[d]`; 1 for a side that is 0. */
  readonly scale: readonly number[];
}

/** The polynomials of a degree for points `[n, d]`. */
export function polynomialsFor(degree: number, points: F64): Polynomials {
  const [n, d] = points.shape;
  const values = valuesOf(points);
  const [shift, scale]: [number[], number[]] = [[], []];
  for (let k = 0; k < d; k++) {
    let [low, high] = [values[k], values[k]];
    for (let i = 1; i < n; i++) {
      low = Math.min(low, values[i * d + k]);
      high = Math.max(high, values[i * d + k]);
    }
    shift.push(low / 2 + high / 2);
    scale.push(high / 2 - low / 2 || 1);
  }
  return { degree, terms: polynomialTerms(degree, d), shift, scale };
}

/** coefficient·Π_k t_k^(powers_k) */
interface Monomial {
  readonly coefficient: number;
  readonly powers: readonly number[];
}

/**
 * L p_l(x_i) for points x `[n, d]`: `[n, q]`; for gradient `[n, d, q]`, for hessian `[n, d, d, q]`. Coefficients may
 * vary with x, as in evaluate.
 */
export function polynomialMatrix(
  { degree, terms, shift, scale }: Polynomials,
  x: F64,
  op: Operator | TensorOperator = identity,
): F64 {
  const call = `polynomialMatrix(…, x, ${op.name})`;
  const [n, d] = x.shape;
  const { parts, axes } = componentsOf(op, d);
  const [outputs, q] = [parts.length, terms.length];
  const matrix = ndarray(new Float64Array(n * outputs * q), [n, ...axes, q]);
  const powers = powersOf(x, degree, shift, scale);
  parts.forEach((part, output) => {
    for (const { coefficients, alpha, laplacians } of part.terms) {
      const factors = coefficients.map(a => (typeof a === 'number' ? a : coefficientValues(call, a, x)));
      const factorAt = (i: number) =>
        factors.reduce<number>((p, a) => p * (typeof a === 'number' ? a : a[i]), 1);
      const derived = terms.map(term =>
        derivative([{ coefficient: 1, powers: term }], alpha, laplacians, scale),
      );
      for (let i = 0; i < n; i++) {
        const [factor, at] = [factorAt(i), (i * outputs + output) * q];
        for (let l = 0; l < q; l++)
          for (const monomial of derived[l]) {
            let value = factor * monomial.coefficient;
            for (let k = 0; k < d; k++) value *= powers[(i * d + k) * (degree + 1) + monomial.powers[k]];
            matrix.data[at + l] += value;
          }
      }
    }
  });
  return matrix;
}

/** t^0 … t^degree of every coordinate t = (x − shift)/scale, `[n, d, degree + 1]`. */
function powersOf(x: F64, degree: number, shift: readonly number[], scale: readonly number[]): Float64Array {
  const d = shift.length;
  const values = valuesOf(x);
  const powers = new Float64Array(values.length * (degree + 1)).fill(1);
  for (let j = 0; j < values.length; j++) {
    const t = (values[j] - shift[j % d]) / scale[j % d];
    for (let p = 1; p <= degree; p++) powers[j * (degree + 1) + p] = powers[j * (degree + 1) + p - 1] * t;
  }
  return powers;
}

/** ∂^α Δ^laplacians of a sum of monomials in t, the derivatives with respect to x. */
function derivative(
  sum: Monomial[],
  alpha: readonly number[],
  laplacians: number,
  scale: readonly number[],
): Monomial[] {
  const twice = (k: number) => scale.map((_, i) => (i === k ? 2 : 0));
  if (laplacians > 0) {
    const second = scale.flatMap((_, k) => derivative(sum, twice(k), 0, scale));
    return derivative(second, alpha, laplacians - 1, scale);
  }
  return sum.flatMap(({ coefficient, powers }) => {
    let [product, left] = [coefficient, powers];
    alpha.forEach((order, k) => {
      for (let i = 0; i < order; i++) product *= (powers[k] - i) / scale[k];
      left = left.map((p, j) => (j === k ? p - order : p));
    });
    return product === 0 ? [] : [{ coefficient: product, powers: left }];
  });
}
