// Needs: tape.ts; npm: @tensorflow/tfjs-node.
/**
 * The gradient of tf.losses.softmaxCrossEntropy, Σ −p·log q for labels p and q = softmax(logits).
 *
 * TensorFlow.js gives p − q for the labels, where −log q is right, and q − p for the logits, which is right only
 * if the labels sum to 1. It saves log q, which is neither input nor output, so there is no second derivative.
 */
import * as tf from '@tensorflow/tfjs-node';
import type { TapeNode } from './tape';

export const isCrossEntropy = (node: TapeNode) => node.kernelName === 'softmaxCrossEntropy__op';

/** Gives the node its gradient; it saved the labels and log q. */
export function mendCrossEntropy(node: TapeNode): void {
  const [labels, logQ] = node.saved;
  node.gradient = ([dy]) => {
    const weight = tf.expandDims(dy as tf.Tensor, -1);
    const q = () => tf.mul(tf.exp(logQ), tf.sum(labels, -1, true));
    return { 0: () => tf.neg(tf.mul(weight, logQ)), 1: () => tf.mul(weight, tf.sub(q(), labels)) };
  };
}

/** The node that leads from the logits to log q. */
export function linkLogSoftmax(node: TapeNode, logQ: tf.Tensor, id: number): TapeNode {
  const copy = node.saved[1];
  const gradient: TapeNode['gradient'] = ([dy]) => ({
    logits: () => tf.sub(dy as tf.Tensor, tf.mul(tf.sum(dy as tf.Tensor, -1, true), tf.exp(copy))),
  });
  return {
    id,
    kernelName: 'LogSoftmax',
    inputs: { logits: node.inputs[1] },
    outputs: [logQ],
    saved: [],
    gradient,
  };
}
