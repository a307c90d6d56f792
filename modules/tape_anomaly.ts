// Needs: tape.ts, tape_frames.ts, tape_reads.ts; npm: @tensorflow/tfjs-node.
/**
 * What there is to know of a non-finite gradient: the call of the op, and the values before and after it.
 */
import type * as tf from '@tensorflow/tfjs-node';
import { type TapeNode, tapeEngine } from './tape';
import { captureStack } from './tape_frames';
import { readUncounted } from './tape_reads';

/** The call of an op, as it was when the op was recorded. */
export interface Call {
  op: string;
  /** The public function that called it, if that is another: `norm` for the Sqrt inside tf.norm. */
  publicOp?: string;
  stack: { stack?: string };
  /** The op in whose backward pass it was called. */
  parent?: Call;
  /** The op in the user's own forward pass: itself, or that at the root of the parents. */
  origin: Call;
}

export interface NonFinite {
  nan: number;
  positiveInfinity: number;
  negativeInfinity: number;
  /** Its index along the first axis, and its values. */
  firstRow: { index: number; values: number[] };
}

export interface Anomaly {
  call: Call;
  input: string;
  inputIndex: number;
  shape: number[];
  found: NonFinite;
  /** What was not finite before the op's backward ran. */
  already: string[];
}

/** The call that pushed a node; `parent` is the op whose backward pass runs. */
export function callOf(node: TapeNode, parent: Call | undefined): Call {
  const scopes = tapeEngine().state.scopeStack.map(scope => scope.name);
  const inner = scopes.slice(1 + Math.max(scopes.lastIndexOf('forward'), scopes.lastIndexOf('backward')));
  const ops = inner.filter(name => name.endsWith('__op')).map(plainName);
  const call: Partial<Call> = { op: plainName(node.kernelName), stack: captureStack(), parent };
  if (ops.length > 1) call.publicOp = ops[0];
  call.origin = parent?.origin ?? (call as Call);
  return call as Call;
}

function plainName(name: string): string {
  return ['forward', 'backward', 'unnamed scope', ''].includes(name)
    ? 'customGrad'
    : name.replace(/__op$/, '');
}

/** Counts what is not finite; undefined if nothing is, or if the tensor does not hold floats. */
export function countNonFinite(t: tf.Tensor): NonFinite | undefined {
  if (t.dtype !== 'float32') return undefined;
  const data = readUncounted(t);
  const first = data.findIndex(v => !Number.isFinite(v));
  if (first < 0) return undefined;
  const count = (test: (v: number) => boolean) => data.reduce((n, v) => (test(v) ? n + 1 : n), 0);
  const width = t.rank > 1 ? t.size / t.shape[0] : 1;
  const index = Math.floor(first / width);
  return {
    nan: count(Number.isNaN),
    positiveInfinity: count(v => v === Infinity),
    negativeInfinity: count(v => v === -Infinity),
    firstRow: { index, values: Array.from(data.slice(index * width, (index + 1) * width)) },
  };
}

/** What was not finite before an op's backward ran: the gradient that came in, or a value that the op saved. */
export function findNonFinite(node: TapeNode, dys: tf.Tensor[]): string[] {
  const incoming = dys.flatMap(dy => {
    const found = countNonFinite(dy);
    return found ? [`the gradient that came in: ${amount(found, dy.size)}`] : [];
  });
  const forward = node.saved.flatMap((t, i) => {
    const found = countNonFinite(t);
    return found ? [`the forward value ${savedName(node, t, i)}: ${amount(found, t.size)}`] : [];
  });
  return [...incoming, ...forward];
}

function savedName(node: TapeNode, saved: tf.Tensor, i: number): string {
  const copy = tapeEngine().state.activeTape?.find(({ outputs }) => outputs[0] === saved);
  const source = copy?.inputs.x;
  const input = Object.keys(node.inputs).find(name => node.inputs[name] === source);
  if (input !== undefined) return `of input ${input}`;
  return source !== undefined && node.outputs.includes(source) ? 'of the output' : `saved as number ${i}`;
}

/** `2 NaN and 1 -Infinity among 9 values` */
export function amount({ nan, positiveInfinity, negativeInfinity }: NonFinite, size: number): string {
  const counts = [
    [nan, 'NaN'],
    [positiveInfinity, 'Infinity'],
    [negativeInfinity, '-Infinity'],
  ] as const;
  const parts = counts.filter(([n]) => n > 0).map(([n, name]) => `${n} ${name}`);
  return `${parts.join(' and ')} among ${size} value${size === 1 ? '' : 's'}`;
}
