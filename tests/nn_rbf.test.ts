/** RBF networks: layers of tfjs that are built, trained, saved and loaded. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { evaluate, gradient, laplacian } from '../modules/differential_operators';
import { fromTensor } from '../modules/float64';
import { RbfFixAll, RbfFreeAll, RbfFreeCenters } from '../modules/nn_rbf';
import {
  gaussianKernel,
  maternKernel,
  mqKernelHardy,
  phsKernel,
  type RadialKernel,
  radialKernel,
  rationalQuadraticKernel,
  registerKernel,
  wendlandKernel,
} from '../modules/notable_kernels';
import { KERNELS } from './support/kernels';
import { assertClose } from './support/tolerances';

const folder = mkdtempSync(join(tmpdir(), 'nn-rbf-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const centers = [
  [0, 0],
  [0.5, 1],
  [1, 0.25],
];
const x = tf.tensor2d([
  [0, 0],
  [0.3, 0.9],
  [2, -1],
  [1, 0.25],
]);

let models = 0;
/** The model after a way to the disk and back. */
async function saveAndLoad(model: tf.LayersModel): Promise<tf.LayersModel> {
  const path = join(folder, `model${models++}`);
  await model.save(`file://${path}`);
  return tf.loadLayersModel(`file://${path}/model.json`);
}

const predictions = (model: tf.LayersModel) => tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()]);
const numbersOf = (t: tf.Tensor) => [...t.dataSync()];

describe('a layer', () => {
  test('is u(x) = Σ w_j·φ(x, c_j), without bias', () => {
    const layer = new RbfFixAll({ centers, rbfKernel: gaussianKernel(2), coefs: [1, -2, 0.5] });
    const expected = x
      .arraySync()
      .map(([a, b]) =>
        centers.reduce(
          (sum, [p, q], j) => sum + [1, -2, 0.5][j] * Math.exp(-4 * ((a - p) ** 2 + (b - q) ** 2)),
          0,
        ),
      );
    const u = layer.apply(x) as tf.Tensor;
    assert.deepEqual(u.shape, [4, 1]);
    assertClose(u.dataSync(), expected);
    assert.deepEqual(layer.getInterpolationMatrix(x).shape, [4, 3]);
    assertClose(layer.getInterpolationMatrix(x).matMul(layer.getCoefs()).dataSync(), expected);
  });
  test('takes its centers as an array or as a tensor, and gives them and its weights back', () => {
    for (const given of [centers, tf.tensor2d(centers)]) {
      const layer = new RbfFixAll({ centers: given, rbfKernel: gaussianKernel(1), coefs: [1, 2, 3] });
      assert.deepEqual(layer.getCenters().arraySync(), centers);
      assert.deepEqual(layer.getCoefs().arraySync(), [[1], [2], [3]]);
      layer.setCoefs([4, 5, 6]);
      assert.deepEqual(layer.getCoefs().arraySync(), [[4], [5], [6]]);
      layer.setCoefs(tf.tensor2d([[7], [8], [9]]));
      assert.deepEqual(layer.getCoefs().arraySync(), [[7], [8], [9]]);
      layer.setCenters(centers.map(([a, b]) => [b, a]));
      assert.deepEqual(
        layer.getCenters().arraySync(),
        centers.map(([a, b]) => [b, a]),
      );
    }
  });
  test('is independent of the tensor that its centers came from', () => {
    const given = tf.tensor2d(centers);
    const layer = new RbfFixAll({ centers: given, rbfKernel: gaussianKernel(1) });
    given.dispose();
    assert.deepEqual(layer.getCenters().arraySync(), centers);
  });
  test('takes a plain function as its kernel', () => {
    const plain = (p: tf.Tensor2D, c: tf.Tensor2D) => p.matMul(c, false, true) as tf.Tensor2D;
    const layer = new RbfFixAll({ centers, rbfKernel: plain, coefs: [1, 1, 1] });
    assertClose(
      (layer.apply(x) as tf.Tensor).dataSync(),
      x.arraySync().map(([a, b]) => 1.5 * a + 1.25 * b),
    );
  });
  test('has several outputs', () => {
    const layer = new RbfFreeCenters({
      inputDim: 2,
      numCenters: 3,
      outputDim: 2,
      centers,
      coefs: [1, 2, 3, 4, 5, 6],
      rbfKernel: phsKernel(3),
    });
    const phi = layer.getInterpolationMatrix(x).arraySync();
    const expected = phi.flatMap(row =>
      [0, 1].map(k => row.reduce((sum, v, j) => sum + v * (2 * j + k + 1), 0)),
    );
    const u = layer.apply(x) as tf.Tensor;
    assert.deepEqual(u.shape, [4, 2]);
    assertClose(u.dataSync(), expected);
  });
  test('has one shape a center', () => {
    const layer = new RbfFreeAll({
      inputDim: 2,
      numCenters: 3,
      centers,
      kernel: ell => maternKernel(2.5, ell),
      startingShape: 0.5,
    });
    assert.deepEqual(numbersOf(layer.getShapes()), [0.5, 0.5, 0.5]);
    assertClose(
      layer.getInterpolationMatrix(x).dataSync(),
      maternKernel(2.5, 0.5)(x, tf.tensor2d(centers)).dataSync(),
    );
  });
});

