// Needs: float64_checks.ts, float64_solvers.ts, native_binding.ts, native_cholesky.ts, native_ops.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Float64 arithmetic and linear algebra on TensorFlow's own ops: ndarrays in (any strides), new ndarrays out.
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { checkArray, checkMatrix } from './float64_checks';
import {
  elementwise,
  type F64,
  fromArray,
  matMul as nativeMatMul,
  nativeScope,
  reduce,
  scalar,
  toArray,
  valuesOf,
} from './native_ops';

export {
  cholesky,
  conditionNumber,
  eigenSymmetric,
  solve,
  solveSymmetric,
  svd,
} from './float64_solvers';
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

/** From the last axis on, sizes must be equal or 1. */
function checkBroadcast(call: string, a: readonly number[], b: readonly number[]): void {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const tail = long.slice(long.length - short.length);
  if (short.some((size, k) => size !== tail[k] && size !== 1 && tail[k] !== 1))
    throw new RangeError(`${call}: the shapes of a [${a}] and b [${b}] do not fit together`);
}
