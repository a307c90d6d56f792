// Needs: nothing else.
//
// The header of NumPy's .npy files: what type, order and shape the numbers after it have.
import { readSync } from 'node:fs';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Data begin at a multiple of this. */
const ALIGNMENT = 64;
const LONGEST_HEADER = 1 << 20;

/** What a file that is open begins with; throws if it is no .npy file of float64. */
export function readHeader(call: string, file: number): { shape: number[]; fortran: boolean; start: number } {
  const refuse = (what: string): never => {
    throw new RangeError(`${call}: not an .npy file that can be read: ${what}`);
  };
  const front = Buffer.alloc(12);
  const got = readSync(file, front, 0, front.length, 0);
  if (!front.subarray(0, Math.min(got, MAGIC.length)).equals(MAGIC))
    refuse(
      `it must begin with \\x93NUMPY, got ${JSON.stringify(front.toString('latin1', 0, Math.min(got, 6)))}`,
    );
  if (got < front.length) refuse('its header is not there');
  const version = front[MAGIC.length];
  if (version < 1 || version > 3) refuse(`version must be 1, 2 or 3, got ${version}`);
  const [begin, length] = version === 1 ? [10, front.readUInt16LE(8)] : [12, front.readUInt32LE(8)];
  const header = Buffer.alloc(Math.min(length, LONGEST_HEADER));
  if (length > LONGEST_HEADER || readSync(file, header, 0, length, begin) < length)
    refuse(`its header of ${length} bytes is not there`);
  const text = header.toString(version === 3 ? 'utf8' : 'latin1');
  const type = /'descr':\s*(?:'([^']*)'|(\[.*\]))/s.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  const shape = /'shape':\s*\(([\d\sL,]*)\)/.exec(text);
  if (type === null || order === null || shape === null)
    return refuse(`its header lacks descr, fortran_order or shape: ${text.trim().slice(0, 200)}`);
  const descr = type[1] ?? type[2];
  if (descr !== '<f8')
    throw new TypeError(
      `${call}: dtype must be '<f8' (float64), got '${descr.slice(0, 60)}'; in Python a.astype('<f8') makes it so`,
    );
  return {
    shape: [...shape[1].matchAll(/\d+/g)].map(Number),
    fortran: order[1] === 'True',
    start: begin + length,
  };
}

/** The header of float64 numbers in C order, as NumPy pads it. */
export function headerOf(shape: readonly number[]): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT - (MAGIC.length + 4);
  const front = Buffer.from([1, 0, length % 256, length >> 8]);
  return Buffer.concat([MAGIC, front, Buffer.from(`${text.padEnd(length - 1)}\n`, 'latin1')]);
}
