// Needs: arithmetic.ts, evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts, kernel_table.ts,
//   native_arithmetic.ts, native_binding.ts, native_ops.ts, native_sums.ts, operators.ts,
//   partial_derivatives.ts, profile_limits.ts, radial_profiles.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// An evaluation on native float64 tensors, op by op, the points in chunks: never an [n, m] matrix whole.
import { Chunk } from './evaluation_chunk';
import { frameOf } from './evaluation_frame';
import type { Request } from './evaluation_plan';
import { download, matMul, nativeScope, upload } from './native_ops';
import { accumulate, coordinates, groupsOf, squaredEpsOf, weightsOf } from './native_sums';

/** Bytes of one [rows, m] array: a few of them stay in the processor's cache. */
const CHUNK = 4 << 20;

/** The values `[n, outputs, k]`, or `[n, outputs, m]` without weights. */
export function evaluateNatively(request: Request): Float64Array {
  const { n, m, d, k, plan, weights } = request;
  const out = new Float64Array(n * plan.outputs * (weights === null ? m : k));
  if (out.length === 0) return out;
  const frame = frameOf(request);
  const groups = groupsOf(request, frame);
  const rows = Math.max(1, Math.floor(CHUNK / 8 / m));
  nativeScope(() => {
    const centers = coordinates(request.centers, d, 0, m).map(values => upload(values, [1, m]));
    const squaredEps = squaredEpsOf(request);
    const columns = weights && groups.map(group => weightsOf(request, frame, group));
    for (let first = 0; first < n; first += rows) {
      const count = Math.min(rows, n - first);
      nativeScope(() => {
        const points = coordinates(request.x, d, first, count).map(values => upload(values, [count, 1]));
        const left = frame.expandsU ? upload(leftOf(frame.x, d, first, count), [count, d + 2]) : null;
        const expandedU =
          left &&
          ((scale: number, offset: number) =>
            matMul(left, upload(rightOf(request, frame.centers, scale, offset), [d + 2, m])));
        const chunk = new Chunk(plan, frame, { points, centers, squaredEps, expandedU });
        groups.forEach((group, i) => {
          const { front, values } = chunk.values(group);
          const sums = columns === null ? values : matMul(values, columns[i]);
          accumulate(request, frame, group, front, download(sums), first, count, out);
        });
      });
    }
  });
  return out;
}

/** [|x|², 1, x] of a chunk of points. */
function leftOf(x: Float64Array, d: number, first: number, count: number): Float64Array {
  const left = new Float64Array(count * (d + 2));
  for (let i = 0; i < count; i++) {
    const at = i * (d + 2);
    left[at + 1] = 1;
    for (let c = 0; c < d; c++) {
      const value = x[(first + i) * d + c];
      left[at] += value * value;
      left[at + 2 + c] = value;
    }
  }
  return left;
}

/** [ε²; ε²|c|²; −2ε²c] of the centers, so that left·right is scale·u + offset. */
function rightOf({ d, m, eps }: Request, centers: Float64Array, scale: number, offset: number): Float64Array {
  const right = new Float64Array((d + 2) * m);
  for (let j = 0; j < m; j++) {
    const e = typeof eps === 'number' ? eps : eps[j];
    const factor = scale * e * e;
    right[j] = factor;
    for (let c = 0; c < d; c++) {
      const value = centers[j * d + c];
      right[m + j] += factor * value * value;
      right[(2 + c) * m + j] = -2 * factor * value;
    }
    right[m + j] += offset;
  }
  return right;
}
