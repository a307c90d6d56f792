/** Evaluation from file to file: the numbers of evaluate, whole or not there, and resumed to the same bytes. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { interpolate } from '../modules/collocation';
import { evaluate } from '../modules/evaluation';
import { nativeCount } from '../modules/native_ops';
import { gaussianKernel, maternKernel, phsKernel, wendlandKernel } from '../modules/notable_kernels';
import { loadNpy, openNpy, saveNpy } from '../modules/npy_files';
import { gradient, hessian, identity, laplacian, scale } from '../modules/operators';
import { type F64, halton } from '../modules/point_sets';
import { SparseExpansion } from '../modules/sparse_interpolation';
import { type Expansion, evaluateFile } from '../modules/streamed_evaluation';
import { array, at, stack } from './support/fields';
import { openFiles } from './support/open_files';
import { slowExpansion } from './support/streamed_run';
import { assertClose } from './support/tolerances';

const folder = mkdtempSync(join(tmpdir(), 'streamed-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, `${name}.npy`);
/** What stands beside the input: half-written files and notes, too. */
const left = (name: string) => readdirSync(folder).filter(found => found.startsWith(`${name}.`));

const points = halton(1003, 2);
const centers = halton(30, 2);
const weights = array(
  Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  [30, 2],
);
const u = { kernel: gaussianKernel(3), centers, weights };
const input = file('points');
let tensors = 0;

before(() => {
  saveNpy(input, points);
  tensors = tf.memory().numTensors;
});
after(() => {
  assert.deepEqual([tf.memory().numTensors, nativeCount()], [tensors, 0]);
  assert.deepEqual(openFiles(folder), []);
});

describe('the file that is written', () => {
  for (const operator of [identity, laplacian, gradient, hessian])
    for (const rows of [1, 100, 1003, 5000, undefined])
      test(`holds the values of evaluate(${operator.name}, …), ${rows ?? 'as many as it likes'} rows at a time`, async () => {
        const part = rows === 1 ? points.hi(40, 2) : points;
        saveNpy(file('part'), part);
        const output = file('values');
        const result = await evaluateFile({ of: u, input: file('part'), output, operator, rows });
        const expected = evaluate(operator, u.kernel, part, centers, weights);
        const values = loadNpy(output);
        assert.deepEqual(values.shape, expected.shape);
        assert.deepEqual(result, { shape: expected.shape, resumedAt: 0 });
        assertClose(values.data, expected.data, 'float64', operator.name);
        assert.deepEqual(left('values'), ['values.npy']);
      });

  test('is of the points of a file in Fortran order, too', async () => {
    // NumPy saves a transposed array in Fortran order.
    const made = `import numpy as np; np.save(${JSON.stringify(file('fortran'))}, np.asfortranarray(np.load(${JSON.stringify(input)})))`;
    execFileSync(join(__dirname, '..', '.venv', 'bin', 'python'), ['-c', made]);
    await evaluateFile({ of: u, input, output: file('values'), rows: 100 });
    await evaluateFile({ of: u, input: file('fortran'), output: file('of-fortran'), rows: 100 });
    assert.deepEqual(readFileSync(file('of-fortran')), readFileSync(file('values')));
  });

  test('is of an interpolant with a polynomial tail, [n] for values [n]', async () => {
    const nodes = halton(50, 2);
    const fit = interpolate({
      nodes,
      values: at(nodes, (x, y) => x * y),
      kernel: phsKernel(3),
    });
    for (const operator of [identity, gradient]) {
      const { shape } = await evaluateFile({ of: fit, input, output: file('tail'), operator, rows: 200 });
      assert.deepEqual(shape, operator === identity ? [1003] : [1003, 2]);
      assertClose(loadNpy(file('tail')).data, fit.evaluate(points, operator).data, 'float64');
    }
  });

  test('is of a sparse expansion', async () => {
    const sparse = new SparseExpansion({ kernel: wendlandKernel(4, 0.3), centers, weights });
    await evaluateFile({ of: sparse, input, output: file('sparse'), operator: laplacian, rows: 200 });
    assertClose(
      loadNpy(file('sparse')).data,
      evaluate(laplacian, sparse.kernel, points, centers, weights).data,
      'float64',
    );
  });

  test('is of an operator with a coefficient that is a function of the points', async () => {
    const operator = scale(x => at(x, (a, b) => a + 2 * b), laplacian);
    await evaluateFile({ of: u, input, output: file('varying'), operator, rows: 200 });
    const expected = evaluate(operator, u.kernel, points, centers, weights);
    assertClose(loadNpy(file('varying')).data, expected.data, 'float64');
  });
});

