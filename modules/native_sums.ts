// Needs: evaluation_frame.ts, evaluation_plan.ts, kernel_table.ts, native_binding.ts, native_ops.ts,
//   operators.ts, partial_derivatives.ts, profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node,
//   ndarray.
//
// Sums over the centers, Σ_j profile(u_ij)·δ^powers·w_j, as products of matrices: which arrays are shared, the weights
// times powers of the centers, and what their sums add to the outputs.
import type { Frame } from './evaluation_frame';
import type { Piece, Request } from './evaluation_plan';
import { type Native, upload } from './native_ops';

/** Pieces that share the array profile(u)·δ^powers, and the sums over the centers that they need of it. */
export interface Group {
  readonly profile: number;
  /** Powers of δ, or of δ/r, that are multiplied in. */
  readonly powers: readonly number[];
  readonly ofDirection: boolean;
  readonly pieces: number[];
  /** Exponents γ: the weights are multiplied with c^γ, one block of k columns each. */
  readonly moments: number[][];
}

/** The pieces of a plan by the array that they share. */
export function groupsOf({ plan, eps }: Request, { expandsDelta }: Frame): Group[] {
  const groups = new Map<string, Group>();
  plan.pieces.forEach((piece, i) => {
    const powers = expandsDelta[i] ? piece.powers.map(() => 0) : piece.powers;
    // One ε a center goes into the weights, so that each power of it is a group of its own.
    const key = [
      piece.profile,
      powers,
      piece.ofDirection,
      typeof eps === 'number' ? '' : piece.epsilonPower,
    ].join(' ');
    const group = groups.get(key) ?? {
      profile: piece.profile,
      powers,
      ofDirection: piece.ofDirection,
      pieces: [],
      moments: [],
    };
    group.pieces.push(i);
    for (const gamma of expandsDelta[i] ? below(piece.powers) : [powers.map(() => 0)])
      if (!group.moments.some(known => String(known) === String(gamma))) group.moments.push(gamma);
    groups.set(key, group);
  });
  return [...groups.values()];
}

/** The coordinates of `count` points from the `first` on, an array each. */
export function coordinates(points: Float64Array, d: number, first: number, count: number): Float64Array[] {
  return Array.from({ length: d }, (_, c) => {
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) values[i] = points[(first + i) * d + c];
    return values;
  });
}

/** ε², or one a center, `[1, m]`. */
export const squaredEpsOf = ({ eps, m }: Request): number | Native =>
  typeof eps === 'number'
    ? eps ** 2
    : upload(
        eps.map(e => e * e),
        [1, m],
      );

/** All exponents γ ≤ powers. */
function below(powers: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const p of powers) all = all.flatMap(head => Array.from({ length: p + 1 }, (_, q) => [...head, q]));
  return all;
}

/** c^γ·w of a group, `[m, moments·k]`. */
export function weightsOf(
  { plan, m, d, k, weights, eps }: Request,
  { centers }: Frame,
  group: Group,
  width = group.moments.length * k,
): Native {
  const { epsilonPower } = plan.pieces[group.pieces[0]];
  const values = new Float64Array(m * width);
  for (let j = 0; j < m; j++)
    group.moments.forEach((gamma, g) => {
      let factor = typeof eps === 'number' ? 1 : eps[j] ** epsilonPower;
      for (let c = 0; c < d; c++) factor *= centers[j * d + c] ** gamma[c];
      for (let o = 0; o < k; o++)
        values[j * width + g * k + o] = factor * (weights as Float64Array)[j * k + o];
    });
  return upload(values, [m, width]);
}

/** Adds the pieces of a group to their outputs. */
export function accumulate(
  { plan, m, d, k, eps, weights, varying }: Request,
  frame: Frame,
  group: Group,
  front: number,
  sums: Float64Array,
  first: number,
  count: number,
  out: Float64Array,
  stride = weights === null ? m : group.moments.length * k,
): void {
  const width = weights === null ? m : k;
  // The matrix of a kernel's values is copied, which takes a fifth less time than adding it to zeros.
  const alone = plan.order === 0 && plan.pieces.length === 1 && weights === null;
  for (const index of group.pieces) {
    const piece = plan.pieces[index];
    const scale = front * piece.coefficient * (typeof eps === 'number' ? eps ** piece.epsilonPower : 1);
    const terms = frame.expandsDelta[index] ? expansionOf(piece, group) : [{ at: 0, sign: 1, rest: null }];
    const perCenter =
      weights === null && typeof eps !== 'number' ? eps.map(e => e ** piece.epsilonPower) : null;
    for (let i = 0; i < count; i++) {
      const a = varying[index]?.[first + i] ?? 1;
      const to = ((first + i) * plan.outputs + piece.output) * width;
      for (const { at, sign, rest } of terms) {
        let factor = a * scale * sign;
        if (rest !== null)
          for (let c = 0; c < d; c++)
            for (let p = rest[c]; p > 0; p--) factor *= frame.x[(first + i) * d + c];
        const from = i * stride + at * k;
        if (alone && factor === 1 && perCenter === null) out.set(sums.subarray(from, from + width), to);
        else if (perCenter === null) for (let o = 0; o < width; o++) out[to + o] += factor * sums[from + o];
        else for (let o = 0; o < width; o++) out[to + o] += factor * perCenter[o] * sums[from + o];
      }
    }
  }
}

/** δ^powers = Π (x − c)^p by the binomial theorem: sign · x^rest · (the moment of c^γ at place `at`). */
function expansionOf(
  { powers }: Piece,
  { moments }: Group,
): { at: number; sign: number; rest: number[] | null }[] {
  const places = moments.map(String);
  return below(powers).map(gamma => {
    let sign = 1;
    powers.forEach((p, c) => {
      sign *= (gamma[c] % 2 === 0 ? 1 : -1) * binomial(p, gamma[c]);
    });
    const rest = powers.map((p, c) => p - gamma[c]);
    return { at: places.indexOf(String(gamma)), sign, rest: rest.some(p => p > 0) ? rest : null };
  });
}

function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}
