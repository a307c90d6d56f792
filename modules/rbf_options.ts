// Needs: arithmetic.ts, kernel_registry.ts, kernel_table.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node.
//
// What one says of an RBF network when one makes it, and what is checked of it.
import type * as tf from '@tensorflow/tfjs-node';
import type { KernelConfig } from './kernel_registry';

export interface RbfLayerOptions {
  inputDim: number;
  numCenters: number;
  /** Number of outputs k; 1 by default. */
  outputDim?: number;
  /** Where the centers start, `[m, d]`; without them they are drawn evenly from [leftLim, rightLim]^d. */
  centers?: tf.Tensor2D | number[][];
  leftLim?: number;
  rightLim?: number;
  /** Where the weights start, m·k numbers row by row; without them they are drawn evenly from ±1/√m. */
  coefs?: number[];
  /** Makes what is drawn the same in every run. */
  seed?: number;
  name?: string;
  trainable?: boolean;
}

/** What a saved layer's JSON holds beside its name. */
export type SavedRbfLayer = RbfLayerOptions & { kernel: KernelConfig };

/** The options with what was left out; throws unless the sizes are positive integers and leftLim < rightLim. */
export function checkedOptions(call: string, options: RbfLayerOptions) {
  const { inputDim, numCenters, outputDim = 1, leftLim = 0, rightLim = 1 } = options;
  for (const [key, value] of Object.entries({ inputDim, numCenters, outputDim }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${call}: ${key} must be a positive integer, got ${value}`);
  for (const [key, value] of Object.entries({ inputDim, outputDim }))
    if (!(numCenters * value < 2 ** 31))
      throw new RangeError(
        `${call}: numCenters·${key} must be below 2^31, as all are weights, got ${numCenters}·${value}`,
      );
  if (!(leftLim < rightLim))
    throw new RangeError(`${call}: leftLim must be less than rightLim, got ${leftLim} and ${rightLim}`);
  return { ...options, inputDim, numCenters, outputDim, leftLim, rightLim };
}
