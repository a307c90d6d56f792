// Step: the addon linked into tfjs-node, and the proof that it computes. Uses Node alone.
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ADDON, addonFrom } from './addon.mjs';
import { ChildError, SetUpError } from './errors.mjs';
import { digest, isLink, isStamped, link, removeStamp, writeStamp } from './files.mjs';
import { lockedAs, npm } from './npm_packages.mjs';
import { childEnv, NODE_MODULES, ROOT } from './paths.mjs';

const STAMP = 'native_tensorflow';
const IN_PACKAGE = join(NODE_MODULES, '@tensorflow', 'tfjs-node', 'lib', 'napi-v8', 'tfjs_binding.node');
const TARGET = relative(dirname(IN_PACKAGE), ADDON);
const PROOF = join(ROOT, 'scripts', 'setup', 'prove_native.cjs');

/** @type {import('./set_up.mjs').Step} */
export const linkedAddon = {
  name: 'native TensorFlow',
  makes: [],
  inPlace: () => isStamped(STAMP, addonFrom()) && isLink(IN_PACKAGE, TARGET),

  async make({ run, progress }) {
    removeStamp(STAMP);
    link(IN_PACKAGE, TARGET);
    progress.update(0, 1, 'multiplying two matrices');
    await prove(run);
    this.stamp?.();
  },

  stamp: () => writeStamp(STAMP, addonFrom(), [ADDON]),
};

const upstreamFrom = () => digest([process.platform, process.arch, lockedAs('@tensorflow/tfjs-node')]);

/** For a system with no pinned wheel. @type {import('./set_up.mjs').Step} */
export const upstreamInstall = {
  name: "native TensorFlow by tfjs-node's own install script",
  makes: [join(NODE_MODULES, '@tensorflow', 'tfjs-node', 'deps')],
  inPlace: () => isStamped(STAMP, upstreamFrom()) && existsSync(IN_PACKAGE),

  async make({ run, progress }) {
    removeStamp(STAMP);
    progress.say(`This project pins no TensorFlow for ${process.platform} on ${process.arch}.`);
    await run(
      ...npm(['rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false', '--foreground-scripts']),
      {
        cwd: ROOT,
      },
    );
    await prove(run);
    this.stamp?.();
  },

  stamp: () => writeStamp(STAMP, upstreamFrom(), []),
};

/** @param {import('./set_up.mjs').Run} run */
async function prove(run) {
  try {
    await run(process.execPath, [PROOF], { env: childEnv() });
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    const said = error.output.match(/^.*Error: .*$/m)?.[0] ?? error.output.trim().split('\n').at(-1);
    throw new SetUpError(
      `TensorFlow was built but does not compute here (${error.ending}${said ? `, ${said}` : ''}).`,
    );
  }
}
