/** Conjugate gradients against direct solves, and what they say of a matrix that they cannot take. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { conjugateGradients, type LinearMap } from '../modules/conjugate_gradients';
import { solve } from '../modules/float64';
import { applyInverse, sparseInverse } from '../modules/sparse_inverse';
import { multiply, multiplyTransposed, type SparseMatrix } from '../modules/sparse_matrix';
import { array } from './support/fields';

const full = (rows: number[][]): SparseMatrix => ({
  starts: Uint32Array.from({ length: rows.length + 1 }, (_, i) => i * (rows[0]?.length ?? 0)),
  columns: Uint32Array.from(rows.flatMap(row => row.map((_, j) => j))),
  values: Float64Array.from(rows.flat()),
});
const map =
  (A: SparseMatrix): LinearMap =>
  (x, out) =>
    multiply(A, x, out);
const nothing: LinearMap = (x, out) => out.set(x);
const diagonal =
  (values: Float64Array): LinearMap =>
  (x, out) => {
    for (let i = 0; i < x.length; i++) out[i] = values[i] * x[i];
  };

/** BᵀB + I, and a right side. */
const definite = fc.integer({ min: 1, max: 12 }).chain(n =>
  fc
    .array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: n * n + n, maxLength: n * n + n })
    .map(values => {
      const B = (i: number, j: number) => values[i * n + j];
      const A = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) =>
          Array.from({ length: n }, (_, k) => B(k, i) * B(k, j)).reduce((a, b) => a + b, i === j ? 1 : 0),
        ),
      );
      return { n, A, b: Float64Array.from(values.slice(n * n)) };
    }),
);

describe('conjugate gradients', () => {
  test('have the solution of LU, to their tolerance times the condition', () => {
    fc.assert(
      fc.property(definite, ({ n, A, b }) => {
        const { x, residual } = conjugateGradients(map(full(A)), nothing, b);
        const exact = solve(array(A.flat(), [n, n]), array(b, [n])).data;
        const size = Math.max(...exact.map(Math.abs), 1e-290);
        for (let i = 0; i < n; i++) assert.ok(Math.abs(x[i] - exact[i]) <= 1e-9 * size, `${x} for ${exact}`);
        assert.ok(residual <= 1e-11);
      }),
    );
  });
  test('take one step with the exact inverse, and none for b = 0', () => {
    const A = diagonal(Float64Array.of(1, 2, 3));
    const inverse = diagonal(Float64Array.of(1, 1 / 2, 1 / 3));
    const { x, iterations } = conjugateGradients(A, inverse, Float64Array.of(1, 2, 3));
    assert.deepEqual([[...x], iterations], [[1, 1, 1], 1]);
    const zero = conjugateGradients(A, inverse, new Float64Array(3));
    assert.deepEqual([[...zero.x], zero.iterations, zero.residual], [[0, 0, 0], 0, 0]);
  });
  test('stop at the tolerance, and at the most steps', () => {
    const n = 60;
    const A = diagonal(Float64Array.from({ length: n }, (_, i) => 10 ** ((4 * i) / (n - 1))));
    const b = new Float64Array(n).fill(1);
    const rough = conjugateGradients(A, nothing, b, { tolerance: 0.1 });
    const exact = conjugateGradients(A, nothing, b, { tolerance: 1e-12 });
    assert.ok(rough.residual <= 0.1 && rough.residual > 1e-12, `${rough.residual}`);
    assert.ok(exact.residual <= 2e-12 && exact.iterations > rough.iterations, `${exact.residual}`);
    assert.equal(conjugateGradients(A, nothing, b, { most: 3 }).iterations, 3);
  });
  test('give the residual of their x, also where rounding keeps it from the tolerance', () => {
    const n = 12;
    const hilbert = map(
      full(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => 1 / (i + j + 1)))),
    );
    const b = Float64Array.from({ length: n }, (_, i) => (-1) ** i);
    const { x, residual } = conjugateGradients(hilbert, nothing, b, { tolerance: 1e-16, most: 300 });
    const left = new Float64Array(n);
    hilbert(x, left);
    const square = b.reduce((sum, v, i) => sum + (v - left[i]) ** 2, 0);
    assert.ok(residual > 1e-16);
    assert.ok(Math.abs(Math.sqrt(square / n) - residual) <= 1e-9 * residual, `${residual}`);
  });
  test('throw where a matrix or preconditioner is not positive definite', () => {
    const b = Float64Array.of(1, 1);
    const indefinite = map(
      full([
        [1, 0],
        [0, -2],
      ]),
    );
    assert.throws(() => conjugateGradients(indefinite, nothing, b), /not positive definite .*step 1$/);
    assert.throws(() => conjugateGradients(nothing, indefinite, b), RangeError);
    assert.throws(
      () =>
        conjugateGradients(
          map(
            full([
              [Number.NaN, 0],
              [0, 1],
            ]),
          ),
          nothing,
          b,
        ),
      RangeError,
    );
  });
});

