// Needs: radial_profiles.ts.
//
// What a profile does at u = 0, where the point is the centre: its limit, and how many derivatives the kernel has there.
// The lowest power of t says both, since terms are kept in its order.
import { derivative, type Profile } from './radial_profiles';

/**
 * The limit of g at u = 0: a number, or ±Infinity where g diverges. The lowest power says it.
 *
 * @example
 * limitAtZero(profileOf({ variable: 'u', factor: 'exp(-t)', terms: [[3, 0]] })); // 3
 */
export function limitAtZero(g: Profile): number {
  if (g.variable === '1+u' || g.variable === '1/(1-u)') {
    const sum = g.terms.reduce((total, [c]) => total + c, 0);
    return g.scale * sum * (g.factor === 'exp(-t)' ? Math.exp(-1) : 1);
  }
  const [c, p] = g.terms[0] ?? [0, Number.POSITIVE_INFINITY];
  const [l, q] = g.logTerms[0] ?? [0, Number.POSITIVE_INFINITY];
  if (q <= 0 && q <= p) return g.scale * l > 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (p > 0) return 0;
  return p === 0 ? g.scale * c : g.scale * c * Number.POSITIVE_INFINITY;
}

/**
 * The m of C^m at the centre, Infinity for a smooth kernel.
 * The first divergent derivative g⁽ᵏ⁾ ~ t^p gives away the power r^q, q = 2k + p (t = √u), that is C^(⌈q⌉−1).
 *
 * @example
 * smoothnessOf(profileOf({ variable: 'sqrt(u)', factor: 'exp(-t)', terms: [[1, 0]] })); // 0
 */
export function smoothnessOf(g: Profile): number {
  if (g.variable === '1+u' || g.variable === '1/(1-u)') return Number.POSITIVE_INFINITY;
  const radii = g.variable === 'u' ? 2 : 1;
  for (let k = 0, h = g; k <= 64 && h.terms.length + h.logTerms.length > 0; k++, h = derivative(h))
    if (!Number.isFinite(limitAtZero(h))) {
      const p = Math.min(h.terms[0]?.[1] ?? 0, h.logTerms[0]?.[1] ?? 0);
      return Math.ceil(2 * k + radii * p) - 1;
    }
  return Number.POSITIVE_INFINITY;
}
