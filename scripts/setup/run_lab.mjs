// JupyterLab on the notebooks, with this folder as its root. Uses Node alone.
import { spawn } from 'node:child_process';
import { childEnv, ROOT, venvBin } from './paths.mjs';
import { setUp } from './set_up.mjs';

const FIRST = '/lab/tree/notebooks/00_index.ipynb';

/** @returns {Promise<number>} JupyterLab's exit code */
export async function main() {
  await setUp();
  const args = ['-m', 'jupyterlab', `--ServerApp.root_dir=${ROOT}`, `--LabApp.default_url=${FIRST}`];
  const lab = spawn(venvBin('python'), [...args, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: childEnv(),
    stdio: 'inherit',
  });
  // At a terminal Ctrl-C reaches JupyterLab by itself, and it asks whether to stop; this process waits for it.
  process.on('SIGINT', () => process.stdin.isTTY || lab.kill('SIGINT'));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => lab.kill(signal));
  return new Promise((resolve, reject) => {
    lab.on('error', reject);
    lab.on('close', code => resolve(code ?? 1));
  });
}
