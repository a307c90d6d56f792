/** Kernel matrices compiled for training: values and gradients as op by op, right to every order, freed, and kept. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { repairGradients } from '../modules/autodiff';
import { compiled } from '../modules/compiled_kernels';
import { detectAnomaly } from '../modules/detect_anomaly';
import {
  add,
  apply,
  evaluate,
  gradient,
  identity,
  laplacian,
  type Operator,
  partial,
  scale,
} from '../modules/differential_operators';
import { nativeCount } from '../modules/native_ops';
import { RbfFreeAll } from '../modules/nn_rbf';
import { gaussianKernel, maternKernel, mqKernelHardy, type RadialKernel } from '../modules/notable_kernels';
import { train } from '../modules/training';
import { counting } from './support/binding';
import { KERNELS, type KernelCase, kernelCase } from './support/kernels';
import { numbers as doubles } from './support/numbers';
import { assertClose } from './support/tolerances';

/** 331 points, a prime, and 199 centers: just above the number from which matrices are compiled. */
const [N, M] = [331, 199];

const numbers = (size: number, seed: number) => Float32Array.from(doubles(size, seed));

/** Points of which the first 7 are centers, centers, and what the sum of a loss weighs each number with. */
function places(d: number, n = N, meeting = 7) {
  const [x, centers] = [numbers(n * d, 1), numbers(M * d, 2)];
  x.set(centers.subarray(0, meeting * d));
  return {
    x: tf.tensor2d(x, [n, d]),
    centers: tf.tensor2d(centers, [M, d]),
    dy: tf.tensor2d(
      numbers(n * M, 3).map(v => 2 * v - 1),
      [n, M],
    ),
  };
}

/** The matrix of a function of points, centers and shape, and the gradients of its weighted sum, one after the other. */
function matrixAndGradients(d: number, of: (x: tf.Tensor2D, c: tf.Tensor2D) => tf.Tensor, shape?: tf.Tensor) {
  return tf.tidy(() => {
    const { x, centers, dy } = places(d);
    const inputs = shape === undefined ? [x, centers] : [x, centers, shape];
    const { value, grads } = tf.valueAndGrads((x, c) =>
      of(x as tf.Tensor2D, c as tf.Tensor2D)
        .mul(dy)
        .sum()
        .asScalar(),
    )(inputs);
    return [of(x, centers), value, ...grads].map(t => t.dataSync());
  });
}

const kernelValues: MatrixOf = kernel => kernel;
type MatrixOf = (kernel: RadialKernel) => (x: tf.Tensor2D, c: tf.Tensor2D) => tf.Tensor;

function agrees({ name, make, shape }: KernelCase, d: number, of: MatrixOf, tensor?: tf.Tensor) {
  const run = () => matrixAndGradients(d, (x, c) => of(make(tensor ?? shape))(x, c), tensor);
  const [made, calls] = counting(['runSavedModel'], () => compiled(run));
  assert.ok(calls.runSavedModel >= 3, 'it was compiled');
  run().forEach((expected, i) => {
    const what = ['matrix', 'sum', 'gradient in x', 'gradient in the centers', 'gradient in the shape'][i];
    // A sum of many numbers of both signs is as exact as the largest of them.
    if (i !== 1) assertClose(made[i], expected, 'float32', `${name} in ${d}-D, ${what}`);
  });
}

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  assert.equal(tf.memory().numTensors, before, 'tensors');
  assert.equal(nativeCount(), 0, 'native tensors');
});

describe('compiled matrices and their gradients are those made op by op, where points meet centers too', () => {
  /** A sum of four derivatives, the kernel itself among them. */
  const mixed = add(partial([0, 1]), scale(-0.3, partial([2, 0])), scale(2, partial([1, 1])), identity);

  KERNELS.forEach((given, i) => {
    const { name, hasShape, shape, make } = given;
    const isSmooth = make(shape).smoothness >= 2;
    /** With one shape a center, where there is a shape. */
    const withShapes = (f: (shapes?: tf.Tensor) => void) => {
      const each = hasShape ? tf.tensor1d(numbers(M, 4).map(v => shape * (0.75 + 0.5 * v))) : undefined;
      f(each);
      each?.dispose();
    };
    const d = 1 + (i % 3);
    test(`${name} in ${d}-D`, () => {
      agrees(given, d, kernelValues);
      if (!isSmooth) withShapes(shapes => agrees(given, 2, kernelValues, shapes));
    });
    if (!isSmooth) return;
    test(`∂y − 0.3∂xx + 2∂xy + 1 of ${name}`, () => {
      withShapes(shapes => agrees(given, 2, kernel => apply(mixed, kernel), shapes));
    });
    test(`the Laplacian of ${name}`, () => {
      const one = hasShape ? tf.scalar(shape) : undefined;
      agrees(given, 2, kernel => apply(laplacian, kernel), one);
      one?.dispose();
    });
  });
});

