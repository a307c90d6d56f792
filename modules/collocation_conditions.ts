// Needs: arithmetic.ts, evaluation_checks.ts, fit_input.ts, float64.ts, float64_checks.ts,
//   float64_solvers.ts, kernel_registry.ts, kernel_table.ts, known_points.ts, native_binding.ts,
//   native_cholesky.ts, native_ops.ts, operators.ts, polynomial_terms.ts, polynomials.ts, profile_limits.ts,
//   radial_kernel.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The conditions of a collocation, and what is checked of them. Errors name the condition and the row.
import { coefficientValues } from './evaluation_checks';
import { checkedPoints, checkedValues, type Values } from './fit_input';
import { rowText } from './known_points';
import type { F64 } from './native_ops';
import type { Operator } from './operators';

/** Lu(x_i) = values_i at points x. */
export interface Condition {
  operator: Operator;
  /** `[n, d]` */
  points: F64;
  /** `[n]` or `[n, k]` */
  values: Values;
  /** What the rows count in least squares, a positive number; 1 by default. */
  weight?: number;
}

/** A condition, its arrays copied, the values `[n, k]`. */
export interface CheckedCondition {
  readonly operator: Operator;
  readonly points: F64;
  readonly values: F64;
  readonly weight: number;
}

/** Conditions that fit the centers `[m, d]` and each other. */
export function checkedConditions(call: string, conditions: Condition[], centers: F64): CheckedCondition[] {
  if (!Array.isArray(conditions) || conditions.length === 0)
    throw new TypeError(
      `${call}: conditions must be a list [{ operator, points, values }, …], not empty, got ${Array.isArray(conditions) ? '[]' : typeof conditions}`,
    );
  const [m, d] = centers.shape;
  const checked = conditions.map(({ operator, points: given, values: wanted, weight = 1 }, c) => {
    const name = `conditions[${c}]`;
    if (operator?.rank !== 'scalar')
      throw new TypeError(
        `${call}: ${name}.operator must be a scalar operator such as laplacian, got ${(operator as { name?: string })?.name ?? typeof operator}`,
      );
    if (!(weight > 0 && weight < Number.POSITIVE_INFINITY))
      throw new RangeError(`${call}: ${name}.weight must be a positive finite number, got ${weight}`);
    const points = checkedPoints(call, `${name}.points`, given, d);
    const values = checkedValues(call, `${name}.values`, wanted, points.shape[0]);
    return { operator, points, values, weight };
  });
  const [{ values: first }] = checked;
  checked.forEach(({ values }, c) => {
    if (values.shape[1] !== first.shape[1])
      throw new RangeError(
        `${call}: conditions[${c}].values [${values.shape}] must have as many columns as conditions[0].values [${first.shape}]`,
      );
  });
  const n = checked.reduce((sum, { points }) => sum + points.shape[0], 0);
  if (n < m)
    throw new RangeError(`${call}: ${m} centers need at least as many points in the conditions, got ${n}`);
  if (n === m) refuseRepeatedRows(call, checked);
  return checked;
}

/** In a square system, throws where a point stands twice under the same operator with the same coefficients. */
function refuseRepeatedRows(call: string, conditions: CheckedCondition[]): void {
  const known = new Map<Operator, Map<string, string>>();
  conditions.forEach(({ operator, points }, c) => {
    const rows = known.get(operator) ?? new Map<string, string>();
    known.set(operator, rows);
    const given = operator.terms.flatMap(({ coefficients }) =>
      coefficients.flatMap(a => (typeof a === 'object' ? [coefficientValues(call, a, points)] : [])),
    );
    const d = points.shape[1];
    for (let i = 0; i < points.shape[0]; i++) {
      const point = rowText(points.data.subarray(i * d, (i + 1) * d));
      const key = `${point} ${given.map(a => a[i])}`;
      const name = `conditions[${c}].points[${i}]`;
      const before = rows.get(key);
      if (before !== undefined)
        throw new RangeError(
          `${call}: ${name} repeats ${before}, ${point}, under the same operator: the system would be singular`,
        );
      rows.set(key, name);
    }
  });
}
