// Needs: nothing else.
//
// Sparse matrices in compressed rows: of row i the columns and values are those from starts[i] to starts[i + 1].

/** A sparse matrix `[n, columns of it]`; with no values, which of its entries are not 0. */
export interface Pattern {
  /** `[n + 1]` */
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
}
export interface SparseMatrix extends Pattern {
  readonly values: Float64Array;
}

/** out = A·x. */
export function multiply(
  { starts, columns, values }: SparseMatrix,
  x: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0, p = 0; i < out.length; i++) {
    let sum = 0;
    for (const end = starts[i + 1]; p < end; p++) sum += values[p] * x[columns[p]];
    out[i] = sum;
  }
}

/** out = Aᵀ·x. */
export function multiplyTransposed(A: SparseMatrix, x: Float64Array, out: Float64Array): void {
  const { starts, columns, values } = A;
  out.fill(0);
  for (let i = 0, p = 0; i < x.length; i++)
    for (const [end, xi] = [starts[i + 1], x[i]]; p < end; p++) out[columns[p]] += values[p] * xi;
}