describe('the gradients of compiled Laplacians are five-point differences of float64 values', () => {
  const h = 1e-3;
  const slope = (f: (t: number) => number) => (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);

  for (const [name, make, shape] of [
    ['Gaussian', gaussianKernel, 1.5],
    ['MqHardy', mqKernelHardy, 0.75],
    ['Matern72', (ell: number | tf.Tensor) => maternKernel(3.5, ell), 0.625],
  ] as const)
    test(name, () => {
      const [x, centers, dy] = [numbers(2 * N, 1), numbers(2 * M, 2), numbers(N * M, 3)];
      const points = ndarray(Float64Array.from(x), [N, 2]);
      /** The part of Σ dy·Δφ that center j has, moved and with its shape changed. */
      const part = (j: number, moved: number[], by: number) => {
        const c = ndarray(
          Float64Array.from(moved, (v, k) => v + centers[2 * j + k]),
          [1, 2],
        );
        const { data } = evaluate(laplacian, make(shape + by), points, c);
        return data.reduce((sum, v, i) => sum + v * dy[i * M + j], 0);
      };
      const [ofCenters, ofShapes] = tf.tidy(() => {
        const at = tf.tensor2d(x, [N, 2]);
        const weights = tf.tensor2d(dy, [N, M]);
        const loss = (c: tf.Tensor, e: tf.Tensor) =>
          apply(laplacian, make(e))(at, c as tf.Tensor2D)
            .mul(weights)
            .sum()
            .asScalar();
        const inputs = [tf.tensor2d(centers, [M, 2]), tf.fill([M], shape)];
        return compiled(() => tf.grads(loss)(inputs)).map(g => g.dataSync());
      });
      for (const j of [0, 50, M - 1]) {
        const expected = [
          slope(t => part(j, [t, 0], 0)),
          slope(t => part(j, [0, t], 0)),
          slope(t => part(j, [0, 0], t)),
        ];
        assertClose(
          [ofCenters[2 * j], ofCenters[2 * j + 1], ofShapes[j]],
          expected,
          'float32',
          `center ${j}`,
        );
      }
    });
});

test('a coefficient that varies, and all first derivatives at once, are compiled by parts', () => {
  const slope = add(
    scale(x => x.pick(-1, 0), partial([1, 0])),
    laplacian,
  );
  agrees(kernelCase('Matern72'), 2, kernel => apply(slope, kernel));
  const run = () =>
    tf.tidy(() => {
      const { x, centers } = places(2);
      return apply(gradient, gaussianKernel(2))(x, centers);
    });
  const [made, calls] = counting(['runSavedModel'], () => compiled(run));
  const expected = run();
  assert.equal(calls.runSavedModel, 2);
  assertClose(made.dataSync(), expected.dataSync());
  tf.dispose([made, expected]);
});

describe('a gradient of a compiled gradient', () => {
  const second = (kernel: (shape: tf.Tensor) => RadialKernel, op?: Operator) =>
    tf.tidy(() => {
      const { x, centers, dy } = places(2);
      const shapes = tf.fill([M], 1.25);
      const sum = (x: tf.Tensor, c: tf.Tensor, e: tf.Tensor) =>
        (op === undefined ? kernel(e) : apply(op, kernel(e)))(x as tf.Tensor2D, c as tf.Tensor2D)
          .mul(dy)
          .sum()
          .asScalar();
      /** Of all first gradients, so that their signs count. */
      const loss = (...inputs: tf.Tensor[]) =>
        tf
          .addN(
            tf
              .grads(sum)(inputs)
              .map(g => g.add(1).square().mean()),
          )
          .asScalar();
      return tf
        .grads(loss)([x, centers, shapes])
        .map(g => g.dataSync());
    });

  for (const [name, kernel, op] of [
    ['Gaussian', gaussianKernel, undefined],
    ['Matern72', (ell: tf.Tensor) => maternKernel(3.5, ell), undefined],
    ['the Laplacian of Gaussian', gaussianKernel, laplacian],
    ['∂x − ∂xy of Gaussian', gaussianKernel, add(partial([1, 0]), scale(-1, partial([1, 1])))],
  ] as const)
    test(`${name}: as op by op`, () => {
      const [made, calls] = counting(['runSavedModel'], () => compiled(() => second(kernel, op)));
      assert.ok(calls.runSavedModel >= 1);
      second(kernel, op).forEach((expected, i) => {
        assertClose(made[i], expected, 'float32', ['in x', 'in the centers', 'in the shapes'][i]);
      });
    });
});

