// Correction: where a frame of a stack lies in the source. tslab compiles twice (TypeScript to modules,
// modules to CommonJS) and keeps no map; here both maps are made, kept and followed backwards.
const { SourceMap } = require('node:module');
const path = require('node:path');
const { transpileOnce } = require('./compiled_once.cjs');

/** The name that tslab gives to the source of a cell, before whose text it puts a line of its own. */
const CELL = '__tslab__.ts';
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;[^,]*,(\S*)\s*$/;
const MAP_COMMENT = /\n\/\/# sourceMappingURL=\S*\s*$/;

/** @typedef {{ name: string, line: number, column: number }} Place A place in the source, counted from 1. */
/** @typedef {{ name: string, lines: string[], skipped: number, length: number, maps: () => SourceMap[] }} Source */

/** The maps of a compiled text, until its file is known. @type {Map<string, any[]>} */
const unclaimed = new Map();
/** By the name of the compiled file. @type {Map<string, Source>} */
const sources = new Map();

/** Whether a source map is that of a cell, not of a module. @param {any} map */
const isOfCell = map => map.sources[0].endsWith(CELL);

/**
 * TypeScript that makes source maps and leaves them here.
 *
 * @param {any} ts
 */
function withSourceMaps(ts) {
  return {
    ...ts,
    createWatchCompilerHost: (
      /** @type {string[]} */ files,
      /** @type {object} */ options,
      /** @type {any[]} */ ...rest
    ) =>
      ts.createWatchCompilerHost(files, { ...options, inlineSourceMap: true, inlineSources: true }, ...rest),
    transpileModule: (/** @type {string} */ text, /** @type {any} */ options) => {
      const inline = INLINE_MAP.exec(text);
      const first = inline && JSON.parse(Buffer.from(inline[1], 'base64').toString());
      const plain = text.replace(INLINE_MAP, '\n');
      const withMap = { ...options, compilerOptions: { ...options.compilerOptions, sourceMap: true } };
      const isModule = first && !isOfCell(first);
      const out = isModule ? transpileOnce(ts, plain, withMap) : ts.transpileModule(plain, withMap);
      const outputText = out.outputText.replace(MAP_COMMENT, '\n');
      if (first) unclaimed.set(outputText, [JSON.parse(out.sourceMapText), first]);
      return { ...out, outputText };
    },
  };
}

/**
 * Remembers the source of a compiled file.
 *
 * @param {string} file the name under which Node runs it
 * @param {string} compiled
 * @param {string} [cell] the name to show, if it is a cell
 */
function addSource(file, compiled, cell) {
  const payloads = unclaimed.get(compiled);
  unclaimed.delete(compiled);
  if (!payloads) return;
  const original = payloads[1];
  const text = original.sourcesContent[0];
  const sourcePath = path.join(path.dirname(file), path.basename(original.sources[0]));
  const skipped = isOfCell(original) ? 1 : 0;
  /** @type {SourceMap[] | undefined} */
  let maps;
  sources.set(file, {
    name: cell ?? shownPath(sourcePath),
    lines: text.split('\n').slice(skipped),
    skipped,
    length: compiled.split('\n').length,
    maps: () => {
      maps ??= payloads.map(payload => new SourceMap(payload));
      return maps;
    },
  });
}

/**
 * Where a place of a compiled file lies in its source; null for a line that the kernel wrapped around it,
 * undefined for a file that was not compiled here.
 *
 * @param {string} file
 * @param {number} line
 * @param {number} column
 * @returns {Place | null | undefined}
 */
function originalPlace(file, line, column) {
  const source = sources.get(file);
  if (!source) return undefined;
  if (line > source.length) return null;
  let at = { line: line - 1, column: column - 1 };
  for (const map of source.maps()) {
    const entry = map.findEntry(at.line, at.column);
    if (!('originalLine' in entry)) return null;
    at = { line: entry.originalLine, column: entry.originalColumn };
  }
  return { name: source.name, line: at.line + 1 - source.skipped, column: at.column + 1 };
}

/**
 * The text of a line of a cell (`Cell 3`) or an imported module (`modules/radii.ts`), as stack traces name them.
 *
 * @param {string} name
 * @param {number} line counted from 1
 * @returns {string | undefined}
 */
function sourceLine(name, line) {
  for (const source of sources.values()) if (source.name === name) return source.lines[line - 1];
  return undefined;
}

const ROOT = path.dirname(path.dirname(__dirname));
const HOME = process.cwd();

/**
 * A path as it is shown: seen from the notebook's folder, if it lies there or in the kernel's own repo.
 *
 * @param {string} file
 */
function shownPath(file) {
  const inside = [HOME, ROOT].some(folder => !path.relative(folder, file).startsWith('..'));
  return inside ? path.relative(HOME, file) : file;
}

module.exports = { withSourceMaps, addSource, originalPlace, sourceLine, shownPath };
