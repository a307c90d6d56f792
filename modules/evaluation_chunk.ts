// Needs: arithmetic.ts, evaluation_frame.ts, evaluation_plan.ts, kernel_table.ts, native_arithmetic.ts,
//   native_binding.ts, native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts,
//   profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The arrays `[rows, m]` of one chunk of points, made of TensorFlow's ops: profiles and powers of δ, each made once.
import { type Arithmetic, evaluateProfile } from './arithmetic';
import type { Frame } from './evaluation_frame';
import type { Plan } from './evaluation_plan';
import { bounded, type Lazy, lazy, lazyFrom, natives, split, times } from './native_arithmetic';
import { elementwise, type Native, nativeScope, scalar } from './native_ops';
import type { Group } from './native_sums';
import type { Profile } from './radial_profiles';

/** Stands for u = 0 where a profile has log u or 1/u. What multiplies those there is 0, to every digit. */
const TINY = 1e-300;

/** What a chunk is made of. */
export interface Inputs {
  /** The coordinates of the points, `[rows, 1]` each, and of the centers, `[1, m]` each. */
  readonly points: readonly Native[];
  readonly centers: readonly Native[];
  /** ε², or its values `[1, m]`. */
  readonly squaredEps: number | Native;
  /** scale·u + offset by one matrix product, where that is exact enough. */
  readonly expandedU: ((scale: number, offset: number) => Native) | null;
}

export class Chunk {
  private readonly deltas: Native[] = [];
  private readonly monomials = new Map<string, Native>();
  private readonly profiles: { front: number; values: Native }[] = [];
  private squares: Native | undefined;
  private inverseRadius: Native | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly frame: Frame,
    private readonly inputs: Inputs,
    private readonly arithmetic: Arithmetic<Lazy> = natives,
  ) {}

  /** front · values is profile(u)·δ^powers. */
  values({ profile, powers, ofDirection }: Group): { front: number; values: Native } {
    this.profiles[profile] ??= this.profile(this.plan.profiles[profile]);
    const { front, values } = this.profiles[profile];
    // Far out the profile, which is 0 there, must meet each δ before δ² overflows.
    if (this.frame.far && !ofDirection) {
      let product = values;
      powers.forEach((p, c) => {
        for (; p > 0; p--) product = elementwise('Mul', product, this.delta(c));
      });
      return { front, values: product };
    }
    const monomial = this.monomial(powers, ofDirection);
    return { front, values: monomial === null ? values : elementwise('Mul', values, monomial) };
  }

  /** δ^powers, or (δ/r)^powers; null for 1. */
  private monomial(powers: readonly number[], ofDirection: boolean): Native | null {
    const c = powers.findIndex(p => p > 0);
    if (c < 0) return null;
    const key = `${powers} ${ofDirection}`;
    const known = this.monomials.get(key);
    if (known !== undefined) return known;
    const rest = this.monomial(
      powers.map((p, k) => (k === c ? p - 1 : p)),
      ofDirection,
    );
    const factor =
      ofDirection && rest !== null
        ? this.monomial(
            powers.map((_, k) => Number(k === c)),
            true,
          )
        : null;
    let made = factor ?? this.delta(c);
    if (rest !== null) made = elementwise('Mul', rest, made);
    else if (ofDirection) made = elementwise('Mul', made, this.inverse());
    this.monomials.set(key, made);
    return made;
  }

  private profile(g: Profile): { front: number; values: Native } {
    // Made here, not in the scope below, which frees what it makes.
    if (this.inputs.expandedU === null) this.squares ??= this.sumOfSquares();
    let front = 1;
    const values = nativeScope(() => {
      let value: Native;
      [front, value] = split(evaluateProfile(g, this.u(g), this.arithmetic));
      return value;
    });
    return { front, values };
  }

  /** u = ε²·|δ|², kept where the profile is defined, and no larger than where it is 0. */
  private u(g: Profile): Lazy {
    const { squaredEps, expandedU } = this.inputs;
    const { largestU } = this.frame;
    const singular = g.logTerms.length > 0 || g.terms[0][1] < 0;
    const ofRoot = g.variable === 'sqrt(u)' || (g.variable === 'u' && singular);
    const least = ofRoot && singular ? TINY : ofRoot && expandedU !== null ? 0 : Number.NEGATIVE_INFINITY;
    // (1 − t)₊ is 0 from u = 1 on. Its power 0 is a step, and needs t itself to the last digit.
    const ends =
      typeof g.factor === 'number' && g.factor > 0 && typeof squaredEps === 'number' && largestU > 1;
    const most = ends ? 1 : largestU;
    if (expandedU !== null)
      return bounded(clipped(lazyFrom(expandedU), least, ends ? 1 : Number.POSITIVE_INFINITY), most);
    const squares = lazy(this.squares as Native);
    if (typeof squaredEps !== 'number')
      return bounded(
        natives.multiply(clipped(squares, least, Number.POSITIVE_INFINITY), lazy(squaredEps)),
        most,
      );
    const end = ends ? 1 / squaredEps : Number.POSITIVE_INFINITY;
    return bounded(times(clipped(squares, least, end), squaredEps), most);
  }

  private sumOfSquares(): Native {
    const { points, centers } = this.inputs;
    const needsDeltas = this.plan.pieces.some((_, i) => !this.frame.expandsDelta[i]);
    const square = (c: number) =>
      needsDeltas
        ? elementwise('Square', this.delta(c))
        : elementwise('SquaredDifference', points[c], centers[c]);
    let sum = square(0);
    for (let c = 1; c < points.length; c++) sum = elementwise('AddV2', sum, square(c));
    return sum;
  }

  private delta(c: number): Native {
    this.deltas[c] ??= elementwise('Sub', this.inputs.points[c], this.inputs.centers[c]);
    return this.deltas[c];
  }

  private inverse(): Native {
    this.squares ??= this.sumOfSquares();
    this.inverseRadius ??= elementwise('Rsqrt', elementwise('Maximum', this.squares, scalar(TINY)));
    return this.inverseRadius;
  }
}

/** a within bounds, in as few passes as they need. */
function clipped(a: Lazy, least: number, most: number): Lazy {
  if (least === Number.NEGATIVE_INFINITY && most === Number.POSITIVE_INFINITY) return a;
  if (most === Number.POSITIVE_INFINITY) return natives.maximum(a, least);
  if (least === Number.NEGATIVE_INFINITY) return natives.minimum(a, most);
  return lazy(elementwise('ClipByValue', a.make(1, 0), scalar(least), scalar(most)));
}
