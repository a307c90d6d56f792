// Needs: float64.ts, float64_checks.ts, float64_solvers.ts, linear_systems.ts, native_binding.ts,
//   native_cholesky.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// What a least-squares fit keeps of the rows that it has seen, [A f] with A `[n, m]` and f `[n, k]`: (m + k)² numbers,
// from which the x of the smallest |A·x − f| follows.
import { conditionNumber } from './float64';
import { factorDefinite, solveLeastSquares, solveRefined } from './linear_systems';
import {
  block,
  concat,
  download,
  linearAlgebra,
  matMul,
  type Native,
  nativeScope,
  toArray,
  upload,
} from './native_ops';

/** A symmetric product is made in so many parts, each from the diagonal on: 5/8 of the work. */
const PARTS = 4;

export interface RowSums {
  /** Some more rows: A `[rows, m]` and f `[rows, k]`. Inside a nativeScope, as all here but `condition`. */
  add(A: Native, f: Native): void;
  /** x `[m, k]`, and how much of it is rounding; undefined if the sums do not determine it. */
  solve(): { x: Native; correction: number } | undefined;
  /** The condition number of A, as far as the sums know it. */
  condition(): number;
}

/**
 * R of A = Q·R, and Qᵀf, by the QR of R on top of each block (Golub, Plemmons & Sameh 1988). Exact up to the condition of A
 * times rounding, 1e-16.
 */
export class TriangularFactor implements RowSums {
  private rows = 0;
  private values: Float64Array = new Float64Array(0);

  constructor(
    private readonly m: number,
    private readonly k: number,
  ) {}

  add(A: Native, f: Native): void {
    const more = concat([A, f], 1);
    const stack = this.rows === 0 ? more : concat([this.native(), more], 0);
    const [, R] = linearAlgebra('Qr', [stack], { full_matrices: false }, 2);
    this.rows = R.shape[0];
    this.values = download(R);
  }

  solve() {
    const { m, k } = this;
    const R = this.native();
    return solveLeastSquares(block(R, 0, m, 0, m), block(R, 0, m, m, k));
  }

  condition(): number {
    return conditionNumber(nativeScope(() => toArray(block(this.native(), 0, this.m, 0, this.m))));
  }

  private native = () => upload(this.values, [this.rows, this.m + this.k]);
}

/**
 * AᵀA and Aᵀf: the normal equations. In a fraction of the time, but the condition of AᵀA is that of A squared: nothing is
 * left at 1e8.
 */
export class GramMatrix implements RowSums {
  /** [A f]ᵀ[A f], of which the sums are made from the diagonal on. */
  private readonly values: Float64Array;

  constructor(
    private readonly m: number,
    private readonly k: number,
  ) {
    this.values = new Float64Array((m + k) ** 2);
  }

  add(A: Native, f: Native): void {
    const more = concat([A, f], 1);
    const [rows, size] = more.shape;
    const height = Math.ceil(size / PARTS);
    for (let first = 0; first < size; first += height) {
      const width = size - first;
      const own = Math.min(height, width);
      const columns = (count: number) => block(more, 0, rows, first, count);
      const sums = nativeScope(() => download(matMul(columns(own), columns(width), true)));
      for (let i = 0; i < own; i++)
        for (let j = 0, to = (first + i) * size + first; j < width; j++)
          this.values[to + j] += sums[i * width + j];
    }
  }

  solve() {
    return this.solveFor(this.part(this.m, this.k));
  }

  /** (AᵀA)⁻¹·b of b `[m, k]`. */
  solveFor(b: Native) {
    const G = this.part(0, this.m);
    const factor = factorDefinite(G);
    return factor && solveRefined(G, factor, b);
  }

  condition(): number {
    return Math.sqrt(
      conditionNumber(
        nativeScope(() => toArray(this.part(0, this.m))),
        true,
      ),
    );
  }

  /** Some columns of AᵀA and Aᵀf. */
  private part(column: number, columns: number): Native {
    const { m, k, values } = this;
    const size = m + k;
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) values[i * size + j] = values[j * size + i];
    return block(upload(values, [size, size]), 0, m, column, columns);
  }
}
