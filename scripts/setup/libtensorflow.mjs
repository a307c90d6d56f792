// Step: libtensorflow and the headers of its C interface, out of a pinned TensorFlow wheel. Uses Node alone.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bytesIn, digest, isStamped, removeStamp, replace, writeStamp } from './files.mjs';
import { NATIVE, ROOT, SCRATCH, venvBin } from './paths.mjs';
import { pipEnv } from './python_packages.mjs';

/**
 * @typedef {object} Wheel
 * @property {string} requirement name and version
 * @property {string} sha256
 * @property {number} bytes
 * @property {string} platform pip's tag
 * @property {string[]} libraries their paths in the wheel
 */

const SETUP = join(ROOT, 'scripts', 'setup');
const STAMP = 'libtensorflow';
/** pip of any Python may fetch the wheel, because it is told which Python the wheel is for. */
const TAGS = ['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311'];

/** @type {{ headers: string[], wheels: Record<string, Wheel> }} */
const { headers, wheels } = JSON.parse(readFileSync(join(SETUP, 'tensorflow_wheels.json'), 'utf8'));

/** The wheel for this system, if one is pinned. TensorFlow's Linux builds need glibc. */
export const wheel = isMusl() ? undefined : wheels[`${process.platform}-${process.arch}`];

/** The libraries as they lie in .native. */
export const libraries = (wheel?.libraries ?? []).map(path => basename(path));

/** What the libraries are made from. */
export const libtensorflowFrom = digest([wheel, headers]);

/** @type {import('./set_up.mjs').Step} */
export const libtensorflow = {
  name: 'libtensorflow',
  makes: [NATIVE],
  inPlace: () => isStamped(STAMP, libtensorflowFrom),

  async make({ run, progress }) {
    if (!wheel) throw new TypeError('libtensorflow: no wheel is pinned for this system');
    const download = join(SCRATCH, 'wheel');
    const beside = join(SCRATCH, 'native');
    mkdirSync(download);
    await fetchWheel(run, progress, wheel, download);
    const [file] = readdirSync(download);
    await run(
      venvBin('python'),
      [
        join(SETUP, 'unpack_wheel.py'),
        join(download, file),
        beside,
        ...wheel.libraries,
        '--headers',
        ...headers,
      ],
      {
        onOutput: text => {
          const [done, total] = (/(\d+) (\d+)\s*$/.exec(text) ?? []).slice(1).map(Number);
          progress.update(done, total, 'unpacking');
        },
      },
    );
    rmSync(download, { recursive: true });
    removeStamp(STAMP);
    replace(beside, NATIVE);
    this.stamp?.();
  },

  stamp: () =>
    writeStamp(
      STAMP,
      libtensorflowFrom,
      libraries.map(name => join(NATIVE, name)),
    ),
};

/**
 * @param {import('./set_up.mjs').Run} run
 * @param {import('./report.mjs').Progress} progress
 * @param {Wheel} pinned
 * @param {string} folder
 */
async function fetchWheel(run, progress, { requirement, sha256, bytes, platform }, folder) {
  const pins = join(SCRATCH, 'wheel.txt');
  writeFileSync(pins, `${requirement} --hash=sha256:${sha256}\n`);
  const before = bytesIn(SCRATCH);
  const watch = setInterval(() => progress.update(bytesIn(SCRATCH) - before, bytes, 'fetching'), 500);
  try {
    await run(
      venvBin('python'),
      [
        ...['-m', 'pip', 'download', '--require-hashes', '--no-deps', '--only-binary', ':all:'],
        ...['--platform', platform, ...TAGS, '--progress-bar', 'off', '-d', folder, '-r', pins],
      ],
      { env: pipEnv() },
    );
  } finally {
    clearInterval(watch);
  }
}

/** Alpine and the like; Node says with which C library it runs. */
function isMusl() {
  if (process.platform !== 'linux') return false;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return !report.header.glibcVersionRuntime;
}
