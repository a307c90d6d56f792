// Step: .venv, from requirements.txt. Uses Node alone.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildError, SetUpError } from './errors.mjs';
import { digest, digestOfFile, isStamped, setAside, stampOf, writeStamp } from './files.mjs';
import { ROOT, SCRATCH, VENV, venvBin } from './paths.mjs';

const REQUIREMENTS = join(ROOT, 'requirements.txt');
const STAMP = 'python';
const OLDEST = 11;
const NEWEST = 13;
const PROBE = 'import sys; print("%d.%d.%d" % sys.version_info[:3], flush=True); import ensurepip, venv';

// The scripts of an environment hold its absolute path, so a moved one is made anew.
const madeFrom = () => digest([process.platform, process.arch, ROOT, digestOfFile(REQUIREMENTS)]);

/** The environment of pip: what a user set for installs elsewhere must not lead ours astray. */
export function pipEnv() {
  const env = { ...process.env };
  for (const name of ['PYTHONPATH', 'PYTHONHOME', 'PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT']) delete env[name];
  return {
    ...env,
    PYTHONNOUSERSITE: '1',
    PIP_USER: '0',
    PIP_NO_INPUT: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    TMPDIR: SCRATCH,
  };
}

/** @type {import('./set_up.mjs').Step} */
export const pythonPackages = {
  name: 'Python packages',
  makes: [VENV],
  inPlace: () => isStamped(STAMP, madeFrom()) && existsSync(venvBin('python')),

  async check({ run }) {
    await findPython(run);
  },

  async make({ run, progress }) {
    const python = await findPython(run);
    // An environment cannot be renamed once it is made: the old one steps aside, and comes back if this fails.
    const old = [stampOf(STAMP), VENV].map(setAside);
    try {
      progress.update(0, 1, 'virtual environment');
      await run(python, ['-m', 'venv', VENV], { env: pipEnv() });
      await install(run, progress);
    } catch (error) {
      for (const { putBack } of old.reverse()) putBack();
      throw error;
    }
    for (const { drop } of old) drop();
    this.stamp?.();
  },

  stamp: () => writeStamp(STAMP, madeFrom(), []),
};

/**
 * @param {import('./set_up.mjs').Run} run
 * @param {import('./report.mjs').Progress} progress
 */
async function install(run, progress) {
  const pins = (readFileSync(REQUIREMENTS, 'utf8').match(/^\S+==/gm) ?? []).length;
  let collected = 0;
  const installed = () => sitePackages().filter(name => name.endsWith('.dist-info')).length;
  const watch = setInterval(() => progress.update(collected + installed(), 2 * pins), 500);
  try {
    await run(
      venvBin('python'),
      [
        ...['-m', 'pip', 'install', '--require-hashes', '--only-binary', ':all:', '--no-deps'],
        ...['--progress-bar', 'off', '--no-warn-script-location', '-r', REQUIREMENTS],
      ],
      {
        env: pipEnv(),
        onOutput: text => {
          collected += (text.match(/^Collecting /gm) ?? []).length;
        },
      },
    );
  } finally {
    clearInterval(watch);
  }
}

function sitePackages() {
  const lib = join(VENV, 'lib');
  const [python] = existsSync(lib) ? readdirSync(lib) : [];
  const folder = python && join(lib, python, 'site-packages');
  return folder && existsSync(folder) ? readdirSync(folder) : [];
}

/**
 * A Python that the pinned packages were tried with, and that can make a virtual environment.
 * @param {import('./set_up.mjs').Run} run
 * @returns {Promise<string>}
 */
async function findPython(run) {
  const chosen = process.env.PYTHON;
  const candidates = chosen ? [chosen] : ['python3.11', 'python3', 'python3.12', 'python3.13', 'python'];
  /** @type {string[]} */
  const others = [];
  /** @type {string | undefined} */
  let bare;
  for (const python of candidates) {
    const { version, complete } = await probe(run, python);
    if (!version) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major !== 3 || minor < OLDEST || minor > NEWEST) others.push(`${python} is ${version}`);
    else if (complete) return python;
    else bare ??= `${major}.${minor}`;
  }
  if (bare) {
    throw new SetUpError(
      `Python ${bare} is here without its venv module: on Debian and Ubuntu, apt install python${bare}-venv.`,
    );
  }
  const found = others.length > 0 ? others.join(', ') : `no ${candidates.join(', no ')} was found`;
  throw new SetUpError(
    `Python 3.${OLDEST} to 3.${NEWEST} is needed (${found}): on Debian and Ubuntu, apt install python3 python3-venv; ` +
      'on macOS, brew install python@3.11; or set PYTHON to the one to use.',
  );
}

/**
 * @param {import('./set_up.mjs').Run} run
 * @param {string} python
 */
async function probe(run, python) {
  try {
    return { version: (await run(python, ['-c', PROBE], { env: pipEnv() })).trim(), complete: true };
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    return { version: /^\d+\.\d+\.\d+$/m.exec(error.output)?.[0], complete: false };
  }
}
