// Needs: arithmetic.ts, kernel_registry.ts, kernel_table.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node.
//
// The kernels by name: each is a row of kernel_table.ts with its shape. They are registered, so that layers save them.
import { registerKernel } from './kernel_registry';
import * as table from './kernel_table';
import { checkPositive, makeKernel, type Shape } from './radial_kernel';

export { registerKernel } from './kernel_registry';
export { type KernelFunction, type RadialKernel, radialKernel, type Shape } from './radial_kernel';

/**
 * Gaussian e^(−ε²r²). At the centre: 1, gradient 0, second derivatives −2ε².
 *
 * @function
 * @example
 * gaussianKernel(2)(tf.tensor2d([[0], [0.5]]), tf.tensor2d([[0]])); // [[1], [0.3679]]
 */
export const gaussianKernel = registerKernel('gaussianKernel', (eps: Shape) =>
  makeKernel('gaussianKernel(eps)', table.gaussian, eps),
);

/**
 * Multiquadric √(1 + ε²r²), after Sarra. At the centre: 1, gradient 0, second derivatives ε².
 *
 * @function
 * @example
 * mqKernelSarra(2)(tf.tensor2d([[1]]), tf.tensor2d([[0]])); // [[2.236]]
 */
export const mqKernelSarra = registerKernel('mqKernelSarra', (eps: Shape) =>
  makeKernel('mqKernelSarra(eps)', table.mqSarra, eps),
);

/**
 * Multiquadric √(c² + r²), after Hardy. At the centre: c, gradient 0, second derivatives 1/c.
 *
 * @function
 * @example
 * mqKernelHardy(3)(tf.tensor2d([[4]]), tf.tensor2d([[0]])); // [[5]]
 */
export const mqKernelHardy = registerKernel('mqKernelHardy', (c: Shape) =>
  makeKernel('mqKernelHardy(c)', table.mqHardy, c),
);

/**
 * Inverse multiquadric 1/√(1 + ε²r²). At the centre: 1, gradient 0, second derivatives −ε².
 *
 * @function
 * @example
 * imqKernel(2)(tf.tensor2d([[1]]), tf.tensor2d([[0]])); // [[0.4472]]
 */
export const imqKernel = registerKernel('imqKernel', (eps: Shape) =>
  makeKernel('imqKernel(eps)', table.imq, eps),
);

/**
 * Inverse quadratic 1/(1 + ε²r²). At the centre: 1, gradient 0, second derivatives −2ε².
 *
 * @function
 * @example
 * iqKernel(2)(tf.tensor2d([[1]]), tf.tensor2d([[0]])); // [[0.2]]
 */
export const iqKernel = registerKernel('iqKernel', (eps: Shape) =>
  makeKernel('iqKernel(eps)', table.iq, eps),
);

/**
 * Rational quadratic (1 + r²/(2αℓ²))^(−α), α > 0 a number. At the centre: 1, gradient 0, second derivatives −1/ℓ².
 *
 * @function
 * @example
 * rationalQuadraticKernel(2, 0.5)(tf.tensor2d([[1]]), tf.tensor2d([[0]])); // [[0.25]]
 */
export const rationalQuadraticKernel = registerKernel(
  'rationalQuadraticKernel',
  (alpha: number, ell: Shape) => {
    const call = 'rationalQuadraticKernel(alpha, ell)';
    if (typeof alpha !== 'number')
      throw new TypeError(`${call}: alpha must be a number, got ${typeof alpha}`);
    checkPositive(call, 'alpha', alpha);
    return makeKernel(call, table.rationalQuadratic(alpha), ell);
  },
);

/**
 * Bump e^(−1/(1 − ε²r²)) for ε·r < 1, 0 beyond. At the centre: 1/e, gradient 0, second derivatives −2ε²/e.
 *
 * @function
 * @example
 * bumpKernel(1)(tf.tensor2d([[0], [0.5], [1]]), tf.tensor2d([[0]])); // [[0.3679], [0.2636], [0]]
 */
export const bumpKernel = registerKernel('bumpKernel', (eps: Shape) =>
  makeKernel('bumpKernel(eps)', table.bump, eps),
);

/**
 * Matérn with ν = 0.5, 1.5, 2.5 or 3.5 and length ℓ. At the centre: 1; C^(2ν − 1).
 *
 * @function
 * @example
 * maternKernel(2.5, 1).smoothness; // 4
 */
export const maternKernel = registerKernel('maternKernel', (nu: number, ell: Shape) =>
  makeKernel('maternKernel(nu, ell)', table.matern(nu), ell),
);

/**
 * Wendland's C^k with k = 0, 2, 4 or 6, 0 beyond the radius; positive definite for d ≤ 3. At the centre: 1.
 *
 * @function
 * @example
 * wendlandKernel(2, 1)(tf.tensor2d([[0], [0.5], [1]]), tf.tensor2d([[0]])); // [[1], [0.1875], [0]]
 */
export const wendlandKernel = registerKernel('wendlandKernel', (k: number, radius: Shape) =>
  makeKernel('wendlandKernel(k, radius)', table.wendland(k), radius),
);

/**
 * Polyharmonic spline: r^k for odd k, r^k·log r for even k (2: thin plate). At the centre: 0.
 *
 * @function
 * @example
 * phsKernel(3)(tf.tensor2d([[2]]), tf.tensor2d([[0]])); // [[8]]
 */
export const phsKernel = registerKernel('phsKernel', (exponent: number) =>
  makeKernel('phsKernel(exponent)', table.polyharmonic(exponent), null),
);
