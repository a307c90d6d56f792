// Where things lie, and the environment every child process gets. Uses Node alone.
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repo's own folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The Python environment with JupyterLab. */
export const VENV = join(ROOT, '.venv');
/** libtensorflow and the addon that was built for it. */
export const NATIVE = join(ROOT, '.native');
/** Stamps, the lock, and what Jupyter would otherwise write to the user's home. */
export const STATE = join(ROOT, '.setup');
/** Executed notebooks, HTML, screenshots. */
export const BUILD = join(ROOT, 'build');

/** A program of the Python environment. @param {string} name */
export const venvBin = name => join(VENV, 'bin', name);

/** The environment of Jupyter, of kernels and of tests: nothing of it reaches the user's home. */
export function childEnv() {
  return {
    ...process.env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    JUPYTER_CONFIG_DIR: join(STATE, 'jupyter', 'config'),
    JUPYTER_DATA_DIR: join(STATE, 'jupyter', 'data'),
    JUPYTER_RUNTIME_DIR: join(STATE, 'jupyter', 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: join(STATE, 'jupyter', 'lab', 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(STATE, 'jupyter', 'lab', 'workspaces'),
    IPYTHONDIR: join(STATE, 'jupyter', 'ipython'),
  };
}
