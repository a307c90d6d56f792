import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeCells, joined } from '../scripts/headless/judge.mjs';
import { type Result, runNotebooks } from '../scripts/headless/run.mjs';
import { childEnv, ROOT } from '../scripts/setup/paths.mjs';
import { type CellSource, temporaryFolder, writeNotebook } from './support/made_notebooks';

const folder = temporaryFolder(after);
const out = join(folder, 'out');

/** How a notebook is broken: its cells, the cell to be blamed, and the cause to be named. */
type Broken = { title: string; cells: CellSource[]; blamed: number | null; cause: RegExp };

const first = "console.log('first');";
const last = "console.log('last');";
const broken: Record<string, Broken> = {
  throw_: {
    title: 'a throw in the middle',
    cells: [first, "const x = 1;\nthrow new RangeError('out of range');", last],
    blamed: 2,
    cause: /^RangeError: out of range$/,
  },
  string: { title: 'a thrown string', cells: [first, "throw 'just words';"], blamed: 2, cause: /just words/ },
  type: {
    title: 'a type error',
    cells: [first, "const n: number = 'one';"],
    blamed: 2,
    cause: /TS2322: Type 'string' is not assignable to type 'number'/,
  },
  null_: {
    title: 'a strict-null error',
    cells: ['const found = [1, 2].find(n => n > 2);', 'const more: number = found + 1;'],
    blamed: 2,
    cause: /TS18048: 'found' is possibly 'undefined'/,
  },
  syntax: { title: 'a syntax error', cells: [first, 'const = 3;'], blamed: 2, cause: /TS1134/ },
  module: {
    title: 'a missing module',
    cells: ["import { x } from './nowhere';"],
    blamed: 1,
    cause: /Cannot find module '.\/nowhere'/,
  },
  assert_: {
    title: 'a failing assert',
    cells: ["import assert from 'node:assert/strict';", 'assert.equal(1 + 1, 3);'],
    blamed: 2,
    cause: /^AssertionError: Expected values to be strictly equal:\s+2 !== 3/,
  },
  awaited: {
    title: 'an awaited rejection',
    cells: [first, "await Promise.reject(new Error('awaited'));", last],
    blamed: 2,
    cause: /^Error: awaited$/,
  },
  unawaited: {
    title: 'a rejection that nobody awaits',
    cells: [first, "const p = Promise.reject(new Error('unawaited'));", last],
    blamed: 2,
    cause: /^Error: unawaited/,
  },
  late_rejection: {
    title: 'a rejection after the last cell',
    cells: [first, "setTimeout(() => void Promise.reject(new Error('late rejection')), 400);", last],
    blamed: 2,
    cause: /^Error: late rejection/,
  },
  late_throw: {
    title: 'a throw from a timer after the last cell',
    cells: [first, last, "void setTimeout(() => {\n  throw new Error('late throw');\n}, 400);"],
    blamed: 3,
    cause: /^Error: late throw/,
  },
  late_exit: {
    title: 'an exit after the last cell',
    cells: ['void setTimeout(() => process.exit(3), 300);'],
    blamed: 1,
    cause: /the kernel ended, /,
  },
  exit: {
    title: 'process.exit(0)',
    cells: [first, 'process.exit(0);', last],
    blamed: 2,
    cause: /the kernel ended, /,
  },
  killed: {
    title: 'a killed kernel',
    cells: [first, "process.kill(process.pid, 'SIGKILL');", last],
    blamed: 2,
    cause: /the kernel ended, killed by SIGKILL/,
  },
  skipped: {
    title: 'a cell that is skipped',
    cells: [first, { source: "console.log('skipped');", tags: ['skip-execution'] }, last],
    blamed: 2,
    cause: /the cell was not run/,
  },
  residual: {
    title: 'a residual beyond its tolerance',
    cells: [
      "import { display } from 'tslab';",
      "const wrong = { name: 'u_xx', value: 2e-7, tolerance: 1.2e-7 };\n" +
        "display.raw('application/vnd.rbf.residual+json', JSON.stringify(wrong));",
    ],
    blamed: 2,
    cause: /the residual of u_xx 2e-07 is not ≤ 1.2e-07/,
  },
};

const endless: Record<string, Broken> = {
  endless_loop: {
    title: 'an endless synchronous cell',
    cells: ['while (true) {}', last],
    blamed: 1,
    cause: /took longer than 2 s/,
  },
  endless_await: {
    title: 'an endless await',
    cells: ['await new Promise(() => {});', last],
    blamed: 1,
    cause: /took longer than 2 s/,
  },
};

