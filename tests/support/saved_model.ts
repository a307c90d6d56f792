// Saves a network into a folder again and again, the n-th time with all coefficients n, until it is killed.
import * as tf from '@tensorflow/tfjs-node';
import { RbfFixAll } from '../../modules/nn_rbf';
import { gaussianKernel } from '../../modules/notable_kernels';

/** Centers of the network, many enough that writing them takes a while. */
export const CENTERS = 50_000;

async function main(url: string) {
  const centers = Array.from({ length: CENTERS }, (_, j) => [j / CENTERS]);
  const layer = new RbfFixAll({
    centers,
    rbfKernel: gaussianKernel(2),
    coefs: new Array<number>(CENTERS).fill(0),
  });
  const input = tf.input({ shape: [1] });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  const coefs = model.weights.findIndex(weight => weight.shape[0] === CENTERS && /coef/.test(weight.name));
  for (let n = 1; ; n++) {
    const values = model.getWeights();
    values[coefs] = tf.fill(model.weights[coefs].shape as number[], n);
    model.setWeights(values);
    values[coefs].dispose();
    await model.save(url);
    if (n === 1) console.log('saved');
  }
}

if (require.main === module) main(process.argv[2]);
