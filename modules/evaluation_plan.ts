// Needs: kernel_table.ts, native_binding.ts, native_ops.ts, operators.ts, partial_derivatives.ts,
//   profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// What is to be computed for operators on a kernel: a few profiles, and pieces coefficient · δ^powers · profile(u).
import type { KernelRow } from './kernel_table';
import { type Coefficient, coefficientsOf, inDimension, type Operator, orderOf } from './operators';
import { laplacianProfile, partialTerms } from './partial_derivatives';
import { limitAtZero } from './profile_limits';
import { nthDerivative, type Profile, timesRadius } from './radial_profiles';

/** coefficient · ε^epsilonPower · δ^powers · profile(u), one summand of an output. */
export interface Piece {
  readonly coefficient: number;
  readonly epsilonPower: number;
  readonly powers: readonly number[];
  /** The sum of the powers. */
  readonly degree: number;
  /**
   * The profile has the radii of δ^powers in it, and δ/r stands in place of δ: where the profile alone would
   * diverge at the centre while the product has a limit.
   */
  readonly ofDirection: boolean;
  /** Place of the profile in the plan. */
  readonly profile: number;
  readonly output: number;
  /** Coefficients that vary from point to point. */
  readonly varying: readonly Coefficient[];
}

export interface Plan {
  readonly profiles: readonly Profile[];
  /** Their limits at u = 0. */
  readonly limits: readonly number[];
  readonly pieces: readonly Piece[];
  readonly outputs: number;
  /** Whether a coefficient varies from point to point. */
  readonly varies: boolean;
  /** The highest derivative in it. */
  readonly order: number;
}

/** Everything that an evaluation needs, checked, row-major. */
export interface Request {
  readonly plan: Plan;
  readonly n: number;
  readonly m: number;
  readonly d: number;
  /** Columns of the weights; 0 without weights. */
  readonly k: number;
  readonly x: Float64Array;
  readonly centers: Float64Array;
  readonly weights: Float64Array | null;
  /** ε, one or one a center. */
  readonly eps: number | Float64Array;
  /** Per piece the product of its varying coefficients at each point, or null; empty where no piece has any. */
  readonly varying: readonly (Float64Array | null)[];
}

/**
 * The plan for operators in d dimensions, one output each.
 * A Laplacian is a profile of its own, 2d·g′ + 4u·g″. For a Gaussian it may be spread out into ∂²/∂x_i² instead: all
 * its derivatives are multiples of one profile, which then is evaluated once.
 */
export function planOf(call: string, row: KernelRow, operators: Operator[], d: number, spread = false): Plan {
  const profiles: Profile[] = [];
  const pieces: Piece[] = [];
  const places = new Map<string, number>();
  operators.forEach((op, output) => {
    for (const given of op.terms) {
      const { alpha: index, laplacians } = inDimension(call, given, d);
      const { number, varying } = coefficientsOf(given);
      const spreads = spread && laplacians === 1 && isGaussian(row.profile);
      const indices = spreads ? index.map((_, i) => index.map((a, k) => (k === i ? a + 2 : a))) : [index];
      let base = row.profile;
      if (!spreads) for (let k = 0; k < laplacians; k++) base = laplacianProfile(base, d);
      for (const multiIndex of indices)
        for (const term of partialTerms(multiIndex)) {
          const total = term.powers.reduce((sum, p) => sum + p, 0);
          const plain = nthDerivative(base, term.order);
          const ofDirection = total > 0 && !Number.isFinite(limitAtZero(plain));
          const { front, profile } = normalized(ofDirection ? timesRadius(plain, total) : plain);
          if (front === 0) continue;
          const key = JSON.stringify(profile);
          if (!places.has(key)) places.set(key, profiles.push(profile) - 1);
          pieces.push({
            coefficient: number * term.coefficient * front,
            // r^total = (√u/ε)^total: what the profile took in comes out of the power of ε.
            epsilonPower:
              row.amplitude + 2 * term.order + 2 * (spreads ? 0 : laplacians) - (ofDirection ? total : 0),
            powers: term.powers,
            degree: total,
            ofDirection,
            profile: places.get(key) as number,
            output,
            varying,
          });
        }
    }
  });
  return {
    profiles,
    limits: profiles.map(limitAtZero),
    pieces,
    outputs: operators.length,
    varies: pieces.some(({ varying }) => varying.length > 0),
    order: Math.max(...operators.map(orderOf)),
  };
}

const isGaussian = (g: Profile) =>
  g.variable === 'u' &&
  g.factor === 'exp(-t)' &&
  g.logTerms.length === 0 &&
  g.terms.every(([, p]) => p === 0);

/** A profile and the number in front of it, so that multiples of one profile are seen to be such. */
function normalized(g: Profile): { front: number; profile: Profile } {
  if (g.terms.length + g.logTerms.length === 0) return { front: 0, profile: g };
  const [single] = g.terms.length === 0 ? g.logTerms : g.terms;
  if (g.terms.length + g.logTerms.length > 1) return { front: g.scale, profile: { ...g, scale: 1 } };
  const one = [[1, single[1]]] as const;
  const terms = g.terms.length === 0 ? { logTerms: one } : { terms: one };
  return { front: g.scale * single[0], profile: { ...g, scale: 1, ...terms } };
}
