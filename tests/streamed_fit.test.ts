/** Least squares over files: what collocate and NumPy's lstsq find with all of the data in memory. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
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
import { TriangularFactor } from '../modules/triangular_factor';
import { array, at, largestDifference, row } from './support/fields';
import { openFiles } from './support/open_files';

const folder = mkdtempSync(join(tmpdir(), 'fit-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, `${name}.npy`);

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
    test(`${name}: the function that collocate finds in memory`, async () => {
      const u = await fitFiles({ ...data, centers, kernel, degree });
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
    const u = await fitFiles({ ...saved(some, both, 'both'), ...options });
    assert.deepEqual(u.weights.shape, [40, 2]);
    const one = (await fitFiles({ ...saved(some, other, 'one'), ...options })).evaluate(tests);
    assert.deepEqual(one.shape, [500]);
    const second = u.evaluate(tests).pick(-1, 1);
    for (let i = 0; i < 500; i++) assert.ok(Math.abs(second.get(i) - one.data[i]) < 1e-9);
  });

  test('is deterministic, and draws its progress where it has a label', async () => {
    const lines: string[] = [];
    const { log } = console;
    console.log = (line: string) => lines.push(line);
    const options = { ...data, centers, kernel: gaussianKernel(4), label: 'rows' };
    try {
      const u = await fitFiles(options);
      assert.deepEqual((await fitFiles({ ...options, label: undefined })).weights.data, u.weights.data);
    } finally {
      console.log = log;
    }
    assert.deepEqual(lines, ['rows: 460000 of 460000']);
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
    const u = await fitFiles({ ...data, centers, kernel });
    const worst = largestDifference(ndarray(u.weights.data, [60]), theirs);
    const size = Math.max(...theirs.data.map(Math.abs));
    assert.ok(worst < 1e-14 * condition * size, `${worst / size} at condition ${condition}`);
    assert.ok(Math.abs(u.condition / condition - 1) < 1e-3, `${u.condition}, not ${condition}`);
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

  test('the fit is right to the last digits', async () => {
    const { warn } = console;
    console.warn = () => undefined;
    try {
      const u = await fitFiles({ ...saved(points, values, 'ill'), centers, kernel });
      assert.ok(u.condition > 1e9, `${u.condition}`);
      assert.ok(u.residual < 1e-13, `${u.residual}`);
    } finally {
      console.warn = warn;
    }
  });
});

describe('the triangle of rows that come block after block', () => {
  const m = 300;
  const values = (x: F64) =>
    array(
      Array.from({ length: 2 * x.shape[0] }, (_, i) => Math.sin(5 * x.get(i >> 1, 0)) + (i % 2)),
      [x.shape[0], 2],
    );
  /** R and the weights, of the rows in blocks of this many. */
  const factored = (x: F64, eps: number, rows: number) => {
    const n = x.shape[0];
    const A = evaluate(identity, gaussianKernel(eps), x, halton(m, 2));
    const f = values(x);
    const factor = new TriangularFactor(m, 2);
    for (let first = 0; first < n; first += rows)
      nativeScope(() => {
        const end = Math.min(first + rows, n);
        const part = (a: F64, width: number) =>
          upload(a.data.slice(first * width, end * width), [end - first, width]);
        factor.add(part(A, m), part(f, 2));
      });
    const weights = nativeScope(() => toArray(factor.solve().x));
    const misses = evaluate(identity, gaussianKernel(eps), x, halton(m, 2), weights).data.map(
      (v, i) => v - f.data[i],
    );
    return { condition: factor.condition(), misses };
  };
  const norm = (a: Float64Array) => Math.hypot(...a);

  const random = halton(4800, 2);
  const sorted = array(
    Array.from({ length: 4800 }, (_, i) => row(random, i))
      .sort((a, b) => a[0] - b[0])
      .flat(),
    [4800, 2],
  );
  // At 6 the condition is 1e10, at 10 it is 4e4.
  for (const [order, x] of Object.entries({ random, sorted }))
    for (const eps of [10, 6])
      test(`has the condition and the residual of one block, ${order} points, ε = ${eps}`, () => {
        const whole = factored(x, eps, 4800);
        for (const rows of [100, 310, 1100]) {
          const { condition, misses } = factored(x, eps, rows);
          assert.ok(Math.abs(condition / whole.condition - 1) < 1e-4, `${condition}, not ${whole.condition}`);
          const ratio = norm(misses) / norm(whole.misses);
          assert.ok(Math.abs(ratio - 1) < 1e-6, `${rows} rows at a time: ${ratio}`);
        }
      });

  test('takes a matrix that is singular: one of the solutions is found', () => {
    const A = array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6], [6, 2]);
    const factor = new TriangularFactor(2, 1);
    for (let first = 0; first < 6; first += 2)
      nativeScope(() => {
        const part = A.data.slice(2 * first, 2 * first + 4);
        factor.add(upload(part, [2, 2]), upload(Float64Array.of(part[0], part[2]), [2, 1]));
      });
    const { data } = nativeScope(() => toArray(factor.solve().x));
    assert.ok(Math.abs(data[0] + data[1] - 1) < 1e-12, `${data}`);
  });
});

test('memory does not grow with the points: a matrix of 422 MB takes no 120 MB more than one of 35 MB', () => {
  const program = `
    const { createNpy } = require('./modules/npy_files');
    const { fitFiles } = require('./modules/streamed_fit');
    const { gaussianKernel } = require('./modules/notable_kernels');
    const { halton } = require('./modules/point_sets');
    const ndarray = require('ndarray');
    (async () => {
      const peaks = [];
      const [points, values] = process.argv.slice(1);
      const x = halton(110_000, 2);
      const f = ndarray(x.data.filter((_, i) => i % 2), [110_000]);
      for (const blocks of [1, 12]) {
        const files = [createNpy(points, [blocks * 110_000, 2]), createNpy(values, [blocks * 110_000])];
        for (let i = 0; i < blocks; i++) files.forEach((file, k) => file.write(k === 0 ? x : f));
        files.forEach(file => file.close());
        await fitFiles({ points, values, centers: halton(40, 2), kernel: gaussianKernel(4) });
        peaks.push(process.resourceUsage().maxRSS / 1024);
      }
      console.log(JSON.stringify(peaks));
    })();`;
  const [first, second] = JSON.parse(
    execFileSync(
      process.execPath,
      ['--import', require.resolve('tsx'), '-e', program, file('many'), file('many-values')],
      { cwd: join(__dirname, '..'), encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } },
    ),
  );
  assert.ok(second - first < 120, `${first} MB, then ${second} MB`);
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
    await refused('e', points, values, { kernel: () => 0 }, /kernel must be a kernel/);
    await refused('e', points, values, { degree: 1.5 }, /degree must be an integer/);
    const twice = array([0, 0, 1, 1, 0, 0], [3, 2]);
    await refused('e', points, values, { centers: twice }, /centers\[2\] is the same point as centers\[0\]/);
  });
});
