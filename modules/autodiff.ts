// Needs: autodiff_adjoints.ts, autodiff_cross_entropy.ts, autodiff_derivatives.ts, autodiff_gradients.ts,
//   autodiff_repair.ts, tape.ts, tape_reads.ts; npm: @tensorflow/tfjs-node.
/**
 * Gradients of any order of any function made of TensorFlow.js ops: right, or an error.
 *
 * tf.grad inside tf.grad is silently wrong wherever an op saves its output: exp, tanh, sigmoid, softmax, pow, …
 * The functions here repair the tape first; `repairGradients()` does it for tf.grad and training too. Importing
 * this file changes nothing.
 */
import * as tf from '@tensorflow/tfjs-node';
import { derivatives, kindOf } from './autodiff_derivatives';

export { repairGradients } from './autodiff_derivatives';

/**
 * The derivative of f: grad(f)(x) = ∂(Σ dy·f)/∂x, of the shape of x, in float32.
 *
 * As tf.grad, but right at any nesting, and 0 where f does not depend on its argument. f gets a copy of x, so that
 * an x which f takes from outside counts as a constant.
 * Throws an Error where the derivative cannot be known: an op without one, or values that f reads by dataSync.
 *
 * @example
 * grad(grad((x: tf.Tensor) => x.exp()))(tf.tensor1d([0, 1])); // [1, 2.718]
 */
export function grad<X extends tf.Tensor, Y extends tf.Tensor>(f: (x: X) => Y) {
  checkFunction('grad', f);
  return (x: X | tf.TensorLike, dy?: Y | tf.TensorLike): X => {
    return derivatives('grad(f)(x)', xs => f(xs[0] as X), [x], dy)[0] as X;
  };
}

/**
 * The derivatives of f(a, b, …) with respect to each argument: grads(f)([a, b, …]); see grad.
 *
 * @example
 * const [byA, byB] = grads((a, b) => a.mul(b))([tf.scalar(2), tf.scalar(3)]);
 * byA; // 3
 * byB; // 2
 */
export function grads<X extends tf.Tensor, Y extends tf.Tensor>(f: (...xs: X[]) => Y) {
  checkFunction('grads', f);
  return (xs: (X | tf.TensorLike)[], dy?: Y | tf.TensorLike): X[] => {
    if (!Array.isArray(xs) || xs.length === 0) {
      throw new TypeError('grads(f)(xs): xs must be a list of one tensor or more');
    }
    return derivatives('grads(f)(xs)', copies => f(...(copies as X[])), xs, dy) as X[];
  };
}

/** A function of points, row by row: `[n, d]` to `[n]` or `[n, 1]`, row i of the result from row i of x alone. */
export type RowFunction = (x: tf.Tensor2D) => tf.Tensor;

/**
 * ∇f, `[n, d]` for x `[n, d]`.
 * Throws a RangeError unless x is `[n, d]` and f(x) `[n]` or `[n, 1]`, a TypeError unless both are float32.
 *
 * @example
 * gradient(x => x.square().sum(1))(tf.tensor2d([[1, 2]])); // [[2, 4]]
 */
export function gradient(f: RowFunction) {
  checkFunction('gradient', f);
  return (x: tf.Tensor2D): tf.Tensor2D => rowGradient('gradient', f)(x);
}

/**
 * The second derivatives ∂²f/∂x_i∂x_j, `[n, d, d]` for x `[n, d]`; errors as gradient.
 *
 * @example
 * hessian(x => x.square().prod(1))(tf.tensor2d([[1, 2]])); // [[[8, 8], [8, 2]]]
 */
export function hessian(f: RowFunction) {
  checkFunction('hessian', f);
  return (x: tf.Tensor2D): tf.Tensor3D =>
    tf.tidy(() => tf.stack(hessianRows('hessian', f, x), 1) as tf.Tensor3D);
}

/**
 * Δf = Σ ∂²f/∂x_i², `[n]` for x `[n, d]`; errors as gradient.
 *
 * @example
 * laplacian(x => x.square().sum(1).neg().exp())(tf.tensor2d([[0, 0]])); // [-4]
 */
export function laplacian(f: RowFunction) {
  checkFunction('laplacian', f);
  return (x: tf.Tensor2D): tf.Tensor1D =>
    tf.tidy(() => {
      const diagonal = hessianRows('laplacian', f, x).map((row, j) => column(row, j));
      return tf.reshape(tf.addN(diagonal), [x.shape[0]]);
    });
}

const column = (t: tf.Tensor2D, j: number) => tf.slice(t, [0, j], [-1, 1]);

/** For each j the gradient of ∂f/∂x_j, `[n, d]`. */
function hessianRows(call: string, f: RowFunction, x: tf.Tensor2D): tf.Tensor2D[] {
  const slope = rowGradient(call, f);
  checkPoints(call, x);
  return Array.from({ length: x.shape[1] }, (_, j) => grad((z: tf.Tensor2D) => column(slope(z), j))(x));
}

function rowGradient(call: string, f: RowFunction) {
  const checked = (x: tf.Tensor2D) => {
    const y = f(x);
    const n = x.shape[0];
    if (!(y instanceof tf.Tensor)) return y;
    if (y.shape[0] !== n || y.size !== n || y.rank > 2) {
      throw new RangeError(`${call}(f)(x): f(x) must be [${n}] or [${n}, 1], got [${y.shape.join(', ')}]`);
    }
    if (y.dtype !== 'float32') throw new TypeError(`${call}(f)(x): f(x) must be float32, got ${y.dtype}`);
    return y;
  };
  return (x: tf.Tensor2D) => {
    checkPoints(call, x);
    return grad(checked)(x);
  };
}

function checkPoints(call: string, x: tf.Tensor): void {
  if (!(x instanceof tf.Tensor)) {
    throw new TypeError(`${call}(f)(x): x must be a tensor [n, d], got ${kindOf(x)}`);
  }
  if (x.isDisposed) throw new TypeError(`${call}(f)(x): x must be a tensor [n, d], got one that is disposed`);
  if (x.rank !== 2 || x.shape[1] === 0) {
    throw new RangeError(`${call}(f)(x): x must be [n, d], got [${x.shape.join(', ')}]`);
  }
  if (x.dtype !== 'float32') throw new TypeError(`${call}(f)(x): x must be float32, got ${x.dtype}`);
}

function checkFunction(call: string, f: unknown): void {
  if (typeof f !== 'function') throw new TypeError(`${call}(f): f must be a function, got ${typeof f}`);
}
