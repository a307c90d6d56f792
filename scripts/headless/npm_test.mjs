// The checks of the sources and the tests, each run to its end. With a pattern, only the test files that have it
// in their names, and none of the checks. Uses Node alone, until the set-up is done.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv, ROOT } from '../setup/paths.mjs';
import { setUp } from '../setup/set_up.mjs';
import { committedNotebooks } from './main.mjs';

const BIOME = 'node_modules/@biomejs/biome/bin/biome';
const TSC = 'node_modules/typescript/bin/tsc';
const TSLAB_TSC = 'node_modules/@tslab/typescript-for-tslab/lib/tsc.js';
/** tsconfig.json's options, for a compiler that is given files and not a project. */
const MODULE_FLAGS =
  '--noEmit --strict --target es2022 --lib es2022 --module commonjs --moduleResolution node10 --types node ' +
  '--esModuleInterop --resolveJsonModule --skipLibCheck';

/** @returns {Promise<number>} the exit code */
export async function main() {
  const [pattern = ''] = process.argv.slice(2);
  const tests = list('tests', '.test.ts').filter(file => file.includes(pattern));
  await setUp();
  const failed = pattern === '' ? await checks() : [];
  // The last stage, and nothing is said after it, so that Node's own counts end the output.
  console.log(`\n— Tests: ${tests.length} files`);
  if (tests.length === 0) failed.push(`no test file is named like ${pattern}`);
  else if (!node('--import', 'tsx', '--test', '--test-reporter=spec', ...tests)) failed.push('Tests');
  if (failed.length > 0) console.error(`\nFailed: ${failed.join('; ')}.`);
  return failed.length > 0 ? 1 : 0;
}

/** @returns {Promise<string[]>} the names of the checks that fail */
async function checks() {
  /** @type {[string, () => boolean | Promise<boolean>][]} */
  const stages = [
    ['Biome', () => node(BIOME, 'check')],
    ['TypeScript', () => node(TSC, '-p', '.')],
    ["tslab's TypeScript", () => node(TSLAB_TSC, ...MODULE_FLAGS.split(' '), ...list('modules', '.ts'))],
    ['Types in the notebooks', cellsAreTyped],
  ];
  const failed = [];
  for (const [name, run] of stages) {
    const began = Date.now();
    const ok = await run();
    console.log(`— ${name}: ${ok ? 'ok' : 'FAILED'} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    if (!ok) failed.push(name);
  }
  return failed;
}

async function cellsAreTyped() {
  const { checkCells } = await import('./check_cells.mjs');
  const mistakes = checkCells(committedNotebooks());
  for (const mistake of mistakes) console.error(mistake);
  return mistakes.length === 0;
}

/** @param {string} folder @param {string} ending */
function list(folder, ending) {
  const names = readdirSync(join(ROOT, folder)).filter(name => name.endsWith(ending));
  return names.sort().map(name => `${folder}/${name}`);
}

/** Runs Node in the repo. @param {string[]} args */
function node(...args) {
  return spawnSync(process.execPath, args, { cwd: ROOT, env: childEnv(), stdio: 'inherit' }).status === 0;
}
