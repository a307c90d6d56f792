/** The factors behind a fit: what they solve, how sure they are of it, and the weights that a tail leaves free. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import fc from 'fast-check';
import * as f64 from '../modules/float64';
import {
  type Factor,
  factorDefinite,
  factorSquare,
  largest,
  type Solution,
  solveLeastSquares,
  solveRefined,
} from '../modules/linear_systems';
import { MomentConditions } from '../modules/moment_conditions';
import { type F64, fromArray, nativeCount, nativeScope, toArray } from '../modules/native_ops';
import { array } from './support/fields';
import { assertClose, TOLERANCE } from './support/tolerances';

const spread = (n: number, seed = 0) =>
  Array.from({ length: n }, (_, i) => 2 * ((Math.sin(i + 1 + seed) * 43758.5453) % 1));
const matrix = (n: number, p: number, seed = 0): F64 => array(spread(n * p, seed), [n, p]);
const transposed = (a: F64) => a.transpose(1, 0);
/** Hilbert's matrix, of condition about e^(3.5n). */
const hilbert = (n: number) =>
  array(
    Array.from({ length: n * n }, (_, i) => 1 / (Math.floor(i / n) + (i % n) + 1)),
    [n, n],
  );

interface Solved {
  x: F64;
  residual: F64;
  correction: number;
  method: string;
}
const out = (solution: Solution | undefined): Solved => {
  assert.ok(solution !== undefined);
  const { x, residual, correction, method } = solution;
  return { x: toArray(x), residual: toArray(residual), correction, method };
};
function solved(factor: (A: ReturnType<typeof fromArray>) => Factor | undefined, A: F64, b: F64): Solved {
  return nativeScope(() => {
    const a = fromArray(A);
    const made = factor(a);
    assert.ok(made !== undefined);
    return out(solveRefined(a, made, fromArray(b)));
  });
}

afterEach(() => assert.equal(nativeCount(), 0));

describe('solveRefined', () => {
  for (const n of [1, 2, 191, 192, 193, 400])
    test(`n = ${n}: Cholesky and LU solve for several right sides, and say what they miss`, () => {
      const m = matrix(n, n);
      const definite = f64.matMul(m, transposed(m));
      for (let i = 0; i < n; i++) definite.set(i, i, definite.get(i, i) + n);
      const x = matrix(n, 3, 5);
      for (const [A, factor, method] of [
        [definite, factorDefinite, 'Cholesky'],
        [m, factorSquare, 'LU'],
      ] as const) {
        const b = f64.matMul(A, x);
        const solution = solved(factor, A, b);
        assert.equal(solution.method, method);
        const missed = f64.subtract(b, f64.matMul(A, solution.x)).data;
        const scale = Math.max(...b.data.map(Math.abs));
        assertClose(
          solution.residual.data.map(v => v / scale),
          missed.map(v => v / scale),
          'float64',
        );
        assert.ok(Math.max(...missed.map(Math.abs)) < 1e-12 * scale);
        assertClose(solution.x.data, x.data, n > 192 && method === 'LU' ? 'float32' : 'float64');
      }
    });

  test('LU: a zero on the diagonal is no obstacle, and rows come back in their order', () => {
    const order = [3, 0, 4, 1, 2];
    const A = array(
      order.flatMap(p => Array.from({ length: 5 }, (_, j) => Number(j === p) * (p + 1))),
      [5, 5],
    );
    const b = array([1, 2, 3, 4, 5], [5, 1]);
    assertClose(solved(factorSquare, A, b).x.data, [2, 4 / 2, 5 / 3, 1 / 4, 3 / 5], 'float64');
  });

  test('the correction tells how many digits the condition has eaten: Hilbert’s matrix of 3 to 11 rows', () => {
    for (const n of [3, 5, 7, 9, 11]) {
      const A = hilbert(n);
      const { correction, x } = solved(
        factorSquare,
        A,
        f64.matMul(A, array(new Float64Array(n).fill(1), [n, 1])),
      );
      const eaten = f64.conditionNumber(A) * Number.EPSILON;
      assert.ok(correction < 10 * eaten && correction > 1e-6 * eaten, `${n}: ${correction}, ${eaten}`);
      // What is wrong with x is no more than a hundred times what the correction says.
      const wrong = Math.max(...x.data.map(v => Math.abs(v - 1)));
      assert.ok(wrong < 100 * Math.max(correction, Number.EPSILON), `${n}: ${wrong}, ${correction}`);
    }
  });

  test('what cannot be factored or solved is undefined: not definite, singular, overflowing', () => {
    nativeScope(() => {
      assert.equal(factorDefinite(fromArray(array([1, 2, 2, 1], [2, 2]))), undefined);
      assert.equal(factorSquare(fromArray(array([1, 2, 2, 4], [2, 2]))), undefined);
      const tiny = fromArray(array([1e-300, 0, 0, 1], [2, 2]));
      const factor = factorSquare(tiny);
      assert.ok(factor !== undefined);
      assert.equal(solveRefined(tiny, factor, fromArray(array([1e10, 1], [2, 1]))), undefined);
    });
  });
});

