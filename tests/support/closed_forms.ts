/**
 * The kernels φ = f(s), s = |x − c|², and f′ to f⁗ as they stand in the books, in float64: nothing of the modules is
 * used. Powers have falling factorials; Matérn is z^ν·K_ν(z); Wendland and the bump are differentiated by hand.
 */
import { ALPHA } from './kernels';

/** f⁽ᵏ⁾(s), k ≤ 4, for a kernel of this shape. */
export type ClosedForm = (k: number, s: number, shape: number) => number;

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
const falling = (b: number, k: number) =>
  Array.from({ length: k }, (_, i) => b - i).reduce((p, v) => p * v, 1);

const gaussian: ClosedForm = (k, s, eps) => (-eps * eps) ** k * Math.exp(-eps * eps * s);

const binomial =
  (exponent: number, scale: (shape: number) => number): ClosedForm =>
  (k, s, shape) =>
    falling(exponent, k) * scale(shape) ** k * (1 + scale(shape) * s) ** (exponent - k);

const bump: ClosedForm = (k, s, eps) => {
  const u = eps * eps * s;
  if (u >= 1) return 0;
  const w = 1 / (1 - u);
  const polynomial = [
    1,
    -(w ** 2),
    w ** 4 - 2 * w ** 3,
    -(w ** 6) + 6 * w ** 5 - 6 * w ** 4,
    w ** 8 - 12 * w ** 7 + 36 * w ** 6 - 24 * w ** 5,
  ];
  return eps ** (2 * k) * polynomial[k] * Math.exp(-w);
};

/** z^μ·K_μ(z) for μ = n + ½, also negative, by K's elementary form. */
function besselTerm(mu: number, z: number): number {
  const n = Math.abs(mu) - 0.5;
  let sum = 0;
  for (let j = 0; j <= n; j++) sum += factorial(n + j) / (factorial(j) * factorial(n - j) * (2 * z) ** j);
  return z ** mu * Math.sqrt(Math.PI / (2 * z)) * Math.exp(-z) * sum;
}

const GAMMA = new Map(
  [0.5, 1.5, 2.5, 3.5].map((nu, i) => [nu, Math.sqrt(Math.PI) * [1, 0.5, 0.75, 1.875][i]]),
);

const matern =
  (nu: number): ClosedForm =>
  (k, s, ell) => {
    const factor = (2 ** (1 - nu) / (GAMMA.get(nu) as number)) * (-nu / ell ** 2) ** k;
    const mu = nu - k;
    // z^μ·K_μ(z) tends to 2^(μ−1)·Γ(μ).
    if (s === 0)
      return factor * (mu > 0 ? 2 ** (mu - 1) * (GAMMA.get(mu) as number) : Number.POSITIVE_INFINITY);
    return factor * besselTerm(mu, Math.sqrt(2 * nu * s) / ell);
  };

const inside =
  (...f: ((p: number, q: number) => number)[]): ClosedForm =>
  (k, s, R) => {
    const p = Math.sqrt(s) / R;
    return p < 1 ? f[k](p, 1 - p) / R ** (2 * k) : 0;
  };

const wendland = [
  inside(
    (_, q) => q ** 2,
    (p, q) => -q / p,
    p => 1 / (2 * p ** 3),
    p => -3 / (4 * p ** 5),
    p => 15 / (8 * p ** 7),
  ),
  inside(
    (p, q) => q ** 4 * (4 * p + 1),
    (_, q) => -10 * q ** 3,
    (p, q) => (15 * q ** 2) / p,
    p => 7.5 * (1 / p - 1 / p ** 3),
    p => 3.75 * (3 / p ** 5 - 1 / p ** 3),
  ),
  inside(
    (p, q) => (q ** 6 * (35 * p ** 2 + 18 * p + 3)) / 3,
    (p, q) => (-28 / 3) * (1 + 5 * p) * q ** 5,
    (_, q) => 140 * q ** 4,
    (p, q) => (-280 * q ** 3) / p,
    p => -140 * (3 / p - 1 / p ** 3 - 2),
  ),
  inside(
    (p, q) => q ** 8 * (32 * p ** 3 + 25 * p ** 2 + 8 * p + 1),
    (p, q) => -11 * (1 + 7 * p + 16 * p ** 2) * q ** 7,
    (p, q) => 132 * (1 + 6 * p) * q ** 6,
    (_, q) => -2772 * q ** 5,
    (p, q) => (6930 * q ** 4) / p,
  ),
];

