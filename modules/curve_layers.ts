// Needs: chart_spec.ts, curve_axes.ts, curve_rows.ts, plain_array.ts; npm: ndarray.
//
// The layers of a line chart: lines, markers, signs of what cannot be drawn, dashed references.
import { type ChartWords, COLOURS, INK, round } from './chart_spec';
import { axisOf } from './curve_axes';
import type { Axes, Curves, Reference, Row, Series } from './curve_rows';

// Dash and shape tell the series apart without the colour.
const SOLID = [1, 0];
const DASHES = [SOLID, [8, 3], [2, 3], [9, 3, 2, 3], [14, 4], [5, 2], [9, 3, 2, 3, 2, 3], [3, 8]];
const SHAPES = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'cross',
  'triangle-down',
  'triangle-left',
  'wedge',
];
const LINE_IN_LEGEND = 'M-2,0L2,0';

/** Titles, scales and size of one panel. */
export type SizedAxes = ChartWords & Axes & { width: number; height: number };

/** The layers that draw the rows, over the references; `params` go to one that has both axes. */
export function curveLayers(
  { series, references = [] }: Curves,
  axes: SizedAxes,
  rows: Row[],
  params: object[] = [],
): object[] {
  return [...references.map(referenceLayer), seriesGroup(series, axes, rows, params)];
}

/** The group of layers that draws the rows alone. */
export function seriesGroup(series: Series[], axes: SizedAxes, rows: Row[], params: object[] = []) {
  const names = series.map(s => s.name);
  const having = (mark: 'line' | 'points') =>
    names.filter((_, i) => (series[i].mark ?? 'line').includes(mark));
  const [lines, points] = [having('line'), having('points')];
  const legend = names.length > 1 ? legendOf(names, axes.width, points.length === 0) : null;
  const bySeries = (range: unknown[]) => ({
    field: 'series',
    type: 'nominal',
    scale: { domain: names, range: names.map((_, i) => range[i % range.length]) },
    legend,
  });
  const shapes = names.map((name, i) => (points.includes(name) ? SHAPES[i % SHAPES.length] : LINE_IN_LEGEND));
  const dashes = names.map((name, i) => (points.includes(name) ? SOLID : DASHES[i % DASHES.length]));
  const color = bySeries(COLOURS);
  const filter = (some: string[]) => [{ filter: { field: 'series', oneOf: some } }];
  const line = {
    mark: { type: 'line' },
    transform: filter(lines),
    encoding: { color, strokeDash: bySeries(dashes) },
  };
  const marker = {
    mark: { type: 'point', size: 50, opacity: 1 },
    transform: filter(points),
    encoding: { color, shape: bySeries(shapes) },
  };
  const tooltip = (y: object) => [
    { field: 'series', type: 'nominal' },
    { field: 'x', type: 'quantitative', title: axes.xTitle },
    { ...y, title: axes.yTitle },
  ];
  // A layer for each series that has signs: by a colour channel they would change the legend.
  const signs = names.map((name, i) => ({
    mark: { type: 'text', fontSize: 16, fontWeight: 'bold', color: COLOURS[i % COLOURS.length] },
    transform: [...filter([name]), { filter: 'isValid(datum.sign)' }],
    encoding: {
      text: { field: 'sign' },
      y: { value: { expr: 'datum.top' } },
      tooltip: tooltip({ field: 'sign', type: 'nominal' }),
    },
  }));
  const tooltipOnly = { ...(params.length && { params }), mark: { type: 'point', size: 80, opacity: 0 } };
  // An axis that can be moved cuts off what lies beyond its ends, and would halve the markers there.
  const room = params.length && points.length ? { padding: 8, nice: false } : {};
  return {
    encoding: {
      x: axisOf('x', axes.xTitle, rows, axes.xLog, room),
      y: axisOf('y', axes.yTitle, rows, axes.yLog, room),
      tooltip: tooltip({ field: 'y', type: 'quantitative' }),
    },
    layer: [
      ...(lines.length ? [line] : []),
      ...(points.length ? [marker] : []),
      ...signs.filter((_, i) => rows.some(row => row.sign && row.series === names[i])),
      tooltipOnly,
    ],
  };
}

function legendOf(names: string[], width: number, linesOnly: boolean): object {
  const entry = 50 + 7 * Math.max(...names.map(name => name.length));
  return {
    title: null,
    orient: 'top',
    columns: Math.min(names.length, Math.max(1, Math.floor(width / entry))),
    columnPadding: 20,
    labelOffset: 8,
    symbolSize: 100,
    ...(linesOnly && { symbolType: LINE_IN_LEGEND }),
  };
}

/** A dashed line across the chart, and its name. */
export function referenceLayer(reference: Reference): object {
  const [axis, at] = 'x' in reference ? ['x', reference.x] : ['y', reference.y];
  const position = { [axis]: { field: 'at', type: 'quantitative' } };
  const corner = { [axis === 'x' ? 'y' : 'x']: { value: 0 } };
  const beside = { dx: 4, dy: axis === 'x' ? 8 : -8, align: 'left', baseline: 'middle' };
  const rule = { mark: { type: 'rule', strokeDash: [4, 4], color: '#666666' }, encoding: position };
  const label = {
    mark: { type: 'text', color: INK, fontSize: 11, ...beside },
    encoding: { ...position, ...corner, text: { field: 'name' } },
  };
  return {
    data: { values: [{ at: round(Number(at)), ...(reference.name && { name: reference.name }) }] },
    layer: reference.name ? [rule, label] : [rule],
  };
}
