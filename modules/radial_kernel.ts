// Needs: arithmetic.ts, kernel_table.ts, profile_limits.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node.
import * as tf from '@tensorflow/tfjs-node';
import { type KernelRow, kernelRow } from './kernel_table';
import { pairsOf, radialMatrix } from './radial_matrix';
import type { ProfileRow } from './radial_profiles';
import { radialTerm } from './radial_terms';
import { checkPoints, nameOfType } from './radii';

/** A shape parameter: a number, a scalar tensor or variable, or one value a center `[m]`. */
export type Shape = number | tf.Tensor;

/**
 * A kernel φ(x, c) = ε^q·g(ε²‖x − c‖²) of points x `[n, d]` and centers `[m, d]`: `[n, m]`.
 * Differentiable on the tape in x, centers and shape, to every order that exists, at the centers too.
 */
export interface RadialKernel {
  (x: tf.Tensor2D, centers: tf.Tensor2D): tf.Tensor2D;
  readonly name: string;
  /** The m of C^m at the centre; Infinity for a smooth kernel. */
  readonly smoothness: number;
  /** The kernel's row of the table: its profile, definiteness, source. */
  readonly row: KernelRow;
  /** The shape parameter as it was given; null for polyharmonic splines. */
  readonly shape: Shape | null;
  /** ε of u = ε²·r². With a tensor shape it is computed on the tape, so that gradients reach the shape. */
  epsilon(): number | tf.Tensor;
}

/** A kernel as a layer takes it: one of ours, or any function (x `[n, d]`, centers `[m, d]`) => `[n, m]`. */
export type KernelFunction = RadialKernel | ((x: tf.Tensor2D, centers: tf.Tensor2D) => tf.Tensor2D);

/**
 * A kernel of your own from a row of data: `radialKernel({ name, variable, terms, … })(shape)`.
 *
 * @example
 * const smoothExponential = radialKernel({ variable: 'sqrt(u)', factor: 'exp(-t)', terms: [[1, 0], [1, 1]] });
 * const smooth = smoothExponential(2); // (1 + z)·e^(−z), z = 2r
 * smooth.smoothness; // 2
 * smooth(tf.tensor2d([[0], [0.5]]), tf.tensor2d([[0]])); // [[1], [0.7358]]
 */
export function radialKernel(profile: ProfileRow & Partial<KernelRow>): (shape: Shape) => RadialKernel {
  if (typeof profile !== 'object' || profile === null)
    throw new TypeError(
      `radialKernel(profile): profile must be a row of data { variable, terms, … }, got ${nameOfType(profile)}`,
    );
  const { variable, factor, scale, terms, logTerms, ...rest } = profile;
  const row = kernelRow({ name: 'RadialKernel', ...rest, g: { variable, factor, scale, terms, logTerms } });
  // On the tape TensorFlow.js would take the gradient that it has under that name in place of the kernel's own.
  if (tf.getGradient(row.name) !== undefined)
    throw new RangeError(
      `radialKernel(profile): name must not be that of an op of TensorFlow.js, got ${row.name}`,
    );
  return shape => makeKernel(`radialKernel(profile)(${row.shape?.parameter})`, row, shape);
}

/** A kernel from its row of the table; `call` is what errors quote. */
export function makeKernel(call: string, row: KernelRow, shape: Shape | null): RadialKernel {
  if (row.shape !== null) checkShape(call, row.shape.parameter, shape);
  const epsilon = () => {
    if (row.shape === null || shape === null) return 1;
    const { factor, isLength } = row.shape;
    if (typeof shape === 'number') return isLength ? factor / shape : factor * shape;
    if (isLength) return tf.div(factor, shape) as tf.Tensor;
    return factor === 1 ? shape : shape.mul(factor);
  };
  const kernel = (x: tf.Tensor2D, centers: tf.Tensor2D) =>
    tf.tidy(() => {
      checkPoints(`${call}(x, centers)`, x, centers);
      const m = centers.shape[0];
      if (shape instanceof tf.Tensor && shape.size !== 1 && shape.size !== m)
        throw new RangeError(
          `${call}: ${row.shape?.parameter} must be a scalar or [${m}], one a center, got [${shape.shape}]`,
        );
      return radialMatrix(
        [radialTerm({ ...row, taken: 0 }, x.shape[1])],
        pairsOf(x, centers),
        epsilon(),
      ) as tf.Tensor2D;
    });
  Object.defineProperty(kernel, 'name', { value: row.name });
  return Object.assign(kernel, { smoothness: row.smoothness, row, shape, epsilon });
}

function checkShape(call: string, name: string, shape: Shape | null): void {
  if (shape instanceof tf.Tensor) {
    if (shape.rank > 1)
      throw new RangeError(
        `${call}: ${name} must be a scalar or one value a center [m], got [${shape.shape}]`,
      );
    if (shape.dtype !== 'float32')
      throw new TypeError(`${call}: ${name} must be float32, got ${shape.dtype}`);
    // A variable is trained and may pass through any value; a plain tensor stays as it is.
    if (!(shape instanceof tf.Variable))
      for (const value of shape.dataSync()) checkPositive(call, name, value);
  } else if (typeof shape !== 'number') {
    throw new TypeError(
      `${call}: ${name} must be a number or a tensor, got ${shape === null ? 'null' : typeof shape}`,
    );
  } else checkPositive(call, name, shape);
}

/** Throws unless the value is positive and finite. */
export function checkPositive(call: string, name: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new RangeError(`${call}: ${name} must be a positive finite number, got ${value}`);
}
