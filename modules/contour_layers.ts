// Needs: chart_spec.ts, contour_lines.ts, number_format.ts, plain_array.ts, plane_grid.ts, plane_layers.ts;
//   npm: ndarray.
//
// Level lines as layers of a Vega-Lite chart: dark with a light rim, so that they show on every colour, and labelled.
import { INK, requireCount, requireFinite, round } from './chart_spec';
import { contourLines, type Point, roundLevels, simplified } from './contour_lines';
import { formatAsVega } from './number_format';
import type { PlaneGrid } from './plane_grid';
import { type Place, rimmedText } from './plane_layers';

/** One level line of one frame, its x and y apart: the shortest way to write it. */
interface LevelLine {
  frame: number;
  level: number;
  x: number[];
  y: number[];
}

/** Where the number of a level stands. */
interface LevelLabel {
  frame: number;
  text: string;
  x: number;
  y: number;
}

/** In pixels: no eye sees a line move by less, and in a notebook each point counts. */
const TOLERANCE = 0.3;
/** In pixels: labels nearer to each other, or to the edge, would be hard to read. */
const ROOM = 24;

/** Of the level lines in all frames. */
const MOST_POINTS = 20000;

/** The levels asked for: those given, or round ones. Throws a RangeError for one that is not finite. */
export function levelsOf(call: string, contours: number | number[], values: number[]): number[] {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
  const levels =
    typeof contours === 'number' ? roundLevels(finite[0], finite[finite.length - 1], contours) : contours;
  requireFinite(call, 'contours', levels);
  return levels;
}

/** The level lines of each frame's values `[n]` and their labels, in layers, after the transforms of `filter`. */
export function contourLayers(
  call: string,
  { xs, ys, at }: PlaneGrid,
  frames: number[][],
  levels: number[],
  size: { width: number; height: number },
  place: Place,
  filter: object[],
): object[] {
  const [left, bottom] = [xs[0], ys[0]];
  const scale = [size.width / (xs[xs.length - 1] - left), size.height / (ys[ys.length - 1] - bottom)];
  const toPixels = ([x, y]: Point): Point => [(x - left) * scale[0], (y - bottom) * scale[1]];
  const [digitsX, digitsY] = [decimals(scale[0]), decimals(scale[1])];
  const xOf = (point: Point) => fixed(left + point[0] / scale[0], digitsX);
  const yOf = (point: Point) => fixed(bottom + point[1] / scale[1], digitsY);
  const lines: LevelLine[] = [];
  const labels: LevelLabel[] = [];
  for (const [k, values] of frames.entries()) {
    const onNodes = at.map(point => (point < 0 ? Number.NaN : values[point]));
    const taken: Point[] = [];
    for (const level of levels) {
      const found = contourLines(xs, ys, onNodes, level).map(line => line.map(toPixels));
      for (const line of found) {
        const points = simplified(line, TOLERANCE);
        lines.push({ frame: k + 1, level: round(level), x: points.map(xOf), y: points.map(yOf) });
      }
      const spot = roomFor(found, taken, size);
      if (!spot) continue;
      taken.push(spot);
      labels.push({ frame: k + 1, text: formatAsVega(level), x: xOf(spot), y: yOf(spot) });
    }
  }
  if (lines.length === 0) return [];
  // Thousands are the level lines of noise.
  requireCount(
    call,
    'contours',
    lines.reduce((sum, line) => sum + line.x.length, 0),
    MOST_POINTS,
  );
  const numbered = (as: string) => ({ window: [{ op: 'row_number', as }] });
  const stroke = (width: number, color: string, opacity: number) => ({
    mark: { type: 'line', strokeWidth: width, color, opacity, strokeJoin: 'round' },
  });
  return [
    {
      data: { values: lines },
      transform: [...filter, numbered('line'), { flatten: ['x', 'y'] }, numbered('point')],
      encoding: { ...place, detail: { field: 'line' }, order: { field: 'point' } },
      layer: [stroke(3, 'white', 0.75), stroke(1, INK, 1)],
    },
    {
      data: { values: labels },
      transform: filter,
      encoding: { ...place, text: { field: 'text' } },
      layer: rimmedText({ fontSize: 11, baseline: 'middle' }),
    },
  ];
}

/** The point of the longest line that is farthest from the other labels; none if all are too near. */
function roomFor(
  lines: Point[][],
  taken: Point[],
  size: { width: number; height: number },
): Point | undefined {
  const longest = lines.reduce((a, b) => (b.length > a.length ? b : a), []);
  const room = ([x, y]: Point) =>
    Math.min(x, y, size.width - x, size.height - y, ...taken.map(([u, v]) => Math.hypot(x - u, y - v)));
  const best = longest.reduce<Point | undefined>((a, b) => (!a || room(b) > room(a) ? b : a), undefined);
  return best && room(best) >= ROOM ? best : undefined;
}

/** Decimals that tell a tenth of a pixel apart. */
const decimals = (pixelsAUnit: number) => Math.max(0, Math.ceil(Math.log10(pixelsAUnit)) + 1);
const fixed = (value: number, digits: number) => Number(value.toFixed(Math.min(digits, 100))) + 0;
