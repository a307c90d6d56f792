/** A thousand cycles of training, evaluating and solving in one kernel: memory stays what it was. */
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { codeCells, joined } from '../scripts/headless/judge.mjs';
import { runNotebooks } from '../scripts/headless/run.mjs';
import { ROOT } from '../scripts/setup/paths.mjs';
import { temporaryFolder, writeNotebook } from './support/made_notebooks';

const folder = temporaryFolder(after);
for (const link of ['modules', 'node_modules']) symlinkSync(join(ROOT, link), join(folder, link));

const CYCLES = `import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-node';
import { collocate, interpolate } from './modules/collocation';
import { evaluate, identity, laplacian } from './modules/differential_operators';
import { nativeCount } from './modules/native_ops';
import { RbfFreeAll } from './modules/nn_rbf';
import { gaussianKernel } from './modules/notable_kernels';
import { halton } from './modules/point_sets';
import { train } from './modules/training';
import { toTensor } from './modules/float64';

const nodes = halton(30, 2);
const values = Array.from({ length: 30 }, (_, i) => Math.sin(i));
const x = halton(300, 2);
const target = tf.ones([30, 1]);
const points = toTensor(nodes) as tf.Tensor2D;
async function cycle(): Promise<void> {
  const kernel = gaussianKernel(3);
  const u = interpolate({ nodes, values, kernel, smoothing: 1e-6 });
  u.evaluate(x, laplacian);
  collocate({ centers: nodes, kernel, conditions: [{ operator: identity, points: nodes, values }] });
  evaluate(laplacian, kernel, x, nodes);
  const layer = new RbfFreeAll({ inputDim: 2, numCenters: 5, kernel: gaussianKernel, startingShape: 3, seed: 1 });
  await train({ layer, loss: () => (layer.apply(points) as tf.Tensor).sub(target).square().mean() as tf.Scalar, epochs: 1 });
  for (const weight of layer.weights) weight.dispose();
}
// What is only not yet collected is no growth.
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
const megabytes = () => {
  collect();
  return Math.round(process.memoryUsage().rss / 1e6);
};`;
const RUN = `for (let i = 0; i < 200; i++) await cycle();
const [tensors, early] = [tf.memory().numTensors, megabytes()];
for (let i = 0; i < 800; i++) await cycle();
console.log(JSON.stringify({ grown: megabytes() - early, tensors: tf.memory().numTensors - tensors, native: nativeCount() }));`;

test('a thousand cycles leave no tensor, and the process grows by less than 20 MB after the first 200', async t => {
  const file = writeNotebook(folder, 'soak', [CYCLES, RUN]);
  const [{ failure, executed }] = await runNotebooks([file], { out: join(folder, 'out'), html: false });
  assert.equal(failure, null);
  const [, cell] = codeCells(JSON.parse(readFileSync(executed as string, 'utf8')));
  const said = cell.outputs?.map(output => joined(output.text ?? '')).find(text => text.includes('grown'));
  const { grown, tensors, native } = JSON.parse(said ?? 'null');
  t.diagnostic(`grown by ${grown} MB`);
  assert.deepEqual([tensors, native], [0, 0]);
  assert.ok(grown < 20, `grown by ${grown} MB`);
});
