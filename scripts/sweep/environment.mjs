// The Python environment of sweeps, .setup/sweep: Dask, papermill and the tslab kernel. Uses Node alone.
import { dirname, join, relative } from 'node:path';
import { link } from '../setup/files.mjs';
import { pythonOf, setUpOwnEnvironment } from '../setup/own_environment.mjs';
import { childEnv, ROOT, STATE } from '../setup/paths.mjs';
import { pipEnv } from '../setup/python_packages.mjs';

const HERE = join(ROOT, 'scripts', 'sweep');
const VENV = join(STATE, 'sweep');
const KERNEL = join(VENV, 'share', 'jupyter', 'kernels', 'tslab');

/** The Python of sweeps. */
export const sweepPython = pythonOf(VENV);

/** The environment of sweeps, of schedulers and of workers, which import run_notebook.py. */
export const sweepEnv = () => ({ ...childEnv(), PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1' });

/** Installs Dask and papermill, if they are not in place. */
export const setUpSweep = () =>
  setUpOwnEnvironment({
    name: 'sweep',
    step: 'Sweep packages',
    needs: 'A sweep needs Dask and papermill: 0.1 GB to fetch, 0.4 GB kept in .setup/sweep/.',
    venv: VENV,
    requirements: join(HERE, 'requirements.txt'),
    async finish(run) {
      link(KERNEL, relative(dirname(KERNEL), join(ROOT, 'scripts', 'kernel')));
      const env = { ...pipEnv(), PYTHONPATH: HERE, PYTHONDONTWRITEBYTECODE: '1' };
      await run(sweepPython, ['-c', 'import bokeh, sweep'], { env });
    },
  });
