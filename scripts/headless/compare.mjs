// What differs between the outputs of a notebook and those of its re-run.
import { codeCells, joined } from './judge.mjs';

/**
 * Text has to be equal, and so have the numbers in it, up to this relative difference: processors with other
 * vector units may round sums in another order.
 */
export const RELATIVE = 1e-6;
/**
 * The outputs are made on x64. Elsewhere numbers as small as float32's rounding of 1 may be any such number.
 */
export const ABSOLUTE = process.arch === 'x64' ? 0 : 1e-6;

const NUMBER = /(?<![\w.])[-−+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/**
 * The differences, each as a sentence with its cell, what the file says and what the re-run says.
 * @param {{ cells: import('./judge.mjs').Cell[] }} was
 * @param {{ cells: import('./judge.mjs').Cell[] }} is
 * @param {(cell: import('./judge.mjs').Cell) => boolean} [counts] which cells are compared
 * @returns {string[]}
 */
export function differences(was, is, counts = () => true) {
  const before = codeCells(was);
  const after = codeCells(is);
  if (before.length !== after.length) return [`${before.length} cells became ${after.length}`];
  return before.flatMap((cell, i) => {
    if (!counts(cell)) return [];
    const place = `cell ${i + 1} (${joined(cell.source).trim().split('\n')[0]})`;
    return [...unlike(cell.outputs ?? [], after[i].outputs ?? [], '')].map(line => `${place}${line}`);
  });
}

/**
 * @param {any} was @param {any} is @param {string} path
 * @returns {Generator<string>}
 */
function* unlike(was, is, path) {
  if (isText(was) && isText(is)) {
    if (!sameText(joined(was), joined(is))) yield `${path}: ${firstChange(joined(was), joined(is))}`;
  } else if (typeof was === 'number' && typeof is === 'number') {
    if (!sameNumber(was, is)) yield `${path}: ${was} became ${is}`;
  } else if (was && is && typeof was === 'object' && typeof is === 'object') {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      yield* unlike(was[key], is[key], `${path}.${key}`);
    }
  } else if (was !== is) yield `${path}: ${shown(was)} became ${shown(is)}`;
}

/** nbformat stores a text whole or in lines. @param {unknown} value @returns {value is string | string[]} */
const isText = value =>
  typeof value === 'string' ||
  (Array.isArray(value) && value.length > 0 && value.every(line => typeof line === 'string'));

/** @param {string} a @param {string} b */
function sameText(a, b) {
  if (a === b) return true;
  if (a.replace(NUMBER, '#') !== b.replace(NUMBER, '#')) return false;
  const others = b.match(NUMBER) ?? [];
  return (a.match(NUMBER) ?? []).every((number, i) => sameNumber(parse(number), parse(others[i])));
}

/** @param {string} text */
const parse = text => Number(text.replace('−', '-'));

/** @param {number} a @param {number} b */
const sameNumber = (a, b) =>
  a === b || Math.abs(a - b) <= ABSOLUTE + RELATIVE * Math.max(Math.abs(a), Math.abs(b));

/** The first line that changed. @param {string} was @param {string} is */
function firstChange(was, is) {
  const before = was.split('\n');
  const after = is.split('\n');
  const at = before.findIndex((line, i) => !sameText(line, after[i] ?? ''));
  const line = at < 0 ? before.length : at;
  return `line ${line + 1}: ${shown(before[line])} became ${shown(after[line])}`;
}

/** @param {unknown} value */
function shown(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
