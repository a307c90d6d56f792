// Needs: tape.ts, tape_anomaly.ts, tape_frames.ts, tape_reads.ts, tape_report.ts; npm: @tensorflow/tfjs-node.
/**
 * Finds where a NaN or an Infinity is born in a backward pass.
 *
 * While it is on, each op's backward is checked, and the first that makes a non-finite gradient out of finite
 * values throws an AnomalyError: the op, the input, what became of the value, and the line that called the op.
 * NaN is often not the origin: the backward of sqrt gives Infinity at 0, and an op later Infinity·0 is NaN.
 * While it is off it costs nothing: the tape is not hooked.
 */
import type * as tf from '@tensorflow/tfjs-node';
import {
  type Differentiated,
  hookTape,
  isInsideKernel,
  isTapeHooked,
  type TapeNode,
  unhookTape,
} from './tape';
import { type Anomaly, type Call, callOf, countNonFinite, findNonFinite } from './tape_anomaly';
import { captureStack, type Frame, frameText, userFrames } from './tape_frames';
import { describe } from './tape_report';

/** A NaN or an Infinity was born in a backward pass. The message tells all of it; the fields hold it. */
export class AnomalyError extends Error {
  override readonly name = 'AnomalyError';
  /** The op whose backward made it: a kernel's name, or that of the tf.tidy around a tf.customGrad. */
  readonly op: string;
  /** The input whose gradient it is in, and its place among the op's inputs. */
  readonly input: string;
  readonly inputIndex: number;
  /** The shape of that gradient, and how many of its values are not finite. */
  readonly shape: number[];
  readonly nan: number;
  readonly positiveInfinity: number;
  readonly negativeInfinity: number;
  /** The first row that is not finite: its index along the first axis, and its values. */
  readonly firstRow: { index: number; values: number[] };
  /** The op whose backward, later, made NaN of an Infinity. */
  readonly becameOp?: string;
  /** What was not finite before; empty if this op is the origin. */
  readonly already: string[];
  /** Where the op was called in the user's code, innermost first. */
  readonly frames: Frame[];

  constructor(anomaly: Anomaly, became?: string, becameOp?: string) {
    super(describe(anomaly, became));
    this.op = anomaly.call.op;
    this.input = anomaly.input;
    this.inputIndex = anomaly.inputIndex;
    this.shape = anomaly.shape;
    this.nan = anomaly.found.nan;
    this.positiveInfinity = anomaly.found.positiveInfinity;
    this.negativeInfinity = anomaly.found.negativeInfinity;
    this.firstRow = anomaly.found.firstRow;
    this.becameOp = becameOp;
    this.already = anomaly.already;
    this.frames = userFrames(anomaly.call.origin.stack.stack);
    // The rest of the stack is of the machinery.
    const taken = userFrames(captureStack().stack).filter(({ line }) => line !== undefined);
    this.stack = [`${this.name}: ${this.message}`, ...taken.map(frameText)].join('\n    at ');
  }
}

let globally = false;
let calls = 0;
/** The op whose backward runs: ops that are recorded then are part of it. */
let running: Call | undefined;
/** What was found in the gradient that is being taken, until it is known what becomes of it. */
let pending: Anomaly | undefined;

/** Switches the checks on or off for all gradients, those of model.fit and the optimizers too. */
export function setDetectAnomaly(on: boolean): void {
  globally = on;
  update();
}

/**
 * Runs fn with the checks on and returns what it returns; fn may be async.
 * Throws an AnomalyError (or rejects with it) when a backward pass in fn makes a NaN or an Infinity.
 *
 * @example
 * const slope = tf.grad((x: tf.Tensor) => x.sqrt());
 * detectAnomaly(() => slope(tf.scalar(0))); // throws AnomalyError
 */
export function detectAnomaly<T>(fn: () => T): T {
  if (typeof fn !== 'function')
    throw new TypeError(`detectAnomaly(fn): fn must be a function, got ${fn === null ? 'null' : typeof fn}`);
  const end = () => {
    calls--;
    update();
  };
  calls++;
  update();
  let result: T;
  try {
    result = fn();
  } catch (error) {
    end();
    throw error;
  }
  if (result instanceof Promise) return result.finally(end) as T;
  end();
  return result;
}

function update(): void {
  if (globally || calls > 0) hookTape('anomaly', { recorded, around });
  else unhookTape('anomaly');
}

// tslab loads an edited module beside the one that it replaces.
if (isTapeHooked('anomaly')) setDetectAnomaly(true);

function around(run: () => Differentiated): Differentiated {
  const outer = pending;
  pending = undefined;
  try {
    const result = run();
    // run() may have set it.
    const found = pending as Anomaly | undefined;
    if (found === undefined) return result;
    const reached = result.grads.some(g => g !== undefined && countNonFinite(g) !== undefined);
    throw new AnomalyError(found, reached ? 'part of the result' : 'nothing: the result is finite');
  } finally {
    pending = outer;
  }
}

function recorded(node: TapeNode): void {
  const backward = node.gradient;
  if (backward === undefined || isInsideKernel()) return;
  const call = callOf(node, running);
  node.gradient = dys => {
    const given = dys.filter((dy): dy is tf.Tensor => dy !== null);
    if (pending !== undefined && given.some(dy => (countNonFinite(dy)?.nan ?? 0) > 0)) {
      throw new AnomalyError(pending, `NaN in a sum of gradients, before ${call.op}`, call.op);
    }
    const gradients = within(call, () => backward(dys));
    const checked = Object.keys(gradients).map(input => {
      const gradient = () => {
        const dx = within(call, gradients[input]);
        check(dx, input, node, call, given);
        return dx;
      };
      return [input, gradient];
    });
    return Object.fromEntries(checked);
  };
}

function within<T>(call: Call, run: () => T): T {
  const outer = running;
  running = call;
  try {
    return run();
  } finally {
    running = outer;
  }
}

function check(dx: tf.Tensor, input: string, node: TapeNode, call: Call, dys: tf.Tensor[]): void {
  const found = countNonFinite(dx);
  if (found === undefined) return;
  if (pending !== undefined) {
    if (found.nan > 0) throw new AnomalyError(pending, `NaN in the backward pass of ${call.op}`, call.op);
    return;
  }
  const inputIndex = Object.keys(node.inputs).indexOf(input);
  pending = { call, input, inputIndex, shape: dx.shape, found, already: findNonFinite(node, dys) };
  if (found.nan > 0) throw new AnomalyError(pending);
}
