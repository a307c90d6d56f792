// Needs: npm: @tensorflow/tfjs-node.
/**
 * The one place that hooks the tape of TensorFlow.js; autodiff.ts and detect_anomaly.ts share it.
 *
 * While a gradient is being taken, the engine pushes one node for each op onto its tape. A hook sees every
 * node right after it was pushed, and may change it, move it or take it away. As long as no hook is set the
 * engine is untouched.
 *
 * The name of a node is the kernel's name: `Sqrt`, `Multiply`. A `tf.customGrad` op takes the name of the
 * `tf.tidy` that it is called in:
 *
 *     tf.tidy('Matern52', () => tf.customGrad(op)(s))
 *
 * puts a node `Matern52` on the tape. The name of a kernel will not do there: the engine would take the gradient
 * that is registered for it, and not the op's own.
 */
import * as tf from '@tensorflow/tfjs-node';

/** One recorded op. `saved` are copies of inputs and outputs that its gradient reads. */
export interface TapeNode {
  id: number;
  kernelName: string;
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
  saved: tf.Tensor[];
  /** Takes one dy an output, returns one function an input. */
  gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

/** What looks at the tape. */
export interface TapeHook {
  /** Called with each node right after the engine pushed it. */
  recorded(node: TapeNode, tape: TapeNode[]): void;
  /** Called with each gradient, forward and backward pass, which it must run. */
  around?(run: () => Differentiated): Differentiated;
}

export interface Differentiated {
  value: tf.Tensor;
  grads: (tf.Tensor | undefined)[];
}

type Gradients = (
  f: () => tf.Tensor,
  xs: tf.Tensor[],
  dy?: tf.Tensor | null,
  allowNoGradients?: boolean,
) => Differentiated;

/** What we lean on in the engine; tests/tape_contract.test.ts says when it has changed. */
export interface TapeEngine {
  addTapeNode(...args: unknown[]): void;
  gradients: Gradients;
  tidy<T>(f: () => T): T;
  readSync(dataId: object): tf.TypedArray;
  state: {
    activeTape?: TapeNode[] | null;
    activeScope: { id: number } | null;
    scopeStack: { id: number; name: string }[];
    /** How many gradients are being recorded, one inside another. */
    gradientDepth: number;
    /** More than 0 inside a kernel: nothing is recorded then but the copies that it saves. */
    kernelDepth: number;
    nextTapeNodeId: number;
  };
}

/** The engine of TensorFlow.js, with its tape. */
export const tapeEngine = () => tf.engine() as unknown as TapeEngine;

// tslab loads an edited module a second time, beside the first. What must exist once hangs on the engine.
const HOOKS = Symbol.for('rbf.tape.hooks');

function hooks(): Map<string, TapeHook> {
  const engine = tapeEngine() as TapeEngine & { [HOOKS]?: Map<string, TapeHook> };
  engine[HOOKS] ??= new Map();
  return engine[HOOKS];
}

/** Sets the hook of this name, in place of the one that had the name before. */
export function hookTape(name: string, hook: TapeHook): void {
  hooks().set(name, hook);
  const engine = tapeEngine();
  engine.addTapeNode = addTapeNode;
  engine.gradients = gradients;
}

/** Takes the hook of this name away; with the last hook the engine is as TensorFlow.js made it. */
export function unhookTape(name: string): void {
  hooks().delete(name);
  if (hooks().size > 0) return;
  const engine: Partial<TapeEngine> = tapeEngine();
  delete engine.addTapeNode;
  delete engine.gradients;
}

/** Whether a hook of this name is set. */
export const isTapeHooked = (name: string) => hooks().has(name);

/** Whether the engine is inside a kernel, where a node can only be a copy that the kernel saves. */
export const isInsideKernel = () => tapeEngine().state.kernelDepth > 0;

function unhooked(): TapeEngine {
  return Object.getPrototypeOf(tapeEngine());
}

function addTapeNode(...args: unknown[]): void {
  const engine = tapeEngine();
  unhooked().addTapeNode.apply(engine, args);
  const tape = engine.state.activeTape as TapeNode[];
  const node = tape[tape.length - 1];
  for (const hook of hooks().values()) hook.recorded(node, tape);
}

/**
 * engine.gradients, but an error leaves nothing behind: TensorFlow.js forgets the saved tensors of the tape and
 * the value of f then. A gradient that is taken inside another's backward pass gives the tape back.
 */
const gradients: Gradients = (...args) => {
  const engine = tapeEngine();
  const { state } = engine;
  const outerTape = state.gradientDepth === 0 ? (state.activeTape ?? null) : null;
  let run = () => unhooked().gradients.apply(engine, args);
  for (const hook of hooks().values()) {
    const inner = run;
    if (hook.around) run = () => (hook.around as NonNullable<TapeHook['around']>)(inner);
  }
  try {
    return engine.tidy(run);
  } catch (error) {
    if (state.gradientDepth === 0) {
      if (state.activeTape !== outerTape) for (const node of state.activeTape ?? []) tf.dispose(node.saved);
      state.activeTape = null;
    }
    throw error;
  } finally {
    if (outerTape !== null) state.activeTape = outerTape;
  }
};
