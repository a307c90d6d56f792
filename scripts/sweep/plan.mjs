// What a sweep is made of: the notebook with all that it imports, and its runs, each with a key of its own.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { codeCells, joined } from '../headless/judge.mjs';
import { digest } from '../setup/files.mjs';

/** @typedef {{ index: number, key: string, file: string, name: string, parameters: Record<string, unknown> }} Run */
/** @typedef {ReturnType<typeof makePlan>} Plan */

const ENDINGS = ['', '.ts', '.tsx', '.d.ts', '.js', '.json', '/index.ts', '/index.js'];
const KEY_DIGITS = 16;
const LONGEST_NAME = 80;

/**
 * The plan that sweep.py carries out.
 * @param {ReturnType<typeof import('./arguments.mjs').readArguments>} options
 * @throws {Error} with a sentence for the user
 */
export function makePlan({ notebook, parameters, extras, ...options }) {
  const content = readNotebook(notebook);
  requireParameters(notebook, content, [...parameters.keys()]);
  const files = Object.fromEntries(
    sourcesOf(notebook, content, extras).map(({ name, path }) => [
      name,
      readFileSync(path).toString('base64'),
    ]),
  );
  const code = codeCells(content).map(({ source, metadata }) => [joined(source), metadata.tags ?? []]);
  const ofSources = digest([code, Object.entries(files).sort()]);
  const runs = combinations(parameters).map(values => makeRun(values, ofSources));
  return {
    ...options,
    parameters: [...parameters.keys()],
    sources: { name: basename(notebook), notebook: JSON.stringify(withoutOutputs(content)), files },
    runs: [...new Map(runs.map(run => [run.key, run])).values()].map((run, index) => ({ index, ...run })),
  };
}

/** @param {string} file */
function readNotebook(file) {
  if (!existsSync(file)) throw new Error(`${file}: there is no such file`);
  try {
    const content = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(content.cells)) return content;
  } catch {
    // The sentence below says it.
  }
  throw new Error(`${file} is not a notebook`);
}

/** @param {{ cells: import('../headless/judge.mjs').Cell[] }} content */
const withoutOutputs = content => ({
  ...content,
  cells: content.cells.map(cell =>
    cell.cell_type === 'code' ? { ...cell, outputs: [], execution_count: null } : cell,
  ),
});

/** @param {string} file @param {{ cells: import('../headless/judge.mjs').Cell[] }} content @param {string[]} names */
function requireParameters(file, content, names) {
  const cell = content.cells.find(({ metadata }) => metadata.tags?.includes('parameters'));
  if (!cell) throw new Error(`${file} has no cell with the tag "parameters", in which they are declared`);
  const declared = declaredIn(joined(cell.source));
  const unknown = names.find(name => !declared.includes(name));
  if (unknown)
    throw new Error(`-p ${unknown}: ${basename(file)} has the parameters ${declared.join(', ') || 'none'}`);
}

/** The variables that a cell declares. @param {string} code */
function declaredIn(code) {
  return ts
    .createSourceFile('cell.ts', code, ts.ScriptTarget.ES2022)
    .statements.flatMap(statement =>
      ts.isVariableStatement(statement) ? statement.declarationList.declarations : [],
    )
    .flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
}

/**
 * All files that a notebook imports by a relative path, directly and through others, and the extra ones.
 * @param {string} notebook @param {{ cells: import('../headless/judge.mjs').Cell[] }} content @param {string[]} extras
 */
function sourcesOf(notebook, content, extras) {
  const folder = dirname(notebook);
  const found = new Set(extras);
  const follow = (/** @type {string} */ code, /** @type {string} */ from) => {
    for (const { fileName } of ts.preProcessFile(code, true, true).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const base = resolve(dirname(from), fileName);
      const path = ENDINGS.map(ending => base + ending).find(isFile);
      if (!path) throw new Error(`${from} imports ${fileName}, and there is no such file`);
      found.add(path);
    }
  };
  for (const cell of codeCells(content)) follow(joined(cell.source), notebook);
  for (const path of found) {
    if (!isFile(path)) throw new Error(`--with: ${path}: there is no such file`);
    if (/\.[jt]sx?$/.test(path)) follow(readFileSync(path, 'utf8'), path);
  }
  return [...found].sort().map(path => {
    const name = relative(folder, path);
    if (name.startsWith('..') || isAbsolute(name))
      throw new Error(
        `${path} does not lie in the folder of ${basename(notebook)}, and a worker has that alone`,
      );
    return { name, path };
  });
}

/** @param {string} path */
const isFile = path => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Each with each. @param {Map<string, unknown[]>} parameters @returns {Record<string, unknown>[]} */
function combinations(parameters) {
  /** @type {Record<string, unknown>[]} */
  let all = [{}];
  for (const [name, values] of parameters)
    all = all.flatMap(one => values.map(value => ({ ...one, [name]: value })));
  return all;
}

/** @param {Record<string, unknown>} parameters @param {string} ofSources */
function makeRun(parameters, ofSources) {
  const named = Object.entries(parameters);
  const key = digest([ofSources, named.sort()]).slice(0, KEY_DIGITS);
  const name = Object.entries(parameters)
    .map(([parameter, value]) => `${parameter}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  const plain = name.replace(/, /g, ',').replace(/[^\w.,=+-]/g, '_');
  return { key, name, file: join('runs', `${plain.slice(0, LONGEST_NAME)}-${key}.ipynb`), parameters };
}
