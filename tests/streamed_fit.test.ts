/** Least squares over files: what collocate and NumPy's lstsq find with all of the data in memory. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { collocate } from '../modules/collocation';
import { evaluate } from '../modules/evaluation';
import { nativeCount, nativeScope, toArray, upload } from '../modules/native_ops';
import { gaussianKernel, maternKernel, phsKernel, type RadialKernel } from '../modules/notable_kernels';
import { loadNpy, saveNpy } from '../modules/npy_files';
import { gradient, identity } from '../modules/operators';
import { type F64, halton } from '../modules/point_sets';
import { fitFiles } from '../modules/streamed_fit';
import { GramMatrix, TriangularFactor } from '../modules/streamed_sums';
import { array, at, largestDifference } from './support/fields';
import { openFiles } from './support/open_files';

const folder = mkdtempSync(join(tmpdir(), 'fit-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, `${name}.npy`);
const METHODS = ['QR', 'normal equations'] as const;

let tensors = 0;
before(() => {
  tensors = tf.memory().numTensors;
});
after(() => {
  assert.deepEqual([tf.memory().numTensors, nativeCount()], [tensors, 0]);
  assert.deepEqual(openFiles(folder), []);
});

const field = (x: number, y: number) => Math.sin(5 * x) * Math.cos(3 * y) + x;
/** Saves points and values, and gives their paths. */
function saved(points: F64, values: F64, name = 'data') {
  saveNpy(file(`${name}-points`), points);
  saveNpy(file(`${name}-values`), values);
  return { points: file(`${name}-points`), values: file(`${name}-values`) };
}

describe('a fit of more points than one block has', () => {
  // 40 centers: blocks of 104,858 points.
  const points = halton(230_000, 2);
  const values = at(points, field);
  const centers = halton(40, 2);
  const tests = halton(500, 2);
  let data: { points: string; values: string };
  before(() => {
    data = saved(points, values);
  });

  const kernels: [string, RadialKernel, number | undefined][] = [
    ['Gaussian', gaussianKernel(4), undefined],
    ['Matern52 with a constant', maternKernel(2.5, 0.5), 0],
    ['Polyharmonic3 with its linear tail', phsKernel(3), undefined],
  ];
  for (const [name, kernel, degree] of kernels) {
    let inMemory: ReturnType<typeof collocate>;
    before(() => {
      inMemory = collocate({
        centers,
        kernel,
        degree,
        conditions: [{ operator: identity, points, values }],
      });
    });
    for (const method of METHODS)
      test(`${name}, ${method}: the function that collocate finds in memory`, async () => {
        const u = await fitFiles({ ...data, centers, kernel, degree, method });
        for (const op of [identity, gradient]) {
          const [ours, theirs] = [u.evaluate(tests, op), inMemory.evaluate(tests, op)];
          assert.deepEqual(ours.shape, theirs.shape);
          const size = Math.max(...theirs.data.map(Math.abs));
          const allowed = 1e-15 * Math.max(1e3, u.condition) * size;
          assert.ok(largestDifference(ours, theirs) < allowed, `${largestDifference(ours, theirs)}`);
        }
        assert.ok(Math.abs(u.residual / inMemory.residual - 1) < 1e-6, `${u.residual}`);
        assert.ok(Math.abs(u.condition / inMemory.condition - 1) < 1e-3, `${u.condition}`);
        assert.equal(u.method, 'least squares');
      });
  }

  test('with values [n, k] is that of each column', async () => {
    const some = points.hi(5000, 2);
    const other = at(some, (x, y) => x * y);
    const both = array(Array.from(other.data, (v, i) => [values.data[i], v]).flat(), [5000, 2]);
    const options = { centers, kernel: gaussianKernel(4) };
    for (const method of METHODS) {
      const u = await fitFiles({ ...saved(some, both, 'both'), ...options, method });
      assert.deepEqual(u.weights.shape, [40, 2]);
      const one = await fitFiles({ ...saved(some, other, 'one'), ...options, method });
      assert.deepEqual(one.evaluate(tests).shape, [500]);
      const second = u.evaluate(tests).pick(-1, 1);
      for (let i = 0; i < 500; i++) assert.ok(Math.abs(second.get(i) - one.evaluate(tests).data[i]) < 1e-9);
    }
  });

  test('is deterministic, and draws its progress where it has a label', async () => {
    const lines: string[] = [];
    const { log } = console;
    console.log = (line: string) => lines.push(line);
    const options = { ...data, centers, kernel: gaussianKernel(4), label: 'rows' };
    try {
      const [a, b] = [await fitFiles(options), await fitFiles({ ...options, method: 'normal equations' })];
      assert.deepEqual((await fitFiles({ ...options, label: undefined })).weights.data, a.weights.data);
      assert.ok(largestDifference(a.weights, b.weights) < 1e-6);
    } finally {
      console.log = log;
    }
    assert.deepEqual(lines, ['rows: 460000 of 460000', 'rows: 690000 of 690000']);
  });
});

