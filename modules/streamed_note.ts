// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The note beside a half-written file: what the file is made of, and how much of it is there. A run that is started again
// goes on only if it would write the very same file.
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Tensor } from '@tensorflow/tfjs-node';
import { type F64, valuesOf } from './native_ops';

export interface Note {
  /** A digest of all that the file depends on. */
  readonly madeOf: string;
  /** So many rows are on the disk. */
  readonly rows: number;
  /** The run that is writing: another one that takes over puts its own name here. */
  readonly run: string;
}

/** The note of a file, or null where there is none that is whole. */
export function readNote(path: string): Note | null {
  try {
    const { madeOf, rows, run } = JSON.parse(readFileSync(path, 'utf8'));
    return typeof madeOf === 'string' && Number.isSafeInteger(rows) && rows >= 0
      ? { madeOf, rows, run }
      : null;
  } catch {
    return null;
  }
}

/** Writes the note in one step: at every moment it is the old one or the new one. */
export function writeNote(path: string, note: Note): void {
  const next = `${path}.${note.run}`;
  try {
    writeFileSync(next, JSON.stringify(note), { flush: true });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/**
 * SHA-256 of numbers, texts, arrays, kernels and what is made of them. A function other than a kernel cannot be compared
 * with another: then no two digests are equal.
 */
export function digestOf(value: unknown): string {
  const hash = createHash('sha256');
  feed(hash, value);
  return hash.digest('hex');
}

function feed(hash: Hash, value: unknown): void {
  if (value instanceof Tensor) feed(hash, [value.shape, value.dataSync()]);
  else if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength} `);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (isArray(value)) feed(hash, [value.shape, valuesOf(value)]);
  else if (typeof value === 'function') {
    const { name, row, shape } = value as { name: string; row?: object; shape?: unknown };
    feed(hash, row === undefined ? randomUUID() : { name, row, shape });
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    hash.update(`${entries.length}{`);
    for (const [key, item] of entries) {
      hash.update(`${JSON.stringify(key)}:`);
      feed(hash, item);
    }
  } else hash.update(`${typeof value} ${JSON.stringify(String(value))} `);
}

const isArray = (value: unknown): value is F64 =>
  typeof value === 'object' && value !== null && 'stride' in value && 'data' in value;
