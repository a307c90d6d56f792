// The table at the end of a run.
import { sentence } from './judge.mjs';

/** @typedef {import('./run.mjs').Result} Result */

/**
 * Notebook, cells, time, largest residual, ok or FAILED; then each failure with its cell and cause.
 * @param {Result[]} results
 */
export function report(results) {
  const head = ['notebook', 'cells', 'time', 'largest residual', ''];
  const rows = results.map(({ name, cells, seconds, residual, failure }) => [
    name,
    String(cells),
    `${seconds.toFixed(1)} s`,
    residual ? sentence(residual) : '–',
    failure ? 'FAILED' : 'ok',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map(row => row[column].length)));
  const isNumber = [false, true, true, false, false];
  const lines = [head, ...rows].map(row =>
    row
      .map((text, i) => (isNumber[i] ? text.padStart(widths[i]) : text.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...results.flatMap(failureLines)].join('\n');
}

/** @param {Result} result */
function failureLines({ file, failure }) {
  if (!failure) return [];
  const place = failure.cell === null ? '' : `, cell ${failure.cell} (${shortened(failure.line ?? '')})`;
  return ['', `${file}${place}:`, ...failure.cause.split('\n').map(line => `  ${line}`)];
}

/** @param {string} line */
const shortened = line => (line.length > 80 ? `${line.slice(0, 79)}…` : line);