describe('the sparse approximate inverse', () => {
  const dense = (G: SparseMatrix, transposed = false) => {
    const n = G.starts.length - 1;
    const out = new Float64Array(n);
    return Array.from({ length: n }, (_, j) => {
      const unit = new Float64Array(n);
      unit[j] = 1;
      (transposed ? multiplyTransposed : multiply)(G, unit, out);
      return [...out];
    });
  };

  test('with all neighbours is the inverse: GᵀG·A·x is x', () => {
    fc.assert(
      fc.property(definite, ({ n, A, b }) => {
        const apply = applyInverse(sparseInverse(full(A), n));
        const [product, back] = [new Float64Array(n), new Float64Array(n)];
        multiply(full(A), b, product);
        apply(product, back);
        for (let i = 0; i < n; i++) assert.ok(Math.abs(back[i] - b[i]) < 1e-10, `${back} for ${b}`);
      }),
    );
  });
  test('with fewer has the diagonal of G·A·Gᵀ all ones, and G is lower triangular with no more than asked for', () => {
    fc.assert(
      fc.property(definite, fc.integer({ min: 0, max: 4 }), ({ n, A }, nearest) => {
        const G = sparseInverse(full(A), nearest);
        for (let i = 0; i < n; i++) {
          const columns = [...G.columns.subarray(G.starts[i], G.starts[i + 1])];
          assert.ok(columns.length <= nearest + 1 && columns[columns.length - 1] === i, `${columns}`);
          const row = new Float64Array(n);
          for (let p = G.starts[i]; p < G.starts[i + 1]; p++) row[G.columns[p]] = G.values[p];
          const image = new Float64Array(n);
          multiply(full(A), row, image);
          const square = image.reduce((sum, v, j) => sum + v * row[j], 0);
          assert.ok(Math.abs(square - 1) < 1e-10, `${square}`);
        }
      }),
    );
  });
  test('lets a row stand alone where rounding has eaten its neighbours', () => {
    const G = sparseInverse(
      full([
        [1, 1],
        [1, 1],
      ]),
    );
    assert.deepEqual(
      [[...G.starts], [...G.columns], [...G.values]],
      [
        [0, 1, 2],
        [0, 1],
        [1, 1],
      ],
    );
  });
  test('multiply and multiplyTransposed are those of the matrix', () => {
    const A: SparseMatrix = {
      starts: Uint32Array.of(0, 2, 2, 3),
      columns: Uint32Array.of(0, 2, 1),
      values: Float64Array.of(1, 2, 3),
    };
    assert.deepEqual(dense(A), [
      [1, 0, 0],
      [0, 0, 3],
      [2, 0, 0],
    ]);
    assert.deepEqual(dense(A, true), [
      [1, 0, 2],
      [0, 0, 0],
      [0, 3, 0],
    ]);
  });
});
