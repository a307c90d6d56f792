/** A LAPACK in place of TensorFlow's products: the libraries of NumPy and SciPy, which are in the project's own .venv. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import fc from 'fast-check';
import { collocate, interpolate } from '../modules/collocation';
import { identity } from '../modules/differential_operators';
import * as f64 from '../modules/float64';
import { setLapack } from '../modules/lapack';
import { type F64, nativeCount } from '../modules/native_ops';
import { franke } from '../modules/notable_functions';
import { gaussianKernel, mqKernelHardy, phsKernel } from '../modules/notable_kernels';
import { halton } from '../modules/point_sets';
import { array } from './support/fields';
import { assertClose } from './support/tolerances';

const lib = join(__dirname, '..', '.venv', 'lib');
const packages = join(lib, readdirSync(lib).filter(name => name.startsWith('python'))[0], 'site-packages');
function libraryOf(project: string, name: RegExp): string {
  const folder = join(packages, `${project}.libs`);
  const found = readdirSync(folder).find(file => name.test(file));
  assert.ok(found, `no ${name} in ${folder}`);
  return join(folder, found);
}
const [NUMPY, SCIPY] = [libraryOf('numpy', /openblas64/), libraryOf('scipy', /openblas-/)];

/** What a function gives with a library; the library is off again. */
function by<T>(library: string | null, compute: () => T): T {
  setLapack(library);
  try {
    return compute();
  } finally {
    setLapack(null);
  }
}

/** B·Bᵀ + n, of condition some hundred at most, and right sides. */
function definite(n: number, k: number, values: (i: number) => number): { A: F64; b: F64 } {
  const B = array(
    Array.from({ length: n * n }, (_, i) => values(i)),
    [n, n],
  );
  const A = f64.matMul(B, B.transpose(1, 0));
  for (let i = 0; i < n; i++) A.set(i, i, A.get(i, i) + n);
  return {
    A,
    b: array(
      Array.from({ length: n * k }, (_, i) => values(i + 7)),
      [n, k],
    ),
  };
}
const waves = (seed: number) => (i: number) => Math.sin(seed + i * i);

const tensors = tf.memory().numTensors;
afterEach(() => {
  assert.equal(nativeCount(), 0);
  assert.equal(tf.memory().numTensors, tensors);
});

describe('setLapack', () => {
  for (const [name, library] of Object.entries({ NumPy: NUMPY, SciPy: SCIPY }))
    test(`solveSymmetric by the library of ${name}, of any size and number of right sides, is right and as TensorFlow has it`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 300 }),
          fc.integer({ min: 1, max: 4 }),
          fc.nat(99),
          (n, k, seed) => {
            const { A, b } = definite(n, k, waves(seed));
            const x = by(library, () => f64.solveSymmetric(A, b));
            assert.deepEqual(x.shape, [n, k]);
            assertClose(f64.matMul(A, x).data, b.data, 'float64', 'A·x');
            assertClose(x.data, f64.solveSymmetric(A, b).data, 'float64', 'x');
          },
        ),
        { numRuns: 25 },
      );
    });

  test('only the lower triangle of A is read to take it apart, as by TensorFlow', () => {
    const { A, b } = definite(40, 1, waves(3));
    const expected = f64.solveSymmetric(A, b);
    // The refining step reads all of A: what is above the diagonal there must leave the factor as it is.
    const x = by(NUMPY, () => f64.solveSymmetric(A, b));
    assertClose(x.data, expected.data, 'float64');
    const triangle = array(
      Array.from(A.data, (v, i) => (i % 40 > Math.floor(i / 40) ? 1e3 : v)),
      [40, 40],
    );
    const [ours, theirs] = [NUMPY, null].map(library => by(library, () => f64.solveSymmetric(triangle, b)));
    assertClose(ours.data, theirs.data, 'float64');
  });

  test('interpolants have the same values, with and without a tail, for several functions at once, smoothed', () => {
    const [nodes, x] = [halton(250, 2), halton(99, 2)];
    const values = franke.evaluate(identity, nodes);
    const two = array(
      Array.from(values.data).flatMap(v => [v, 1 - v]),
      [250, 2],
    );
    for (const kernel of [gaussianKernel(12), mqKernelHardy(0.05), phsKernel(3)])
      for (const problem of [{ values }, { values: two }, { values, smoothing: 1e-3 }]) {
        const fits = [NUMPY, null].map(library =>
          by(library, () => interpolate({ nodes, kernel, ...problem })),
        );
        assert.deepEqual(
          fits.map(fit => fit.method),
          ['Cholesky', 'Cholesky'],
          kernel.name,
        );
        const [ours, theirs] = fits.map(fit => fit.evaluate(x));
        assert.deepEqual(ours.shape, theirs.shape);
        // Weights carry the condition, some 1e4 here, into the values.
        for (let i = 0; i < ours.data.length; i++) {
          const off = Math.abs(ours.data[i] - theirs.data[i]);
          assert.ok(off < 1e-10, `${kernel.name}: ${ours.data[i]} and ${theirs.data[i]}`);
        }
      }
  });

  test('what is not positive definite is refused by solveSymmetric, and fits fall back on another method', () => {
    by(NUMPY, () => {
      assert.throws(
        () => f64.solveSymmetric(array([1, 2, 2, 1], [2, 2]), array([1, 1], [2])),
        /solveSymmetric\(A, b\): A is not positive definite \(the pivot fails in row 1\)/,
      );
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY])
        for (const [row, column] of [
          [0, 0],
          [1, 0],
          [2, 1],
          [2, 2],
        ]) {
          const A = array([4, 1, 1, 1, 4, 1, 1, 1, 4], [3, 3]);
          A.set(row, column, bad);
          assert.throws(
            () => f64.solveSymmetric(A, array([1, 1, 1], [3])),
            /solveSymmetric\(A, b\): A must hold finite numbers only/,
          );
        }
      const nodes = array([0, 0.5, 1], [3, 1]);
      const values = array([1, 2, 3], [3]);
      const fit = collocate({
        centers: nodes,
        kernel: gaussianKernel(1),
        conditions: [{ operator: identity, points: array([0.1, 0.5, 0.8], [3, 1]), values }],
      });
      assert.notEqual(fit.method, 'Cholesky');
    });
  });

  test('null brings TensorFlow back, to the last digit', () => {
    const { A, b } = definite(60, 2, waves(1));
    const before = f64.solveSymmetric(A, b);
    by(NUMPY, () => f64.solveSymmetric(A, b));
    assert.deepEqual(f64.solveSymmetric(A, b).data, before.data);
  });

  test('what is no library, or has no LAPACK, is refused, and what was set stays', () => {
    const { A, b } = definite(20, 1, waves(2));
    by(NUMPY, () => {
      const expected = f64.solveSymmetric(A, b);
      assert.throws(
        () => setLapack(7 as unknown as string),
        /setLapack\(library\): library must be a file or null, got number/,
      );
      assert.throws(
        () => setLapack('no/such.so'),
        /setLapack\(library\): no\/such\.so is no library that can be loaded/,
      );
      const quadmath = libraryOf('numpy', /quadmath/);
      assert.throws(
        () => setLapack(quadmath),
        /setLapack\(library\): .* has no LAPACK: neither scipy_dpotrf_64_ nor /,
      );
      assert.deepEqual(f64.solveSymmetric(A, b).data, expected.data);
    });
  });
});
