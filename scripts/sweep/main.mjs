// Reads the command line, sets up, and sweeps, or hands over to Dask's own command line. Uses Node alone, until the
// set-up is done.
import { spawn } from 'node:child_process';
import { setUp } from '../setup/set_up.mjs';
import { readArguments, USAGE } from './arguments.mjs';
import { setUpSweep, sweepEnv, sweepPython } from './environment.mjs';

/** @returns {Promise<number>} the exit code */
export async function main() {
  const args = process.argv.slice(2);
  if (args[0] === 'dask') {
    await setUp();
    await setUpSweep();
    return dask(args.slice(1));
  }
  if (args.length === 0 || args.some(word => word === '--help' || word === '-h')) {
    console.log(USAGE);
    return args.length === 0 ? 2 : 0;
  }
  /** @type {ReturnType<typeof readArguments>} */
  let options;
  try {
    options = readArguments(args);
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n\n${USAGE}`);
    return 2;
  }
  await setUp();
  const { makePlan } = await import('./plan.mjs');
  let plan;
  try {
    plan = makePlan(options);
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    return 2;
  }
  await setUpSweep();
  const { sweep } = await import('./run.mjs');
  return sweep(plan);
}

/** A scheduler or a worker, with the environment that runs need. @param {string[]} args @returns {Promise<number>} */
function dask(args) {
  const child = spawn(sweepPython, ['-m', 'dask', ...args], { env: sweepEnv(), stdio: 'inherit' });
  // At a terminal Ctrl-C reaches Dask by itself; this process waits for it.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}