describe('what is trained', () => {
  const names = (weights: { name: string }[]) => weights.map(w => w.name.split('/').pop());
  test('RbfFixAll: the weights', () => {
    const layer = new RbfFixAll({ centers, rbfKernel: gaussianKernel(1) });
    assert.deepEqual(names(layer.trainableWeights), ['coefs']);
    assert.deepEqual(names(layer.nonTrainableWeights), ['centers']);
  });
  test('RbfFreeCenters: centers and weights', () => {
    const layer = new RbfFreeCenters({ inputDim: 2, numCenters: 3, rbfKernel: gaussianKernel(1) });
    assert.deepEqual(names(layer.trainableWeights), ['centers', 'coefs']);
    assert.deepEqual(layer.nonTrainableWeights, []);
  });
  test('RbfFreeAll: centers, weights and shapes', () => {
    const layer = new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: gaussianKernel });
    assert.deepEqual(names(layer.trainableWeights), ['centers', 'coefs', 'shapes']);
    assert.deepEqual(
      layer.getWeights().map(w => w.shape),
      [[3, 2], [3, 1], [3]],
    );
  });
  test('nothing, where the layer is not trainable', () => {
    const layer = new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: gaussianKernel, trainable: false });
    assert.deepEqual(layer.trainableWeights, []);
    assert.equal(layer.nonTrainableWeights.length, 3);
  });
  test('setWeights of one layer’s getWeights makes another the same', () => {
    const make = (seed: number) =>
      new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: gaussianKernel, seed });
    const [one, other] = [make(1), make(2)];
    other.setWeights(one.getWeights());
    assert.deepEqual((other.apply(x) as tf.Tensor).dataSync(), (one.apply(x) as tf.Tensor).dataSync());
  });
});

describe('what is drawn', () => {
  const make = (seed?: number) =>
    new RbfFreeCenters({
      inputDim: 2,
      numCenters: 50,
      rbfKernel: gaussianKernel(1),
      leftLim: -3,
      rightLim: 5,
      seed,
    });
  const drawn = (seed?: number) => make(seed).getWeights().map(numbersOf);
  test('is the same for the same seed, and other for another or none', () => {
    assert.deepEqual(drawn(7), drawn(7));
    assert.notDeepEqual(drawn(7), drawn(8));
    assert.notDeepEqual(drawn(), drawn());
  });
  test('lies in [leftLim, rightLim] and in ±1/√m', () => {
    const [places, coefs] = drawn(3);
    assert.ok(places.every(v => v >= -3 && v <= 5) && Math.min(...places) < -2 && Math.max(...places) > 4);
    const bound = 1 / Math.sqrt(50);
    assert.ok(coefs.every(v => Math.abs(v) <= bound) && Math.min(...coefs) < 0 && Math.max(...coefs) > 0);
  });
});

