// Needs: arithmetic.ts, evaluation_frame.ts, evaluation_plan.ts, kernel_table.ts, native_arithmetic.ts,
//   native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts, radial_profiles.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// An evaluation on native float64 tensors, the points in chunks: never an [n, m] matrix whole.
import { evaluateProfile } from './arithmetic';
import { type Frame, frameOf } from './evaluation_frame';
import type { Request } from './evaluation_plan';
import { bounded, type Lazy, lazy, lazyFrom, natives, split, times } from './native_arithmetic';
import { download, elementwise, matMul, type Native, nativeScope, scalar, upload } from './native_ops';
import { accumulate, type Group, groupsOf, weightsOf } from './native_sums';
import type { Profile } from './radial_profiles';

/** Bytes of one [rows, m] array: a few of them stay in the processor's cache. */
const CHUNK = 4 << 20;
/** Stands for u = 0 where a profile has log u or 1/u. What multiplies those there is 0, to every digit. */
const TINY = 1e-300;

/** The values `[n, outputs, k]`, or `[n, outputs, m]` without weights. */
export function evaluateNatively(request: Request): Float64Array {
  const { n, m, d, k, plan, weights, centers, eps } = request;
  const out = new Float64Array(n * plan.outputs * (weights === null ? m : k));
  if (out.length === 0) return out;
  const frame = frameOf(request);
  const groups = groupsOf(request, frame);
  const rows = Math.max(1, Math.floor(CHUNK / 8 / m));
  nativeScope(() => {
    const theirs = Array.from({ length: d }, (_, c) => upload(column(centers, d, c, 0, m), [1, m]));
    const squaredEps =
      typeof eps === 'number'
        ? null
        : upload(
            eps.map(e => e * e),
            [1, m],
          );
    const columns = weights && groups.map(group => weightsOf(request, frame, group));
    for (let first = 0; first < n; first += rows) {
      const count = Math.min(rows, n - first);
      nativeScope(() => {
        const chunk = new Chunk(request, frame, first, count, theirs, squaredEps);
        groups.forEach((group, i) => {
          const { front, values } = chunk.values(group);
          const sums = columns === null ? values : matMul(values, columns[i]);
          accumulate(request, frame, group, front, download(sums), first, count, out);
        });
      });
    }
  });
  return out;
}

/** The arrays `[count, m]` of one chunk of points; each is made once. */
class Chunk {
  private readonly deltas: Native[] = [];
  private readonly monomials = new Map<string, Native>();
  private readonly profiles: { front: number; values: Native }[] = [];
  private readonly points: Native[];
  private squares: Native | undefined;
  private inverseRadius: Native | undefined;

  constructor(
    private readonly request: Request,
    private readonly frame: Frame,
    private readonly first: number,
    private readonly count: number,
    private readonly theirs: Native[],
    private readonly squaredEps: Native | null,
  ) {
    const { x, d } = request;
    this.points = Array.from({ length: d }, (_, c) => upload(column(x, d, c, first, count), [count, 1]));
  }

  /** front · values is profile(u)·δ^powers. */
  values({ profile, powers, ofDirection }: Group): { front: number; values: Native } {
    this.profiles[profile] ??= this.profile(this.request.plan.profiles[profile]);
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
    if (!this.frame.expandsU) this.squares ??= this.sumOfSquares();
    let front = 1;
    const values = nativeScope(() => {
      let value: Native;
      [front, value] = split(evaluateProfile(g, this.u(g), natives));
      return value;
    });
    return { front, values };
  }

  /** u = ε²·|δ|², kept where the profile is defined, and no larger than where it is 0. */
  private u(g: Profile): Lazy {
    const { d, m, eps } = this.request;
    const { expandsU, largestU } = this.frame;
    const singular = g.logTerms.length > 0 || g.terms[0][1] < 0;
    const ofRoot = g.variable === 'sqrt(u)' || (g.variable === 'u' && singular);
    const least = ofRoot && singular ? TINY : ofRoot && expandsU ? 0 : Number.NEGATIVE_INFINITY;
    // (1 − t)₊ is 0 from u = 1 on. Its power 0 is a step, and needs t itself to the last digit.
    const ends = typeof g.factor === 'number' && g.factor > 0 && typeof eps === 'number' && largestU > 1;
    if (expandsU) {
      const left = upload(leftOf(this.frame, d, this.first, this.count), [this.count, d + 2]);
      const u = lazyFrom((scale, offset) =>
        matMul(left, upload(rightOf(this.frame, d, m, eps, scale, offset), [d + 2, m])),
      );
      return bounded(clipped(u, least, ends ? 1 : Number.POSITIVE_INFINITY), ends ? 1 : largestU);
    }
    const squares = lazy(this.squares as Native);
    if (this.squaredEps !== null)
      return bounded(
        natives.multiply(clipped(squares, least, Number.POSITIVE_INFINITY), lazy(this.squaredEps)),
        largestU,
      );
    const factor = (eps as number) ** 2;
    const end = ends ? 1 / factor : Number.POSITIVE_INFINITY;
    return bounded(times(clipped(squares, least, end), factor), ends ? 1 : largestU);
  }

  private sumOfSquares(): Native {
    const needsDeltas = this.request.plan.pieces.some((_, i) => !this.frame.expandsDelta[i]);
    const square = (c: number) =>
      needsDeltas
        ? elementwise('Square', this.delta(c))
        : elementwise('SquaredDifference', this.points[c], this.theirs[c]);
    let sum = square(0);
    for (let c = 1; c < this.request.d; c++) sum = elementwise('AddV2', sum, square(c));
    return sum;
  }

  private delta(c: number): Native {
    this.deltas[c] ??= elementwise('Sub', this.points[c], this.theirs[c]);
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

function column(points: Float64Array, d: number, c: number, first: number, count: number): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = points[(first + i) * d + c];
  return values;
}

/** [|x|², 1, x] of a chunk of points. */
function leftOf({ x }: Frame, d: number, first: number, count: number): Float64Array {
  const left = new Float64Array(count * (d + 2));
  for (let i = 0; i < count; i++) {
    const at = i * (d + 2);
    left[at + 1] = 1;
    for (let c = 0; c < d; c++) {
      const value = x[(first + i) * d + c];
      left[at] += value * value;
      left[at + 2 + c] = value;
    }
  }
  return left;
}

/** [ε²; ε²|c|²; −2ε²c] of the centers, so that left·right is scale·u + offset. */
function rightOf(
  { centers }: Frame,
  d: number,
  m: number,
  eps: number | Float64Array,
  scale: number,
  offset: number,
) {
  const right = new Float64Array((d + 2) * m);
  for (let j = 0; j < m; j++) {
    const e = typeof eps === 'number' ? eps : eps[j];
    const factor = scale * e * e;
    right[j] = factor;
    for (let c = 0; c < d; c++) {
      const value = centers[j * d + c];
      right[m + j] += factor * value * value;
      right[(2 + c) * m + j] = -2 * factor * value;
    }
    right[m + j] += offset;
  }
  return right;
}
