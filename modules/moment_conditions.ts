// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// The weights that a polynomial tail leaves free: those with Σ_j w_j·p(c_j) = 0 for all its polynomials p.
//
// Householder's P = Q·[R; 0] of the polynomials at the centers, `[m, q]`: the last m − q columns of Q, Z, span these
// weights. Q = I − Y·T·Yᵀ is never made.
import ndarray from 'ndarray';
import { elementwise, type F64, matMul, type Native, nativeScope, upload } from './native_ops';

export class MomentConditions {
  /** Upper triangular `[q, q]`. */
  readonly R: F64;
  private readonly Y: Native;
  private readonly T: Native;

  /** Of P `[m, q]`, m ≥ q ≥ 1, inside a nativeScope. */
  constructor(P: F64) {
    const [m, q] = P.shape;
    const { R, Y, T } = householder(P);
    this.R = ndarray(R, [q, q]);
    this.Y = upload(Y, [m, q]);
    this.T = upload(T, [q, q]);
  }

  /** A·Q of A `[n, m]`. */
  right(A: Native): Native {
    return nativeScope(() =>
      elementwise('Sub', A, matMul(matMul(matMul(A, this.Y), this.T), this.Y, false, true)),
    );
  }

  /** Qᵀ·A of A `[m, k]`. */
  left(A: Native): Native {
    return this.reflect(A, true);
  }

  /** Q·A of A `[m, k]`. */
  back(A: Native): Native {
    return this.reflect(A, false);
  }

  private reflect(A: Native, transposed: boolean): Native {
    return nativeScope(() =>
      elementwise('Sub', A, matMul(this.Y, matMul(this.T, matMul(this.Y, A, true), transposed))),
    );
  }
}

/** R, and Q = I − Y·T·Yᵀ in the compact form of Schreiber and Van Loan (1989). */
function householder(P: F64) {
  const [m, q] = P.shape;
  const A = Float64Array.from({ length: m * q }, (_, at) => P.get(Math.floor(at / q), at % q));
  const [R, Y, T] = [new Float64Array(q * q), new Float64Array(m * q), new Float64Array(q * q)];
  for (let j = 0; j < q; j++) {
    let norm = 0;
    for (let i = j; i < m; i++) norm = Math.hypot(norm, A[i * q + j]);
    const head = A[j * q + j] > 0 ? -norm : norm;
    // y = x − head·e, Q_j = I − τ·y·yᵀ with τ = 2/(yᵀy).
    let square = 0;
    for (let i = j; i < m; i++) {
      Y[i * q + j] = A[i * q + j] - (i === j ? head : 0);
      square += Y[i * q + j] ** 2;
    }
    const tau = square === 0 ? 0 : 2 / square;
    for (let l = j; l < q; l++) {
      let dot = 0;
      for (let i = j; i < m; i++) dot += Y[i * q + j] * A[i * q + l];
      for (let i = j; i < m; i++) A[i * q + l] -= tau * dot * Y[i * q + j];
      R[j * q + l] = l === j ? head : A[j * q + l];
    }
    // The new column of T is −τ·T·(Yᵀy) above the diagonal.
    const dots = new Float64Array(j);
    for (let l = 0; l < j; l++) for (let i = j; i < m; i++) dots[l] += Y[i * q + l] * Y[i * q + j];
    for (let i = 0; i < j; i++) for (let l = i; l < j; l++) T[i * q + j] -= tau * T[i * q + l] * dots[l];
    T[j * q + j] = tau;
  }
  return { R, Y, T };
}