describe('training', () => {
  const points = tf.linspace(0, 1, 40).reshape([40, 1]) as tf.Tensor2D;
  const target = tf.sin(points.mul(6)) as tf.Tensor2D;
  const layers: [string, () => tf.layers.Layer][] = [
    [
      'RbfFixAll',
      () =>
        new RbfFixAll({ centers: [[0], [0.25], [0.5], [0.75], [1]], rbfKernel: gaussianKernel(3), seed: 1 }),
    ],
    [
      'RbfFreeCenters',
      () => new RbfFreeCenters({ inputDim: 1, numCenters: 5, rbfKernel: gaussianKernel(3), seed: 1 }),
    ],
    [
      'RbfFreeAll',
      () => new RbfFreeAll({ inputDim: 1, numCenters: 5, kernel: gaussianKernel, startingShape: 3, seed: 1 }),
    ],
    [
      'RbfFreeAll with lengths',
      () =>
        new RbfFreeAll({
          inputDim: 1,
          numCenters: 5,
          kernel: ell => maternKernel(2.5, ell),
          startingShape: 0.5,
          seed: 1,
        }),
    ],
  ];
  for (const [name, make] of layers)
    test(`${name}: model.fit takes the loss below a fifth, and moves what is trained only`, async () => {
      const layer = make();
      const model = tf.sequential({ layers: [layer] });
      model.compile({ optimizer: tf.train.adam(0.1), loss: 'meanSquaredError' });
      const before = layer.getWeights().map(numbersOf);
      const { history } = await model.fit(points, target, { epochs: 40, batchSize: 40, verbose: 0 });
      const loss = history.loss as number[];
      assert.ok(loss[39] < 0.2 * loss[0], `${loss[0]} → ${loss[39]}`);
      layer.getWeights().forEach((w, i) => {
        const trained = layer.trainableWeights.some(t => t.originalName === layer.weights[i].originalName);
        assert.equal(
          numbersOf(w).some((v, j) => v !== before[i][j]),
          trained,
          layer.weights[i].originalName,
        );
      });
      model.dispose();
    });
  test('stands in a model with other layers', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 2, inputShape: [1] }),
        new RbfFreeAll({ inputDim: 2, numCenters: 4, outputDim: 3, kernel: gaussianKernel }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    assert.deepEqual(model.outputShape, [null, 1]);
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    const { history } = await model.fit(points, target, { epochs: 3, verbose: 0 });
    assert.ok((history.loss as number[]).every(Number.isFinite));
    model.dispose();
  });
});

