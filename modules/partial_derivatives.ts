// Needs: radial_profiles.ts.
//
// Every partial derivative of a radial function f(s), s = |δ|², δ = x − c, in closed form:
//
//     ∂^α f = Σ_m Π_i [ α_i! / (m_i! (α_i − 2m_i)!) · (2δ_i)^(α_i − 2m_i) ] · f^(|α| − |m|)(s),   0 ≤ m_i ≤ α_i/2
import { combine, derivative, type Profile, timesU } from './radial_profiles';

/** coefficient · δ^powers · f^(order)(s) */
export interface PartialTerm {
  readonly coefficient: number;
  /** The exponent of each δ_i. */
  readonly powers: readonly number[];
  readonly order: number;
}

/** The terms of ∂^α f(|δ|²) for a multi-index α, one entry a coordinate. */
export function partialTerms(alpha: readonly number[]): PartialTerm[] {
  let terms: PartialTerm[] = [{ coefficient: 1, powers: [], order: 0 }];
  for (const a of alpha) {
    const next: PartialTerm[] = [];
    for (const { coefficient, powers, order } of terms)
      for (let m = 0; 2 * m <= a; m++) {
        const power = a - 2 * m;
        const factor = (factorial(a) / (factorial(m) * factorial(power))) * 2 ** power;
        next.push({ coefficient: coefficient * factor, powers: [...powers, power], order: order + a - m });
      }
    terms = next;
  }
  return terms;
}

/** The profile of Δφ/ε² in d dimensions: 2d·g′ + 4u·g″. */
export function laplacianProfile(g: Profile, d: number): Profile {
  const slope = derivative(g);
  return combine(2 * d, slope, 4, timesU(derivative(slope)));
}

function factorial(n: number): number {
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return product;
}
