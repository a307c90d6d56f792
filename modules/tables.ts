// Needs: number_format.ts, plain_array.ts; npm: ndarray.
//
// A table as HTML and as aligned text.
import { formatNumber } from './number_format';
import { plainArray, type Vector } from './plain_array';

export type Cell = number | string | boolean;
/** Named columns, each of n cells, or n rows with the same names in each. */
export type Table = Record<string, Vector | ArrayLike<Cell>> | Record<string, Cell>[];

/** A column whose cells are ready to be read. */
export interface Column {
  name: string;
  cells: string[];
  isText: boolean;
}

/** The columns of a table; throws a TypeError or a RangeError as showTable does. */
export function tableColumns(table: Table, digits: number): Column[] {
  const columns = Array.isArray(table) ? fromRows(table) : Object.entries(table).map(fromColumn);
  if (columns.length === 0) throw new TypeError('showTable(table): table must have a column, got none');
  const [first] = columns;
  const odd = columns.find(column => column.cells.length !== first.cells.length);
  if (odd)
    throw new RangeError(
      `showTable(table): column ${odd.name} must have ${first.cells.length} cells as ${first.name} has, got ${odd.cells.length}`,
    );
  return columns.map(({ name, cells }) => ({
    name,
    cells: cells.map(cell => (typeof cell === 'number' ? formatNumber(cell, digits) : String(cell))),
    isText: !cells.every(cell => typeof cell === 'number'),
  }));
}

/** The first column names the rows, for eyes and for screen readers. */
export function tableHtml(columns: Column[], caption: string): string {
  const cell = ({ cells, isText }: Column, row: number, j: number) => {
    const tag = j === 0 ? 'th' : 'td';
    const scope = j === 0 ? ' scope="row"' : '';
    return `<${tag}${scope} style="text-align: ${isText ? 'left' : 'right'}">${escapeHtml(cells[row])}</${tag}>`;
  };
  const head = columns.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const rows = columns[0].cells.map(
    (_, row) => `<tr>${columns.map((column, j) => cell(column, row, j)).join('')}</tr>`,
  );
  return [
    '<table>',
    `<caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${head}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody>`,
    '</table>',
  ].join('\n');
}

/** Caption, names, a rule, and a line for each row. */
export function tableText(columns: Column[], caption: string): string {
  const padded = columns.map(({ name, cells, isText }) => {
    const width = Math.max(...[name, ...cells].map(text => text.length));
    const pad = (text: string) => (isText ? text.padEnd(width) : text.padStart(width));
    return [pad(name), '-'.repeat(width), ...cells.map(pad)];
  });
  const lines = padded[0].map((_, i) =>
    padded
      .map(column => column[i])
      .join('  ')
      .trimEnd(),
  );
  return [caption, ...lines].join('\n');
}

type RawColumn = { name: string; cells: Cell[] };

function fromColumn([name, column]: [string, unknown]): RawColumn {
  const plain = plainArray(column);
  const [, width = 1, ...others] = plain?.shape ?? [];
  const cells = plain?.values ?? column;
  if (!Array.isArray(cells) || !cells.every(isCell) || width !== 1 || others.length > 0)
    throw new TypeError(
      `showTable(table): column ${name} must be [n] numbers, strings or booleans, got ${
        plain ? `shape [${plain.shape.join(', ')}]` : JSON.stringify(column)
      }`,
    );
  return { name, cells };
}

const fromRows = (rows: Record<string, Cell>[]): RawColumn[] =>
  Object.keys(rows[0] ?? {}).map(name => fromColumn([name, rows.map(row => row[name])]));

const isCell = (value: unknown): value is Cell => ['number', 'string', 'boolean'].includes(typeof value);

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
