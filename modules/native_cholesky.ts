// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Cholesky's factor in blocks. TensorFlow's own is slow on large matrices, its matrix product is not.
import {
  block,
  concat,
  download,
  elementwise,
  free,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  upload,
} from './native_ops';

// Columns a block: the diagonal block is factored by TensorFlow, which is slow on large matrices, the rest is MatMul.
const COLUMNS = 192;

/** A block of columns of L: the block on the diagonal, and what is below it, null in the last one. */
export interface BlockColumn {
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
export function choleskyColumns(call: string, a: Native): BlockColumn[] {
  const n = a.shape[0];
  const columns: BlockColumn[] = [];
  /** L[j:, :j], what is to be taken off the block column at j and those behind it. */
  let left: Native | null = null;
  for (let j = 0; j < n; j += COLUMNS) {
    const width = Math.min(COLUMNS, n - j);
    const under = n - j - width;
    let rest = block(a, j, n - j, j, width);
    if (left !== null) {
      const [whole, top] = [rest, block(left, 0, width, 0, j)];
      const product = matMul(left, top, false, true);
      rest = elementwise('Sub', whole, product);
      for (const used of [whole, top, product]) free(used);
    }
    const corner = block(rest, 0, width, 0, width);
    const diagonal = pivots(call, j, corner);
    free(corner);
    let below: Native | null = null;
    if (under > 0) {
      const [unit, lower] = [identity(width), block(rest, width, under, 0, width)];
      const inverse = substitute(diagonal, unit, false);
      below = matMul(lower, inverse, false, true);
      for (const used of [unit, lower, inverse]) free(used);
      const before: Native | null = left;
      const kept: Native | null = before === null ? null : block(before, width, under, 0, j);
      left = kept === null ? below : concat([kept, below], 1);
      if (kept !== null) free(kept);
      if (before !== null && j > COLUMNS) free(before);
    }
    free(rest);
    columns.push({ diagonal, below });
  }
  return columns;
}

/** The solution of L·Lᵀ·x = b, `[n, k]`: substitution by blocks, down and up again. */
export function choleskySolve(columns: BlockColumn[], b: Native): Native {
  return nativeScope(() => {
    const k = b.shape[1];
    const parts: Native[] = [];
    let rest = b;
    columns.forEach(({ diagonal, below }, i) => {
      const width = diagonal.shape[0];
      parts[i] = substitute(diagonal, below ? block(rest, 0, width, 0, k) : rest, false);
      if (below) rest = elementwise('Sub', block(rest, width, below.shape[0], 0, k), matMul(below, parts[i]));
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
  const [values, n] = [download(L), a.shape[0]];
  for (let i = 0; i < n; i++) if (!(values[i * n + i] > 0)) fail();
  if (!values.every(Number.isFinite)) fail();
  return L;
}

const zeros = (rows: number, columns: number) => upload(new Float64Array(rows * columns), [rows, columns]);

function identity(n: number): Native {
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = 1;
  return upload(values, [n, n]);
}
