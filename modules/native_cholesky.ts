// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Cholesky's factor in blocks. TensorFlow's own is slow on large matrices, its matrix product is not.
import {
  block,
  concat,
  diagonalOf,
  elementwise,
  free,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  split,
  upload,
} from './native_ops';

// Columns a block: the diagonal block is factored by TensorFlow, which is slow on large matrices, the rest is MatMul.
const COLUMNS = 192;

/** What gives the x of A·x = b, `[n, k]`, for a matrix that has been taken apart. */
export type Solver = (b: Native) => Native;
/** Takes a symmetric positive definite a `[n, n]` apart. Throws a RangeError, beginning with the call, where it is not that. */
export type Cholesky = (call: string, a: Native) => Solver;

let elsewhere: Cholesky | null = null;

/** Has choleskySolver done by another library, or by TensorFlow again: null. */
export function setCholesky(other: Cholesky | null): void {
  elsewhere = other;
}

/** The solver of a, which is symmetric and positive definite. It lives as long as the scope around. */
export function choleskySolver(call: string, a: Native): Solver {
  if (elsewhere !== null) return elsewhere(call, a);
  const columns = choleskyColumns(call, a);
  return b => choleskySolve(columns, b);
}

/** A block of columns of L: the block on the diagonal, and what is below it, null in the last one. */
interface BlockColumn {
  readonly diagonal: Native;
  readonly below: Native | null;
}

/** The lower triangular L of a = L·Lᵀ, native `[n, n]`. */
export function choleskyFactor(call: string, a: Native): Native {
  return nativeScope(() => {
    const columns = choleskyColumns(call, a).map(({ diagonal, below }, i) =>
      concat(
        [...(i > 0 ? [zeros(i * COLUMNS, diagonal.shape[0])] : []), diagonal, ...(below ? [below] : [])],
        0,
      ),
    );
    return concat(columns, 1);
  });
}

/** L in blocks of columns, left-looking; they live as long as the scope around. */
function choleskyColumns(call: string, a: Native): BlockColumn[] {
  const n = a.shape[0];
  const columns: BlockColumn[] = [];
  /** L[j:, :j], what is to be taken off the block column at j and those behind it. */
  let left: Native | null = null;
  let unit: Native | null = null;
  for (let j = 0; j < n; j += COLUMNS) {
    const width = Math.min(COLUMNS, n - j);
    let rest = block(a, j, n - j, j, width);
    let leftBelow: Native | null = null;
    if (left !== null) {
      const [top, under]: Native[] = split(left, width);
      const product: Native = matMul(left, top, false, true);
      const remainder = elementwise('Sub', rest, product);
      for (const used of [rest, top, product]) free(used);
      // The first one is a block column of the result.
      if (j > COLUMNS) free(left);
      [rest, leftBelow] = [remainder, under];
    }
    if (j + width === n) {
      columns.push({ diagonal: pivots(call, j, rest), below: null });
      break;
    }
    const [corner, lower] = split(rest, width);
    const diagonal = pivots(call, j, corner);
    unit ??= identity(COLUMNS);
    const inverse = substitute(diagonal, unit, false);
    const below = matMul(lower, inverse, false, true);
    for (const used of [rest, corner, lower, inverse]) free(used);
    left = leftBelow === null ? below : concat([leftBelow, below], 1);
    if (leftBelow !== null) free(leftBelow);
    columns.push({ diagonal, below });
  }
  return columns;
}

/** The solution of L·Lᵀ·x = b, `[n, k]`: substitution by blocks, down and up again. */
function choleskySolve(columns: BlockColumn[], b: Native): Native {
  return nativeScope(() => {
    const parts: Native[] = [];
    let rest = b;
    columns.forEach(({ diagonal, below }, i) => {
      const [top, under] = below ? split(rest, diagonal.shape[0]) : [rest];
      parts[i] = substitute(diagonal, top, false);
      if (below) rest = elementwise('Sub', under, matMul(below, parts[i]));
    });
    let x: Native | undefined;
    for (let i = columns.length - 1; i >= 0; i--) {
      const { diagonal, below } = columns[i];
      const right = below && x ? elementwise('Sub', parts[i], matMul(below, x, true)) : parts[i];
      const part = substitute(diagonal, right, true);
      x = x === undefined ? part : concat([part, x], 0);
    }
    return x as Native;
  });
}

const substitute = (L: Native, b: Native, adjoint: boolean) =>
  linearAlgebra('MatrixTriangularSolve', [L, b], { lower: true, adjoint })[0];

/** TensorFlow's Cholesky of a diagonal block. It fails without a word, by NaN or a diagonal that is not positive. */
function pivots(call: string, row: number, a: Native): Native {
  const fail = () => {
    throw new RangeError(
      `${call}: A is not positive definite (the pivot fails in rows ${row} to ${row + a.shape[0] - 1})`,
    );
  };
  let L = a;
  try {
    [L] = linearAlgebra('Cholesky', [a]);
  } catch {
    fail();
  }
  if (!diagonalOf(L).every(isPivot)) fail();
  return L;
}

/** What is not finite in a row of L goes into the pivot at its end, and is seen there. */
export const isPivot = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY;

const zeros = (rows: number, columns: number) => upload(new Float64Array(rows * columns), [rows, columns]);

function identity(n: number): Native {
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return upload(values, [n, n]);
}
