// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, float64.ts, float64_checks.ts,
//   float64_solvers.ts, graph_text.ts, kernel_registry.ts, kernel_table.ts, known_points.ts,
//   native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, notable_kernels.ts, operators.ts, partial_derivatives.ts,
//   profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts,
//   radii.ts, rbf_layer.ts, rbf_options.ts, rbf_weights.ts, small_evaluation.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Radial basis function networks u(x) = Σ_j w_j·φ(x, c_j), without bias, as layers of tfjs.
import * as tf from '@tensorflow/tfjs-node';
import { isKernelFactory, kernelFromConfig, kernelToConfig } from './kernel_registry';
import type { KernelFunction, RadialKernel } from './notable_kernels';
import { nameOfType } from './radii';
import { RbfLayer } from './rbf_layer';
import type { RbfLayerOptions, SavedRbfLayer } from './rbf_options';
import { shapeOf } from './rbf_weights';

/** A network whose kernel is given whole. */
abstract class RbfGivenKernel extends RbfLayer {
  private readonly rbfKernel: KernelFunction;

  constructor(call: string, options: RbfFreeCentersOptions, trainableCenters: boolean) {
    if (typeof options.rbfKernel !== 'function' || isKernelFactory(options.rbfKernel))
      throw new TypeError(
        `${call}: rbfKernel must be a kernel, as gaussianKernel(5), or a function (x, centers) => Tensor, ` +
          `got ${typeof options.rbfKernel === 'function' ? 'a function that makes kernels' : nameOfType(options.rbfKernel)}`,
      );
    super(call, options, trainableCenters);
    this.rbfKernel = options.rbfKernel;
  }

  protected kernel(): KernelFunction {
    return this.rbfKernel;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      kernel: { ...kernelToConfig(this.rbfKernel) },
    } as tf.serialization.ConfigDict;
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { kernel, ...rest } = config as unknown as SavedRbfLayer;
    return new cls({
      ...rest,
      rbfKernel: kernelFromConfig(kernel),
    } as unknown as tf.serialization.ConfigDict);
  }
}

export interface RbfFixAllOptions
  extends Omit<RbfLayerOptions, 'inputDim' | 'numCenters' | 'leftLim' | 'rightLim'> {
  centers: tf.Tensor2D | number[][];
  rbfKernel: KernelFunction;
}

/**
 * Fixed centers `[m, d]` and a fixed kernel; only the weights are trained.
 *
 * @example
 * const fixed = new RbfFixAll({ centers: [[0], [1]], rbfKernel: gaussianKernel(1), coefs: [1, 2] });
 * fixed.apply(tf.tensor2d([[0]])); // [[1.736]]
 * fixed.evaluate(laplacian, ndarray(Float64Array.of(0), [1, 1])); // [[-0.5285]]
 */
export class RbfFixAll extends RbfGivenKernel {
  static readonly className: string = 'RbfFixAll';

  constructor(options: RbfFixAllOptions) {
    const call = new.target.className;
    super(call, sizes(call, options), false);
  }
}

// A layer that is loaded knows its sizes; its centers are weights and come from the file.
function sizes(call: string, options: RbfFixAllOptions): RbfFreeCentersOptions {
  if (options.centers === undefined && 'numCenters' in options)
    return options as unknown as RbfFreeCentersOptions;
  const [numCenters, inputDim] = shapeOf(`${call}({ centers })`, options.centers);
  return { ...options, numCenters, inputDim };
}

export interface RbfFreeCentersOptions extends RbfLayerOptions {
  rbfKernel: KernelFunction;
}

/**
 * Trained centers and weights, a fixed kernel.
 *
 * @example
 * const moving = new RbfFreeCenters({ inputDim: 2, numCenters: 5, rbfKernel: gaussianKernel(1) });
 * moving.trainableWeights.map(weight => weight.shape); // [[5, 2], [5, 1]]
 */
export class RbfFreeCenters extends RbfGivenKernel {
  static readonly className: string = 'RbfFreeCenters';

  constructor(options: RbfFreeCentersOptions) {
    super(new.target.className, options, true);
  }
}

export interface RbfFreeAllOptions extends RbfLayerOptions {
  /** Makes the kernel from the shapes `[m]`: `gaussianKernel`, or `ell => maternKernel(2.5, ell)`. */
  kernel: (shape: tf.Tensor) => RadialKernel;
  /** Where every center's shape starts; 1 by default. */
  startingShape?: number;
}

/**
 * Trained centers, weights and shapes, one shape a center.
 *
 * @example
 * const free = new RbfFreeAll({ inputDim: 2, numCenters: 5, kernel: gaussianKernel });
 * free.trainableWeights.map(weight => weight.shape); // [[5, 2], [5, 1], [5]]
 */
export class RbfFreeAll extends RbfLayer {
  static readonly className: string = 'RbfFreeAll';
  private readonly kernelOf: (shape: tf.Tensor) => KernelFunction;
  private readonly shapes: ReturnType<RbfLayer['weight']>;

  constructor(options: RbfFreeAllOptions) {
    const call = new.target.className;
    const { kernel, startingShape = 1, numCenters } = options;
    if (typeof kernel !== 'function' || 'row' in kernel)
      throw new TypeError(
        `${call}: kernel must be a function shape => kernel, as gaussianKernel, ` +
          `got ${typeof kernel === 'function' ? `the kernel ${kernel.name} itself` : nameOfType(kernel)}`,
      );
    if (!(startingShape > 0 && startingShape < Number.POSITIVE_INFINITY))
      throw new RangeError(`${call}: startingShape must be a positive finite number, got ${startingShape}`);
    super(call, options, true);
    this.kernelOf = kernel;
    this.shapes = this.weight(
      'shapes',
      [numCenters],
      tf.initializers.constant({ value: startingShape }),
      true,
    );
  }

  /** The shapes `[m]`: the live variable, not a copy. */
  getShapes(): tf.Tensor1D {
    return this.shapes.read() as tf.Tensor1D;
  }

  protected kernel(): KernelFunction {
    return this.kernelOf(this.getShapes());
  }

  override getConfig(): tf.serialization.ConfigDict {
    // In a tidy, because a kernel may be made of tensors that are computed from the shapes.
    const kernel = tf.tidy(() => {
      return { ...kernelToConfig(this.kernel(), this.getShapes()) } as tf.TensorContainerObject;
    });
    return { ...super.getConfig(), kernel } as unknown as tf.serialization.ConfigDict;
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { kernel, ...rest } = config as unknown as SavedRbfLayer;
    const of = (shape: tf.Tensor) => kernelFromConfig(kernel, shape);
    return new cls({ ...rest, kernel: of } as unknown as tf.serialization.ConfigDict);
  }
}

for (const layer of [RbfFixAll, RbfFreeCenters, RbfFreeAll]) tf.serialization.registerClass(layer);
