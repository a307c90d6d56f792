// Needs: chart_spec.ts, curve_rows.ts, plain_array.ts; npm: ndarray.
//
// The layers of a line chart: lines, markers, signs of what cannot be drawn, dashed references.
import { type ChartWords, COLOURS, INK, labelsFor, round } from './chart_spec';
import type { Axes, Curves, Reference, Row } from './curve_rows';

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

/** The layers that draw the rows. */
export function curveLayers(
  { series, references = [] }: Curves,
  axes: ChartWords & Axes & { width: number; height: number },
  rows: Row[],
): object[] {
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
  // A layer for each series that has signs: by a colour channel they would change the legend.
  const signs = names.map((name, i) => ({
    mark: { type: 'text', fontSize: 16, fontWeight: 'bold', color: COLOURS[i % COLOURS.length] },
    transform: [...filter([name]), { filter: 'isValid(datum.sign)' }],
    encoding: { text: { field: 'sign' }, y: { value: { expr: 'datum.top' } } },
  }));
  const tooltipOnly = { mark: { type: 'point', size: 80, opacity: 0 } };
  return [
    ...references.map(referenceLayer),
    {
      encoding: {
        x: axisOf('x', axes.xTitle, rows, axes.xLog),
        y: axisOf('y', axes.yTitle, rows, axes.yLog),
        tooltip: [
          { field: 'series', type: 'nominal' },
          { field: 'x', type: 'quantitative', title: axes.xTitle },
          { field: 'y', type: 'quantitative', title: axes.yTitle },
        ],
      },
      layer: [
        ...(lines.length ? [line] : []),
        ...(points.length ? [marker] : []),
        ...signs.filter((_, i) => rows.some(row => row.sign && row.series === names[i])),
        tooltipOnly,
      ],
    },
  ];
}

function axisOf(field: 'x' | 'y', title: string, rows: Row[], log = false): object {
  const values = rows.flatMap(row => row[field] ?? []);
  const nothing = values.length === 0 && { domain: log ? [0.1, 1] : [0, 1] };
  const scale = { ...(log ? { type: 'log' } : { zero: false }), ...nothing };
  return {
    field,
    type: 'quantitative',
    title,
    scale,
    axis: log ? powersOfTen(values) : labelsFor(values),
  };
}

function powersOfTen(values: number[]): object {
  const exponents = values.map(Math.log10);
  const [low, high] = [Math.floor(Math.min(...exponents)), Math.ceil(Math.max(...exponents))];
  const format = low < -3 || high > 4 ? '~e' : '~g';
  if (!(high - low > 1)) return { format };
  const step = Math.ceil((high - low) / 8);
  const count = Math.floor((high - low) / step) + 1;
  return { format, values: Array.from({ length: count }, (_, i) => Number(`1e${low + i * step}`)) };
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

function referenceLayer(reference: Reference): object {
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