const oddPower =
  (exponent: number): ClosedForm =>
  (k, s) =>
    falling(exponent / 2, k) * s ** (exponent / 2 - k);

/** ½·s^m·log s → ½·s^(m−k)·(A·log s + B). */
const logPower =
  (m: number): ClosedForm =>
  (k, s) => {
    let [A, B] = [1, 0];
    for (let i = 0; i < k; i++) [A, B] = [(m - i) * A, (m - i) * B + A];
    const logarithm = A === 0 || (s === 0 && m > k) ? 0 : A * Math.log(s);
    return 0.5 * s ** (m - k) * (logarithm + B);
  };

export const CLOSED_FORMS: Record<string, ClosedForm> = {
  Gaussian: gaussian,
  MqSarra: binomial(0.5, eps => eps * eps),
  MqHardy: (k, s, c) => c * binomial(0.5, () => 1 / (c * c))(k, s, c),
  Imq: binomial(-0.5, eps => eps * eps),
  Iq: binomial(-1, eps => eps * eps),
  RationalQuadratic: binomial(-ALPHA, ell => 1 / (2 * ALPHA * ell * ell)),
  Bump: bump,
  ...Object.fromEntries([0.5, 1.5, 2.5, 3.5].map(nu => [`Matern${2 * nu}2`, matern(nu)])),
  ...Object.fromEntries(wendland.map((f, i) => [`WendlandC${2 * i}`, f])),
  ...Object.fromEntries([1, 3, 5, 7].map(k => [`Polyharmonic${k}`, oddPower(k)])),
  ...Object.fromEntries([2, 4, 6, 8].map(k => [`Polyharmonic${k}`, logPower(k / 2)])),
};

/**
 * The m of C^m at the centre, as the literature has it: Matérn 2ν − 1, Wendland C^k itself, r^k and r^k·log r have
 * k − 1 derivatives.
 */
export const SMOOTHNESS: Record<string, number> = Object.fromEntries(
  Object.keys(CLOSED_FORMS).map(name => {
    const number = Number(name.match(/\d+$/)?.[0]);
    if (name.startsWith('Matern')) return [name, Math.floor(number / 10) - 1];
    if (name.startsWith('Wendland')) return [name, number];
    if (name.startsWith('Polyharmonic')) return [name, number - 1];
    return [name, Number.POSITIVE_INFINITY];
  }),
);

/**
 * ∂^α φ at δ = x − c, |α| ≤ 4; NaN where it does not exist.
 *
 *     Σ_m Π_i [α_i!/(m_i!·(α_i − 2m_i)!)·(2δ_i)^(α_i − 2m_i)]·f^(|α| − |m|)(s),  0 ≤ m_i ≤ α_i/2
 */
export const partial = (name: string, shape: number, delta: number[], alpha: number[]): number =>
  sumOfTerms(name, shape, delta, alpha).value;

/** The sum of the sizes of its terms: what rounding is relative to, where they cancel close to a rough centre. */
export const partialSize = (name: string, shape: number, delta: number[], alpha: number[]): number =>
  sumOfTerms(name, shape, delta, alpha).size;

function sumOfTerms(name: string, shape: number, delta: number[], alpha: number[]) {
  const s = delta.reduce((sum, v) => sum + v * v, 0);
  const order = alpha.reduce((a, b) => a + b, 0);
  if (s === 0 && order > SMOOTHNESS[name]) return { value: Number.NaN, size: Number.NaN };
  let [value, size] = [0, 0];
  const walk = (i: number, factor: number, m: number) => {
    // At a centre f^(k) may diverge; its factor is 0 then, and so is the limit of the product.
    if (factor === 0) return;
    if (i === alpha.length) {
      const term = factor * CLOSED_FORMS[name](order - m, s, shape);
      value += term;
      size += Math.abs(term);
      return;
    }
    for (let mi = 0; 2 * mi <= alpha[i]; mi++) {
      const rest = alpha[i] - 2 * mi;
      const here = (factorial(alpha[i]) / (factorial(mi) * factorial(rest))) * (2 * delta[i]) ** rest;
      walk(i + 1, factor * here, m + mi);
    }
  };
  walk(0, 1, 0);
  return { value, size };
}