describe('NumPy’s lstsq', () => {
  test('has the same weights, where the condition leaves them digits', async () => {
    const points = halton(3000, 2);
    const centers = halton(60, 2);
    const kernel = gaussianKernel(6);
    const data = saved(points, at(points, field), 'lstsq');
    saveNpy(file('centers'), centers);
    const program = `
import sys, numpy as np
x, f, c = (np.load(path) for path in sys.argv[1:4])
A = np.exp(-36 * ((x[:, None, :] - c[None]) ** 2).sum(-1))
w, _, _, s = np.linalg.lstsq(A, f, rcond=None)
np.save(sys.argv[4], w)
print(s[0] / s[-1])`;
    const python = join(__dirname, '..', '.venv', 'bin', 'python');
    const found = spawnSync(
      python,
      ['-c', program, data.points, data.values, file('centers'), file('weights')],
      { encoding: 'utf8' },
    );
    assert.equal(found.status, 0, found.stderr);
    const [theirs, condition] = [loadNpy(file('weights')), Number(found.stdout)];
    assert.ok(condition > 1e2 && condition < 1e7, `${condition}`);
    for (const method of METHODS) {
      const u = await fitFiles({ ...data, centers, kernel, method });
      const worst = largestDifference(ndarray(u.weights.data, [60]), theirs);
      const size = Math.max(...theirs.data.map(Math.abs));
      assert.ok(worst < 1e-14 * condition * size, `${method}: ${worst / size} at condition ${condition}`);
      assert.ok(Math.abs(u.condition / condition - 1) < 1e-3, `${u.condition}, not ${condition}`);
    }
  });
});

describe('at a condition of 1e10', () => {
  const points = halton(2000, 1);
  const centers = halton(14, 1);
  const kernel = gaussianKernel(1.2);
  // Of the span of the kernels: least squares leave nothing but rounding.
  const weights = array(
    Array.from({ length: 14 }, (_, i) => Math.sin(i)),
    [14, 1],
  );
  const values = ndarray(evaluate(identity, kernel, points, centers, weights).data, [2000]);

  test('QR fits to the last digits, and the normal equations are refused', async () => {
    const data = saved(points, values, 'ill');
    const { warn } = console;
    console.warn = () => undefined;
    try {
      const u = await fitFiles({ ...data, centers, kernel });
      assert.ok(u.condition > 1e9, `${u.condition}`);
      assert.ok(u.residual < 1e-13, `${u.residual}`);
      await assert.rejects(
        fitFiles({ ...data, centers, kernel, method: 'normal equations' }),
        /not positive definite to working precision; method 'QR' takes worse conditions/,
      );
    } finally {
      console.warn = warn;
    }
  });
});

