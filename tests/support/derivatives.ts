/**
 * The first three derivatives of a scalar function of a vector: on the tape, and by five-point differences of a
 * plain function in float64. Order 1 is ∇f; order 2 is ∇(∂f/∂v); order 3 is ∇(∂²f/∂v∂w), for fixed directions.
 */
import * as tf from '@tensorflow/tfjs-node';

export type Order = 1 | 2 | 3;
export type Grad = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => tf.Tensor;

/** A direction of no pattern; each component between 0.4 and 1 in size. */
export function direction(n: number, seed: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    const t = ((i + 1) * 0.7548776662 + seed * 0.57) % 1;
    return Math.fround((t < 0.5 ? -1 : 1) * (0.4 + 0.6 * ((2 * t) % 1)));
  });
}

/** The derivatives of this order on the tape, by a gradient of gradients. */
export function onTape(f: (x: tf.Tensor) => tf.Tensor, x: number[], order: Order, grad: Grad): number[] {
  return tf.tidy(() => {
    const along = (seed: number) => tf.tensor1d(direction(x.length, seed));
    let g = f;
    for (let k = 1; k < order; k++) {
      const slope = grad(g);
      g = z => tf.sum(tf.mul(slope(z), along(k)));
    }
    return Array.from(grad(g)(tf.tensor1d(x)).dataSync());
  });
}

/** The derivatives of this order, by nested five-point differences. */
export function byDifferences(f: (x: number[]) => number, x: number[], order: Order): number[] {
  const h = 0.004;
  const slope = (g: (x: number[]) => number, v: number[]) => (z: number[]) => {
    const at = (t: number) => g(z.map((zi, i) => zi + t * h * v[i]));
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  };
  let g = f;
  for (let k = 1; k < order; k++) g = slope(g, direction(x.length, k));
  return x.map((_, i) =>
    slope(
      g,
      x.map((_, k) => (k === i ? 1 : 0)),
    )(x),
  );
}
