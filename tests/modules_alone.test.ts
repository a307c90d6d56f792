/** Each module is of use by itself: with what its first comment names it compiles, and the examples in it hold. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { examplesOf, importLines, valuesOf } from '../scripts/doc_examples.mjs';
import { moduleNames } from '../scripts/module_needs.mjs';
import { childEnv } from '../scripts/setup/paths.mjs';
import { exampleProgram } from './support/doc_examples';
import { difference, thrownDifference } from './support/doc_results';
import { temporaryFolder } from './support/made_notebooks';
import { Folders, mistakes } from './support/modules_alone';

const tslabs: typeof ts = require('@tslab/typescript-for-tslab');

const folders = new Folders(temporaryFolder(after));
const short = (module: string) => module.slice(0, -'.ts'.length);

describe('each module, copied with what its first comment names', () => {
  const copies = moduleNames().map(module => join(folders.copy(short(module), [module]), module));

  for (const compiler of [ts, tslabs])
    test(`compiles by itself, by strict rules, with TypeScript ${compiler.version}`, () =>
      assert.deepEqual(mistakes(compiler, copies), []));

  test('would not compile without one of them', () => {
    for (const [module, gone] of [
      ['autodiff.ts', 'tape_reads.ts'],
      ['disk.ts', 'point_sets.ts'],
      ['polygon.ts', 'point_sets.ts'],
    ]) {
      const folder = folders.copy(`${short(module)}-without-${short(gone)}`, [module]);
      rmSync(join(folder, gone));
      const found = mistakes(ts, [join(folder, module)]).join('\n');
      assert.ok(found.includes(`${short(gone)} is not there`), found);
    }
  });

  test('finds no package but those named', () => {
    const folder = folders.copy('box-and-more', ['box.ts']);
    writeFileSync(join(folder, 'more.ts'), "import * as tf from '@tensorflow/tfjs-node';\nvoid tf;\n");
    const found = mistakes(ts, [join(folder, 'more.ts')]).join('\n');
    assert.match(found, /more\.ts:1: TS2307: Cannot find module '@tensorflow\/tfjs-node'/);
  });
});

describe('the examples in the doc comments', () => {
  const withExamples = moduleNames().filter(module => examplesOf(module).length > 0);
  const programs = withExamples.map(module => {
    const examples = examplesOf(module);
    const folder = folders.copy(`${short(module)}-examples`, [
      module,
      ...examples.flatMap(({ values }) => values.map(value => value.module)),
    ]);
    const file = join(folder, `${short(module)}.examples.ts`);
    const program = exampleProgram(
      examples.map(({ packages, values, ...rest }) => ({
        ...rest,
        imports: [...packages, ...importLines(values, '.')],
      })),
    );
    writeFileSync(file, program.source);
    return { module, file, ...program };
  });
  let wrong: Record<string, string[]>;

  before(async () => {
    // tsx runs what it finds where it is; the packages are found from each file's own folder.
    const args = [
      '--import',
      pathToFileURL(require.resolve('tsx')).href,
      join(__dirname, 'support', 'run_examples.ts'),
    ];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...args, ...programs.map(({ file }) => file)],
      { cwd: temporaryFolder(after), env: childEnv() },
    );
    wrong = JSON.parse(stdout);
  });

  test('are there for what one calls first', () => {
    const explained = new Set(withExamples.flatMap(module => examplesOf(module).map(({ of }) => of)));
    for (const module of ['point_sets', 'notable_kernels', 'differential_operators', 'nn_rbf', 'autodiff'])
      assert.ok(
        valuesOf(`${module}.ts`).some(value => explained.has(value)),
        module,
      );
  });

  test('compile by strict rules, each module’s in a folder without the other modules', () =>
    assert.deepEqual(
      mistakes(
        ts,
        programs.map(({ file }) => file),
      ),
      [],
    ));

  for (const { module, file, unchecked } of programs)
    test(`of ${module} give what they say`, () => {
      assert.deepEqual(unchecked, [], 'examples in which nothing is said to come out');
      assert.deepEqual(wrong[file], []);
    });
});

describe('the comparison of a result with its comment', () => {
  const holds: [unknown, string][] = [
    [0.5, '0.5'],
    [1 / 3, '0.3333'],
    [Math.fround(0.1), '0.1'],
    [-0, '0'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
    ['gaussian', "'gaussian'"],
    ['add(a, 2)', "'add(a, 2)'"],
    [true, 'true'],
    [[[1, 2 / 3]], '[[1, 0.6667]]'],
    [Float64Array.of(1, 2), '[1, 2]'],
    [1.23449e-7, '1.234e-7'],
  ];
  const fails: [unknown, string][] = [
    [0.50001, '0.5'],
    [0.33341, '0.3333'],
    [1e-5, '0'],
    ['Gaussian', "'gaussian'"],
    [1, "'1'"],
    ['1', '1'],
    [[1, 2, 3], '[1, 2]'],
    [[1, 2], '[[1, 2]]'],
    [Number.NaN, '0'],
    [1.2351e-7, '1.234e-7'],
    [undefined, '0'],
  ];
  test('takes four digits and more for rounded, fewer for exact, and arrays of all kinds for arrays', () => {
    for (const [value, expected] of holds) assert.equal(difference(value, expected), undefined, expected);
  });
  test('sees another digit, type, length and shape', () => {
    for (const [value, expected] of fails)
      assert.match(difference(value, expected) ?? '', / and not /, expected);
  });
  test('knows an error by its name', () => {
    assert.equal(thrownDifference(new RangeError('x'), 'throws RangeError'), undefined);
    assert.match(thrownDifference(new TypeError('x'), 'throws RangeError') ?? '', /TypeError: x/);
    assert.match(thrownDifference(new RangeError('x'), '1') ?? '', /RangeError: x/);
    assert.match(difference(1, 'throws RangeError') ?? '', / and not /);
  });
});
