/** RBF networks with a polynomial tail: against polynomials written out by hand, trained, saved and loaded. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { grad, gradient as tapeGradient, hessian as tapeHessian } from '../modules/autodiff';
import {
  add,
  biharmonic,
  gradient,
  hessian,
  identity,
  laplacian,
  partial,
  scale,
} from '../modules/differential_operators';
import { solve, toTensor } from '../modules/float64';
import { RbfFixAll, RbfFreeAll, RbfFreeCenters } from '../modules/nn_rbf';
import { RbfPoly, RbfPolyFreeAll, RbfPolyFreeCenters } from '../modules/nn_rbf_poly';
import { gaussianKernel, maternKernel, phsKernel, type RadialKernel } from '../modules/notable_kernels';
import { asPoints, type F64, halton } from '../modules/point_sets';
import { byDifferences, type Order, onTape } from './support/derivatives';
import { assertClose } from './support/tolerances';

const folder = mkdtempSync(join(tmpdir(), 'nn-rbf-poly-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let models = 0;
/** The model after a way to the disk and back. */
async function saveAndLoad(model: tf.LayersModel): Promise<tf.LayersModel> {
  const path = join(folder, `model${models++}`);
  await model.save(`file://${path}`);
  return tf.loadLayersModel(`file://${path}/model.json`);
}

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
const points = asPoints([0, 0, 0.3, 0.9, 2, -1, 1, 0.25], 2);
const rows = (a: F64) =>
  Array.from({ length: a.shape[0] }, (_, i) => Array.from({ length: a.shape[1] }, (_, k) => a.get(i, k)));
const predictions = (model: tf.LayersModel) => tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()]);
const numbersOf = (t: tf.Tensor) => [...t.dataSync()];
const names = (weights: { name: string }[]) => weights.map(w => w.name.split('/').pop());

const makers: [string, (options: object) => RbfPoly | RbfPolyFreeCenters | RbfPolyFreeAll][] = [
  ['RbfPoly', options => new RbfPoly({ centers, rbfKernel: phsKernel(3), ...options })],
  [
    'RbfPolyFreeCenters',
    options =>
      new RbfPolyFreeCenters({ inputDim: 2, numCenters: 3, rbfKernel: gaussianKernel(1.7), ...options }),
  ],
  [
    'RbfPolyFreeAll',
    options =>
      new RbfPolyFreeAll({ inputDim: 2, numCenters: 3, kernel: ell => maternKernel(2.5, ell), ...options }),
  ],
];

