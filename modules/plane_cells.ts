// Needs: chart_spec.ts, plain_array.ts, plane_grid.ts, plane_layers.ts; npm: ndarray.
//
// Where the cells of a grid lie: each reaches half-way to its neighbours, and no farther than the domain.
import { type ChartWords, round } from './chart_spec';
import type { PlaneGrid } from './plane_grid';
import type { Place } from './plane_layers';

/** With more grid lines than this there is no room for numbers in the cells. */
const MOST_LABELLED = 8;

/** Whether the cells are large enough to hold their numbers. */
export const hasRoom = ({ xs, ys }: PlaneGrid): boolean => Math.max(xs.length, ys.length) <= MOST_LABELLED;

/** The encodings of a place on the grid; the axes end where the cells do. */
export function placeOn(grid: PlaneGrid, words: ChartWords): Place {
  const encoding = (field: 'x' | 'y', lines: number[]) => ({
    field,
    type: 'quantitative',
    title: words[`${field}Title`],
    scale: { domain: ends(edges(lines, grid)), nice: false },
    axis: { grid: false, ...(hasRoom(grid) && { values: lines.map(v => round(v)), format: '.3~g' }) },
  });
  return { x: encoding('x', grid.xs), y: encoding('y', grid.ys) };
}

/** The encodings of the corners (x1, y1) and (x2, y2) of a cell. */
export function corners(grid: PlaneGrid, words: ChartWords) {
  const { x, y } = placeOn(grid, words);
  return { x: { ...x, field: 'x1' }, x2: { field: 'x2' }, y: { ...y, field: 'y1' }, y2: { field: 'y2' } };
}

/** The transforms that give the `node`-th node of the grid, from 1, its place (x, y) and the corners of its cell. */
export function cellTransforms(grid: PlaneGrid): object[] {
  const { xs, ys } = grid;
  const as = (name: string, expression: string) => ({ calculate: expression, as: name });
  const entry = (list: number[], k: string) => `${JSON.stringify(list.map(v => round(v)))}[datum.${k}]`;
  const reach = (axis: 'x' | 'y', lines: number[], own: string, across: string) => {
    const sides = edges(lines, grid);
    const limits = reaches(grid, axis);
    const [from, to] = [entry(sides, own), entry(sides.slice(1), own)];
    if (hasRoom(grid)) return [as(`${axis}1`, from), as(`${axis}2`, to)];
    const limit = (k: 0 | 1) =>
      entry(
        limits.map(pair => pair[k]),
        across,
      );
    return [as(`${axis}1`, `max(${from}, ${limit(0)})`), as(`${axis}2`, `min(${to}, ${limit(1)})`)];
  };
  return [
    as('column', `floor((datum.node - 1) / ${ys.length})`),
    as('row', `(datum.node - 1) % ${ys.length}`),
    as('x', entry(xs, 'column')),
    as('y', entry(ys, 'row')),
    ...reach('x', xs, 'column', 'row'),
    ...reach('y', ys, 'row', 'column'),
  ];
}

/** Where the cells of grid lines meet, half-way. The first and last ones end at their nodes, or, large, go beyond. */
function edges(lines: number[], grid: PlaneGrid): number[] {
  const half = lines.slice(1).map((v, i) => (v - lines[i]) / 2);
  if (half.length === 0) half.push(0.5);
  const [before, after] = hasRoom(grid) || lines.length === 1 ? ends(half) : [0, 0];
  const inner = lines.slice(1).map((v, i) => v - half[i]);
  return [lines[0] - before, ...inner, lines[lines.length - 1] + after].map(v => round(v));
}

/**
 * For each line across the axis, where on it the domain begins and ends: at its first and last points, so that the
 * picture of a domain keeps its border. A single point keeps its whole cell.
 */
function reaches(grid: PlaneGrid, axis: 'x' | 'y'): [number, number][] {
  const { xs, ys, at } = grid;
  const [along, across] = axis === 'x' ? [xs, ys] : [ys, xs];
  const point = (i: number, k: number) => (axis === 'x' ? at[i * ys.length + k] : at[k * ys.length + i]);
  return across.map((_, k) => {
    const inside = along.filter((_, i) => point(i, k) >= 0);
    return ends(inside.length > 1 ? inside : edges(along, grid));
  });
}

const ends = (sorted: number[]): [number, number] => [sorted[0], sorted[sorted.length - 1]];
