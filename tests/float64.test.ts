/** Float64 arithmetic and linear algebra: values, strides, what fails and how, and that nothing is left behind. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import ndarray from 'ndarray';
import * as f64 from '../modules/float64';
import { type F64, nativeCount, valuesOf } from '../modules/native_ops';
import { assertClose, TOLERANCE } from './support/tolerances';

const array = (values: ArrayLike<number>, shape: number[]): F64 => ndarray(Float64Array.from(values), shape);
const list = (a: F64) => [...valuesOf(a)];
const at = (a: F64, i: number, j: number) => a.get(i, j);

/** Numbers of no pattern between −1 and 1. */
const spread = (n: number, seed = 0) =>
  Array.from({ length: n }, (_, i) => 2 * ((Math.sin(i + 1 + seed) * 43758.5453) % 1));
const matrix = (n: number, p: number, seed = 0) => array(spread(n * p, seed), [n, p]);
/** M·Mᵀ + n·I */
function definite(n: number, seed = 0): F64 {
  const m = matrix(n, n, seed);
  const a = f64.matMul(m, m.transpose(1, 0));
  for (let i = 0; i < n; i++) a.set(i, i, a.get(i, i) + n);
  return a;
}
const largest = (values: number[]) => Math.max(...values.map(Math.abs));
const difference = (a: F64, b: F64) => list(a).reduce((m, v, i) => Math.max(m, Math.abs(v - list(b)[i])), 0);

const tensors = tf.memory().numTensors;
afterEach(() => {
  assert.equal(nativeCount(), 0);
  assert.equal(tf.memory().numTensors, tensors);
});

describe('elementwise', () => {
  const x = [-1e300, -2.5, -1, -1e-300, 0, 2.3e-308, 1e-8, 0.3, 1, 2.5, 700, 1e300];
  const positive = x.filter(v => v > 0);
  const unary: [string, (a: F64) => F64, (v: number) => number, number[]][] = [
    ['exp', f64.exp, Math.exp, x],
    ['log', f64.log, Math.log, [...positive, 0]],
    ['sqrt', f64.sqrt, Math.sqrt, [...positive, 0]],
    ['square', f64.square, v => v * v, x],
    ['abs', f64.abs, Math.abs, x],
  ];
  for (const [name, op, plain, values] of unary)
    test(`${name} is that of plain numbers, from 2.3e-308 to 1e300`, () => {
      const actual = list(op(array(values, [values.length])));
      values.forEach((v, i) => {
        const expected = plain(v);
        if (Number.isFinite(expected))
          assert.ok(
            Math.abs(actual[i] - expected) <= 1e-15 * Math.abs(expected) + 3e-308,
            `${name}(${v}): ${actual[i]}, ${expected}`,
          );
        else assert.equal(actual[i], expected, `${name}(${v})`);
      });
    });
  test('TensorFlow takes numbers below 2.2e-308, the subnormal ones, for 0', () => {
    assert.deepEqual(list(f64.sqrt(array([5e-324, 2e-308], [2]))), [0, 0]);
  });
  const binary: [string, (a: F64 | number, b: F64 | number) => F64, (a: number, b: number) => number][] = [
    ['add', f64.add, (a, b) => a + b],
    ['subtract', f64.subtract, (a, b) => a - b],
    ['multiply', f64.multiply, (a, b) => a * b],
    ['divide', f64.divide, (a, b) => a / b],
  ];
  for (const [name, op, plain] of binary)
    test(`${name} is that of plain numbers, to the bit, and broadcasts`, () => {
      const [a, b] = [spread(6), spread(6, 3)];
      const [m, row, column] = [array(a, [2, 3]), array(b.slice(0, 3), [3]), array(b.slice(0, 2), [2, 1])];
      assert.deepEqual(
        list(op(m, array(b, [2, 3]))),
        a.map((v, i) => plain(v, b[i])),
      );
      assert.deepEqual(
        list(op(m, row)),
        a.map((v, i) => plain(v, b[i % 3])),
      );
      assert.deepEqual(
        list(op(column, m)),
        a.map((v, i) => plain(b[Math.floor(i / 3)], v)),
      );
      assert.deepEqual(op(column, row).shape, [2, 3]);
      assert.deepEqual(
        list(op(m, 0.1)),
        a.map(v => plain(v, 0.1)),
      );
      assert.deepEqual(
        list(op(0.1, m)),
        a.map(v => plain(0.1, v)),
      );
    });
  test('takes arrays of any stride and offset', () => {
    const a = array([1, 2, 3, 4, 5, 6], [2, 3]);
    assert.deepEqual(list(f64.add(a.transpose(1, 0), 0)), [1, 4, 2, 5, 3, 6]);
    assert.deepEqual(list(f64.add(a.lo(1, 1), a.hi(1, 2))), [6, 8]);
    assert.deepEqual(list(f64.multiply(a.step(-1, 2), 2)), [8, 12, 2, 6]);
    assert.deepEqual(list(f64.square(a.pick(-1, 2) as F64)), [9, 36]);
  });
  test('leaves its arguments as they were, and its result is new', () => {
    const a = array([1, 4], [2]);
    const b = f64.sqrt(a);
    assert.deepEqual(
      [list(a), list(b)],
      [
        [1, 4],
        [1, 2],
      ],
    );
    assert.notEqual(b.data.buffer, a.data.buffer);
    assert.deepEqual(list(f64.exp(array([], [0, 2]))), []);
  });
});

