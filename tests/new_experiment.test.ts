/** `npm run new-experiment NAME` makes a folder that stands alone: it runs by itself, with nothing of this repo in reach. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { moved } from '../scripts/experiment/hand_over.mjs';
import { lockfileOf } from '../scripts/experiment/lockfile.mjs';
import { makeFolder } from '../scripts/experiment/make_folder.mjs';
import { readArguments } from '../scripts/experiment/npm_new_experiment.mjs';
import { checkCells } from '../scripts/headless/check_cells.mjs';
import { moduleNames, needsOf } from '../scripts/module_needs.mjs';
import { ROOT, VENV } from '../scripts/setup/paths.mjs';
import { temporaryFolder } from './support/made_notebooks';

const base = realpathSync(temporaryFolder(after));

/** Runs a program to its end. */
const run = (program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env) =>
  new Promise<{ code: number; output: string }>(done => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

describe('the arguments', () => {
  const read = (args: string[], env = {}) => readArguments(args, { INIT_CWD: '/here', ...env });

  test('are a name in experiments/, or a path from where one is, and modules', () => {
    assert.equal(read(['heat']).folder, join(ROOT, 'experiments', 'heat'));
    assert.equal(read(['./heat']).folder, '/here/heat');
    assert.equal(read(['../a b/heat']).folder, '/a b/heat');
    assert.deepEqual(read(['heat', '--modules', 'nn_rbf, charts.ts,nn_rbf']).modules, [
      'nn_rbf.ts',
      'charts.ts',
    ]);
    assert.ok(read(['heat']).modules.every(module => moduleNames().includes(module)));
  });

  test('are understood without the -- that npm wants before an option', () => {
    const modules = ['nn_rbf.ts', 'charts.ts'];
    // What npm hands on of `NAME --modules LIST` and of `NAME --modules=LIST`.
    assert.deepEqual(read(['heat', 'nn_rbf,charts'], { npm_config_modules: 'true' }).modules, modules);
    assert.deepEqual(read(['heat'], { npm_config_modules: 'nn_rbf,charts' }).modules, modules);
  });

  for (const [title, args, env, said] of [
    ['no name', [], {}, /^The name of the experiment is missing\.\nUsage: npm run new-experiment NAME/],
    ['two names', ['a', 'b'], {}, /^One name is expected, got a b\.\nUsage/],
    ['a bad name', ['a/b c'], {}, /^The name must begin with a letter .*, got b c\.\nUsage/],
    ['a hidden name', ['.git'], {}, /^The name must begin with a letter .*, got \.git\./],
    ['the folder above', ['..'], {}, /^The name must begin with a letter .*, got \.\.\./],
    ['an option that there is not', ['a', '--module', 'x'], {}, /^Unknown option '--module'/],
    [
      'modules without a list',
      ['a'],
      { npm_config_modules: 'true' },
      /^--modules: a list of modules is missing/,
    ],
    [
      'modules that there are not',
      ['a', '--modules', 'nn_rbf,nn,'],
      {},
      /^There is no module nn, \(without a name\); there are: arithmetic, .*nn_rbf, nn_rbf_poly, .*vector_field\.$/,
    ],
  ] as [string, string[], object, RegExp][])
    test(`${title}: an error in words`, () =>
      assert.throws(() => read(args, env), { name: 'SetUpError', message: said }));
});

describe('the lockfile', () => {
  const dependent = (name: string) => ({ version: '1.0.0', dependencies: { [name]: '^1.0.0' } });
  const packages = {
    '': { version: '0' },
    'node_modules/a': { version: '1.0.0', dependencies: { b: '1' }, optionalDependencies: { gone: '1' } },
    'node_modules/a/node_modules/b': dependent('c'),
    'node_modules/b': dependent('d'),
    'node_modules/c': dependent('a'),
    'node_modules/d': { version: '1.0.0' },
    'node_modules/@s/e': { version: '1.0.0', peerDependencies: { d: '1' } },
  };
  const kept = (dependencies: Record<string, string>, devDependencies = {}) =>
    Object.keys(
      lockfileOf({ lockfileVersion: 3, packages }, { name: 'x', version: '0', dependencies, devDependencies })
        .packages,
    ).slice(1);

  test('keeps what is needed, from where Node would load it, and nothing else', () => {
    assert.deepEqual(kept({ a: '1' }), ['node_modules/a', 'node_modules/a/node_modules/b', 'node_modules/c']);
    assert.deepEqual(kept({ b: '1' }), ['node_modules/b', 'node_modules/d']);
    assert.deepEqual(kept({}, { '@s/e': '1' }), ['node_modules/d', 'node_modules/@s/e']);
  });
});

describe('a script of a Python environment that moves', () => {
  const script = '#!/old/.venv/bin/python\n# -*- coding: utf-8 -*-\nVENV = "/old/.venv"\n';
  const rest = (to: string) => `# -*- coding: utf-8 -*-\nVENV = "${to}"\n`;

  test('names the new place in its first line', () =>
    assert.equal(moved(script, '/old/.venv', '/new'), `#!/new/bin/python\n${rest('/new')}`));

  test('is begun by sh where no first line can name that place', () => {
    for (const place of ['/a b', `/${'long/'.repeat(30)}`])
      assert.equal(
        moved(script, '/old/.venv', place),
        `#!/bin/sh\n'''exec' "${place}/bin/python" "$0" "$@"\n' '''\n${rest(place)}`,
      );
  });
});

describe('a new experiment', () => {
  // A space, because people have them.
  const folder = join(base, 'my work', 'heat');
  let made: { code: number; output: string };
  before(async () => {
    made = await run('npm', ['run', 'new-experiment', folder, '--', '--modules', 'nn_rbf,point_sets'], ROOT);
  });

  test('is made, and one is told what is in it and how to go on', () => {
    assert.equal(made.code, 0, made.output);
    assert.match(made.output, /heat\.ipynb, \d+ modules, and the scripts that set it up/);
    assert.match(made.output, /Linked from here, without a download: npm packages, Python packages, /);
    assert.match(made.output, /cd '[^']*my work\/heat'\n {2}npm start/);
  });

  test('holds the modules asked for, what they and their examples need, and no other', () => {
    const there = readdirSync(join(folder, 'modules'));
    for (const name of ['nn_rbf.ts', ...needsOf('nn_rbf.ts').modules, 'charts.ts', 'display.ts'])
      assert.ok(there.includes(name), name);
    for (const name of ['autodiff.ts', 'collocation.ts']) assert.ok(!there.includes(name), name);
    for (const name of there)
      for (const need of needsOf(name).modules) assert.ok(there.includes(need), `${name} needs ${need}`);
  });

  test('has no link and no file that leads back here', () => {
    const inside = (path: string) => !relative(folder, path).startsWith('..');
    const back: string[] = [];
    const walk = (place: string) => {
      for (const entry of readdirSync(place, { withFileTypes: true })) {
        const path = join(place, entry.name);
        if (entry.isDirectory()) walk(path);
        else if (entry.isSymbolicLink()) {
          const target = resolve(place, readlinkSync(path));
          if (!inside(target) && !target.startsWith(dirname(realpathSync(join(VENV, 'bin', 'python')))))
            back.push(path);
        } else if (statSync(path).size < 1e6 && !/\.(pyc|ts|map|wasm|node)$/.test(path)) {
          if (readFileSync(path, 'utf8').includes(ROOT)) back.push(path);
        }
      }
    };
    walk(folder);
    assert.deepEqual(back, []);
  });

  test('takes neither room nor time: its packages are hard links', () => {
    for (const file of ['node_modules/tslab/package.json', '.native/tfjs_binding.node'])
      assert.equal(statSync(join(folder, file)).ino, statSync(join(ROOT, file)).ino, file);
    assert.ok(!existsSync(join(folder, 'node_modules', 'fast-check')), 'what only tests need stays here');
  });

  test('has a notebook whose cells compile', () =>
    assert.deepEqual(checkCells([join(folder, 'heat.ipynb')]), []));

  test('runs headless right away, set up in no time and without a network', async () => {
    const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9', PIP_NO_INDEX: '1' };
    const { code, output } = await run('npm', ['start'], folder, env);
    assert.equal(code, 0, output);
    assert.match(output, /^Set-up: everything is in place \(\d\.\d s\)\.$/m);
    assert.match(output, /^heat +\d+ +\d+\.\d s .* ok$/m);
    const executed = JSON.parse(readFileSync(join(folder, 'build', 'heat.ipynb'), 'utf8'));
    const outputs = executed.cells.flatMap((cell: { outputs?: unknown[] }) => cell.outputs ?? []);
    assert.ok(JSON.stringify(outputs).includes('application/vnd.vegalite.v5+json'));
  });

  test('is never written over', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const again = await run('npm', ['run', 'new-experiment', folder], ROOT);
    assert.equal(again.code, 1);
    assert.match(
      again.output,
      /my work\/heat is there already, and nothing was changed: choose another name\.$/m,
    );
    assert.equal(readFileSync(join(folder, 'mine.txt'), 'utf8'), 'mine');
    const empty = join(base, 'empty');
    mkdirSync(empty);
    assert.throws(() => makeFolder(empty, []), /is there already/);
    assert.deepEqual(readdirSync(empty), []);
  });

  test('is made whole or not at all', () => {
    const half = join(base, 'half');
    assert.throws(() => makeFolder(half, ['nowhere.ts']));
    assert.equal(lstatSync(half, { throwIfNoEntry: false }), undefined);
  });

  test('of all modules has a notebook whose cells compile: no two examples are in each other’s way', () => {
    const place = join(base, 'all');
    const { notebook } = makeFolder(place, moduleNames());
    symlinkSync(join(ROOT, 'node_modules'), join(place, 'node_modules'));
    assert.deepEqual(checkCells([join(place, notebook)]), []);
  });
});
