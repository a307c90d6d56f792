// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Linear differential operators as data: sums of coefficient(x) · ∂^α · Δ^k.
import type { F64 } from './native_ops';

/** A number, one value a point `[n]`, or a function of the points x `[n, d]` that gives one value a point. */
export type Coefficient = number | F64 | ArrayLike<number> | ((x: F64) => F64 | ArrayLike<number>);

/** coefficient(x) · ∂^α · Δ^laplacians; an empty α is no derivative, in any dimension. */
export interface OperatorTerm {
  /** Factors, all multiplied. */
  readonly coefficients: readonly Coefficient[];
  readonly alpha: readonly number[];
  readonly laplacians: number;
}

/** A linear differential operator: it takes a kernel to a kernel. */
export interface Operator {
  readonly rank: 'scalar';
  readonly name: string;
  readonly terms: readonly OperatorTerm[];
}

/** All first or all second derivatives at once. */
export interface TensorOperator {
  readonly rank: 'vector' | 'matrix';
  readonly name: string;
}

const operator = (name: string, alpha: readonly number[], laplacians = 0): Operator => ({
  rank: 'scalar',
  name,
  terms: [{ coefficients: [], alpha, laplacians }],
});

/** φ itself. */
export const identity = operator('identity', []);

/**
 * Δφ = Σ_i ∂²φ/∂x_i².
 *
 * @example
 * evaluate(laplacian, gaussianKernel(1), ndarray(new Float64Array(2), [1, 2]), halton(1, 2)); // [[-1.781]]
 */
export const laplacian = operator('laplacian', [], 1);

/** Δ²φ = Δ(Δφ). */
export const biharmonic = operator('biharmonic', [], 2);

/** All first derivatives, one more axis `[…, d]`. */
export const gradient: TensorOperator = { rank: 'vector', name: 'gradient' };

/** All second derivatives, two more axes `[…, d, d]`. */
export const hessian: TensorOperator = { rank: 'matrix', name: 'hessian' };

/**
 * ∂^α: `partial([2, 0])` is ∂²/∂x², `partial([1, 1])` is ∂²/∂x∂y.
 *
 * @example
 * const origin = ndarray(new Float64Array(2), [1, 2]);
 * evaluate(partial([2, 0]), gaussianKernel(3), origin, origin); // [[-18]]
 */
export function partial(alpha: number[]): Operator {
  if (!Array.isArray(alpha) || alpha.length === 0 || !alpha.every(a => Number.isInteger(a) && a >= 0))
    throw new RangeError(
      `partial(alpha): alpha must be integers ≥ 0, one a coordinate, got ${JSON.stringify(alpha)}`,
    );
  return operator(`partial([${alpha}])`, [...alpha]);
}

/**
 * a(x)·op. A function gets the points x `[n, d]` and returns one value a point.
 *
 * @example
 * add(laplacian, scale(-2, identity)).name; // 'add(laplacian, scale(-2, identity))'
 */
export function scale(a: Coefficient, op: Operator): Operator {
  checkOperator('scale(a, op)', op);
  const given = typeof a;
  if (given !== 'number' && given !== 'function' && (a === null || given !== 'object'))
    throw new TypeError(`scale(a, op): a must be a number, an array [n] or a function of x, got ${given}`);
  if (given === 'number' && !Number.isFinite(a))
    throw new RangeError(`scale(a, op): a must be a finite number, got ${a}`);
  const terms = op.terms.map(term => ({ ...term, coefficients: [...term.coefficients, a] }));
  return { rank: 'scalar', name: `scale(${given === 'number' ? a : '…'}, ${op.name})`, terms };
}

/**
 * The sum of operators.
 *
 * @example
 * const origin = ndarray(new Float64Array(2), [1, 2]);
 * evaluate(add(laplacian, scale(-2, identity)), gaussianKernel(1), origin, origin); // [[-6]]
 */