describe('what is compiled', () => {
  const loss =
    (n = N) =>
    () => {
      const { x, centers } = places(2, n);
      return gaussianKernel(1.5)(x, centers);
    };
  const runs = (f: () => unknown) =>
    counting(['loadSavedModel', 'runSavedModel'], () => tf.tidy(() => void f()))[1];

  test('matrices of 2¹⁶ numbers and more, and only while f runs', () => {
    const small = Math.floor(2 ** 16 / M);
    assert.equal(runs(() => compiled(loss(small))).runSavedModel, 0);
    assert.equal(runs(() => compiled(loss(small + 1))).runSavedModel, 1);
    assert.equal(runs(loss()).runSavedModel, 0);
    assert.throws(
      () =>
        compiled(() => {
          throw new Error('inside');
        }),
      /inside/,
    );
    assert.equal(runs(loss()).runSavedModel, 0);
  });
  test('is kept for the next call, also with other points and another shape', () => {
    const run = (shape: number) => () => {
      const { x, centers } = places(2, N, shape);
      return compiled(() => gaussianKernel(shape)(x, centers));
    };
    runs(run(2));
    assert.deepEqual(runs(run(3)), { loadSavedModel: 0, runSavedModel: 1 });
  });
  test('an error in f leaves no tensor behind', () => {
    assert.throws(
      () =>
        tf.tidy(() => {
          const { x } = places(2);
          return compiled(() =>
            tf.grad(x => {
              gaussianKernel(1.5)(x as tf.Tensor2D, x as tf.Tensor2D);
              throw new Error('inside');
            })(x),
          );
        }),
      /inside/,
    );
  });
});

describe('training', () => {
  const [n, m] = [400, 200];
  /** The losses of five epochs on Δu = −1 with 200 Gaussians, and how often something compiled ran. */
  async function run(compile?: boolean) {
    const kernel = gaussianKernel;
    const layer = new RbfFreeAll({ inputDim: 2, numCenters: m, kernel, startingShape: 3, seed: 4 });
    const x = tf.tensor2d(numbers(2 * n, 1), [n, 2]);
    const residuals = () => {
      const matrix = apply(laplacian, gaussianKernel(layer.getShapes()))(x, layer.getCenters());
      return { equation: matrix.matMul(layer.getCoefs()).add(1) };
    };
    const [training, calls] = counting(['runSavedModel'], () =>
      train({ layer, residuals, epochs: 5, ...(compile !== undefined && { compile }) }),
    );
    const { losses } = await training;
    x.dispose();
    for (const weight of layer.weights) weight.dispose();
    return { losses, compiledAtOnce: calls.runSavedModel };
  }

  test('compiles large matrices, and two runs give equal losses', async () => {
    const first = await run();
    // The first step is taken before train gives its promise.
    assert.equal(first.compiledAtOnce, 2);
    assert.deepEqual(await run(), first);
    assert.ok(first.losses[4] < first.losses[0]);
  });
  test('has the same losses without, but for rounding', async () => {
    const [made, plain] = [await run(), await run(false)];
    assert.equal(plain.compiledAtOnce, 0);
    plain.losses.forEach((loss, i) => {
      assert.ok(Math.abs(made.losses[i] / loss - 1) < 1e-4, `${i}: ${made.losses[i]}, not ${loss}`);
    });
  });
});

test('the anomaly mode names a compiled kernel that gives NaN', () => {
  const { x, centers, dy } = places(2);
  const shapes = tf.tidy(() => tf.variable(tf.fill([M], Number.NaN)));
  assert.throws(
    () =>
      detectAnomaly(() =>
        compiled(() =>
          tf.grad(c =>
            gaussianKernel(shapes)(x, c as tf.Tensor2D)
              .mul(dy)
              .sum(),
          )(centers),
        ),
      ),
    /Gaussian/,
  );
  tf.dispose([x, centers, dy, shapes]);
});

repairGradients();
