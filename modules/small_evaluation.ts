// Needs: arithmetic.ts, evaluation_plan.ts, kernel_table.ts, native_ops.ts, operators.ts,
//   partial_derivatives.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// An evaluation in plain numbers: for a few points, where one call of TensorFlow takes longer than all of it.
import { evaluateProfile, numbers } from './arithmetic';
import type { Request } from './evaluation_plan';
import { limitAtZero } from './radial_profiles';

/** The values `[n, outputs, k]`, or `[n, outputs, m]` without weights. */
export function evaluateSmall({
  plan,
  n,
  m,
  d,
  k,
  x,
  centers,
  weights,
  eps,
  varying,
}: Request): Float64Array {
  const { profiles, pieces, outputs } = plan;
  const width = weights === null ? m : k;
  const out = new Float64Array(n * outputs * width);
  const limits = profiles.map(limitAtZero);
  const g = new Float64Array(profiles.length);
  const delta = new Float64Array(d);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let s = 0;
      for (let c = 0; c < d; c++) {
        delta[c] = x[i * d + c] - centers[j * d + c];
        s += delta[c] * delta[c];
      }
      const e = typeof eps === 'number' ? eps : eps[j];
      for (let p = 0; p < profiles.length; p++)
        g[p] = evaluateProfile(profiles[p], e * e * s, numbers, limits[p]);
      for (let q = 0; q < pieces.length; q++) {
        const { coefficient, epsilonPower, powers, ofDirection, profile, output } = pieces[q];
        // δ and not a power of it: a factor that is 0 far out must come before one that would overflow.
        let value = coefficient * g[profile];
        if (epsilonPower !== 0) value *= e ** epsilonPower;
        const length = ofDirection && s > 0 ? Math.sqrt(s) : 1;
        for (let c = 0; c < d; c++) for (let p = powers[c]; p > 0; p--) value *= delta[c] / length;
        const a = varying[q];
        if (a !== null) value *= a[i];
        const at = (i * outputs + output) * width;
        if (weights === null) out[at + j] += value;
        else for (let c = 0; c < k; c++) out[at + c] += value * weights[j * k + c];
      }
    }
  return out;
}
