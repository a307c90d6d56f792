// Needs: npm: @tensorflow/tfjs-node.
//
// The only file that touches the binding of tfjs-node.
//
// TensorFlow has float64, tfjs does not. The binding runs any op of TensorFlow by name on handles, so that doubles
// go in as the same bytes of int32 `[…, 2]`, are cast bit by bit, and come out the other way.
import * as tf from '@tensorflow/tfjs-node';

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

export const FLOAT = 1;
export const INT32 = 3;
export const INT64 = 9;
export const DOUBLE = 2;

interface Backend {
  readonly binding: Binding;
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  createOutputTensor(made: { id: number; shape: readonly number[]; dtype: number }): tf.Tensor;
}

const backend = () => tf.backend() as unknown as Backend;
const binding = () => backend().binding;

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

export const typeAttribute = (name: string, value: number): Attribute => ({
  name,
  type: binding().TF_ATTR_TYPE,
  value,
});
export const boolAttribute = (name: string, value: boolean): Attribute => ({
  name,
  type: binding().TF_ATTR_BOOL,
  value,
});

export const intAttribute = (name: string, value: number): Attribute => ({
  name,
  type: binding().TF_ATTR_INT,
  value,
});

/** Where ops go while a function is traced: no values, only what depends on what. */
export interface Tracer {
  constant(value: number | readonly number[], type: number): Native;
  execute(op: string, attributes: Attribute[], inputs: Native[]): Native;
}

let tracer: Tracer | null = null;

/** Where ops go now, where not to TensorFlow. */
export const currentTracer = (): Tracer | null => tracer;

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

/** The outputs of an op of TensorFlow, by its name. */
export function execute(name: string, attributes: Attribute[], inputs: Native[], outputs = 1): Native[] {
  if (tracer !== null) return [tracer.execute(name, attributes, inputs)];
  const made = binding().executeOp(
    name,
    attributes,
    inputs.map(a => a.id),
    outputs,
  );
  return made.map(({ id, shape }) => track(id, shape));
}

/** Hands values to TensorFlow. */
export function upload(values: Float64Array, shape: readonly number[]): Native {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const raw = track(binding().createTensor([...shape, 2], INT32, words), [...shape, 2]);
  const [cast] = execute('Bitcast', [typeAttribute('T', INT32), typeAttribute('type', DOUBLE)], [raw]);
  free(raw);
  return cast;
}

/** The handle of a tensor of TensorFlow.js, which goes on to own it. */
export function borrow(t: tf.Tensor): Native {
  const [id] = backend().getInputTensorIds([t]);
  return { id, shape: t.shape };
}

/** A native float32 tensor as one of TensorFlow.js, which owns it from now on. */
export function handOver(a: Native): tf.Tensor {
  for (const scope of scopes) scope.delete(a.id);
  return backend().createOutputTensor({ id: a.id, shape: a.shape, dtype: FLOAT });
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

/** A whole number, or a list of them, for an op that asks for such. */
export function integers(values: number | number[]): Native {
  if (tracer !== null) return tracer.constant(values, INT32);
  const list = typeof values === 'number' ? [values] : values;
  const shape = typeof values === 'number' ? [] : [list.length];
  return track(binding().createTensor(shape, INT32, Int32Array.from(list)), shape);
}
