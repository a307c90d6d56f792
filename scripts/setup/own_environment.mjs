// A Python environment beside the one of the notebooks, made the first time that it is used. Uses Node alone.
import { existsSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { explain } from './errors.mjs';
import { bytesIn, digest, digestOfFile, isStamped, removeStamp, writeStamp } from './files.mjs';
import { ROOT, STATE, venvBin } from './paths.mjs';
import { pipEnv } from './python_packages.mjs';
import { Progress } from './report.mjs';
import { underLock } from './set_up.mjs';

/**
 * @typedef {object} OwnEnvironment
 * @property {string} name of its stamp and its log
 * @property {string} step as messages name it
 * @property {string} needs a sentence about what will be fetched and kept, and where
 * @property {string} venv its folder
 * @property {string} requirements pinned and hashed
 * @property {string[]} [flags] of pip
 * @property {unknown} [version] of what `finish` does
 * @property {(run: import('./set_up.mjs').Run) => Promise<void>} finish what follows the packages
 */

/** The Python of an environment. @param {string} venv */
export const pythonOf = venv => join(venv, 'bin', 'python');

/** Makes an environment, if it is not in place. @param {OwnEnvironment} environment */
export async function setUpOwnEnvironment({
  name,
  step,
  needs,
  venv,
  requirements,
  flags = [],
  version,
  finish,
}) {
  // The scripts of an environment hold its absolute path, so a moved one is made anew.
  const madeFrom = digest([process.platform, process.arch, venv, digestOfFile(requirements), version]);
  const inPlace = () => isStamped(name, madeFrom) && existsSync(pythonOf(venv));
  if (inPlace()) return;
  const out = process.stdout;
  const log = join(STATE, 'logs', `${name}.log`);
  out.write(`${needs}\n`);
  await underLock(out, async children => {
    if (inPlace()) return;
    const progress = new Progress(step, out);
    rmSync(log, { force: true });
    removeStamp(name);
    rmSync(venv, { recursive: true, force: true });
    /** @type {import('./set_up.mjs').Run} */
    const run = (program, args, options) => children.run(program, args, { env: pipEnv(), log, ...options });
    try {
      await run(venvBin('python'), ['-m', 'venv', venv]);
      await run(
        pythonOf(venv),
        [
          ...['-m', 'pip', 'install', '--require-hashes', '--only-binary', ':all:', '--no-deps'],
          ...['--progress-bar', 'off', ...flags, '-r', requirements],
        ],
        { onOutput: text => progress.update(0, 1, lastPackage(text)) },
      );
      await finish(run);
    } catch (error) {
      progress.close('failed');
      throw explain(error, { root: ROOT, step, log: relative(ROOT, log) });
    }
    writeStamp(name, madeFrom, []);
    progress.close(`done, ${(bytesIn(venv) / 1e9).toFixed(1)} GB`);
  });
}

/** What pip works on, out of its last line. @param {string} text */
const lastPackage = text => text.trim().split('\n').at(-1)?.split(' ').slice(0, 2).join(' ') ?? '';