describe('reductions', () => {
  const a = array([3, -1, 2, 0, 5, -4], [2, 3]);
  test('over each axis and over all', () => {
    assert.deepEqual(list(f64.sum(a, 0)), [3, 4, -2]);
    assert.deepEqual(list(f64.sum(a, 1)), [4, 1]);
    assert.deepEqual(list(f64.max(a, 0)), [3, 5, 2]);
    assert.deepEqual(list(f64.min(a, 1)), [-1, -4]);
    assert.deepEqual(list(f64.mean(a, 0)), [1.5, 2, -1]);
    assert.deepEqual(
      [f64.sum, f64.max, f64.min, f64.mean].map(op => list(op(a))[0]),
      [5, 5, -4, 5 / 6],
    );
    assert.deepEqual(f64.sum(a).shape, []);
  });
  test('of a transposed array', () => {
    assert.deepEqual(list(f64.sum(a.transpose(1, 0), 0)), [4, 1]);
  });
  test('refuse an axis that is not there', () => {
    for (const axis of [2, -1, 0.5])
      assert.throws(() => f64.sum(a, axis), {
        name: 'RangeError',
        message: `sum(a, axis): axis must be an integer from 0 to 1, got ${axis}`,
      });
  });
});

describe('matMul', () => {
  test('is the product of plain numbers, for any strides', () => {
    const size = fc.integer({ min: 1, max: 7 });
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), (n, p, k, ta, tb) => {
        const a = ta ? matrix(p, n).transpose(1, 0) : matrix(n, p);
        const b = tb ? matrix(k, p, 5).transpose(1, 0) : matrix(p, k, 5);
        const c = f64.matMul(a, b);
        assert.deepEqual(c.shape, [n, k]);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < k; j++) {
            let sum = 0;
            for (let l = 0; l < p; l++) sum += at(a, i, l) * at(b, l, j);
            assert.ok(Math.abs(at(c, i, j) - sum) < 1e-15 * p);
          }
      }),
      { numRuns: 40 },
    );
  });
});

