// Needs: chart_spec.ts, curve_axes.ts, curve_layers.ts, curve_rows.ts, number_format.ts, plain_array.ts; npm:
//   ndarray.
//
// Errors over the distance or the number of nodes on logarithmic axes, where an order of convergence is a slope.
import {
  type ChartSpec,
  type ChartWords,
  chartSpec,
  INK,
  requireFinite,
  round,
  toNumbers,
  ZOOM,
} from './chart_spec';
import { curveLayers } from './curve_layers';
import { curveRows, meaningOfSigns, requireNames } from './curve_rows';
import { formatAsVega } from './number_format';
import type { Vector } from './plain_array';

/** One method's errors y `[n]` over x `[n]`. */
export interface ErrorSeries {
  name: string;
  x: Vector;
  y: Vector;
  /** From which x to which the slope is measured; over all unless told. Rounding bends the rest. */
  within?: [number, number];
}

/**
 * The slope of log y over log x by least squares: the order p of an error ~ hᵖ, or −p over the number of nodes.
 *
 * Pairs of which one is not positive and finite are left out. Throws a RangeError unless two different x remain.
 */
export function logLogSlope(x: Vector, y: Vector): number {
  const [xs, ys] = [toNumbers('logLogSlope', 'x', x), toNumbers('logLogSlope', 'y', y)];
  if (xs.length !== ys.length)
    throw new RangeError(`logLogSlope(y): y must have as many values as x, ${xs.length}, got ${ys.length}`);
  const pairs = xs.map((v, k) => [Math.log(v), Math.log(ys[k])]).filter(pair => pair.every(Number.isFinite));
  const mean = (k: number) => pairs.reduce((sum, pair) => sum + pair[k] / pairs.length, 0);
  const [meanX, meanY] = [mean(0), mean(1)];
  let [above, below] = [0, 0];
  for (const [u, v] of pairs) {
    above += (u - meanX) * (v - meanY);
    below += (u - meanX) ** 2;
  }
  if (!(below > 0))
    throw new RangeError(
      `logLogSlope(x, y): two different x with positive finite y are needed, got x [${xs}] and y [${ys}]`,
    );
  return above / below;
}

/**
 * Errors on logarithmic axes. The measured slope is stated beside each name; dashed lines show how steep the reference `slopes`
 * are, each a little below the series to which it comes nearest. Throws as lineChart and logLogSlope do.
 */
export function convergenceChart(
  options: ChartWords & { series: ErrorSeries[]; slopes?: number[]; width?: number; height?: number },
): ChartSpec {
  const { slopes = [] } = options;
  const size = { width: options.width ?? 480, height: options.height ?? 280 };
  const axes = { ...options, ...size, xLog: true, yLog: true };
  requireNames('convergenceChart', 'series', options.series);
  requireFinite('convergenceChart', 'slopes', slopes);
  const measured = options.series.map(measure);
  const series = measured.map(({ name, slope, x, y }) => {
    const withSlope = `${name}: slope ${formatAsVega(slope)}`;
    return { name: withSlope, x, y, mark: 'line and points' as const };
  });
  const rows = curveRows('convergenceChart', { series }, axes);
  const lowest = Math.min(...rows.flatMap(row => row.y ?? []));
  const references = slopes.map(slope => {
    const distance = (other: Measured) => Math.abs(other.slope - slope);
    return referenceSlope(
      slope,
      measured.reduce((a, b) => (distance(b) < distance(a) ? b : a)),
      lowest / 4,
    );
  });
  // A single series has no legend.
  const alone = series.length === 1 ? `${series[0].name}.` : '';
  return chartSpec('convergenceChart', options, [alone, meaningOfSigns(rows)].filter(Boolean).join(' '), {
    ...size,
    data: { values: rows },
    layer: [...references, ...curveLayers({ series }, axes, rows, [ZOOM])],
  });
}

/** A series with its slope, over those pairs by which it was measured. */
interface Measured {
  name: string;
  slope: number;
  x: number[];
  y: number[];
  pairs: [x: number, y: number][];
}

function measure({ name, within = [0, Infinity], ...series }: ErrorSeries, k: number): Measured {
  const x = toNumbers('convergenceChart', `series[${k}].x`, series.x);
  const y = toNumbers('convergenceChart', `series[${k}].y`, series.y);
  const all = x.map((v, i): [number, number] => [v, y[i]]);
  const pairs = all.filter(([v, error]) => v >= within[0] && v <= within[1] && error > 0 && error < Infinity);
  const slope = logLogSlope(
    pairs.map(pair => pair[0]),
    pairs.map(pair => pair[1]),
  );
  return { name, slope, x, y, pairs };
}

/** A dashed line of that slope at half of the lowest pair's height, not below `floor`. */
function referenceSlope(slope: number, { pairs }: Measured, floor: number): object {
  const factor = Math.min(...pairs.map(([x, y]) => y / x ** slope)) / 2;
  const xs = pairs.map(pair => pair[0]);
  const atFloor = (floor / factor) ** (1 / slope);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const from = slope > 0 ? Math.max(low, atFloor) : low;
  const to = slope < 0 ? Math.min(high, atFloor) : high;
  const ends = [from, Math.sqrt(from * to), to].map(x => ({ x: round(x), y: round(factor * x ** slope) }));
  const place = { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } };
  return {
    data: { values: ends },
    encoding: place,
    layer: [
      { mark: { type: 'line', strokeDash: [4, 4], color: '#666666' } },
      {
        data: { values: [{ ...ends[1], name: `slope ${formatAsVega(slope)}` }] },
        mark: {
          type: 'text',
          color: INK,
          fontSize: 11,
          align: slope < 0 ? 'right' : 'left',
          dx: slope < 0 ? -4 : 4,
          dy: 10,
        },
        encoding: { text: { field: 'name' } },
      },
    ],
  };
}