/** Starts the run in a process of its own. */
const start = (output: string, rows: number, pause: number): ChildProcess =>
  spawn(
    process.execPath,
    [
      ...['--import', require.resolve('tsx'), join(__dirname, 'support', 'streamed_run.ts')],
      ...[input, output, String(rows), String(pause)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } },
  );

describe('a run that is killed', () => {
  test('at random moments leaves the old file as it was, and goes on to the same bytes', async t => {
    const output = file('killed');
    const old = Buffer.from('what was there before');
    writeFileSync(output, old);
    const reference = await evaluateFile({
      of: slowExpansion(0),
      operator: gradient,
      input,
      output: file('reference'),
      rows: 10,
    });
    assert.deepEqual(reference.shape, [1003, 2, 1]);

    let [kills, noted] = [0, 0];
    const resumedAt: number[] = [];
    for (;;) {
      // A whole run takes six seconds at least, more than six kills leave it: none ends while it is killed.
      const run = start(output, 10, 60);
      let printed = '';
      run.stdout?.on('data', chunk => {
        printed += chunk;
      });
      const ended = new Promise<NodeJS.Signals | null>(resolve =>
        run.on('exit', (_, signal) => resolve(signal)),
      );
      // It has begun when its own note is there.
      const begun = () => existsSync(`${output}.partial.json`) && readNoteRun(output) !== lastRun;
      const lastRun = readNoteRun(output);
      while (!begun() && run.exitCode === null) await sleep(5);
      const moment = 700 * Math.random();
      t.diagnostic(`killed ${moment} ms after it began`);
      const alive = await Promise.race([sleep(moment, true), ended.then(() => false)]);
      if (alive && kills < 6) run.kill('SIGKILL');
      const signal = await ended;
      if (signal === null) {
        assert.equal(run.exitCode, 0);
        resumedAt.push(JSON.parse(printed).resumedAt);
        break;
      }
      kills++;
      assert.deepEqual(readFileSync(output), old, 'the output before the run has ended');
      const { rows } = JSON.parse(readFileSync(`${output}.partial.json`, 'utf8'));
      assert.ok(rows >= noted, `${rows} after ${noted}`);
      noted = rows;
    }
    assert.ok(kills >= 2, `killed ${kills} times`);
    assert.equal(resumedAt[0], noted);
    assert.deepEqual(readFileSync(output), readFileSync(file('reference')));
    assert.deepEqual(left('killed'), ['killed.npy']);
  });

  const readNoteRun = (output: string): string | undefined => {
    try {
      return JSON.parse(readFileSync(`${output}.partial.json`, 'utf8')).run;
    } catch {
      return undefined;
    }
  };
});

/** Begins a run that stops by an error after some blocks of 100 rows, which are noted. */
async function interrupted(output: string, of: Expansion = u, blocks = 4): Promise<number> {
  let calls = -1; // the first one is of one point
  const evaluateSome = (x: F64, operator: typeof identity) => {
    if (calls++ === blocks) throw new Error('stopped');
    if (calls === blocks) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    return evaluate(operator, of.kernel, x, of.centers, of.weights);
  };
  await assert.rejects(
    evaluateFile({
      of: { ...of, evaluate: evaluateSome as Expansion['evaluate'] },
      input,
      output,
      rows: 100,
    }),
    /stopped/,
  );
  return JSON.parse(readFileSync(`${output}.partial.json`, 'utf8')).rows;
}

