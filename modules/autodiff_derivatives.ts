// Needs: autodiff_adjoints.ts, autodiff_cross_entropy.ts, autodiff_gradients.ts, autodiff_repair.ts, tape.ts,
//   tape_reads.ts; npm: @tensorflow/tfjs-node.
/**
 * The derivatives behind grad and grads: the repair, a tape of their own arguments, and zeros where there is no path.
 */
import * as tf from '@tensorflow/tfjs-node';
import { registerGradients } from './autodiff_gradients';
import { repairNode } from './autodiff_repair';
import { hookTape, isInsideKernel, tapeEngine } from './tape';
import { countReads } from './tape_reads';

/**
 * Makes tf.grad, tf.grads, tf.valueAndGrad and tf.variableGrads right at any nesting, or throw.
 *
 * @example
 * repairGradients();
 * tf.grad(tf.grad((x: tf.Tensor) => x.exp()))(tf.scalar(0)); // 1
 */
export function repairGradients(): void {
  hookTape('repair', { recorded: repairNode });
  registerGradients();
}

/** ∂(Σ dy·f)/∂x for each argument x; `call` begins the errors. */
export function derivatives(
  call: string,
  f: (xs: tf.Tensor[]) => tf.Tensor,
  args: (tf.Tensor | tf.TensorLike)[],
  weights?: tf.Tensor | tf.TensorLike,
): tf.Tensor[] {
  repairGradients();
  if (isInsideKernel()) {
    throw new Error(
      `${call}: called in the forward function of a tf.customGrad, where the tape records nothing`,
    );
  }
  return tf.tidy(() => {
    // The copies are linked to the arguments on an outer tape, and nothing else is.
    const xs = args.map((arg, i) => tf.clone(toTensor(call, args.length > 1 ? `x[${i}]` : 'x', arg)));
    const dy = weights === undefined ? null : tf.clone(toTensor(call, 'dy', weights));
    let readsOfTape = 0;
    const forward = () => {
      const { result: y, reads } = countReads(xs, () => f(xs));
      readsOfTape = reads;
      if (!(y instanceof tf.Tensor)) {
        throw new TypeError(`${call}: f must return a tensor, got ${kindOf(y)}`);
      }
      if (dy !== null && !tf.util.arraysEqual(dy.shape, y.shape)) {
        throw new RangeError(`${call}: dy must have the shape of f(x), [${y.shape}], got [${dy.shape}]`);
      }
      return y;
    };
    const found = tapeEngine().gradients(forward, xs, dy, true).grads;
    if (readsOfTape > 0 && found.some(g => g === undefined)) {
      throw new Error(
        `${call}: the derivative is not known: f reads values of x (dataSync, arraySync, print), and nothing else ` +
          'leads from x to its result. Write f with tensor operations alone.',
      );
    }
    return found.map((g, i) => g ?? tf.zeros(xs[i].shape));
  });
}

function toTensor(call: string, name: string, value: tf.Tensor | tf.TensorLike): tf.Tensor {
  if (value === undefined || value === null || typeof value === 'function') {
    throw new TypeError(`${call}: ${name} must be a tensor or numbers, got ${kindOf(value)}`);
  }
  const t = value instanceof tf.Tensor ? value : tf.tensor(value);
  if (t.isDisposed) throw new TypeError(`${call}: ${name} must be a tensor, got one that is disposed`);
  if (t.dtype === 'string' || t.dtype === 'complex64') {
    throw new TypeError(`${call}: ${name} must hold real numbers, got ${t.dtype}`);
  }
  return t;
}

/** What a wrong argument is: `undefined`, `String`, `Promise`. */
export const kindOf = (value: unknown) =>
  value === undefined || value === null ? String(value) : Object(value).constructor.name;
