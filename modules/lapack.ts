// Needs: native_binding.ts, native_cholesky.ts, native_ops.ts; npm: @tensorflow/tfjs-node, koffi, ndarray.
//
// Cholesky by a LAPACK on this machine, as SciPy has it, in place of TensorFlow's products of matrices.
import * as koffi from 'koffi';
import { isPivot, type Solver, setCholesky } from './native_cholesky';
import { download, type Native, nativeScope, transpose, upload } from './native_ops';

/** How LAPACK's functions are called, and their whole numbers: OpenBLAS as SciPy ships it, and as others do. */
const NAMES = [
  { prefix: 'scipy_', suffix: '_64_', int: 'int64_t' },
  { prefix: '', suffix: '_64_', int: 'int64_t' },
  { prefix: 'scipy_', suffix: '_', int: 'int32_t' },
  { prefix: '', suffix: '_', int: 'int32_t' },
];

/**
 * Has the Cholesky of interpolate, collocate and solveSymmetric done by this LAPACK: a file such as libopenblas.so, or null
 * for TensorFlow again.
 *
 * It is about twice as fast at 1000 unknowns, where TensorFlow's products are of narrow blocks and do without fused
 * multiplications. The last digits differ, from one processor to the next too. NumPy brings a library along:
 *
 *     python -c "import glob, numpy; print(glob.glob(numpy.__path__[0] + '.libs/*openblas*'))"
 *
 * Throws where the file is no library, or one without LAPACK.
 */
export function setLapack(library: string | null): void {
  const call = 'setLapack(library)';
  if (library === null) {
    setCholesky(null);
    return;
  }
  if (typeof library !== 'string')
    throw new TypeError(`${call}: library must be a file or null, got ${typeof library}`);
  const { factor, solve } = functionsOf(call, library);
  setCholesky((caller, a) => {
    const n = a.shape[0];
    // By columns, as LAPACK reads them, the lower triangle is the upper one.
    const values = download(a);
    const failed = factor(n, values);
    const pivots = Array.from({ length: n }, (_, i) => values[i * (n + 1)]);
    if (failed > 0 || !pivots.every(isPivot))
      throw new RangeError(
        `${caller}: A is not positive definite${failed > 0 ? ` (the pivot fails in row ${failed - 1})` : ''}`,
      );
    return byColumns((b, k) => solve(n, k, values, b));
  });
}

/** A solver of what works in place on an array of columns. */
function byColumns(solve: (b: Float64Array, k: number) => void): Solver {
  return b =>
    nativeScope(() => {
      const [n, k] = b.shape;
      const turn = (a: Native) => (k === 1 ? a : transpose(a));
      const values = download(turn(b));
      solve(values, k);
      return turn(upload(values, k === 1 ? [n, 1] : [k, n]));
    });
}

function functionsOf(call: string, file: string) {
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(file);
  } catch (error) {
    throw new Error(`${call}: ${file} is no library that can be loaded (${(error as Error).message})`);
  }
  for (const { prefix, suffix, int } of NAMES) {
    const bound = (name: string, parameters: string) => {
      try {
        return library.func(`void ${prefix}${name}${suffix}(${parameters.replaceAll('int', int)})`);
      } catch {
        return undefined;
      }
    };
    const potrf = bound('dpotrf', 'const char *, const int *, double *, const int *, _Out_ int *');
    const potrs = bound(
      'dpotrs',
      'const char *, const int *, const int *, const double *, const int *, double *, const int *, _Out_ int *',
    );
    if (potrf && potrs)
      return {
        factor(n: number, a: Float64Array): number {
          const info = [0];
          potrf('U', [n], a, [n], info);
          return info[0];
        },
        solve(n: number, k: number, a: Float64Array, b: Float64Array): void {
          potrs('U', [n], [k], a, [n], b, [n], [0]);
        },
      };
  }
  throw new Error(
    `${call}: ${file} has no LAPACK: neither ${NAMES.map(({ prefix, suffix }) => `${prefix}dpotrf${suffix}`).join(' nor ')}`,
  );
}
