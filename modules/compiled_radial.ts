// Needs: arithmetic.ts, graph_text.ts, native_arithmetic.ts, native_binding.ts, native_ops.ts,
//   profile_limits.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// The matrix of a kernel's derivative between a chunk of points and all centers, and its gradients, as functions for XLA:
// in float32, all in one loop over the numbers of the matrix.
import { type Arithmetic, evaluateProfile, power } from './arithmetic';
import type { ChunkResults } from './graph_text';
import { force, type Lazy, lazy, natives } from './native_arithmetic';
import { block, elementwise, type Native, reduce, scalar, select } from './native_ops';
import { shapeSlopeOf, valueAtZero } from './radial_op';
import type { Profile } from './radial_profiles';
import { type RadialTerm, slopesAlong } from './radial_terms';

/** x `[rows, d]`, the centers' coordinates `[d, m]`; ε² and ε^q, q the least amplitude of a term, `[1, m]` or `[1, 1]`. */
export interface ChunkOfPoints {
  readonly d: number;
  readonly x: Native;
  readonly centers: Native;
  readonly squaredEps: Native;
  readonly amplitude: Native;
}

/** The least amplitude: ε to its power stands before the sum of the terms, and powers of ε² inside. */
export const leastAmplitude = (terms: readonly RadialTerm[]): number =>
  Math.min(...terms.map(({ h }) => h.amplitude));

/** The least power of ε before a slope along the shape, which is left to multiply the sums with. */
export const leastShapePower = (terms: readonly RadialTerm[]): number =>
  Math.min(...terms.map(({ h }) => shapeSlopeOf(h).power));

const floats: Arithmetic<Lazy> = {
  ...natives,
  power: (a, exponent) => lazy(elementwise('Pow', force(a), scalar(exponent))),
  atZero: (u, value, a) => lazy(select('Equal', force(u), scalar(0), scalar(value), force(a))),
  expEnd: 120,
};
const product = (...factors: Native[]) => factors.reduce((a, b) => elementwise('Mul', a, b));
const sum = (summands: Native[]) => summands.reduce((a, b) => elementwise('AddV2', a, b));

/** What the terms are made of. */
class Chunk {
  readonly deltas: Native[];
  readonly s: Native;
  private readonly u: Lazy;

  constructor(private readonly points: ChunkOfPoints) {
    const { d, x, centers, squaredEps } = points;
    const ALL = -1;
    this.deltas = Array.from({ length: d }, (_, k) =>
      elementwise('Sub', block(x, 0, ALL, k, 1), block(centers, k, 1, 0, ALL)),
    );
    this.s = sum(this.deltas.map(delta => elementwise('Square', delta)));
    this.u = lazy(elementwise('Mul', this.s, squaredEps));
  }

  /** coefficient · Π δ_k^powers[k] · g(u) · ε^(2·squares). */
  term({ coefficient, powers }: RadialTerm, g: Profile, atZero: number, squares: number): Native {
    const factors = [force(evaluateProfile(g, this.u, floats, atZero))];
    if (squares > 0) factors.push(force(power(lazy(this.points.squaredEps), squares, floats)));
    powers.forEach((p, k) => {
      if (p > 0) factors.push(force(power(lazy(this.deltas[k]), p, floats)));
    });
    if (coefficient !== 1) factors.push(scalar(coefficient));
    return product(...factors);
  }

  /** The sum of the terms; ε^q is put before it. */
  matrix(terms: readonly RadialTerm[], q: number): Native {
    const summands = terms.map(term =>
      this.term(term, term.h.profile, valueAtZero(term.h), (term.h.amplitude - q) / 2),
    );
    return product(sum(summands), this.points.amplitude);
  }
}

/** The matrix `[rows, m]`. */
export function valuesOfChunk(terms: readonly RadialTerm[], points: ChunkOfPoints): ChunkResults {
  return { rows: [new Chunk(points).matrix(terms, leastAmplitude(terms))] };
}

/**
 * The gradients of Σ dy·matrix, dy `[rows, m]`: rows are those in the points, one `[rows]` a coordinate, sums those in the
 * centers, one `[m]` a coordinate. Along the shape there is one more sum, over the points or, for one shape of `all`
 * centers, over both; ε^leastShapePower is left to multiply it with.
 */
export function gradientsOfChunk(
  terms: readonly RadialTerm[],
  points: ChunkOfPoints,
  dy: Native,
  shapes: 'number' | 'all' | 'each',
): ChunkResults {
  const chunk = new Chunk(points);
  const q = leastAmplitude(terms);
  const along = chunk.deltas.map((_, k) => product(dy, chunk.matrix(slopesAlong(terms, k), q)));
  const rows = along.map(a => reduce('Sum', a, [1]));
  const sums = along.map(a => reduce('Sum', elementwise('Neg', a), [0]));
  if (shapes === 'number') return { rows, sums };
  const least = leastShapePower(terms);
  const summands = terms.map(term => {
    const { profile, power, timesS } = shapeSlopeOf(term.h);
    const slope = chunk.term(term, profile, valueAtZero({ ...term.h, profile }), (power - least) / 2);
    return timesS ? product(slope, chunk.s) : slope;
  });
  const ofShape = reduce('Sum', product(dy, sum(summands)), shapes === 'all' ? [0, 1] : [0]);
  return { rows, sums: [...sums, ofShape] };
}
