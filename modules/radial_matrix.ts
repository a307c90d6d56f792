// Needs: arithmetic.ts, profile_limits.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node.
//
// The matrix of a kernel's derivative between points and centers, on the tape: op by op, or by what stands in for it.
import * as tf from '@tensorflow/tfjs-node';
import { radialOp } from './radial_op';
import type { RadialTerm } from './radial_terms';
import { columnsOf, computeRadiiSquared } from './radii';

/** Points and centers, and what of all pairs is made once, when it is asked for. */
export interface Pairs {
  readonly x: tf.Tensor2D;
  readonly centers: tf.Tensor2D;
  /** ‖x − c‖² `[n, m]`. */
  s(): tf.Tensor;
  /** x − c in coordinate k, `[n, m]`. */
  delta(k: number): tf.Tensor;
}

export function pairsOf(x: tf.Tensor2D, centers: tf.Tensor2D): Pairs {
  let s: tf.Tensor | undefined;
  let deltas: tf.Tensor[] | undefined;
  return {
    x,
    centers,
    s: () => {
      s ??= computeRadiiSquared(x, centers);
      return s;
    },
    delta: k => {
      if (deltas === undefined) {
        const theirs = columnsOf(centers);
        deltas = columnsOf(x).map((column, i) => column.sub(theirs[i].transpose()));
      }
      return deltas[k];
    },
  };
}

/** The sum of the terms `[n, m]` on the tape, or null where it is nothing for this way. */
export type RadialMatrix = (
  terms: readonly RadialTerm[],
  pairs: Pairs,
  eps: number | tf.Tensor,
) => tf.Tensor | null;

let standIn: RadialMatrix = () => null;

/** The sum of the terms for points x `[n, d]` and centers `[m, d]`: `[n, m]`. */
export const radialMatrix = (
  terms: readonly RadialTerm[],
  pairs: Pairs,
  eps: number | tf.Tensor,
): tf.Tensor => standIn(terms, pairs, eps) ?? matrixOnTape(terms, pairs, eps);

/** The same op by op: each radial function once, times what stands before it. */
export function matrixOnTape(terms: readonly RadialTerm[], pairs: Pairs, eps: number | tf.Tensor): tf.Tensor {
  const groups = new Map<string, RadialTerm[]>();
  for (const term of terms) {
    const key = JSON.stringify(term.h);
    groups.set(key, [...(groups.get(key) ?? []), term]);
  }
  const summands = [...groups.values()].map(group => {
    const value = radialOp(group[0].h, pairs.s(), eps);
    const factors = group.map(term => factorOf(term, pairs));
    const number = factors.reduce<number>((sum, a) => (typeof a === 'number' ? sum + a : sum), 0);
    const others = factors.filter(a => typeof a !== 'number') as tf.Tensor[];
    if (others.length === 0) return number === 1 ? value : value.mul(number);
    const factor = sumOf(others);
    return value.mul(number === 0 ? factor : factor.add(number));
  });
  return sumOf(summands);
}

/** What stands before the radial function of a term. */
export function factorOf({ coefficient, powers }: RadialTerm, { delta }: Pairs): number | tf.Tensor {
  let product: tf.Tensor | undefined;
  powers.forEach((p, k) => {
    for (let i = 0; i < p; i++) product = product?.mul(delta(k)) ?? delta(k);
  });
  if (product === undefined) return coefficient;
  return coefficient === 1 ? product : product.mul(coefficient);
}

export const sumOf = (summands: tf.Tensor[]) => (summands.length === 1 ? summands[0] : tf.addN(summands));

/** Runs f with another way to make these matrices. */
export function withRadialMatrix<T>(way: RadialMatrix, f: () => T): T {
  const before = standIn;
  standIn = way;
  try {
    return f();
  } finally {
    standIn = before;
  }
}
