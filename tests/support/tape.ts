/** Helpers for the tests of the tape. */
import * as tf from '@tensorflow/tfjs-node';

/** A tf.customGrad op of one input with the given value and slope; it saves its input. */
export function customOp(value: (x: tf.Tensor) => tf.Tensor, slope: (x: tf.Tensor) => tf.Tensor) {
  return (x: tf.Tensor) =>
    tf.customGrad((z, save) => {
      (save as tf.GradSaveFunc)([z as tf.Tensor]);
      const gradFunc = (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, slope(saved));
      return { value: value(z as tf.Tensor), gradFunc };
    })(x);
}

/** How many tensors f leaves behind, apart from what it returns, whether it throws or not. */
export function leaked(f: () => tf.TensorContainer): number {
  const before = tf.memory().numTensors;
  try {
    tf.dispose(f());
  } catch {
    // What an error leaves behind is the question.
  }
  return tf.memory().numTensors - before;
}
