// Needs: native_cholesky.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Float64 arithmetic and linear algebra on TensorFlow's own ops: ndarrays in (any strides), new ndarrays out.
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { choleskyColumns, choleskyFactor, choleskySolve } from './native_cholesky';
import {
  download,
  elementwise,
  type F64,
  free,
  fromArray,
  linearAlgebra,
  type Native,
  matMul as nativeMatMul,
  nativeScope,
  reduce,
  scalar,
  toArray,
  upload,
  valuesOf,
} from './native_ops';

export type { F64 } from './native_ops';

/**
 * The array as a float32 tensor of the same shape, for the tape. Every number is rounded to 24 bits.
 *
 * @example
 * toTensor(linspace(0, 1, 3)); // [0, 0.5, 1]
 */
export function toTensor(a: F64): tf.Tensor {
  checkArray('toTensor(a)', 'a', a);
  return tf.tensor(Float32Array.from(valuesOf(a)), a.shape, 'float32');
}

/**
 * The tensor as a float64 array of the same shape.
 *
 * @example
 * fromTensor(tf.tensor2d([[1, 2]])).data; // [1, 2]
 */
export function fromTensor(t: tf.Tensor): F64 {
  if (!(t instanceof tf.Tensor)) throw new TypeError(`fromTensor(t): t must be a tensor, got ${typeof t}`);
  if (t.dtype === 'string' || t.dtype === 'complex64')
    throw new TypeError(`fromTensor(t): t must hold real numbers, got ${t.dtype}`);
  return ndarray(Float64Array.from(t.dataSync()), [...t.shape]);
}

type Operand = F64 | number;

function binary(call: string, name: string) {
  return (a: Operand, b: Operand): F64 =>
    nativeScope(() => {
      const of = (x: Operand, argument: string) =>
        typeof x === 'number' ? scalar(x) : fromArray(checkArray(call, argument, x));
      const [x, y] = [of(a, 'a'), of(b, 'b')];
      checkBroadcast(call, x.shape, y.shape);
      return toArray(elementwise(name, x, y));
    });
}

function unary(call: string, name: string) {
  return (a: F64): F64 => nativeScope(() => toArray(elementwise(name, fromArray(checkArray(call, 'a', a)))));
}

/** a + b, elementwise; shapes broadcast, as in all four. */
export const add = binary('add(a, b)', 'AddV2');
/** a − b, elementwise. */
export const subtract = binary('subtract(a, b)', 'Sub');
/** a·b, elementwise. */
export const multiply = binary('multiply(a, b)', 'Mul');
/** a/b, elementwise. */
export const divide = binary('divide(a, b)', 'RealDiv');
/** eᵃ, elementwise. */
export const exp = unary('exp(a)', 'Exp');
/** Natural logarithm, elementwise. */
export const log = unary('log(a)', 'Log');
/** √a, elementwise. */
export const sqrt = unary('sqrt(a)', 'Sqrt');
/** a², elementwise. */
export const square = unary('square(a)', 'Square');
/** |a|, elementwise. */
export const abs = unary('abs(a)', 'Abs');

function reduction(call: string, name: string) {
  return (a: F64, axis?: number): F64 => {
    checkArray(call, 'a', a);
    if (axis !== undefined && !(Number.isInteger(axis) && axis >= 0 && axis < a.shape.length))
      throw new RangeError(`${call}: axis must be an integer from 0 to ${a.shape.length - 1}, got ${axis}`);
    const axes = axis === undefined ? a.shape.map((_, k) => k) : [axis];
    return nativeScope(() => toArray(reduce(name, fromArray(a), axes)));
  };
}

/** Sum over one axis, or over all: then the shape is []. */
export const sum = reduction('sum(a, axis)', 'Sum');
/** Largest value over one axis, or over all. */
export const max = reduction('max(a, axis)', 'Max');
/** Smallest value over one axis, or over all. */
export const min = reduction('min(a, axis)', 'Min');
/** Mean over one axis, or over all. */
export const mean = reduction('mean(a, axis)', 'Mean');