const good: Record<string, CellSource[]> = {
  lines: ["for (let i = 1; i <= 4000; i++) console.log('line', i, 'of 4000');"],
  raises: [
    { source: "throw new Error('on purpose');", tags: ['raises-exception'] },
    "console.log('and on');",
    'const after = 6 * 7;',
    'console.log(after);',
  ],
  empty: [],
  blank: ['  \n', first],
  residuals: [
    "import { display } from 'tslab';",
    ...[3e-9, 1.19209e-7, 0].map(
      value =>
        `display.raw('application/vnd.rbf.residual+json', ` +
        `JSON.stringify({ name: 'r', value: ${value}, tolerance: 1.2e-7 }));`,
    ),
  ],
};

describe('a headless run', () => {
  let results: Map<string, Result>;
  const result = (name: string) => results.get(name) as Result;
  const executed = (name: string) => JSON.parse(readFileSync(result(name).executed as string, 'utf8'));
  const printed = (name: string) =>
    codeCells(executed(name)).map(cell => (cell.outputs ?? []).map(o => joined(o.text ?? '')).join(''));

  let again: Result | undefined;

  // Every notebook is run once, in several runs at a time; the tests look at the results.
  before(async () => {
    const write = ([name, { cells }]: [string, { cells: CellSource[] }]) =>
      writeNotebook(folder, name, cells);
    const files = Object.entries(good).map(([name, cells]) => writeNotebook(folder, name, cells));
    files.push(writeNotebook(folder, 'kernelless', [first], 'no-such-kernel'));
    files.push(join(folder, 'missing.ipynb'), join(folder, 'garbled.ipynb'));
    writeFileSync(join(folder, 'garbled.ipynb'), 'This is not JSON.');
    files.push(writeNotebook(folder, 'a[1]*', [first]));
    mkdirSync(join(folder, 'twin'));
    files.push(writeNotebook(join(folder, 'twin'), 'blank', ["console.log('twin');"]));
    mkdirSync(join(out, `.run-${noProcess()}-left-by-a-killed-run`), { recursive: true });
    const run = (files: string[], timeout?: number) => runNotebooks(files, { out, html: false, timeout });
    const linesAgain = join(folder, 'lines.ipynb');
    const [stuck, ...others] = await Promise.all([
      run(Object.entries(endless).map(write), 2),
      run([...Object.entries(broken).map(write), linesAgain]),
      run(files),
    ]);
    again = others[0].pop();
    results = new Map([stuck, ...others].flat().map(found => [found.name, found]));
  });

  for (const [name, { title, blamed, cause }] of Object.entries({ ...broken, ...endless })) {
    test(`fails on ${title}, and names the cell and the cause`, () => {
      const failure = result(name).failure;
      assert.equal(failure?.cell, blamed);
      assert.match(failure?.cause ?? '', cause);
    });
  }

  test('stops at the cell that failed, and keeps the outputs up to there', () => {
    assert.deepEqual(printed('awaited'), ['first\n', '', '']);
    assert.deepEqual(
      codeCells(executed('awaited')).map(cell => cell.execution_count),
      [1, 2, null],
    );
  });

  test('fails on a notebook that does not exist, is not JSON, or asks for an unknown kernel', () => {
    assert.equal(result('missing').failure?.cause, 'there is no such file');
    assert.match(result('garbled').failure?.cause ?? '', /does not appear to be JSON/);
    assert.match(
      result('kernelless').failure?.cause ?? '',
      /no kernel is named no-such-kernel; there are .*tslab/,
    );
  });

  test('passes notebooks with no cells, with blank cells, and with pattern letters in their names', () => {
    for (const name of ['empty', 'blank', 'a[1]*']) assert.equal(result(name).failure, null);
    assert.deepEqual(
      ['empty', 'blank', 'a[1]*'].map(name => result(name).cells),
      [0, 1, 1],
    );
  });

  test('keeps notebooks of one name apart', () => {
    assert.deepEqual(printed('blank'), ['first\n']);
    assert.deepEqual(printed('blank-2'), ['twin\n']);
  });

  test('keeps all of 4000 lines of output', () => {
    assert.equal(result('lines').failure, null);
    const expected = Array.from({ length: 4000 }, (_, i) => `line ${i + 1} of 4000\n`).join('');
    assert.deepEqual(printed('lines'), [expected]);
  });

  test('runs what follows a cell that raises on purpose', () => {
    assert.equal(result('raises').failure, null);
    assert.deepEqual(printed('raises'), ['', 'and on\n', '', '42\n']);
    assert.equal(executed('raises').cells[0].outputs[0].evalue, 'on purpose');
  });

  test('finds the largest residual of a notebook, and none where there is none', () => {
    assert.deepEqual(result('residuals').residual, { name: 'r', value: 1.19209e-7, tolerance: 1.2e-7 });
    assert.equal(result('lines').residual, null);
  });

  test('is not disturbed by another run of the same notebook at the same time', () => {
    assert.equal(again?.failure, null);
    assert.equal(again?.executed, result('lines').executed);
  });

  test('leaves nothing but notebooks in the folder of the results, and clears up after killed runs', () => {
    const executed = [...results.values()].filter(({ executed }) => executed !== null);
    assert.deepEqual(readdirSync(out).sort(), executed.map(({ name }) => `${name}.ipynb`).sort());
  });
});