describe('saved and loaded', () => {
  const kernels: [string, RadialKernel][] = [
    ...KERNELS.map((k): [string, RadialKernel] => [k.name, k.make(k.shape)]),
    ['a scalar tensor as shape', maternKernel(1.5, tf.scalar(0.3))],
    ['one shape a center', mqKernelHardy(tf.tensor1d([0.3, 0.7, 1.1]))],
    ['two parameters', rationalQuadraticKernel(1.3, tf.tensor1d([0.3, 0.7, 1.1]))],
    ['a shape no float32 holds', wendlandKernel(4, 1 / 3)],
  ];
  for (const [name, rbfKernel] of kernels)
    test(`RbfFixAll, ${name}: centers and kernel are there, and predictions are equal to the bit`, async () => {
      const layer = new RbfFixAll({ centers, rbfKernel });
      const model = tf.sequential({ layers: [layer] });
      const loaded = await saveAndLoad(model);
      const [again] = loaded.layers as RbfFixAll[];
      assert.ok(again instanceof RbfFixAll);
      assert.deepEqual(again.getCenters().arraySync(), centers);
      assert.deepEqual(again.getConfig(), layer.getConfig());
      assert.deepEqual(predictions(loaded), predictions(model));
      model.dispose();
      loaded.dispose();
    });
  test('RbfFreeCenters, trained, is equal to the bit and can be trained on', async () => {
    const layer = new RbfFreeCenters({
      inputDim: 2,
      numCenters: 3,
      outputDim: 2,
      rbfKernel: gaussianKernel(1.7),
    });
    const model = tf.sequential({ layers: [layer] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await model.fit(x, tf.ones([4, 2]), { epochs: 3, verbose: 0 });
    const loaded = await saveAndLoad(model);
    assert.deepEqual(predictions(loaded), predictions(model));
    assert.equal((loaded.layers[0] as RbfFreeCenters).trainableWeights.length, 2);
    loaded.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    await loaded.fit(x, tf.ones([4, 2]), { epochs: 1, verbose: 0 });
    assert.notDeepEqual(predictions(loaded), predictions(model));
  });
  test('RbfFreeAll has its trained shapes and kernel again, and trains them on', async () => {
    for (const kernel of [gaussianKernel, (ell: tf.Tensor) => maternKernel(2.5, ell)]) {
      const layer = new RbfFreeAll({ inputDim: 2, numCenters: 3, outputDim: 2, kernel, startingShape: 0.7 });
      const model = tf.sequential({ layers: [layer] });
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      await model.fit(x, tf.ones([4, 2]), { epochs: 3, verbose: 0 });
      const loaded = await saveAndLoad(model);
      const [again] = loaded.layers as RbfFreeAll[];
      const shapes = numbersOf(again.getShapes());
      assert.deepEqual(shapes, numbersOf(layer.getShapes()));
      assert.notDeepEqual(shapes, [0.7, 0.7, 0.7].map(Math.fround));
      assert.deepEqual(predictions(loaded), predictions(model));
      loaded.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      await loaded.fit(x, tf.ones([4, 2]), { epochs: 2, verbose: 0 });
      assert.notDeepEqual(numbersOf(again.getShapes()), shapes);
    }
  });
  test('several layers in one model keep their own weights and kernels', async () => {
    const model = tf.sequential({
      layers: [
        new RbfFreeAll({ inputDim: 2, numCenters: 3, outputDim: 2, kernel: gaussianKernel, seed: 1 }),
        new RbfFixAll({ centers, outputDim: 2, rbfKernel: phsKernel(2), seed: 2 }),
        new RbfFixAll({ centers, rbfKernel: gaussianKernel(0.5), name: 'named', seed: 3 }),
      ],
    });
    const loaded = await saveAndLoad(model);
    assert.deepEqual(predictions(loaded), predictions(model));
    assert.equal(loaded.layers[2].name, 'named');
    assert.deepEqual(loaded.getWeights().map(numbersOf), model.getWeights().map(numbersOf));
  });
  test('a kernel of your own, once it is registered: from a row, a plain function, a function of the shapes', async () => {
    const sech = registerKernel('my_row', radialKernel({ name: 'MyRow', variable: '1+u', terms: [[1, -2]] }));
    const linear = registerKernel(
      'my_linear',
      (a: number) => (p: tf.Tensor2D, c: tf.Tensor2D) => p.matMul(c, false, true).mul(a) as tf.Tensor2D,
    );
    for (const rbfKernel of [sech(1.25), linear(3)]) {
      const model = tf.sequential({ layers: [new RbfFixAll({ centers, rbfKernel })] });
      assert.deepEqual(predictions(await saveAndLoad(model)), predictions(model));
    }
    const positive = registerKernel('my_positive', (shapes: tf.Tensor) => gaussianKernel(shapes.square()));
    const layer = new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: positive, startingShape: 1.5 });
    const model = tf.sequential({ layers: [layer] });
    const loaded = await saveAndLoad(model);
    (loaded.layers[0] as RbfFreeAll).setWeights([
      tf.tensor2d(centers),
      tf.ones([3, 1]),
      tf.tensor1d([1, 2, 3]),
    ]);
    layer.setWeights([tf.tensor2d(centers), tf.ones([3, 1]), tf.tensor1d([1, 2, 3])]);
    assert.deepEqual(predictions(loaded), predictions(model));
  });
  test('a row that was registered under its own name may be made by radialKernel’s own function', async () => {
    const make = radialKernel({ name: 'MyOther', variable: '1+u', terms: [[1, -3]] });
    registerKernel('MyOther', make);
    const model = tf.sequential({ layers: [new RbfFixAll({ centers, rbfKernel: make(1.25) })] });
    assert.deepEqual(predictions(await saveAndLoad(model)), predictions(model));
  });
});

describe('what could not be loaded again is not saved', () => {
  const save = (layer: tf.layers.Layer) => saveAndLoad(tf.sequential({ layers: [layer] }));
  const helps =
    /^kernel ".*" has no registered factory, so it could not be loaded again: before you save, make it by the function that registerKernel\(name, factory\) returns$/;
  test('a plain function, a row, without a registered name', async () => {
    const named = function gaussianKernel(p: tf.Tensor2D, c: tf.Tensor2D) {
      return p.matMul(c, false, true) as tf.Tensor2D;
    };
    for (const rbfKernel of [
      (p: tf.Tensor2D, c: tf.Tensor2D) => p.matMul(c, false, true) as tf.Tensor2D,
      named,
      radialKernel({ variable: 'u', terms: [[1, 1]] })(1),
    ])
      await assert.rejects(save(new RbfFixAll({ centers, rbfKernel })), { message: helps });
  });
  test('shapes that are computed from the trained ones outside the registered factory', async () => {
    const layer = new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: s => gaussianKernel(s.square()) });
    await assert.rejects(save(layer), {
      message:
        /^kernel "gaussianKernel" does not get the trained shapes themselves, so it could not be loaded again: register the function of the shapes/,
    });
  });
  test('loading where the kernel is not registered says what to do', () => {
    const layer = new RbfFixAll({ centers, rbfKernel: gaussianKernel(1) });
    const config = { ...layer.getConfig(), kernel: { name: 'elsewhere', args: [2] } };
    assert.throws(() => RbfFixAll.fromConfig(RbfFixAll as never, config as never), {
      message: `kernel "elsewhere" is not known here: call registerKernel('elsewhere', factory) before you load`,
    });
  });
});

