/** Where TensorFlow cannot compile, as in builds without XLA, large evaluations go on op by op. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs-node';
import ndarray from 'ndarray';
import { compiled } from '../modules/compiled_kernels';
import { evaluate, laplacian } from '../modules/differential_operators';
import { toTensor } from '../modules/float64';
import { canCompile } from '../modules/native_graph';
import { nativeCount } from '../modules/native_ops';
import { gaussianKernel } from '../modules/notable_kernels';
import { assertClose } from './support/tolerances';

test('without XLA a large evaluation, and a large matrix on the tape, has the same values', () => {
  const backend = tf.backend() as unknown as { binding: object };
  const { binding } = backend;
  let asked = 0;
  const refuse = () => {
    asked++;
    throw new Error('Session fail to run with error: no XLA here');
  };
  backend.binding = Object.create(binding, { runSavedModel: { value: refuse } });
  try {
    const x = ndarray(
      Float64Array.from({ length: 2 * 20_000 }, (_, i) => Math.sin(i)),
      [20_000, 2],
    );
    const centers = x.hi(450, 2);
    const weights = ndarray(
      Float64Array.from({ length: 450 }, (_, i) => Math.cos(i)),
      [450, 1],
    );
    const values = evaluate(laplacian, gaussianKernel(2), x, centers, weights);
    const first = evaluate(laplacian, gaussianKernel(2), x.hi(4, 2), centers, weights);
    assertClose(values.data.subarray(0, 4), first.data, 'float64');
    evaluate(laplacian, gaussianKernel(2), x, centers, weights);
    const [points, places] = [toTensor(x.hi(400, 2)), toTensor(centers)] as tf.Tensor2D[];
    const matrices = [compiled, <T>(f: () => T) => f()].map(wrap =>
      wrap(() => gaussianKernel(2)(points, places)),
    );
    assert.deepEqual(matrices[0].dataSync(), matrices[1].dataSync());
    tf.dispose([points, places, ...matrices]);
    assert.equal(asked, 1, 'it is tried once');
    assert.equal(canCompile(), false);
    assert.equal(nativeCount(), 0);
  } finally {
    backend.binding = binding;
  }
});
