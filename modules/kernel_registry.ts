// Needs radial_kernel.ts and what it needs.
//
// Which factory makes a kernel again when a saved model is loaded.
import * as tf from '@tensorflow/tfjs-node';
import type { KernelFunction } from './radial_kernel';

/** Of each kernel that a registered factory made: the factory's name and its arguments. */
const origins = new WeakMap<object, { kernel: string; args: unknown[] }>();

/** What a saved layer says of its kernel: the factory and its arguments, a tensor as its numbers. */
export interface KernelConfig {
  kernel: string;
  args: unknown[];
}

// biome-ignore lint/suspicious/noExplicitAny: factories differ in their arguments
type Factory = (...args: any[]) => KernelFunction;

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
    origins.set(kernel, { kernel: name, args });
    return kernel;
  }) as F;
  factories.set(name, naming);
  return naming;
}

/** The kernel as data for a saved layer. Throws where no registered factory could make it again. */
export function kernelToConfig(kernel: KernelFunction): KernelConfig {
  // A kernel that was made without its registered factory still has the name, and the shape if it has one.
  const shape = 'shape' in kernel && kernel.shape !== null ? [kernel.shape] : [];
  const origin = origins.get(kernel) ?? { kernel: kernel.name, args: shape };
  if (!factories.has(origin.kernel))
    throw new Error(
      `kernel ${JSON.stringify(origin.kernel)} has no registered factory, so it could not be loaded again: ` +
        'make it by registerKernel(name, factory) before you save',
    );
  return { kernel: origin.kernel, args: origin.args.map(a => (a instanceof tf.Tensor ? a.arraySync() : a)) };
}

/** The kernel that a saved layer names; a list of numbers becomes one shape a center. */
export function kernelFromConfig({ kernel, args }: KernelConfig): KernelFunction {
  const factory = factories.get(kernel);
  if (!factory)
    throw new Error(
      `kernel ${JSON.stringify(kernel)} is not known here: call registerKernel('${kernel}', factory) before you load`,
    );
  return factory(...args.map(a => (Array.isArray(a) ? tf.tensor1d(a) : a)));
}
