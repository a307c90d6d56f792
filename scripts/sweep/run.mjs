// One sweep: sweep.py with its plan, its progress, and what came of it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { childEnv, ROOT } from '../setup/paths.mjs';
import { sweepEnv, sweepPython } from './environment.mjs';
import { SweepProgress } from './progress.mjs';

/**
 * What sweep.py reports.
 * @typedef {{ cell: number | null, line?: string, cause: string }} Failure
 * @typedef {{ event: 'begin', finished: number }
 *   | { event: 'cluster', dashboard: string }
 *   | { event: 'waiting', workers: number }
 *   | { event: 'run', index: number, failure: Failure | null }
 *   | { event: 'lost', worker: string, runs: number[] }
 *   | { event: 'error', cause: string }
 *   | { event: 'stopped' } | { event: 'end' }} Event
 */

/** How long a sweep that is stopped may take to end. */
const PATIENCE_MS = 20_000;

/**
 * Carries a plan out, and reports.
 * @param {import('./plan.mjs').Plan} plan
 * @returns {Promise<number>} the exit code
 */
export async function sweep(plan) {
  const scratch = mkdtempSync(join(tmpdir(), 'sweep-'));
  const progress = new SweepProgress(plan, process.stdout);
  // A process group of its own: Ctrl-C reaches this process alone, and there is one way to the end and not two.
  const child = spawn(sweepPython, [join(ROOT, 'scripts', 'sweep', 'sweep.py')], {
    cwd: scratch,
    env: { ...sweepEnv(), TMPDIR: scratch },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [stdin, stdout, stderr, events] = /** @type {any[]} */ (child.stdio);
  stdin.on('error', () => {}); // sweep.py ended before it was asked to
  stdin.write(`${JSON.stringify({ ...plan, scratch })}\n`);

  /** @type {NodeJS.Signals | undefined} */
  let stopped;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    if (stopped) killGroup(child.pid);
    stopped = signal;
    progress.say('Stopping …');
    stdin.end();
    setTimeout(() => killGroup(child.pid), PATIENCE_MS).unref();
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, stop);

  let said = '';
  for (const stream of [stdout, stderr])
    stream.on('data', (/** @type {Buffer} */ data) => {
      said = (said + data).slice(-4000);
    });
  /** @type {Event | undefined} */
  let last;
  const lines = createInterface({ input: events });
  lines.on('line', line => {
    last = JSON.parse(line);
    progress.onEvent(/** @type {Event} */ (last));
  });
  const drained = new Promise(resolve => lines.once('close', resolve));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  await drained;
  killGroup(child.pid); // workers, if sweep.py was killed
  rmSync(scratch, { recursive: true, force: true });
  for (const signal of signals) process.off(signal, stop);

  const ended = last?.event === 'end' || last?.event === 'stopped';
  const here = process.env.INIT_CWD ?? process.cwd();
  progress.close(ended ? relative(here, plan.out) || '.' : null);
  if (last?.event === 'error') console.error(last.cause);
  else if (!ended) console.error(`The sweep ended before its time:\n${said.trim()}`);
  if (stopped) return 128 + constants.signals[stopped];
  if (!ended) return 1;
  const drawn = plan.charts.length === 0 || drawCharts(plan);
  return drawn && progress.failed === 0 ? 0 : 1;
}

/** Whether all charts could be drawn. @param {import('./plan.mjs').Plan} plan */
function drawCharts({ out, charts, parameters }) {
  const program = join(ROOT, 'scripts', 'sweep', 'draw_charts.ts');
  const args = ['--import', 'tsx', program, out, ...[charts, parameters].map(list => JSON.stringify(list))];
  return spawnSync(process.execPath, args, { cwd: ROOT, env: childEnv(), stdio: 'inherit' }).status === 0;
}

/** @param {number | undefined} pid */
function killGroup(pid) {
  try {
    if (pid) process.kill(-pid, 'SIGKILL');
  } catch {
    // It had ended by itself.
  }
}
