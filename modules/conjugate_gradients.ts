// Needs: nothing else.
//
// Conjugate gradients for symmetric positive definite systems that are given by what they do to a vector.

/** out = (a linear map)(x). */
export type LinearMap = (x: Float64Array, out: Float64Array) => void;

export interface Iterations {
  /** `[n]` */
  readonly x: Float64Array;
  /** |b − A·x|/|b| in the 2-norm, computed from x at the end. */
  readonly residual: number;
  readonly iterations: number;
}

/**
 * Solves A·x = b for a symmetric positive definite A `[n, n]`, preconditioned by `inverse`, which is symmetric positive
 * definite too and near A⁻¹. It stops where |b − A·x| ≤ tolerance·|b| by its own account, which rounding may
 * belie: `residual` is what it truly is. Throws a RangeError if A or the preconditioner is found not to be positive definite.
 *
 * @example
 * const twice = (x: Float64Array, out: Float64Array) => x.forEach((v, i) => { out[i] = 2 * v; });
 * conjugateGradients(twice, twice, Float64Array.of(4, 6)).x; // [2, 3]
 */
export function conjugateGradients(
  A: LinearMap,
  inverse: LinearMap,
  b: Float64Array,
  { tolerance = 1e-12, most = 1000 } = {},
): Iterations {
  const n = b.length;
  // Of numbers near 1 no square overflows or is lost.
  const unit = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
  const r = b.map(v => v / unit);
  const [x, z, Ap] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const size = norm(r);
  let iterations = 0;
  inverse(r, z);
  const p = z.slice();
  let rz = dot(r, z);
  while (norm(r) > tolerance * size && iterations < most) {
    iterations++;
    A(p, Ap);
    const curvature = dot(p, Ap);
    if (!(curvature > 0 && rz > 0))
      throw new RangeError(
        `conjugateGradients: not positive definite to working precision, found in step ${iterations}`,
      );
    const step = rz / curvature;
    for (let i = 0; i < n; i++) {
      x[i] += step * p[i];
      r[i] -= step * Ap[i];
    }
    inverse(r, z);
    const before = rz;
    rz = dot(r, z);
    for (let i = 0; i < n; i++) p[i] = z[i] + (rz / before) * p[i];
  }
  A(x, Ap);
  for (let i = 0; i < n; i++) r[i] = b[i] / unit - Ap[i];
  return { x: x.map(v => v * unit), residual: norm(r) / (size || 1), iterations };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

const norm = (a: Float64Array) => Math.sqrt(dot(a, a));
