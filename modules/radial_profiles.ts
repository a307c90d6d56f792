// Needs: nothing else.
//
// A radial kernel is a profile of the squared radius: φ(x) = g(u), u = ε²·‖x − c‖². A profile is data,
//
//     g(u) = scale · F(t) · ( Σ c·tᵖ + Σ l·tᵖ·log t ),
//
// with t = u, √u, 1 + u or 1/(1 − u), and F = 1, e^(−t) or (1 − t)₊^a. This form is closed under d/du and under
// multiplication by u. So every derivative is computed, not written, and with it what happens at u = 0 (profile_limits.ts).

/** One term c·tᵖ, written `[c, p]`. */
export type Term = readonly [coefficient: number, power: number];

/** g(u) as data. `terms` are kept free of zeros and in ascending order of the power. */
export interface Profile {
  /** t as a function of u. */
  readonly variable: 'u' | 'sqrt(u)' | '1+u' | '1/(1-u)';
  /** F: 1, e^(−t), or the number a of (1 − t)₊^a, which is 0 for t ≥ 1. */
  readonly factor: 'one' | 'exp(-t)' | number;
  readonly scale: number;
  readonly terms: readonly Term[];
  /** Terms l·tᵖ·log t. */
  readonly logTerms: readonly Term[];
}

/** A profile as one writes it down: what is left out is 1 or empty. */
export type ProfileRow = Pick<Profile, 'variable' | 'terms'> & Partial<Profile>;

/** Completes a row and puts its terms in order. */
export function profileOf(row: ProfileRow): Profile {
  if (typeof row !== 'object' || row === null)
    throw new TypeError(`profile: must be a row of data { variable, terms, … }, got ${row}`);
  const { variable, factor = 'one', scale = 1, terms, logTerms = [] } = row;
  if (!['u', 'sqrt(u)', '1+u', '1/(1-u)'].includes(variable))
    throw new TypeError(`profile: variable must be 'u', 'sqrt(u)', '1+u' or '1/(1-u)', got ${variable}`);
  if (
    typeof factor === 'number'
      ? !(Number.isInteger(factor) && factor >= 0)
      : !['one', 'exp(-t)'].includes(factor)
  )
    throw new TypeError(
      `profile: factor must be 'one', 'exp(-t)' or an integer a ≥ 0 of (1 − t)^a, got ${factor}`,
    );
  if (typeof factor === 'number' && variable !== 'u' && variable !== 'sqrt(u)')
    throw new TypeError(`profile: (1 − t)^${factor} needs t = u or √u, got t = ${variable}`);
  if (variable === '1/(1-u)' && factor !== 'exp(-t)')
    throw new TypeError(`profile: t = 1/(1 − u) needs the factor 'exp(-t)', got ${factor}`);
  if (!Number.isFinite(scale)) throw new TypeError(`profile: scale must be a finite number, got ${scale}`);
  for (const [key, list] of Object.entries({ terms, logTerms })) {
    if (!Array.isArray(list))
      throw new TypeError(`profile: ${key} must be a list of [coefficient, power], got ${list}`);
    for (const term of list)
      if (!Array.isArray(term) || term.length !== 2 || !term.every(Number.isFinite))
        throw new TypeError(
          `profile: every term must be [coefficient, power], finite numbers, got ${JSON.stringify(term)}`,
        );
  }
  return { variable, factor, scale, terms: collect(terms), logTerms: collect(logTerms) };
}

/**
 * dg/du, again a profile.
 *
 * @example
 * const root = profileOf({ variable: '1+u', terms: [[1, 0.5]] }); // √(1 + u)
 * derivative(root).terms; // [[0.5, -0.5]]
 */
