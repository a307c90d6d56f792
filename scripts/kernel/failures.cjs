// What went wrong in a cell, in Jupyter's three fields: a name, a sentence, and the lines to show.
const { inspect, types } = require('node:util');
const { sourceLine } = require('./source_maps.cjs');

/** @typedef {{ ename: string, evalue: string, traceback: string[] }} Failure */
/** @typedef {{ name: string, line: number, column: number, width: number, text: string | undefined, code: number, message: string }} Mistake */

/** @type {Failure} */
const INTERRUPTED = {
  ename: 'Interrupted',
  evalue: 'the cell was interrupted',
  traceback: ['Interrupted: the cell was interrupted'],
};

/** @param {string | undefined} text @param {number} line @param {number} column @param {number} [width] */
function quote(text, line, column, width = 1) {
  if (text === undefined) return [];
  const margin = String(line);
  const shown = Math.max(1, Math.min(width, text.length - column + 1));
  return [
    `    ${margin} | ${text}`,
    `    ${' '.repeat(margin.length)} | ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}${'^'.repeat(shown)}`,
  ];
}

/** The innermost frame whose source is known, quoted. @param {string[]} frames */
function quoteInnermost(frames) {
  for (const frame of frames) {
    const [, name, line, column] = /^ {4}at (?:.* \()?(?:async )?(.+?):(\d+):(\d+)\)?$/.exec(frame) ?? [];
    const text = name && sourceLine(name, Number(line));
    if (text) return quote(text, Number(line), Number(column));
  }
  return [];
}

/** @param {unknown} value @returns {value is Error} */
const isError = value => value instanceof Error || types.isNativeError(value);

/**
 * A failure from whatever a cell threw.
 *
 * @param {unknown} value
 * @returns {Failure}
 */
function thrown(value) {
  if (!isError(value)) {
    const evalue = typeof value === 'string' ? value : inspect(value);
    const ename = `thrown ${value === null ? 'null' : typeof value}`;
    return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
  }
  const ename = String(value.name || value.constructor?.name || 'Error');
  const evalue = String(value.message);
  return { ename, evalue, traceback: describe(value, new Set()) };
}

/** @param {unknown} value @param {Set<unknown>} seen @returns {string[]} */
function describe(value, seen) {
  if (!isError(value)) return [inspect(value)];
  if (seen.has(value)) return ['[circular]'];
  seen.add(value);
  const stack = typeof value.stack === 'string' ? value.stack : '';
  const head = headerOf(value);
  const frames = (stack.startsWith(head) ? stack.slice(head.length) : stack)
    .split('\n')
    .filter(line => line.startsWith('    at '));
  const lines = [...head.split('\n'), ...quoteInnermost(frames), ...frames];
  if (value.cause !== undefined) lines.push('Caused by:', ...indent(describe(value.cause, seen)));
  const parts = /** @type {any} */ (value).errors;
  if (Array.isArray(parts)) {
    for (const [i, part] of parts.entries())
      lines.push(`Error ${i + 1} of ${parts.length}:`, ...indent(describe(part, seen)));
  }
  return lines;
}

/** The first lines of an error's stack. @param {unknown} error */
function headerOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}

/** @param {string[]} lines */
const indent = lines => lines.map(line => `  ${line}`);

/**
 * A failure from the compiler's diagnostics.
 *
 * @param {Mistake[]} diagnostics
 * @returns {Failure}
 */
function mistyped(diagnostics) {
  const sentences = diagnostics.map(d => `${d.name}:${d.line}:${d.column} - TS${d.code}: ${d.message}`);
  const more = diagnostics.length - 1;
  return {
    ename: 'TypeScriptError',
    evalue: sentences[0] + (more > 0 ? ` (and ${more} more)` : ''),
    traceback: diagnostics.flatMap((d, i) => [sentences[i], ...quote(d.text, d.line, d.column, d.width)]),
  };
}

module.exports = { INTERRUPTED, headerOf, thrown, mistyped };
