// Needs: native_binding.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// TensorFlow's ops on float64 tensors, each by a name of ours; they run inside nativeScope(() => …).
import ndarray, { type NdArray } from 'ndarray';
import {
  boolAttribute,
  currentTracer,
  DOUBLE,
  download,
  execute,
  free,
  INT32,
  INT64,
  intAttribute,
  integers,
  type Native,
  typeAttribute,
  upload,
} from './native_binding';

export {
  type Attribute,
  borrow,
  download,
  free,
  handOver,
  loadGraph,
  type Native,
  nativeCount,
  nativeScope,
  runGraph,
  type Tracer,
  tracing,
  unloadGraph,
  upload,
} from './native_binding';

/** A float64 array `[n, d]`, `[n]`, … */
export type F64 = NdArray<Float64Array>;

/** The values in row-major order; a view where the array is already so. */
export function valuesOf(a: F64): Float64Array {
  const { shape, stride, offset, size } = a;
  let expected = 1;
  let plain = a.data instanceof Float64Array;
  for (let k = shape.length - 1; k >= 0; expected *= shape[k--])
    plain &&= stride[k] === expected || shape[k] === 1;
  if (plain) return a.data.length === size ? a.data : a.data.subarray(offset, offset + size);
  const values = new Float64Array(size);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < size; i++) {
    values[i] = a.get(...index);
    for (let k = shape.length - 1; k >= 0 && ++index[k] === shape[k]; k--) index[k] = 0;
  }
  return values;
}

export const fromArray = (a: F64): Native => upload(valuesOf(a), a.shape);
export const toArray = (a: Native): F64 => ndarray(download(a), [...a.shape]);

const T = () => typeAttribute('T', DOUBLE);

/** An elementwise op of one or two arguments, by TensorFlow's name (Exp, Mul, …), broadcasting. */
export const elementwise = (name: string, ...inputs: Native[]): Native => execute(name, [T()], inputs)[0];

/** A number as a native scalar. */
export const scalar = (value: number): Native =>
  currentTracer()?.constant(value, DOUBLE) ?? upload(Float64Array.of(value), []);

/** 2^k of whole k from −1022 to 1023, by its bits; in a traced function only. */
export function powerOfTwo(k: Native): Native {
  const tracer = currentTracer();
  if (tracer === null) throw new Error('powerOfTwo: for traced functions only');
  const whole = typeAttribute('T', INT64);
  const [add, shift] = [tracer.constant(1023, INT64), tracer.constant(52, INT64)];
  // The sum's last digit counts ones, so that its low bits are those of k.
  const [bits] = execute(
    'Bitcast',
    [T(), typeAttribute('type', INT64)],
    [elementwise('AddV2', k, scalar(1.5 * 2 ** 52))],
  );
  const [exponent] = execute('LeftShift', [whole], [execute('AddV2', [whole], [bits, add])[0], shift]);
  return execute('Bitcast', [whole, typeAttribute('type', DOUBLE)], [exponent])[0];
}

/** a·b, either one transposed first if so said. */
export function matMul(a: Native, b: Native, transposeA = false, transposeB = false): Native {
  const flags = [boolAttribute('transpose_a', transposeA), boolAttribute('transpose_b', transposeB)];
  return execute('MatMul', [T(), ...flags], [a, b])[0];
}

/** aᵀ of a matrix a. */
export function transpose(a: Native): Native {
  const order = integers([1, 0]);
  const [out] = execute('Transpose', [T(), typeAttribute('Tperm', INT32)], [a, order]);
  free(order);
  return out;
}

/** The block of rows [row, row + rows) and columns [column, column + columns) of a matrix. */
export function block(a: Native, row: number, rows: number, column: number, columns: number): Native {
  const [begin, size] = [integers([row, column]), integers([rows, columns])];
  const [out] = execute('Slice', [T(), typeAttribute('Index', INT32)], [a, begin, size]);
  free(begin);
  free(size);
  return out;
}

/** A matrix cut after its first rows: these, and the others. */
export function split(a: Native, rows: number): Native[] {
  const [sizes, axis] = [integers([rows, a.shape[0] - rows]), integers(0)];
  const attributes = [T(), typeAttribute('Tlen', INT32), intAttribute('num_split', 2)];
  const parts = execute('SplitV', attributes, [a, sizes, axis], 2);
  free(sizes);
  free(axis);
  return parts;
}

/** Matrices side by side (axis 1) or on top of each other (axis 0). */
export function concat(parts: Native[], axis: number): Native {
  if (parts.length === 1) return parts[0];
  const at = integers(axis);
  const [out] = execute(
    'ConcatV2',
    [T(), intAttribute('N', parts.length), typeAttribute('Tidx', INT32)],
    [...parts, at],
  );
  free(at);
  return out;
}

/** Sum, Max, Min, Prod or Mean over the axes. */
export function reduce(name: string, a: Native, axes: number[]): Native {
  const at = integers(axes);
  const attributes = [T(), typeAttribute('Tidx', INT32), boolAttribute('keep_dims', false)];
  const [out] = execute(name, attributes, [a, at]);
  free(at);
  return out;
}

/** `value` where the comparison (Less, Equal, …) of a and b holds, else c. */
export function select(comparison: string, a: Native, b: Native, value: Native, c: Native): Native {
  const attributes = comparison === 'Equal' ? [T(), boolAttribute('incompatible_shape_error', true)] : [T()];
  const [mask] = execute(comparison, attributes, [a, b]);
  const [out] = execute('SelectV2', [T()], [mask, value, c]);
  free(mask);
  return out;
}

/** A linear-algebra op that takes a bool attribute or more (Cholesky, MatrixTriangularSolve, MatrixSolve, …). */
export function linearAlgebra(
  name: string,
  inputs: Native[],
  flags: Record<string, boolean> = {},
  outputs = 1,
): Native[] {
  return execute(name, [T(), ...Object.entries(flags).map(([k, v]) => boolAttribute(k, v))], inputs, outputs);
}

/** The values on the diagonal of a matrix. */
export function diagonalOf(a: Native): Float64Array {
  const [values] = linearAlgebra('MatrixDiagPart', [a]);
  const downloaded = download(values);
  free(values);
  return downloaded;
}

/** The rows of a matrix in the order that TensorFlow's Lu gives as integers. */
export function gatherRows(a: Native, order: Native): Native {
  const axis = integers(0);
  const types = [
    typeAttribute('Tparams', DOUBLE),
    typeAttribute('Tindices', INT32),
    typeAttribute('Taxis', INT32),
  ];
  const [out] = execute('GatherV2', [intAttribute('batch_dims', 0), ...types], [a, order, axis]);
  free(axis);
  return out;
}
