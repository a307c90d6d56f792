// Needs: native_binding.ts, native_ops.ts, npy_header.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Writing NumPy's .npy files of float64, rows after rows.
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { type F64, valuesOf } from './native_ops';
import { headerOf } from './npy_header';

export const BYTES = Float64Array.BYTES_PER_ELEMENT;
/** One call of the operating system moves less than 2 GiB. */
export const LARGEST_MOVE = 1 << 30;

/** A file that is open for writing its rows one after the other. */
export interface NpyWriter {
  readonly shape: readonly number[];
  /** Some more rows, `[count, …]`. */
  write(rows: F64): void;
  /** Returns when what was written is on the disk. */
  sync(): void;
  /** A file that lacks rows then cannot be read: openNpy says that it is cut off. */
  close(): void;
}

/** Begins an .npy file of float64 in C order, of this shape; what was there before is lost. */
export function createNpy(path: string, shape: readonly number[]): NpyWriter {
  checkShape(`createNpy('${path}', shape)`, shape);
  const header = headerOf(shape);
  return writer(path, 'w', shape, header, 0);
}

/** Opens a file that createNpy began, of which the first `rows` rows are kept and the rest is written again. */
export function continueNpy(path: string, shape: readonly number[], rows: number): NpyWriter {
  const call = `continueNpy('${path}', shape, rows)`;
  checkShape(call, shape);
  const all = shape[0] ?? 1;
  if (!Number.isInteger(rows) || rows < 0 || rows > all)
    throw new RangeError(`${call}: rows must be an integer from 0 to ${all}, got ${rows}`);
  const header = headerOf(shape);
  const file = openSync(path, 'r');
  try {
    const found = Buffer.alloc(header.length);
    const whole = readSync(file, found, 0, found.length, 0) === found.length && found.equals(header);
    const needed = header.length + BYTES * rows * product(shape.slice(1));
    if (!whole || fstatSync(file).size < needed)
      throw new RangeError(`${call}: the file does not hold ${rows} rows of [${shape}]`);
  } finally {
    closeSync(file);
  }
  return writer(path, 'r+', shape, header, rows);
}

function writer(
  path: string,
  flags: string,
  shape: readonly number[],
  header: Buffer,
  rows: number,
): NpyWriter {
  const rest = shape.slice(1);
  const [all, width] = [shape[0] ?? 1, product(rest)];
  const file = openSync(path, flags);
  let done = rows;
  const position = () => header.length + BYTES * done * width;
  if (rows === 0) put(file, header, 0);
  ftruncateSync(file, position());

  const write = (a: F64): void => {
    checkNumbers(`npy.write(rows) into '${path}'`, 'rows', a);
    const count = shape.length === 0 ? 1 : a.shape[0];
    if (a.shape.slice(1).join() !== rest.join() || done + count > all)
      throw new RangeError(
        `npy.write(rows) into '${path}': rows must be [${[`≤ ${all - done}`, ...rest]}], got [${a.shape}]`,
      );
    const { buffer, byteOffset, byteLength } = valuesOf(a);
    put(file, Buffer.from(buffer, byteOffset, byteLength), position());
    done += count;
  };
  return { shape, write, sync: () => fsyncSync(file), close: () => closeSync(file) };
}

function put(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, LARGEST_MOVE), position + done);
}

/** Throws unless it is a float64 ndarray. */
export function checkNumbers(call: string, name: string, a: F64): void {
  if (!Array.isArray(a?.shape) || !Array.isArray(a.stride) || !(a.data instanceof Float64Array))
    throw new TypeError(`${call}: ${name} must be a float64 ndarray, got ${a?.dtype ?? typeof a}`);
}

function checkShape(call: string, shape: readonly number[]): void {
  if (!Array.isArray(shape) || !shape.every(size => Number.isSafeInteger(size) && size >= 0))
    throw new RangeError(`${call}: shape must be integers ≥ 0, got ${JSON.stringify(shape)}`);
}

export const product = (sizes: readonly number[]) => sizes.reduce((p, size) => p * size, 1);
