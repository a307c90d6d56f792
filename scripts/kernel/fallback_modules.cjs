// Correction: a notebook outside the repo finds the repo's packages, types included, where its own folder and
// the folders above have none.
const Module = require('node:module');
const path = require('node:path');

const ROOT = path.dirname(path.dirname(__dirname));
const PACKAGES = path.join(ROOT, 'node_modules');

/** Every folder from the notebook's up to the root. @param {string} folder @returns {string[]} */
function upwards(folder) {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...upwards(parent)];
}

/** Where the compiler looks, or nothing if the repo's packages lie on its way anyhow. @param {string} folder */
function searchPaths(folder) {
  const folders = upwards(folder);
  if (folders.includes(ROOT)) return {};
  const packages = [...folders.map(dir => path.join(dir, 'node_modules')), PACKAGES];
  return { paths: { '*': packages.flatMap(dir => [`${dir}/*`, `${dir}/@types/*`]) } };
}

/**
 * TypeScript that looks for types in the repo last.
 *
 * @param {any} ts
 */
function withFallbackTypes(ts) {
  return {
    ...ts,
    createWatchCompilerHost: (
      /** @type {string[]} */ files,
      /** @type {object} */ options,
      /** @type {any[]} */ ...rest
    ) => ts.createWatchCompilerHost(files, { ...options, ...searchPaths(process.cwd()) }, ...rest),
  };
}

/** Makes `require` look in the repo last. Node reads NODE_PATH once; a cell's own processes do not see it. */
function fallBackToOwnPackages() {
  const { NODE_PATH } = process.env;
  process.env.NODE_PATH = NODE_PATH ? `${NODE_PATH}${path.delimiter}${PACKAGES}` : PACKAGES;
  /** @type {any} */ (Module)._initPaths();
  if (NODE_PATH === undefined) delete process.env.NODE_PATH;
  else process.env.NODE_PATH = NODE_PATH;
}

module.exports = { withFallbackTypes, fallBackToOwnPackages };