/** The number of a process that has ended. */
const noProcess = () => spawnSync(process.execPath, ['--version']).pid;

/** Runs a command of the project, as npm does from a folder. */
function npmRun(script: string, args: string[], from = folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${script}.mjs`, ...args], {
    cwd: ROOT,
    env: { ...childEnv(), INIT_CWD: from },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run notebooks', () => {
  test('takes paths from where it is typed; prints a table, each failure with its cell and cause, and exits 1', () => {
    writeNotebook(folder, 'fine', [first]);
    const wrong = writeNotebook(folder, 'wrong', [first, "\n// A comment\nthrow new Error('wrong');"]);
    const { status, stdout } = npmRun('notebooks', ['fine.ipynb', 'wrong', '--out', 'printed']);
    assert.equal(status, 1);
    assert.match(stdout, /^fine +1 +\d+\.\d s +– +ok$/m);
    assert.match(stdout, /^wrong +2 +\d+\.\d s +– +FAILED$/m);
    assert.ok(stdout.endsWith(`\n${wrong}, cell 2 (// A comment):\n  Error: wrong\n`), stdout);
    assert.deepEqual(readdirSync(join(folder, 'printed')).length, 4);
  });

  test('explains wrong arguments and runs nothing', () => {
    for (const args of [[], ['x.ipynb', '--timeout', '0'], ['x.ipynb', '--nonsense']]) {
      const { status, stderr } = npmRun('notebooks', args);
      assert.equal(status, 2);
      assert.match(stderr, /^.+\nUsage: npm run notebooks -- FILE…/);
    }
  });
});