describe('no tensor is left behind', () => {
  const makers: [string, () => tf.layers.Layer][] = [
    ['RbfFixAll', () => new RbfFixAll({ centers, rbfKernel: gaussianKernel(1), coefs: [1, 2, 3] })],
    [
      'RbfFreeCenters',
      () => new RbfFreeCenters({ inputDim: 2, numCenters: 3, rbfKernel: phsKernel(3), seed: 1 }),
    ],
    [
      'RbfFreeAll',
      () => new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: ell => maternKernel(1.5, ell) }),
    ],
  ];
  for (const [name, make] of makers)
    test(`${name}: made, applied, trained, asked for its config, disposed`, async () => {
      const target = tf.ones([4, 1]);
      const cycle = async () => {
        const layer = make();
        const model = tf.sequential({ layers: [layer] });
        const optimizer = tf.train.sgd(0.01);
        model.compile({ optimizer, loss: 'meanSquaredError' });
        (layer.apply(x) as tf.Tensor).dispose();
        await model.fit(x, target, { epochs: 2, verbose: 0 });
        layer.getConfig();
        model.dispose();
        optimizer.dispose();
      };
      await cycle();
      const before = tf.memory().numTensors;
      await cycle();
      assert.equal(tf.memory().numTensors, before);
      target.dispose();
    });
  test('by setCoefs, setCenters, what they refuse, and a layer that could not be made', () => {
    const layer = new RbfFixAll({ centers, rbfKernel: gaussianKernel(1) });
    const before = tf.memory().numTensors;
    layer.setCoefs([1, 2, 3]);
    layer.setCenters(centers);
    assert.throws(() => layer.setCoefs([1, 2, Number.NaN]));
    assert.throws(() => layer.apply(tf.tidy(() => [1, 2]) as never));
    assert.throws(() => new RbfFixAll({ centers, rbfKernel: gaussianKernel(1), coefs: [1] }));
    assert.throws(() => new RbfFixAll({ centers: [[Number.NaN]], rbfKernel: gaussianKernel(1) }));
    assert.throws(
      () => new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: gaussianKernel, centers: [[0, 0]] }),
    );
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('errors name the call, the argument, what it is and what it should be', () => {
  const rbfKernel = gaussianKernel(1);
  const fix = (options: unknown) => () =>
    new RbfFixAll(options as ConstructorParameters<typeof RbfFixAll>[0]);
  const free = (options: object) => () =>
    new RbfFreeCenters({ inputDim: 2, numCenters: 3, rbfKernel, ...options });
  const all = (options: object) => () =>
    new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: gaussianKernel, ...options });
  const wrong = (call: () => unknown, name: string, message: RegExp) =>
    assert.throws(call, { name, message });

  test('centers', () => {
    const start = /^RbfFixAll\(\{ centers \}\): centers must be /;
    wrong(
      fix({ rbfKernel }),
      'TypeError',
      /^RbfFixAll\(\{ centers \}\): centers must be a tensor \[m, d\] or m rows of d numbers, got undefined$/,
    );
    wrong(fix({ centers: [], rbfKernel }), 'RangeError', /m rows of d numbers each, not empty, got \[\]$/);
    wrong(
      fix({ centers: [[]], rbfKernel }),
      'RangeError',
      /m rows of d numbers each, not empty, got \[\[\]\]$/,
    );
    wrong(
      fix({ centers: [1, 2], rbfKernel }),
      'RangeError',
      /m rows of d numbers each, not empty, got \[1,2\]$/,
    );
    wrong(
      fix({ centers: [[1, 2], [3]], rbfKernel }),
      'RangeError',
      /not empty, got 2 in row 0 and 1 in row 1$/,
    );
    wrong(fix({ centers: [[1, 2], null], rbfKernel }), 'RangeError', start);
    wrong(
      fix({ centers: tf.zeros([0, 2]), rbfKernel }),
      'RangeError',
      /centers must be \[m, d\], not empty, got \[0,2\]$/,
    );
    wrong(
      fix({ centers: tf.zeros([3]), rbfKernel }),
      'RangeError',
      /centers must be \[m, d\], not empty, got \[3\]$/,
    );
    wrong(
      fix({ centers: tf.zeros([3, 2], 'int32'), rbfKernel }),
      'TypeError',
      /centers must be float32, got int32$/,
    );
    wrong(
      fix({ centers: [[1, Number.NaN]], rbfKernel }),
      'RangeError',
      /centers must be finite numbers, got NaN in place 1$/,
    );
    wrong(
      free({ centers: [[1, 2]] }),
      'RangeError',
      /^setCenters\(centers\): centers must be \[3, 2\], got \[1,2\]$/,
    );
  });
  test('centers as a float64 ndarray: it says how to make a tensor of it', () => {
    const array = ndarray(new Float64Array(6), [3, 2]);
    wrong(
      fix({ centers: array, rbfKernel }),
      'TypeError',
      /^RbfFixAll\(\{ centers \}\): centers must be .*, got an ndarray: toTensor of float64.ts makes it a tensor$/,
    );
  });
  test('sizes', () => {
    for (const n of [0, -1, 1.5, Number.NaN, undefined]) {
      wrong(
        free({ inputDim: n }),
        'RangeError',
        new RegExp(`^RbfFreeCenters: inputDim must be a positive integer, got ${n}$`),
      );
      wrong(
        all({ numCenters: n }),
        'RangeError',
        new RegExp(`^RbfFreeAll: numCenters must be a positive integer, got ${n}$`),
      );
    }
    wrong(
      fix({ centers, rbfKernel, outputDim: 0 }),
      'RangeError',
      /^RbfFixAll: outputDim must be a positive integer, got 0$/,
    );
    wrong(
      free({ leftLim: 2 }),
      'RangeError',
      /^RbfFreeCenters: leftLim must be less than rightLim, got 2 and 1$/,
    );
  });
  test('kernels', () => {
    wrong(
      fix({ centers }),
      'TypeError',
      /^RbfFixAll: rbfKernel must be a kernel, as gaussianKernel\(5\), or a function \(x, centers\) => Tensor, got undefined$/,
    );
    wrong(
      fix({ centers, rbfKernel: gaussianKernel }),
      'TypeError',
      /^RbfFixAll: rbfKernel must be a kernel, .* got a function that makes kernels$/,
    );
    wrong(
      free({ rbfKernel: 'gaussian' }),
      'TypeError',
      /^RbfFreeCenters: rbfKernel must be a kernel, .* got string$/,
    );
    wrong(
      all({ kernel: undefined }),
      'TypeError',
      /^RbfFreeAll: kernel must be a function shape => kernel, as gaussianKernel, got undefined$/,
    );
    wrong(
      all({ kernel: rbfKernel }),
      'TypeError',
      /^RbfFreeAll: kernel must be a function shape => kernel, as gaussianKernel, got the kernel Gaussian itself$/,
    );
    for (const shape of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      wrong(
        all({ startingShape: shape }),
        'RangeError',
        new RegExp(`^RbfFreeAll: startingShape must be a positive finite number, got ${shape}$`),
      );
  });
  test('weights', () => {
    wrong(
      fix({ centers, rbfKernel, coefs: [1] }),
      'RangeError',
      /^setCoefs\(coefs\): coefs must have 3 numbers, \[3, 1\], got 1$/,
    );
    wrong(
      fix({ centers, rbfKernel, coefs: [1, 2, Number.NaN] }),
      'RangeError',
      /^setCoefs\(coefs\): coefs must be finite numbers, got NaN in place 2$/,
    );
    const layer = fix({ centers, rbfKernel })();
    wrong(
      () => layer.setCoefs(undefined as never),
      'TypeError',
      /^setCoefs\(coefs\): coefs must be an array or a tensor, got undefined$/,
    );
    wrong(
      () => layer.setCoefs(tf.zeros([3], 'int32')),
      'TypeError',
      /^setCoefs\(coefs\): coefs must be float32, got int32$/,
    );
  });
  test('points', () => {
    const layer = new RbfFixAll({ centers, rbfKernel, name: 'mine' });
    const apply = (z: unknown) => () => layer.apply(z as tf.Tensor);
    wrong(apply(tf.zeros([2])), 'RangeError', /^RbfFixAll mine: x must be \[n, 2\], got \[2\]$/);
    wrong(apply(tf.zeros([4, 3])), 'RangeError', /^RbfFixAll mine: x must be \[n, 2\], got \[4,3\]$/);
    wrong(apply(tf.zeros([4, 2], 'int32')), 'TypeError', /x must be float32, got int32$/);
    wrong(
      () => layer.getInterpolationMatrix([[1, 2]] as never),
      'TypeError',
      /^RbfFixAll mine: x must be a tensor \[n, 2\], got an array$/,
    );
  });
  test('a layer in a model whose previous layer has another width', () => {
    const layers = () => [
      tf.layers.dense({ units: 3, inputShape: [1] }),
      new RbfFixAll({ centers, rbfKernel, name: 'wide' }),
    ];
    wrong(
      () => tf.sequential({ layers: layers() }),
      'RangeError',
      /^RbfFixAll wide: x must be \[n, 2\], got \[,3\]$/,
    );
  });
  test('a plain function that gives no [n, m]', () => {
    const layer = (rbfKernel: unknown) => () =>
      new RbfFixAll({ centers, rbfKernel: rbfKernel as RadialKernel, name: 'odd' }).apply(x);
    wrong(
      layer((p: tf.Tensor) => p.sum(1)),
      'RangeError',
      /^RbfFixAll odd: the kernel must give \[n, m\] = \[4,3\], got \[4\]$/,
    );
    wrong(
      layer(() => 5),
      'RangeError',
      /^RbfFixAll odd: the kernel must give \[n, m\] = \[4,3\], got number$/,
    );
  });
});

