// Sets everything up that the notebooks need, in this folder alone, and does nothing where it is in place.
// Uses Node alone: it runs before any package is there.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { addon } from './addon.mjs';
import { Children } from './children.mjs';
import { explain, SetUpError } from './errors.mjs';
import { bytesIn } from './files.mjs';
import { kernelspec } from './kernelspec.mjs';
import { libtensorflow, wheel } from './libtensorflow.mjs';
import { takeLock } from './lock.mjs';
import { linkedAddon, upstreamInstall } from './native_tensorflow.mjs';
import { npmPackages } from './npm_packages.mjs';
import { ROOT, SCRATCH, STATE } from './paths.mjs';
import { pythonPackages } from './python_packages.mjs';
import { Progress, table } from './report.mjs';

export { SetUpError };

/** @typedef {(program: string, args: string[], options?: import('./children.mjs').RunOptions) => Promise<string>} Run */
/** @typedef {{ run: Run, progress: Progress }} Tools */
/**
 * A step of the set-up. It makes its thing beside and renames it into place, and stamps it last.
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} makes the files and folders whose size the table shows
 * @property {() => boolean} inPlace quick, and needs no network
 * @property {(tools: { run: Run }) => Promise<void>} [check] throws what the user has to install first
 * @property {(tools: Tools) => Promise<void>} make
 * @property {() => void} [stamp] writes down that what it makes is whole
 */

/** @type {Step[]} */
export const STEPS = [
  npmPackages,
  pythonPackages,
  ...(wheel ? [libtensorflow, addon, linkedAddon] : [upstreamInstall]),
  kernelspec,
];

/**
 * Sets up node_modules, .venv, native TensorFlow and the tslab kernel, as far as they are not in place.
 * @param {{ quiet?: boolean }} [options] quiet: nothing is printed
 * @returns {Promise<void>}
 * @throws {SetUpError} with one sentence for the user
 */
export async function setUp({ quiet = false } = {}) {
  const begun = Date.now();
  const out = quiet ? undefined : process.stdout;
  if (STEPS.some(isPending)) {
    await underLock(out, async children => {
      const rows = await makePending(children, out);
      if (rows.length > 0) out?.write(`\n${table(rows)}\n\n`);
    });
  }
  out?.write(`Set-up: everything is in place (${((Date.now() - begun) / 1000).toFixed(1)} s).\n`);
}

/**
 * Does a work while no other process does it in this folder. A signal ends the work, its children and this process.
 * @template T
 * @param {import('node:tty').WriteStream | undefined} out
 * @param {(children: Children) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function underLock(out, work) {
  /** @type {Children | undefined} */
  let children;
  /** @type {import('./lock.mjs').Lock | undefined} */
  let lock;
  const onSignal = (/** @type {NodeJS.Signals} */ _signal, /** @type {number} */ number) => {
    children?.killAll();
    children?.close();
    lock?.release();
    out?.write('\nInterrupted: run this again to go on.\n');
    process.exit(128 + number);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, onSignal);
  try {
    if (process.platform === 'win32') {
      throw new SetUpError('This project runs on Linux and macOS: on Windows, run it inside WSL 2.');
    }
    makeState();
    lock = await takeLock(STATE, sentence => out?.write(`${sentence}\n`));
    children = new Children(join(STATE, 'children'), lock.owner);
    rmSync(SCRATCH, { recursive: true, force: true });
    mkdirSync(SCRATCH);
    return await work(children);
  } catch (error) {
    throw explain(error, { root: ROOT, step: 'Set-up', log: relative(ROOT, STATE) });
  } finally {
    if (lock) rmSync(SCRATCH, { recursive: true, force: true });
    children?.close();
    lock?.release();
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** @param {Step} step */
const isPending = step => !step.inPlace();

/** Not by a recursive mkdir, which calls a read-only file system a missing folder. */
function makeState() {
  try {
    mkdirSync(STATE);
  } catch (error) {
    if (!existsSync(STATE)) throw error;
  }
}

/**
 * @param {Children} children
 * @param {import('node:tty').WriteStream | undefined} out
 */
async function makePending(children, out) {
  const env = { ...process.env, TMPDIR: SCRATCH };
  const logOf = (/** @type {Step} */ step) => join(STATE, 'logs', `${step.name.replace(/\W+/g, '_')}.log`);
  /** @param {Step} step @returns {Run} */
  const runOf = step => (program, args, options) =>
    children.run(program, args, { env, log: logOf(step), ...options });

  // What is missing is said before anything is fetched.
  for (const step of STEPS.filter(isPending)) {
    rmSync(logOf(step), { force: true });
    await step.check?.({ run: runOf(step) });
  }
  const rows = [];
  for (const step of STEPS) {
    // Asked at its turn, because a step before may have taken away what it made.
    if (step.inPlace()) continue;
    const begun = Date.now();
    const progress = new Progress(step.name, out);
    try {
      await step.make({ run: runOf(step), progress });
    } catch (error) {
      progress.close('failed');
      throw explain(error, { root: ROOT, step: step.name, log: relative(ROOT, logOf(step)) });
    }
    progress.close('done');
    const bytes = step.makes.reduce((sum, path) => sum + bytesIn(path), 0);
    rows.push({ name: step.name, seconds: (Date.now() - begun) / 1000, megabytes: bytes / 1e6 });
  }
  return rows;
}
