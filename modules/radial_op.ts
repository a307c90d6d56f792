// Needs: arithmetic.ts, profile_limits.ts, radial_profiles.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node.
//
// A profile of the squared radius as one differentiable op on the tape, right at the centre to every order.
import * as tf from '@tensorflow/tfjs-node';
import { evaluateProfile, power } from './arithmetic';
import { limitAtZero } from './profile_limits';
import { combine, derivative, type Profile, timesU } from './radial_profiles';
import { force, type Known, lazyTensor, split, tensorArithmetic } from './tensor_arithmetic';

/** h(s, ε) = ε^amplitude · profile(ε²·s), reached from a kernel by `taken` derivatives in s. */
export interface RadialFunction {
  readonly name: string;
  readonly profile: Profile;
  readonly amplitude: number;
  /** The kernel's smoothness: the m of C^m at the centre. */
  readonly smoothness: number;
  readonly taken: number;
}

/**
 * The op h(s, ε) on squared radii s `[n, m]`; ε is a number, a scalar or one value a center `[m]`.
 *
 *     ∂h/∂s = ε^(q+2)·g′(ε²s)        ∂h/∂ε = ε^(q−1)·(q·g + 2u·g′)(ε²s)
 *
 * Both are such ops again, so that it nests to any order; what is `known` of ε²s is handed on. At s = 0 the value is
 * the limit. A divergent derivative counts 0 there while the kernel is smooth enough for as many x-derivatives
 * (what it is multiplied with goes to 0 faster), and NaN beyond.
 */
export function radialOp(
  h: RadialFunction,
  s: tf.Tensor,
  eps: number | tf.Tensor,
  before: Known = new Map(),
): tf.Tensor {
  const known: Known = new Map(before);
  const knownFrom = (values: tf.Tensor[]): Known =>
    new Map([...known.keys()].map((name, i) => [name, values[i]]));
  if (typeof eps === 'number') {
    const op = tf.customGrad((s_, save) => {
      const s = s_ as tf.Tensor;
      const result = value(h, s, eps, known);
      (save as tf.GradSaveFunc)([s, ...known.values()]);
      return {
        value: result,
        gradFunc: (dy: tf.Tensor, [s, ...values]: tf.Tensor[]) =>
          dy.mul(radialOp(slopeOf(h), s, eps, knownFrom(values))),
      };
    });
    return tf.tidy(h.name, () => op(s));
  }
  const op = tf.customGrad((s_, eps_, save) => {
    const [s, eps] = [s_ as tf.Tensor, eps_ as tf.Tensor];
    const result = value(h, s, eps, known);
    (save as tf.GradSaveFunc)([s, eps, ...known.values()]);
    return {
      value: result,
      gradFunc: (dy: tf.Tensor, [s, eps, ...values]: tf.Tensor[]) => {
        const now = knownFrom(values);
        return [dy.mul(radialOp(slopeOf(h), s, eps, now)), slopeAlongShape(h, s, eps, now, dy)];
      },
    };
  });
  return tf.tidy(h.name, () => op(s, eps));
}

/** ∂h/∂s. */
export const slopeOf = (h: RadialFunction): RadialFunction => ({
  ...h,
  profile: derivative(h.profile),
  amplitude: h.amplitude + 2,
  taken: h.taken + 1,
});

/**
 * ∂h/∂ε = ε^(q−1)·(q·g + 2u·g′)(ε²s) as ε^power · profile(ε²s), and that times s where it says so: for q = 0 and a kernel
 * that is smooth at its centre it is ε·2s·g′. In powers of t = 1 + u the factor u would be a difference, t − 1, which
 * loses its digits close to the centre.
 */
