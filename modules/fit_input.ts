// Needs: arithmetic.ts, evaluation_checks.ts, float64.ts, float64_checks.ts, float64_solvers.ts,
//   kernel_registry.ts, kernel_table.ts, known_points.ts, native_binding.ts, native_cholesky.ts,
//   native_ops.ts, operators.ts, polynomial_terms.ts, polynomials.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, tensor_arithmetic.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// What is checked of nodes, values and kernels before a system is made of them. Errors name the row.
import ndarray from 'ndarray';
import { svd } from './float64';
import { isKernelFactory } from './kernel_registry';
import { KnownPoints, rowText } from './known_points';
import { type F64, valuesOf } from './native_ops';
import { type Polynomials, polynomialMatrix, polynomialsFor } from './polynomials';
import type { KernelFunction, RadialKernel } from './radial_kernel';
import { nameOfType } from './radii';

/** A copy of points `[n, d]`, row-major: not empty, finite, of d columns where d is given. */
export function checkedPoints(call: string, name: string, points: F64, d?: number): F64 {
  checkArray(call, name, points);
  const { shape } = points;
  if (shape.length !== 2 || points.size === 0 || (d !== undefined && shape[1] !== d))
    throw new RangeError(
      `${call}: ${name} must be [n, ${d ?? 'd'}], not empty, got [${shape}]` +
        (shape.length === 1 ? '; cartesianProd(x) makes [n, 1] of [n]' : ''),
    );
  checkRows(call, name, points);
  return ndarray(valuesOf(points).slice(), [...shape]);
}

/** Values at n points: `[n]` or `[n, k]`; a plain list counts as `[n]`. */
export type Values = F64 | readonly number[] | Float64Array;

/** Whether the values are `[n]`. */
export const isFlat = (values: Values): boolean => !('stride' in values) || values.shape.length === 1;

/** Values as a copy `[n, k]`. */
export function checkedValues(call: string, name: string, given: Values, n: number): F64 {
  const isList =
    given instanceof Float64Array || (Array.isArray(given) && given.every(v => typeof v === 'number'));
  const values = isList ? ndarray(Float64Array.from(given)) : (given as F64);
  checkArray(call, name, values);
  const { shape } = values;
  if (shape[0] !== n || shape.length > 2 || values.size === 0)
    throw new RangeError(`${call}: ${name} must be [${n}] or [${n}, k], one row a point, got [${shape}]`);
  checkRows(call, name, values);
  return ndarray(valuesOf(values).slice(), [n, shape[1] ?? 1]);
}

function checkArray(call: string, name: string, a: F64): void {
  if (!Array.isArray(a?.shape) || !(a.data instanceof Float64Array))
    throw new TypeError(`${call}: ${name} must be a float64 ndarray, got ${a?.dtype ?? nameOfType(a)}`);
}

function checkRows(call: string, name: string, a: F64): void {
  const values = valuesOf(a);
  const width = values.length / a.shape[0];
  const at = values.findIndex(v => !Number.isFinite(v));
  if (at < 0) return;
  const row = Math.floor(at / width);
  throw new RangeError(
    `${call}: ${name}[${row}] must be finite, got ${rowText(values.subarray(row * width, (row + 1) * width))}`,
  );
}

/** A kernel that has a profile. */
export function checkedKernel(call: string, kernel: KernelFunction): RadialKernel {
  if (typeof kernel === 'function' && 'row' in kernel) return kernel;
  const got = isKernelFactory(kernel)
    ? 'the function that makes kernels'
    : typeof kernel === 'function'
      ? 'a plain function, which has no profile'
      : nameOfType(kernel);
  throw new TypeError(`${call}: kernel must be a kernel such as gaussianKernel(5), got ${got}`);
}

/** Throws where two rows of points `[n, d]` are the same. */
export function refuseRepeats(call: string, name: string, points: F64): void {
  const d = points.shape[1];
  const known = new KnownPoints(points.data, d);
  for (let i = 0; i < points.shape[0]; i++) {
    const j = known.find(points.data, i);
    if (j !== undefined)
      throw new RangeError(
        `${call}: ${name}[${i}] is the same point as ${name}[${j}], ${rowText(points.data.subarray(i * d, i * d + d))}`,
      );
    known.add(i);
  }
}

/** The degree of the tail: as given, or the least that the kernel needs, its order of definiteness − 1. */
export function tailDegree(call: string, kernel: RadialKernel, degree: number | undefined): number {
  if (degree === undefined) return (kernel.row.order ?? 0) - 1;
  if (!(Number.isInteger(degree) && degree >= -1))
    throw new RangeError(`${call}: degree must be an integer from -1 on (-1: no polynomial), got ${degree}`);
  return degree;
}

/** A polynomial tail: its terms, and their values at the centers, `[m, q]`. */
export interface Tail {
  readonly polynomials: Polynomials;
  readonly P: F64;
}

/** The tail of a degree; throws where the centers do not tell its polynomials apart. */
export function tailFor(call: string, name: string, degree: number, centers: F64): Tail {
  const polynomials = polynomialsFor(degree, centers);
  const [[m, d], q] = [centers.shape, polynomials.terms.length];
  const need = `a polynomial of degree ${degree} in ${d} ${d === 1 ? 'variable' : 'variables'}`;
  if (m < q) throw new RangeError(`${call}: ${need} has ${q} terms and needs as many ${name}, got ${m}`);
  const P = polynomialMatrix(polynomials, centers);
  if (q > 0) {
    const { s } = svd(P);
    if (s.get(q - 1) < s.get(0) * m * Number.EPSILON)
      throw new RangeError(
        `${call}: the ${m} ${name} do not determine ${need}: ` +
          (degree === 1
            ? `they all lie on one ${d === 2 ? 'line' : 'plane'}`
            : `one of degree ${degree} or less is 0 at all of them`),
      );
  }
  return { polynomials, P };
}
