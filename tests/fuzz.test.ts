/**
 * Every public function with arguments that it should not get: a clear error or a right answer, never NaN out of finite
 * numbers, never a leak, never a crash.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import * as autodiff from '../modules/autodiff';
import * as collocation from '../modules/collocation';
import * as anomaly from '../modules/detect_anomaly';
import * as operators from '../modules/differential_operators';
import * as float64 from '../modules/float64';
import { type F64, nativeCount } from '../modules/native_ops';
import * as networks from '../modules/nn_rbf';
import * as polynomialNetworks from '../modules/nn_rbf_poly';
import * as kernels from '../modules/notable_kernels';
import { continueNpy, createNpy, loadNpy, openNpy, saveNpy } from '../modules/npy_files';
import * as pointSets from '../modules/point_sets';
import { interpolateSparse, SparseExpansion } from '../modules/sparse_interpolation';
import { evaluateFile } from '../modules/streamed_evaluation';
import { fitFiles } from '../modules/streamed_fit';
import { temporaryFolder } from './support/made_notebooks';

const f64 = (values: number[], shape: number[]): F64 => ndarray(Float64Array.from(values), shape);
const { gaussianKernel, maternKernel } = kernels;
const points = () => f64([0, 0, 1, 0, 0, 1, 0.4, 0.7], [4, 2]);
const tensor = () => tf.tensor2d([0, 0, 1, 0, 0, 1, 0.4, 0.7], [4, 2]);

const folder = temporaryFolder(after);
const [pointFile, valueFile, written] = ['points', 'values', 'written'].map(name =>
  join(folder, `${name}.npy`),
);
saveNpy(pointFile, points());
saveNpy(valueFile, f64([1, 2, 3, 4], [4]));

/** What nobody should pass, made anew for each call. */
const HOSTILE: Record<string, () => unknown> = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-1': () => -1,
  '0': () => 0,
  '0.5': () => 0.5,
  '1e300': () => 1e300,
  '2**53': () => 2 ** 53,
  'a string': () => 'x',
  true: () => true,
  '[]': () => [],
  '{}': () => ({}),
  '[[1], [2, 3]]': () => [[1], [2, 3]],
  'a function': () => () => 1,
  'an empty ndarray': () => f64([], [0, 2]),
  'an ndarray [4]': () => f64([1, 2, 3, 4], [4]),
  'an ndarray [4, 3]': () => f64(Array(12).fill(0.5), [4, 3]),
  'an ndarray [2, 2, 2]': () => f64(Array(8).fill(0.5), [2, 2, 2]),
  'an ndarray with NaN': () => f64([0, 0, 1, Number.NaN, 0, 1, 1, 1], [4, 2]),
  'an ndarray with Infinity': () => f64([0, 0, 1, Number.POSITIVE_INFINITY, 0, 1, 1, 1], [4, 2]),
  'a huge ndarray': () => f64([0, 0, 1e200, 0, 0, 1e200, 1e200, 1e200], [4, 2]),
  'a strided ndarray': () => f64([0, 1, 0, 0.4, 0, 0, 1, 0.7], [2, 4]).transpose(1, 0),
  'a float32 ndarray': () => ndarray(Float32Array.of(0, 0, 1, 0, 0, 1, 0.4, 0.7), [4, 2]),
  'a tensor': tensor,
  'a tensor [4]': () => tf.tensor1d([1, 2, 3, 4]),
  'a tensor [4, 3]': () => tf.ones([4, 3]),
  'an empty tensor': () => tf.zeros([0, 2]),
  'an int32 tensor': () => tensor().toInt(),
  'a disposed tensor': () => {
    const t = tensor();
    t.dispose();
    return t;
  },
};

/** A public function with arguments that are right. Those at the places in `free` may be anything. */
interface Call {
  run: (...args: never[]) => unknown;
  args: () => unknown[];
}
const call = <A extends unknown[] | []>(run: (...args: A) => unknown, args: () => A): Call =>
  ({ run, args }) as Call;