export function derivative(g: Profile): Profile {
  const { factor: F, terms, logTerms } = g;
  const d = (ts: readonly Term[]): Term[] => ts.map(([c, p]) => [c * p, p - 1]);
  let inner: Term[] = [...d(terms), ...shift(logTerms, -1)];
  let innerLog = d(logTerms);
  let factor = F;
  if (F === 'exp(-t)') {
    inner = [...inner, ...times(terms, -1)];
    innerLog = [...innerLog, ...times(logTerms, -1)];
  } else if (typeof F === 'number' && F > 0) {
    inner = [...timesOneMinusT(inner), ...times(terms, -F)];
    innerLog = [...timesOneMinusT(innerLog), ...times(logTerms, -F)];
    factor = F - 1;
  }
  // dt/du = 1, 1/(2t), 1 or t². The ½ goes into the scale, so that the coefficients stay whole and cancel exactly.
  const [scale, power] = { u: [1, 0], 'sqrt(u)': [0.5, -1], '1+u': [1, 0], '1/(1-u)': [1, 2] }[g.variable];
  return profileOf({
    ...g,
    factor,
    scale: g.scale * scale,
    terms: shift(inner, power),
    logTerms: shift(innerLog, power),
  });
}

/** The k-th derivative dᵏg/duᵏ. */
export function nthDerivative(g: Profile, k: number): Profile {
  let h = g;
  for (let i = 0; i < k; i++) h = derivative(h);
  return h;
}

/** u·g(u). */
export function timesU(g: Profile): Profile {
  const by = (ts: readonly Term[]): Term[] => {
    if (g.variable === 'u') return shift(ts, 1);
    if (g.variable === 'sqrt(u)') return shift(ts, 2);
    if (g.variable === '1+u') return [...shift(ts, 1), ...times(ts, -1)];
    return [...ts, ...times(shift(ts, -1), -1)];
  };
  return profileOf({ ...g, terms: by(g.terms), logTerms: by(g.logTerms) });
}

/** u^(k/2)·g(u), for a profile of t = u or √u: the powers of the radius that a divergent g needs to stay finite. */
export function timesRadius(g: Profile, k: number): Profile {
  if (g.variable !== 'u' && g.variable !== 'sqrt(u)')
    throw new TypeError(`timesRadius: needs a profile of u or √u, got one of ${g.variable}`);
  const power = g.variable === 'u' ? k / 2 : k;
  return profileOf({ ...g, terms: shift(g.terms, power), logTerms: shift(g.logTerms, power) });
}

/** a·g + b·h, where g and h come from one kernel (the same t and F, up to the exponent of 1 − t). */
export function combine(a: number, g: Profile, b: number, h: Profile): Profile {
  const factors = [g.factor, h.factor];
  if (g.variable !== h.variable || (g.factor !== h.factor && !factors.every(F => typeof F === 'number')))
    throw new TypeError('combine: the profiles must share their variable and their factor');
  // Scales of one kernel differ by powers of 2: over the smaller one whole coefficients stay whole.
  const scale = Math.min(Math.abs(g.scale), Math.abs(h.scale)) || 1;
  let [low, high, p, q] = [g, h, a * (g.scale / scale), b * (h.scale / scale)];
  if (typeof g.factor === 'number' && g.factor > (h.factor as number)) [low, high, p, q] = [h, g, q, p];
  const lift = (ts: readonly Term[]) => {
    let out = ts;
    if (typeof high.factor === 'number')
      for (let i = high.factor; i > (low.factor as number); i--) out = timesOneMinusT(out);
    return out;
  };
  return profileOf({
    ...low,
    scale,
    terms: [...times(low.terms, p), ...times(lift(high.terms), q)],
    logTerms: [...times(low.logTerms, p), ...times(lift(high.logTerms), q)],
  });
}

const shift = (ts: readonly Term[], k: number): Term[] => ts.map(([c, p]) => [c, p + k]);
const times = (ts: readonly Term[], a: number): Term[] => ts.map(([c, p]) => [a * c, p]);
const timesOneMinusT = (ts: readonly Term[]): Term[] => [...ts, ...times(shift(ts, 1), -1)];

function collect(ts: readonly Term[]): Term[] {
  const sums: [c: number, p: number][] = [];
  for (const [c, p] of [...ts].sort((a, b) => a[1] - b[1])) {
    const last = sums[sums.length - 1];
    // −0.7 − 1 + 1 is not quite −0.7.
    if (last !== undefined && p - last[1] < 1e-9) last[0] += c;
    else sums.push([c, p]);
  }
  return sums.filter(([c]) => c !== 0);
}
