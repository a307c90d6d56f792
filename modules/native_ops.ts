// Needs: npm: @tensorflow/tfjs-node, ndarray.
//
// The only file that touches the binding of tfjs-node.
//
// TensorFlow has float64, tfjs does not. The binding runs any op of TensorFlow by name on handles, so that doubles
// go in as the same bytes of int32 `[…, 2]`, are cast bit by bit, and come out the other way.
import * as tf from '@tensorflow/tfjs-node';
import ndarray, { type NdArray } from 'ndarray';

/** A float64 array `[n, d]`, `[n]`, … */
export type F64 = NdArray<Float64Array>;

/** A float64 tensor inside TensorFlow. It lives until the `nativeScope` around it ends. */
export interface Native {
  readonly id: number;
  readonly shape: readonly number[];
}

export interface Attribute {
  name: string;
  type: number;
  value: number | boolean | number[];
}

/** What we lean on of tfjs-node's private binding; tests/native_ops.test.ts holds it to this. */
interface Binding {
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  createTensor(shape: number[], dtype: number, data: Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Int32Array | Float32Array | Uint8Array;
  executeOp(
    name: string,
    attributes: Attribute[],
    ids: number[],
    outputs: number,
  ): { id: number; shape: number[] }[];
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(
    id: number,
    ids: number[],
    inputs: string,
    outputs: string,
  ): { id: number; shape: number[] }[];
  deleteSavedModel(id: number): void;
}

const INT32 = 3;
const INT64 = 9;
const DOUBLE = 2;

const binding = () => (tf.backend() as unknown as { binding: Binding }).binding;

const scopes: Set<number>[] = [];

/** Runs f and frees every native tensor made in it, also when it throws; a Native that f returns goes to the scope around. */
export function nativeScope<T>(f: () => T): T {
  const made = new Set<number>();
  scopes.push(made);
  let kept: number | undefined;
  try {
    const result = f();
    kept = scopes.length > 1 ? (result as { id?: number } | undefined)?.id : undefined;
    return result;
  } finally {
    scopes.pop();
    for (const id of made)
      if (id === kept) scopes[scopes.length - 1].add(id);
      else binding().deleteTensor(id);
  }
}

/** How many native tensors are alive: 0 outside every scope. */
export const nativeCount = () => scopes.reduce((total, scope) => total + scope.size, 0);

function track(id: number, shape: readonly number[]): Native {
  const scope = scopes[scopes.length - 1];
  if (scope === undefined) {
    binding().deleteTensor(id);
    throw new Error('native float64 ops run inside nativeScope(() => …) only, which frees them');
  }
  scope.add(id);
  return { id, shape };
}

/** Frees a native tensor before its scope ends. */
export function free(a: Native): void {
  if (tracer !== null) return;
  for (const scope of scopes) if (scope.delete(a.id)) binding().deleteTensor(a.id);
}

const typeAttribute = (name: string, value: number): Attribute => ({
  name,
  type: binding().TF_ATTR_TYPE,
  value,
});
const boolAttribute = (name: string, value: boolean): Attribute => ({
  name,
  type: binding().TF_ATTR_BOOL,
  value,
});

/** Where ops go while a function is traced: no values, only what depends on what. */
export interface Tracer {
  constant(value: number, type: number): Native;
  execute(op: string, attributes: Attribute[], inputs: Native[]): Native;
}

let tracer: Tracer | null = null;

/** Runs f with every op handed to the tracer instead of TensorFlow. */
export function tracing<T>(to: Tracer, f: () => T): T {
  const before = tracer;
  tracer = to;
  try {
    return f();
  } finally {
    tracer = before;
  }
}

/** A saved model of the folder; it lives until `unloadGraph`. */
export const loadGraph = (folder: string, tag: string): number => binding().loadSavedModel(folder, tag);
export const unloadGraph = (graph: number): void => binding().deleteSavedModel(graph);

/** The outputs of a loaded graph, by name, for inputs of these names. */
export function runGraph(graph: number, values: Native[], inputs: string[], outputs: string[]): Native[] {
  const names = (list: string[]) => list.map(name => `${name}:0`).join(',');
  const ids = values.map(a => a.id);
  const made = binding().runSavedModel(graph, ids, names(inputs), names(outputs));
  return made.map(({ id, shape }) => track(id, shape));
}

function execute(name: string, attributes: Attribute[], inputs: Native[], outputs = 1): Native[] {
  if (tracer !== null) return [tracer.execute(name, attributes, inputs)];
  const made = binding().executeOp(
    name,
    attributes,
    inputs.map(a => a.id),
    outputs,
  );
  return made.map(({ id, shape }) => track(id, shape));
}

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

/** Hands values to TensorFlow. */
export function upload(values: Float64Array, shape: readonly number[]): Native {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const raw = track(binding().createTensor([...shape, 2], INT32, words), [...shape, 2]);
  const [cast] = execute('Bitcast', [typeAttribute('T', INT32), typeAttribute('type', DOUBLE)], [raw]);
  free(raw);
  return cast;
}

/** The values of a native tensor, row-major. */
export function download(a: Native): Float64Array {
  if (a.shape.includes(0)) return new Float64Array(0);
  const [raw] = execute('Bitcast', [typeAttribute('T', DOUBLE), typeAttribute('type', INT32)], [a]);
  const words = binding().tensorDataSync(raw.id) as Int32Array;
  free(raw);
  return words.byteOffset % 8 === 0
    ? new Float64Array(words.buffer, words.byteOffset, words.length / 2)
    : new Float64Array(words.slice().buffer);
}

export const fromArray = (a: F64): Native => upload(valuesOf(a), a.shape);
export const toArray = (a: Native): F64 => ndarray(download(a), [...a.shape]);

const T = () => typeAttribute('T', DOUBLE);

/** An elementwise op of one or two arguments, by TensorFlow's name (Exp, Mul, …), broadcasting. */
export const elementwise = (name: string, ...inputs: Native[]): Native => execute(name, [T()], inputs)[0];

/** A number as a native scalar. */
export const scalar = (value: number): Native =>
  tracer === null ? upload(Float64Array.of(value), []) : tracer.constant(value, DOUBLE);

/** 2^k of whole k from −1022 to 1023, by its bits; in a traced function only. */
export function powerOfTwo(k: Native): Native {
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

/** The block of rows [row, row + rows) and columns [column, column + columns) of a matrix. */
export function block(a: Native, row: number, rows: number, column: number, columns: number): Native {
  const [begin, size] = [integers([row, column]), integers([rows, columns])];
  const [out] = execute('Slice', [T(), typeAttribute('Index', INT32)], [a, begin, size]);
  free(begin);
  free(size);
  return out;
}

/** Matrices side by side (axis 1) or on top of each other (axis 0). */
export function concat(parts: Native[], axis: number): Native {
  if (parts.length === 1) return parts[0];
  const at = integers(axis);
  const count: Attribute = { name: 'N', type: binding().TF_ATTR_INT, value: parts.length };
  const [out] = execute('ConcatV2', [T(), count, typeAttribute('Tidx', INT32)], [...parts, at]);
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

function integers(values: number | number[]): Native {
  const list = typeof values === 'number' ? [values] : values;
  const shape = typeof values === 'number' ? [] : [list.length];
  return track(binding().createTensor(shape, INT32, Int32Array.from(list)), shape);
}

/** The rows of a matrix in the order that TensorFlow's Lu gives as integers. */
export function gatherRows(a: Native, order: Native): Native {
  const axis = integers(0);
  const batch: Attribute = { name: 'batch_dims', type: binding().TF_ATTR_INT, value: 0 };
  const types = [
    typeAttribute('Tparams', DOUBLE),
    typeAttribute('Tindices', INT32),
    typeAttribute('Taxis', INT32),
  ];
  const [out] = execute('GatherV2', [batch, ...types], [a, order, axis]);
  free(axis);
  return out;
}