describe('the sums of rows', () => {
  const A = evaluate(identity, gaussianKernel(4), halton(300, 2), halton(12, 2));
  const f = ndarray(
    halton(300, 2).data.map((v, i) => Math.sin(9 * v + i)),
    [300, 2],
  );
  const solveIn = (make: (m: number, k: number) => GramMatrix | TriangularFactor, rows: number) =>
    nativeScope(() => {
      const sums = make(12, 2);
      for (let first = 0; first < 300; first += rows) {
        const count = Math.min(rows, 300 - first);
        const part = (a: F64, width: number) =>
          upload(a.data.subarray(first * width, (first + count) * width), [count, width]);
        sums.add(part(A, 12), part(f, 2));
      }
      return toArray((sums.solve() as { x: import('../modules/native_ops').Native }).x);
    });

  for (const [name, make] of [
    ['TriangularFactor', (m: number, k: number) => new TriangularFactor(m, k)],
    ['GramMatrix', (m: number, k: number) => new GramMatrix(m, k)],
  ] as const)
    test(`${name}: however the rows are cut, the residual is orthogonal to the columns`, () => {
      for (const rows of [1, 7, 13, 150, 300]) {
        const x = solveIn(make, rows);
        for (let column = 0; column < 2; column++)
          for (let j = 0; j < 12; j++) {
            let dot = 0;
            for (let i = 0; i < 300; i++) {
              let left = f.get(i, column);
              for (let l = 0; l < 12; l++) left -= A.get(i, l) * x.get(l, column);
              dot += left * A.get(i, j);
            }
            assert.ok(Math.abs(dot) < 1e-9, `${rows} rows at a time: ${dot}`);
          }
      }
    });
});

describe('errors name what is wrong', () => {
  const points = halton(100, 2);
  const values = at(points, field);
  const [centers, kernel] = [halton(20, 2), gaussianKernel(4)];
  const refused = async (name: string, p: F64, v: F64, options: object, message: RegExp) =>
    assert.rejects(
      fitFiles({ ...saved(p, v, name), centers, kernel, ...options }),
      (error: Error) => message.test(error.message),
      String(message),
    );

  test('of files', async () => {
    await refused('e', points, values.hi(99), {}, /values must be \[100\] or \[100, k\].*got \[99\]/);
    await refused('e', points, array([], [100, 0]), {}, /values must be .* got \[100,0\]/);
    await refused('e', halton(100, 3), values, {}, /points must be \[n, 2\], not empty, got \[100,3\]/);
    await refused('e', array([], [0, 2]), array([], [0]), {}, /points must be \[n, 2\], not empty/);
    await refused('e', halton(19, 2), values.hi(19), {}, /needs as many points as centers, 20, got 19/);
    const data = saved(points, values, 'short');
    truncateSync(data.values, 500);
    await assert.rejects(fitFiles({ ...data, centers, kernel }), /cut off/);
    await assert.rejects(fitFiles({ ...data, values: file('nothing'), centers, kernel }), /ENOENT/);
  });
  test('of numbers that are not finite, by their row', async () => {
    const bad = ndarray(values.data.slice(), [100]);
    bad.set(41, Number.NaN);
    await refused('e', points, bad, {}, /values\[41\] must be finite, got \(NaN\)/);
    const far = ndarray(points.data.slice(), [100, 2]);
    far.set(99, 0, Number.NEGATIVE_INFINITY);
    await refused('e', far, values, {}, /points\[99\] must be finite, got \(-Infinity, /);
  });
  test('of options', async () => {
    await refused('e', points, values, { method: 'LU' }, /method must be 'QR' or 'normal equations', got LU/);
    await refused('e', points, values, { kernel: () => 0 }, /kernel must be a kernel/);
    await refused('e', points, values, { degree: 1.5 }, /degree must be an integer/);
    const twice = array([0, 0, 1, 1, 0, 0], [3, 2]);
    await refused('e', points, values, { centers: twice }, /centers\[2\] is the same point as centers\[0\]/);
  });
});
