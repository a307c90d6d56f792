/**
 * Cures the tape of TensorFlow.js, so that a gradient of a gradient is right or throws.
 *
 * The engine pushes the copies of the outputs that an op saves onto the tape before the op's own node. Its
 * search from x to y walks the tape once, so it meets such a copy before it knows that the op depends on x, and
 * the copy counts as constant: the second derivative of exp, tanh or softmax loses a term without a word.
 *
 * Imports tape.ts, autodiff_cross_entropy.ts, and @tensorflow/tfjs-node.
 */
import * as tf from '@tensorflow/tfjs-node';
import { isCrossEntropy, linkLogSoftmax, mendCrossEntropy } from './autodiff_cross_entropy';
import { isInsideKernel, type TapeNode, tapeEngine } from './tape';

/** The hook: puts an op's node where the copies of its own outputs can follow it. */
export function repairNode(node: TapeNode, tape: TapeNode[]): void {
  if (isInsideKernel()) return;
  const inputs = Object.values(node.inputs);
  if (node.outputs.some(t => inputs.includes(t))) {
    throw new Error(
      `${node.kernelName} returned its own input, which the tape cannot tell from its output. Return x.clone().`,
    );
  }
  if (isLocallyConstant(node)) {
    takeCopies(node, tape);
    tape.pop();
    tf.dispose(node.saved);
    return;
  }
  if (node.saved.length === 0) return;
  if (isCrossEntropy(node)) mendCrossEntropy(node);
  const copies = takeCopies(node, tape);
  tape.pop();
  const made = copies.filter(copy => !isOlder(copy.inputs.x, node));
  tape.push(...copies.filter(copy => !made.includes(copy)), node);
  for (const copy of made) {
    if (!node.outputs.includes(copy.inputs.x)) tape.push(link(copy.inputs.x, node));
    tape.push(copy);
  }
}

/** Takes the copies that an op saved, which lie right before its node, off the tape. */
function takeCopies(node: TapeNode, tape: TapeNode[]): TapeNode[] {
  const saved = new Set(node.saved.map(t => t.id));
  const end = tape.length - 1;
  let start = end;
  while (start > 0 && saved.has(tape[start - 1].outputs[0].id)) start--;
  return tape.splice(start, end - start);
}

const isFloating = (t: tf.Tensor) => t.dtype !== 'int32' && t.dtype !== 'bool' && t.dtype !== 'string';

/** Comparisons, and ops from floats to integers: their derivative is 0 wherever there is one. */
function isLocallyConstant(node: TapeNode): boolean {
  return (
    node.outputs.every(t => t.dtype === 'bool') ||
    (!node.outputs.some(isFloating) && Object.values(node.inputs).some(isFloating))
  );
}

/** Whether a saved tensor existed before the op, so that the tape knows it, or knows it as a constant. */
function isOlder(t: tf.Tensor, op: TapeNode): boolean {
  if (op.outputs.includes(t)) return false;
  if (Object.values(op.inputs).includes(t)) return true;
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
