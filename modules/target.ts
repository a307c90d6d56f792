// Needs: arithmetic.ts, evaluation_checks.ts, kernel_table.ts, known_points.ts, native_binding.ts,
//   native_ops.ts, operators.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// A target: a function that is known with all its derivatives, to compare what approximates it with.
import ndarray from 'ndarray';
import { coefficientValues } from './evaluation_checks';
import { type F64, valuesOf } from './native_ops';
import { componentsOf, inDimension, type Operator, type TensorOperator } from './operators';

/** What defines a target. */
export interface TargetDefinition {
  readonly name: string;
  /** Its number of variables. */
  readonly d: number;
  readonly source: string;
  /** ∂^α f at the point x `[d]`, of any order; NaN where it does not exist. */
  readonly partial: (alpha: readonly number[], x: readonly number[]) => number;
}

export interface Target extends TargetDefinition {
  /**
   * Lf at the points x `[n, d]` in float64: `[n]`, for gradient `[n, d]`, for hessian `[n, d, d]`. With `identity` these
   * are f's values, with `laplacian` the right-hand side of Poisson's equation that f solves. Throws a RangeError where
   * f has no such derivative.
   */
  evaluate(op: Operator | TensorOperator, x: F64): F64;
}

/**
 * A target of its name, variables, source and partial derivatives.
 *
 * @example
 * const partialOf = ([order]: readonly number[], [x]: readonly number[]) => [x * x, 2 * x, 2][order] ?? 0;
 * const parabolic = target({ name: 'parabolic', d: 1, source: '', partial: partialOf });
 * parabolic.evaluate(partial([1]), ndarray(Float64Array.of(3), [1, 1])); // [6]
 */
export function target(definition: TargetDefinition): Target {
  return Object.freeze({
    ...definition,
    evaluate: (op: Operator | TensorOperator, x: F64) => evaluate(definition, op, x),
  });
}

function evaluate({ name, d, partial }: TargetDefinition, op: Operator | TensorOperator, x: F64): F64 {
  const call = `${name}.evaluate(${op?.name}, x)`;
  if (!['scalar', 'vector', 'matrix'].includes(op?.rank))
    throw new TypeError(`${call}: op must be an operator such as laplacian, got ${typeof op}`);
  if (!(x?.data instanceof Float64Array))
    throw new TypeError(`${call}: x must be a float64 ndarray [n, ${d}], got ${x?.dtype ?? typeof x}`);
  if (x.shape.length !== 2 || x.shape[1] !== d)
    throw new RangeError(`${call}: x must be [n, ${d}], got [${x.shape}]`);
  const n = x.shape[0];
  const given = valuesOf(x);
  const points = Array.from({ length: n }, (_, i) => Array.from(given.subarray(i * d, (i + 1) * d)));
  const { parts, axes } = componentsOf(op, d);
  const values = ndarray(new Float64Array(n * parts.length), [n, ...axes]);
  parts.forEach((part, place) => {
    for (const term of part.terms) {
      const { alpha, laplacians, coefficients } = inDimension(call, term, d);
      const factors = coefficients.map(a => (typeof a === 'number' ? a : coefficientValues(call, a, x)));
      const partials = spread(alpha, laplacians);
      points.forEach((point, i) => {
        const value = partials.reduce((sum, multiIndex) => sum + partial(multiIndex, point), 0);
        if (Number.isNaN(value) && point.every(Number.isFinite))
          throw new RangeError(`${call}: ${name} has no such derivative at x[${i}] = (${point.join(', ')})`);
        values.data[i * parts.length + place] += factors.reduce<number>(
          (product, a) => product * (typeof a === 'number' ? a : a[i]),
          value,
        );
      });
    }
  });
  return values;
}

/** The multi-indices whose sum is ∂^α Δ^laplacians. */
function spread(alpha: readonly number[], laplacians: number): (readonly number[])[] {
  if (laplacians === 0) return [alpha];
  return alpha.flatMap((_, k) =>
    spread(
      alpha.map((a, i) => (i === k ? a + 2 : a)),
      laplacians - 1,
    ),
  );
}
