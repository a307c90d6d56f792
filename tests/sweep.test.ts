import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sweepColumn, sweepRows } from '../modules/sweep_table';
import { ROOT } from '../scripts/setup/paths.mjs';
import { readArguments, readParameters } from '../scripts/sweep/arguments.mjs';
import { setUpSweep, sweepPython } from '../scripts/sweep/environment.mjs';
import { makePlan, type Plan } from '../scripts/sweep/plan.mjs';
import { type CellSource, temporaryFolder, writeNotebook } from './support/made_notebooks';

const folder = temporaryFolder(after);
symlinkSync(join(ROOT, 'modules'), join(folder, 'modules'));

const parametersCell = (source: string): CellSource => ({ source, tags: ['parameters'] });

/** A sweep from the command line, in its own process as a user has it. */
class Sweep {
  said = '';
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;

  constructor(args: string[], traces = folder) {
    this.child = spawn(process.execPath, [join(ROOT, 'scripts', 'sweep', 'sweep.mjs'), ...args], {
      cwd: folder,
      env: { ...process.env, INIT_CWD: folder, SWEEP_TRACES: traces },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', data => {
        this.said += data;
      });
    this.code = once(this.child, 'close').then(([code]) => code);
  }
}

/** The same table, from Parquet and with its types. */
function parquet(out: string): { types: Record<string, string>; rows: Record<string, unknown>[] } {
  const code =
    'import json, sys; from pyarrow import parquet; t = parquet.read_table(sys.argv[1]); ' +
    'print(json.dumps({"types": {f.name: str(f.type) for f in t.schema}, ' +
    '"rows": [{k: str(v) if isinstance(v, list) else v for k, v in row.items()} for row in t.to_pylist()]}))';
  return JSON.parse(
    execFileSync(sweepPython, ['-c', code, join(out, 'table.parquet')], { encoding: 'utf8' }),
  );
}

