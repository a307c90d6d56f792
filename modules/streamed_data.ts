// Needs: native_binding.ts, native_ops.ts, npy_files.ts, npy_header.ts, npy_writer.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Points and the values at them in two .npy files, read side by side.
import ndarray from 'ndarray';
import type { F64 } from './native_ops';
import { openNpy } from './npy_files';

export interface DataFiles {
  /** Path of an .npy file `[n, d]`. */
  points: string;
  /** Path of an .npy file `[n]`, or `[n, k]` for k functions at once. */
  values: string;
}

/** Both files, open. */
export interface Data {
  readonly n: number;
  readonly k: number;
  /** Whether the values are `[n]`. */
  readonly flat: boolean;
  /** Points `[count, d]` and values `[count, k]` from the `first` on; a RangeError where one is not finite. */
  read(first: number, count: number): { x: F64; f: F64 };
  close(): void;
}

/** Opens both; throws a RangeError if they do not belong together, or the points have not d columns. */
export function openData(call: string, { points, values }: DataFiles, d: number): Data {
  const xs = openNpy(points);
  let fs: typeof xs | undefined;
  try {
    const ofPoints = xs.shape;
    if (ofPoints.length !== 2 || ofPoints[0] === 0 || ofPoints[1] !== d)
      throw new RangeError(`${call}: points must be [n, ${d}], not empty, got [${ofPoints}]`);
    fs = openNpy(values);
    const [ofValues, open] = [fs.shape, fs];
    const n = ofPoints[0];
    if (ofValues[0] !== n || ofValues.length > 2 || ofValues[1] === 0)
      throw new RangeError(`${call}: values must be [${n}] or [${n}, k], one row a point, got [${ofValues}]`);
    const k = ofValues[1] ?? 1;
    return {
      n,
      k,
      flat: ofValues.length === 1,
      read: (first, count) => ({
        x: finiteRows(call, 'points', xs.read(first, count), first),
        f: finiteRows(call, 'values', ndarray(open.read(first, count).data, [count, k]), first),
      }),
      close: () => {
        xs.close();
        open.close();
      },
    };
  } catch (error) {
    xs.close();
    fs?.close();
    throw error;
  }
}

/** Rows of a file, from the `first` on, if all are finite. */
export function finiteRows(call: string, name: string, rows: F64, first: number): F64 {
  const at = rows.data.findIndex(v => !Number.isFinite(v));
  if (at < 0) return rows;
  const width = rows.shape[1];
  const row = Math.floor(at / width);
  const text = Array.from(rows.data.subarray(row * width, (row + 1) * width)).join(', ');
  throw new RangeError(`${call}: ${name}[${first + row}] must be finite, got (${text})`);
}