describe('a run that is started again', () => {
  const output = file('again');
  before(async () => {
    await evaluateFile({ of: u, input, output: file('once'), rows: 100 });
  });
  const same = () => assert.deepEqual(readFileSync(output), readFileSync(file('once')));

  test('goes on where it was, by the rows that its note says', async () => {
    const rows = await interrupted(output);
    assert.equal(rows, 400);
    assert.equal((await evaluateFile({ of: u, input, output, rows: 100 })).resumedAt, 400);
    same();
    assert.deepEqual(left('again'), ['again.npy']);
  });

  const other = { ...u, weights: array([...weights.data].reverse(), [30, 2]) };
  const changes: [string, object][] = [
    ['other weights', { of: other }],
    ['other centers', { of: { ...u, centers: halton(31, 2).lo(1, 0) } }],
    ['another kernel', { of: { ...u, kernel: maternKernel(2.5, 0.5) } }],
    ['another shape', { of: { ...u, kernel: gaussianKernel(3.1) } }],
    ['another operator', { operator: laplacian }],
    ['other rows', { rows: 50 }],
  ];
  for (const [what, change] of changes)
    test(`starts anew with ${what}`, async () => {
      assert.ok((await interrupted(output)) > 0);
      const options = { of: u, operator: identity, rows: 100, input, ...change };
      assert.equal((await evaluateFile({ ...options, output })).resumedAt, 0);
      await evaluateFile({ ...options, output: file('other') });
      assert.deepEqual(readFileSync(output), readFileSync(file('other')));
    });

  test('starts anew where the input was written meanwhile', async () => {
    await interrupted(output);
    utimesSync(input, new Date(), new Date());
    assert.equal((await evaluateFile({ of: u, input, output, rows: 100 })).resumedAt, 0);
    same();
  });
  test('starts anew with a coefficient that is a function: what it computes cannot be compared', async () => {
    const operator = scale(x => at(x, a => a), identity);
    const options = { of: u, operator, input, output, rows: 100 };
    await evaluateFile(options);
    copyFileSync(output, `${output}.partial`);
    assert.equal((await evaluateFile(options)).resumedAt, 0);
  });

  const damages: [string, () => void][] = [
    ['the note is torn', () => truncateSync(`${output}.partial.json`, 30)],
    ['the note is empty', () => truncateSync(`${output}.partial.json`, 0)],
    ['the note is gone', () => rmSync(`${output}.partial.json`)],
    ['the note says nonsense', () => writeFileSync(`${output}.partial.json`, '{"madeOf":1,"rows":"all"}')],
    ['the rows are fewer than the note says', () => truncateSync(`${output}.partial`, 128 + 399 * 16)],
    ['the half-written file is gone', () => rmSync(`${output}.partial`)],
    ['the half-written file is another', () => saveNpy(`${output}.partial`, halton(900, 3))],
  ];
  for (const [what, damage] of damages)
    test(`starts anew where ${what}`, async () => {
      assert.equal(await interrupted(output), 400);
      damage();
      assert.equal((await evaluateFile({ of: u, input, output, rows: 100 })).resumedAt, 0);
      same();
    });

  test('writes rows again that are not on the note: half a row, or half a block', async () => {
    await interrupted(output);
    appendFileSync(`${output}.partial`, Buffer.alloc(77, 255));
    assert.equal((await evaluateFile({ of: u, input, output, rows: 100 })).resumedAt, 400);
    same();
  });

  test('of two runs into one file one gives up, and the file is whole', async () => {
    const slow = slowExpansion(30);
    const options = { of: slow, input, output, rows: 100 };
    const both = await Promise.allSettled([evaluateFile(options), evaluateFile({ ...options, rows: 50 })]);
    const failed = both.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    assert.equal(failed.length, 1);
    assert.match(failed[0].reason.message, /another run writes '.*again\.npy'/);
    await evaluateFile({ ...options, of: slowExpansion(0), rows: 50, output: file('other') });
    const winner = loadNpy(output);
    assertClose(winner.data, loadNpy(file('other')).data, 'float64');
    assert.deepEqual(left('again'), ['again.npy']);
  });
});