/** Waits until a thing is there, as long as the sweep that should bring it goes on. */
async function eventually<T>(what: string, by: Sweep, look: () => T | undefined | false): Promise<T> {
  for (; by.child.exitCode === null; await sleep(100)) {
    const found = look();
    if (found !== undefined && found !== false) return found;
  }
  return assert.fail(`${what} did not come: ${by.said}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What the runs of a sweep left in a folder: names of empty files. */
const traces = (place: string, beginning: string) =>
  readdirSync(place)
    .filter(name => name.startsWith(`${beginning} `))
    .map(name => name.slice(beginning.length + 1))
    .sort();

/** Code of a cell that leaves a trace, once for each time that it is run. */
const LEAVE_TRACE = `import { existsSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
const traces = process.env.SWEEP_TRACES ?? '.';
const leave = (words: string) => writeFileSync(\`\${traces}/\${words}\`, '');`;

before(() => setUpSweep(), { timeout: 600_000 });

describe('the command line', () => {
  const values = (text: string) => readParameters([`p=${text}`]).get('p');

  test('reads numbers, strings, booleans, null and arrays, whose commas do not separate values', () => {
    assert.deepEqual(values('1,2.5,-3e-2,.5'), [1, 2.5, -0.03, 0.5]);
    assert.deepEqual(values('gaussian, two words ,"a,b"'), ['gaussian', 'two words', 'a,b']);
    assert.deepEqual(values('true,false,null'), [true, false, null]);
    assert.deepEqual(values('[0,1],[[2],[3,4]],"]"'), [[0, 1], [[2], [3, 4]], ']']);
  });

  test('says what it cannot read', () => {
    const refused = (args: string[], message: RegExp) =>
      assert.throws(() => readArguments(args), { message });
    const one = ['a.ipynb', '-p', 'eps=1'];
    refused(['-p', 'eps=1'], /There must be one notebook, got 0/);
    refused(['a.ipynb'], /There is nothing to sweep over/);
    refused(['a.ipynb', '-p', 'eps'], /^-p: NAME=VALUE,… with the name of a variable, got eps$/);
    refused(['a.ipynb', '-p', '2x=1'], /with the name of a variable, got 2x=1$/);
    refused(['a.ipynb', '-p', 'eps=1,,2'], /^-p eps: a value is missing in 1,,2$/);
    refused(['a.ipynb', '-p', 'eps='], /^-p eps: a value is missing/);
    refused(['a.ipynb', '-p', 'eps=[1'], /^-p eps: a bracket or a quote has no partner in \[1$/);
    refused([...one, '-p', 'eps=2'], /^-p eps: it comes twice$/);
    refused([...one, '--workers', '0'], /^--workers: a whole number, 1 or more, got 0$/);
    refused([...one, '--retries', 'x'], /^--retries: a whole number, 0 or more, got x$/);
    refused([...one, '--chart', 'rms'], /^--chart: RESULT:PARAMETER with one of eps, got rms$/);
    refused([...one, '--chart', 'rms:n'], /^--chart: .* with one of eps, got rms:n$/);
  });
});

describe('a plan', () => {
  const place = join(folder, 'plans');
  const lines: Record<string, string> = {
    'a.ts': "import { b } from './deeper/b';\nexport const a = b;",
    'deeper/b.ts': "import text from './c.json';\nexport const b = text.c;",
    'deeper/c.json': '{ "c": 1 }',
    'other.ts': 'export const other = 1;',
    'data.txt': '1 2 3',
  };
  const cells = [
    parametersCell('const eps = 1, n = 2;\nlet kernel = "gaussian";'),
    "import { a } from './a';\nimport * as fs from 'node:fs';\nconsole.log(a, fs);",
  ];
  let notebook: string;
  before(() => {
    mkdirSync(join(place, 'deeper'), { recursive: true });
    for (const [name, text] of Object.entries(lines)) writeFileSync(join(place, name), text);
    notebook = writeNotebook(place, 'planned', cells);
  });
  const plan = (...args: string[]): Plan => makePlan(readArguments([notebook, '-p', 'eps=1,2', ...args]));
  const keys = ({ runs }: Plan) => runs.map(({ key }) => key);

  test('has a run for each combination, in order, and none twice', () => {
    const { runs } = plan('-p', 'n=3,4,3');
    assert.deepEqual(
      runs.map(({ index, name, parameters }) => [index, name, parameters]),
      [
        [0, 'eps=1, n=3', { eps: 1, n: 3 }],
        [1, 'eps=1, n=4', { eps: 1, n: 4 }],
        [2, 'eps=2, n=3', { eps: 2, n: 3 }],
        [3, 'eps=2, n=4', { eps: 2, n: 4 }],
      ],
    );
  });

  test('holds what the notebook imports, through other files too, and what it is told, and nothing else', () => {
    assert.deepEqual(Object.keys(plan().sources.files), ['a.ts', 'deeper/b.ts', 'deeper/c.json']);
    const { files } = plan('--with', join(place, 'data.txt')).sources;
    assert.equal(Buffer.from(files['data.txt'], 'base64').toString(), '1 2 3');
  });

  test('keeps its keys when outputs, text and other files change, and the order of parameters', () => {
    const was = keys(plan('-p', 'n=3'));
    const content = JSON.parse(readFileSync(notebook, 'utf8'));
    content.cells[1].outputs = [{ output_type: 'stream', name: 'stdout', text: 'old' }];
    content.cells.push({ cell_type: 'markdown', id: 'words', metadata: {}, source: 'Words' });
    writeFileSync(notebook, JSON.stringify(content));
    writeFileSync(join(place, 'other.ts'), 'export const other = 2;');
    assert.deepEqual(keys(makePlan(readArguments([notebook, '-p', 'n=3', '-p', 'eps=1,2']))), was);
    notebook = writeNotebook(place, 'planned', cells);
    assert.deepEqual(keys(plan('-p', 'n=3')), was);
  });

  test('has other keys when a cell, an imported file or an extra one is another', () => {
    const seen = [keys(plan())];
    const sees = (another: string[]) => {
      for (const before of seen) assert.ok(another.every(key => !before.includes(key)));
      seen.push(another);
    };
    writeFileSync(join(place, 'deeper', 'c.json'), '{ "c": 2 }');
    sees(keys(plan()));
    sees(keys(plan('--with', join(place, 'data.txt'))));
    writeFileSync(join(place, 'data.txt'), '4');
    sees(keys(plan('--with', join(place, 'data.txt'))));
    notebook = writeNotebook(place, 'planned', [cells[0], `${cells[1]}\nconsole.log(1);`]);
    sees(keys(plan()));
  });

  test('is refused for an unknown parameter, a file that is not there, and one that lies elsewhere', () => {
    assert.throws(() => plan('-p', 'epz=1'), {
      message: '-p epz: planned.ipynb has the parameters eps, n, kernel',
    });
    assert.throws(() => plan('--with', join(place, 'nowhere')), {
      message: /nowhere: there is no such file$/,
    });
    assert.throws(() => plan('--with', join(ROOT, 'package.json')), {
      message: /package\.json does not lie in the folder of planned\.ipynb/,
    });
    const other = (name: string, sources: CellSource[]) => () =>
      makePlan(readArguments([writeNotebook(place, name, sources), '-p', 'eps=1']));
    assert.throws(other('untagged', ['let eps = 1;']), { message: /has no cell with the tag "parameters"/ });
    assert.throws(other('lost', [cells[0], "import './nowhere';"]), {
      message: /lost\.ipynb imports \.\/nowhere, and there is no such file$/,
    });
    assert.throws(() => makePlan(readArguments([join(place, 'none.ipynb'), '-p', 'eps=1'])), {
      message: /none\.ipynb: there is no such file$/,
    });
    assert.throws(() => makePlan(readArguments([join(place, 'a.ts'), '-p', 'eps=1'])), {
      message: /a\.ts is not a notebook$/,
    });
  });
});

/** The notebook's own code; it is imported by the notebook, and here for the direct runs. */
const MEASURE = `import { identity } from './modules/differential_operators';
import { interpolate } from './modules/interpolation';
import { sinc2d } from './modules/notable_functions';
import { gaussianKernel } from './modules/notable_kernels';
import { cartesianProd, halton, linspace } from './modules/point_sets';

/** Root mean square, on a grid of 40 × 40, of the error of the Gaussian interpolant of sinc x · sinc y. */
export function measure(eps: number, n: number): number {
  const nodes = halton(n, 2);
  const u = interpolate({ nodes, values: sinc2d.evaluate(identity, nodes), kernel: gaussianKernel(eps) });
  const x = cartesianProd(linspace(0, 1, 40), linspace(0, 1, 40));
  const [got, wanted] = [u.evaluate(x), sinc2d.evaluate(identity, x)];
  let sum = 0;
  for (let i = 0; i < x.shape[0]; i++) sum += (got.get(i) - wanted.get(i)) ** 2;
  return Math.sqrt(sum / x.shape[0]);
}
`;

describe('a sweep of six runs, one of which fails and one of whose workers is killed', () => {
  const place = join(folder, 'six');
  const out = join(folder, 'six-out');
  const lossy = { eps: 2, n: 9 };
  const failing = { eps: 4, n: 81 };
  const is = ({ eps, n }: typeof lossy) => `eps === ${eps} && n === ${n}`;
  const name = ({ eps, n }: typeof lossy) => `eps=${eps}, n=${n}`;
  let args: string[];
  let first: Sweep;
  let killed: { worker: number; kernel: number };
  let tableThen: string;
  let parquetThen: ReturnType<typeof parquet>;
  let again: Sweep;
  let ranAgain: string[];

  before(
    async () => {
      mkdirSync(place);
      writeFileSync(join(folder, 'measure.ts'), MEASURE);
      const notebook = writeNotebook(folder, 'six', [
        parametersCell('const eps = 3;\nlet n = 81;'),
        LEAVE_TRACE,
        `leave(\`run eps=\${eps}, n=\${n} \${randomUUID()}\`);
if (${is(failing)}) throw new RangeError('this one fails');
if (${is(lossy)} && !existsSync(\`\${traces}/go\`)) {
  leave(\`waits \${process.ppid} \${process.pid}\`);
  await new Promise(resolve => setTimeout(resolve, 100_000));
}`,
        `import { record } from './modules/display';
import { measure } from './measure';
record('rms', measure(eps, n));
record('pair', [eps, n, eps > 3 ? NaN : Infinity]);
record('size', n > 50 ? 'large' : 'small');
if (n === 9) record('small', true);`,
      ]);
      args = [
        notebook,
        '-p',
        'eps=2,3,4',
        '-p',
        'n=9,81',
        '--workers',
        '2',
        '--out',
        out,
        '--chart',
        'rms:eps',
      ];
      first = new Sweep(args, place);
      const [waiting] = await eventually('the run that waits', first, () => {
        const found = traces(place, 'waits');
        return found.length > 0 && found;
      });
      const [worker, kernel] = waiting.split(' ').map(Number);
      killed = { worker, kernel };
      writeFileSync(join(place, 'go'), '');
      process.kill(worker, 'SIGKILL');
      await first.code;
      tableThen = readFileSync(join(out, 'table.csv'), 'utf8');
      parquetThen = parquet(out);
      const ran = traces(place, 'run');
      again = new Sweep(args, place);
      await again.code;
      ranAgain = traces(place, 'run').filter(trace => !ran.includes(trace));
    },
    { timeout: 600_000 },
  );

  test('says which run failed, in which line of which cell and why, and exits with 1', async () => {
    assert.equal(await first.code, 1, first.said);
    assert.ok(
      first.said.includes(
        `FAILED ${name(failing)}: cell 4 (if (${is(failing)}) throw new RangeError('this one fails');): RangeError: this one fails\n`,
      ),
      first.said,
    );
    assert.match(first.said, /^5 of 6 runs finished, 1 failed \(\d+ s\)$/m);
  });

  test('tried the one that fails twice', () => {
    const ran = traces(place, 'run').filter(trace => !ranAgain.includes(trace));
    assert.equal(ran.filter(trace => trace.startsWith(name(failing))).length, 2);
  });

  test('says that a worker died, runs its run again, and leaves neither worker nor kernel', () => {
    assert.match(first.said, /^A worker died; again: (?:.*; )?eps=2, n=9(?:;|$)/m);
    assert.ok(traces(place, 'run').filter(trace => trace.startsWith(name(lossy))).length >= 2);
    assert.deepEqual([isAlive(killed.worker), isAlive(killed.kernel)], [false, false]);
  });

  test('has a table of six rows with the parameters as columns, what was recorded, and links to the notebooks', () => {
    const rows = sweepRows(tableThen);
    assert.deepEqual(Object.keys(rows[0]), [
      ...['eps', 'n', 'run_status', 'run_seconds', 'run_error', 'run_notebook'],
      ...['rms', 'pair', 'size', 'small'],
    ]);
    assert.deepEqual(
      rows.map(({ eps, n, run_status, pair, size, small }) => [eps, n, run_status, pair, size, small]),
      [
        [2, 9, 'done', [2, 9, Infinity], 'small', true],
        [2, 81, 'done', [2, 81, Infinity], 'large', null],
        [3, 9, 'done', [3, 9, Infinity], 'small', true],
        [3, 81, 'done', [3, 81, Infinity], 'large', null],
        [4, 9, 'done', [4, 9, Number.NaN], 'small', true],
        [4, 81, 'failed', null, null, null],
      ],
    );
    assert.match(String(rows[5].run_error), /^cell 4 \(.*\): RangeError: this one fails$/);
    for (const { eps, n, run_notebook, run_seconds } of rows) {
      const executed = JSON.parse(readFileSync(join(out, String(run_notebook)), 'utf8'));
      assert.deepEqual(executed.metadata.papermill.parameters, { eps, n });
      assert.ok(Number(run_seconds) > 0);
    }
  });

  test('has the same numbers as direct runs, to the last bit', async () => {
    const { measure } = await import(join(folder, 'measure.ts'));
    const done = sweepRows(tableThen).filter(row => row.run_status === 'done');
    const direct = done.map(({ eps, n }) => measure(eps, n));
    assert.deepEqual(sweepColumn(done, 'rms'), direct);
  });

  test('has the errors that are published for 81 nodes', () => {
    for (const [eps, rms] of [
      [2, 1.4e-5],
      [3, 9.1e-4],
    ]) {
      const row = sweepRows(tableThen).find(row => row.eps === eps && row.n === 81);
      assert.equal(Number(Number(row?.rms).toPrecision(2)), rms);
    }
  });

  test('has the same table in Parquet, with types', () => {
    assert.deepEqual(parquetThen.types, {
      ...{ eps: 'int64', n: 'int64', run_status: 'string', run_seconds: 'double', run_error: 'string' },
      ...{
        run_notebook: 'string',
        rms: 'double',
        pair: 'list<element: double>',
        size: 'string',
        small: 'bool',
      },
    });
    const asPython = (cell: unknown) =>
      Array.isArray(cell)
        ? `[${cell.map(x => (Number.isInteger(x) ? `${x}.0` : `${x}`.replace('Infinity', 'inf').replace('NaN', 'nan'))).join(', ')}]`
        : cell;
    const rows = sweepRows(tableThen).map(row =>
      Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, asPython(cell)])),
    );
    assert.deepEqual(parquetThen.rows, rows);
  });

  test('draws the chart that was asked for, and says from where to where its lines go', () => {
    const svg = readFileSync(join(out, 'rms_over_eps.svg'), 'utf8');
    assert.equal(
      /^<svg [^>]*aria-label="([^"]*)"/.exec(svg)?.[1],
      'rms over eps in 5 runs, a line for each of n = 9; n = 81. n = 9: from 0.0779 at eps = 2 to 0.2 at eps = 4; ' +
        'n = 81: from 1.38e-5 at eps = 2 to 0.000911 at eps = 3.',
    );
  });

  test('when started again, repeats the failed run alone, and gives the same table', async () => {
    assert.equal(await again.code, 1);
    assert.match(again.said, /^six: 6 runs, 5 of them finished before$/m);
    assert.deepEqual(
      ranAgain.map(trace => trace.replace(/ \S*$/, '')),
      [name(failing), name(failing)],
    );
    const timeless = (csv: string) => sweepRows(csv).map(row => ({ ...row, run_seconds: 0 }));
    assert.deepEqual(timeless(readFileSync(join(out, 'table.csv'), 'utf8')), timeless(tableThen));
  });
});

