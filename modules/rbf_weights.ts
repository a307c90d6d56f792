// Needs: radii.ts; npm: @tensorflow/tfjs-node.
//
// What is checked of values before they become the centers or the weights of a layer.
import * as tf from '@tensorflow/tfjs-node';
import { nameOfType } from './radii';

type LayerVariable = ReturnType<tf.layers.Layer['addWeight']>;

/** The shape [m, d] of centers; throws where they are empty or ragged. */
export function shapeOf(call: string, centers: tf.Tensor2D | number[][]): [number, number] {
  if (centers instanceof tf.Tensor) {
    if (centers.rank !== 2 || centers.size === 0)
      throw new RangeError(`${call}: centers must be [m, d], not empty, got [${centers.shape}]`);
    return centers.shape;
  }
  if (!Array.isArray(centers))
    throw new TypeError(
      `${call}: centers must be a tensor [m, d] or m rows of d numbers, got ${nameOfType(centers)}`,
    );
  const lengths = centers.map(c => (Array.isArray(c) ? c.length : 0));
  const [d] = lengths;
  const odd = lengths.findIndex(length => length !== d);
  if (centers.length === 0 || d === 0 || odd >= 0)
    throw new RangeError(
      `${call}: centers must be m rows of d numbers each, not empty, ` +
        (odd > 0
          ? `got ${d} in row 0 and ${lengths[odd]} in row ${odd}`
          : `got ${JSON.stringify(centers.slice(0, 3))}`),
    );
  return [centers.length, d];
}

/** Writes finite float32 values into a weight. */
export function write(
  variable: LayerVariable,
  what: string,
  values: tf.Tensor | number[] | number[][],
): void {
  tf.tidy(() => {
    const tensor = values instanceof tf.Tensor ? values : tf.tensor(values as number[]);
    if (tensor.dtype !== 'float32') throw new TypeError(`${what} must be float32, got ${tensor.dtype}`);
    const numbers = tensor.dataSync();
    const bad = numbers.findIndex(v => !Number.isFinite(v));
    if (bad >= 0) throw new RangeError(`${what} must be finite numbers, got ${numbers[bad]} in place ${bad}`);
    variable.write(tensor.reshape(variable.shape as number[]));
  });
}

/** Writes coefficients `[rows, k]`, as numbers row by row or as a tensor of this size. */
export function writeCoefs(variable: LayerVariable, call: string, coefs: number[] | tf.Tensor): void {
  const [rows, k] = variable.shape as number[];
  if (!(coefs instanceof tf.Tensor || Array.isArray(coefs)))
    throw new TypeError(`${call}: coefs must be an array or a tensor, got ${nameOfType(coefs)}`);
  const given = coefs instanceof tf.Tensor ? coefs.size : coefs.length;
  if (given !== rows * k)
    throw new RangeError(`${call}: coefs must have ${rows * k} numbers, [${rows}, ${k}], got ${given}`);
  write(variable, `${call}: coefs`, coefs);
}