describe('solve', () => {
  test('solves for one and for several right sides, of any strides', () => {
    const a = matrix(30, 30, 2);
    const x = matrix(30, 3, 7);
    const b = f64.matMul(a, x);
    assert.ok(difference(f64.solve(a, b), x) < TOLERANCE.float64);
    const transposed = f64.matMul(a.transpose(1, 0), x);
    assert.ok(difference(f64.solve(a.transpose(1, 0), transposed), x) < TOLERANCE.float64);
    const column = b.pick(-1, 1) as F64;
    const one = f64.solve(a, column);
    assert.deepEqual(one.shape, [30]);
    assertClose(list(one), list(x.pick(-1, 1) as F64), 'float64');
  });
  test('pivots: a zero on the diagonal is no obstacle', () => {
    assert.deepEqual(list(f64.solve(array([0, 1, 1, 0], [2, 2]), array([3, 4], [2]))), [4, 3]);
  });
  test('says that a singular matrix is one', () => {
    for (const a of [
      [1, 2, 2, 4],
      [0, 0, 0, 0],
    ])
      assert.throws(() => f64.solve(array(a, [2, 2]), array([1, 1], [2])), {
        name: 'RangeError',
        message: /^solve\(A, b\): A \[2,2\] is singular/,
      });
  });
});

describe('cholesky', () => {
  // The blocks have 192 columns.
  for (const n of [1, 5, 191, 192, 193, 400])
    test(`n = ${n}: L is lower triangular with a positive diagonal, and L·Lᵀ = A`, () => {
      const a = definite(n);
      const L = f64.cholesky(a);
      assert.deepEqual(L.shape, [n, n]);
      for (let i = 0; i < n; i++) {
        assert.ok(at(L, i, i) > 0);
        for (let j = i + 1; j < n; j++) assert.equal(at(L, i, j), 0);
      }
      const back = valuesOf(f64.matMul(L, L.transpose(1, 0)));
      const worst = valuesOf(a).reduce((m, v, i) => Math.max(m, Math.abs(v - back[i])), 0);
      assert.ok(worst < 1e-14 * largest([at(a, 0, 0), at(a, n - 1, n - 1)]) * Math.sqrt(n), `${worst}`);
    });
  test('reads the lower part only, of any strides', () => {
    const a = definite(6);
    const L = f64.cholesky(a);
    const noise = array(list(a), [6, 6]);
    for (let i = 0; i < 6; i++) for (let j = i + 1; j < 6; j++) noise.set(i, j, 99);
    assert.deepEqual(list(f64.cholesky(noise)), list(L));
    assert.deepEqual(list(f64.cholesky(a.transpose(1, 0))), list(L));
  });
  for (const [n, row, rows] of [
    [5, 2, '0 to 4'],
    [400, 100, '0 to 191'],
    [400, 250, '192 to 383'],
    [400, 399, '384 to 399'],
  ] as const)
    test(`fails in words where A is not positive definite: n = ${n}, row ${row}`, () => {
      for (const value of [-1, Number.NaN]) {
        const a = definite(n);
        a.set(row, row, value);
        const message = new RegExp(`A is not positive definite \\(the pivot fails in rows ${rows}\\)$`);
        assert.throws(() => f64.cholesky(a), { name: 'RangeError', message });
        assert.equal(nativeCount(), 0);
      }
    });
  test('a matrix that is only semidefinite fails too', () => {
    assert.throws(() => f64.cholesky(array([1, 1, 1, 1], [2, 2])), /A is not positive definite/);
    assert.throws(() => f64.cholesky(array([0], [1, 1])), /A is not positive definite/);
  });
});

describe('solveSymmetric', () => {
  for (const n of [1, 40, 193, 400])
    test(`n = ${n}: agrees with solve, for one and several right sides`, () => {
      const a = definite(n, 3);
      const x = matrix(n, 2, 4);
      const b = f64.matMul(a, x);
      assert.ok(difference(f64.solveSymmetric(a, b), x) < TOLERANCE.float64);
      const one = f64.solveSymmetric(a, b.pick(-1, 0) as F64);
      assert.deepEqual(one.shape, [n]);
      assertClose(list(one), list(f64.solve(a, b.pick(-1, 0) as F64)), 'float64');
    });
  test('says where A is not positive definite', () => {
    assert.throws(() => f64.solveSymmetric(array([1, 2, 2, 1], [2, 2]), array([1, 1], [2])), {
      name: 'RangeError',
      message: 'solveSymmetric(A, b): A is not positive definite (the pivot fails in rows 0 to 1)',
    });
  });
});

