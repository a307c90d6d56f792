// Needs: graph_text.ts, native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// A function of tensors, compiled by TensorFlow's XLA. Op by op every result goes through memory; compiled, a chain of
// elementwise ops is one loop, and a chunk of rows stays in the processor's cache.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChunkFunction, type GraphInputs, graphText } from './graph_text';
import {
  download,
  elementwise,
  loadGraph,
  type Native,
  nativeScope,
  runGraph,
  unloadGraph,
  upload,
} from './native_ops';

/** A compiled function. It lives until `free`. */
export interface Compiled {
  /** Its results, rows before sums, for the inputs that are split, one after the other, and those that every chunk shares. */
  run(split: Native[], shared: Native[]): Native[];
  free(): void;
}

/**
 * Compiles f, which takes a chunk of rows of the inputs that are split and all of the shared ones. The chunks run side
 * by side, and their results are joined. Takes a tenth of a second or two, with the first `run`. Where this TensorFlow
 * has no XLA, `run` throws.
 */
export function compile(inputs: GraphInputs, f: ChunkFunction): Compiled {
  const graph = graphText(inputs, f);
  const folder = mkdtempSync(join(tmpdir(), 'rbf-graph-'));
  let loaded: number;
  try {
    writeFileSync(join(folder, 'saved_model.pbtxt'), graph.text);
    loaded = loadGraph(folder, 'serve');
  } finally {
    rmSync(folder, { recursive: true });
  }
  return {
    run: (split, shared) => runGraph(loaded, [...split, ...shared], graph.inputs, graph.results),
    free: () => unloadGraph(loaded),
  };
}

/** How many compiled functions are kept, of about 2 MB each: more than a step of a training has. */
const KEPT = 96;
const kept = new Map<string, { readonly compiled: Compiled }>();

/** What `make` gave for this key. The functions that were used last are kept. */
export function compiledOnce<T extends { readonly compiled: Compiled }>(key: string, make: () => T): T {
  const found = (kept.get(key) as T | undefined) ?? make();
  // A Map has its keys in the order in which they were set.
  kept.delete(key);
  kept.set(key, found);
  if (kept.size > KEPT) {
    const [oldest] = kept.keys();
    kept.get(oldest)?.compiled.free();
    kept.delete(oldest);
  }
  return found;
}

let available: boolean | undefined;

/** Whether this TensorFlow has XLA: tried once. */
export function canCompile(): boolean {
  available ??= compiles();
  return available;
}

function compiles(): boolean {
  try {
    const twice = compile({ split: 1, shared: 0, rows: [1, 1] }, ([a]) => ({
      rows: [elementwise('AddV2', a, a)],
    }));
    try {
      return nativeScope(() => download(twice.run([upload(Float64Array.of(1, 2), [2])], [])[0])[1] === 4);
    } finally {
      twice.free();
    }
  } catch {
    return false;
  }
}
