// Loads tslab's converter, executor and server, handing them stand-ins for two of the modules that they
// require. Nothing inside node_modules is changed, and nobody else sees the stand-ins.
const Module = require('node:module');
const path = require('node:path');

/** The one version whose internals the launcher knows. */
const TSLAB_VERSION = '1.0.22';
const TYPESCRIPT = '@tslab/typescript-for-tslab';

const manifest = require.resolve('tslab/package.json');
const dist = path.join(path.dirname(manifest), 'dist');

/** What the launcher leans on: the functions, by the object that must have them. */
const EXPECTED = {
  typescript: [
    'createWatchCompilerHost',
    'getPreEmitDiagnosticsOfFiles',
    'flattenDiagnosticMessageText',
    'transpileModule',
    'visitEachChild',
    'isShorthandPropertyAssignment',
  ],
  'tslab/dist/converter': ['createConverter'],
  'tslab/dist/executor': ['createExecutor'],
  'tslab/dist/jupyter': ['ZmqServer', 'JupyterHandlerImpl'],
  'ZmqServer of tslab/dist/jupyter': ['init', 'close', 'bindSocket', 'handleShellMessage', 'publishStatus'],
  'JupyterHandlerImpl of tslab/dist/jupyter': [
    'handleKernel',
    'handleComplete',
    'handleInspect',
    'handleIsComplete',
  ],
};

/**
 * Throws one sentence if something that the launcher leans on is not there.
 *
 * @param {keyof typeof EXPECTED} name
 * @param {any} object
 */
function expect(name, object) {
  const missing = EXPECTED[name].filter(key => typeof object?.[key] !== 'function');
  if (missing.length > 0) {
    throw new Error(`The kernel expects functions in ${name} that are not there: ${missing.join(', ')}.`);
  }
}

/** Throws one sentence unless it is the tslab that the launcher knows. @param {string} version */
function expectVersion(version) {
  if (version === TSLAB_VERSION) return;
  throw new Error(`The kernel is made for tslab ${TSLAB_VERSION}, but node_modules holds tslab ${version}.`);
}

/** The TypeScript that tslab bundles. */
function bundledTypeScript() {
  expectVersion(require(manifest).version);
  const typescript = Module.createRequire(manifest)(TYPESCRIPT);
  expect('typescript', typescript);
  return typescript;
}

/**
 * tslab's parts, each requiring the stand-ins in place of the real modules.
 *
 * @param {{ typescript: any, vm: any }} standIns
 */
function loadTslab({ typescript, vm }) {
  /** @type {Record<string, any>} */
  const standIns = { [TYPESCRIPT]: typescript, vm };
  const loader = /** @type {any} */ (Module);
  const load = loader._load;
  loader._load = (/** @type {string} */ request, /** @type {any} */ parent, /** @type {boolean} */ isMain) =>
    request in standIns && parent?.filename?.startsWith(dist)
      ? standIns[request]
      : load(request, parent, isMain);
  try {
    const converter = require('tslab/dist/converter');
    const executor = require('tslab/dist/executor');
    const jupyter = require('tslab/dist/jupyter');
    expect('tslab/dist/converter', converter);
    expect('tslab/dist/executor', executor);
    expect('tslab/dist/jupyter', jupyter);
    expect('ZmqServer of tslab/dist/jupyter', jupyter.ZmqServer.prototype);
    expect('JupyterHandlerImpl of tslab/dist/jupyter', jupyter.JupyterHandlerImpl.prototype);
    return { createConverter: converter.createConverter, createExecutor: executor.createExecutor, jupyter };
  } finally {
    loader._load = load;
  }
}

module.exports = { TSLAB_VERSION, bundledTypeScript, expect, expectVersion, loadTslab };
