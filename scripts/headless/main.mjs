// What the commands that run notebooks have in common. Uses Node alone.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BUILD } from '../setup/paths.mjs';
import { showProgress } from './progress.mjs';
import { report } from './report.mjs';
import { CELL_LIMIT, runNotebooks } from './run.mjs';

export { committedNotebooks } from '../setup/paths.mjs';

/**
 * Reads `FILE… --timeout SECONDS --kernel NAME --out FOLDER`. Paths count from where the command was typed.
 * @param {string[]} args
 * @throws {Error} with a sentence for the user
 */
export function readArguments(args) {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { timeout: { type: 'string' }, kernel: { type: 'string' }, out: { type: 'string' } },
  });
  const timeout = Number(values.timeout ?? CELL_LIMIT);
  if (!Number.isInteger(timeout) || timeout <= 0) {
    throw new Error(`--timeout: a whole number of seconds above 0, got ${values.timeout}`);
  }
  const here = process.env.INIT_CWD ?? process.cwd();
  const out = values.out === undefined ? BUILD : resolve(here, values.out);
  const files = positionals.map(name => {
    const file = resolve(here, name);
    return existsSync(file) || !existsSync(`${file}.ipynb`) ? file : `${file}.ipynb`;
  });
  return { files: [...new Set(files)], timeout, kernel: values.kernel, out };
}

/**
 * The arguments of this process, or the end of it with a sentence and the usage.
 * @param {string} usage
 * @param {string[]} [unnamed] the notebooks, if none is named
 */
export function argumentsOrUsage(usage, unnamed = []) {
  try {
    const read = readArguments(process.argv.slice(2));
    if (read.files.length === 0) read.files = unnamed;
    if (read.files.length === 0) throw new Error('There is no notebook to run.');
    return read;
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}
Usage: ${usage}`);
    process.exit(2);
  }
}

/**
 * Runs notebooks, shows the progress, and prints the table.
 * @param {string[]} files
 * @param {Parameters<typeof runNotebooks>[1]} [options]
 */
export async function runAndReport(files, options) {
  const progress = showProgress();
  try {
    const results = await runNotebooks(files, { ...options, onEvent: progress.onEvent });
    progress.end();
    console.log(report(results));
    return { results, ok: results.every(result => result.failure === null) };
  } finally {
    progress.end();
  }
}
