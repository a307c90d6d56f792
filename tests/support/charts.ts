/** A chart of every kind, and ways to look into their pictures. */
import ndarray from 'ndarray';
import * as vega from 'vega';
import { compile } from 'vega-lite';
import { chartRow } from '../../modules/chart_row';
import type { ChartSpec } from '../../modules/chart_spec';
import { lineChart, scatterChart, smallMultiples } from '../../modules/charts';
import { convergenceChart } from '../../modules/convergence_chart';
import { lineFrames } from '../../modules/frame_charts';
import { heatMap, heatMapFrames } from '../../modules/heat_map';
import { tapeChart } from '../../modules/tape_chart';
import { vectorField } from '../../modules/vector_field';

export const words = {
  title: 'The title',
  description: 'A sentence that says what the picture shows.',
  xTitle: 'name of x (m)',
  yTitle: 'name of y (dimensionless)',
};

export const between = (a: number, b: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));
export const square = (axis: number[]): number[][] => axis.flatMap(x => axis.map(y => [x, y]));

const x = between(0, 1, 21);
export const broken = x.map(v => (v === 0.5 ? Number.NaN : v * v));
const fine = square(between(-1, 1, 21));
export const disk = square(between(-1, 1, 21)).filter(([px, py]) => Math.hypot(px, py) <= 1);
export const circle = between(0, 2 * Math.PI, 37).map(t => [Math.cos(t), Math.sin(t)]);
const bowl = (points: number[][]) => points.map(([px, py]) => px * px + py * py);

export const charts: Record<string, ChartSpec> = {
  'one line': lineChart({ ...words, x, series: [{ name: 'u', y: x }] }),
  'lines, points, references and everything that cannot be drawn': lineChart({
    ...words,
    x,
    series: [
      { name: 'broken', y: broken },
      { name: 'slope', y: x.map(v => 1 / v) },
      { name: 'logarithm', y: x.map(Math.log), mark: 'line and points' },
      { name: 'samples', x: [0.1, 0.2], y: [1, 2], mark: 'points' },
    ],
    references: [{ x: 0.5 }, { y: 1, name: 'one' }],
  }),
  'logarithmic axes': lineChart({
    ...words,
    xLog: true,
    yLog: true,
    x: [4, 16, 64, 256],
    series: [
      { name: 'error', y: [1e-1, 1e-8, 1e-15, 0] },
      { name: 'other', y: [1, 0.5, -1, Number.NaN] },
    ],
  }),
  'nothing that can be drawn': lineChart({ ...words, x: [0, 1], series: [{ name: 'u', y: [NaN, NaN] }] }),
  'zeros on a logarithmic axis': lineChart({
    ...words,
    yLog: true,
    x: [0, 1],
    series: [{ name: 'u', y: [0, 0] }],
  }),
  'one power of ten on a logarithmic axis': lineChart({
    ...words,
    yLog: true,
    x: [0, 1],
    series: [{ name: 'u', y: [1, 1] }],
  }),
  'small multiples': smallMultiples({
    ...words,
    references: [{ y: 0, name: 'zero' }],
    panels: ['Gaussian', 'Matérn 1/2', 'Wendland C²', 'r³'].map((name, i) => ({
      name,
      x,
      series: [
        { name: 'φ', y: x.map(v => (i + 1) * v) },
        { name: 'φ′', y: broken },
      ],
    })),
  }),
  scatter: scatterChart({
    ...words,
    sets: [
      { name: 'inside', points: square([0.25, 0.5, 0.75]) },
      { name: 'boundary', points: ndarray(new Float64Array([0, 0, 1, 1]), [2, 2]) },
    ],
  }),
  'heat map of a small grid': heatMap({
    ...words,
    valueTitle: 'u_x',
    points: square([0, 0.5, 1]),
    values: [NaN, 1, 2, 3, 4, 5, 6, 7, -Infinity],
  }),
  'heat map about a middle': heatMap({
    ...words,
    valueTitle: 'residual',
    middle: 0,
    points: square([0, 1]),
    values: [-1e-8, 0, 1e-8, 2e-8],
  }),
  'heat map of a fine grid': heatMap({
    ...words,
    valueTitle: 'f',
    points: square(between(-1, 1, 20)),
    values: between(0, 1, 400).map((v, i) => (i % 50 ? v : NaN)),
  }),
  'heat map without a number': heatMap({ ...words, valueTitle: 'f', points: [[0, 0]], values: [NaN] }),
  'heat map of a disk, with everything on it': heatMap({
    ...words,
    valueTitle: 'f',
    points: disk,
    values: bowl(disk),
    contours: 5,
    outline: circle,
    dots: [[0, 0]],
    arrows: {
      points: square([-0.5, 0.5]),
      vectors: [
        [1, 0],
        [0, 1],
        [0, 0],
        [NaN, 1],
      ],
    },
  }),
  'frames of a heat map': heatMapFrames({
    ...words,
    valueTitle: 'f',
    points: fine,
    contours: [0.25, 0.5],
    frameTitle: 'time t (s)',
    frames: [0, 0.5, 2].map(at => ({ at, values: bowl(fine).map(v => v * Math.exp(-at)) })),
  }),
  'frames of lines': lineFrames({
    ...words,
    frameTitle: 'shape ε',
    shown: 0,
    references: [{ y: 0.5, name: 'half' }],
    frames: [1, 2, 3].map(at => ({
      at,
      series: [
        { name: 'exact', x, y: broken.map(v => v / at) },
        { name: 'computed', x: [0, 1], y: [0, 1 / at], mark: 'points' },
      ],
    })),
  }),
  'vector field': vectorField({
    ...words,
    points: square(between(0, 1, 5)),
    vectors: square(between(-1, 1, 5)),
    name: '|∇u|',
    outline: [square([0, 1]), square([0.25, 0.75])],
  }),
  convergence: convergenceChart({
    ...words,
    slopes: [2, 4],
    series: [
      { name: 'second order', x: [0.1, 0.2, 0.4], y: [0.01, 0.04, 0.16] },
      { name: 'fourth order', x: [0.1, 0.2, 0.4], y: [1e-4, 16e-4, 256e-4] },
    ],
  }),
  tape: tapeChart({
    ...words,
    x: [0],
    tapes: [{ name: 'exp(−x)', tape: [{ name: 'Neg', reads: [0], makes: [1] }] }],
  }),
};
charts['a row of charts'] = chartRow({
  title: words.title,
  charts: [charts.scatter, charts.convergence, charts['heat map of a disk, with everything on it']],
});
charts['a row of frames'] = chartRow({
  title: words.title,
  charts: [charts['frames of a heat map'], charts['frames of a heat map']],
});