describe('a layer', () => {
  test('is Σ w_j·φ(x, c_j) + a polynomial in all monomials up to the degree', () => {
    const layer = new RbfPoly({
      centers,
      rbfKernel: gaussianKernel(2),
      coefs: [1, -2, 0.5],
      degree: 2,
      polynomialCoefs: [1, 2, 3, 4, 5, 6],
    });
    const byHand = ([a, b]: number[]) =>
      centers.reduce(
        (sum, [p, q], j) => sum + [1, -2, 0.5][j] * Math.exp(-4 * ((a - p) ** 2 + (b - q) ** 2)),
        1 + 2 * a + 3 * b + 4 * a * a + 5 * a * b + 6 * b * b,
      );
    const u = layer.apply(x) as tf.Tensor;
    assert.deepEqual(u.shape, [4, 1]);
    assertClose(u.dataSync(), x.arraySync().map(byHand));
    assertClose(layer.evaluate(identity, points).data, rows(points).map(byHand), 'float64');
    assert.deepEqual(layer.computeOutputShape([null, 2]), [null, 1]);
  });
  test('has every monomial x^α with |α| ≤ degree once in its polynomial matrix, in any dimension', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 4 }), (d, degree) => {
        const at = halton(5, d);
        const layer = new RbfPoly({ centers: [new Array(d).fill(0)], rbfKernel: gaussianKernel(1), degree });
        const all = Array.from({ length: (degree + 1) ** d }, (_, i) =>
          Array.from({ length: d }, (_, k) => Math.floor(i / (degree + 1) ** k) % (degree + 1)),
        ).filter(alpha => alpha.reduce((sum, a) => sum + a, 0) <= degree);
        assert.deepEqual(layer.terms.map(String).sort(), all.map(String).sort());
        const matrix = layer.getPolynomialMatrix(toTensor(at) as tf.Tensor2D);
        assert.deepEqual(matrix.shape, [5, all.length]);
        const expected = rows(at).flatMap(p =>
          layer.terms.map(alpha => alpha.reduce((product, a, k) => product * p[k] ** a, 1)),
        );
        assertClose(matrix.dataSync(), expected);
      }),
      { numRuns: 30 },
    );
  });
  test('has 1, x, y, x², xy, y² in this order', () => {
    const layer = new RbfPoly({ centers, rbfKernel: gaussianKernel(1), degree: 2 });
    assert.deepEqual(layer.getPolynomialMatrix(tf.tensor2d([[2, 3]])).arraySync(), [[1, 2, 3, 4, 6, 9]]);
    assert.deepEqual(layer.getInterpolationMatrix(x).shape, [4, 3]);
  });
  test('has degree 1 by default, and a polynomial that starts at 0: as the layer without it', () => {
    const options = { inputDim: 2, numCenters: 3, outputDim: 2, seed: 4 };
    const pairs: [RbfFixAll | RbfFreeCenters | RbfFreeAll, RbfPoly | RbfPolyFreeCenters | RbfPolyFreeAll][] =
      [
        [
          new RbfFixAll({ centers, rbfKernel: phsKernel(3), outputDim: 2, seed: 4 }),
          new RbfPoly({ centers, rbfKernel: phsKernel(3), outputDim: 2, seed: 4 }),
        ],
        [
          new RbfFreeCenters({ ...options, rbfKernel: gaussianKernel(1) }),
          new RbfPolyFreeCenters({ ...options, rbfKernel: gaussianKernel(1) }),
        ],
        [
          new RbfFreeAll({ ...options, kernel: gaussianKernel }),
          new RbfPolyFreeAll({ ...options, kernel: gaussianKernel }),
        ],
      ];
    for (const [without, layer] of pairs) {
      assert.equal(layer.degree, 1);
      assert.deepEqual(layer.getPolynomialCoefs().arraySync(), [
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
      assert.deepEqual(numbersOf(layer.apply(x) as tf.Tensor), numbersOf(without.apply(x) as tf.Tensor));
    }
  });
  test('takes and gives back the polynomial’s coefficients, of several outputs', () => {
    const layer = new RbfPoly({
      centers,
      rbfKernel: gaussianKernel(1),
      outputDim: 2,
      coefs: [0, 0, 0, 0, 0, 0],
      polynomialCoefs: [1, 2, 3, 4, 5, 6],
    });
    assert.deepEqual(layer.getPolynomialCoefs().arraySync(), [
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    assertClose(
      (layer.apply(x) as tf.Tensor).dataSync(),
      x.arraySync().flatMap(([a, b]) => [1 + 3 * a + 5 * b, 2 + 4 * a + 6 * b]),
    );
    layer.setPolynomialCoefs(
      tf.tensor2d([
        [7, 0],
        [0, 8],
        [9, 0],
      ]),
    );
    assertClose(
      layer.evaluate(identity, points).data,
      rows(points).flatMap(([a, b]) => [7 + 9 * b, 8 * a]),
      'float64',
    );
  });
  test('interpolates with a polyharmonic kernel, and gives linear data back everywhere', () => {
    const nodes = halton(12, 2);
    const linear = ([a, b]: number[]) => 2 - 3 * a + 0.5 * b;
    const layer = new RbfPoly({ centers: rows(nodes), rbfKernel: phsKernel(3) });
    const n = nodes.shape[0];
    const X = toTensor(nodes) as tf.Tensor2D;
    const [phi, q] = [layer.getInterpolationMatrix(X).arraySync(), layer.getPolynomialMatrix(X).arraySync()];
    // [Φ Q; Qᵀ 0]·[w; p] = [values; 0]
    const system = asPoints(
      [
        ...phi.flatMap((row, i) => [...row, ...q[i]]),
        ...[0, 1, 2].flatMap(k => [...q.map(row => row[k]), 0, 0, 0]),
      ],
      n + 3,
    );
    const solution = [...solve(system, asPoints([...rows(nodes).map(linear), 0, 0, 0], 1)).data];
    layer.setCoefs(solution.slice(0, n));
    layer.setPolynomialCoefs(solution.slice(n));
    const elsewhere = asPoints(
      halton(40, 2).data.map(v => 3 * v - 1),
      2,
    );
    assertClose(layer.evaluate(identity, elsewhere).data, rows(elsewhere).map(linear));
  });
});

describe('derivatives on the tape', () => {
  // The same function in plain numbers, of all coordinates of all points, summed with a weight for each point.
  const layer = new RbfPoly({
    centers,
    rbfKernel: gaussianKernel(0.8),
    coefs: [1, -2, 0.5],
    degree: 4,
    polynomialCoefs: Array.from({ length: 15 }, (_, l) => Math.fround(((l * 7) % 5) / 4 - 0.4)),
  });
  const p = layer.getPolynomialCoefs().dataSync();
  const byHand = (z: number[]) => {
    let sum = 0;
    for (let i = 0; i < z.length; i += 2) {
      const [a, b] = [z[i], z[i + 1]];
      centers.forEach(([c, e], j) => {
        sum += [1, -2, 0.5][j] * Math.exp(-0.64 * ((a - c) ** 2 + (b - e) ** 2));
      });
      layer.terms.forEach(([s, t], l) => {
        sum += p[l] * a ** s * b ** t;
      });
    }
    return sum;
  };
  const onPoints = (z: tf.Tensor) => tf.sum(layer.apply(z.reshape([-1, 2])) as tf.Tensor);
  // (0, 0) is a center too, and where pow's gradients are NaN.
  const at = [0, 0, 0.5, -0.25, 0, 1].map(Math.fround);
  for (const order of [1, 2, 3] as Order[])
    test(`of order ${order}, at 0 too, are the five-point differences of the same function`, () => {
      assertClose(onTape(onPoints, at, order, grad), byDifferences(byHand, at, order));
    });
  test('are those that evaluate gives in float64: values, gradients, second derivatives', () => {
    const f = (z: tf.Tensor2D) => layer.apply(z) as tf.Tensor;
    assertClose(tapeGradient(f)(x).dataSync(), layer.evaluate(gradient, points).data);
    assertClose(tapeHessian(f)(x).dataSync(), layer.evaluate(hessian, points).data);
  });
  test('with respect to the polynomial’s coefficients are the sums of its matrix’ columns', () => {
    const { grads, value } = tf.variableGrads(() => tf.sum(layer.apply(x) as tf.Tensor) as tf.Scalar);
    value.dispose();
    const name = Object.keys(grads).find(key => key.endsWith('/polynomial')) as string;
    assertClose(grads[name].dataSync(), tf.sum(layer.getPolynomialMatrix(x), 0).dataSync());
  });
});

describe('evaluate, in float64', () => {
  // x³ − 2x²y + y⁴ − 3xy + 5 alone, by degree: 1; x, y; x², xy, y²; …
  const terms: Record<string, number> = { '0,0': 5, '1,1': -3, '3,0': 1, '2,1': -2, '0,4': 1 };
  const make = (rbfKernel: RadialKernel) => {
    const layer = new RbfPoly({ centers, rbfKernel, degree: 4, coefs: [0, 0, 0] });
    layer.setPolynomialCoefs(layer.terms.map(alpha => terms[String(alpha)] ?? 0));
    return layer;
  };
  const layer = make(gaussianKernel(1));
  const by = (f: (a: number, b: number) => number[]) => rows(points).flatMap(([a, b]) => f(a, b));
  const cases: [Parameters<typeof layer.evaluate>[0], number[], number[]][] = [
    [identity, [4, 1], by((a, b) => [a ** 3 - 2 * a * a * b + b ** 4 - 3 * a * b + 5])],
    [partial([1, 2]), [4, 1], by(() => [0])],
    [partial([2, 1]), [4, 1], by(() => [-4])],
    [laplacian, [4, 1], by((a, b) => [6 * a - 4 * b + 12 * b * b])],
    [biharmonic, [4, 1], by(() => [24])],
    [gradient, [4, 2, 1], by((a, b) => [3 * a * a - 4 * a * b - 3 * b, -2 * a * a + 4 * b ** 3 - 3 * a])],
    [hessian, [4, 2, 2, 1], by((a, b) => [6 * a - 4 * b, -4 * a - 3, -4 * a - 3, 12 * b * b])],
    [
      add(
        scale(z => rows(z).map(([a]) => a), partial([1, 0])),
        scale(2, identity),
      ),
      [4, 1],
      by((a, b) => [
        a * (3 * a * a - 4 * a * b - 3 * b) + 2 * (a ** 3 - 2 * a * a * b + b ** 4 - 3 * a * b + 5),
      ]),
    ],
  ];
  for (const [op, shape, expected] of cases)
    test(`${op.name} of the polynomial is that by hand`, () => {
      const values = layer.evaluate(op, points);
      assert.deepEqual(values.shape, shape);
      assertClose(values.data, expected, 'float64');
    });
  test('is the sum of both parts, for every kind of layer and several outputs', () => {
    for (const [, make] of makers) {
      const [layer, tail] = [make({ outputDim: 2, seed: 3, degree: 2 }), make({ outputDim: 2, degree: 2 })];
      const p = Array.from({ length: 12 }, (_, i) => i / 8);
      const radial = layer.evaluate(laplacian, points).data;
      layer.setPolynomialCoefs(p);
      tail.setPolynomialCoefs(p);
      tail.setCoefs([0, 0, 0, 0, 0, 0]);
      const both = layer.evaluate(laplacian, points);
      assert.deepEqual(both.shape, [4, 2]);
      const polynomial = tail.evaluate(laplacian, points).data;
      assertClose(
        both.data,
        radial.map((v, i) => v + polynomial[i]),
        'float64',
      );
      // 2(p_xx + p_yy): rows 3 and 5 of p
      assertClose(
        polynomial,
        rows(points).flatMap(() => [2 * (p[6] + p[10]), 2 * (p[7] + p[11])]),
        'float64',
      );
    }
  });
  test('reads points of any stride, and leaves no tensor behind', () => {
    const transposed = ndarray(Float64Array.of(0, 0.3, 2, 1, 0, 0.9, -1, 0.25), [2, 4]).transpose(1, 0);
    const before = tf.memory().numTensors;
    assert.deepEqual(layer.evaluate(hessian, transposed), layer.evaluate(hessian, points));
    assert.equal(tf.memory().numTensors, before);
  });
  test('says where the kernel has no such derivative, as the layer without a polynomial', () => {
    assert.throws(() => make(phsKernel(1)).evaluate(laplacian, points), {
      name: 'RangeError',
      message: /Polyharmonic1 is C\^0 at its centers/,
    });
  });
});

describe('training', () => {
  test('moves the polynomial in every kind of layer, and what else is trained there', () => {
    const trained = [
      ['coefs', 'polynomial'],
      ['centers', 'coefs', 'polynomial'],
      ['centers', 'coefs', 'shapes', 'polynomial'],
    ];
    makers.forEach(([name, make], i) => {
      const layer = make({});
      assert.deepEqual(names(layer.trainableWeights), trained[i], name);
      assert.deepEqual(names(layer.nonTrainableWeights), i === 0 ? ['centers'] : []);
      assert.deepEqual(make({ trainable: false }).trainableWeights, []);
    });
  });
  for (const [name, make] of makers)
    test(`${name}: model.fit finds a plane, to a hundredth of the loss`, async () => {
      const target = tf.tidy(() => x.matMul(tf.tensor2d([[2], [-1]])).add(3));
      const layer = make({ seed: 2 });
      const model = tf.sequential({ layers: [layer] });
      model.compile({ optimizer: tf.train.adam(0.3), loss: 'meanSquaredError' });
      const { history } = await model.fit(x, target, { epochs: 60, batchSize: 4, verbose: 0 });
      const loss = history.loss as number[];
      assert.ok(loss[59] < 0.01 * loss[0], `${loss[0]} → ${loss[59]}`);
      assert.ok(numbersOf(layer.getPolynomialCoefs()).every(v => v !== 0));
      model.dispose();
      target.dispose();
    });
  test('the same seed gives the same run', async () => {
    const run = async () => {
      const model = tf.sequential({ layers: [makers[2][1]({ seed: 11 })] });
      model.compile({ optimizer: tf.train.adam(0.05), loss: 'meanSquaredError' });
      await model.fit(x, tf.ones([4, 1]), { epochs: 5, batchSize: 4, shuffle: false, verbose: 0 });
      return model.getWeights().map(numbersOf);
    };
    assert.deepEqual(await run(), await run());
  });
});

describe('saved and loaded', () => {
  for (const [name, make] of makers)
    test(`${name}: degree and polynomial are there, predictions are equal to the bit, and it trains on`, async () => {
      const layer = make({ degree: 3, outputDim: 2, seed: 5 });
      const model = tf.sequential({ layers: [layer] });
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      await model.fit(x, tf.ones([4, 2]), { epochs: 3, verbose: 0 });
      const loaded = await saveAndLoad(model);
      const [again] = loaded.layers as RbfPoly[];
      assert.equal(again.getClassName(), name);
      assert.ok(again instanceof layer.constructor);
      assert.equal(again.degree, 3);
      assert.deepEqual(again.getConfig(), layer.getConfig());
      assert.deepEqual(numbersOf(again.getPolynomialCoefs()), numbersOf(layer.getPolynomialCoefs()));
      assert.deepEqual(predictions(loaded), predictions(model));
      assert.deepEqual(again.evaluate(gradient, points), layer.evaluate(gradient, points));
      loaded.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      const before = numbersOf(again.getPolynomialCoefs());
      await loaded.fit(x, tf.zeros([4, 2]), { epochs: 1, verbose: 0 });
      assert.notDeepEqual(numbersOf(again.getPolynomialCoefs()), before);
    });
  test('beside layers without a polynomial in one model', async () => {
    const model = tf.sequential({
      layers: [
        makers[2][1]({ outputDim: 2, polynomialCoefs: [1, 2, 3, 4, 5, 6] }),
        new RbfFixAll({ centers, outputDim: 2, rbfKernel: gaussianKernel(1) }),
        makers[0][1]({ name: 'named', degree: 0, polynomialCoefs: [7] }),
      ],
    });
    const loaded = await saveAndLoad(model);
    assert.deepEqual(predictions(loaded), predictions(model));
    assert.deepEqual(loaded.getWeights().map(numbersOf), model.getWeights().map(numbersOf));
  });
});

describe('no tensor is left behind', () => {
  for (const [name, make] of makers)
    test(`${name}: made, applied, trained, evaluated, disposed`, async () => {
      const target = tf.ones([4, 1]);
      const cycle = async () => {
        const layer = make({ degree: 2, polynomialCoefs: [1, 2, 3, 4, 5, 6] });
        const model = tf.sequential({ layers: [layer] });
        const optimizer = tf.train.sgd(0.001);
        model.compile({ optimizer, loss: 'meanSquaredError' });
        (layer.apply(x) as tf.Tensor).dispose();
        layer.getPolynomialMatrix(x).dispose();
        await model.fit(x, target, { epochs: 2, verbose: 0 });
        layer.evaluate(hessian, halton(3, 2));
        layer.setPolynomialCoefs([6, 5, 4, 3, 2, 1]);
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
  test('by what is refused', () => {
    const layer = makers[0][1]({});
    const before = tf.memory().numTensors;
    for (const [, make] of makers) {
      assert.throws(() => make({ degree: -1 }));
      assert.throws(() => make({ polynomialCoefs: [1] }));
      assert.throws(() => make({ polynomialCoefs: [1, 2, Number.NaN] }));
    }
    assert.throws(() => layer.setPolynomialCoefs([1]));
    assert.throws(() => layer.getPolynomialMatrix(5 as never));
    assert.throws(() => layer.evaluate(laplacian, halton(3, 3)));
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('errors name the call, the argument, what it is and what it should be', () => {
  test('degree', () => {
    for (const [name, make] of makers)
      for (const degree of [-1, 1.5, Number.NaN, '2'])
        assert.throws(() => make({ degree }), {
          name: 'RangeError',
          message: `${name}: degree must be an integer ≥ 0, got ${degree}`,
        });
  });
  test('the polynomial’s coefficients', () => {
    const call = 'setPolynomialCoefs(coefs)';
    const layer = makers[0][1]({ degree: 2 });
    assert.throws(() => makers[0][1]({ polynomialCoefs: [1, 2] }), {
      name: 'RangeError',
      message: `${call}: coefs must have 3 numbers, [3, 1], got 2`,
    });
    assert.throws(() => layer.setPolynomialCoefs(tf.zeros([6, 2])), {
      name: 'RangeError',
      message: `${call}: coefs must have 6 numbers, [6, 1], got 12`,
    });
    assert.throws(() => layer.setPolynomialCoefs([1, 2, 3, 4, 5, Number.NaN]), {
      name: 'RangeError',
      message: `${call}: coefs must be finite numbers, got NaN in place 5`,
    });
    assert.throws(() => layer.setPolynomialCoefs('none' as never), {
      name: 'TypeError',
      message: `${call}: coefs must be an array or a tensor, got string`,
    });
  });
  test('points', () => {
    const layer = makers[0][1]({ name: 'odd' });
    assert.throws(() => layer.getPolynomialMatrix(tf.zeros([4, 3])), {
      name: 'RangeError',
      message: 'RbfPoly odd: x must be [n, 2], got [4,3]',
    });
    assert.throws(() => layer.getPolynomialMatrix([[0, 0]] as never), {
      name: 'TypeError',
      message: 'RbfPoly odd: x must be a tensor [n, 2], got an array',
    });
    assert.throws(() => layer.apply(tf.zeros([4, 3])), {
      name: 'RangeError',
      message: 'RbfPoly odd: x must be [n, 2], got [4,3]',
    });
  });
  test('what the layers without a polynomial refuse, under the own name', () => {
    assert.throws(() => makers[0][1]({ centers: [] }), {
      message: /^RbfPoly\(\{ centers \}\): centers must/,
    });
    assert.throws(() => makers[0][1]({ rbfKernel: gaussianKernel }), { message: /^RbfPoly: rbfKernel must/ });
    assert.throws(() => makers[1][1]({ numCenters: 0 }), { message: /^RbfPolyFreeCenters: numCenters must/ });
    assert.throws(() => makers[2][1]({ startingShape: 0 }), {
      message: /^RbfPolyFreeAll: startingShape must/,
    });
    assert.throws(() => makers[2][1]({ kernel: 1 }), { message: /^RbfPolyFreeAll: kernel must/ });
  });
});
