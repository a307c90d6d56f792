// One call of `jupyter nbconvert` that reports while it works, and leaves no kernel behind.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, venvBin } from '../setup/paths.mjs';

/**
 * What execute.py and export.py report, in this order; `cell` counts from 1 like execution counts.
 * @typedef {{ event: 'start' }
 *   | { event: 'notebook', cells: number }
 *   | { event: 'kernel', pid: number | null }
 *   | { event: 'cell', cell: number, line: string }
 *   | { event: 'failed', cell: number | null, line?: string, cause: string }
 *   | { event: 'end' }} Event
 */

/** Where nbconvert is started: it looks there for export.py. */
const HERE = join(ROOT, 'scripts', 'headless');
const FIXED = ['nbconvert', '--to=export.ExecutedNotebook', '--log-level=CRITICAL'];

/**
 * Calls nbconvert with execute.py's preprocessor and export.py's writers.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {(event: Event) => void} onEvent
 * @returns {Promise<{ ending: string, stopped?: NodeJS.Signals }>} how it ended, for the end of a sentence, and the
 *   signal by which the user stopped it
 */
export async function nbconvert(args, env, onEvent) {
  // Jupyter leaves an empty folder for each kernel; here they go with the folder around them.
  const temporary = mkdtempSync(join(tmpdir(), 'nbconvert-'));
  // stdin tells nbconvert that this process is alive, 3 brings the events.
  const child = spawn(venvBin('jupyter'), [...FIXED, ...args], {
    cwd: HERE,
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1', TMPDIR: temporary },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  /** @type {NodeJS.Signals | undefined} */
  let stopped;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    stopped = signal;
    child.stdin?.end();
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, stop);

  let said = '';
  const listen = (/** @type {Buffer} */ chunk) => {
    said = (said + chunk).slice(-2000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);

  /** @type {number | null} */
  let kernel = null;
  const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdio[3]) });
  lines.on('line', line => {
    const event = /** @type {Event} */ (JSON.parse(line));
    if (event.event === 'kernel') kernel = event.pid;
    onEvent(event);
  });
  const drained = new Promise(resolve => lines.once('close', resolve));

  const ending = await new Promise(resolve => {
    child.once('error', error => resolve(`before it began: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal ? `by ${signal}` : `with exit code ${code}`));
  });
  await drained;
  for (const signal of signals) process.off(signal, stop);
  if (kernel) killGroup(kernel); // nbconvert itself was killed
  rmSync(temporary, { recursive: true, force: true });
  const words = said.trim();
  return { ending: words ? `${ending}:\n${words}` : ending, stopped };
}

/** Ends a kernel and its children. @param {number} pid */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
