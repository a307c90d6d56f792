// Needs: chart_spec.ts, curve_axes.ts, curve_layers.ts, curve_rows.ts, plain_array.ts; npm: ndarray.
//
// Data in, Vega-Lite v5 specification out: lines, small multiples of them, and points. Nothing is drawn here.
import { type ChartSpec, type ChartWords, chartSpec, requireCount, toPoints, ZOOM } from './chart_spec';
import { curveLayers } from './curve_layers';
import {
  type Axes,
  type Curves,
  curveRows,
  meaningOfSigns,
  type Reference,
  requireNames,
} from './curve_rows';
import type { Matrix } from './plain_array';

/** One chart of a gallery. */
export type Panel = Omit<Curves, 'references'> & { name: string };

/**
 * Named curves over x. In JupyterLab they can be dragged, and zoomed with ctrl and the wheel.
 *
 * A value that cannot be drawn leaves a gap in its line, and its sign stands at the edge of the chart: × for NaN,
 * ∞, −∞, and on a logarithmic axis 0 and −. Throws a TypeError or a RangeError for a missing word, a wrong shape,
 * two series of one name, more than 5000 values, and an x that is not finite or, on a logarithmic axis, not positive.
 */
export function lineChart(options: ChartWords & Curves & Axes): ChartSpec {
  const size = { width: options.width ?? 480, height: options.height ?? 280 };
  const axes = { ...options, ...size };
  const rows = curveRows('lineChart', options, axes);
  return chartSpec('lineChart', options, meaningOfSigns(rows), {
    ...size,
    data: { values: rows },
    layer: curveLayers(options, axes, rows, [ZOOM]),
  });
}

/**
 * A gallery of line charts, `columns` abreast, each with a y axis of its own.
 *
 * A name has the same colour, dash and shape in every panel. Throws as lineChart does.
 */
export function smallMultiples(
  options: ChartWords & Axes & { panels: Panel[]; columns?: number; references?: Reference[] },
): ChartSpec {
  const { panels, columns = 3 } = options;
  requireNames('smallMultiples', 'panels', panels);
  const size = { width: options.width ?? 200, height: options.height ?? 130 };
  const axes = { ...options, ...size };
  const rows = panels.map(panel => curveRows('smallMultiples', panel, axes));
  requireCount('smallMultiples', 'panels', rows.flat().length);
  const series = [...new Map(panels.flatMap(panel => panel.series).map(s => [s.name, s])).values()];
  return chartSpec('smallMultiples', options, meaningOfSigns(rows.flat()), {
    data: { values: panels.flatMap(({ name }, i) => rows[i].map(row => ({ ...row, panel: name }))) },
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: panels.map(panel => panel.name),
      header: { title: null },
    },
    columns,
    resolve: { scale: { y: 'independent' }, axis: { x: 'independent' } },
    spec: { ...size, layer: curveLayers({ series, references: options.references }, axes, rows.flat()) },
  });
}

/** Sets of points `[n, 2]`, told apart by colour and shape. Throws as lineChart does. */
export function scatterChart(
  options: ChartWords & Axes & { sets: { name: string; points: Matrix }[] },
): ChartSpec {
  const series = options.sets.map(({ name, points }, i) => ({
    ...toPoints('scatterChart', `sets[${i}].points`, points),
    name,
    mark: 'points' as const,
  }));
  return lineChart({ width: 320, height: 320, ...options, series });
}
