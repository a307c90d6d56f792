// Needs: tape.ts; npm: @tensorflow/tfjs-node.
/**
 * Values that leave the tape: dataSync and its like read a tensor, and what is made of the numbers counts as constant.
 */
import type * as tf from '@tensorflow/tfjs-node';
import { type TapeEngine, tapeEngine } from './tape';

/** Runs f, and counts how often it reads the values of xs, or of what was recorded in f. */
export function countReads<T>(xs: tf.Tensor[], f: () => T): { result: T; reads: number } {
  const engine = tapeEngine();
  const isNested = Object.hasOwn(engine, 'readSync');
  const read = engine.readSync;
  const start = engine.state.activeTape?.length ?? 0;
  let reads = 0;
  engine.readSync = dataId => {
    const isRead = (t: tf.Tensor) => t.dataId === dataId;
    const recorded = engine.state.activeTape?.slice(start) ?? [];
    if (xs.some(isRead) || recorded.some(node => node.outputs.some(isRead))) reads++;
    return read.call(engine, dataId);
  };
  try {
    return { result: f(), reads };
  } finally {
    if (isNested) engine.readSync = read;
    else delete (engine as Partial<TapeEngine>).readSync;
  }
}

/** The values of a float tensor, read without being counted. */
export function readUncounted(t: tf.Tensor): Float32Array {
  const engine = tapeEngine();
  return (Object.getPrototypeOf(engine) as TapeEngine).readSync.call(engine, t.dataId) as Float32Array;
}
