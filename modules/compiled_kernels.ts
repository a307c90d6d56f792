// Needs: arithmetic.ts, compiled_radial.ts, graph_text.ts, native_arithmetic.ts, native_binding.ts,
//   native_graph.ts, native_ops.ts, profile_limits.ts, radial_matrix.ts, radial_op.ts, radial_profiles.ts,
//   radial_terms.ts, radii.ts, tape.ts, tensor_arithmetic.ts; npm: @tensorflow/tfjs-node, ndarray.
//
// Kernel matrices on the tape by two compiled functions, one for the values and one for the gradients. Op by op a step of
// a training makes some thirty passes over [n, m]; here every number of it is made once.
import * as tf from '@tensorflow/tfjs-node';
import { gradientsOfChunk, leastAmplitude, leastShapePower, valuesOfChunk } from './compiled_radial';
import { canCompile, compile, compiledOnce } from './native_graph';
import { borrow, handOver, nativeScope } from './native_ops';
import { factorOf, matrixOnTape, type Pairs, pairsOf, sumOf, withRadialMatrix } from './radial_matrix';
import { slopeAlongShape, squareOfShape, timesPower, valueOfPower } from './radial_op';
import { type RadialTerm, slopesAlong } from './radial_terms';
import { tapeEngine } from './tape';

/** From so many numbers on a matrix is compiled. */
const LARGE = 2 ** 16;
/** Numbers of a chunk, and how many chunks there are at most. */
const CHUNK = 2 ** 18;
const CHUNKS = 64;

type Shape = number | tf.Tensor;
type Terms = readonly RadialTerm[];

/**
 * Runs f, a step of a training for example, with large matrices of kernels and of their derivatives (`apply`) compiled by
 * XLA: the values, and the gradients in points, centers and shape. Gradients of those are taken op by op. f must not be async.
 *
 * The results differ in their last digits from those without. What is compiled is kept; it takes some tenths of a second
 * for each kernel and each number of points and centers, which pays where they come again. Where TensorFlow has no XLA,
 * f runs as without.
 *
 * @example
 * const [zeros, ones] = [tf.zeros<tf.Rank.R2>([1000, 2]), tf.ones<tf.Rank.R2>([100, 2])];
 * compiled(() => gaussianKernel(1)(zeros, ones)).max(); // 0.1353
 */
export const compiled = <T>(f: () => T): T => withRadialMatrix(compiledMatrix, f);

function compiledMatrix(terms: Terms, { x, centers }: Pairs, eps: Shape): tf.Tensor | null {
  const [n, m] = [x.shape[0], centers.shape[0]];
  if (n < 2 || n * m < LARGE || !canCompile()) return null;
  const given = typeof eps === 'number' ? [x, centers] : [x, centers, eps];
  const op = tf.customGrad((...args) => {
    (args[given.length] as tf.GradSaveFunc)(given);
    return {
      value: run(terms, x, centers, eps)[0],
      gradFunc: (dy: tf.Tensor, [x, centers, shape]: tf.Tensor[]) =>
        gradientsOf(terms, dy, x as tf.Tensor2D, centers as tf.Tensor2D, shape ?? eps),
    };
  });
  return tf.tidy(terms[0].h.name, () => op(...given));
}

/** The gradients of Σ dy·matrix in x, the centers and, where it is a tensor, the shape. */
function gradientsOf(terms: Terms, dy: tf.Tensor, x: tf.Tensor2D, centers: tf.Tensor2D, eps: Shape) {
  const isRecorded = tapeEngine().state.gradientDepth > 0;
  if (isRecorded) return gradientsOnTape(terms, dy, x, centers, eps);
  const d = x.shape[1];
  const results = run(terms, x, centers, eps, dy);
  const gradients = [tf.stack(results.slice(0, d), 1), tf.stack(results.slice(d, 2 * d), 1)];
  if (typeof eps === 'number') return gradients;
  return [...gradients, timesPower(results[2 * d].reshape([-1]), eps, leastShapePower(terms))];
}

/** The same op by op, for a gradient of it. */
function gradientsOnTape(terms: Terms, dy: tf.Tensor, x: tf.Tensor2D, centers: tf.Tensor2D, eps: Shape) {
  const pairs = pairsOf(x, centers);
  const along = Array.from({ length: x.shape[1] }, (_, k) =>
    dy.mul(matrixOnTape(slopesAlong(terms, k), pairs, eps)),
  );
  const sums = (axis: number) =>
    tf.stack(
      along.map(a => a.sum(axis)),
      1,
    );
  const gradients = [sums(1), sums(0).neg()];
  if (typeof eps === 'number') return gradients;
  const ofShape = terms.map(term =>
    slopeAlongShape(term.h, pairs.s(), eps, new Map(), dy.mul(factorOf(term, pairs))),
  );
  return [...gradients, sumOf(ofShape)];
}

/** The matrix or, with dy, the gradients, compiled. */
function run(terms: Terms, x: tf.Tensor2D, centers: tf.Tensor2D, eps: Shape, dy?: tf.Tensor): tf.Tensor[] {
  const q = leastAmplitude(terms);
  const row = (a: Shape) => (typeof a === 'number' ? tf.tensor2d([a], [1, 1]) : a.reshape([1, a.size]));
  const amplitude = typeof eps === 'number' ? eps ** q : q === 0 ? 1 : valueOfPower(eps, q);
  const split = dy === undefined ? [x] : [x, dy];
  const shared = [centers.transpose(), row(squareOfShape(eps)), row(amplitude)];
  const shapes = typeof eps === 'number' ? 'number' : eps.size === 1 ? 'all' : 'each';
  const [n, d, m] = [...x.shape, centers.shape[0]];
  const key = JSON.stringify([terms, n, m, shapes, dy !== undefined]);
  const { compiled } = compiledOnce(key, () => {
    const inputs = {
      split: split.length,
      shared: shared.length,
      rows: chunksOf(n, m),
      type: 'float32',
    } as const;
    return {
      compiled: compile(inputs, ([x, dy], [centers, squaredEps, amplitude]) => {
        const points = { d, x, centers, squaredEps, amplitude };
        return dy === undefined ? valuesOfChunk(terms, points) : gradientsOfChunk(terms, points, dy, shapes);
      }),
    };
  });
  return nativeScope(() => compiled.run(split.map(borrow), shared.map(borrow)).map(handOver));
}

/** How many rows each chunk has: about as many as each other. */
function chunksOf(n: number, m: number): number[] {
  const chunks = Math.min(n, CHUNKS, Math.max(2, Math.ceil((n * m) / CHUNK)));
  return Array.from({ length: chunks }, (_, i) => Math.floor((n + i) / chunks));
}