describe('a sweep that is interrupted', () => {
  const place = join(folder, 'stopped');
  const out = join(folder, 'stopped-out');
  let stopped: Sweep;
  let pids: number[];
  let tableThen: ReturnType<typeof sweepRows>;
  let on: Sweep;

  before(
    async () => {
      mkdirSync(place);
      const notebook = writeNotebook(folder, 'stopped', [
        parametersCell('let k = 0;'),
        LEAVE_TRACE,
        `leave(\`run \${k} \${process.ppid} \${process.pid}\`);
if (k > 1 && !existsSync(\`\${traces}/go\`)) await new Promise(resolve => setTimeout(resolve, 100_000));`,
      ]);
      const args = [notebook, '-p', 'k=1,2,3', '--workers', '1', '--out', out];
      stopped = new Sweep(args, place);
      await eventually('the second run', stopped, () =>
        traces(place, 'run').some(trace => trace.startsWith('2 ')),
      );
      stopped.child.kill('SIGINT');
      await stopped.code;
      pids = traces(place, 'run').flatMap(trace => trace.split(' ').slice(1).map(Number));
      tableThen = sweepRows(readFileSync(join(out, 'table.csv'), 'utf8'));
      writeFileSync(join(place, 'go'), '');
      on = new Sweep(args, place);
      await on.code;
    },
    { timeout: 600_000 },
  );

  test('ends with 130, keeps what was finished, and says that the same command goes on', async () => {
    assert.equal(await stopped.code, 130, stopped.said);
    assert.match(stopped.said, /^1 of 3 runs finished, 0 failed, 2 not run: the same command goes on/m);
    assert.deepEqual(
      tableThen.map(row => row.run_status),
      ['done', 'not run', 'not run'],
    );
  });

  test('leaves no worker and no kernel', () => {
    assert.ok(pids.length >= 4);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  test('goes on where it stopped', async () => {
    assert.equal(await on.code, 0, on.said);
    assert.equal(traces(place, 'run').filter(trace => trace.startsWith('1 ')).length, 1);
    assert.match(on.said, /^3 of 3 runs finished, 0 failed/m);
  });
});

describe('a sweep on a scheduler with an address', () => {
  const WORD = `two "words", a \\, a \`\${x}\`,\na line and a ∂`;
  const place = join(folder, 'cluster');
  const out = join(folder, 'cluster-out');
  let cluster: Sweep[];
  let kinds: Sweep;
  let rows: ReturnType<typeof sweepRows>;
  let stopped: Sweep;
  let kernel: number;

  before(
    async () => {
      mkdirSync(place);
      const file = join(place, 'scheduler.json');
      const options = ['--scheduler-file', file, '--dashboard-address', '127.0.0.1:0'];
      const scheduler = new Sweep(
        ['dask', 'scheduler', '--host', '127.0.0.1', '--port', '0', ...options],
        place,
      );
      await eventually('the scheduler', scheduler, () => existsSync(file));
      const local = ['--local-directory', join(place, 'dask'), '--dashboard-address', '127.0.0.1:0'];
      const worker = new Sweep(
        ['dask', 'worker', '--scheduler-file', file, '--nthreads', '1', ...local],
        place,
      );
      cluster = [scheduler, worker];
      const address = JSON.parse(readFileSync(file, 'utf8')).address;
      const notebook = writeNotebook(folder, 'kinds', [
        parametersCell(`let x = 0;
let word = '';
let yes = false;
let label: string | null = 'none';
let list: number[] = [];
let wait = false;`),
        LEAVE_TRACE,
        `leave(\`run \${process.pid}\`);
if (wait) await new Promise(resolve => setTimeout(resolve, 100_000));`,
        `import { record } from './modules/display';
record('all', JSON.stringify({ x: x, word: word, yes: yes, label: label, list: list }));`,
      ]);
      const args = [notebook, '--scheduler', address, '--out', out, '--retries', '0'];
      const given = [
        'x=-2.5e-7',
        `word=${JSON.stringify(WORD)}`,
        'yes=true',
        'label=null,7',
        'list=[1,-2.5]',
      ];
      kinds = new Sweep([...args, ...given.flatMap(text => ['-p', text])], place);
      await kinds.code;
      rows = sweepRows(readFileSync(join(out, 'table.csv'), 'utf8'));
      const before = traces(place, 'run');
      stopped = new Sweep([...args, '-p', 'wait=true'], place);
      const [pid] = await eventually('the run that waits', stopped, () => {
        const found = traces(place, 'run').filter(trace => !before.includes(trace));
        return found.length > 0 && found;
      });
      kernel = Number(pid);
      stopped.child.kill('SIGINT');
      await stopped.code;
    },
    { timeout: 600_000 },
  );
  after(async () => {
    for (const { child } of cluster.reverse()) child.kill('SIGTERM');
    await Promise.all(cluster.map(({ code }) => code));
  });

  test('gives the notebook numbers, strings, booleans, null and arrays as they are', () => {
    assert.equal(kinds.said.match(/^1 of 2 runs finished, 1 failed/m)?.length, 1, kinds.said);
    assert.equal(rows[0].run_status, 'done', String(rows[0].run_error));
    assert.deepEqual(JSON.parse(String(rows[0].all)), {
      ...{ x: -2.5e-7, word: WORD, yes: true, label: null, list: [1, -2.5] },
    });
  });

  test('lets the kernel refuse a parameter of a wrong type, and says which it is', () => {
    assert.equal(
      rows[1].run_error,
      "cell 2 (label = 7;): TypeScriptError: Cell 2:6:3 - TS2322: Type 'number' is not assignable to type 'string'.",
    );
  });

  test('when interrupted, ends the kernel of the run, and leaves the worker to others', async () => {
    assert.equal(await stopped.code, 130, stopped.said);
    await eventually("the kernel's end", cluster[1], () => !isAlive(kernel));
    assert.deepEqual(
      cluster.map(({ child }) => child.exitCode),
      [null, null],
    );
  });
});

test('two workers finish twice as many runs as one in the same time', { timeout: 600_000 }, async t => {
  const notebook = writeNotebook(folder, 'speed', [
    parametersCell('let k = 0;'),
    'for (const end = performance.now() + 1000; performance.now() < end; ) Math.sqrt(k);',
    LEAVE_TRACE,
    `leave(\`end \${k}\`);`,
  ]);
  const rate = async (workers: number) => {
    const place = join(folder, `speed-${workers}`);
    mkdirSync(place);
    const runs = 3 * workers;
    const list = Array.from({ length: runs }, (_, k) => k).join(',');
    const sweep = new Sweep(
      [notebook, '-p', `k=${list}`, '--workers', `${workers}`, '--out', join(place, 'out')],
      place,
    );
    assert.equal(await sweep.code, 0, sweep.said);
    const ends = readdirSync(place)
      .filter(name => name.startsWith('end '))
      .map(name => statSync(join(place, name)).mtimeMs)
      .sort((a, b) => a - b);
    assert.equal(ends.length, runs);
    // From the end of the first run of each worker on, when all are at work.
    return (1000 * (runs - workers)) / (ends[runs - 1] - ends[workers - 1]);
  };
  const [one, two] = [await rate(1), await rate(2)];
  t.diagnostic(
    `one worker ${one.toFixed(2)} runs/s, two ${two.toFixed(2)} runs/s: ${(two / one).toFixed(2)} times`,
  );
});

describe('the Dockerfile', () => {
  const lines = (name: string) =>
    readFileSync(join(ROOT, name), 'utf8')
      .replace(/^#.*\n/gm, '')
      .replace(/\\\n\s*/g, '')
      .split('\n')
      .filter(line => line.trim() !== '');
  const instructions = lines('Dockerfile').map(line => line.match(/^[A-Z]+ |.+$/g) ?? []);
  const all = (name: string) =>
    instructions.filter(([instruction]) => instruction === `${name} `).map(([, rest]) => rest);

  test('is made of instructions that there are, each with its words', () => {
    const known = ['FROM', 'RUN', 'WORKDIR', 'USER', 'COPY', 'ENTRYPOINT', 'CMD'];
    assert.deepEqual(
      instructions.filter(parts => parts.length !== 2 || !known.includes(parts[0].trim())),
      [],
    );
    assert.equal(instructions[0][0], 'FROM ');
  });

  test('begins with a Node and installs a compiler and a Python that the set-up takes', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const node = Number(/^node:(\d+)-bookworm-slim$/.exec(all('FROM')[0])?.[1]);
    assert.ok(node >= Number(/^>=(\d+)$/.exec(engines.node)?.[1]));
    // Debian bookworm's python3 is 3.11.
    assert.match(all('RUN')[0], /apt-get install .* g\+\+ python3 python3-venv /);
  });

  test('calls programs of the project that are there, and starts them by lists in JSON', () => {
    const programs = [...all('RUN'), ...all('ENTRYPOINT')].flatMap(
      text => text.match(/scripts\/[\w./]+/g) ?? [],
    );
    assert.equal(programs.length, 2);
    for (const program of programs) assert.ok(existsSync(join(ROOT, program)), program);
    for (const list of [...all('ENTRYPOINT'), ...all('CMD')]) assert.ok(Array.isArray(JSON.parse(list)));
  });

  test('leaves out of the image what git leaves out, and git', () => {
    const bare = (line: string) => line.replace(/^\*\*\//, '').replace(/\/$/, '');
    const left = lines('.dockerignore').map(bare);
    assert.deepEqual(
      ['.git', ...lines('.gitignore').map(bare)].filter(name => !left.includes(name)),
      [],
    );
  });
});
