// Needs: arithmetic.ts, kernel_table.ts, known_points.ts, native_binding.ts, native_ops.ts, operators.ts,
//   profile_limits.ts, radial_kernel.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts,
//   radii.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// What depends on the points of an evaluation: whether one is a center at which a derivative does not exist, and the
// coefficients that vary from one to the next.
import { KnownPoints, rowText } from './known_points';
import { type F64, valuesOf } from './native_ops';
import type { Coefficient } from './operators';
import type { RadialKernel } from './radial_kernel';

/** Throws a RangeError where a point is a center and the kernel is not smooth enough there. */
export function refuseCenters(call: string, kernel: RadialKernel, order: number, x: F64, centers: F64): void {
  if (order <= kernel.smoothness) return;
  const d = x.shape[1];
  const [points, nodes] = [valuesOf(x), valuesOf(centers)];
  const known = new KnownPoints(nodes, d);
  for (let j = 0; j < centers.shape[0]; j++) known.add(j);
  for (let i = 0; i < x.shape[0]; i++) {
    const j = known.find(points, i);
    if (j !== undefined)
      throw new RangeError(
        `${call}: ${kernel.name} is C^${kernel.smoothness} at its centers, so that a derivative of order ${order} ` +
          `does not exist there; x[${i}] = ${rowText(points.subarray(i * d, i * d + d))} is center ${j}`,
      );
  }
}

/** A coefficient at the points x, one value each. */
export function coefficientValues(call: string, a: Exclude<Coefficient, number>, x: F64): Float64Array {
  const n = x.shape[0];
  const given = typeof a === 'function' ? a(x) : a;
  const values = isArray(given) ? valuesOf(given) : Float64Array.from(given ?? []);
  if (values.length !== n)
    throw new RangeError(`${call}: a coefficient must give ${n} values, one a point, got ${values.length}`);
  if (!values.every(Number.isFinite)) throw new RangeError(`${call}: a coefficient must give finite numbers`);
  return values;
}

/** The product of coefficients at the points x, or null where there is none. */
export function productOf(call: string, coefficients: readonly Coefficient[], x: F64): Float64Array | null {
  let product: Float64Array | null = null;
  for (const a of coefficients) {
    const values = coefficientValues(call, a as Exclude<Coefficient, number>, x);
    product = product === null ? values : product.map((p, i) => p * values[i]);
  }
  return product;
}

const isArray = (a: unknown): a is F64 => a !== null && typeof a === 'object' && 'stride' in a;