describe('npm run notebooks:update', () => {
  test('writes outputs in a form that a second run does not change', () => {
    const file = writeNotebook(folder, 'updated', [
      `console.log('a');\nconsole.log('${ROOT}/modules/x.ts');`,
      '1 + 1',
    ]);
    const draft = JSON.parse(readFileSync(file, 'utf8'));
    draft.cells[0].execution_count = 17;
    draft.cells[0].metadata = { execution: { 'iopub.status.busy': '2020-01-01T00:00:00Z' } };
    draft.cells[0].outputs = [{ output_type: 'stream', name: 'stdout', text: 'of an earlier run\n' }];
    draft.metadata = { kernelspec: { name: 'tslab' } };
    writeFileSync(file, JSON.stringify(draft));

    assert.equal(npmRun('notebooks_update', [file]).status, 0);
    const text = readFileSync(file, 'utf8');
    const { cells, metadata } = JSON.parse(text);
    assert.equal(text, `${JSON.stringify(JSON.parse(text), null, 1)}\n`);
    assert.deepEqual(
      cells.map((cell: { id: string; execution_count: number }) => [cell.id, cell.execution_count]),
      [
        ['cell-1', 1],
        ['cell-2', 2],
      ],
    );
    assert.deepEqual(cells[0].metadata, {});
    assert.deepEqual(joined(cells[0].outputs[0].text), 'a\nmodules/x.ts\n');
    assert.equal(cells[0].outputs.length, 1);
    assert.equal(metadata.kernelspec.name, 'tslab');
    assert.equal(metadata.language_info.name, 'typescript');

    const second = npmRun('notebooks_update', [file]);
    assert.match(second.stdout, /updated\.ipynb: unchanged\n$/);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  test('writes none if one fails', () => {
    const files = [
      writeNotebook(folder, 'whole', [first]),
      writeNotebook(folder, 'halved', ["throw new Error('halved');"]),
    ];
    const texts = files.map(file => readFileSync(file, 'utf8'));
    const { status, stdout, stderr } = npmRun('notebooks_update', files);
    assert.equal(status, 1);
    assert.match(stdout, /Error: halved/);
    assert.match(stderr, /none was written/);
    assert.deepEqual(
      files.map(file => readFileSync(file, 'utf8')),
      texts,
    );
  });
});

describe('the HTML of a notebook', () => {
  let html: string;
  before(async () => {
    const forms = {
      'application/vnd.vegalite.v5+json': { mark: 'point' },
      'image/svg+xml': '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>',
      'text/plain': 'A disc, 9 < 10',
    };
    const cell = [
      "import { display } from 'tslab';",
      "const { lastWriteDisplayData } = require('tslab/dist/jupyter');",
      `lastWriteDisplayData({ data: ${JSON.stringify(forms)}, metadata: {}, transient: {} }, false);`,
    ];
    const file = writeNotebook(folder, 'chart', [cell.join('\n')]);
    const notebook = JSON.parse(readFileSync(file, 'utf8'));
    notebook.cells.push({
      cell_type: 'markdown',
      id: 'links',
      metadata: {},
      source:
        '[next](02_next.ipynb#top), [more](more/03_more.ipynb), [back](../00_back.ipynb), [elsewhere](https://example.org/x.ipynb)',
    });
    writeFileSync(file, JSON.stringify(notebook));
    const [result] = await runNotebooks([file], { out: join(folder, 'html') });
    assert.equal(result.failure, null);
    html = readFileSync(join(folder, 'html', 'chart.html'), 'utf8');
  });

  test('shows a chart as SVG, with the sentence about it as its alternative text', () => {
    const [, alt, data] = /<img alt="([^"]*)" src="data:image\/svg\+xml;base64,([^"]*)"/.exec(html) ?? [];
    assert.equal(alt, 'A disc, 9 &lt; 10');
    assert.match(Buffer.from(data, 'base64').toString(), /<circle r="9"\/>/);
  });

  test('leads from notebook to notebook, and leaves other links alone', () => {
    for (const link of ['02_next.html#top', '03_more.html', '00_back.html'])
      assert.ok(html.includes(`href="${link}"`), link);
    assert.match(html, /href="https:\/\/example\.org\/x\.ipynb"/);
  });
});

describe('a run that is cut short', () => {
  /** Starts a run of a cell that blocks its kernel, and waits until it does. */
  async function start(name: string): Promise<{ runner: ChildProcess; kernel: number; nbconvert: number }> {
    const note = join(folder, `${name}.pids`);
    const cell = `require('node:fs').writeFileSync('${note}', process.pid + ' ' + process.ppid + ' ');\nwhile (true) {}`;
    const file = writeNotebook(folder, name, [cell]);
    const runner = spawn(process.execPath, ['scripts/notebooks.mjs', file, '--out', join(folder, name)], {
      cwd: ROOT,
      env: childEnv(),
      stdio: 'ignore',
    });
    while (!existsSync(note) || !readFileSync(note, 'utf8').endsWith(' ')) await sleep(50);
    const [kernel, nbconvert] = readFileSync(note, 'utf8').split(' ').map(Number);
    return { runner, kernel, nbconvert };
  }

  /** Whether both processes are gone within five seconds. */
  async function areGone(...pids: number[]): Promise<boolean> {
    for (let i = 0; i < 100 && pids.some(isAlive); i++) await sleep(50);
    return !pids.some(isAlive);
  }

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`leaves neither kernel nor files behind when the runner gets ${signal}`, async () => {
      const { runner, kernel, nbconvert } = await start(signal);
      assert.ok(isAlive(kernel) && isAlive(nbconvert));
      const exit = once(runner, 'exit');
      runner.kill(signal);
      assert.deepEqual(await exit, [code, null]);
      assert.ok(await areGone(kernel, nbconvert));
      assert.deepEqual(readdirSync(join(folder, signal)), []);
    });
  }

  test('leaves no kernel behind when the runner gets SIGKILL', async () => {
    const { runner, kernel, nbconvert } = await start('SIGKILL');
    runner.kill('SIGKILL');
    assert.ok(await areGone(kernel, nbconvert));
  });

  test('leaves no kernel behind when nbconvert is killed, and says that it was', async () => {
    const file = writeNotebook(folder, 'cut', ["process.kill(process.ppid, 'SIGKILL');\nwhile (true) {}"]);
    let kernel = 0;
    const [result] = await runNotebooks([file], {
      out,
      onEvent: (_, event) => {
        if (event.event === 'kernel') kernel = event.pid ?? 0;
      },
    });
    assert.match(result.failure?.cause ?? '', /nbconvert wrote nothing and ended by SIGKILL/);
    assert.ok(await areGone(kernel));
  });
});
