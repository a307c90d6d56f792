// Needs: arithmetic.ts, evaluation_plan.ts, kernel_table.ts, native_binding.ts, native_ops.ts, operators.ts,
//   partial_derivatives.ts, profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// An evaluation in plain numbers: for a few points, where one call of TensorFlow takes longer than all of it.
import { evaluateProfile, numbers } from './arithmetic';
import type { Request } from './evaluation_plan';

// Scratch that is kept: on a handful of points, making it anew would take a good part of the time.
const delta: number[] = [];
const g: number[] = [];
const fronts: number[] = [];

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
  const { profiles, limits, pieces, outputs } = plan;
  // Read once: an import may be behind a getter, which takes as long as an exponential.
  const [arithmetic, profileAt] = [numbers, evaluateProfile];
  const width = weights === null ? m : k;
  const out = new Float64Array(n * outputs * width);
  for (let j = 0; j < m; j++) {
    const e = typeof eps === 'number' ? eps : eps[j];
    if (j === 0 || typeof eps !== 'number')
      for (let q = 0; q < pieces.length; q++)
        fronts[q] = pieces[q].coefficient * (pieces[q].epsilonPower === 0 ? 1 : e ** pieces[q].epsilonPower);
    for (let i = 0; i < n; i++) {
      let s = 0;
      for (let c = 0; c < d; c++) {
        delta[c] = x[i * d + c] - centers[j * d + c];
        s += delta[c] * delta[c];
      }
      for (let p = 0; p < profiles.length; p++)
        g[p] = profileAt(profiles[p], e * e * s, arithmetic, limits[p]);
      for (let q = 0; q < pieces.length; q++) {
        const piece = pieces[q];
        let value = fronts[q] * g[piece.profile];
        // δ and not a power of it: a factor that is 0 far out must come before one that would overflow.
        if (piece.degree > 0) {
          const length = piece.ofDirection && s > 0 ? Math.sqrt(s) : 1;
          for (let c = 0; c < d; c++) for (let p = piece.powers[c]; p > 0; p--) value *= delta[c] / length;
        }
        const a = varying.length === 0 ? null : varying[q];
        if (a) value *= a[i];
        const at = (i * outputs + piece.output) * width;
        if (weights === null) out[at + j] += value;
        else for (let c = 0; c < k; c++) out[at + c] += value * weights[j * k + c];
      }
    }
  }
  return out;
}
