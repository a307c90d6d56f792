// Needs: arithmetic.ts, evaluation_checks.ts, kernel_table.ts, known_points.ts, native_binding.ts,
//   native_ops.ts, operators.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, separable.ts, target.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Functions that approximations are tried on, with all their derivatives: `franke.evaluate(laplacian, x)`.
import { bell, cardinalSine, cosine, exponential, separable, sine } from './separable';
import { target } from './target';

export type { Target } from './target';

const FASSHAUER = 'Fasshauer, Meshfree Approximation Methods with MATLAB (2007)';

/**
 * Franke's surface on [0, 1]²: two peaks and a dip, a sum of four Gaussians.
 *
 * @example
 * franke.evaluate(identity, halton(1, 2)); // [0.4984]
 * franke.evaluate(gradient, halton(1, 2)).shape; // [1, 2]
 */
export const franke = target({
  name: 'franke',
  d: 2,
  source: 'Franke, Scattered data interpolation: tests of some methods, Math. Comp. 38 (1982)',
  partial: separable(
    [3 / 4, bell(9 / 2, -1), bell(9 / 2, -1)],
    [3 / 4, bell(9 / 7, 1 / 7), exponential(-9 / 10, -1 / 10)],
    [1 / 2, bell(9 / 2, -7 / 2), bell(9 / 2, -3 / 2)],
    [-1 / 5, bell(9, -4), bell(9, -7)],
  ),
});

const RUNGE = 'Runge, Über empirische Funktionen …, Z. Math. Phys. 46 (1901)';

/**
 * 1/(1 + 25x²) on [−1, 1]: polynomials on equispaced nodes diverge near the ends.
 *
 * @example
 * runge.evaluate(partial([2]), ndarray(Float64Array.of(0), [1, 1])); // [-50]
 */
export const runge = target({ name: 'runge', d: 1, source: RUNGE, partial: rungePartial });

/** 1/(1 + 25(x² + y²)) on [−1, 1]² */
export const runge2d = target({ name: 'runge2d', d: 2, source: RUNGE, partial: rungePartial });

/**
 * f·(1 + 25|x|²) = 1, differentiated by Leibniz' rule: the second factor has no third derivatives, so that ∂^α f
 * follows from the lower ones.
 */
function rungePartial(alpha: readonly number[], x: readonly number[]): number {
  const lower = (i: number, by: number) =>
    rungePartial(
      alpha.map((a, k) => (k === i ? a - by : a)),
      x,
    );
  let rest = alpha.every(a => a === 0) ? 1 : 0;
  alpha.forEach((a, i) => {
    if (a > 0) rest -= 50 * a * x[i] * lower(i, 1);
    if (a > 1) rest -= 25 * a * (a - 1) * lower(i, 2);
  });
  return rest / (1 + 25 * x.reduce((sum, t) => sum + t * t, 0));
}

/**
 * The sign of x, with 0 at 0: what is smooth overshoots at its jump, however many nodes it has. Its derivatives are 0
 * elsewhere and do not exist at 0, where `evaluate` throws.
 */
export const gibbs = target({
  name: 'gibbs',
  d: 1,
  source: 'Gibbs, Fourier’s series, Nature 59 (1898)',
  partial: ([order], [x]) => (order === 0 ? Math.sign(x) : x < 0 || x > 0 ? 0 : Number.NaN),
});

/** sin(πx)/(πx), 1 at 0; 0 at all other integers. */
export const sinc = target({
  name: 'sinc',
  d: 1,
  source: 'Whittaker, On the functions which are represented by … interpolation theory (1915)',
  partial: separable([1, cardinalSine(Math.PI)]),
});

/** sinc(x)·sinc(y) */
export const sinc2d = target({
  name: 'sinc2d',
  d: 2,
  source: FASSHAUER,
  partial: separable([1, cardinalSine(Math.PI), cardinalSine(Math.PI)]),
});

/** (x − ½)², the solution of u″ = 2 with u(0) = u(1) = ¼. */
export const parabola = target({
  name: 'parabola',
  d: 1,
  source: 'u″ = 2 on [0, 1], u(0) = u(1) = ¼',
  partial: ([order], [x]) => [(x - 0.5) ** 2, 2 * (x - 0.5), 2][order] ?? 0,
});

/** sin(πx)·sin(πy): 0 on the boundary of the unit square, Δu = −2π²·u. */
export const sineSine = target({
  name: 'sineSine',
  d: 2,
  source: 'the Laplacian’s first eigenfunction on the unit square',
  partial: separable([1, sine(Math.PI), sine(Math.PI)]),
});

/** sin(πx)·cos(πy/2): Δu = −(5/4)π²·u, on the unit square; 0 on all its sides but y = 0. */
export const sineCosine = target({
  name: 'sineCosine',
  d: 2,
  source: `${FASSHAUER}, ch. 39`,
  partial: separable([1, sine(Math.PI), cosine(Math.PI / 2)]),
});
