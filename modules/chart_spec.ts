// Needs: plain_array.ts; npm: ndarray.
//
// What every chart shares: its words, its look, and checked numbers.
import { type Matrix, plainArray, type Vector } from './plain_array';

/** A Vega-Lite v5 specification: plain data, drawn by JupyterLab and by showChart. */
export interface ChartSpec {
  $schema: string;
  description: string;
  title: { text: string; subtitle?: string };
  [property: string]: unknown;
}

/** The words that no chart goes without. The description is read out instead of the picture. */
export interface ChartWords {
  title: string;
  description: string;
  xTitle: string;
  yTitle: string;
}

/** Above this many values a chart is slow to draw and a notebook heavy to keep. */
const MAX_VALUES = 5000;

/**
 * Okabe and Ito's colours, which colour-blind eyes tell apart, with violet and brown in place of their yellow, orange
 * and sky blue: these have less than the contrast of 3 to white that lines need (WCAG 2.2, 1.4.11).
 */
export const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#000000', '#6611CC', '#663311'];
export const INK = '#222222';

// Each chart brings its own white ground, on dark pages too. Without one, text would have to have the contrast of 4.5
// both to white (a luminance below 0.183) and to a page of #111111 (above 0.2): no colour has.
const LOOK = {
  background: 'white',
  padding: 10,
  config: {
    aria: false, // the picture has one text of its own: its description
    axis: { labelColor: INK, titleColor: INK, gridColor: '#e4e4e4', labelFontSize: 11, titleFontSize: 12 },
    header: { labelColor: INK, labelFontSize: 12, labelFontWeight: 'bold' },
    legend: { labelColor: INK, titleColor: INK, labelFontSize: 11, labelLimit: 0 },
    title: {
      anchor: 'start',
      color: INK,
      fontSize: 14,
      offset: 10,
      subtitleColor: INK,
      subtitleFontSize: 11,
    },
  },
};

/** A specification with its words and its look; throws a TypeError if one of the words is missing. */
export function chartSpec(call: string, words: ChartWords, subtitle: string, body: object): ChartSpec {
  for (const key of ['title', 'description', 'xTitle', 'yTitle'] as const) requireText(call, key, words[key]);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    description: words.description,
    title: { text: words.title, ...(subtitle && { subtitle }) },
    ...LOOK,
    ...body,
  };
}

/** The numbers of a vector, `[n]` or `[n, 1]`; throws a TypeError for anything else. */
export function toNumbers(call: string, argument: string, vector: Vector): number[] {
  const plain = plainArray(vector);
  const [n, columns = 1, ...others] = plain?.shape ?? [];
  if (!plain || n === undefined || columns !== 1 || others.length > 0)
    throw new TypeError(
      `${call}(${argument}): ${argument} must be numbers [n], got ${shapeOf(plain, vector)}`,
    );
  return plain.values;
}

/** The x and the y of pairs `[n, 2]`; throws a TypeError for anything else. */
export function toPairs(call: string, argument: string, pairs: Matrix): { x: number[]; y: number[] } {
  const plain = plainArray(pairs);
  if (plain?.shape.length !== 2 || plain.shape[1] !== 2)
    throw new TypeError(
      `${call}(${argument}): ${argument} must be points [n, 2], got ${shapeOf(plain, pairs)}`,
    );
  const column = (j: number) => plain.values.filter((_, i) => i % 2 === j);
  return { x: column(0), y: column(1) };
}

/** The x and the y of points `[n, 2]`, all finite; throws a TypeError or a RangeError for anything else. */
export function toPoints(call: string, argument: string, points: Matrix): { x: number[]; y: number[] } {
  const pairs = toPairs(call, argument, points);
  requireFinite(call, argument, [...pairs.x, ...pairs.y]);
  return pairs;
}

/** Throws a RangeError if one of the values is NaN or infinite. */
export function requireFinite(call: string, argument: string, values: number[]): void {
  const wrong = values.find(v => !Number.isFinite(v));
  if (wrong !== undefined)
    throw new RangeError(`${call}(${argument}): ${argument} must be finite, got ${wrong}`);
}

/** Throws a RangeError if there is nothing to draw, or more than a notebook should keep. */
export function requireCount(call: string, argument: string, count: number, most = MAX_VALUES): void {
  if (count < 1 || count > most)
    throw new RangeError(`${call}(${argument}): a chart holds 1 to ${most} values, got ${count}`);
}

/** Throws a TypeError if a text is missing or empty. */
export function requireText(call: string, argument: string, text: unknown): void {
  if (typeof text !== 'string' || text.trim() === '')
    throw new TypeError(
      `${call}(${argument}): ${argument} must be a non-empty string, got ${JSON.stringify(text)}`,
    );
}

/** Six significant digits, or as many as told: finer than a picture shows, and short in a notebook. */
export const round = (value: number, digits = 6): number => Number(value.toPrecision(digits)) + 0; // no −0

/**
 * Dragging moves a chart, ctrl and the wheel (two fingers on a touchpad) zoom it, a double click puts it back. The
 * wheel alone is left to the page. It belongs into the layer of a chart whose axes are to move.
 */
export const ZOOM = {
  name: 'panAndZoom',
  select: { type: 'interval', zoom: 'wheel![event.ctrlKey]' },
  bind: 'scales',
};

/** The labels of an axis or a legend: scientific where its values are all tiny or some are huge. */
export function labelsFor(values: number[]): object {
  const largest = Math.max(0, ...values.map(Math.abs));
  if (largest === 0 || (largest >= 1e-3 && largest < 1e5)) return {};
  return { format: '.3~e', labelExpr: "datum.value === 0 ? '0' : datum.label" };
}

function shapeOf(plain: { shape: number[] } | undefined, value: unknown): string {
  return plain ? `shape [${plain.shape.join(', ')}]` : JSON.stringify(value)?.slice(0, 60);
}