describe('eigenvalues and singular values', () => {
  test('of the second difference: eigenvalues known, vectors orthonormal', () => {
    // tridiagonal (−1, 2, −1): eigenvalues 2 − 2·cos(kπ/(n + 1)).
    const n = 20;
    const a = array(
      Array.from({ length: n * n }, (_, i) => [2, -1][Math.abs(Math.floor(i / n) - (i % n))] ?? 0),
      [n, n],
    );
    const { values, vectors } = f64.eigenSymmetric(a);
    const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    assertClose(list(values), expected, 'float64');
    const left = f64.matMul(a, vectors);
    assert.ok(difference(left, f64.multiply(vectors, values)) < TOLERANCE.float64);
    const product = list(f64.matMul(vectors.transpose(1, 0), vectors));
    assertClose(
      product,
      Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
      'float64',
    );
    assert.ok(Math.abs(f64.conditionNumber(a) - expected[n - 1] / expected[0]) < 1e-10);
  });
  test('A = U·diag(s)·Vᵀ for tall, wide and square, s descending, U and V orthonormal', () => {
    for (const [n, p] of [
      [7, 3],
      [3, 7],
      [5, 5],
      [1, 4],
    ]) {
      const a = matrix(n, p, 6);
      const r = Math.min(n, p);
      const { U, s, V } = f64.svd(a);
      assert.deepEqual([U.shape, s.shape, V.shape], [[n, r], [r], [p, r]]);
      assert.ok(list(s).every((v, i) => v >= 0 && (i === 0 || v <= list(s)[i - 1])));
      const back = f64.matMul(f64.multiply(U, s), V.transpose(1, 0));
      assert.ok(difference(back, a) < TOLERANCE.float64);
      for (const Q of [U, V])
        assertClose(
          list(f64.matMul(Q.transpose(1, 0), Q)),
          Array.from({ length: r * r }, (_, i) => (i % (r + 1) === 0 ? 1 : 0)),
          'float64',
        );
    }
  });
  test('the condition number: of Hilbert’s matrix of 5 rows 476607.25, of a singular one Infinity', () => {
    const hilbert = array(
      Array.from({ length: 25 }, (_, i) => 1 / (Math.floor(i / 5) + (i % 5) + 1)),
      [5, 5],
    );
    assert.ok(Math.abs(f64.conditionNumber(hilbert) / 476607.2502422687 - 1) < 1e-9);
    assert.equal(f64.conditionNumber(array([1, 0, 0, 0], [2, 2])), Number.POSITIVE_INFINITY);
    assertClose([f64.conditionNumber(array([3, 0, 0, 0, 0, -6], [3, 2]))], [2], 'float64');
  });
});

describe('to and from tensors', () => {
  test('there with float32’s rounding, back exactly, of any strides', () => {
    const a = array([0.1, 2, 3, 4, 5, 6], [2, 3]).transpose(1, 0);
    const t = f64.toTensor(a);
    assert.deepEqual([t.dtype, t.shape], ['float32', [3, 2]]);
    const back = f64.fromTensor(t);
    assert.deepEqual(list(back), [Math.fround(0.1), 4, 2, 5, 3, 6]);
    assert.deepEqual(back.shape, [3, 2]);
    assert.ok(back.data instanceof Float64Array);
    t.dispose();
  });
  test('of integers too, but not of text or complex numbers', () => {
    const t = tf.tensor1d([1, 2], 'int32');
    assert.deepEqual(list(f64.fromTensor(t)), [1, 2]);
    t.dispose();
    const text = tf.tensor1d(['a']);
    assert.throws(
      () => f64.fromTensor(text),
      /^TypeError: fromTensor\(t\): t must hold real numbers, got string$/,
    );
    text.dispose();
    assert.throws(
      () => f64.fromTensor([1] as never),
      /^TypeError: fromTensor\(t\): t must be a tensor, got object$/,
    );
  });
});

