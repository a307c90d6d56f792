// Needs: native_binding.ts, native_ops.ts, npy_header.ts, npy_writer.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// NumPy's .npy files of float64, read and written a block of rows at a time, so that a file may be larger than memory.
// The packages of npm for this format hold a file whole.
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import ndarray from 'ndarray';
import { type F64, valuesOf } from './native_ops';
import { readHeader } from './npy_header';
import { BYTES, checkNumbers, createNpy, LARGEST_MOVE, product } from './npy_writer';

export { continueNpy, createNpy, type NpyWriter } from './npy_writer';

/** A file that is open for reading. */
export interface NpyReader {
  readonly shape: readonly number[];
  /** `count` rows from the `first` on, `[count, …]`, row-major, whichever order the file has. */
  read(first: number, count: number): F64;
  close(): void;
}

/**
 * Opens an .npy file of float64: versions 1 to 3 of the format, C or Fortran order. Throws a TypeError for another type of
 * numbers, and a RangeError for a file that is no .npy file or is shorter than its header says.
 */
export function openNpy(path: string): NpyReader {
  const call = `openNpy('${path}')`;
  const file = openSync(path, 'r');
  try {
    const { shape, fortran, start } = readHeader(call, file);
    const [rows, width] = [shape[0] ?? 1, product(shape.slice(1))];
    const [bytes, expected] = [fstatSync(file).size, start + BYTES * rows * width];
    if (bytes < expected)
      throw new RangeError(
        `${call}: the file is cut off: [${shape}] needs ${expected} bytes, it has ${bytes}`,
      );

    const read = (first: number, count: number): F64 => {
      if (
        !Number.isInteger(first) ||
        !Number.isInteger(count) ||
        first < 0 ||
        count < 0 ||
        first + count > rows
      )
        throw new RangeError(
          `${call}.read(first, count): rows ${first} to ${first + count - 1} must be among the ${rows} of the file`,
        );
      const values = new Float64Array(count * width);
      const into = (at: number, length: number, from: number) =>
        fill(call, file, values.subarray(at, at + length), start + BYTES * from);
      const ofBlock = [count, ...shape.slice(1)];
      if (!fortran) {
        into(0, values.length, first * width);
        return ndarray(values, ofBlock);
      }
      // Column after column: each index but the first is one.
      for (let column = 0; column < width; column++) into(column * count, count, column * rows + first);
      const stride = ofBlock.map((_, k) => product(ofBlock.slice(0, k)));
      return ndarray(valuesOf(ndarray(values, ofBlock, stride)), ofBlock);
    };
    return { shape, read, close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * The array of an .npy file, whole.
 *
 * @example
 * saveNpy('points.npy', halton(3, 2));
 * loadNpy('points.npy'); // [[0.5, 0.3333], [0.25, 0.6667], [0.75, 0.1111]]
 */
export function loadNpy(path: string): F64 {
  const reader = openNpy(path);
  try {
    const { data } = reader.read(0, reader.shape[0] ?? 1);
    return ndarray(data, [...reader.shape]);
  } finally {
    reader.close();
  }
}

/** Writes an array to an .npy file, which is there whole or not at all. */
export function saveNpy(path: string, a: F64): void {
  checkNumbers(`saveNpy('${path}', a)`, 'a', a);
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = createNpy(partial, a.shape);
    try {
      file.write(a);
      file.sync();
    } finally {
      file.close();
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Reads values from a place in the file until they are full. */
function fill(call: string, file: number, values: Float64Array, position: number): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let done = 0; done < bytes.length; ) {
    const length = Math.min(bytes.length - done, LARGEST_MOVE);
    const got = readSync(file, bytes, done, length, position + done);
    if (got === 0)
      throw new RangeError(`${call}: the file ends at byte ${position + done}; it was cut off meanwhile`);
    done += got;
  }
}
