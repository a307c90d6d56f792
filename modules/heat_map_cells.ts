// Needs: chart_spec.ts, plain_array.ts, plane_cells.ts, plane_grid.ts, plane_layers.ts; npm: ndarray.
//
// The cells of a heat map as layers of a Vega-Lite chart: coloured, numbered where there is room, crossed out.
import { type ChartWords, INK, labelsFor, round } from './chart_spec';
import { cellTransforms, corners, hasRoom, placeOn } from './plane_cells';
import type { PlaneGrid } from './plane_grid';
import { rimmedText } from './plane_layers';

/** What the colours of the cells say. */
export interface CellColours {
  /** What the colours mean. */
  valueTitle: string;
  /** Where two colours part, mostly 0. Without it the colours run from dark to light. */
  middle?: number;
}

type Options = ChartWords & CellColours & { height: number };

/** Finer than colours show, and short in a notebook. */
const DIGITS = 4;

/**
 * The group of layers that draws the cells of each frame's values `[n]`, after the transforms of `filter`.
 *
 * The data is a list of values a frame, by the nodes of the grid; where each stands is computed from its place in it.
 */
export function cellLayers(grid: PlaneGrid, frames: number[][], options: Options, filter: object[]): object {
  const all = frames.flat();
  const finite = all.filter(Number.isFinite).sort((a, b) => a - b);
  const entry = (value: number) => (Number.isFinite(value) ? round(value, DIGITS) : String(value));
  return {
    data: {
      values: frames.map((values, k) => ({
        frame: k + 1,
        value: grid.at.map(point => (point < 0 ? null : entry(values[point]))),
      })),
    },
    transform: [
      ...filter,
      { flatten: ['value'] },
      { window: [{ op: 'row_number', as: 'node' }] },
      { filter: 'datum.value !== null' },
      ...cellTransforms(grid),
    ],
    layer: [
      ...(finite.length ? colouredCells(grid, finite, options) : []),
      ...(finite.length < all.length ? crossedCells(grid, options) : []),
    ],
  };
}

function colouredCells(grid: PlaneGrid, sorted: number[], options: Options): object[] {
  const { middle, valueTitle } = options;
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const reach = middle === undefined ? 0 : Math.max(high - middle, middle - low) || 1;
  const [scheme, domain] =
    middle === undefined
      ? ['viridis', [low, low + (high - low || 1)]]
      : ['blueorange', [middle - reach, middle, middle + reach]];
  const transform = [{ filter: 'isNumber(datum.value)' }];
  const cells = {
    transform,
    // Where cells meet between two pixels the ground would shine through, if they did not overlap a little.
    mark: { type: 'rect', ...(hasRoom(grid) ? { stroke: 'white' } : { x2Offset: 0.5, y2Offset: -0.5 }) },
    encoding: {
      ...corners(grid, options),
      color: {
        field: 'value',
        type: 'quantitative',
        scale: { scheme, domain: domain.map(v => round(v)) },
        legend: { title: valueTitle, gradientLength: options.height - 40, ...labelsFor(sorted) },
      },
      tooltip: tooltip(options),
    },
  };
  const text = { field: 'value', type: 'quantitative', format: '.3~g' };
  const numbers = {
    transform,
    encoding: { ...placeOn(grid, options), text },
    layer: rimmedText({ fontSize: 12 }),
  };
  return hasRoom(grid) ? [cells, numbers] : [cells];
}

function crossedCells(grid: PlaneGrid, options: Options): object[] {
  const transform = [{ filter: '!isNumber(datum.value)' }];
  const line = { stroke: INK, strokeWidth: hasRoom(grid) ? 1 : 0.5 };
  const cell = corners(grid, options);
  const otherDiagonal = { ...cell, y: { ...cell.y, field: 'y2' }, y2: { field: 'y1' } };
  const text = { field: 'value', type: 'nominal' };
  const layers = [
    { mark: { type: 'rect', fill: 'white', ...line }, encoding: { ...cell, tooltip: tooltip(options) } },
    { mark: { type: 'rule', ...line }, encoding: cell },
    { mark: { type: 'rule', ...line }, encoding: otherDiagonal },
    ...(hasRoom(grid)
      ? [
          {
            encoding: { ...placeOn(grid, options), text },
            layer: rimmedText({ fontSize: 12, fontWeight: 'bold' }),
          },
        ]
      : []),
  ];
  return layers.map(layer => ({ transform, ...layer }));
}

function tooltip({ xTitle, yTitle, valueTitle }: Options): object[] {
  return [
    { field: 'x', title: xTitle, type: 'quantitative', format: '.4~g' },
    { field: 'y', title: yTitle, type: 'quantitative', format: '.4~g' },
    { field: 'value', title: valueTitle, type: 'nominal' },
  ];
}
