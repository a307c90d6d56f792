/** Squared distances, exact where points meet; distances, naive on purpose. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import { computeRadii, computeRadiiSquared } from '../modules/radii';
import { assertClose } from './support/tolerances';

const x = tf.tensor2d([
  [1, 2],
  [0.25, -3],
]);
const centers = tf.tensor2d([
  [1, 2],
  [4, 6],
  [0, 0],
]);

describe('computeRadiiSquared', () => {
  test('is the sum of the squared differences, [n, m]', () => {
    const s = computeRadiiSquared(x, centers);
    assert.deepEqual(s.shape, [2, 3]);
    assert.deepEqual([...s.dataSync()], [0, 25, 5, 25.5625, 95.0625, 9.0625]);
  });
  test('agrees with float64 in any dimension, and is exactly 0 between equal points, wherever they lie', () => {
    const coordinate = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(Math.fround);
    const points = (d: number) =>
      fc.array(fc.array(coordinate, { minLength: d, maxLength: d }), { minLength: 1, maxLength: 4 });
    const two = fc.integer({ min: 1, max: 6 }).chain(d => fc.tuple(points(d), points(d)));
    fc.assert(
      fc.property(two, ([a, b]) => {
        const all = [...a, ...b];
        const s = tf.tidy(() => computeRadiiSquared(tf.tensor2d(all), tf.tensor2d(b)).arraySync());
        all.forEach((p, i) => {
          const expected = b.map(c => c.reduce((sum, v, k) => sum + (p[k] - v) ** 2, 0));
          expected.forEach((e, j) => {
            assert.ok(Math.abs(s[i][j] - e) <= 1e-6 * e + 1e-37, `${s[i][j]}, ${e}`);
          });
        });
        b.forEach((_, j) => {
          assert.equal(s[a.length + j][j], 0);
        });
      }),
      { numRuns: 50 },
    );
  });
  test('has the gradient 2(x − c), the second derivative 2, also where x = c, and the third 0', () => {
    const f = (z: tf.Tensor) => computeRadiiSquared(z as tf.Tensor2D, centers.slice([0, 0], [1, 2]));
    const column = (g: (z: tf.Tensor) => tf.Tensor) => (z: tf.Tensor) => tf.grad(g)(z).slice([0, 0], [-1, 1]);
    assert.deepEqual([...tf.grad(f)(x).dataSync()], [0, 0, -1.5, -10]);
    assert.deepEqual([...column(column(f))(x).dataSync()], [2, 2]);
    const cubic = (z: tf.Tensor) => column(column(f))(z).mul(z.slice([0, 1], [-1, 1]));
    assert.deepEqual([...tf.grad(cubic)(x).dataSync()], [0, 2, 0, 2]);
  });
});

describe('computeRadii', () => {
  test('is the distance, and its gradient at a center is NaN: the failure that the kernels do not have', () => {
    assertClose(computeRadii(x, centers).dataSync(), [0, 25, 5, 25.5625, 95.0625, 9.0625].map(Math.sqrt));
    const slope = [
      ...tf
        .grad(z => computeRadii(z as tf.Tensor2D, centers))(x)
        .dataSync(),
    ];
    assert.ok(slope.slice(0, 2).every(Number.isNaN));
    assert.ok(slope.slice(2).every(Number.isFinite));
  });
  test('leaks no tensor', () => {
    const before = tf.memory().numTensors;
    computeRadii(x, centers).dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('what is no set of points is refused', () => {
  const call = (a: unknown, b: unknown) => () => computeRadiiSquared(a as tf.Tensor2D, b as tf.Tensor2D);
  const start = 'computeRadiiSquared(x, centers):';
  test('by its shape', () => {
    assert.throws(call(tf.zeros([2]), centers), {
      name: 'RangeError',
      message: `${start} x must have the shape [n, d], got [2]`,
    });
    assert.throws(call(x, tf.zeros([1, 2, 2])), {
      name: 'RangeError',
      message: `${start} centers must have the shape [n, d], got [1,2,2]`,
    });
    assert.throws(call(x, tf.zeros([3, 3])), {
      name: 'RangeError',
      message: `${start} x [2,2] and centers [3,3] must have the same number of columns`,
    });
  });
  test('by its type', () => {
    for (const [value, name] of [
      [[[1, 2]], 'an array'],
      [undefined, 'undefined'],
      [null, 'null'],
      [3, 'number'],
    ])
      assert.throws(call(value, centers), {
        name: 'TypeError',
        message: `${start} x must be a tensor [n, d], got ${name}`,
      });
    assert.throws(call(x, tf.zeros([2, 2], 'int32')), {
      name: 'TypeError',
      message: `${start} centers must be float32, got int32`,
    });
  });
});
