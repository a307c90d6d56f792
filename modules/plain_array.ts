// Needs: npm: ndarray.
//
// One view of everything that holds numbers: a tensor, an ndarray, a typed array, arrays in arrays.
import type { NdArray } from 'ndarray';

/** What a tfjs tensor shows to those who only want its numbers. */
export interface TensorLike {
  shape: number[];
  dataSync(): ArrayLike<number>;
}

/** `[n]` numbers: an array, a typed array, an ndarray or a tensor. */
export type Vector = ArrayLike<number> | NdArray | TensorLike;
/** `[n, d]` numbers: an array of rows, an ndarray or a tensor. */
export type Matrix = ArrayLike<ArrayLike<number>> | NdArray | TensorLike;

/** A shape, and its numbers row by row. */
export interface PlainArray {
  shape: number[];
  values: number[];
}

/** The shape and the numbers of any array; undefined if it is none, is ragged, or holds anything else. */
export function plainArray(value: unknown): PlainArray | undefined {
  const plain = isTensor(value)
    ? { shape: value.shape, values: Array.from(value.dataSync()) }
    : isNdArray(value)
      ? { shape: value.shape, values: ndarrayValues(value) }
      : isArrayLike(value)
        ? stack(Array.from(value))
        : undefined;
  return plain?.values.every(v => typeof v === 'number') ? plain : undefined;
}

function stack(items: unknown[]): PlainArray | undefined {
  if (!items.some(isArrayLike)) return { shape: [items.length], values: items as number[] };
  const rows = items.map(plainArray);
  const shape = rows[0]?.shape;
  if (!rows.every(row => row && String(row.shape) === String(shape))) return undefined;
  return { shape: [rows.length, ...(shape ?? [])], values: rows.flatMap(row => row?.values ?? []) };
}

function ndarrayValues(array: NdArray): number[] {
  const walk = (index: number[]): number[] =>
    index.length === array.shape.length
      ? [array.get(...index)]
      : Array.from({ length: array.shape[index.length] }, (_, i) => walk([...index, i])).flat();
  return walk([]);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isArrayLike = (value: unknown): value is ArrayLike<unknown> => isObject(value) && 'length' in value;
const isNdArray = (value: unknown): value is NdArray => isObject(value) && 'stride' in value;
const isTensor = (value: unknown): value is TensorLike => isObject(value) && 'dataSync' in value;