describe('errors name the call, the argument, what it is and what it should be', () => {
  const [square, wide, vector] = [array([2, 1, 1, 2], [2, 2]), matrix(2, 3), array([1, 2], [2])];
  const wrong = (call: () => unknown, name: string, message: string) =>
    assert.throws(call, { name, message });
  test('what is no float64 ndarray', () => {
    const single = ndarray(Float32Array.of(1), [1]) as never;
    wrong(() => f64.exp(single), 'TypeError', 'exp(a): a must be a float64 ndarray, got float32');
    wrong(
      () => f64.add(vector, '2' as never),
      'TypeError',
      'add(a, b): b must be a float64 ndarray, got string',
    );
    wrong(
      () => f64.sum(undefined as never),
      'TypeError',
      'sum(a, axis): a must be a float64 ndarray, got undefined',
    );
    wrong(
      () => f64.toTensor([1] as never),
      'TypeError',
      'toTensor(a): a must be a float64 ndarray, got object',
    );
    wrong(
      () => f64.solve(square, single),
      'TypeError',
      'solve(A, b): b must be a float64 ndarray, got float32',
    );
  });
  test('shapes that do not fit', () => {
    wrong(
      () => f64.add(wide, vector),
      'RangeError',
      'add(a, b): the shapes of a [2,3] and b [2] do not fit together',
    );
    wrong(
      () => f64.divide(vector, wide),
      'RangeError',
      'divide(a, b): the shapes of a [2] and b [2,3] do not fit together',
    );
    wrong(
      () => f64.matMul(wide, wide),
      'RangeError',
      'matMul(a, b): a [2,3] has 3 columns, b [2,3] has 2 rows',
    );
    wrong(
      () => f64.matMul(wide, vector),
      'RangeError',
      'matMul(a, b): b must be a matrix [n, p], not empty, got [2]',
    );
    wrong(
      () => f64.solve(square, array([1], [1])),
      'RangeError',
      'solve(A, b): b must be [2] or [2, k] for A [2,2], got [1]',
    );
    wrong(() => f64.svd(vector), 'RangeError', 'svd(A): A must be a matrix [n, p], not empty, got [2]');
    wrong(
      () => f64.svd(array([], [0, 2])),
      'RangeError',
      'svd(A): A must be a matrix [n, p], not empty, got [0,2]',
    );
    for (const [name, call] of [
      ['solve(A, b)', () => f64.solve(wide, vector)],
      ['solveSymmetric(A, b)', () => f64.solveSymmetric(wide, vector)],
      ['cholesky(A)', () => f64.cholesky(wide)],
      ['eigenSymmetric(A)', () => f64.eigenSymmetric(wide)],
    ] as const)
      wrong(call, 'RangeError', `${name}: A must be square, got [2,3]`);
  });
  test('numbers that are not finite', () => {
    const bad = array([1, Number.NaN, 0, 1], [2, 2]);
    wrong(() => f64.solve(bad, vector), 'RangeError', 'solve(A, b): A must hold finite numbers only');
    wrong(
      () => f64.solve(square, array([1, Number.POSITIVE_INFINITY], [2])),
      'RangeError',
      'solve(A, b): b must hold finite numbers only',
    );
    wrong(
      () => f64.solveSymmetric(bad, vector),
      'RangeError',
      'solveSymmetric(A, b): A must hold finite numbers only',
    );
    wrong(() => f64.eigenSymmetric(bad), 'RangeError', 'eigenSymmetric(A): A must hold finite numbers only');
    wrong(() => f64.svd(bad), 'RangeError', 'svd(A): A must hold finite numbers only');
    wrong(
      () => f64.conditionNumber(bad),
      'RangeError',
      'conditionNumber(A): A must hold finite numbers only',
    );
  });
});
