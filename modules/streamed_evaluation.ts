// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, graph_text.ts, kernel_table.ts,
//   known_points.ts, native_arithmetic.ts, native_binding.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, notebook_output.ts, npy_files.ts, npy_header.ts, npy_writer.ts,
//   operators.ts, partial_derivatives.ts, profile_limits.ts, progress_bar.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, small_evaluation.ts,
//   streamed_data.ts, streamed_note.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// An evaluation from file to file, a block of points at a time: more points than memory holds.
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync } from 'node:fs';
import { evaluate } from './evaluation';
import type { F64 } from './native_ops';
import { continueNpy, createNpy, type NpyReader, type NpyWriter, openNpy } from './npy_files';
import { identity, type Operator, type TensorOperator } from './operators';
import { progressBar } from './progress_bar';
import type { RadialKernel } from './radial_kernel';
import { finiteRows } from './streamed_data';
import { digestOf, readNote, writeNote } from './streamed_note';

/** Rows of a block, where they are not too long. */
const ROWS = 1 << 16;
/** Most numbers of a block of points and results: 32 MiB. */
const NUMBERS = 1 << 22;
/** What a killed run loses at most, beside its last block. */
const NOTE_MS = 200;

/** u = Σ_j w_j·φ(·, c_j), or a fit, which evaluates itself. */
export interface Expansion {
  readonly kernel: RadialKernel;
  /** `[m, d]` */
  readonly centers: F64;
  /** `[m, k]` */
  readonly weights: F64;
  evaluate?(x: F64, operator: Operator | TensorOperator): F64;
}

export interface FileEvaluationOptions {
  /** `{ kernel, centers, weights }`, or what interpolate, collocate, fitFiles or interpolateSparse gave. */
  of: Expansion;
  /** Path of an .npy file of points `[n, d]`. */
  input: string;
  /** Path of the .npy file that is to be written. */
  output: string;
  operator?: Operator | TensorOperator;
  /** What the progress bar says; without it none is drawn. */
  label?: string;
  /** Points that are evaluated at a time. */
  rows?: number;
}

/**
 * Writes Lu at the points of one .npy file into another: `[n, k]`, or `[n]` if u is of values `[n]`; for gradient and hessian
 * the axes `[d]` or `[d, d]` follow n. Memory does not grow with n.
 *
 * The output is there when all of it is: until then it is `OUTPUT.partial`, with a note of what it is made of. A run that
 * was killed goes on where it was when it is started again with the same u, operator, input (its size and time of change)
 * and rows, and writes the same bytes as if it had not been; otherwise it starts anew. `resumedAt` says at which row it
 * went on. An operator with a function in it, which cannot be compared, always starts anew.
 *
 * Throws where the input is not float64 `[n, d]` or is cut off, where it has a number that is not finite or is changed
 * meanwhile, and where another run took over the output.
 *
 * @example
 * const sites = halton(40, 2);
 * const surface = interpolate({ nodes: sites, values: franke.evaluate(identity, sites), kernel: gaussianKernel(3) });
 * saveNpy('points.npy', halton(1000, 2));
 * const written = await evaluateFile({ of: surface, input: 'points.npy', output: 'u.npy' });
 * written.shape; // [1000]
 */
export async function evaluateFile(
  options: FileEvaluationOptions,
): Promise<{ shape: number[]; resumedAt: number }> {
  const { of: u, operator = identity, input, output, label } = options;
  const call = `evaluateFile({ input: '${input}', … })`;
  const points = openNpy(input);
  let results: NpyWriter | undefined;
  try {
    const [n, d] = checkedShape(call, u, points);
    const at = (x: F64) => u.evaluate?.(x, operator) ?? evaluate(operator, u.kernel, x, u.centers, u.weights);
    const ofOne = at(finiteRows(call, 'input', points.read(0, 1), 0)).shape.slice(1);
    const shape = [n, ...ofOne];
    const rows = checkedRows(call, options.rows, d + ofOne.reduce((p, size) => p * size, 1));

    const [partial, noted, run] = [`${output}.partial`, `${output}.partial.json`, randomUUID()];
    const stamp = stampOf(input);
    const madeOf = digestOf([partsOf(u), operator, stamp, shape, rows]);
    const note = readNote(noted);
    let done = note?.madeOf === madeOf ? note.rows : 0;
    try {
      results = done > 0 ? continueNpy(partial, shape, done) : undefined;
    } catch {
      done = 0;
    }
    // A file of its own, not the one that another run may still have open.
    if (results === undefined) rmSync(partial, { force: true });
    results ??= createNpy(partial, shape);
    const resumedAt = done;
    writeNote(noted, { madeOf, rows: done, run });

    const bar = progressBar(n, label);
    let lastNote = Date.now();
    if (done > 0) await bar.update(done);
    while (done < n) {
      const count = Math.min(rows, n - done);
      results.write(
        ofRows(call, done, count, () => at(finiteRows(call, 'input', points.read(done, count), done))),
      );
      done += count;
      if (done === n || Date.now() - lastNote >= NOTE_MS) {
        results.sync();
        if (readNote(noted)?.run !== run) throw new Error(`${call}: another run writes '${output}'`);
        if (stampOf(input) !== stamp) throw new Error(`${call}: the input was changed while it was read`);
        writeNote(noted, { madeOf, rows: done, run });
        lastNote = Date.now();
      }
      await bar.update(done);
    }
    renameSync(partial, output);
    rmSync(noted, { force: true });
    return { shape, resumedAt };
  } finally {
    points.close();
    results?.close();
  }
}

/** f(), with the rows told where it throws: x[i] in its message is one of theirs. */
function ofRows<T>(call: string, first: number, count: number, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof RangeError && !error.message.startsWith(call))
      error.message = `${call}: among the rows from ${first} to ${first + count - 1}, ${error.message}`;
    throw error;
  }
}

/** All that the values of u depend on. */
const partsOf = ({ kernel, centers, weights, ...rest }: Expansion) => {
  const { polynomials, coefficients } = rest as { polynomials?: unknown; coefficients?: unknown };
  return { kernel, centers, weights, polynomials, coefficients };
};

/** Size and time of the last change. */
function stampOf(path: string): string {
  const { size, mtimeNs } = statSync(path, { bigint: true });
  return `${size} ${mtimeNs}`;
}

function checkedShape(call: string, u: Expansion, { shape }: NpyReader): readonly number[] {
  if (u?.centers?.shape?.length !== 2 || u.weights?.shape?.length !== 2 || typeof u.kernel !== 'function')
    throw new TypeError(`${call}: of must be { kernel, centers, weights } or a fit, got ${typeof u}`);
  const d = u.centers.shape[1];
  if (shape.length !== 2 || shape[0] === 0 || shape[1] !== d)
    throw new RangeError(`${call}: input must be [n, ${d}], not empty, got [${shape}]`);
  return shape;
}

function checkedRows(call: string, rows: number | undefined, width: number): number {
  if (rows === undefined) return Math.max(1, Math.min(ROWS, Math.floor(NUMBERS / width)));
  if (!Number.isInteger(rows) || rows < 1)
    throw new RangeError(`${call}: rows must be a positive integer, got ${rows}`);
  return rows;
}
