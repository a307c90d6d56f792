// Needs: arithmetic.ts, profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node.
//
// The arithmetic of profiles on float32 tensors. A pass over memory costs more than a multiplication, so that
// scale·a + offset is kept aside and folded into what comes next.
import * as tf from '@tensorflow/tfjs-node';
import type { Arithmetic } from './arithmetic';

/** scale·base + offset. */
export interface LazyTensor {
  readonly base: tf.Tensor;
  readonly scale: number;
  readonly offset: number;
  /** What the base is called among the known values: a root, a bound or an exponential of it is taken once. */
  readonly name?: string;
}

/** Values by how they come from u: a derivative is made of the same roots and exponentials as what it is derived from. */
export type Known = Map<string, tf.Tensor>;

/** scale·base, not yet multiplied; the scale is near 1, so that powers of the base alone do not overflow. */
export const lazyTensor = (base: tf.Tensor, scale = 1): LazyTensor => ({ base, scale, offset: 0 });

/** The tensor scale·base + offset. */
export function force({ base, scale, offset }: LazyTensor): tf.Tensor {
  if (scale === -1 && offset === 0) return base.neg();
  const scaled = scale === 1 ? base : base.mul(scale);
  return offset === 0 ? scaled : scaled.add(offset);
}

/** A number in front and a tensor, whose product it is, in at most one pass over memory. */
export function split(a: LazyTensor): [number, tf.Tensor] {
  if (a.scale === 0 || !Number.isFinite(a.offset / a.scale)) return [1, force(a)];
  return [a.scale, force({ ...a, scale: 1, offset: a.offset / a.scale })];
}

const times = (a: LazyTensor, by: number): LazyTensor => ({
  ...a,
  scale: a.scale * by,
  offset: a.offset * by,
});

const isNamed = ({ name, scale, offset }: LazyTensor) => name !== undefined && scale === 1 && offset === 0;

/** The arithmetic that takes known values where there are, and adds to them. */
export function tensorArithmetic(known: Known): Arithmetic<LazyTensor> {
  function once(op: string, a: LazyTensor, make: (x: tf.Tensor) => tf.Tensor): LazyTensor {
    if (!isNamed(a)) return lazyTensor(make(force(a)));
    const name = `${op} of ${a.name}`;
    const base = known.get(name) ?? make(a.base);
    known.set(name, base);
    return { ...lazyTensor(base), name };
  }
  const multiply = (a: LazyTensor, b: LazyTensor) => {
    const [[p, x], [q, y]] = [split(a), split(b)];
    return lazyTensor(x === y ? x.square() : x.mul(y), p * q);
  };
  const expNegative = (a: LazyTensor) =>
    isNamed(a) ? once('decay', a, x => x.neg().exp()) : lazyTensor(force(times(a, -1)).exp());
  return {
    add: (a, b) => lazyTensor(force(a).add(force(b))),
    multiply,
    affine: (a, scale, offset) => ({ ...times(a, scale), offset: a.offset * scale + offset }),
    reciprocal: a => lazyTensor(force(a).reciprocal()),
    sqrt: a => once('root', a, x => x.sqrt()),
    expNegative,
    timesExpNegative: (a, t) => {
      // Where t is there, dividing by e^t spares the pass that −t would take.
      if (t.scale !== 1 || t.offset !== 0) return multiply(a, expNegative(t));
      const [p, x] = split(a);
      return lazyTensor(x.div(once('exponential', t, x => x.exp()).base), p);
    },
    log: a => once('logarithm', a, x => x.log()),
    power: (a, exponent) => lazyTensor(tf.pow(force(a), exponent)),
    minimum: (a, bound) => once(`bound ${bound}`, a, x => x.minimum(bound)),
    maximum: (a, bound) => lazyTensor(force(a).maximum(bound)),
    below: (a, bound) => lazyTensor(force(a).less(bound).cast('float32')),
    atZero: (u, value, a) => lazyTensor(tf.where(force(u).equal(0), tf.scalar(value), force(a))),
    expEnd: 120,
  };
}
