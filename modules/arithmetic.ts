// Needs: profile_limits.ts, radial_profiles.ts.
//
// A profile is evaluated over an `Arithmetic<T>`: plain numbers (here), float32 tensors on the tape
// (notable_kernels.ts) and native float64 arrays (float64.ts). No formula stands twice.
import { limitAtZero } from './profile_limits';
import type { Profile, Term } from './radial_profiles';

/** The operations that the value of a profile is made of. */
export interface Arithmetic<T> {
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  /** scale·a + offset */
  affine(a: T, scale: number, offset: number): T;
  reciprocal(a: T): T;
  sqrt(a: T): T;
  /** e^(−a) */
  expNegative(a: T): T;
  /** a·e^(−t) */
  timesExpNegative(a: T, t: T): T;
  log(a: T): T;
  power(a: T, exponent: number): T;
  minimum(a: T, bound: number): T;
  maximum(a: T, bound: number): T;
  /** 1 where a < bound, else 0 */
  below(a: T, bound: number): T;
  /** `value` where u = 0, else a */
  atZero(u: T, value: number, a: T): T;
  /** From here on e^(−t) is 0. t stops there, so that e^(−t)·tᵖ is not 0·∞. */
  readonly expEnd: number;
}

/** The arithmetic of plain numbers. */
export const numbers: Arithmetic<number> = {
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  affine: (a, scale, offset) => scale * a + offset,
  reciprocal: a => 1 / a,
  sqrt: Math.sqrt,
  expNegative: a => Math.exp(-a),
  timesExpNegative: (a, t) => a * Math.exp(-t),
  log: Math.log,
  power: (a, p) => a ** p,
  minimum: Math.min,
  maximum: Math.max,
  below: (a, bound) => (a < bound ? 1 : 0),
  atZero: (u, value, a) => (u === 0 ? value : a),
  expEnd: 800,
};

/**
 * The value g(u) of a profile, u ≥ 0.
 * At u = 0 it is the limit, or `atZero` where one is given (a divergent derivative that counts 0 there).
 */
export function evaluateProfile<T>(g: Profile, u: T, a: Arithmetic<T>, atZero = limitAtZero(g)): T {
  if (g.terms.length + g.logTerms.length === 0) return a.affine(a.minimum(u, 0), 0, 0);
  const t = variableOf(g, u, a);
  let value = g.terms.length > 0 ? sumOfPowers(g.terms, g, t, a) : undefined;
  if (g.logTerms.length > 0) {
    const logs = a.multiply(sumOfPowers(g.logTerms, g, t, a), a.log(t));
    value = value === undefined ? logs : a.add(value, logs);
  }
  const singular = g.logTerms.length > 0 || g.terms[0][1] < 0;
  const ofRadius = g.variable === 'u' || g.variable === 'sqrt(u)';
  return singular && ofRadius ? a.atZero(u, atZero, value as T) : (value as T);
}

/** t(u), kept where F(t) is not yet 0. */
function variableOf<T>(g: Profile, u: T, a: Arithmetic<T>): T {
  if (g.variable === '1/(1-u)') return a.reciprocal(a.maximum(a.affine(u, -1, 1), 1 / a.expEnd));
  const t = g.variable === 'u' ? u : g.variable === 'sqrt(u)' ? a.sqrt(u) : a.affine(u, 1, 1);
  if (typeof g.factor === 'number') return a.minimum(t, 1);
  // A lone t^p, p ≤ 0, cannot overflow.
  const grows = g.terms.length + g.logTerms.length > 1 || (g.terms[0] ?? g.logTerms[0])[1] > 0;
  return g.factor === 'exp(-t)' && grows ? a.minimum(t, a.expEnd) : t;
}

/** scale · F(t) · Σ c·tᵖ by Horner's rule. The lowest power and the numbers in front are multiplied once. */
function sumOfPowers<T>(terms: readonly Term[], g: Profile, t: T, a: Arithmetic<T>): T {
  // t = 1 + u grows without end: in powers of 1/t ≤ 1 no sum overflows.
  if (g.variable === '1+u' && terms.length > 1) {
    const inverse = terms.map(([c, p]): Term => [c, -p]).reverse();
    return sumOfPowers(inverse, { ...g, variable: 'u' }, a.reciprocal(t), a);
  }
  let product: T | undefined;
  const lowest = terms[0][1];
  let front = g.scale * terms[0][0];
  if (terms.length > 1) {
    let sum: T | undefined;
    for (let i = terms.length - 1; i > 0; i--) {
      const gap = power(t, terms[i][1] - terms[i - 1][1], a);
      const [c, next] = [g.scale * terms[i][0], g.scale * terms[i - 1][0]];
      sum = sum === undefined ? a.affine(gap, c, next) : a.affine(a.multiply(sum, gap), 1, next);
    }
    product = times(a, product, sum as T);
    front = 1;
  }
  if (lowest !== 0) product = times(a, product, power(t, lowest, a));
  if (g.factor === 'exp(-t)')
    product = product === undefined ? a.expNegative(t) : a.timesExpNegative(product, t);
  else if (g.factor === 0) product = times(a, product, a.below(t, 1));
  else if (typeof g.factor === 'number') product = times(a, product, power(a.affine(t, -1, 1), g.factor, a));
  const value = product ?? a.affine(t, 0, 1);
  return front === 1 ? value : a.affine(value, front, 0);
}

function times<T>(a: Arithmetic<T>, x: T | undefined, y: T): T {
  return x === undefined ? y : a.multiply(x, y);
}

/** tᵖ: whole and half powers by products and a root, which are faster than a general power and exact. */
export function power<T>(t: T, p: number, a: Arithmetic<T>): T {
  if (p < 0) return a.reciprocal(power(t, -p, a));
  if (!Number.isInteger(2 * p) || p > 16) return a.power(t, p);
  let result = Number.isInteger(p) ? undefined : a.sqrt(t);
  let square = t;
  for (let k = Math.floor(p); k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) result = result === undefined ? square : a.multiply(result, square);
    if (k > 1) square = a.multiply(square, square);
  }
  return result as T;
}
