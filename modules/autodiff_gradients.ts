// Needs: autodiff_adjoints.ts; npm: @tensorflow/tfjs-node.
/**
 * Gradients that TensorFlow.js has wrong, or has not, of single ops.
 */
import * as tf from '@tensorflow/tfjs-node';
import { float, prodGradient, share, sumTo, unpadMirrored } from './autodiff_adjoints';

type Inputs = Record<string, () => tf.Tensor>;
interface Attributes {
  axis: number;
  reductionIndices: number | number[] | null;
  exclusive: boolean;
  reverse: boolean;
  paddings: [number, number][];
  mode: string;
}

/** The list of dys of an op with several outputs; the engine gives that of a single one bare. */
const list = (dys: tf.Tensor | tf.Tensor[]) => (Array.isArray(dys) ? dys : [dys]);

let registered = false;

/** Registers them, once: a gradient that the user registers later stays. */
export function registerGradients(): void {
  if (registered) return;
  registered = true;
  const register = (
    kernelName: string,
    inputsToSave: string[],
    gradFunc: (dy: tf.Tensor, saved: tf.Tensor[], attrs: Attributes) => Inputs,
    outputsToSave: boolean[] = [],
  ) =>
    tf.registerGradient({
      kernelName,
      inputsToSave,
      outputsToSave,
      gradFunc: gradFunc as unknown as tf.GradFunc,
    });

  // tfjs gives the derivative of a division.
  register('FloorDiv', ['a', 'b'], (_, [a, b]) => ({
    a: () => tf.zeros(a.shape),
    b: () => tf.zeros(b.shape),
  }));

  // tfjs forgets what flows back through the padding.
  register('MirrorPad', ['x'], (dy, [x], { paddings, mode }) => ({
    x: () => unpadMirrored(dy, x.shape, paddings, mode),
  }));

  // tfjs transposes it when the axis is not the last one: silently wrong for as many rows as columns.
  register('Cumsum', [], (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis, exclusive, !reverse),
  }));

  // tfjs throws when an input of these was broadcast.
  register('SquaredDifference', ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(tf.mul(dy, tf.mul(float(tf.sub(a, b)), 2)), a.shape),
    b: () => sumTo(tf.mul(dy, tf.mul(float(tf.sub(b, a)), 2)), b.shape),
  }));
  register('Maximum', ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(tf.mul(dy, float(tf.greaterEqual(a, b))), a.shape),
    b: () => sumTo(tf.mul(dy, float(tf.less(a, b))), b.shape),
  }));
  register('Minimum', ['a', 'b'], (dy, [a, b]) => ({
    a: () => sumTo(tf.mul(dy, float(tf.lessEqual(a, b))), a.shape),
    b: () => sumTo(tf.mul(dy, float(tf.greater(a, b))), b.shape),
  }));

  // tfjs gives each of several equal ones the whole: the derivative of max(t, t) comes to 2.
  register(
    'Max',
    ['x'],
    (dy, [x, y], { reductionIndices }) => ({ x: () => share(dy, x, y, reductionIndices) }),
    [true],
  );
  register('Min', ['x'], (dy, [x, y], { axis }) => ({ x: () => share(dy, x, y, axis) }), [true]);

  // tfjs throws along a negative axis, and has no second derivative.
  register('Prod', ['x'], (dy, [x], { axis }) => ({ x: () => prodGradient(dy, x, axis) }));

  // tfjs takes the sign of the real part.
  register('ComplexAbs', [], () => {
    throw new Error('Cannot compute gradient: the gradient of abs of complex numbers is not known');
  });

  // tfjs throws when these have a single output.
  register('SplitV', [], (dys, _, { axis }) => ({ x: () => tf.concat(list(dys), axis) }));
  register('Unpack', [], (dys, _, { axis }) => ({ value: () => tf.stack(list(dys), axis) }));

  // tfjs has none, so elu has no second derivative.
  register('EluGrad', ['dy', 'y'], (ddx, [dy, y]) => ({
    dy: () => tf.engine().runKernel('EluGrad', { dy: ddx, y }) as tf.Tensor,
    y: () => tf.mul(tf.mul(ddx, dy), float(tf.less(y, 0))),
  }));

  // tfjs multiplies by the mask, and 0·NaN is NaN.
  register('Select', ['condition'], (dy, [condition]) => ({
    t: () => tf.where(condition, dy, tf.zerosLike(dy)),
    e: () => tf.where(condition, tf.zerosLike(dy), dy),
  }));
  register('Selu', ['x'], (dy, [x]) => {
    const scale = 1.0507009873554805;
    const scaleAlpha = 1.7580993408473768;
    const left = () => tf.mul(tf.exp(tf.minimum(x, 0)), scaleAlpha);
    return { x: () => tf.mul(dy, tf.where(tf.greater(x, 0), tf.fill(x.shape, scale), left())) };
  });

  // tfjs comes to 0·0^(−1) in the third derivative of x² at 0, and to log 0 in mixed ones.
  register(
    'Pow',
    ['a', 'b'],
    (dy, [a, b, y]) => ({
      a: () => {
        const vanishes = tf.logicalAnd(tf.equal(a, 0), tf.equal(b, 0));
        const exponent = tf.where(vanishes, 1, tf.sub(float(b), 1));
        return sumTo(tf.mul(dy, tf.mul(float(b), tf.pow(a, exponent))), a.shape);
      },
      b: () => {
        const positive = tf.greater(a, 0);
        const log = tf.log(tf.where(positive, float(a), 1));
        return sumTo(tf.mul(dy, tf.mul(y, log)), b.shape);
      },
    }),
    [true],
  );
}