describe('errors name what is wrong', () => {
  const output = file('none');
  const refused = (options: object, message: RegExp, kind: ErrorConstructor = RangeError) =>
    assert.rejects(
      evaluateFile({ of: u, input, output, ...options }),
      (error: Error) => error instanceof kind && message.test(error.message),
      String(message),
    );

  test('a point that is not finite, by its row in the file', async () => {
    const bad = ndarray(points.data.slice(), points.shape);
    bad.set(734, 1, Number.NaN);
    saveNpy(file('nan'), bad);
    await refused({ input: file('nan'), rows: 100 }, /input\[734\] must be finite, got \(0\.\d+, NaN\)/);
    assert.ok(!existsSync(output));
  });
  test('a derivative that does not exist at a point, by its rows', async () => {
    saveNpy(file('meets'), stack(points.lo(30, 0).hi(250, 2), centers.hi(1, 2)));
    await refused(
      { of: { ...u, kernel: maternKernel(0.5, 1) }, input: file('meets'), operator: laplacian, rows: 100 },
      /among the rows from 200 to 250, evaluate\(laplacian, …\): .*x\[50\] = \(0\.5, 0\.333\d+\) is center 0/,
    );
  });
  test('files of the wrong kind or shape', async () => {
    await refused({ input: file('nothing') }, /ENOENT/, Error);
    saveNpy(file('line'), array([1, 2, 3], [3]));
    await refused({ input: file('line') }, /input must be \[n, 2\], not empty, got \[3\]/);
    saveNpy(file('space'), halton(9, 3));
    await refused({ input: file('space') }, /input must be \[n, 2\], not empty, got \[9,3\]/);
    saveNpy(file('none-of-it'), array([], [0, 2]));
    await refused({ input: file('none-of-it') }, /input must be \[n, 2\], not empty, got \[0,2\]/);
    writeFileSync(file('text'), 'x,y\n0.5,0.5\n');
    await refused({ input: file('text') }, /not an \.npy file/);
    copyFileSync(input, file('short'));
    truncateSync(file('short'), 5000);
    await refused({ input: file('short') }, /the file is cut off: \[1003,2\] needs 16176 bytes, it has 5000/);
  });
  test('what is not an expansion, and rows that are no count', async () => {
    for (const of of [undefined, null, {}, { kernel: u.kernel }, { ...u, centers: [[0, 1]] }])
      await refused({ of }, /of must be \{ kernel, centers, weights \} or a fit/, TypeError);
    await refused({ of: { ...u, kernel: () => 1 } }, /the kernel is a plain function/, TypeError);
    for (const rows of [0, -1, 1.5, Number.NaN]) await refused({ rows }, /rows must be a positive integer/);
    await refused({ operator: 'laplacian' }, /operator must be one of operators\.ts/, TypeError);
    await refused({ output: join(folder, 'no', 'folder.npy') }, /ENOENT/, Error);
  });
  test('an input that is changed while it is read', async () => {
    copyFileSync(input, file('changing'));
    const run = evaluateFile({ of: slowExpansion(30), input: file('changing'), output, rows: 100 });
    await sleep(60);
    saveNpy(file('changing'), points);
    await assert.rejects(run, /the input was changed while it was read/);
    assert.ok(!existsSync(output));
  });
  test('a progress bar that is not awaited in vain: the label says what it counts', async () => {
    const lines: string[] = [];
    const { log } = console;
    console.log = (line: string) => lines.push(line);
    try {
      await evaluateFile({ of: u, input, output: file('bar'), rows: 100, label: 'points' });
    } finally {
      console.log = log;
    }
    assert.deepEqual(lines, ['points: 1003 of 1003']);
  });
});

test('memory does not grow with the points: 16 times as many take no 40 MB more', () => {
  const program = `
    const { createNpy } = require('./modules/npy_files');
    const { evaluateFile } = require('./modules/streamed_evaluation');
    const { gaussianKernel } = require('./modules/notable_kernels');
    const ndarray = require('ndarray');
    const array = (n, d, f) => ndarray(Float64Array.from({ length: n * d }, f), [n, d]);
    const of = { kernel: gaussianKernel(1), centers: array(4, 2, (_, i) => Math.sin(i)), weights: array(4, 1, (_, i) => Math.cos(i)) };
    (async () => {
      const peaks = [];
      for (const n of [250_000, 4_000_000]) {
        const file = createNpy(process.argv[1], [n, 2]);
        const block = array(50_000, 2, (_, i) => Math.tan(i));
        for (let i = 0; i < n; i += 50_000) file.write(block);
        file.close();
        await evaluateFile({ of, input: process.argv[1], output: process.argv[2] });
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
  const reader = openNpy(file('many-values'));
  assert.deepEqual(reader.shape, [4_000_000, 1]);
  reader.close();
  // The files are 64 and 32 MB.
  assert.ok(second - first < 40, `${first} MB, then ${second} MB`);
});