/** What is drawn for one value, as Vega keeps it. */
export interface Item {
  mark: { marktype: string; role?: string; items: Item[] };
  items?: Item[];
  tooltip?: { [name: string]: unknown };
  text?: string;
  opacity?: number;
  fill?: string;
  stroke?: string;
  x: number;
  y: number;
  width: number;
  height: number;
  angle?: number;
  size?: number;
  datum: Record<string, unknown>;
}

/** A drawn chart without a screen. */
export async function viewOf(spec: ChartSpec): Promise<vega.View> {
  const view = new vega.View(vega.parse(compile(spec as never).spec), { renderer: 'none' });
  view.logger(quiet);
  return view.runAsync();
}
// Without a window there is none for the events that vega listens to.
const quiet = vega.logger(vega.Error);

/** All that is drawn of one type of mark: rect, line, symbol, text, … */
export function itemsOf(view: vega.View, type: string): Item[] {
  const walk = (item: Item): Item[] =>
    (item.items ?? []).flatMap(mark =>
      ((mark as unknown as { items: Item[] }).items ?? []).flatMap(inner => [inner, ...walk(inner)]),
    );
  const { root } = view.scenegraph() as unknown as { root: Item };
  return (root.items ?? [])
    .flatMap(group => [group, ...walk(group)])
    .filter(item => item.mark.marktype === type && item.mark.role === 'mark');
}

/** The rows of a chart's own data. */
export function rowsOf<Row>(spec: ChartSpec): Row[] {
  return (spec.data as { values: Row[] }).values;
}

/** The texts of a picture. */
export const textsOf = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1]);
