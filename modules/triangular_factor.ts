// Needs: float64.ts, float64_checks.ts, float64_solvers.ts, linear_systems.ts, native_binding.ts,
//   native_cholesky.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
// What a least-squares fit keeps of the rows that it has seen, [A f] with A `[n, m]` and f `[n, k]`: R of A = Q·R, and Qᵀf.
import { conditionNumber } from './float64';
import { type Solution, solveLeastSquares, solveTriangular } from './linear_systems';
import { choleskyFactor } from './native_cholesky';
import {
  block,
  concat,
  diagonalOf,
  download,
  elementwise,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  toArray,
  transpose,
  upload,
} from './native_ops';

/** A symmetric product is made in so many parts, each from the diagonal on: 5/8 of the work. */
const PARTS = 4;
/** The largest |b|² of a column b of A·R⁻¹ with which an update by Cholesky loses three digits at most. */
const LARGEST = 1e3;

/**
 * R of rows that come block after block, right up to the condition of A times rounding, 1e-16.
 *
 * Householder's QR of R on top of a block A (Golub, Plemmons & Sameh 1988) is slow in TensorFlow. But [R; A] is [I; B]·R with
 * B = A·R⁻¹, which is small once R has seen rows like these, and then Cholesky's factor of I + BᵀB is all that is needed
 * (CholeskyQR, Yamamoto et al. 2015): the same digits in a third of the time.
 */
export class TriangularFactor {
  private rows = 0;
  private values: Float64Array = new Float64Array(0);

  constructor(
    private readonly m: number,
    private readonly k: number,
  ) {}

  /** Some more rows: A `[rows, m]` and f `[rows, k]`. Inside a nativeScope. */
  add(A: Native, f: Native): void {
    const both = this.byCholesky(A, f) ?? this.byHouseholder(A, f);
    [this.rows, this.values] = [both.shape[0], download(both)];
  }

  /** The x `[m, k]` of the smallest |A·x − f|. Inside a nativeScope. */
  solve(): Solution {
    return solveLeastSquares(...this.parts());
  }

  /** The condition number of A. */
  condition(): number {
    return conditionNumber(nativeScope(() => toArray(this.parts()[0])));
  }

  /** R and Qᵀf. */
  private parts(): [Native, Native] {
    const { m, k } = this;
    const both = this.upload();
    return [block(both, 0, m, 0, m), block(both, 0, m, m, k)];
  }

  private upload = () => upload(this.values, [this.rows, this.m + this.k]);

  private byHouseholder(A: Native, f: Native): Native {
    const more = concat([A, f], 1);
    const stack = this.rows === 0 ? more : concat([this.upload(), more], 0);
    return linearAlgebra('Qr', [stack], { full_matrices: false }, 2)[1];
  }

  private byCholesky(A: Native, f: Native): Native | undefined {
    if (this.rows < this.m) return undefined;
    const [R, Qf] = this.parts();
    if (diagonalOf(R).includes(0)) return undefined;
    const transposed = nativeScope(() => solveTransposed(R, transpose(A)));
    const gram = lowerProduct(transposed);
    const squares = diagonalOf(gram);
    if (!squares.every(square => square <= LARGEST)) return undefined;
    const ones = upload(
      squares.map(square => 1 + square),
      [this.m],
    );
    const L = choleskyFactor('', linearAlgebra('MatrixSetDiag', [gram, ones])[0]);
    const known = elementwise('AddV2', Qf, matMul(transposed, f));
    return concat([matMul(L, R, true), solveTriangular(L, known, true)], 1);
  }
}

/** R⁻ᵀ·b. */
const solveTransposed = (R: Native, b: Native) =>
  linearAlgebra('MatrixTriangularSolve', [R, b], { lower: false, adjoint: true })[0];

/** The lower triangle of a·aᵀ; above it stands some of it, and zeros. */
function lowerProduct(a: Native): Native {
  const [m, n] = a.shape;
  const height = Math.ceil(m / PARTS);
  const parts: Native[] = [];
  for (let first = 0; first < m; first += height) {
    const own = Math.min(height, m - first);
    parts.push(
      nativeScope(() => {
        const below = matMul(block(a, first, m - first, 0, n), block(a, first, own, 0, n), false, true);
        return first === 0 ? below : concat([upload(new Float64Array(first * own), [first, own]), below], 0);
      }),
    );
  }
  return concat(parts, 1);
}
