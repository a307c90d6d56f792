// The benchmark's own Python environment, .bench/venv. Uses Node alone.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { explain } from '../setup/errors.mjs';
import { bytesIn, digest, digestOfFile, isStamped, removeStamp, writeStamp } from '../setup/files.mjs';
import { BENCH, ROOT, STATE, venvBin } from '../setup/paths.mjs';
import { pipEnv } from '../setup/python_packages.mjs';
import { Progress } from '../setup/report.mjs';
import { underLock } from '../setup/set_up.mjs';
import { makeCudaStandIns, STAND_INS } from './cuda_stand_ins.mjs';

const VENV = join(BENCH, 'venv');
const REQUIREMENTS = join(ROOT, 'scripts', 'bench', 'requirements.txt');
/** Python packages that come as source alone. */
const FROM_SOURCE = join(ROOT, 'scripts', 'bench', 'requirements_source.txt');
const LOG = join(STATE, 'logs', 'bench.log');
const STAMP = 'bench';
const STEP = 'Benchmark packages';

/** The Python of the benchmark. */
export const benchPython = join(VENV, 'bin', 'python');

const madeFrom = () =>
  digest([
    process.platform,
    process.arch,
    ROOT,
    digestOfFile(REQUIREMENTS),
    digestOfFile(FROM_SOURCE),
    STAND_INS,
  ]);
const inPlace = () => isStamped(STAMP, madeFrom()) && existsSync(benchPython);

/** Installs PyTorch, JAX, SciPy and others for the benchmark, if they are not in place. */
export async function setUpBench() {
  if (inPlace()) return;
  const out = process.stdout;
  out.write(
    'The benchmark needs PyTorch, JAX, SciPy and GPyTorch: 0.8 GB to fetch, 2.3 GB kept in .bench/.\n',
  );
  await underLock(out, async children => {
    if (inPlace()) return;
    const progress = new Progress(STEP, out);
    rmSync(LOG, { force: true });
    removeStamp(STAMP);
    rmSync(VENV, { recursive: true, force: true });
    mkdirSync(BENCH, { recursive: true });
    const env = pipEnv();
    try {
      await children.run(venvBin('python'), ['-m', 'venv', VENV], { env, log: LOG });
      await children.run(
        benchPython,
        [
          ...['-m', 'pip', 'install', '--require-hashes', '--only-binary', ':all:', '--no-deps'],
          ...['--no-cache-dir', '--progress-bar', 'off', '-r', REQUIREMENTS],
        ],
        { env, log: LOG, onOutput: text => progress.update(0, 1, lastPackage(text)) },
      );
      progress.update(0, 1, 'treverhines-rbf, from its source');
      await children
        .run(
          benchPython,
          [
            ...['-m', 'pip', 'install', '--require-hashes', '--no-build-isolation', '--no-deps'],
            ...['--no-cache-dir', '--progress-bar', 'off', '-r', FROM_SOURCE],
          ],
          { env, log: LOG },
        )
        .catch(() =>
          out.write(`treverhines-rbf is left out: it could not be built, see ${relative(ROOT, LOG)}.\n`),
        );
      await makeCudaStandIns(VENV, (program, args) => children.run(program, args, { env, log: LOG }));
      progress.update(0, 1, 'a first import');
      await children.run(benchPython, ['-c', PROOF], {
        cwd: join(ROOT, 'scripts', 'bench'),
        env,
        log: LOG,
      });
    } catch (error) {
      progress.close('failed');
      throw explain(error, { root: ROOT, step: STEP, log: relative(ROOT, LOG) });
    }
    writeStamp(STAMP, madeFrom(), []);
    progress.close(`done, ${(bytesIn(VENV) / 1e9).toFixed(1)} GB`);
  });
}

const PROOF = 'import pytorch_methods, jax_methods, scipy_methods, other_methods';

/** What pip works on, out of its last line. @param {string} text */
const lastPackage = text => text.trim().split('\n').at(-1)?.split(' ').slice(0, 2).join(' ') ?? '';
