// Needs: arithmetic.ts, compiled_arithmetic.ts, evaluation_chunk.ts, evaluation_frame.ts, evaluation_plan.ts,
//   graph_text.ts, kernel_table.ts, native_arithmetic.ts, native_binding.ts, native_graph.ts, native_ops.ts,
//   native_sums.ts, operators.ts, partial_derivatives.ts, profile_limits.ts, radial_profiles.ts; npm:
//   @tensorflow/tfjs-node, ndarray.
//
// An evaluation compiled by XLA: worth its tenth of a second where there is much to compute. What is compiled is kept.
import { compiledNatives } from './compiled_arithmetic';
import { Chunk } from './evaluation_chunk';
import { type Frame, frameOf } from './evaluation_frame';
import type { Plan, Request } from './evaluation_plan';
import { type Compiled, compile, compiledOnce } from './native_graph';
import { download, matMul, type Native, nativeScope, upload } from './native_ops';
import { accumulate, coordinates, type Group, groupsOf, squaredEpsOf, weightsOf } from './native_sums';

/** Bytes of one [rows, m] array of a chunk, which should stay in the processor's cache. */
const CHUNK = 2 << 20;
/** Chunks of one call. */
const CHUNKS = 64;
/**
 * Least columns of the weights, filled up with zeros: a product with one column XLA makes part of the loop before it,
 * which then runs several times slower.
 */
const COLUMNS = 4;

interface Kept {
  readonly compiled: Compiled;
  /** Of each group the number in front of its sums. */
  readonly fronts: number[];
}

/** The values `[n, outputs, k]`, or `[n, outputs, m]` without weights. */
export function evaluateCompiled(request: Request): Float64Array {
  const { n, m, d, k, plan, weights } = request;
  const out = new Float64Array(n * plan.outputs * (weights === null ? m : k));
  // Differences cost nothing where they are part of a loop, and are exact.
  const frame: Frame = { ...frameOf(request), expandsU: false, largestU: Number.POSITIVE_INFINITY };
  const groups = groupsOf(request, frame);
  if (out.length === 0 || groups.length === 0) return out;
  const strideOf = (group: Group) => (weights === null ? m : Math.max(COLUMNS, group.moments.length * k));
  const all = Math.ceil((n * m * 8) / CHUNK);
  const calls = Math.ceil(all / CHUNKS);
  const chunks = Math.max(2, Math.ceil(all / calls));
  const rows = chunks * Math.ceil(n / (calls * chunks));
  nativeScope(() => {
    const centers = coordinates(request.centers, d, 0, m).map(values => upload(values, [1, m]));
    const eps = squaredEpsOf(request);
    const squaredEps = typeof eps === 'number' ? upload(Float64Array.of(eps), [1, 1]) : eps;
    const columns =
      weights === null ? [] : groups.map(group => weightsOf(request, frame, group, strideOf(group)));
    const sizes = [d, m, rows, chunks, squaredEps.shape, columns.map(({ shape }) => shape[1])];
    const chunkRows = new Array<number>(chunks).fill(rows / chunks);
    const { compiled, fronts } = compiledFor(plan, frame, groups, sizes, d, columns.length, chunkRows);
    for (let first = 0; first < n; first += rows) {
      const count = Math.min(rows, n - first);
      nativeScope(() => {
        const points = coordinates(request.x, d, first, count).map(values =>
          upload(padded(values, rows), [rows, 1]),
        );
        const sums = compiled.run(points, [...centers, squaredEps, ...columns]);
        groups.forEach((group, i) => {
          accumulate(request, frame, group, fronts[i], download(sums[i]), first, count, out, strideOf(group));
        });
      });
    }
  });
  return out;
}

/** What is compiled for these groups and sizes. */
function compiledFor(
  plan: Plan,
  frame: Frame,
  groups: Group[],
  sizes: unknown[],
  d: number,
  columns: number,
  rows: number[],
): Kept {
  const keys = groups.map(({ profile, powers, ofDirection }) => [
    plan.profiles[profile],
    powers,
    ofDirection,
  ]);
  return compiledOnce(JSON.stringify(['evaluation', keys, frame.far, sizes]), () => {
    const fronts: number[] = [];
    const compiled = compile({ split: d, shared: d + 1 + columns, rows }, (points, shared) => {
      const centers = shared.slice(0, d);
      const inputs = { points, centers, squaredEps: shared[d], expandedU: null };
      const chunk = new Chunk(plan, frame, inputs, compiledNatives);
      const results = groups.map((group, i): Native => {
        const { front, values } = chunk.values(group);
        fronts[i] = front;
        return columns === 0 ? values : matMul(values, shared[d + 1 + i]);
      });
      return { rows: results };
    });
    return { compiled, fronts };
  });
}

/** The values, and the last one repeated up to this length. */
function padded(values: Float64Array, length: number): Float64Array {
  if (values.length === length) return values;
  const long = new Float64Array(length).fill(values[values.length - 1]);
  long.set(values);
  return long;
}
