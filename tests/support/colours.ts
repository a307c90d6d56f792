/** Colours as eyes see them: contrast, difference, and what is left of a colour without one kind of cones. */

/** Red, green and blue from 0 to 255. */
export type Rgb = [number, number, number];

/** A colour as SVG writes it. */
export function rgbOf(text: string): Rgb {
  if (text === 'white') return [255, 255, 255];
  if (text === 'black') return [0, 0, 0];
  const numbers = /^#[0-9a-f]{6}$/i.test(text)
    ? [1, 3, 5].map(i => Number.parseInt(text.slice(i, i + 2), 16))
    : (text
        .match(/^rgb\((.*)\)$/)?.[1]
        .split(',')
        .map(Number) ?? []);
  if (numbers.length !== 3) throw new Error(`no colour: ${text}`);
  return numbers as Rgb;
}

const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const display = (v: number) => 255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
const times = (matrix: number[][], [a, b, c]: number[]) =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as Rgb;

/** The contrast ratio of WCAG 2.2, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const luminance = (colour: Rgb) => times([[0.2126, 0.7152, 0.0722]], colour.map(linear))[0];
  const [dark, light] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (light + 0.05) / (dark + 0.05);
}

/** The matrices for linear RGB of Machado, Oliveira and Fernandes (2009), severity 1. */
const EYES = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'no blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** A colour as eyes without one kind of cones see it. */
export function seenBy(eyes: keyof typeof EYES, colour: Rgb): Rgb {
  return times(EYES[eyes], colour.map(linear)).map(v => display(Math.min(1, Math.max(0, v)))) as Rgb;
}

/** The distance of two colours in CIELAB (1976): below 2 hardly anybody sees it. */
export function difference(a: Rgb, b: Rgb): number {
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(...p.map((v, k) => v - q[k]));
}

function lab(colour: Rgb): number[] {
  const xyz = times(
    [
      [0.4124564, 0.3575761, 0.1804375],
      [0.2126729, 0.7151522, 0.072175],
      [0.0193339, 0.119192, 0.9503041],
    ],
    colour.map(linear),
  );
  const [x, y, z] = xyz
    .map((v, k) => v / [0.95047, 1, 1.08883][k])
    .map(t => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
