// Needs: notebook_output.ts, number_format.ts, plain_array.ts; npm: ndarray.
//
// What a notebook hands out to a sweep over its parameters.
import { show } from './notebook_output';
import { formatArray, formatNumber } from './number_format';
import { type Matrix, plainArray, type Vector } from './plain_array';

/** A sweep keeps them in a table's cell. */
const LARGEST = 1000;

/**
 * Shows a result by its name, and hands it to the sweep that runs the notebook, as a column of its table.
 *
 * A result is a number, a string, a boolean, or an array of at most 1000 numbers, such as `[n]` or `[n, d]`; NaN and
 * the infinities count as numbers. A name that is recorded again keeps its last value. Throws a TypeError for an
 * empty name or anything else as value, and a RangeError for a larger array.
 */
export function record(name: string, value: number | string | boolean | Vector | Matrix): void {
  if (typeof name !== 'string' || name.trim() === '')
    throw new TypeError(`record(name): name must be a non-empty string, got ${JSON.stringify(name)}`);
  show({
    'application/vnd.rbf.record+json': { name, ...inJson(name, value) },
    'text/plain': inWords(name, value),
  });
}

/** JSON has no NaN and no Infinity: numbers that are not finite go as their names, under the kind `number`. */
function inJson(name: string, value: unknown): { kind: string; value: unknown } {
  if (typeof value === 'number') return { kind: 'number', value: finiteOrName(value) };
  if (typeof value === 'string' || typeof value === 'boolean') return { kind: typeof value, value };
  const plain = plainArray(value);
  if (!plain)
    throw new TypeError(
      `record(${name}): value must be a number, a string, a boolean or an array of numbers, got ${shown(value)}`,
    );
  if (plain.values.length > LARGEST)
    throw new RangeError(
      `record(${name}): value must have at most ${LARGEST} numbers, got shape [${plain.shape.join(', ')}]`,
    );
  return { kind: 'number', value: nested(plain.values.map(finiteOrName), plain.shape) };
}

const finiteOrName = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** Values row by row as arrays in arrays. */
function nested(values: unknown[], [count, ...rest]: number[]): unknown {
  if (count === undefined) return values[0];
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest));
}

function inWords(name: string, value: unknown): string {
  if (typeof value === 'number') return `${name} = ${formatNumber(value)}`;
  return `${name} = ${typeof value === 'object' ? formatArray(value) : String(value)}`;
}

function shown(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : typeof value;
}
