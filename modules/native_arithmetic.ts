// Needs: arithmetic.ts, native_binding.ts, native_ops.ts, profile_limits.ts, radial_profiles.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// The arithmetic of profiles on native float64 tensors. A pass over memory costs more than a multiplication, so that
// scale·a + offset is kept aside and folded into what comes next.
import type { Arithmetic } from './arithmetic';
import { elementwise, type Native, scalar, select } from './native_ops';

/** scale·base + offset; `make` gives the base, or at once scale·base + offset where that costs nothing more. */
export interface Lazy {
  readonly make: (scale: number, offset: number) => Native;
  readonly scale: number;
  readonly offset: number;
  /** No value is larger, where that is known: then a minimum with more than that is no work. */
  readonly most?: number;
}

/** a, which is nowhere larger than `most`. */
export const bounded = (a: Lazy, most: number): Lazy => ({ ...a, most });

/** A lazy value from how it is made; each form of it is made once. */
export function lazyFrom(make: (scale: number, offset: number) => Native): Lazy {
  const made = new Map<string, Native>();
  return {
    make: (scale, offset) => {
      const key = `${scale} ${offset}`;
      const value = made.get(key) ?? make(scale, offset);
      made.set(key, value);
      return value;
    },
    scale: 1,
    offset: 0,
  };
}

/** A tensor that is there. */
export const lazy = (base: Native): Lazy =>
  lazyFrom((scale, offset) => {
    if (scale === -1 && offset !== 0) return elementwise('Sub', scalar(offset), base);
    const scaled = scale === 1 ? base : elementwise('Mul', base, scalar(scale));
    return offset === 0 ? scaled : elementwise('AddV2', scaled, scalar(offset));
  });

/** The tensor scale·base + offset. */
export const force = (a: Lazy): Native => a.make(a.scale, a.offset);

const op = (name: string, ...inputs: Native[]) => lazy(elementwise(name, ...inputs));
/** scale·a. */
export const times = (a: Lazy, scale: number): Lazy => ({
  ...a,
  scale: a.scale * scale,
  offset: a.offset * scale,
});

/** Splits a into a number in front and a tensor: scale·(base + offset/scale) is at most one pass over memory. */
export const split = (a: Lazy): [number, Native] =>
  a.scale === 0 ? [1, force(a)] : [a.scale, a.make(1, a.offset / a.scale)];

export const natives: Arithmetic<Lazy> = {
  add: (a, b) => op('AddV2', force(a), force(b)),
  multiply: (a, b) => {
    const [[p, x], [q, y]] = [split(a), split(b)];
    return times(x === y ? op('Square', x) : op('Mul', x, y), p * q);
  },
  affine: (a, scale, offset) => ({ ...times(a, scale), offset: a.offset * scale + offset }),
  reciprocal: a => {
    const [p, x] = split(a);
    return times(op('Reciprocal', x), 1 / p);
  },
  sqrt: a => {
    const [p, x] = a.scale > 0 ? split(a) : [1, force(a)];
    const root = times(op('Sqrt', x), Math.sqrt(p));
    return a.most === undefined ? root : bounded(root, Math.sqrt(a.most));
  },
  expNegative: a => op('Exp', force(times(a, -1))),
  timesExpNegative: (a, t) => {
    // Where t is there, dividing by e^t spares the pass that −t would take.
    if (t.scale !== 1 || t.offset !== 0) return natives.multiply(a, natives.expNegative(t));
    const [p, x] = split(a);
    return times(op('RealDiv', x, op('Exp', force(t)).make(1, 0)), p);
  },
  log: a => op('Log', force(a)),
  // TensorFlow's Pow is several times slower than Log and Exp together.
  power: (a, exponent) => op('Exp', force(times(op('Log', force(a)), exponent))),
  minimum: (a, bound) => ((a.most ?? bound + 1) <= bound ? a : op('Minimum', force(a), scalar(bound))),
  maximum: (a, bound) => op('Maximum', force(a), scalar(bound)),
  below: (a, bound) => {
    const x = force(a);
    return lazy(select('Less', x, scalar(bound), scalar(1), scalar(0)));
  },
  // Nothing to replace: u is kept away from 0 by less than any digit shows, see native_evaluation.ts.
  atZero: (_u, _value, a) => a,
  expEnd: 800,
};
