// Needs: sparse_matrix.ts.
//
// A sparse approximate inverse GᵀG of a sparse symmetric positive definite matrix, to precondition conjugate gradients.
import { multiply, multiplyTransposed, type SparseMatrix } from './sparse_matrix';

/** Entries of a row of G, beside the diagonal: the work is the third power of it. */
const NEAREST = 32;

/**
 * The lower triangular G with GᵀG ≈ A⁻¹ (Kolotilina & Yeremin 1993): row i solves A[S, S]·g = e_i on the nearest S of its
 * neighbours that come before it. Every A[S, S] is positive definite, so that none of it can break down; for a kernel's matrix
 * it is Vecchia's approximation (1988), and leaves conjugate gradients some ten steps.
 */
export function sparseInverse(A: SparseMatrix, nearest = NEAREST): SparseMatrix {
  const n = A.starts.length - 1;
  const starts = new Uint32Array(n + 1);
  const columns = new Uint32Array(n * (nearest + 1));
  const values = new Float64Array(n * (nearest + 1));
  const place = new Int32Array(n).fill(-1);
  const matrix = new Float64Array((nearest + 1) ** 2);
  let end = 0;
  for (let i = 0; i < n; i++) {
    const chosen = [...before(A, i, nearest), i];
    chosen.forEach((j, k) => {
      place[j] = k;
    });
    gather(A, chosen, place, matrix);
    for (const j of chosen) place[j] = -1;
    const row = lastRow(matrix, chosen.length);
    // Rounding can take the last of their digits from nodes that almost coincide: then the node stands alone.
    const kept = row === undefined ? [i] : chosen;
    columns.set(kept, end);
    values.set(row ?? [1 / Math.sqrt(diagonal(A, i))], end);
    end += kept.length;
    starts[i + 1] = end;
  }
  return { starts, columns: columns.slice(0, end), values: values.slice(0, end) };
}

/** out = GᵀG·x. */
export function applyInverse(G: SparseMatrix): (x: Float64Array, out: Float64Array) => void {
  const half = new Float64Array(G.starts.length - 1);
  return (x, out) => {
    multiply(G, x, half);
    multiplyTransposed(G, half, out);
  };
}

/** The columns before i of row i with the largest entries, ascending. */
function before({ starts, columns, values }: SparseMatrix, i: number, most: number): number[] {
  const places: number[] = [];
  for (let p = starts[i]; p < starts[i + 1]; p++) if (columns[p] < i && values[p] !== 0) places.push(p);
  if (places.length > most) {
    places.sort((p, q) => Math.abs(values[q]) - Math.abs(values[p]));
    places.length = most;
    places.sort((p, q) => p - q);
  }
  return places.map(p => columns[p]);
}

/** The lower triangle of A[S, S], row-major in [size, size]. */
function gather(
  { starts, columns, values }: SparseMatrix,
  S: number[],
  place: Int32Array,
  out: Float64Array,
) {
  const size = S.length;
  out.fill(0, 0, size * size);
  S.forEach((j, k) => {
    for (let p = starts[j]; p < starts[j + 1]; p++) {
      const l = place[columns[p]];
      if (l >= 0 && l <= k) out[k * size + l] = values[p];
    }
  });
}

/** (A⁻¹)'s last row by Cholesky, which replaces A, over the root of its last entry; undefined if A is not positive definite. */
function lastRow(A: Float64Array, size: number): Float64Array | undefined {
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = A[i * size + j];
      for (let k = 0; k < j; k++) sum -= A[i * size + k] * A[j * size + k];
      if (i === j && !(sum > 0)) return undefined;
      A[i * size + j] = i === j ? Math.sqrt(sum) : sum / A[j * size + j];
    }
  // L·Lᵀ·g = e_last, over √g_last = 1/L_last: Lᵀ·g = e_last.
  const g = new Float64Array(size);
  g[size - 1] = 1;
  for (let i = size - 1; i >= 0; i--) {
    let sum = g[i];
    for (let k = i + 1; k < size; k++) sum -= A[k * size + i] * g[k];
    g[i] = sum / A[i * size + i];
  }
  return g;
}

function diagonal({ starts, columns, values }: SparseMatrix, i: number): number {
  for (let p = starts[i]; p < starts[i + 1]; p++) if (columns[p] === i) return values[p];
  return 0;
}
