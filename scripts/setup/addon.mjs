// Step: tfjs-node's addon, built against that libtensorflow by one call of the C++ compiler. Uses Node alone.
import { mkdirSync, renameSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { ChildError, SetUpError } from './errors.mjs';
import { digest, isStamped, removeStamp, writeStamp } from './files.mjs';
import { libraries, libtensorflow, libtensorflowFrom } from './libtensorflow.mjs';
import { lockedAs } from './npm_packages.mjs';
import { NATIVE, NODE_MODULES, SCRATCH } from './paths.mjs';

/** The addon, beside the libraries that it loads. */
export const ADDON = join(NATIVE, 'tfjs_binding.node');
const STAMP = 'addon';
const NAPI_VERSION = 8;

/**
 * What the compiler is told, in .native. The addon looks for its libraries beside itself.
 * @param {string} platform as Node calls it
 * @param {string[]} libraries
 * @param {string} output
 */
export function compilerArguments(platform, libraries, output) {
  const modules = relative(NATIVE, NODE_MODULES);
  const binding = `${modules}/@tensorflow/tfjs-node/binding`;
  const mac = platform === 'darwin';
  return [
    ...['-std=c++17', '-O2', '-fPIC', `-DNAPI_VERSION=${NAPI_VERSION}`],
    ...['-I', 'include', '-I', `${modules}/node-api-headers/include`],
    ...(mac ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    ...[`${binding}/tfjs_backend.cc`, `${binding}/tfjs_binding.cc`],
    ...libraries,
    `-Wl,-rpath,${mac ? '@loader_path' : '$ORIGIN'}`,
    ...['-o', output],
  ];
}

/** What the addon is built from. */
export const addonFrom = () =>
  digest([
    libtensorflowFrom,
    lockedAs('@tensorflow/tfjs-node'),
    lockedAs('node-api-headers'),
    compilerArguments(process.platform, libraries, basename(ADDON)),
  ]);

/** @type {import('./set_up.mjs').Step} */
export const addon = {
  name: "tfjs-node's addon",
  makes: [ADDON],
  inPlace: () => libtensorflow.inPlace() && isStamped(STAMP, addonFrom()),

  async check({ run }) {
    await findCompiler(run);
  },

  async make({ run, progress }) {
    const [compiler, ...flags] = await findCompiler(run);
    const output = join(SCRATCH, 'addon', 'tfjs_binding.node');
    mkdirSync(join(SCRATCH, 'addon'));
    progress.update(0, 1, `compiling with ${compiler}`);
    await run(compiler, [...flags, ...compilerArguments(process.platform, libraries, output)], {
      cwd: NATIVE,
    });
    removeStamp(STAMP);
    renameSync(output, ADDON);
    this.stamp?.();
  },

  stamp: () => writeStamp(STAMP, addonFrom(), [ADDON]),
};

/**
 * The C++ compiler: CXX, which may hold flags, or the first that runs.
 * @param {import('./set_up.mjs').Run} run
 */
async function findCompiler(run) {
  const chosen = process.env.CXX?.split(' ').filter(Boolean) ?? [];
  for (const command of chosen.length > 0 ? [chosen] : [['g++'], ['clang++'], ['c++']]) {
    try {
      await run(command[0], [...command.slice(1), '--version']);
      return command;
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
    }
  }
  throw new SetUpError(
    `No C++ compiler ${chosen.length > 0 ? `runs as CXX=${process.env.CXX}` : 'was found'}: on Debian and Ubuntu, apt install g++; on Fedora, dnf install gcc-c++; on macOS, xcode-select --install.`,
  );
}
