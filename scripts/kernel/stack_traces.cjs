// Correction: `error.stack` itself names cells and modules, so that whoever reads it sees `at f (Cell 3:2:7)`.
// For the text of such a line there is a hook that any module may call:
//
//     globalThis[Symbol.for('rbf.sourceLine')]?.('Cell 3', 2)    // string | undefined
const path = require('node:path');
const { fileURLToPath } = require('node:url');
const { headerOf } = require('./failures.cjs');
const { originalPlace, shownPath, sourceLine } = require('./source_maps.cjs');

/** Enough to reach from inside TensorFlow back to the cell. */
const STACK_TRACE_LIMIT = 50;
const OWN_FOLDERS = [__dirname, path.dirname(require.resolve('tslab/dist/executor'))].map(
  dir => dir + path.sep,
);

/** Makes stacks speak of sources. */
function nameSources() {
  Error.stackTraceLimit = STACK_TRACE_LIMIT;
  Error.prepareStackTrace = (error, sites) =>
    [headerOf(error), ...sites.flatMap(site => frame(site) ?? [])].join('\n    at ');
  Object.assign(globalThis, { [Symbol.for('rbf.sourceLine')]: sourceLine });
}

/**
 * The text of one frame, or undefined for one of the machinery: Node's, tslab's, the kernel's.
 *
 * @param {NodeJS.CallSite} site
 */
function frame(site) {
  const file = site.getFileName();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (!file || line === null || column === null) return String(site);
  const location = file.startsWith('file:') ? fileURLToPath(file) : file;
  if (location.startsWith('node:') || OWN_FOLDERS.some(folder => location.startsWith(folder)))
    return undefined;
  const place = originalPlace(location, line, column);
  if (place === null) return undefined;
  const shown = place ?? { name: shownPath(location), line, column };
  return String(site).replace(`${file}:${line}:${column}`, `${shown.name}:${shown.line}:${shown.column}`);
}

module.exports = { nameSources };
