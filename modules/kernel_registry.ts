// Needs: arithmetic.ts, kernel_table.ts, profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts,
//   radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node.
//
// Which factory makes a kernel again when a saved model is loaded.
import * as tf from '@tensorflow/tfjs-node';
import type { KernelFunction } from './radial_kernel';

/** Of each kernel that a registered factory made: the factory's name and its arguments. */
const origins = new WeakMap<object, KernelConfig>();

/** What a saved layer says of its kernel: the factory and its arguments. */
export interface KernelConfig {
  /** Under the key `name`, the only one whose text tfjs does not rewrite from my_kernel to myKernel. */
  name: string;
  args: unknown[];
}

// biome-ignore lint/suspicious/noExplicitAny: factories differ in their arguments
type Factory = (...args: any[]) => KernelFunction;

/** Stands in a saved layer for shapes that are weights of the layer. */
const TRAINED = { trained: true };
const has = (key: string, a: unknown): a is Record<string, unknown> =>
  typeof a === 'object' && a !== null && key in a;

const factories = new Map<string, Factory>();

/**
 * Makes a kernel of your own saveable under a name. Returns the factory, whose kernels carry that name.
 *
 * @example
 * const cubic = registerKernel('cubic', radialKernel({ variable: 'sqrt(u)', terms: [[1, 3]] }));
 * cubic(2)(tf.tensor2d([[0.5]]), tf.tensor2d([[0]])); // [[1]]
 */
export function registerKernel<F extends Factory>(name: string, factory: F): F {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(
      `registerKernel(name, factory): name must be a non-empty string, got ${JSON.stringify(name)}`,
    );
  if (typeof factory !== 'function')
    throw new TypeError(`registerKernel(name, factory): factory must be a function, got ${typeof factory}`);
  const naming = ((...args: unknown[]) => {
    const kernel = factory(...args);
    origins.set(kernel, { name, args });
    return kernel;
  }) as F;
  factories.set(name, naming);
  return naming;
}

/** Whether this is a function that makes kernels, such as gaussianKernel. */
export const isKernelFactory = (f: unknown) => [...factories.values()].includes(f as Factory);

/**
 * The kernel as data for a saved layer, a tensor as its numbers and `trained`, the layer's own shapes, as a mark.
 * Throws where no registered factory could make the kernel again.
 */
export function kernelToConfig(kernel: KernelFunction, trained?: tf.Tensor): KernelConfig {
  const origin = origins.get(kernel) ?? guessOrigin(kernel);
  if (!origin || !factories.has(origin.name))
    throw new Error(
      `kernel ${JSON.stringify(kernel.name)} has no registered factory, so it could not be loaded again: ` +
        'before you save, make it by the function that registerKernel(name, factory) returns',
    );
  if (trained !== undefined && !origin.args.includes(trained))
    throw new Error(
      `kernel ${JSON.stringify(origin.name)} does not get the trained shapes themselves, so it could not be loaded ` +
        'again: register the function of the shapes, registerKernel(name, shapes => …), and pass that',
    );
  const data = (a: unknown) =>
    a === trained ? TRAINED : a instanceof tf.Tensor ? { tensor: a.arraySync() } : a;
  return { name: origin.name, args: origin.args.map(data) };
}

/** A kernel made without its registered factory still has the name of its row, and its shape if it has one. */
function guessOrigin(kernel: KernelFunction): KernelConfig | undefined {
  if ('row' in kernel) return { name: kernel.name, args: kernel.shape === null ? [] : [kernel.shape] };
  return undefined;
}

/** The kernel that a saved layer names. Its tensors are made again, and the mark becomes the `trained` shapes. */
export function kernelFromConfig({ name, args }: KernelConfig, trained?: tf.Tensor): KernelFunction {
  const factory = factories.get(name);
  if (!factory)
    throw new Error(
      `kernel ${JSON.stringify(name)} is not known here: call registerKernel('${name}', factory) before you load`,
    );
  const value = (a: unknown) =>
    has('trained', a)
      ? trained
      : has('tensor', a)
        ? tf.tensor(a.tensor as tf.TensorLike, undefined, 'float32')
        : a;
  return factory(...args.map(value));
}
