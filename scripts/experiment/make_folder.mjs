// The files of an experiment: the notebook, the modules with all that they need, and the set-up, as it is here.
// Uses Node alone.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { examplesOf } from '../doc_examples.mjs';
import { needsOf } from '../module_needs.mjs';
import { SetUpError } from '../setup/errors.mjs';
import { ROOT } from '../setup/paths.mjs';
import { lockfileOf } from './lockfile.mjs';
import { EVERY_MODULE, starterNotebook } from './starter_notebook.mjs';

/** Copied as they are. */
const FILES = ['.npmrc', 'LICENSE', 'requirements.txt', 'tsconfig.json'];
const SCRIPTS = ['start.mjs', 'lab.mjs', 'notebooks.mjs', 'notebooks_update.mjs', 'clean.mjs'];
const SCRIPT_FOLDERS = ['setup', 'headless', 'kernel'];
/** What only this repo's own tests use. */
const LEFT_OUT = ['npm_test.mjs', 'check_cells.mjs', 'compare.mjs'];
const COMMANDS = ['start', 'lab', 'notebooks', 'notebooks:update', 'clean'];
/** What set-up, kernel and types need beside the dependencies. */
const DEV_PACKAGES = ['@types/ndarray', '@types/node', 'node-api-headers'];
const IGNORED = [
  'node_modules/',
  '.venv/',
  '.native/',
  '.setup/',
  'build/',
  '.ipynb_checkpoints/',
  '__pycache__/',
];

/**
 * Makes the folder whole, or not at all.
 * @param {string} folder absolute
 * @param {string[]} modules files in modules/
 * @returns what it holds: the notebook's name, and how many modules
 * @throws {SetUpError} if there is such a folder already
 */
export function makeFolder(folder, modules) {
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    throw new SetUpError(`${folder} is there already, and nothing was changed: choose another name.`);
  }
  try {
    return fill(folder, modules);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** @param {string} folder @param {string[]} modules */
function fill(folder, modules) {
  const name = basename(folder);
  const write = (/** @type {string} */ file, /** @type {string} */ text) =>
    writeFileSync(join(folder, file), text);

  const copied = withNeeds([...modules, ...EVERY_MODULE]);
  mkdirSync(join(folder, 'modules'));
  for (const module of copied) copyFileSync(join(ROOT, 'modules', module), join(folder, 'modules', module));

  mkdirSync(join(folder, 'scripts'));
  for (const script of SCRIPTS) copyFileSync(join(ROOT, 'scripts', script), join(folder, 'scripts', script));
  for (const part of SCRIPT_FOLDERS) {
    const filter = (/** @type {string} */ path) => ![...LEFT_OUT, '__pycache__'].includes(basename(path));
    cpSync(join(ROOT, 'scripts', part), join(folder, 'scripts', part), { recursive: true, filter });
  }

  for (const file of FILES)
    if (existsSync(join(ROOT, file))) copyFileSync(join(ROOT, file), join(folder, file));
  const manifest = manifestOf(name);
  write('package.json', json(manifest));
  write('package-lock.json', json(lockfileOf(readJson('package-lock.json'), manifest)));
  write('.gitignore', `${IGNORED.join('\n')}\n`);

  const notebook = `${name}.ipynb`;
  write(notebook, starterNotebook(name, modules));
  return { notebook, copied: copied.length };
}

/** The modules, what they import, and what their examples import. @param {string[]} modules */
function withNeeds(modules) {
  const shown = modules.flatMap(module =>
    examplesOf(module).flatMap(({ values }) => values.map(value => value.module)),
  );
  return [...new Set([...modules, ...shown].flatMap(module => [module, ...needsOf(module).modules]))].sort();
}

/** The experiment's package.json: our pins. @param {string} name */
function manifestOf(name) {
  const { version, engines, type, scripts, dependencies, devDependencies } = readJson('package.json');
  return {
    name: name.toLowerCase(),
    version,
    private: true,
    type,
    engines,
    scripts: Object.fromEntries(COMMANDS.map(command => [command, scripts[command]])),
    dependencies,
    devDependencies: Object.fromEntries(DEV_PACKAGES.map(each => [each, devDependencies[each]])),
  };
}

/** @param {string} file */
const readJson = file => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
/** @param {object} value */
const json = value => `${JSON.stringify(value, null, 2)}\n`;