export function add(...ops: Operator[]): Operator {
  if (ops.length === 0) throw new RangeError('add(...ops): needs at least one operator, got none');
  for (const op of ops) checkOperator('add(...ops)', op);
  return {
    rank: 'scalar',
    name: `add(${ops.map(op => op.name).join(', ')})`,
    terms: ops.flatMap(op => op.terms),
  };
}

/**
 * ∂/∂ν = Σ_k ν_k·∂/∂x_k, for the points that the normals `[n, d]` belong to, row by row. With normals of length 1 it is
 * the slope along them; `add(scale(a, identity), scale(b, normalDerivative(normals)))` is a Robin condition.
 *
 * @example
 * const circle = diskBoundary(2); // at (1, 0) and (−1, 0)
 * const origin = ndarray(new Float64Array(2), [1, 2]);
 * evaluate(normalDerivative(circle.normals), gaussianKernel(1), circle.points, origin); // [[-0.7358], [-0.7358]]
 */
export function normalDerivative(normals: F64): Operator {
  if (normals?.shape?.length !== 2 || normals.size === 0)
    throw new RangeError(
      `normalDerivative(normals): normals must be [n, d], not empty, got ${normals?.shape ? `[${normals.shape}]` : typeof normals}`,
    );
  const axes = Array.from({ length: normals.shape[1] }, (_, k) => k);
  const along = axes.map(k => scale(normals.pick(-1, k), partial(axes.map(i => Number(i === k)))));
  return { ...add(...along), name: 'normalDerivative' };
}

/** The scalar operators that an operator stands for in d dimensions, and the axes that it adds to a result. */
export function componentsOf(
  op: Operator | TensorOperator,
  d: number,
): { parts: Operator[]; axes: number[] } {
  if (op?.rank === 'scalar') return { parts: [op], axes: [] };
  if (op?.rank !== 'vector' && op?.rank !== 'matrix')
    throw new TypeError(
      `operator must be one of operators.ts, such as laplacian or gradient, got ${op === null ? 'null' : typeof op}`,
    );
  const along = (...axes: number[]) => Array.from({ length: d }, (_, k) => axes.filter(a => a === k).length);
  const range = Array.from({ length: d }, (_, k) => k);
  if (op.rank === 'vector') return { parts: range.map(i => partial(along(i))), axes: [d] };
  return { parts: range.flatMap(i => range.map(j => partial(along(i, j)))), axes: [d, d] };
}

function checkOperator(call: string, op: Operator): void {
  if (op?.rank !== 'scalar')
    throw new TypeError(
      `${call}: op must be an operator such as laplacian or partial([2, 0]), got ${(op as { name?: string } | undefined)?.name ?? typeof op}`,
    );
}

/**
 * The term in d dimensions, its α spelt out. On a line ∂² is the Laplacian, whose profile has what would cancel near a
 * rough center cancelled already.
 */
export function inDimension(call: string, term: OperatorTerm, d: number): OperatorTerm {
  if (term.alpha.length !== 0 && term.alpha.length !== d)
    throw new RangeError(`${call}: a derivative for ${term.alpha.length} coordinates, the points have ${d}`);
  const alpha = term.alpha.length === 0 ? new Array<number>(d).fill(0) : term.alpha;
  if (d !== 1) return { ...term, alpha };
  return { ...term, alpha: [alpha[0] % 2], laplacians: term.laplacians + Math.floor(alpha[0] / 2) };
}

/** The coefficients of a term: the product of its numbers, and those that vary from point to point. */
export const coefficientsOf = ({
  coefficients,
}: OperatorTerm): { number: number; varying: Coefficient[] } => ({
  number: coefficients
    .filter(a => typeof a === 'number')
    .reduce<number>((product, a) => product * (a as number), 1),
  varying: coefficients.filter(a => typeof a !== 'number'),
});

/** How many derivatives an operator takes. */
export const orderOf = (op: Operator) =>
  Math.max(...op.terms.map(t => t.alpha.reduce((sum, a) => sum + a, 0) + 2 * t.laplacians));
