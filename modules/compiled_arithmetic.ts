// Needs: arithmetic.ts, native_arithmetic.ts, native_binding.ts, native_ops.ts, profile_limits.ts,
//   radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The arithmetic of profiles in a compiled function. XLA calls the C library for each e^x in float64; made of sums and
// products it is part of the loop, four numbers at a time.
import type { Arithmetic } from './arithmetic';
import { force, type Lazy, lazy, natives, times } from './native_arithmetic';
import { elementwise, powerOfTwo, scalar, select } from './native_ops';

/** ln 2 in two parts; the first has 20 bits fewer, so that its multiples are exact. */
const LN2 = [0.6931471803691238, 1.9082149292705877e-10];
/** From here on e^(−t) is taken as 0, as it is below 1e-307, and from −709 down as infinite. */
const END = 708;
const BEGIN = -709;
/** Terms of the series of e^r, |r| ≤ ½ ln 2: the next is below 5e-18. */
const TERMS = 13;

function expNegative(a: Lazy): Lazy {
  const t = force(a);
  const x = elementwise('Neg', elementwise('ClipByValue', t, scalar(BEGIN), scalar(END)));
  const k = elementwise(
    'Floor',
    elementwise('AddV2', elementwise('Mul', x, scalar(Math.LOG2E)), scalar(0.5)),
  );
  let r = x;
  for (const part of LN2) r = elementwise('Sub', r, elementwise('Mul', k, scalar(part)));
  let factorial = 1;
  for (let i = 2; i <= TERMS; i++) factorial *= i;
  let sum = scalar(1 / factorial);
  for (let i = TERMS; i > 0; i--) {
    factorial /= i;
    sum = elementwise('AddV2', elementwise('Mul', sum, r), scalar(1 / factorial));
  }
  const value = elementwise('Mul', sum, powerOfTwo(k));
  const finite = select('Less', t, scalar(BEGIN), scalar(Number.POSITIVE_INFINITY), value);
  return lazy(select('Less', t, scalar(END), finite, scalar(0)));
}

/** As `natives`, with exponentials that are part of the loop. */
export const compiledNatives: Arithmetic<Lazy> = {
  ...natives,
  expNegative,
  timesExpNegative: (a, t) => natives.multiply(a, expNegative(t)),
  power: (a, exponent) => expNegative(times(natives.log(a), -exponent)),
};
