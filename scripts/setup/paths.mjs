// Where things lie, and the environment every child process gets. Uses Node alone.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repo's own folder. */
// @ts-expect-error The type check takes all files for CommonJS; this one is an ES module.
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What npm installs from package-lock.json. */
export const NODE_MODULES = join(ROOT, 'node_modules');
/** The Python environment with JupyterLab. */
export const VENV = join(ROOT, '.venv');
/** libtensorflow and the addon that was built for it. */
export const NATIVE = join(ROOT, '.native');
/** Stamps, logs, the lock, and what Jupyter would otherwise write to the user's home. */
export const STATE = join(ROOT, '.setup');
/** Where a step makes a thing before it is renamed into place, and where its children keep temporary files. */
export const SCRATCH = join(STATE, 'scratch');
/** The benchmark's own environment. */
export const BENCH = join(ROOT, '.bench');
/** Executed notebooks, HTML, screenshots. */
export const BUILD = join(ROOT, 'build');

/** The notebooks, in order, then those with the solutions. An experiment has its own at its top. */
export const committedNotebooks = () => {
  const folder = existsSync(join(ROOT, 'notebooks')) ? join(ROOT, 'notebooks') : ROOT;
  const folders = [folder, join(folder, 'solutions')].filter(existsSync);
  return folders.flatMap(folder => {
    const names = readdirSync(folder).filter(name => name.endsWith('.ipynb'));
    return names.sort().map(name => join(folder, name));
  });
};

/** A program of the Python environment. @param {string} name */
export const venvBin = name => join(VENV, 'bin', name);

const NODE_COMPAT = join(ROOT, 'scripts', 'setup', 'node_compat.cjs');

/**
 * The environment of Jupyter, of kernels and of tests: nothing of it reaches the user's home, and nothing of
 * the user's Python reaches it.
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnv() {
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...env } = process.env;
  return {
    ...env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    NODE_OPTIONS: withNodeCompat(process.env.NODE_OPTIONS ?? ''),
    PYTHONNOUSERSITE: '1',
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    JUPYTER_CONFIG_DIR: join(STATE, 'jupyter', 'config'),
    JUPYTER_DATA_DIR: join(STATE, 'jupyter', 'data'),
    JUPYTER_RUNTIME_DIR: join(STATE, 'jupyter', 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: join(STATE, 'jupyter', 'lab', 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(STATE, 'jupyter', 'lab', 'workspaces'),
    IPYTHONDIR: join(STATE, 'jupyter', 'ipython'),
  };
}

/**
 * tfjs-node calls two functions that Node deprecated in 22 and took away in 23.
 * @param {string} options
 */
function withNodeCompat(options) {
  if (Number(process.versions.node.split('.')[0]) < 22 || options.includes(NODE_COMPAT)) return options;
  return `${options} --require ${JSON.stringify(NODE_COMPAT)}`.trim();
}
