// Needs: autodiff_cross_entropy.ts, tape.ts; npm: @tensorflow/tfjs-node.
/**
 * Cures the tape of TensorFlow.js, so that a gradient of a gradient is right or throws.
 *
 * The engine pushes the copies of the outputs that an op saves onto the tape before the op's own node. Its
 * search from x to y walks the tape once, so it meets such a copy before it knows that the op depends on x, and
 * the copy counts as constant: the second derivative of exp, tanh or softmax loses a term without a word.
 */
import * as tf from '@tensorflow/tfjs-node';
import { isCrossEntropy, linkLogSoftmax, mendCrossEntropy } from './autodiff_cross_entropy';
import { isInsideKernel, type TapeNode, tapeEngine } from './tape';

/** The hook: puts an op's node where the copies of its own outputs can follow it. */
export function repairNode(node: TapeNode, tape: TapeNode[]): void {
  if (isInsideKernel()) return;
  for (const name in node.inputs) {
    if (node.outputs.includes(node.inputs[name])) throw new Error(OWN_INPUT.replace('op', node.kernelName));
  }
  if (isLocallyConstant(node)) {
    tape.splice(firstCopy(node, tape));
    tf.dispose(node.saved);
    return;
  }
  if (node.saved.length === 0) return;
  if (isCrossEntropy(node)) mendCrossEntropy(node);
  const copies = takeMadeCopies(node, tape);
  for (const copy of copies) {
    if (!node.outputs.includes(copy.inputs.x)) tape.push(link(copy.inputs.x, node));
    tape.push(copy);
  }
}

const OWN_INPUT = 'op returned its own input, which the tape cannot tell from its output. Return x.clone().';

/** The copies that an op saved lie right before its node, which is the last: where they begin. */
function firstCopy(node: TapeNode, tape: TapeNode[]): number {
  let start = tape.length - 1;
  while (start > 0 && node.saved.includes(tape[start - 1].outputs[0])) start--;
  return start;
}

const isFloating = (t: tf.Tensor) => t.dtype !== 'int32' && t.dtype !== 'bool' && t.dtype !== 'string';

/** Comparisons, and ops from floats to integers: their derivative is 0 wherever there is one. */
function isLocallyConstant(node: TapeNode): boolean {
  if (node.outputs.some(isFloating)) return false;
  return node.outputs.every(t => t.dtype === 'bool') || Object.values(node.inputs).some(isFloating);
}

/** Takes the copies of what the op made off the tape; the others stay before its node. */
function takeMadeCopies(node: TapeNode, tape: TapeNode[]): TapeNode[] {
  const made: TapeNode[] = [];
  for (let i = firstCopy(node, tape); i < tape.length - 1; ) {
    if (isOlder(tape[i].inputs.x, node)) i++;
    else made.push(...tape.splice(i, 1));
  }
  return made;
}

/** Whether a saved tensor existed before the op, so that the tape knows it, or knows it as a constant. */
function isOlder(t: tf.Tensor, op: TapeNode): boolean {
  if (op.outputs.includes(t)) return false;
  for (const name in op.inputs) if (op.inputs[name] === t) return true;
  // The scopes that are open now were open before the op began; the op's own are younger and closed.
  const { activeScope } = tapeEngine().state;
  return t.scopeId === undefined || (activeScope !== null && t.scopeId <= activeScope.id);
}

/** A node that leads from an op to a tensor that it made inside and saved. */
function link(t: tf.Tensor, op: TapeNode): TapeNode {
  const id = tapeEngine().state.nextTapeNodeId++;
  if (isCrossEntropy(op)) return linkLogSoftmax(op, t, id);
  const gradient = () => {
    throw new Error(
      `Cannot compute a higher gradient of ${op.kernelName}: it saved a tensor that is neither its input nor ` +
        'its output, so the tape does not know how that depends on x. Write the function with other ops.',
    );
  };
  return { id, kernelName: op.kernelName, inputs: op.inputs, outputs: [t], saved: [], gradient };
}
