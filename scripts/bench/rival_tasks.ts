// What this project computes in the benchmark, each task as a user calls it.
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { interpolate } from '../../modules/collocation';
import {
  apply,
  evaluate,
  evaluateGradient,
  evaluateHessian,
  identity,
  laplacian,
  partial,
} from '../../modules/differential_operators';
import { type F64, solveSymmetric, toTensor } from '../../modules/float64';
import { RbfFreeAll } from '../../modules/nn_rbf';
import * as notableKernels from '../../modules/notable_kernels';
import { train } from '../../modules/training';
import table from './kernels.json';

/** What was handed over, by name: x `[n, d]`, centers `[m, d]`, weights `[m, 1]`; matrix, nodes, rightSide; targets `[n, 1]`. */
export type Arrays = Record<string, F64>;
type Task = (arrays: Arrays, kernel: string) => () => F64 | Promise<F64>;

export const TASKS: Record<string, Task> = {
  values:
    ({ x, centers, weights }, name, kernel = kernelOf(name)) =>
    () =>
      evaluate(identity, kernel, x, centers, weights),
  gradient:
    ({ x, centers, weights }, name, kernel = kernelOf(name)) =>
    () =>
      evaluateGradient(kernel, x, centers, weights),
  'hessian diagonal':
    ({ x, centers, weights }, name, kernel = kernelOf(name)) =>
    () =>
      diagonals(evaluateHessian(kernel, x, centers, weights)),
  laplacian:
    ({ x, centers, weights }, name, kernel = kernelOf(name)) =>
    () =>
      evaluate(laplacian, kernel, x, centers, weights),
  ...Object.fromEntries([0, 1, 2, 3, 4].map(order => [`derivative ${order}`, derivative(order)])),
  solve:
    ({ matrix, rightSide }) =>
    () =>
      solveSymmetric(matrix, rightSide),
  interpolate: ({ nodes, rightSide }) => {
    // As scripts/bench/fit.py says.
    const kernel = notableKernels.gaussianKernel(0.5 * Math.sqrt(nodes.shape[0]));
    return () => interpolate({ nodes, values: rightSide, kernel, smoothing: 1e-6 }).weights;
  },
  'Poisson training step': arrays => poissonTraining(arrays, 1),
  'Poisson training': arrays => poissonTraining(arrays, 10),
  'fit an RBF network': ({ x, targets, centers }) => {
    const [m, d] = centers.shape;
    const layer = new RbfFreeAll({
      inputDim: d,
      numCenters: m,
      kernel: notableKernels.gaussianKernel,
      startingShape: 5,
      seed: 1,
    });
    return fit(layer, x, targets);
  },
  'fit a tanh network': ({ x, targets }) => {
    const dense = (units: number, seed: number, activation?: 'tanh') =>
      tf.layers.dense({ units, activation, kernelInitializer: tf.initializers.glorotUniform({ seed }) });
    return fit([dense(64, 1, 'tanh'), dense(64, 2, 'tanh'), dense(1, 3)], x, targets);
  },
};

/** The derivative of this order along the first axis. */
function derivative(order: number): Task {
  return ({ x, centers, weights }, name) => {
    const operator = partial([order, ...new Array<number>(x.shape[1] - 1).fill(0)]);
    const kernel = kernelOf(name);
    return () => evaluate(operator, kernel, x, centers, weights);
  };
}

const kernels = new Map<string, notableKernels.RadialKernel>();

/** The kernel of a row of kernels.json, made once. */
function kernelOf(name: string): notableKernels.RadialKernel {
  const row = (table as Record<string, { factory: string; arguments: number[] }>)[name];
  if (!row) throw new RangeError(`kernel must be one of ${Object.keys(table).join(', ')}, got ${name}`);
  const factories = notableKernels as unknown as Record<
    string,
    (...args: number[]) => notableKernels.RadialKernel
  >;
  const kernel = kernels.get(name) ?? factories[row.factory](...row.arguments);
  kernels.set(name, kernel);
  return kernel;
}

/** The diagonals of matrices `[n, d, d, 1]`: `[n, d]`. */
function diagonals({ data, shape: [n, d] }: F64): F64 {
  const values = new Float64Array(n * d);
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) values[i * d + k] = data[(i * d + k) * d + k];
  return ndarray(values, [n, d]);
}

/** So many steps on the residual of Δu = f with Gaussians, as scripts/bench/train.py says; the result is the losses. */
function poissonTraining({ x, centers, weights, rightSide }: Arrays, epochs: number): () => Promise<F64> {
  const [m, d] = centers.shape;
  const layer = new RbfFreeAll({
    inputDim: d,
    numCenters: m,
    centers: toTensor(centers) as tf.Tensor2D,
    coefs: Array.from(weights.data),
    kernel: notableKernels.gaussianKernel,
    startingShape: 5,
  });
  const [points, f] = [toTensor(x) as tf.Tensor2D, toTensor(rightSide)];
  const optimizer = tf.train.adam(1e-3);
  const residuals = () => {
    const matrix = apply(laplacian, notableKernels.gaussianKernel(layer.getShapes()))(
      points,
      layer.getCenters(),
    );
    return { equation: matrix.matMul(layer.getCoefs()).sub(f) };
  };
  return async () => {
    const { losses } = await train({ layer, optimizer, residuals, epochs });
    return ndarray(Float64Array.from(losses), [losses.length]);
  };
}

/** Two epochs of model.fit in batches of 100; the result is the loss of each. */
function fit(layers: tf.layers.Layer | tf.layers.Layer[], x: F64, targets: F64): () => Promise<F64> {
  const [first, ...rest] = Array.isArray(layers) ? layers : [layers];
  const input = tf.input({ shape: [x.shape[1]] });
  const output = [first, ...rest].reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, input);
  const model = tf.model({ inputs: input, outputs: output });
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'meanSquaredError' });
  const [points, values] = [toTensor(x), toTensor(targets)];
  return async () => {
    const { history } = await model.fit(points, values, {
      epochs: 2,
      batchSize: 100,
      shuffle: false,
      verbose: 0,
    });
    return ndarray(Float64Array.from(history.loss as number[]), [history.loss.length]);
  };
}