describe('solveLeastSquares', () => {
  const solution = (A: F64, b: F64) => nativeScope(() => out(solveLeastSquares(fromArray(A), fromArray(b))));
  /** V·s⁺·Uᵀ·b by the singular values that are not rounding. */
  function pseudoinverse(A: F64, b: F64): F64 {
    const { U, s, V } = f64.svd(A);
    const projected = f64.matMul(transposed(U), b);
    const k = b.shape[1];
    const divided = array(
      projected.data.map((v, i) =>
        s.data[Math.floor(i / k)] > 1e-12 * s.data[0] ? v / s.data[Math.floor(i / k)] : 0,
      ),
      projected.shape,
    );
    return f64.matMul(V, divided);
  }

  test('is the least squares solution: what is left is orthogonal to the columns', () => {
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 3 }), fc.nat(100), (m, more, k, seed) => {
        const [A, b] = [matrix(m + more, m, seed), matrix(m + more, k, seed + 7)];
        const { x, residual } = solution(A, b);
        assert.ok(largestOf(f64.matMul(transposed(A), residual)) < 1e-11);
        assert.ok(largestOf(f64.subtract(x, pseudoinverse(A, b))) < 1e-9 * Math.max(1, largestOf(x)));
      }),
      { numRuns: 40 },
    );
  });

  test('dependent columns, exact or to rounding: the shortest solution, and no digit is said to be certain', () => {
    const base = matrix(40, 5);
    const [noise, b] = [matrix(40, 5, 3), matrix(40, 2, 9)];
    for (const size of [0, 1e-17]) {
      const A = array(
        Array.from({ length: 400 }, (_, at) => {
          const [i, j] = [Math.floor(at / 10), at % 10];
          return j < 5 ? base.get(i, j) : base.get(i, j - 5) + size * noise.get(i, j - 5);
        }),
        [40, 10],
      );
      const { x, correction } = solution(A, b);
      assert.equal(correction, 1);
      assert.ok(largestOf(f64.subtract(x, pseudoinverse(A, b))) < 1e-10, `${size}`);
    }
  });

  test('a column of zeros is dependent', () => {
    const A = array([1, 0, 2, 0, 2, 0], [3, 2]);
    assertClose(solution(A, array([1, 1, 1], [3, 1])).x.data, [5 / 9, 0], 'float64');
  });
});

describe('moment conditions', () => {
  test('QᵀP = [R; 0], Q is orthogonal, and A·Q, Qᵀ·A, Q·A are products with one Q', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(30), fc.nat(50), (q, more, seed) => {
        const m = q + more;
        const [P, A] = [matrix(m, q, seed), matrix(m, m, seed + 1)];
        nativeScope(() => {
          const moments = new MomentConditions(P);
          const I = array(
            Array.from({ length: m * m }, (_, at) => Number(at % (m + 1) === 0)),
            [m, m],
          );
          const Q = toArray(moments.back(fromArray(I)));
          assert.ok(largestOf(f64.subtract(f64.matMul(transposed(Q), Q), I)) < TOLERANCE.float64);
          const rotated = toArray(moments.left(fromArray(P)));
          const expected = rotated.data.map((_, at) => (at < q * q ? moments.R.data[at] : 0));
          assertClose(rotated.data, expected, 'float64');
          for (let i = 0; i < q; i++) for (let j = 0; j < i; j++) assert.equal(moments.R.get(i, j), 0);
          const close = (a: F64, b: F64) => assert.ok(largestOf(f64.subtract(a, b)) < 1e-11);
          close(toArray(moments.right(fromArray(A))), f64.matMul(A, Q));
          close(toArray(moments.left(fromArray(A))), f64.matMul(transposed(Q), A));
          close(toArray(moments.back(fromArray(A))), f64.matMul(Q, A));
        });
      }),
      { numRuns: 40 },
    );
  });
});

test('the largest magnitude of what is not finite is Infinity, of nothing 0', () => {
  nativeScope(() => {
    assert.equal(largest(fromArray(array([1, -3, 2], [3]))), 3);
    assert.equal(largest(fromArray(array([1, Number.NaN], [2]))), Number.POSITIVE_INFINITY);
    assert.equal(largest(fromArray(array([], [0, 2]))), 0);
  });
});

const largestOf = (a: F64) => a.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
