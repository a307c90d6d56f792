// Needs: float64_checks.ts, native_binding.ts, native_cholesky.ts, native_ops.ts; npm: @tensorflow/tfjs-node,
//   ndarray.
//
// Float64 linear algebra on TensorFlow's own ops: systems, factors, eigenvalues, singular values.
import ndarray from 'ndarray';
import { checkArray, checkFinite, checkMatrix, checkSquare } from './float64_checks';
import { choleskyFactor, choleskySolver } from './native_cholesky';
import {
  download,
  elementwise,
  type F64,
  free,
  fromArray,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  toArray,
  upload,
  valuesOf,
} from './native_ops';

/**
 * Solves A·x = b by LU with partial pivoting: A `[n, n]`, b `[n]` or `[n, k]`. Throws where A is singular.
 *
 * @example
 * const A = ndarray(Float64Array.from([2, 1, 1, 3]), [2, 2]);
 * solve(A, ndarray(Float64Array.from([3, 5]), [2])); // [0.8, 1.4]
 */
export function solve(A: F64, b: F64): F64 {
  const call = 'solve(A, b)';
  checkSystem(call, A, b);
  checkFiniteSystem(call, A, b);
  return nativeScope(() => {
    const [a, rhs] = system(A, b);
    let x: Native;
    try {
      [x] = linearAlgebra('MatrixSolve', [a, rhs], { adjoint: false });
    } catch (error) {
      throw new RangeError(
        `${call}: A [${A.shape}] is singular (${(error as Error).message.split('\n')[0]})`,
      );
    }
    return likeRightSide(call, x, b);
  });
}

/**
 * The lower triangular L with A = L·Lᵀ, of a symmetric positive definite A `[n, n]`; only its lower part is read.
 *
 * @example
 * cholesky(ndarray(Float64Array.from([4, 2, 2, 2]), [2, 2])); // [[2, 0], [1, 1]]
 */
export function cholesky(A: F64): F64 {
  checkSquare('cholesky(A)', A);
  return nativeScope(() => toArray(choleskyFactor('cholesky(A)', fromArray(A))));
}

/**
 * Solves A·x = b for a symmetric positive definite A `[n, n]`, b `[n]` or `[n, k]`: Cholesky and one step of
 * refinement. Throws where A is not positive definite; that A is symmetric is not checked.
 */
export function solveSymmetric(A: F64, b: F64): F64 {
  const call = 'solveSymmetric(A, b)';
  checkSystem(call, A, b);
  try {
    return nativeScope(() => {
      const [a, rhs] = system(A, b);
      const solve = choleskySolver(call, a);
      const x = solve(rhs);
      const residual = elementwise('Sub', rhs, matMul(a, x));
      return likeRightSide(call, elementwise('AddV2', x, solve(residual)), b);
    });
  } catch (error) {
    // A pivot or the residual fails on what is not finite; to look at all of A first is a tenth of the whole time.
    checkFiniteSystem(call, A, b);
    throw error;
  }
}

/**
 * Eigenvalues, ascending `[n]`, and eigenvectors in the columns of `[n, n]`, of a symmetric A; its lower part is read.
 *
 * @example
 * eigenSymmetric(ndarray(Float64Array.from([2, 1, 1, 2]), [2, 2])).values; // [1, 3]
 */
export function eigenSymmetric(A: F64): { values: F64; vectors: F64 } {
  checkFinite('eigenSymmetric(A)', checkSquare('eigenSymmetric(A)', A));
  let vectors = A;
  const values = nativeScope(() => {
    const [e, v] = linearAlgebra('SelfAdjointEigV2', [fromArray(A)], { compute_v: true }, 2);
    vectors = toArray(v);
    return toArray(e);
  });
  return { values, vectors };
}

/**
 * A = U·diag(s)·Vᵀ of A `[n, p]` with r = min(n, p): U `[n, r]`, s `[r]` descending, V `[p, r]`.
 *
 * @example
 * svd(ndarray(Float64Array.from([3, 0, 0, -4]), [2, 2])).s; // [4, 3]
 */
export function svd(A: F64): { U: F64; s: F64; V: F64 } {
  checkFinite('svd(A)', checkMatrix('svd(A)', 'A', A));
  let [U, V] = [A, A];
  const s = nativeScope(() => {
    const [s, u, v] = linearAlgebra('Svd', [fromArray(A)], { compute_uv: true, full_matrices: false }, 3);
    [U, V] = [toArray(u), toArray(v)];
    return toArray(s);
  });
  return { U, s, V };
}

/**
 * The condition number of A `[n, p]` in the 2-norm: largest over smallest singular value, Infinity where that is 0.
 * If A is said to be symmetric they are the magnitudes of its eigenvalues, which takes a third of the time.
 *
 * @example
 * conditionNumber(ndarray(Float64Array.from([3, 0, 0, -4]), [2, 2])); // 1.333
 */
export function conditionNumber(A: F64, symmetric = false): number {
  const call = 'conditionNumber(A)';
  checkFinite(call, symmetric ? checkSquare(call, A) : checkMatrix(call, 'A', A));
  const values = nativeScope(() => {
    const a = fromArray(A);
    if (symmetric) return download(linearAlgebra('SelfAdjointEigV2', [a], { compute_v: false }, 2)[0]);
    return download(linearAlgebra('Svd', [a], { compute_uv: false, full_matrices: false }, 3)[0]);
  });
  const magnitudes = values.map(Math.abs).sort();
  const [least, most] = [magnitudes[0], magnitudes[magnitudes.length - 1]];
  return least > 0 ? most / least : Number.POSITIVE_INFINITY;
}

function checkSystem(call: string, A: F64, b: F64): void {
  const n = checkSquare(call, A).shape[0];
  checkArray(call, 'b', b);
  if (b.shape[0] !== n || b.shape.length > 2)
    throw new RangeError(`${call}: b must be [${n}] or [${n}, k] for A [${A.shape}], got [${b.shape}]`);
}

function checkFiniteSystem(call: string, A: F64, b: F64): void {
  checkFinite(call, A);
  checkFinite(call, b, 'b');
}

const system = (A: F64, b: F64): [Native, Native] => [
  fromArray(A),
  upload(valuesOf(b), b.shape.length === 1 ? [b.shape[0], 1] : b.shape),
];

function likeRightSide(call: string, x: Native, b: F64): F64 {
  const values = download(x);
  free(x);
  if (!values.every(Number.isFinite)) throw new RangeError(`${call}: A is singular to working precision`);
  return ndarray(values, [...b.shape]);
}
