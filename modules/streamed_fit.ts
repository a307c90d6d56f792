// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, fit_input.ts, float64.ts,
//   float64_checks.ts, float64_solvers.ts, graph_text.ts, ill_conditioned.ts, interpolant.ts,
//   kernel_registry.ts, kernel_table.ts, known_points.ts, linear_systems.ts, moment_conditions.ts,
//   native_arithmetic.ts, native_binding.ts, native_cholesky.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, notebook_output.ts, npy_files.ts, npy_header.ts, npy_writer.ts,
//   operators.ts, partial_derivatives.ts, polynomial_terms.ts, polynomials.ts, profile_limits.ts,
//   progress_bar.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts,
//   radii.ts, small_evaluation.ts, streamed_data.ts, tensor_arithmetic.ts, triangular_factor.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// Least squares over files, a block of points at a time: more points than memory holds.
import ndarray from 'ndarray';
import { evaluate } from './evaluation';
import { checkedKernel, checkedPoints, refuseRepeats, type Tail, tailDegree, tailFor } from './fit_input';
import { warnIllConditioned } from './ill_conditioned';
import { Interpolant } from './interpolant';
import { MomentConditions } from './moment_conditions';
import {
  block,
  concat,
  download,
  type F64,
  fromArray,
  type Native,
  nativeScope,
  toArray,
  upload,
} from './native_ops';
import { identity } from './operators';
import { polynomialMatrix } from './polynomials';
import { progressBar } from './progress_bar';
import type { RadialKernel } from './radial_kernel';
import { type DataFiles, openData } from './streamed_data';
import { TriangularFactor } from './triangular_factor';

/** Numbers of a block [rows, m]: 32 MiB. */
const NUMBERS = 1 << 22;

export interface FileFitOptions extends DataFiles {
  /** `[m, d]`, no more than there are points. */
  centers: F64;
  kernel: RadialKernel;
  /** Of the polynomial tail, −1 for none. By default the least that the kernel needs. */
  degree?: number;
  /** What the progress bar says; without it none is drawn. */
  label?: string;
}

/**
 * u(x) = Σ_j w_j·φ(x, c_j) + p(x) of the smallest Σ_i (u(x_i) − f_i)², as collocate finds it of the condition u = f, but with
 * points and values in .npy files. Memory does not grow with n: it is that of a few [m, m] matrices and a block.
 *
 * The matrix `[n, m]` is taken apart by Q·R block after block, right as far as its condition κ allows, κ·1e-16, in time n·m².
 * Points in a random order are fitted up to three times as fast as points of which a block lies where none was before. The
 * files are read twice: for the fit and for its residual.
 *
 * @example
 * saveNpy('points.npy', halton(1000, 2));
 * saveNpy('values.npy', franke.evaluate(identity, halton(1000, 2)));
 * const fitted = await fitFiles({
 *   points: 'points.npy',
 *   values: 'values.npy',
 *   centers: halton(40, 2),
 *   kernel: gaussianKernel(4),
 * });
 * fitted.residual < 0.1; // true
 */
export async function fitFiles(options: FileFitOptions): Promise<Interpolant> {
  const call = 'fitFiles({ … })';
  const kernel = checkedKernel(call, options.kernel);
  const centers = checkedPoints(call, 'centers', options.centers);
  refuseRepeats(call, 'centers', centers);
  const tail = tailFor(call, 'centers', tailDegree(call, kernel, options.degree), centers);
  const [m, d] = centers.shape;
  const data = openData(call, options, d);
  try {
    const { n, k, flat } = data;
    if (n < m) throw new RangeError(`${call}: needs as many points as centers, ${m}, got ${n}`);
    const rows = Math.max(Math.ceil(NUMBERS / m), 4 * (m + k));
    const bar = progressBar(2 * n, options.label);
    const pass = async (visit: (x: F64, f: F64) => void) => {
      for (let first = 0; first < n; first += rows) {
        const count = Math.min(rows, n - first);
        const { x, f } = data.read(first, count);
        nativeScope(() => visit(x, f));
        await bar.tick(count);
      }
    };

    const factor = new TriangularFactor(m, k);
    await pass((x, f) => factor.add(systemAt(kernel, centers, tail, x), fromArray(f)));
    const found = new Float64Array(m * k);
    const correction = nativeScope(() => {
      const solution = factor.solve();
      found.set(download(solution.x));
      return solution.correction;
    });
    warnIllConditioned(call, correction);

    const parts = {
      ...expansionOf(tail, found, k),
      kernel,
      centers,
      polynomials: tail.polynomials,
      flat,
      method: 'least squares' as const,
      condition: () => factor.condition(),
    };
    const u = new Interpolant({ ...parts, residual: Number.NaN });
    let [miss, most] = [0, 0];
    await pass((x, f) => {
      const { data: values } = u.evaluate(x);
      for (let i = 0; i < values.length; i++) {
        miss = Math.max(miss, Math.abs(values[i] - f.data[i]));
        most = Math.max(most, Math.abs(f.data[i]));
      }
    });
    return new Interpolant({ ...parts, residual: miss / (most || 1) });
  } finally {
    data.close();
  }
}

/** [Φ·Z, P] at points x, `[n, m]`: its unknowns are the weights that the tail leaves free, and the tail's coefficients. */
function systemAt(kernel: RadialKernel, centers: F64, { polynomials, P }: Tail, x: F64): Native {
  const [m, q] = P.shape;
  const Phi = fromArray(evaluate(identity, kernel, x, centers));
  if (q === 0) return Phi;
  const free = block(new MomentConditions(P).right(Phi), 0, x.shape[0], q, m - q);
  return concat([free, fromArray(polynomialMatrix(polynomials, x))], 1);
}

/** Weights and coefficients of the solution `[m, k]`. */
function expansionOf({ P }: Tail, found: Float64Array, k: number): { weights: F64; coefficients: F64 } {
  const [m, q] = P.shape;
  const coefficients = ndarray(found.slice((m - q) * k), [q, k]);
  if (q === 0) return { weights: ndarray(found, [m, k]), coefficients };
  const padded = new Float64Array(m * k);
  padded.set(found.subarray(0, (m - q) * k), q * k);
  const weights = nativeScope(() => toArray(new MomentConditions(P).back(upload(padded, [m, k]))));
  return { weights, coefficients };
}
