// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Cholesky's factor in blocks. TensorFlow's own is slow on large matrices, its matrix product is not.
import {
  block,
  concat,
  download,
  elementwise,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  upload,
} from './native_ops';

// Columns a block: the diagonal block is factored by TensorFlow, which is slow on large matrices, the rest is MatMul.
const COLUMNS = 192;

/** The lower triangular L of a = L·Lᵀ, native `[n, n]`. */
export function choleskyFactor(call: string, a: Native): Native {
  return nativeScope(() => {
    const columns = choleskyColumns(call, a);
    const padded = columns.map((c, i) => (i === 0 ? c : concat([zeros(i * COLUMNS, c.shape[1]), c], 0)));
    return concat(padded, 1);
  });
}

/** L in blocks of columns, left-looking: of each what is not above the diagonal, `[n − first, width]`. */
export function choleskyColumns(call: string, a: Native): Native[] {
  const n = a.shape[0];
  const columns: Native[] = [];
  for (let j = 0; j < n; j += COLUMNS) {
    const width = Math.min(COLUMNS, n - j);
    const below = n - j - width;
    const column = nativeScope(() => {
      let rest = block(a, j, n - j, j, width);
      if (j > 0) {
        // Everything left of this block column, its rows from j on: L[j:, :j]·L[j:j+width, :j]ᵀ is taken off.
        const left = concat(
          columns.map((c, i) => block(c, j - i * COLUMNS, n - j, 0, COLUMNS)),
          1,
        );
        rest = elementwise('Sub', rest, matMul(left, block(left, 0, width, 0, j), false, true));
      }
      const diagonal = pivots(call, j, block(rest, 0, width, 0, width));
      if (below === 0) return diagonal;
      const inverse = substitute(diagonal, identity(width), false);
      return concat([diagonal, matMul(block(rest, width, below, 0, width), inverse, false, true)], 0);
    });
    columns.push(column);
  }
  return columns;
}

/** The solution of L·Lᵀ·x = b, `[n, k]`: substitution by blocks, down and up again. */
export function choleskySolve(columns: Native[], b: Native): Native {
  return nativeScope(() => {
    const k = b.shape[1];
    const [parts, widths]: [Native[], number[]] = [[], columns.map(c => c.shape[1])];
    let rest = b;
    columns.forEach((c, i) => {
      const [width, below] = [widths[i], c.shape[0] - widths[i]];
      parts[i] = substitute(block(c, 0, width, 0, width), block(rest, 0, width, 0, k), false);
      if (below > 0)
        rest = elementwise(
          'Sub',
          block(rest, width, below, 0, k),
          matMul(block(c, width, below, 0, width), parts[i]),
        );
    });
    let x: Native | undefined;
    for (let i = columns.length - 1; i >= 0; i--) {
      const [c, width] = [columns[i], widths[i]];
      const right =
        x === undefined
          ? parts[i]
          : elementwise('Sub', parts[i], matMul(block(c, width, c.shape[0] - width, 0, width), x, true));
      const part = substitute(block(c, 0, width, 0, width), right, true);
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
