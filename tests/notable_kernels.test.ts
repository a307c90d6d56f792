/** The kernels as one calls them: names, kernels of one's own, errors. Their maths is in kernel_contract.test.ts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import { grad } from '../modules/autodiff';
import { kernelRow } from '../modules/kernel_table';
import {
  bumpKernel,
  gaussianKernel,
  imqKernel,
  iqKernel,
  maternKernel,
  mqKernelHardy,
  mqKernelSarra,
  phsKernel,
  radialKernel,
  rationalQuadraticKernel,
  registerKernel,
  type Shape,
  wendlandKernel,
} from '../modules/notable_kernels';
import { KERNELS, numberValue } from './support/kernels';
import { assertClose } from './support/tolerances';

const x = tf.tensor2d([
  [0, 0],
  [0.3, -0.4],
]);
const origin = tf.zeros([1, 2]) as tf.Tensor2D;

describe('a kernel of your own', () => {
  test('is three lines: a row of data, its shape, and it is differentiable at its center', () => {
    // biome-ignore format: a row is a line
    const sum = radialKernel({ variable: 'u', factor: 'exp(-t)', terms: [[1, 0], [2, 1]] });
    const kernel = sum(2);
    const second = tf.grad(z =>
      tf
        .grad(y => kernel(y as tf.Tensor2D, origin))(z)
        .slice([0, 0], [-1, 1]),
    )(x);
    // (1 + 2u)·e^(−u): g′ = (1 − 2u)·e^(−u), g″ = (2u − 3)·e^(−u); u = 4·0.25 = 1.
    assertClose(kernel(x, origin).dataSync(), [1, 3 * Math.exp(-1)]);
    const e = Math.exp(-1);
    const [xx, xy] = [2 * 4 * -e + 4 * 16 * -e * 0.09, 4 * 16 * -e * 0.3 * -0.4];
    assertClose(second.dataSync(), [8, 0, xx, xy]);
  });
  test('has a name, a smoothness computed from its row, and what else the row says', () => {
    const kernel = radialKernel({
      name: 'Rough',
      variable: 'sqrt(u)',
      terms: [[1, 3]],
      order: 2,
      source: 'here',
    })(1);
    assert.equal(kernel.name, 'Rough');
    assert.equal(kernel.smoothness, 2);
    assert.equal(kernel.row.order, 2);
    assert.equal(kernel.row.source, 'here');
    assert.equal(radialKernel({ variable: 'u', terms: [[1, 1]] })(1).name, 'RadialKernel');
  });
  test('may have a length as its shape, whose name stands in errors', () => {
    const make = radialKernel({
      variable: 'u',
      factor: 'exp(-t)',
      terms: [[1, 0]],
      shape: { parameter: 'ell', factor: 1, isLength: true },
    });
    assertClose(make(2)(x, origin).dataSync(), gaussianKernel(0.5)(x, origin).dataSync());
    assert.throws(
      () => make(0),
      /^RangeError: radialKernel\(profile\)\(ell\): ell must be a positive finite number, got 0$/,
    );
  });
  test('is one of the table when it has the row of one', () => {
    const matern = radialKernel({
      variable: 'sqrt(u)',
      factor: 'exp(-t)',
      terms: [
        [1, 0],
        [1, 1],
      ],
    });
    assert.deepEqual(
      matern(Math.sqrt(3) / 0.7)(x, origin).dataSync(),
      maternKernel(1.5, 0.7)(x, origin).dataSync(),
    );
  });
  test('may not bear the name of an op, whose gradient TensorFlow.js would take in place of its own', () => {
    for (const name of ['Exp', 'Sqrt', 'Sum'])
      assert.throws(() => radialKernel({ name, variable: 'u', terms: [[1, 1]] }), {
        name: 'RangeError',
        message: `radialKernel(profile): name must not be that of an op of TensorFlow.js, got ${name}`,
      });
    for (const { name } of KERNELS) assert.equal(tf.getGradient(name), undefined, name);
  });
  test('that is no row is refused', () => {
    const own = (row: unknown) => () => radialKernel(row as Parameters<typeof radialKernel>[0]);
    assert.throws(own({ variable: 'r', terms: [] }), /^TypeError: profile: variable must be/);
    assert.throws(own({ variable: 'u' }), /^TypeError: profile: terms must be a list/);
    assert.throws(
      own(null),
      /^TypeError: radialKernel\(profile\): profile must be a row of data .* got null$/,
    );
    assert.throws(
      own(5),
      /^TypeError: radialKernel\(profile\): profile must be a row of data .* got number$/,
    );
  });
});

describe('a kernel says what is wrong with its arguments', () => {
  const wrong = (call: () => unknown, name: string, message: RegExp) =>
    assert.throws(call, { name, message });
  const makers: [string, string, (shape: Shape) => unknown][] = [
    ['gaussianKernel(eps)', 'eps', gaussianKernel],
    ['mqKernelSarra(eps)', 'eps', mqKernelSarra],
    ['mqKernelHardy(c)', 'c', mqKernelHardy],
    ['imqKernel(eps)', 'eps', imqKernel],
    ['iqKernel(eps)', 'eps', iqKernel],
    ['rationalQuadraticKernel(alpha, ell)', 'ell', s => rationalQuadraticKernel(1, s)],
    ['bumpKernel(eps)', 'eps', bumpKernel],
    ['maternKernel(nu, ell)', 'ell', s => maternKernel(2.5, s)],
    ['wendlandKernel(k, radius)', 'radius', s => wendlandKernel(2, s)],
  ];
  for (const [call, parameter, make] of makers)
    test(`${call}: a shape that is not positive, not finite, no number, no float32, no vector`, () => {
      const quoted = `${call}: ${parameter} must be`.replace(/[()]/g, '\\$&');
      for (const shape of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
        wrong(
          () => make(shape),
          'RangeError',
          new RegExp(`^${quoted} a positive finite number, got ${shape}$`),
        );
      for (const shape of ['1', undefined, null, [1]])
        wrong(
          () => make(shape as unknown as Shape),
          'TypeError',
          new RegExp(`^${quoted} a number or a tensor, got`),
        );
      wrong(
        () => make(tf.tensor1d([1, -2])),
        'RangeError',
        new RegExp(`^${quoted} a positive finite number, got -2$`),
      );
      wrong(() => make(tf.scalar(1, 'int32')), 'TypeError', new RegExp(`^${quoted} float32, got int32$`));
      wrong(
        () => make(tf.ones([2, 2])),
        'RangeError',
        new RegExp(`^${quoted} a scalar or one value a center \\[m\\], got \\[2,2\\]$`),
      );
    });
  test('the discrete parameters', () => {
    wrong(
      () => maternKernel(2, 1),
      'RangeError',
      /^maternKernel\(nu, ell\): nu must be one of 0.5, 1.5, 2.5, 3.5, got 2$/,
    );
    wrong(
      () => wendlandKernel(1, 1),
      'RangeError',
      /^wendlandKernel\(k, radius\): k must be one of 0, 2, 4, 6, got 1$/,
    );
    for (const k of [0, -1, 2.5, Number.NaN])
      wrong(
        () => phsKernel(k),
        'RangeError',
        new RegExp(`^phsKernel\\(exponent\\): exponent must be a positive integer, got ${k}$`),
      );
    wrong(
      () => rationalQuadraticKernel(0, 1),
      'RangeError',
      /^rationalQuadraticKernel\(alpha, ell\): alpha must be a positive finite number, got 0$/,
    );
    wrong(
      () => rationalQuadraticKernel(tf.scalar(1) as unknown as number, 1),
      'TypeError',
      /alpha must be a number, got object$/,
    );
  });
  test('points and centers', () => {
    const kernel = gaussianKernel(1);
    const call = (a: unknown, b: unknown) => () => kernel(a as tf.Tensor2D, b as tf.Tensor2D);
    const start = /^gaussianKernel\(eps\)\(x, centers\): /;
    wrong(
      call(tf.tensor1d([1, 2]), origin),
      'RangeError',
      /^gaussianKernel\(eps\)\(x, centers\): x must have the shape \[n, d\], got \[2\]$/,
    );
    wrong(call(x, tf.zeros([3])), 'RangeError', /centers must have the shape \[n, d\], got \[3\]$/);
    wrong(
      call(x, tf.zeros([3, 1])),
      'RangeError',
      /x \[2,2\] and centers \[3,1\] must have the same number of columns$/,
    );
    wrong(call(tf.zeros([1, 2], 'int32'), origin), 'TypeError', /x must be float32, got int32$/);
    wrong(call([[1, 2]], origin), 'TypeError', /x must be a tensor \[n, d\], got an array$/);
    wrong(call(x, undefined), 'TypeError', start);
  });
  test('as many shapes as centers', () => {
    wrong(
      () => mqKernelHardy(tf.tensor1d([1, 2]))(x, tf.zeros([3, 2])),
      'RangeError',
      /^mqKernelHardy\(c\): c must be a scalar or \[3\], one a center, got \[2\]$/,
    );
  });
  test('registerKernel', () => {
    const register = registerKernel as (name: unknown, factory: unknown) => unknown;
    wrong(
      () => register('', gaussianKernel),
      'TypeError',
      /^registerKernel\(name, factory\): name must be a non-empty string, got ""$/,
    );
    wrong(
      () => register('mine', 5),
      'TypeError',
      /^registerKernel\(name, factory\): factory must be a function, got number$/,
    );
  });
});

describe('the shape of a kernel', () => {
  test('one shape a center is column by column the kernel of that shape', () => {
    const centers = tf.tensor2d([
      [0, 0],
      [0.3, -0.4],
      [1, 1],
    ]);
    const shapes = [0.5, 1, 2];
    for (const { name, make, hasShape } of KERNELS.filter(k => k.hasShape)) {
      const all = make(tf.tensor1d(shapes))(x, centers).arraySync();
      shapes.forEach((shape, j) => {
        const one = make(shape)(x, centers).arraySync();
        assertClose(
          all.map(row => row[j]),
          one.map(row => row[j]),
          'float32',
          name,
        );
      });
      assert.ok(hasShape);
    }
  });
  test('both derivatives along it keep their digits where they go to 0, close to the centre', () => {
    for (const { name, make, shape } of KERNELS.filter(k => k.hasShape))
      for (const r of [1 / 1024, 1 / 128, 1 / 16, 1 / 4]) {
        const at = tf.tensor2d([[r, 0]]);
        const phi = (p: tf.Tensor) => make(p as tf.Scalar)(at, origin).sum();
        const slope = grad(phi);
        const found = [slope, grad((p: tf.Tensor) => slope(p).sum())].map(
          of => of(tf.scalar(shape)).dataSync()[0],
        );
        // Differences of five values in float64, each with its own shape.
        const h = shape / 32;
        const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map(k => numberValue(make(shape + k * h), r * r));
        const expected = [
          (a - 8 * b + 8 * d - e) / (12 * h),
          (-a + 16 * b - 30 * c + 16 * d - e) / (12 * h * h),
        ];
        // Hardy's c enters as 1/ε: its second derivative is a difference of numbers near 1.
        const rounding = [0, name === 'MqHardy' ? 1e-6 : 0];
        expected.forEach((value, i) => {
          const off = Math.abs(found[i] - value);
          assert.ok(
            off < 1e-4 * Math.abs(value) + rounding[i],
            `${name}, r = ${r}, derivative ${i + 1}: ${found[i]}, not ${value}`,
          );
        });
      }
  });
  test('a variable is read when the kernel is called, not when it is made', () => {
    const shape = tf.variable(tf.scalar(1));
    const kernel = gaussianKernel(shape);
    shape.assign(tf.scalar(2));
    assertClose(kernel(x, origin).dataSync(), [1, Math.exp(-1)]);
    shape.dispose();
  });
  test('Hardy’s c and Sarra’s ε say the same: √(c² + r²) = c·√(1 + (r/c)²)', () => {
    assertClose(mqKernelHardy(0.5)(x, origin).dataSync(), mqKernelSarra(2)(x, origin).mul(0.5).dataSync());
    assertClose(mqKernelHardy(0.5)(x, origin).dataSync(), [0.5, Math.sqrt(0.5)]);
  });
});

describe('the row of a kernel says what is known of it', () => {
  test('the order of conditional positive definiteness of the splines', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map(k => phsKernel(k).row.order),
      [1, 2, 2, 3, 3, 4, 4, 5],
    );
  });
  test('the thin plate is ½·u·log u with u = r², C^1, without a shape', () => {
    const { row, smoothness, shape } = phsKernel(2);
    assert.deepEqual(row, {
      name: 'Polyharmonic2',
      profile: { variable: 'u', factor: 'one', scale: 0.5, terms: [], logTerms: [[1, 1]] },
      shape: null,
      amplitude: 0,
      order: 2,
      dimension: Number.POSITIVE_INFINITY,
      smoothness: 1,
      source: row.source,
    });
    assert.deepEqual([smoothness, shape], [1, null]);
  });
  test('what a row leaves out is filled in', () => {
    const row = kernelRow({ name: 'Mine', g: { variable: '1+u', terms: [[1, -3]] } });
    assert.deepEqual(
      [row.order, row.amplitude, row.dimension, row.smoothness, row.shape?.parameter],
      [null, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 'eps'],
    );
  });
});

test('a shape that training has brought to 0 has the derivative 0, and not NaN', () => {
  tf.tidy(() => {
    const [x, centers] = [tf.tensor2d([[0], [0.5], [2]]), tf.tensor2d([[0], [1]])];
    const eps = tf.variable(tf.tensor1d([0, 0.5]));
    for (const make of [gaussianKernel, imqKernel, iqKernel, mqKernelSarra]) {
      const { grads } = tf.variableGrads(() => make(eps)(x, centers).sum().asScalar());
      const [flat, other] = grads[eps.name].dataSync();
      assert.equal(flat, 0, make(eps).name);
      assert.ok(Number.isFinite(other) && other !== 0);
    }
    eps.dispose();
  });
});
