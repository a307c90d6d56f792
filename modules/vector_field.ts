// Needs: chart_spec.ts, number_format.ts, plain_array.ts, plane_layers.ts; npm: ndarray.
//
// Vectors at points of the plane in, arrows out: a Vega-Lite v5 specification, or a layer for a heat map.
import {
  type ChartSpec,
  type ChartWords,
  chartSpec,
  INK,
  requireCount,
  round,
  toPairs,
  toPoints,
} from './chart_spec';
import { formatAsVega } from './number_format';
import type { Matrix } from './plain_array';
import { outlineLayers, type Place } from './plane_layers';

/** Vectors `[n, 2]` at points `[n, 2]`. */
export interface Arrows {
  points: Matrix;
  vectors: Matrix;
  /** What their length is: |∇u|. */
  name?: string;
}

/** An axis of a plane: from where to where, and over how many pixels. */
export interface Extent {
  domain: readonly [number, number];
  pixels: number;
}

/** The layers of arrows, and the sentence that says how long the longest is. */
export interface ArrowLayers {
  layers: object[];
  legend: string;
}

/** A longer arrow hides its neighbours; at less than this it has no head to see. */
const [LEAST_PIXELS, MOST_PIXELS] = [14, 60];

/**
 * An arrow for each vector, its middle at the point and as long as the vector, the longest about as long as the points
 * are apart. Directions are those of the picture, where a unit of x need not be as long as one of y.
 *
 * A vector that is not finite is a cross. Throws a TypeError or a RangeError for a missing word, a wrong shape, points
 * that are not finite, and more than 5000 vectors.
 */
export function vectorField(
  options: ChartWords & Arrows & { outline?: Matrix | Matrix[]; width?: number; height?: number },
): ChartSpec {
  const { width = 320, height = 320, outline } = options;
  const { x, y } = toPoints('vectorField', 'points', options.points);
  const extent = (at: number[], pixels: number): Extent => {
    const [low, high] = [Math.min(...at), Math.max(...at)];
    const margin = (high - low) / Math.max(2, Math.sqrt(at.length)) / 2 || 0.5;
    return { domain: [round(low - margin), round(high + margin)], pixels };
  };
  const extents = { x: extent(x, width), y: extent(y, height) };
  const axis = (field: 'x' | 'y') => ({
    field,
    type: 'quantitative',
    title: options[`${field}Title`],
    scale: { domain: extents[field].domain, nice: false },
    axis: { grid: false },
  });
  const place = { x: axis('x'), y: axis('y') };
  const { layers, legend } = arrowLayers('vectorField', options, extents, place, options);
  return chartSpec('vectorField', options, legend, {
    width,
    height,
    layer: [...(outline ? outlineLayers('vectorField', outline, place) : []), ...layers],
  });
}

/** Arrows for a chart whose axes have these extents and encodings; throws as vectorField does. */
export function arrowLayers(
  call: string,
  { points, vectors, name = 'length' }: Arrows,
  extents: Record<'x' | 'y', Extent>,
  place: Place,
  words: ChartWords,
): ArrowLayers {
  const { x, y } = toPoints(call, 'points', points);
  const { x: u, y: v } = toPairs(call, 'vectors', vectors);
  requireCount(call, 'points', x.length);
  if (u.length !== x.length)
    throw new RangeError(`${call}(vectors): vectors must be as many as points, ${x.length}, got ${u.length}`);
  const lengths = u.map((_, k) => Math.hypot(u[k], v[k]));
  const longest = lengths.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0);
  const apart = Math.sqrt((extents.x.pixels * extents.y.pixels) / x.length);
  const pixels = Math.min(MOST_PIXELS, Math.max(LEAST_PIXELS, apart));
  const pixelsAUnit = ({ domain, pixels }: Extent) => pixels / (domain[1] - domain[0]);
  const [right, up] = [pixelsAUnit(extents.x), pixelsAUnit(extents.y)];
  const rows = x.map((_, k) => {
    const at = { x: round(x[k]), y: round(y[k]) };
    if (!Number.isFinite(lengths[k])) return { ...at, text: `(${u[k]}, ${v[k]})` };
    // Clockwise from the top, as Vega turns its symbols.
    const angle = (Math.atan2(u[k] * right, v[k] * up) * 180) / Math.PI;
    return {
      ...at,
      u: round(u[k], 4),
      v: round(v[k], 4),
      length: round(lengths[k], 4),
      angle: round(angle, 4),
    };
  });
  const number = (field: string, title: string) => ({ field, title, type: 'quantitative', format: '.4~g' });
  const at = [number('x', words.xTitle), number('y', words.yTitle)];
  // The size of a symbol is the square of its length in pixels. By no scale: its legend would be one with that of the
  // colours wherever both have the same domain.
  const size = `pow(datum.length * ${round(pixels / (longest || 1))}, 2)`;
  const arrow = {
    transform: [{ filter: 'isValid(datum.length)' }, { calculate: size, as: 'size' }],
    mark: {
      type: 'point',
      shape: 'arrow',
      filled: true,
      opacity: 1,
      color: INK,
      // The rim keeps an arrow apart from the colours of a surface under it.
      stroke: 'white',
      strokeWidth: 0.5,
    },
    encoding: {
      ...place,
      angle: { field: 'angle', type: 'quantitative', scale: null },
      size: { field: 'size', type: 'quantitative', scale: null },
      tooltip: [...at, number('u', 'along x'), number('v', 'along y'), number('length', name)],
    },
  };
  const cross = {
    transform: [{ filter: 'isValid(datum.text)' }],
    mark: { type: 'text', text: '×', fontSize: 16, fontWeight: 'bold', color: INK },
    encoding: { ...place, tooltip: [...at, { field: 'text', title: 'vector', type: 'nominal' }] },
  };
  const broken = rows.some(row => 'text' in row);
  return {
    layers: [{ data: { values: rows }, ...arrow }, ...(broken ? [{ data: { values: rows }, ...cross }] : [])],
    legend: `Longest arrow: ${name} ${formatAsVega(longest)}.${broken ? ' × not finite.' : ''}`,
  };
}
