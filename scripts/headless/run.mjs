// Runs notebooks through one call of `jupyter nbconvert`, and says how each of them went.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, extname, join } from 'node:path';
import { BUILD, childEnv } from '../setup/paths.mjs';
import { judge } from './judge.mjs';
import { nbconvert } from './nbconvert.mjs';

/**
 * @typedef {object} Result
 * @property {string} file   the notebook that was asked for
 * @property {string} name   its name in the table, and in the folder of the results
 * @property {number} cells  code cells that are not empty
 * @property {number} seconds
 * @property {import('./judge.mjs').Residual | null} residual  the largest that the notebook hands out
 * @property {import('./judge.mjs').Failure | null} failure
 * @property {string | null} executed  the executed notebook; its HTML, if wanted, lies beside it
 */

/** Seconds that a cell may take, where nothing else is said. */
export const CELL_LIMIT = 600;

/**
 * Runs notebooks one after the other, each in its own folder on a kernel of its own.
 *
 * One call for all, because starting nbconvert costs more than a second run at a time saves: on two cores
 * three notebooks take 13 s in one call, 20 s in three, and 12 s in three at a time. Ctrl-C ends this process, after
 * the kernel.
 * @param {string[]} files absolute paths
 * @param {{ timeout?: number, kernel?: string, out?: string, html?: boolean, env?: NodeJS.ProcessEnv,
 *   onEvent?: (result: Result, event: import('./nbconvert.mjs').Event) => void }} [options]
 * @returns {Promise<Result[]>}
 */
export async function runNotebooks(files, options = {}) {
  const { timeout = CELL_LIMIT, kernel = '', out = BUILD, html = true, env = childEnv(), onEvent } = options;
  const names = uniqueNames(files);
  const results = files.map((file, i) => blank(file, names[i]));
  const present = results.filter(result => existsSync(result.file));
  if (present.length === 0) return results;

  mkdirSync(out, { recursive: true });
  sweep(out);
  // Written beside and renamed, so that two runs at once never see each other's halves.
  const stage = mkdtempSync(join(out, `.run-${process.pid}-`));
  const places = present.map((result, i) => ({ result, folder: join(stage, String(i)) }));
  try {
    for (const { folder } of places) mkdirSync(folder);
    const flags = [`--output-dir=${stage}`, `--Execute.timeout=${timeout}`, `--Execute.kernel=${kernel}`];
    if (html) flags.push('--post=export.HtmlBeside');
    let index = -1;
    let began = 0;
    const { ending, stopped } = await nbconvert(
      [...flags, ...present.map(({ file }) => globEscape(file))],
      env,
      event => {
        if (event.event === 'start') [index, began] = [index + 1, Date.now()];
        const result = present[index];
        result.seconds = (Date.now() - began) / 1000;
        if (event.event === 'notebook') result.cells = event.cells;
        if (event.event === 'failed') result.failure ??= event;
        onEvent?.(result, event);
      },
    );
    if (stopped) {
      rmSync(stage, { recursive: true, force: true });
      process.exit(128 + constants.signals[stopped]);
    }
    const suffixes = html ? ['.html', '.ipynb'] : ['.ipynb'];
    for (const { result, folder } of places) collect(result, folder, suffixes, out, ending);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  return results;
}

/** A result before anything ran. @param {string} file @param {string} name @returns {Result} */
function blank(file, name) {
  const failure = existsSync(file) ? null : { cell: null, cause: 'there is no such file' };
  return { file, name, cells: 0, seconds: 0, residual: null, failure, executed: null };
}

/**
 * Judges what nbconvert wrote for a notebook, and moves it to its place.
 * @param {Result} result @param {string} folder @param {string[]} suffixes @param {string} out @param {string} ending
 */
function collect(result, folder, suffixes, out, ending) {
  const written = join(folder, basename(result.file, extname(result.file)));
  const text = existsSync(`${written}.ipynb`) ? readFileSync(`${written}.ipynb`, 'utf8') : '';
  if (text === '') {
    result.failure ??= { cell: null, cause: `nbconvert wrote nothing and ended ${ending}` };
    return;
  }
  const verdict = judge(JSON.parse(text));
  result.residual = verdict.residual;
  result.failure ??= verdict.failure;
  result.executed = join(out, `${result.name}.ipynb`);
  for (const suffix of suffixes) {
    if (existsSync(written + suffix)) renameSync(written + suffix, join(out, result.name + suffix));
    else result.failure ??= { cell: null, cause: `nbconvert wrote no ${suffix} and ended ${ending}` };
  }
}

/** Names for the results: the files' own, numbered where two are alike. @param {string[]} files */
function uniqueNames(files) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return files.map(file => {
    const name = basename(file, '.ipynb');
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

/** nbconvert takes its arguments for patterns. @param {string} file */
const globEscape = file => file.replace(/[[*?]/g, '[$&]');

/** Takes away what runs that were killed left behind. @param {string} out */
function sweep(out) {
  for (const entry of readdirSync(out)) {
    const pid = Number(/^\.run-(\d+)-/.exec(entry)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(out, entry), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
