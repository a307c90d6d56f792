// Needs: nothing else.
//
// Functions of one variable with all their derivatives, and sums of products of them.

/** Its derivative of an order (0 is the function itself) at t. */
export type Factor = (order: number, t: number) => number;

/** sin(a·t) and its derivatives: a quarter of a turn on each time. */
export const sine = (a: number): Factor => turned(a, 0);

/** cos(a·t). */
export const cosine = (a: number): Factor => turned(a, 1);

function turned(a: number, quarters: number): Factor {
  return (order, t) => {
    const [s, c] = [Math.sin(a * t), Math.cos(a * t)];
    return a ** order * [s, c, -s, -c][(order + quarters) % 4];
  };
}

/** e^(a·t + b) */
export const exponential =
  (a: number, b = 0): Factor =>
  (order, t) =>
    a ** order * Math.exp(a * t + b);

/** e^(−(a·t + b)²): the derivatives have Hermite's polynomials, H_(k+1)(s) = 2s·H_k(s) − 2k·H_(k−1)(s). */
export const bell =
  (a: number, b = 0): Factor =>
  (order, t) => {
    const s = a * t + b;
    let [before, hermite] = [0, 1];
    for (let k = 0; k < order; k++) [before, hermite] = [hermite, 2 * s * hermite - 2 * k * before];
    const value = Math.exp(-s * s);
    return value === 0 ? 0 : (-a) ** order * hermite * value; // far out, H_k may be infinite
  };

/**
 * sin(a·t)/(a·t), 1 at 0. With z = a·t and f for sin(z)/z, z·f⁽ᵏ⁾ + k·f⁽ᵏ⁻¹⁾ = sin⁽ᵏ⁾(z) gives each derivative from the
 * one before; below |z| = k that loses digits, and the power series is summed instead.
 */
export const cardinalSine =
  (a: number): Factor =>
  (order, t) => {
    const z = a * t;
    if (Math.abs(z) < Math.max(1, order)) return a ** order * sincSeries(order, z);
    let value = Math.sin(z) / z;
    for (let k = 1; k <= order; k++) value = (sine(1)(k, z) - k * value) / z;
    return a ** order * value;
  };

/** Σ_n ±z^(n − k)/((n − k)!·(n + 1)) over the even n ≥ k: the k-th derivative of Σ_n ±zⁿ/(n + 1)!. */
function sincSeries(k: number, z: number): number {
  let [sum, power] = [0, 1];
  for (let n = k; ; n++) {
    const term = n % 2 === 1 ? 0 : ((n % 4 === 0 ? 1 : -1) * power) / (n + 1);
    sum += term;
    if (n % 2 === 0 && Math.abs(term) <= 1e-17 * Math.abs(sum)) return sum;
    power *= z / (n + 1 - k);
  }
}

/** Σ coefficient·Π_i factor_i(x_i) and its ∂^α. */
export function separable(...terms: [coefficient: number, ...factors: Factor[]][]) {
  return (alpha: readonly number[], x: readonly number[]): number =>
    terms.reduce(
      (sum, [coefficient, ...factors]) =>
        sum + factors.reduce((product, factor, i) => product * factor(alpha[i], x[i]), coefficient),
      0,
    );
}