describe('evaluate, in float64', () => {
  const points = fromTensor(x);

  test('is the sum over the centers of the operator on the kernel, times the weights', () => {
    const coefs = [1, -2, 0.5, 3, 0.25, -1];
    const layer = new RbfFixAll({ centers, rbfKernel: maternKernel(2.5, 0.5), coefs, outputDim: 2 });
    const w = ndarray(Float64Array.from(coefs), [3, 2]);
    const c = ndarray(Float64Array.from(centers.flat()), [3, 2]);
    for (const op of [laplacian, gradient]) {
      const expected = evaluate(op, maternKernel(2.5, 0.5), points, c, w);
      assert.deepEqual(layer.evaluate(op, points), expected);
    }
  });

  test('takes the shapes as they are now, and is as the layer itself to float32', () => {
    const layer = new RbfFreeAll({ inputDim: 2, numCenters: 3, kernel: gaussianKernel, seed: 5 });
    (layer.getShapes() as unknown as tf.Variable).assign(tf.tensor1d([0.5, 1, 2]));
    const before = tf.memory().numTensors;
    const values = layer.evaluate(laplacian, points).data;
    assert.equal(tf.memory().numTensors, before);
    const centers = layer.getCenters().arraySync();
    const [w, eps] = [layer.getCoefs().dataSync(), [0.5, 1, 2]];
    // Δ e^(−ε²s) = (4ε⁴s − 4ε²)·e^(−ε²s) in two dimensions
    const byHand = (p: number[]) =>
      centers.reduce((sum, c, j) => {
        const s = (p[0] - c[0]) ** 2 + (p[1] - c[1]) ** 2;
        return sum + w[j] * (4 * eps[j] ** 4 * s - 4 * eps[j] ** 2) * Math.exp(-(eps[j] ** 2) * s);
      }, 0);
    const rows = Array.from({ length: 4 }, (_, i) => [points.get(i, 0), points.get(i, 1)]);
    assertClose(values, rows.map(byHand), 'float64');
  });

  test('of a plain function says that autodiff can', () => {
    const layer = new RbfFixAll({ centers, rbfKernel: (p, c) => p.matMul(c.transpose()) as tf.Tensor2D });
    assert.throws(() => layer.evaluate(laplacian, points), { name: 'TypeError', message: /autodiff/ });
  });
});
