// JupyterLab on the notebooks, with this folder as its root. Uses Node alone.
import { spawn } from 'node:child_process';
import { relative } from 'node:path';
import { childEnv, committedNotebooks, ROOT, venvBin } from './paths.mjs';
import { setUp } from './set_up.mjs';

/** @returns {Promise<number>} JupyterLab's exit code */
export async function main() {
  await setUp();
  const [first] = committedNotebooks();
  const given = process.argv.slice(2);
  const own = Object.entries({
    '--ServerApp.root_dir': ROOT,
    '--LabApp.default_url': first ? `/lab/tree/${relative(ROOT, first)}` : '/lab',
  }).map(([option, value]) => `${option}=${value}`);
  // JupyterLab refuses an option that it is given twice.
  const others = own.filter(option => !given.some(other => other.startsWith(option.replace(/=.*/, '='))));
  const lab = spawn(venvBin('python'), ['-m', 'jupyterlab', ...others, ...given], {
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
