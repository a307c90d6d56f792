// Needs radial_kernel.ts and what it needs.
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
const isTrained = (a: unknown) => typeof a === 'object' && a !== null && 'trained' in a;

const factories = new Map<string, Factory>();

/** Makes a kernel of your own saveable under a name. Returns the factory, whose kernels carry that name. */
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

/**
 * The kernel as data for a saved layer, a tensor as its numbers and `trained`, the layer's own shapes, as a mark.
 * Throws where no registered factory could make the kernel again.
 */
export function kernelToConfig(kernel: KernelFunction, trained?: tf.Tensor): KernelConfig {
  // A kernel that was made without its registered factory still has the name, and the shape if it has one.
  const shape = 'shape' in kernel && kernel.shape !== null ? [kernel.shape] : [];
  const origin = origins.get(kernel) ?? { name: kernel.name, args: shape };
  if (!factories.has(origin.name))
    throw new Error(
      `kernel ${JSON.stringify(origin.name)} has no registered factory, so it could not be loaded again: ` +
        'make it by registerKernel(name, factory) before you save',
    );
  const data = (a: unknown) => (a === trained ? TRAINED : a instanceof tf.Tensor ? a.arraySync() : a);
  return { name: origin.name, args: origin.args.map(data) };
}

/** The kernel that a saved layer names. A list of numbers becomes one shape a center, the mark the `trained` shapes. */
export function kernelFromConfig({ name, args }: KernelConfig, trained?: tf.Tensor): KernelFunction {
  const factory = factories.get(name);
  if (!factory)
    throw new Error(
      `kernel ${JSON.stringify(name)} is not known here: call registerKernel('${name}', factory) before you load`,
    );
  return factory(...args.map(a => (Array.isArray(a) ? tf.tensor1d(a) : isTrained(a) ? trained : a)));
}
