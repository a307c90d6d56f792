// Needs: chart_spec.ts, number_format.ts, plain_array.ts; npm: ndarray.
//
// Values on a grid of the plane in, Vega-Lite v5 specification out. Nothing is drawn here.
import {
  type ChartSpec,
  type ChartWords,
  chartSpec,
  INK,
  labelsFor,
  requireCount,
  requireFinite,
  round,
  toNumbers,
  toPoints,
} from './chart_spec';
import { formatNumber } from './number_format';
import type { Matrix, Vector } from './plain_array';

export interface HeatMap extends ChartWords {
  /** A full grid `[n, 2]`, in any order. */
  points: Matrix;
  /** `[n]` */
  values: Vector;
  /** What the colours mean. */
  valueTitle: string;
  /** Where two colours part, mostly 0. Without it the colours run from dark to light. */
  middle?: number;
  /** In pixels. */
  width?: number;
  height?: number;
}

/** The interval that a grid line's cells cover. */
interface Span {
  at: number;
  from: number;
  to: number;
}

/** The encodings of a cell's centre (x, y) and of its corners (x1, y1) and (x2, y2). */
type Positions = Record<'x' | 'x1' | 'x2' | 'y' | 'y1' | 'y2', object>;

/** With more grid lines than this there is no room for numbers in the cells. */
const MOST_LABELLED = 8;

/**
 * Values `[n]` as the colours of the cells of a grid `[n, 2]`, whose lines need not be equally far apart.
 *
 * Cells reach half-way to their neighbours. In a small grid each shows its number. A cell that is NaN or infinite is
 * white and crossed out. Throws a TypeError or a RangeError for a missing word, a wrong shape, points that are not
 * finite or no full grid, and more than 5000 cells.
 */
export function heatMap(options: HeatMap): ChartSpec {
  const { width = 320, height = 320, middle = 0, valueTitle } = options;
  const { x, y } = toPoints('heatMap', 'points', options.points);
  const values = toNumbers('heatMap', 'values', options.values);
  requireCount('heatMap', 'points', x.length);
  requireFinite('heatMap', 'middle', [middle]);
  if (values.length !== x.length)
    throw new RangeError(
      `heatMap(values): values must be as many as points, ${x.length}, got ${values.length}`,
    );
  if (typeof valueTitle !== 'string' || valueTitle.trim() === '')
    throw new TypeError('heatMap(valueTitle): valueTitle must be a non-empty string');
  const [columns, lines] = [spans(x), spans(y)];
  const distinct = new Set(x.map((v, i) => `${round(v)} ${round(y[i])}`)).size;
  if (distinct !== x.length || columns.length * lines.length !== x.length)
    throw new RangeError(
      `heatMap(points): points must be a full grid, got ${distinct} different points on ${columns.length} × ${lines.length} lines`,
    );
  const labelled = Math.max(columns.length, lines.length) <= MOST_LABELLED;
  const rows = x.map((v, i) => {
    const place = { x: round(v), y: round(y[i]) };
    const number = { ...place, value: round(values[i]) };
    const text = formatNumber(values[i], 3);
    return !Number.isFinite(values[i]) ? { ...place, text } : labelled ? { ...number, text } : number;
  });
  const finite = values.filter(Number.isFinite);
  const other = [...new Set(values.filter(value => !Number.isFinite(value)))].map(String).sort();
  const at = {
    x: place('x', options.xTitle, columns),
    x1: place('x1', options.xTitle, columns),
    x2: { field: 'x2' },
    y: place('y', options.yTitle, lines),
    y1: place('y1', options.yTitle, lines),
    y2: { field: 'y2' },
  };
  return chartSpec('heatMap', options, other.length ? `Crossed out: ${other.join(', ')}.` : '', {
    width,
    height,
    data: { values: rows },
    transform: [lookup('x', columns), lookup('y', lines)],
    layer: [
      ...(finite.length ? colouredCells(options, at, finite, labelled) : []),
      ...(other.length ? crossedCells(at, labelled) : []),
    ],
  });
}

