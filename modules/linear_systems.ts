// Needs: native_binding.ts, native_cholesky.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Dense linear systems in native float64: a factor of the matrix, the solution refined once, and what it misses.
import { choleskySolver } from './native_cholesky';
import {
  diagonalOf,
  download,
  elementwise,
  gatherRows,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  scalar,
  upload,
} from './native_ops';

export type Method = 'Cholesky' | 'LU' | 'least squares';

/** A matrix `[n, m]` taken apart; `solve` gives the x `[m, k]` of right sides b `[n, k]`. */
export interface Factor {
  readonly method: Method;
  solve(b: Native): Native;
}

export interface Solution {
  readonly method: Method;
  /** `[m, k]` */
  readonly x: Native;
  /** b − A·x, `[n, k]`. */
  readonly residual: Native;
  /** The size of the refining step beside x: about the part of x that rounding makes, condition times 1e-16. */
  readonly correction: number;
}

/** L·Lᵀ of a symmetric positive definite A; undefined where A is not that, to working precision. */
export function factorDefinite(A: Native): Factor | undefined {
  try {
    return { method: 'Cholesky', solve: choleskySolver('', A) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** L·U with partial pivoting of a square A; undefined where A is singular. */
export function factorSquare(A: Native): Factor | undefined {
  let [lu, order]: (Native | undefined)[] = [];
  try {
    [lu, order] = linearAlgebra('Lu', [A], {}, 2);
  } catch (error) {
    if (/invertible/.test((error as Error).message)) return undefined;
    throw error;
  }
  const [LU, rows] = [lu, order];
  // L's own diagonal, of ones, is not kept with it.
  const ones = upload(new Float64Array(A.shape[0]).fill(1), [A.shape[0]]);
  const [L] = linearAlgebra('MatrixSetDiag', [LU, ones]);
  return {
    method: 'LU',
    solve: b => nativeScope(() => solveTriangular(LU, solveTriangular(L, gatherRows(b, rows), true), false)),
  };
}

/**
 * x and one step of refinement, which is taken where it makes the residual smaller; undefined where x overflows: A is
 * singular to working precision. Inside a nativeScope, as all here.
 */
export function solveRefined(A: Native, factor: Factor, b: Native): Solution | undefined {
  const { method } = factor;
  const x = factor.solve(b);
  if (largest(x) === Number.POSITIVE_INFINITY) return undefined;
  const residual = elementwise('Sub', b, matMul(A, x));
  const step = factor.solve(residual);
  const correction = largest(step) / (largest(x) || 1);
  const refined = elementwise('AddV2', x, step);
  const left = elementwise('Sub', b, matMul(A, refined));
  return largest(left) < largest(residual)
    ? { method, x: refined, residual: left, correction }
    : { method, x, residual, correction };
}

/** Fewer digits than this of x are left: then the columns of A are taken for dependent. */
const DEPENDENT = 1e-2;

/**
 * The x of the smallest |b − A·x| for A `[n, m]`, n ≥ m, by Q·R. Where the columns of A are dependent to working
 * precision, the smallest such x.
 */
export function solveLeastSquares(A: Native, b: Native): Solution {
  const [Q, R] = linearAlgebra('Qr', [A], { full_matrices: false }, 2);
  const project = (y: Native) => matMul(Q, y, true);
  if (pivotsHold(R)) {
    const solution = solveRefined(
      A,
      { method: 'least squares', solve: y => solveTriangular(R, project(y), false) },
      b,
    );
    if (solution !== undefined && solution.correction < DEPENDENT) return solution;
  }
  const [x] = linearAlgebra('MatrixSolveLs', [R, project(b), scalar(0)], { fast: false });
  return { method: 'least squares', x, residual: elementwise('Sub', b, matMul(A, x)), correction: 1 };
}

function pivotsHold(R: Native): boolean {
  const values = diagonalOf(R).map(Math.abs);
  return Math.min(...values) > 0;
}

export const solveTriangular = (triangle: Native, b: Native, lower: boolean): Native =>
  linearAlgebra('MatrixTriangularSolve', [triangle, b], { lower, adjoint: false })[0];

/** The largest magnitude; Infinity where something is not finite. */
export function largest(a: Native): number {
  let most = 0;
  for (const value of download(a)) {
    if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
    most = Math.max(most, Math.abs(value));
  }
  return most;
}