export function shapeSlopeOf({ profile: g, amplitude: q, smoothness }: RadialFunction): {
  profile: Profile;
  power: number;
  timesS: boolean;
} {
  const slope = derivative(g);
  if (q === 0 && smoothness === Number.POSITIVE_INFINITY)
    return { profile: { ...slope, scale: 2 * slope.scale }, power: 1, timesS: true };
  return { profile: combine(q, g, 2, timesU(slope)), power: q - 1, timesS: false };
}

/** Σ dy·∂h/∂ε over the points of each shape. The power of ε comes behind the sum, where there is less of it. */
export function slopeAlongShape(
  h: RadialFunction,
  s: tf.Tensor,
  eps: tf.Tensor,
  known: Known,
  dy: tf.Tensor,
): tf.Tensor {
  const { profile, power, timesS } = shapeSlopeOf(h);
  const each = dy.mul(radialOp({ ...h, profile, amplitude: 0 }, s, eps, known));
  const all = timesS ? each.mul(s) : each;
  return timesPower(eps.size === 1 ? all.sum() : all.sum(0), eps, power);
}

/** ε^q times sums, one a shape. A shape of 0 times a negative sum is −0, which 0 is added to. */
export function timesPower(sums: tf.Tensor, eps: tf.Tensor, q: number): tf.Tensor {
  return (q === 0 ? sums : sums.mul(powerOfShape(eps, q)).add(0)).reshape(eps.shape);
}

/** Below this a shape counts as this where it is divided by: its fourth power is still a float32. */
const TINY_SHAPE = 1e-9;
/** The largest float32: an infinite ε² would give NaN at the centre. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** ε². */
export const squareOfShape = (eps: number | tf.Tensor): number | tf.Tensor =>
  typeof eps === 'number' ? Math.min(eps * eps, LARGEST) : eps.square().minimum(LARGEST);

/** What the profile counts at s = 0, as `radialOp` says. */
export function valueAtZero({ profile, taken, smoothness }: RadialFunction): number {
  const limit = limitAtZero(profile);
  return Number.isFinite(limit) ? limit : taken <= smoothness ? 0 : Number.NaN;
}

function value(h: RadialFunction, s: tf.Tensor, eps: number | tf.Tensor, known: Known): tf.Tensor {
  const tensors = tensorArithmetic(known);
  // At once and not lazily: powers of s alone could overflow.
  const base = known.get('u') ?? s.mul(squareOfShape(eps));
  known.set('u', base);
  const u = { ...lazyTensor(base), name: 'u' };
  const atZero = valueAtZero(h);
  if (typeof eps === 'number') {
    const profile = { ...h.profile, scale: h.profile.scale * eps ** h.amplitude };
    return force(evaluateProfile(profile, u, tensors, atZero * eps ** h.amplitude));
  }
  const [front, g] = split(evaluateProfile(h.profile, u, tensors, atZero));
  if (h.amplitude === 0) return front === 1 ? g : g.mul(front);
  // The number in front is multiplied into the shapes, which are fewer.
  return g.mul(force({ base: valueOfPower(eps, h.amplitude), scale: front, offset: 0 }));
}

/** ε^q, differentiable. */
function powerOfShape(eps: tf.Tensor, q: number): tf.Tensor {
  if (q === 1) return eps;
  const op = tf.customGrad((eps_, save) => {
    const eps = eps_ as tf.Tensor;
    (save as tf.GradSaveFunc)([eps]);
    return {
      value: valueOfPower(eps, q),
      gradFunc: (dy: tf.Tensor, [eps]: tf.Tensor[]) => dy.mul(powerOfShape(eps, q - 1)).mul(q),
    };
  });
  return op(eps);
}

/** ε^q. A shape that is trained may become 0; what 1/ε is multiplied with there is 0 as well, and so is the derivative. */
export function valueOfPower(eps: tf.Tensor, q: number): tf.Tensor {
  const away = q > 0 ? eps : tf.where(eps.abs().less(TINY_SHAPE), tf.scalar(TINY_SHAPE), eps);
  return force(power(lazyTensor(away), q, tensorArithmetic(new Map())));
}
