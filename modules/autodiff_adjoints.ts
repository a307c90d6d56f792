// Needs: npm: @tensorflow/tfjs-node.
/**
 * Parts of the gradients in autodiff_gradients.ts that need more than a line.
 */
import * as tf from '@tensorflow/tfjs-node';

export const float = (t: tf.Tensor) => (t.dtype === 'float32' ? t : tf.cast(t, 'float32'));

/** Sums a gradient over the axes along which an input was broadcast. */
export function sumTo(dy: tf.Tensor, shape: number[]): tf.Tensor {
  if (tf.util.arraysEqual(dy.shape, shape)) return dy;
  return tf.reshape(tf.sum(dy, tf.broadcast_util.getReductionAxes(shape, dy.shape)), shape);
}

/** The gradient of a maximum or minimum y of x: several equal ones share it. */
export function share(dy: tf.Tensor, x: tf.Tensor, y: tf.Tensor, axis: number | number[] | null): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  const shape = x.shape.map((n, k) => (axes.includes(k) ? 1 : n));
  const chosen = float(tf.equal(x, tf.reshape(y, shape)));
  return tf.mul(tf.div(tf.reshape(dy, shape), tf.sum(chosen, axes, true)), chosen);
}

/** The product of all x but one, for each along the last axis; right where some x are 0. */
function productOfOthers(x: tf.Tensor): tf.Tensor {
  const last = x.rank - 1;
  // Cumprod has no gradient; this has, at the cost of n values for each of n.
  if (tf.engine().isTapeOn()) {
    const own = tf.cast(tf.eye(x.shape[last]), 'bool');
    return tf.prod(tf.where(own, 1, tf.expandDims(x, last)), last + 1);
  }
  return tf.mul(tf.cumprod(x, last, true), tf.cumprod(x, last, true, true));
}

export function prodGradient(dy: tf.Tensor, x: tf.Tensor, axis: number | number[] | null): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape);
  const kept = x.shape.map((_, k) => k).filter(k => !axes.includes(k));
  const order = [...kept, ...axes];
  const moved = tf.transpose(float(x), order);
  const outer = kept.map(k => x.shape[k]);
  const others = productOfOthers(tf.reshape(moved, [...outer, -1]));
  const slope = tf.mul(tf.reshape(dy, [...outer, 1]), others);
  return tf.transpose(
    tf.reshape(slope, moved.shape),
    order.map((_, k) => order.indexOf(k)),
  );
}

/** The adjoint of a mirrored padding: folds the padding of each axis back onto the values that it mirrors. */
export function unpadMirrored(
  dy: tf.Tensor,
  shape: number[],
  paddings: [number, number][],
  mode: string,
): tf.Tensor {
  const skip = mode === 'reflect' ? 1 : 0;
  return shape.reduce((folded, size, axis) => {
    const [before, after] = paddings[axis];
    const take = (start: number, count: number) => {
      const begin = folded.shape.map((_, k) => (k === axis ? start : 0));
      return tf.slice(
        folded,
        begin,
        folded.shape.map((n, k) => (k === axis ? count : n)),
      );
    };
    const put = (t: tf.Tensor, start: number) =>
      tf.pad(
        tf.reverse(t, axis),
        folded.shape.map((_, k) => (k === axis ? [start, size - start - t.shape[axis]] : [0, 0])),
      );
    let sum = take(before, size);
    if (before > 0) sum = tf.add(sum, put(take(0, before), skip));
    if (after > 0) sum = tf.add(sum, put(take(before + size, after), size - skip - after));
    return sum;
  }, dy);
}
