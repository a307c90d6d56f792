// Sets up, and hands over to bench.py, which times everything in interleaved rounds. Uses Node alone.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { childEnv, ROOT } from '../setup/paths.mjs';
import { setUp } from '../setup/set_up.mjs';
import { benchPython, setUpBench } from './environment.mjs';

/** @returns {Promise<number>} the exit code */
export async function main() {
  await setUp();
  await setUpBench();
  // On some machines these choose an old kernel of OpenBLAS, and slow NumPy and SciPy.
  const { OPENBLAS_CORETYPE: _core, OPENBLAS_L2_SIZE: _cache, ...rest } = childEnv();
  const env = { ...rest, NODE: process.execPath };
  const child = spawn(benchPython, [join(ROOT, 'scripts', 'bench', 'bench.py'), ...process.argv.slice(2)], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve(code ?? 1));
  });
}
