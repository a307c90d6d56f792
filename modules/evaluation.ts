// Needs: arithmetic.ts, compiled_arithmetic.ts, compiled_evaluation.ts, evaluation_checks.ts,
//   evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, graph_text.ts, kernel_table.ts,
//   known_points.ts, native_arithmetic.ts, native_binding.ts, native_evaluation.ts, native_graph.ts,
//   native_ops.ts, native_sums.ts, operators.ts, partial_derivatives.ts, profile_limits.ts, radial_kernel.ts,
//   radial_matrix.ts, radial_op.ts, radial_profiles.ts, radial_terms.ts, radii.ts, small_evaluation.ts,
//   tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Operators on kernels in float64: ndarrays in, ndarrays out.
import { Tensor } from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { evaluateCompiled } from './compiled_evaluation';
import { productOf, refuseCenters } from './evaluation_checks';
import { type Plan, planOf } from './evaluation_plan';
import { evaluateNatively } from './native_evaluation';
import { canCompile } from './native_graph';
import { type F64, valuesOf } from './native_ops';
import { componentsOf, gradient, hessian, type Operator, type TensorOperator } from './operators';
import type { KernelFunction, RadialKernel } from './radial_kernel';
import { evaluateSmall } from './small_evaluation';

/** Up to so many pairs of point and center plain numbers are faster than a call of TensorFlow. */
const SMALL = 2048;
/** From so many on compiling pays. */
const LARGE = 1 << 23;
const NONE: never[] = [];

/**
 * Lφ(x_i, c_j), `[n, m]`, of points x `[n, d]` and centers `[m, d]`; with weights `[m, k]` their sums
 * Σ_j Lφ(x_i, c_j)·w_jk, `[n, k]`, without ever holding an `[n, m]` matrix whole. For gradient and hessian the axes `[d]` or
 * `[d, d]` follow n. Throws a RangeError where a point meets a center at which the derivative does not exist.
 *
 * @example
 * const origin = ndarray(new Float64Array(2), [1, 2]);
 * evaluate(laplacian, gaussianKernel(1), origin, origin); // [[-4]]
 * evaluate(hessian, maternKernel(2.5, 1), origin, origin).data; // [-1.667, 0, 0, -1.667]
 * evaluate(laplacian, maternKernel(0.5, 1), origin, origin); // throws RangeError
 */
export function evaluate(
  op: Operator | TensorOperator,
  kernel: KernelFunction,
  x: F64,
  centers: F64,
  weights?: F64,
): F64 {
  const call = `evaluate(${op?.name}, …)`;
  const radial = checkKernel(call, kernel);
  const [n, d] = checkPoints(call, 'x', x);
  const [m, dOfCenters] = checkPoints(call, 'centers', centers);
  if (d !== dOfCenters)
    throw new RangeError(
      `${call}: x [${x.shape}] and centers [${centers.shape}] must have the same number of columns`,
    );
  if (
    weights !== undefined &&
    (checkArray(call, 'weights', weights).shape.length !== 2 || weights.shape[0] !== m)
  )
    throw new RangeError(`${call}: weights must be [${m}, k], got [${weights.shape}]`);
  const small = n * m <= SMALL;
  const { plan, axes } = planFor(call, radial, op, d, !small && weights !== undefined);
  refuseCenters(call, radial, plan.order, x, centers);
  const k = weights?.shape[1] ?? 0;
  const large = n * m >= LARGE && canCompile();
  const values = (small ? evaluateSmall : large ? evaluateCompiled : evaluateNatively)({
    plan,
    n,
    m,
    d,
    k,
    x: valuesOf(x),
    centers: valuesOf(centers),
    weights: weights === undefined ? null : valuesOf(weights),
    eps: epsilonOf(call, radial, m),
    varying: plan.varies ? plan.pieces.map(({ varying }) => productOf(call, varying, x)) : NONE,
  });
  const width = weights === undefined ? m : k;
  // A spread takes as long as three exponentials.
  return ndarray(values, axes.length === 0 ? [n, width] : [n, ...axes, width]);
}

/** ∇u of u = Σ_j w_j·φ(·, c_j), `[n, d, k]`; as evaluate(gradient, …). */
export const evaluateGradient = (kernel: KernelFunction, x: F64, centers: F64, weights: F64): F64 =>
  evaluate(gradient, kernel, x, centers, weights);

/** The second derivatives of u, `[n, d, d, k]`; as evaluate(hessian, …). */
export const evaluateHessian = (kernel: KernelFunction, x: F64, centers: F64, weights: F64): F64 =>
  evaluate(hessian, kernel, x, centers, weights);

// Plans are made once for a kernel and an operator: on a few points making one would take most of the time.
const plans = new WeakMap<RadialKernel, WeakMap<object, Map<number, Made>>>();
type Made = { plan: Plan; axes: number[] };

function planFor(
  call: string,
  kernel: RadialKernel,
  op: Operator | TensorOperator,
  d: number,
  spread: boolean,
): Made {
  const key = spread ? -d : d;
  const known = plans.get(kernel)?.get(op)?.get(key);
  if (known !== undefined) return known;
  const { parts, axes } = componentsOf(op, d);
  const made = { plan: planOf(call, kernel.row, parts, d, spread), axes };
  const ofKernel = plans.get(kernel) ?? new WeakMap<object, Map<number, Made>>();
  plans.set(kernel, ofKernel.set(op, (ofKernel.get(op) ?? new Map<number, Made>()).set(key, made)));
  return made;
}

/** The kernel, if it has a profile. */
export function checkKernel(call: string, kernel: KernelFunction): RadialKernel {
  if (typeof kernel !== 'function')
    throw new TypeError(`${call}: kernel must be a kernel such as gaussianKernel(5), got ${typeof kernel}`);
  if (!('row' in kernel))
    throw new TypeError(
      `${call}: the kernel is a plain function, which has no closed derivatives; use gradient, hessian or laplacian of autodiff`,
    );
  return kernel;
}

/** ε in float64, from the shape as it was given: the tape would round it once more. */
function epsilonOf(call: string, { shape, row }: RadialKernel, m: number): number | Float64Array {
  if (shape === null || row.shape === null) return 1;
  const { factor, isLength } = row.shape;
  if (typeof shape === 'number') return isLength ? factor / shape : factor * shape;
  const values = Array.from(shape.dataSync());
  if (values.length !== 1 && values.length !== m)
    throw new RangeError(
      `${call}: the kernel's shape must be a number or [${m}], one a center, got ${values.length} values`,
    );
  const eps = values.map(value => (isLength ? factor / value : factor * value));
  return eps.length === 1 ? eps[0] : Float64Array.from(eps);
}

function checkPoints(call: string, name: string, a: F64): number[] {
  if (checkArray(call, name, a).shape.length !== 2)
    throw new RangeError(`${call}: ${name} must have the shape [n, d], got [${a.shape}]`);
  return a.shape;
}

function checkArray(call: string, name: string, a: F64): F64 {
  if (typeof a === 'object' && a !== null && 'stride' in a && a.data instanceof Float64Array) return a;
  if ((a as unknown) instanceof Tensor)
    throw new TypeError(`${call}: ${name} must be a float64 ndarray, got a tensor; use fromTensor or apply`);
  throw new TypeError(
    `${call}: ${name} must be a float64 ndarray, got ${(a as F64 | undefined)?.dtype ?? typeof a}`,
  );
}