const quadratic = (x: tf.Tensor2D) => x.square().sum(1);
const CALLS: Record<string, Call> = {
  gaussianKernel: call(
    eps => kernels.gaussianKernel(eps)(tensor(), tensor()),
    () => [2],
  ),
  mqKernelSarra: call(
    eps => kernels.mqKernelSarra(eps)(tensor(), tensor()),
    () => [2],
  ),
  mqKernelHardy: call(
    c => kernels.mqKernelHardy(c)(tensor(), tensor()),
    () => [2],
  ),
  imqKernel: call(
    eps => kernels.imqKernel(eps)(tensor(), tensor()),
    () => [2],
  ),
  iqKernel: call(
    eps => kernels.iqKernel(eps)(tensor(), tensor()),
    () => [2],
  ),
  rationalQuadraticKernel: call(
    (alpha, ell) => kernels.rationalQuadraticKernel(alpha, ell)(tensor(), tensor()),
    () => [2, 2],
  ),
  bumpKernel: call(
    eps => kernels.bumpKernel(eps)(tensor(), tensor()),
    () => [2],
  ),
  maternKernel: call(
    (nu, ell) => maternKernel(nu, ell)(tensor(), tensor()),
    () => [2.5, 2],
  ),
  wendlandKernel: call(
    (k, radius) => kernels.wendlandKernel(k, radius)(tensor(), tensor()),
    () => [2, 2],
  ),
  phsKernel: call(
    exponent => kernels.phsKernel(exponent)(tensor(), tensor()),
    () => [3],
  ),
  registerKernel: call(
    (name, factory) => kernels.registerKernel(name, factory),
    () => ['fuzz', gaussianKernel],
  ),
  radialKernel: call(
    profile => kernels.radialKernel(profile),
    () => [{ name: 'Mine', variable: 'u', factor: 'exp(-t)', terms: [[1, 0]] } as never],
  ),
  'a kernel': call(
    (x, c) => gaussianKernel(2)(x, c),
    () => [tensor(), tensor()],
  ),
  partial: call(
    alpha => operators.evaluate(operators.partial(alpha), gaussianKernel(2), points(), points()),
    () => [[1, 0]],
  ),
  scale: call(
    (a, op) => operators.evaluate(operators.scale(a, op), gaussianKernel(2), points(), points()),
    () => [2, operators.laplacian],
  ),
  add: call(
    (a, b) => operators.evaluate(operators.add(a, b), gaussianKernel(2), points(), points()),
    () => [operators.identity, operators.laplacian],
  ),
  apply: call(
    (op, kernel, x, c) => operators.apply(op, kernel)(x, c),
    () => [operators.laplacian, gaussianKernel(2), tensor(), tensor()],
  ),
  evaluate: call(operators.evaluate, () => [
    operators.laplacian,
    gaussianKernel(2),
    points(),
    points(),
    f64([1, 2, 3, 4], [4, 1]),
  ]),
  evaluateGradient: call(operators.evaluateGradient, () => [
    gaussianKernel(2),
    points(),
    points(),
    f64([1, 2, 3, 4], [4, 1]),
  ]),
  evaluateHessian: call(operators.evaluateHessian, () => [
    gaussianKernel(2),
    points(),
    points(),
    f64([1, 2, 3, 4], [4, 1]),
  ]),
  interpolate: call(
    (nodes, values, kernel, degree, smoothing) =>
      collocation.interpolate({ nodes, values, kernel, degree, smoothing }),
    () => [points(), f64([1, 2, 3, 4], [4]), gaussianKernel(2), -1, 0],
  ),
  collocate: call(
    (centers, kernel, degree, operator, at, values) =>
      collocation.collocate({ centers, kernel, degree, conditions: [{ operator, points: at, values }] }),
    () => [points(), gaussianKernel(2), -1, operators.identity, points(), f64([1, 2, 3, 4], [4])],
  ),
  chooseShape: call(
    (nodes, values, kernel, range, samples) =>
      collocation.chooseShape({ nodes, values, kernel, range, samples }),
    () => [points(), f64([1, 2, 3, 4], [4]), gaussianKernel, [1, 2] as [number, number], 3],
  ),
  'interpolant.evaluate': call(
    (x, op) =>
      collocation
        .interpolate({ nodes: points(), values: f64([1, 2, 3, 4], [4]), kernel: gaussianKernel(2) })
        .evaluate(x, op),
    () => [points(), operators.gradient],
  ),
  RbfFixAll: call(
    (centers, rbfKernel, coefs) => applied(() => new networks.RbfFixAll({ centers, rbfKernel, coefs })),
    () => [
      [
        [0, 0],
        [1, 1],
      ],
      gaussianKernel(2),
      [1, 2],
    ],
  ),
  RbfFreeCenters: call(
    (inputDim, numCenters, rbfKernel, seed) =>
      applied(() => new networks.RbfFreeCenters({ inputDim, numCenters, rbfKernel, seed })),
    () => [2, 3, gaussianKernel(2), 1],
  ),
  RbfFreeAll: call(
    (inputDim, numCenters, outputDim, kernel, startingShape) =>
      applied(
        () => new networks.RbfFreeAll({ inputDim, numCenters, outputDim, kernel, startingShape, seed: 1 }),
      ),
    () => [2, 3, 1, gaussianKernel, 1],
  ),
  RbfPoly: call(
    (centers, rbfKernel, degree) =>
      applied(() => new polynomialNetworks.RbfPoly({ centers, rbfKernel, degree })),
    () => [
      [
        [0, 0],
        [1, 1],
      ],
      gaussianKernel(2),
      1,
    ],
  ),
  'layer.apply': call(
    x => used(fixed, made => made.apply(x)),
    () => [tensor()],
  ),
  'layer.setCoefs': call(
    coefs => used(fixed, made => made.setCoefs(coefs)),
    () => [[3]],
  ),
  'layer.evaluate': call(
    (op, x) => used(fixed, made => made.evaluate(op, x)),
    () => [operators.laplacian, points()],
  ),
  grad: call(
    (f, x) => autodiff.grad(f)(x),
    () => [(x: tf.Tensor) => x.square().sum(), tensor() as tf.Tensor],
  ),
  grads: call(
    (f, xs) => autodiff.grads(f)(xs),
    () => [(x: tf.Tensor) => x.square().sum(), [tensor() as tf.Tensor]],
  ),
  gradient: call(
    (f, x) => autodiff.gradient(f)(x),
    () => [quadratic, tensor()],
  ),
  hessian: call(
    (f, x) => autodiff.hessian(f)(x),
    () => [quadratic, tensor()],
  ),
  laplacian: call(
    (f, x) => autodiff.laplacian(f)(x),
    () => [quadratic, tensor()],
  ),
  detectAnomaly: call(
    f => anomaly.detectAnomaly(f),
    () => [() => 1],
  ),
  setDetectAnomaly: call(
    on => {
      anomaly.setDetectAnomaly(on);
      anomaly.setDetectAnomaly(false);
    },
    () => [true],
  ),
  linspace: call(pointSets.linspace, () => [0, 1, 5]),
  cartesianProd: call(
    (a, b) => pointSets.cartesianProd(a, b),
    () => [f64([1, 2], [2]), f64([3, 4], [2])],
  ),
  halton: call(pointSets.halton, () => [5, 2]),
  chebyshevPoints: call(pointSets.chebyshevPoints, () => [5, -1, 1]),
  solve: call(float64.solve, () => [f64([2, 1, 1, 3], [2, 2]), f64([1, 2], [2])]),
  cholesky: call(float64.cholesky, () => [f64([2, 1, 1, 3], [2, 2])]),
  solveSymmetric: call(float64.solveSymmetric, () => [f64([2, 1, 1, 3], [2, 2]), f64([1, 2], [2])]),
  conditionNumber: call(
    a => float64.conditionNumber(a),
    () => [f64([2, 1, 1, 3], [2, 2])],
  ),
  interpolateSparse: call(
    (nodes, values, kernel, smoothing, tolerance) =>
      interpolateSparse({ nodes, values, kernel, smoothing, tolerance }).weights,
    () => [points(), f64([1, 2, 3, 4], [4]), kernels.wendlandKernel(2, 0.9), 0, 1e-12],
  ),
  'new SparseExpansion': call(
    (kernel, centers, weights, x, operator) =>
      new SparseExpansion({ kernel, centers, weights }).evaluate(x, operator),
    () => [kernels.wendlandKernel(2, 0.9), points(), f64([1, 2, 3, 4], [4]), points(), operators.laplacian],
  ),
  'saveNpy and loadNpy': call(
    a => {
      saveNpy(written, a);
      return loadNpy(written);
    },
    () => [points()],
  ),
  createNpy: call(
    (shape, rows) => {
      const writer = createNpy(written, shape);
      try {
        writer.write(rows);
      } finally {
        writer.close();
      }
    },
    () => [[4, 2], points()],
  ),
  continueNpy: call(
    (shape, kept, rows) => {
      saveNpy(written, points());
      const writer = continueNpy(written, shape, kept);
      try {
        writer.write(rows);
      } finally {
        writer.close();
      }
      return loadNpy(written);
    },
    () => [[4, 2], 0, points()],
  ),
  'npyReader.read': call(
    (first, count) => {
      const reader = openNpy(pointFile);
      try {
        return reader.read(first, count);
      } finally {
        reader.close();
      }
    },
    () => [1, 2],
  ),
  evaluateFile: call(
    async (kernel, centers, weights, operator, rows) => {
      await evaluateFile({
        of: { kernel, centers, weights },
        input: pointFile,
        output: written,
        operator,
        rows,
      });
      return loadNpy(written);
    },
    () => [gaussianKernel(2), points(), f64([1, 2, 3, 4], [4, 1]), operators.laplacian, 3],
  ),
  fitFiles: call(
    (centers, kernel, degree) => fitFiles({ points: pointFile, values: valueFile, centers, kernel, degree }),
    () => [points().hi(3, 2), gaussianKernel(2), -1],
  ),
  toTensor: call(float64.toTensor, () => [points()]),
  fromTensor: call(float64.fromTensor, () => [tensor() as tf.Tensor]),
};

