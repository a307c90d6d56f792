// Loads tslab's converter, executor and server, handing them stand-ins for two of the modules that they
// require. Nothing inside node_modules is changed, and nobody else sees the stand-ins.
const Module = require('node:module');
const path = require('node:path');

/** The one version whose internals the launcher knows. */
const TSLAB_VERSION = '1.0.22';
const TYPESCRIPT = '@tslab/typescript-for-tslab';

const manifest = require.resolve('tslab/package.json');
const dist = path.join(path.dirname(manifest), 'dist');

/** The TypeScript that tslab bundles. */
const bundledTypeScript = () => Module.createRequire(manifest)(TYPESCRIPT);

/**
 * tslab's parts, each requiring the stand-ins in place of the real modules.
 *
 * @param {{ typescript: any, vm: any }} standIns
 */
function loadTslab({ typescript, vm }) {
  const { version } = require(manifest);
  if (version !== TSLAB_VERSION) {
    throw new Error(`The kernel is made for tslab ${TSLAB_VERSION}, but node_modules holds tslab ${version}.`);
  }
  /** @type {Record<string, any>} */
  const standIns = { [TYPESCRIPT]: typescript, vm };
  const loader = /** @type {any} */ (Module);
  const load = loader._load;
  loader._load = (/** @type {string} */ request, /** @type {any} */ parent, /** @type {boolean} */ isMain) =>
    request in standIns && parent?.filename?.startsWith(dist)
      ? standIns[request]
      : load(request, parent, isMain);
  try {
    const { createConverter } = require('tslab/dist/converter');
    const { createExecutor } = require('tslab/dist/executor');
    const jupyter = require('tslab/dist/jupyter');
    return { createConverter, createExecutor, jupyter };
  } finally {
    loader._load = load;
  }
}

module.exports = { TSLAB_VERSION, bundledTypeScript, loadTslab };
