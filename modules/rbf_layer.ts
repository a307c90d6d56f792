// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, float64.ts, float64_checks.ts,
//   float64_solvers.ts, graph_text.ts, kernel_registry.ts, kernel_table.ts, known_points.ts,
//   native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, rbf_options.ts,
//   rbf_weights.ts, small_evaluation.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// What all RBF networks share: centers and weights as weights of a tfjs layer, u(x) = Φ(x)·w without bias.
import * as tf from '@tensorflow/tfjs-node';
import { evaluate } from './evaluation';
import { type F64, fromTensor } from './float64';
import type { Operator, TensorOperator } from './operators';
import type { KernelFunction } from './radial_kernel';
import { nameOfType } from './radii';
import { checkedOptions, type RbfLayerOptions } from './rbf_options';
import { shapeOf, write, writeCoefs } from './rbf_weights';

type LayerVariable = ReturnType<tf.layers.Layer['addWeight']>;
type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** A layer x `[n, d]` → Φ(x)·w `[n, k]`; a subclass says its kernel and which of its weights are trained. */
export abstract class RbfLayer extends tf.layers.Layer {
  readonly inputDim: number;
  readonly numCenters: number;
  readonly outputDim: number;
  private readonly centers: LayerVariable;
  private readonly coefs: LayerVariable;

  /** The kernel of this moment. */
  protected abstract kernel(): KernelFunction;

  constructor(call: string, options: RbfLayerOptions, trainableCenters: boolean) {
    const { inputDim, numCenters, outputDim, leftLim, rightLim, seed, name, trainable } = checkedOptions(
      call,
      options,
    );
    super({ inputShape: [inputDim], ...(name && { name }), ...(trainable !== undefined && { trainable }) });
    this.inputDim = inputDim;
    this.numCenters = numCenters;
    this.outputDim = outputDim;
    // Weights are here from the start, not from the first call on, so that one can set and read them.
    const uniform = (minval: number, maxval: number, salt: number) =>
      tf.initializers.randomUniform({ minval, maxval, seed: seed === undefined ? undefined : seed + salt });
    const bound = 1 / Math.sqrt(numCenters);
    this.centers = this.weight(
      'centers',
      [numCenters, inputDim],
      uniform(leftLim, rightLim, 0),
      trainableCenters,
    );
    this.coefs = this.weight('coefs', [numCenters, outputDim], uniform(-bound, bound, 1), true);
    const { centers, coefs } = options;
    if (centers !== undefined) this.startWith(() => this.setCenters(centers));
    if (coefs !== undefined) this.startWith(() => this.setCoefs(coefs));
  }

  /** A part of the constructor; where it throws, there is no layer whose weights one could dispose of. */
  protected startWith<T>(part: () => T): T {
    try {
      return part();
    } catch (error) {
      for (const weight of this.weights) weight.dispose();
      throw error;
    }
  }

  /** A weight under a name of its own, so that several RBF layers fit into one saved model. */
  protected weight(name: string, shape: number[], start: Initializer, trainable: boolean) {
    return this.addWeight(`${this.name}/${name}`, shape, 'float32', start, undefined, trainable);
  }

  /** Φ[i, j] = φ(x_i, c_j) of points x `[n, d]`: `[n, m]`. Throws unless x and what the kernel gives have these shapes. */
  getInterpolationMatrix(x: tf.Tensor2D): tf.Tensor2D {
    const call = this.checkPoints(x);
    return tf.tidy(() => {
      const kernel = this.kernel();
      if (typeof kernel !== 'function')
        throw new TypeError(`${call}: kernel must make a kernel of the shapes, got ${nameOfType(kernel)}`);
      const matrix = kernel(x, this.getCenters());
      const shape = [x.shape[0], this.numCenters];
      if (!(matrix instanceof tf.Tensor) || !tf.util.arraysEqual(matrix.shape, shape))
        throw new RangeError(
          `${call}: the kernel must give [n, m] = [${shape}], ` +
            `got ${matrix instanceof tf.Tensor ? `[${matrix.shape}]` : nameOfType(matrix)}`,
        );
      return matrix;
    });
  }

  /** Throws unless x is `[n, d]`; gives what errors about it begin with. */
  protected checkPoints(x: tf.Tensor2D): string {
    const call = `${this.getClassName()} ${this.name}`;
    if (!(x instanceof tf.Tensor))
      throw new TypeError(`${call}: x must be a tensor [n, ${this.inputDim}], got ${nameOfType(x)}`);
    if (x.rank !== 2 || x.shape[1] !== this.inputDim)
      throw new RangeError(`${call}: x must be [n, ${this.inputDim}], got [${x.shape}]`);
    return call;
  }

  override apply(
    inputs: Parameters<tf.layers.Layer['apply']>[0],
    kwargs?: Parameters<tf.layers.Layer['apply']>[1],
  ) {
    if (inputs === undefined || inputs === null)
      throw new TypeError(
        `${this.getClassName()} ${this.name}: x must be a tensor [n, ${this.inputDim}], got ${inputs}`,
      );
    return super.apply(inputs, kwargs);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor2D;
    return tf.tidy(() => this.getInterpolationMatrix(x).matMul(this.getCoefs()));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const [n, d] = inputShape as tf.Shape;
    if (d !== this.inputDim)
      throw new RangeError(
        `${this.getClassName()} ${this.name}: x must be [n, ${this.inputDim}], got [${inputShape}]`,
      );
    return [n, this.outputDim];
  }

  /** The weights w `[m, k]`: the live variable, not a copy. */
  getCoefs(): tf.Tensor2D {
    return this.coefs.read() as tf.Tensor2D;
  }

  /** Sets the weights from m·k numbers, row by row. */
  setCoefs(coefs: number[] | tf.Tensor): void {
    writeCoefs(this.coefs, 'setCoefs(coefs)', coefs);
  }

  /** The centers `[m, d]`: the live variable, not a copy. */
  getCenters(): tf.Tensor2D {
    return this.centers.read() as tf.Tensor2D;
  }

  /** Sets the centers `[m, d]`. */
  setCenters(centers: tf.Tensor2D | number[][]): void {
    const shape = shapeOf('setCenters(centers)', centers);
    if (shape[0] !== this.numCenters || shape[1] !== this.inputDim)
      throw new RangeError(
        `setCenters(centers): centers must be [${this.numCenters}, ${this.inputDim}], got [${shape}]`,
      );
    write(this.centers, 'setCenters(centers): centers', centers);
  }

  /**
   * Lu at the points x `[n, d]` in float64, `[n, k]` (for gradient `[n, d, k]`, for hessian `[n, d, d, k]`), with the
   * weights, centers and shapes as they are now. The kernel must have a profile.
   */
  evaluate(op: Operator | TensorOperator, x: F64): F64 {
    return evaluate(op, this.kernel(), x, fromTensor(this.getCenters()), fromTensor(this.getCoefs()));
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { inputDim, numCenters, outputDim } = this;
    return { ...super.getConfig(), inputDim, numCenters, outputDim };
  }
}