/**
 * Matrix product of `[n, p]` and `[p, k]`: `[n, k]`.
 *
 * @example
 * const A = ndarray(Float64Array.from([2, 1, 1, 3]), [2, 2]);
 * matMul(A, A); // [[5, 5], [5, 10]]
 */
export function matMul(a: F64, b: F64): F64 {
  const [p, q] = [checkMatrix('matMul(a, b)', 'a', a).shape[1], checkMatrix('matMul(a, b)', 'b', b).shape[0]];
  if (p !== q)
    throw new RangeError(`matMul(a, b): a [${a.shape}] has ${p} columns, b [${b.shape}] has ${q} rows`);
  return nativeScope(() => toArray(nativeMatMul(fromArray(a), fromArray(b))));
}

/**
 * Solves A·x = b by LU with partial pivoting: A `[n, n]`, b `[n]` or `[n, k]`. Throws where A is singular.
 *
 * @example
 * const A = ndarray(Float64Array.from([2, 1, 1, 3]), [2, 2]);
 * solve(A, ndarray(Float64Array.from([3, 5]), [2])); // [0.8, 1.4]
 */
export function solve(A: F64, b: F64): F64 {
  const call = 'solve(A, b)';
  return nativeScope(() => {
    const [a, rhs] = system(call, A, b);
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
  return nativeScope(() => {
    const [a, rhs] = system(call, A, b);
    const columns = choleskyColumns(call, a);
    const x = choleskySolve(columns, rhs);
    const residual = elementwise('Sub', rhs, nativeMatMul(a, x));
    return likeRightSide(call, elementwise('AddV2', x, choleskySolve(columns, residual)), b);
  });
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

function system(call: string, A: F64, b: F64): [Native, Native] {
  const n = checkFinite(call, checkSquare(call, A)).shape[0];
  checkFinite(call, checkArray(call, 'b', b), 'b');
  if (b.shape[0] !== n || b.shape.length > 2)
    throw new RangeError(`${call}: b must be [${n}] or [${n}, k] for A [${A.shape}], got [${b.shape}]`);
  return [fromArray(A), upload(valuesOf(b), b.shape.length === 1 ? [n, 1] : b.shape)];
}

function likeRightSide(call: string, x: Native, b: F64): F64 {
  const values = download(x);
  free(x);
  if (!values.every(Number.isFinite)) throw new RangeError(`${call}: A is singular to working precision`);
  return ndarray(values, [...b.shape]);
}

/** From the last axis on, sizes must be equal or 1. */
function checkBroadcast(call: string, a: readonly number[], b: readonly number[]): void {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const tail = long.slice(long.length - short.length);
  if (short.some((size, k) => size !== tail[k] && size !== 1 && tail[k] !== 1))
    throw new RangeError(`${call}: the shapes of a [${a}] and b [${b}] do not fit together`);
}

function checkArray(call: string, name: string, a: F64): F64 {
  if (!Array.isArray(a?.shape) || !(a.data instanceof Float64Array))
    throw new TypeError(`${call}: ${name} must be a float64 ndarray, got ${a?.dtype ?? typeof a}`);
  return a;
}

function checkMatrix(call: string, name: string, a: F64): F64 {
  if (checkArray(call, name, a).shape.length !== 2 || a.size === 0)
    throw new RangeError(`${call}: ${name} must be a matrix [n, p], not empty, got [${a.shape}]`);
  return a;
}

function checkSquare(call: string, a: F64): F64 {
  if (checkMatrix(call, 'A', a).shape[0] !== a.shape[1])
    throw new RangeError(`${call}: A must be square, got [${a.shape}]`);
  return a;
}

function checkFinite(call: string, a: F64, name = 'A'): F64 {
  // A plain loop: on a large matrix every() takes as long as a third of the factor.
  const values = valuesOf(a);
  let finite = true;
  for (let i = 0; i < values.length; i++) finite &&= Number.isFinite(values[i]);
  if (!finite) throw new RangeError(`${call}: ${name} must hold finite numbers only`);
  return a;
}