function colouredCells(options: HeatMap, at: Positions, finite: number[], labelled: boolean): object[] {
  const { middle, valueTitle, height = 320 } = options;
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const span = high - low || 1;
  const reach = middle === undefined ? 0 : Math.max(high - middle, middle - low) || 1;
  // Viridis is dark at its lower end, blue-orange at both: white numbers there.
  const [scheme, domain, dark] =
    middle === undefined
      ? ['viridis', [low, low + span], `datum.value < ${round(low + 0.6 * span)}`]
      : [
          'blueorange',
          [middle - reach, middle, middle + reach],
          `abs(datum.value - ${middle}) > ${round(0.6 * reach)}`,
        ];
  const legend = { title: valueTitle, gradientLength: height - 40, ...labelsFor(finite) };
  const transform = [{ filter: 'isValid(datum.value)' }];
  const color = {
    field: 'value',
    type: 'quantitative',
    scale: { scheme, domain: domain.map(round) },
    legend,
  };
  const cells = {
    mark: { type: 'rect', ...(labelled && { stroke: 'white' }) },
    transform,
    encoding: { x: at.x1, x2: at.x2, y: at.y1, y2: at.y2, color, tooltip: tooltip('value', valueTitle) },
  };
  const numbers = {
    mark: { type: 'text', fontSize: 12 },
    transform,
    encoding: {
      x: at.x,
      y: at.y,
      text: { field: 'text' },
      color: { condition: { test: dark, value: 'white' }, value: 'black' },
    },
  };
  return labelled ? [cells, numbers] : [cells];
}

function crossedCells(at: Positions, labelled: boolean): object[] {
  const transform = [{ filter: '!isValid(datum.value)' }];
  const line = { stroke: INK, strokeWidth: labelled ? 1 : 0.5 };
  const corners = { x: at.x1, x2: at.x2, y: at.y1, y2: at.y2 };
  const words = { x: at.x, y: at.y, text: { field: 'text' } };
  const box = {
    mark: { type: 'rect', fill: 'white', ...line },
    encoding: { ...corners, tooltip: tooltip('text', 'value') },
  };
  const cross = [
    { mark: { type: 'rule', ...line }, encoding: corners },
    {
      mark: { type: 'rule', ...line },
      encoding: { ...corners, y: { ...at.y1, field: 'y2' }, y2: { field: 'y1' } },
    },
  ];
  const ground = { mark: { type: 'text', fontSize: 12, stroke: 'white', strokeWidth: 6 }, encoding: words };
  const name = { mark: { type: 'text', fontSize: 12, fontWeight: 'bold', fill: INK }, encoding: words };
  return [box, ...cross, ...(labelled ? [ground, name] : [])].map(layer => ({ transform, ...layer }));
}

function place(field: string, title: string, all: Span[]): object {
  return {
    field,
    type: 'quantitative',
    title,
    scale: { domain: [all[0].from, all[all.length - 1].to], nice: false, round: true },
    axis: {
      grid: false,
      ...(all.length <= MOST_LABELLED && { values: all.map(span => span.at), format: '.3~g' }),
    },
  };
}

function lookup(axis: 'x' | 'y', all: Span[]): object {
  return {
    lookup: axis,
    from: { data: { values: all }, key: 'at', fields: ['from', 'to'] },
    as: [`${axis}1`, `${axis}2`],
  };
}

function tooltip(field: string, title: string): object[] {
  return [
    ...['x', 'y'].map(axis => ({ field: axis, type: 'quantitative' })),
    { field, title, type: 'nominal' },
  ];
}

function spans(coordinates: number[]): Span[] {
  const at = [...new Set(coordinates.map(round))].sort((a, b) => a - b);
  const gaps = at.slice(1).map((v, i) => v - at[i]);
  if (gaps.length === 0) gaps.push(1);
  return at.map((v, i) => ({
    at: v,
    from: round(v - gaps[Math.max(i - 1, 0)] / 2),
    to: round(v + gaps[Math.min(i, gaps.length - 1)] / 2),
  }));
}
