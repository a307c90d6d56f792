/** Cases of a test of gradients: an op on the tape, and the same function of plain numbers in float64. */
import * as tf from '@tensorflow/tfjs-node';

export interface GradientCase {
  /** The kernel's name, as the gradient is registered. */
  op: string;
  title: string;
  shapes: number[][];
  /** All inputs, one after the other. */
  values: number[];
  tape: (...xs: tf.Tensor[]) => tf.Tensor;
  plain: (...xs: number[][]) => number[];
  /** The lowest order at which it throws, if it does: the op's gradient uses an op that has none. */
  throwsFrom?: 1 | 2 | 3;
  /** What the error says; without it, that a gradient or a kernel is missing. */
  error?: RegExp;
}

type Options = Partial<Pick<GradientCase, 'title' | 'throwsFrom' | 'values'>>;

export const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
const sizes = (shapes: number[][]) => shapes.reduce((n, shape) => n + size(shape), 0);

/** Values of no pattern between -1.5 and 1.5, at least 0.1 away from one another up to a few dozen. */
export function spread(n: number, seed = 0): number[] {
  return Array.from({ length: n }, (_, i) =>
    Math.fround(((((i + 1) * 0.6180339887 + seed * 0.37) % 1) - 0.5) * 3),
  );
}

export const run = (op: string, inputs: tf.NamedTensorMap, attrs = {}) =>
  tf.engine().runKernel(op, inputs, attrs) as tf.Tensor;

export function elementwise(
  op: string,
  tape: (x: tf.Tensor) => tf.Tensor,
  plain: (x: number) => number,
  values: number[],
  options: Options = {},
): GradientCase {
  const all = values.map(Math.fround);
  return {
    op,
    title: '',
    shapes: [[values.length]],
    values: all,
    tape,
    plain: x => x.map(plain),
    ...options,
  };
}

/** The value of a broadcast input at each place of the output. */
function broadcast(x: number[], shape: number[], out: number[]): number[] {
  const padded = [...out.map(() => 1).slice(shape.length), ...shape];
  return Array.from({ length: size(out) }, (_, i) => {
    let from = 0;
    let rest = i;
    let step = 1;
    for (let k = out.length - 1; k >= 0; k--) {
      if (padded[k] > 1) from += (rest % out[k]) * step;
      rest = Math.floor(rest / out[k]);
      step *= padded[k];
    }
    return x[from];
  });
}

const PAIRS = [
  {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    out: [2, 3],
    title: '',
  },
  { shapes: [[2, 3], [3]], out: [2, 3], title: 'the second input broadcast' },
  {
    shapes: [
      [2, 1],
      [2, 3],
    ],
    out: [2, 3],
    title: 'the first input broadcast',
  },
];

/** An op of two inputs, with neither, the second and the first of them broadcast. */
export function pairwise(
  op: string,
  tape: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  plain: (a: number, b: number) => number,
  first = (v: number) => v,
  second = first,
): GradientCase[] {
  return PAIRS.map(({ shapes, out, title }) => {
    const [n, m] = shapes.map(size);
    return {
      op,
      title,
      shapes,
      values: [...spread(n).map(first), ...spread(m, 1).map(second)].map(Math.fround),
      tape,
      plain: (a, b) => {
        const right = broadcast(b, shapes[1], out);
        return broadcast(a, shapes[0], out).map((v, i) => plain(v, right[i]));
      },
    };
  });
}

const unit = (n: number, i: number) => Array.from({ length: n }, (_, k) => (k === i ? 1 : 0));
const forward = (tape: GradientCase['tape'], shapes: number[][], xs: number[][]) =>
  tf.tidy(() => Array.from(tape(...xs.map((x, i) => tf.tensor(x, shapes[i]))).dataSync()));

/** A linear op of all its inputs together: the plain function is its matrix, from its values at unit vectors. */
export function linear(
  op: string,
  shapes: number[][],
  tape: GradientCase['tape'],
  options: Options = {},
): GradientCase {
  const n = sizes(shapes);
  let columns: number[][] | undefined;
  const plain = (...xs: number[][]) => {
    columns ??= Array.from({ length: n }, (_, i) => {
      let start = 0;
      const parts = shapes.map(shape => {
        start += size(shape);
        return unit(n, i).slice(start - size(shape), start);
      });
      return forward(tape, shapes, parts);
    });
    const x = xs.flat();
    return columns[0].map((_, k) => x.reduce((sum, v, i) => sum + v * (columns as number[][])[i][k], 0));
  };
  return { op, title: '', shapes, values: spread(n), tape, plain, ...options };
}

/** A bilinear op of two inputs, from its values at pairs of unit vectors. */
export function bilinear(
  op: string,
  shapes: number[][],
  tape: GradientCase['tape'],
  options: Options = {},
): GradientCase {
  const [n, m] = shapes.map(size);
  let table: number[][][] | undefined;
  const plain = (a: number[], b: number[]) => {
    table ??= a.map((_, i) => b.map((_, j) => forward(tape, shapes, [unit(n, i), unit(m, j)])));
    return table[0][0].map((_, k) => {
      let sum = 0;
      for (let i = 0; i < n; i++)
        for (let j = 0; j < m; j++) sum += a[i] * b[j] * (table as number[][][])[i][j][k];
      return sum;
    });
  };
  return { op, title: '', shapes, values: spread(n + m), tape, plain, ...options };
}

/** A reduction of a `[3, 3]` along each axis and along both; square, so that a transposed gradient has its shape. */
export function reduction(
  op: string,
  tape: (x: tf.Tensor, axis?: number) => tf.Tensor,
  plain: (x: number[]) => number,
  options: Options = {},
): GradientCase[] {
  const groups = {
    'along axis 0': [0, 1, 2].map(j => [j, j + 3, j + 6]),
    'along axis -1': [0, 1, 2].map(i => [3 * i, 3 * i + 1, 3 * i + 2]),
    'of all': [[0, 1, 2, 3, 4, 5, 6, 7, 8]],
  };
  const axes = [0, -1, undefined];
  return Object.entries(groups).map(([title, places], k) => ({
    op,
    title,
    shapes: [[3, 3]],
    values: spread(9),
    tape: (x: tf.Tensor) => tape(x, axes[k]),
    plain: (x: number[]) => places.map(group => plain(group.map(i => x[i]))),
    ...options,
  }));
}
