// Needs: npm: @tensorflow/tfjs-node.
import * as tf from '@tensorflow/tfjs-node';

/**
 * Squared distances s[i, j] = ‖x_i − c_j‖² between points x `[n, d]` and centers `[m, d]`: `[n, m]`.
 * It is a polynomial, so its derivatives exist everywhere: 2(x − c), then 2, then 0, also where x = c.
 *
 * @example
 * computeRadiiSquared(tf.tensor2d([[3, 4]]), tf.tensor2d([[0, 0], [3, 0]])); // [[25, 16]]
 */
export function computeRadiiSquared(x: tf.Tensor2D, centers: tf.Tensor2D): tf.Tensor2D {
  checkPoints('computeRadiiSquared(x, centers)', x, centers);
  return tf.tidy(() => {
    // One [n, m] a coordinate: TensorFlow is slow on [n, m, d], whose last axis is short.
    const theirs = columnsOf(centers);
    const squares = columnsOf(x).map((column, k) => column.sub(theirs[k].transpose()).square());
    return tf.addN(squares) as tf.Tensor2D;
  });
}

/** The columns `[n, 1]` of points `[n, d]`. */
export const columnsOf = (x: tf.Tensor2D): tf.Tensor2D[] =>
  // The gradient that tfjs has for a split into one part throws.
  x.shape[1] === 1 ? [x] : (tf.split(x, x.shape[1], 1) as tf.Tensor2D[]);

/**
 * Distances r[i, j] = ‖x_i − c_j‖ `[n, m]`, by the square root: **naive on purpose**.
 * At a center its derivative is −∞·0 = NaN. Kernels here use `computeRadiiSquared` instead.
 *
 * @example
 * computeRadii(tf.tensor2d([[3, 4]]), tf.tensor2d([[0, 0]])); // [[5]]
 */
export function computeRadii(x: tf.Tensor2D, centers: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.sqrt(computeRadiiSquared(x, centers)));
}

/** What stands where a tensor should, in words. */
export function nameOfType(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null) return 'null';
  if (typeof value === 'object' && 'stride' in value)
    return 'an ndarray: toTensor of float64.ts makes it a tensor';
  return typeof value;
}

/** Throws unless x is `[n, d]` and centers is `[m, d]`, both float32 tensors. */
export function checkPoints(call: string, x: tf.Tensor2D, centers: tf.Tensor2D): void {
  for (const [name, t] of [
    ['x', x],
    ['centers', centers],
  ] as const) {
    if (!(t instanceof tf.Tensor))
      throw new TypeError(`${call}: ${name} must be a tensor [n, d], got ${nameOfType(t)}`);
    if (t.isDisposed)
      throw new TypeError(`${call}: ${name} must be a tensor [n, d], got one that is disposed`);
    if (t.rank !== 2) throw new RangeError(`${call}: ${name} must have the shape [n, d], got [${t.shape}]`);
    if (t.dtype !== 'float32') throw new TypeError(`${call}: ${name} must be float32, got ${t.dtype}`);
  }
  if (x.shape[1] !== centers.shape[1])
    throw new RangeError(
      `${call}: x [${x.shape}] and centers [${centers.shape}] must have the same number of columns`,
    );
}