/** What a layer gives; its weights are freed. */
function used<L extends tf.layers.Layer>(make: () => L, use: (made: L) => unknown): unknown {
  let made: L | undefined;
  try {
    made = make();
    return use(made);
  } finally {
    for (const weight of made?.weights ?? []) weight.dispose();
  }
}
const applied = (make: () => tf.layers.Layer) => used(make, made => made.apply(tensor()));
const fixed = () => new networks.RbfFixAll({ centers: [[0, 0]], rbfKernel: gaussianKernel(2), coefs: [1] });

/** The numbers of a result, and its tensors, to be freed. */
function numbersOf(result: unknown): number[] {
  if (result instanceof tf.Tensor)
    return result.isDisposed ? [] : Array.from(result.dataSync() as Float32Array);
  if (Array.isArray(result)) return result.flatMap(numbersOf);
  if (result instanceof collocation.Interpolant) return [...result.weights.data, ...result.coefficients.data];
  if (typeof result === 'number') return [result];
  if (typeof result === 'object' && result !== null && 'stride' in result) return [...(result as F64).data];
  return [];
}

/** Messages that come from deeper down than the boundary, and help nobody. */
const UNCLEAR =
  /Cannot read prop|is not a function|is not iterable|is not a constructor|undefined \(reading|Cannot convert|Maximum call stack|Invalid array length|Invalid typed array|Unexpected token/;

describe('a wrong argument', () => {
  for (const [name, { run, args }] of Object.entries(CALLS))
    test(`${name}: an error that says what is wrong, or an answer`, async () => {
      const places = args().length;
      const faults: string[] = [];
      for (let place = -1; place < places; place++)
        for (const [kind, make] of place < 0
          ? [['what is right', () => undefined] as const]
          : Object.entries(HOSTILE)) {
          const what = `${name} with ${kind}${place < 0 ? '' : ` as argument ${place}`}`;
          const [tensors, natives] = [tf.memory().numTensors, nativeCount()];
          tf.engine().startScope();
          let inputs: unknown[] = [];
          try {
            inputs = args();
            if (place >= 0) inputs[place] = make();
            const finite = inputs.every(input => numbersOf(input).every(Number.isFinite));
            const before = tf.memory().numTensors;
            const result = await (run as (...all: unknown[]) => unknown)(...inputs);
            const made =
              result instanceof tf.Tensor
                ? 1
                : Array.isArray(result)
                  ? result.filter(r => r instanceof tf.Tensor).length
                  : 0;
            const values = numbersOf(result);
            if (finite && values.some(Number.isNaN)) faults.push(`${what} gives NaN`);
            const kept = tf.memory().numTensors - before - made;
            if (kept > 0 && !KEEPS.has(name)) faults.push(`${what} leaves ${kept} tensors`);
          } catch (error) {
            const { message } = error as Error;
            if (place < 0) faults.push(`${what} throws: ${message}`);
            if (!(error instanceof Error)) faults.push(`${what} throws no Error: ${error}`);
            else if (UNCLEAR.test(message) || message.length < 15)
              faults.push(`${what}: unclear: ${message}`);
          } finally {
            tf.engine().endScope();
          }
          if (tf.memory().numTensors !== tensors)
            faults.push(`${what}: ${tf.memory().numTensors - tensors} tensors leak`);
          if (nativeCount() !== natives) faults.push(`${what}: native tensors leak`);
        }
      assert.deepEqual(faults, []);
    });
});

/** Those that make tensors inside as arguments of others. */
const KEEPS = new Set(Object.keys(CALLS).filter(name => /Kernel|apply|layer|Rbf/.test(name)));
