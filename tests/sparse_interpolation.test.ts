/** Interpolation by sparse matrices against dense ones, SciPy's direct sparse solve, and its defining properties. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { interpolate } from '../modules/collocation';
import { evaluate } from '../modules/evaluation';
import { nativeCount } from '../modules/native_ops';
import { bumpKernel, gaussianKernel, radialKernel, wendlandKernel } from '../modules/notable_kernels';
import {
  add,
  gradient,
  hessian,
  identity,
  laplacian,
  normalDerivative,
  partial,
  scale,
} from '../modules/operators';
import { type F64, halton } from '../modules/point_sets';
import { interpolateSparse, SparseExpansion } from '../modules/sparse_interpolation';
import { array, at, largestDifference, row } from './support/fields';
import { assertClose } from './support/tolerances';

let tensors = 0;
before(() => {
  tensors = tf.memory().numTensors;
});
after(() => assert.deepEqual([tf.memory().numTensors, nativeCount()], [tensors, 0]));

const field = (...x: number[]) => Math.sin(4 * x[0]) + x.reduce((sum, t, k) => sum + (k + 1) * t * t, 0);
const RADII = [0.06, 0.2, 0.45];

describe('an expansion is evaluated as by evaluate', () => {
  for (const d of [1, 2, 3])
    for (const k of [0, 2, 4, 6]) {
      const centers = halton(300, d);
      const x = halton(700, d).lo(300, 0);
      const kernel = wendlandKernel(k, RADII[d - 1]);
      const weights = array(
        Array.from({ length: 600 }, (_, i) => Math.sin(i)),
        [300, 2],
      );
      const u = new SparseExpansion({ kernel, centers, weights });
      test(`WendlandC${k} in ${d}-D: values, gradient, Laplacian, Hessian, at points and at the centers`, () => {
        for (const op of [identity, gradient, laplacian, hessian]) {
          const order = op === identity ? 0 : op === gradient ? 1 : 2;
          for (const points of order <= k ? [x, centers] : [x]) {
            const [ours, dense] = [u.evaluate(points, op), evaluate(op, kernel, points, centers, weights)];
            assert.deepEqual(ours.shape, dense.shape);
            assertClose(ours.data, dense.data, 'float64', op.name);
          }
        }
      });
    }

  const centers = halton(200, 2);
  const x = halton(500, 2).lo(200, 0);
  const weights = array(
    Array.from({ length: 200 }, (_, i) => Math.cos(i)),
    [200],
  );
  test('with coefficients that vary from point to point, each at its own point', () => {
    const kernel = wendlandKernel(4, 0.3);
    const u = new SparseExpansion({ kernel, centers, weights });
    const angles = Array.from({ length: 300 }, (_, i) => i);
    const normals = array(
      angles.flatMap(a => [Math.cos(a), Math.sin(a)]),
      [300, 2],
    );
    const columns = ndarray(weights.data, [200, 1]);
    for (const op of [
      add(
        scale(2, identity),
        scale(points => at(points, (a, b) => a - 3 * b), laplacian),
        partial([1, 1]),
      ),
      scale(
        points => at(points, a => a),
        scale(points => at(points, (_, b) => b), partial([1, 0])),
      ),
    ])
      assertClose(u.evaluate(x, op).data, evaluate(op, kernel, x, centers, columns).data, 'float64', op.name);
    assertClose(
      u.evaluate(x, normalDerivative(normals)).data,
      evaluate(normalDerivative(normals), kernel, x, centers, columns).data,
      'float64',
    );
  });
  test('of a bump, and of a kernel of one’s own', () => {
    const hat = radialKernel({ name: 'Hat', variable: 'sqrt(u)', factor: 3, terms: [[1, 0]] });
    for (const kernel of [bumpKernel(3), hat(4)]) {
      const u = new SparseExpansion({ kernel, centers, weights });
      const dense = evaluate(identity, kernel, x, centers, ndarray(weights.data, [200, 1]));
      assertClose(u.evaluate(x).data, dense.data, 'float64', kernel.name);
    }
  });
  test('is 0 where no center is near, and far away', () => {
    const u = new SparseExpansion({ kernel: wendlandKernel(2, 0.1), centers, weights });
    for (const op of [identity, laplacian, gradient])
      assert.ok(u.evaluate(array([5, 5, -1e9, 1e200, 0.5, 1.2], [3, 2]), op).data.every(v => v === 0));
  });
  test('of strided views and from arrays that change later is what it was', () => {
    const kernel = wendlandKernel(2, 0.3);
    const flipped = array([...weights.data].reverse(), [200]).step(-1);
    const sideways = array(
      [0, 1].flatMap(k => [...row(centers.transpose(1, 0), k)]),
      [2, 200],
    ).transpose(1, 0);
    const u = new SparseExpansion({ kernel, centers: sideways, weights: flipped });
    const expected = new SparseExpansion({ kernel, centers, weights }).evaluate(x).data;
    flipped.data.fill(0);
    sideways.data.fill(0);
    const columns = array(
      [0, 1].flatMap(k => Array.from({ length: 300 }, (_, i) => x.get(i, k))),
      [2, 300],
    );
    assert.deepEqual(u.evaluate(columns.transpose(1, 0)).data, expected);
  });
});

describe('interpolation', () => {
  for (const d of [1, 2, 3])
    for (const k of [0, 2, 4])
      test(`WendlandC${k} in ${d}-D has the weights and derivatives of the dense solve`, () => {
        const nodes = halton(600, d);
        const values = at(nodes, field);
        const kernel = wendlandKernel(k, RADII[d - 1]);
        const [sparse, dense] = [
          interpolateSparse({ nodes, values, kernel }),
          interpolate({ nodes, values, kernel }),
        ];
        const allowed = 1e-15 * Math.max(100, dense.condition);
        const size = Math.max(...dense.weights.data.map(Math.abs));
        assert.ok(
          largestDifference(sparse.weights, dense.weights) <= 1e3 * allowed * size,
          `${largestDifference(sparse.weights, dense.weights) / size} at condition ${dense.condition}`,
        );
        const x = halton(800, d).lo(600, 0);
        for (const op of k < 2 ? [identity] : [identity, gradient, laplacian]) {
          const [ours, theirs] = [sparse.evaluate(x, op), dense.evaluate(x, op)];
          const most = Math.max(...theirs.data.map(Math.abs));
          assert.deepEqual(ours.shape, theirs.shape);
          assert.ok(largestDifference(ours, theirs) <= 1e3 * allowed * most, op.name);
        }
        assert.ok(
          sparse.residual < 1e-11 && sparse.iterations < 40,
          `${sparse.residual}, ${sparse.iterations}`,
        );
        assertClose(
          sparse.evaluate(nodes).data.map(v => v / 20),
          values.data.map(v => v / 20),
          'float64',
          'at the nodes',
        );
      });

  test('of several functions at once is that of each', () => {
    const nodes = halton(400, 2);
    const [f, g] = [at(nodes, field), at(nodes, (x, y) => x * y)];
    const both = array(Array.from(f.data, (v, i) => [v, g.data[i]]).flat(), [400, 2]);
    const kernel = wendlandKernel(2, 0.2);
    const u = interpolateSparse({ nodes, values: both, kernel });
    assert.deepEqual(u.weights.shape, [400, 2]);
    [f, g].forEach((values, k) => {
      const one = interpolateSparse({ nodes, values, kernel });
      assert.deepEqual([...u.weights.pick(-1, k).data.filter((_, i) => i % 2 === k)], [...one.weights.data]);
    });
  });

  test('with smoothing λ has u(x_i) + λw_i = values_i', () => {
    const nodes = halton(400, 2);
    const values = at(nodes, field);
    const u = interpolateSparse({ nodes, values, kernel: wendlandKernel(2, 0.2), smoothing: 0.3 });
    const sums = u.evaluate(nodes).data.map((v, i) => (v + 0.3 * u.weights.data[i]) / 10);
    assertClose(
      sums,
      values.data.map(v => v / 10),
      'float64',
    );
    // λ tells apart what would coincide.
    const twice = array([0.5, 0.5, 0.5, 0.5, 0.1, 0.2], [3, 2]);
    const f = array([1, 3, 0], [3]);
    const mean = interpolateSparse({
      nodes: twice,
      values: f,
      kernel: wendlandKernel(2, 0.1),
      smoothing: 1e-3,
    });
    assert.ok(Math.abs(mean.evaluate(twice).data[0] - 2) < 2e-3);
  });

  test('steps of conjugate gradients do not grow with the nodes, at the same number of neighbours', () => {
    const steps = [2000, 8000, 32_000].map(n => {
      const nodes = halton(n, 2);
      const kernel = wendlandKernel(2, Math.sqrt(30 / (Math.PI * n)));
      const u = interpolateSparse({ nodes, values: at(nodes, field), kernel });
      assert.ok(u.residual < 1e-11, `${n}: ${u.residual}`);
      return u.iterations;
    });
    assert.ok(Math.max(...steps) <= Math.min(...steps) + 3, `${steps}`);
  });
});

describe('SciPy’s direct sparse solve of 2000 nodes', () => {
  const problems = [
    [1, 2, 0.02],
    [2, 0, 0.1],
    [2, 2, 0.08],
    [2, 4, 0.1],
    [3, 2, 0.2],
    [3, 6, 0.25],
  ].map(([d, k, radius]) => {
    const nodes = halton(2000, d);
    return { d, k, radius, nodes, values: at(nodes, field), x: halton(2500, d).lo(2000, 0) };
  });
  const rows = (a: F64) => Array.from({ length: a.shape[0] }, (_, i) => row(a, i));
  let answers: { pairs: number; weights: number[]; values: number[] }[];
  before(() => {
    const python = join(__dirname, '..', '.venv', 'bin', 'python');
    const { status, stdout, stderr } = spawnSync(python, [join(__dirname, 'support', 'scipy_sparse.py')], {
      input: JSON.stringify(
        problems.map(p => ({ ...p, nodes: rows(p.nodes), values: [...p.values.data], x: rows(p.x) })),
      ),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    assert.equal(status, 0, stderr);
    answers = JSON.parse(stdout);
  });
  problems.forEach(({ d, k, radius, nodes, values, x }, p) => {
    test(`WendlandC${k} in ${d}-D, radius ${radius}: the same values to 1e-9, and weights`, () => {
      const { weights, values: theirs, pairs } = answers[p];
      assert.ok(pairs > 10_000 && pairs < 400_000, `${pairs}`);
      const u = interpolateSparse({ nodes, values, kernel: wendlandKernel(k, radius) });
      const most = (a: ArrayLike<number>) => Math.max(...Array.from(a, Math.abs));
      const ours = u.evaluate(x).data;
      const worst = most(theirs.map((v, i) => v - ours[i])) / most(theirs);
      const worstWeight = most(weights.map((w, i) => w - u.weights.data[i])) / most(weights);
      assert.ok(worst < 1e-9 && worstWeight < 1e-7, `${worst}, weights ${worstWeight}`);
    });
  });
});

describe('errors name what is wrong', () => {
  const nodes = halton(50, 2);
  const values = at(nodes, field);
  const kernel = wendlandKernel(2, 0.3);
  const refused = (options: object, message: RegExp, kind: ErrorConstructor = RangeError) =>
    assert.throws(
      () => interpolateSparse({ nodes, values, kernel, ...options }),
      (error: Error) => error instanceof kind && message.test(error.message),
      String(message),
    );

  test('nodes that coincide, numbers that are not finite, shapes', () => {
    const twice = ndarray(nodes.data.slice(), [50, 2]);
    twice.data.copyWithin(60, 20, 22);
    refused({ nodes: twice }, /nodes\[30\] is the same point as nodes\[10\]/);
    const holes = ndarray(nodes.data.slice(), [50, 2]);
    holes.set(7, 1, Number.NaN);
    refused({ nodes: holes }, /nodes\[7\] must be finite/);
    const infinite = ndarray(values.data.slice(), [50]);
    infinite.set(3, Number.POSITIVE_INFINITY);
    refused({ values: infinite }, /values\[3\] must be finite/);
    refused({ values: values.hi(49) }, /values must be \[50\] or \[50, k\]/);
    refused({ nodes: values }, /nodes must be \[n, d\]/);
    refused({ nodes: [[0, 1]] }, /nodes must be a float64 ndarray/, TypeError);
    refused({ nodes: array([], [0, 2]) }, /not empty/);
  });
  test('kernels without compact support, without a number for a radius, or not known to be positive definite', () => {
    refused({ kernel: gaussianKernel(3) }, /must have compact support, .* got Gaussian/, TypeError);
    refused({ kernel: (x: tf.Tensor2D) => x }, /must be a kernel/, TypeError);
    refused({ kernel: undefined }, /must be a kernel/, TypeError);
    refused({ kernel: bumpKernel(3) }, /Bump is not known to be/);
    const space = halton(50, 4);
    refused({ nodes: space }, /positive definite in 4 dimensions, WendlandC2 is so up to 3/);
    const radius = tf.scalar(0.3);
    refused({ kernel: wendlandKernel(2, radius) }, /radius must be a number, got a tensor/, TypeError);
    radius.dispose();
  });
  test('options out of range, and a tolerance that rounding does not allow', () => {
    for (const smoothing of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      refused({ smoothing }, /smoothing must be in/);
    for (const tolerance of [-1, 2, Number.NaN]) refused({ tolerance }, /tolerance must be in \[0, 1\]/);
    // Two nodes almost coincide, and have values that differ: the weights are huge.
    const close = ndarray(nodes.data.slice(), [50, 2]);
    close.set(1, 0, close.get(0, 0) + 1e-9);
    close.set(1, 1, close.get(0, 1));
    refused({ nodes: close, kernel: wendlandKernel(6, 0.5) }, /residual came down to|not positive definite/);
  });
  test('a radius that makes the matrix a full one of more than memory holds', () => {
    const many = halton(20_000, 2);
    refused(
      { nodes: many, values: at(many, field), kernel: wendlandKernel(2, 3) },
      /interpolateSparse\(\{ … \}\): within the radius 3 lie more than 134217728 pairs/,
    );
  });
  test('a derivative that does not exist at a center, and points of another dimension', () => {
    const u = interpolateSparse({ nodes, values, kernel: wendlandKernel(0, 0.3) });
    assert.throws(() => u.evaluate(nodes, laplacian), /WendlandC0 is C\^0 at its centers/);
    assert.throws(() => u.evaluate(halton(4, 3)), /x must be \[n, 2\]/);
    assert.throws(() => u.evaluate(array([0, Number.NaN], [1, 2])), /x\[0\] must be finite/);
    assert.throws(() => u.evaluate(nodes, partial([1])), /a derivative for 1 coordinates, the points have 2/);
  });
});
