// What an executed notebook says about itself.

/** @typedef {{ cell: number | null, line?: string, cause: string }} Failure */
/** @typedef {{ name: string, value: number, tolerance: number }} Residual */
/**
 * @typedef {object} Output
 * @property {string} output_type
 * @property {Record<string, any>} [data]
 * @property {string | string[]} [text]
 * @property {string} [ename]
 * @property {string} [evalue]
 */
/**
 * @typedef {object} Cell
 * @property {string} cell_type
 * @property {string | string[]} source
 * @property {number | null} [execution_count]
 * @property {{ tags?: string[] }} metadata
 * @property {Output[]} [outputs]
 */

/** How a notebook hands out a residual: {"name": "u_xx", "value": 1.1921e-7, "tolerance": 1.2e-7}. */
export const RESIDUAL = 'application/vnd.rbf.residual+json';

/** A field that nbformat stores whole or in lines. @param {string | string[]} text */
export const joined = text => (Array.isArray(text) ? text.join('') : text);

/** The code cells that are run, in the order of their execution counts. @param {{ cells: Cell[] }} notebook */
export const codeCells = notebook =>
  notebook.cells.filter(cell => cell.cell_type === 'code' && joined(cell.source).trim() !== '');

/**
 * The largest residual of a notebook, and the first reason not to call it a success.
 * @param {{ cells: Cell[] }} notebook
 * @returns {{ residual: Residual | null, failure: Failure | null }}
 */
export function judge(notebook) {
  /** @type {Residual | null} */
  let residual = null;
  /** @type {Failure | null} */
  let failure = null;
  for (const [i, cell] of codeCells(notebook).entries()) {
    /** @param {string} cause */
    const fail = cause => {
      failure ??= { cell: i + 1, line: joined(cell.source).trim().split('\n')[0], cause };
    };
    if (cell.execution_count == null) fail('the cell was not run');
    for (const output of cell.outputs ?? []) {
      if (output.output_type === 'error' && !cell.metadata.tags?.includes('raises-exception')) {
        fail(`${output.ename}: ${output.evalue}`);
      }
      const handed = output.data?.[RESIDUAL];
      if (!handed) continue;
      const found = typeof handed === 'string' ? JSON.parse(handed) : handed;
      // NaN becomes null in JSON.
      const measured = { ...found, value: found.value ?? Number.NaN };
      if (!(Math.abs(measured.value) <= measured.tolerance)) fail(`the residual of ${sentence(measured)}`);
      if (!residual || isLarger(measured.value, residual.value)) residual = measured;
    }
  }
  return { residual, failure };
}

/** NaN is larger than anything. @param {number} a @param {number} b */
const isLarger = (a, b) => !Number.isNaN(b) && !(Math.abs(a) <= Math.abs(b));

/** A residual and its tolerance as a table shows them. @param {Residual} residual */
export function sentence({ name, value, tolerance }) {
  const sign = Math.abs(value) <= tolerance ? '≤' : 'is not ≤';
  return `${name} ${number(value)} ${sign} ${number(tolerance)}`;
}

/** Five digits, and an exponent of two: 1.1921e-07. @param {number} value */
function number(value) {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return value
    .toExponential(4)
    .replace(/\.?0+e/, 'e')
    .replace(/e([+-])(\d)$/, 'e$10$2');
}
