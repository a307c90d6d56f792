// Needs: native_binding.ts, native_ops.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// What arguments of float64.ts must be. Errors say the call, the argument, what it is and what it should be.
import { type F64, valuesOf } from './native_ops';

export function checkArray(call: string, name: string, a: F64): F64 {
  if (!Array.isArray(a?.shape) || !(a.data instanceof Float64Array))
    throw new TypeError(`${call}: ${name} must be a float64 ndarray, got ${a?.dtype ?? typeof a}`);
  return a;
}

export function checkMatrix(call: string, name: string, a: F64): F64 {
  if (checkArray(call, name, a).shape.length !== 2 || a.size === 0)
    throw new RangeError(`${call}: ${name} must be a matrix [n, p], not empty, got [${a.shape}]`);
  return a;
}

export function checkSquare(call: string, a: F64): F64 {
  if (checkMatrix(call, 'A', a).shape[0] !== a.shape[1])
    throw new RangeError(`${call}: A must be square, got [${a.shape}]`);
  return a;
}

export function checkFinite(call: string, a: F64, name = 'A'): F64 {
  // A plain loop: on a large matrix every() takes as long as a third of the factor.
  const values = valuesOf(a);
  let finite = true;
  for (let i = 0; i < values.length; i++) finite &&= Number.isFinite(values[i]);
  if (!finite) throw new RangeError(`${call}: ${name} must hold finite numbers only`);
  return a;
}
