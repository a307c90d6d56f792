// Proves that tfjs-node computes on native TensorFlow: one product of two matrices.
const assert = require('node:assert/strict');
const tf = require('@tensorflow/tfjs-node');

assert.equal(tf.getBackend(), 'tensorflow');
const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]); // biome-ignore format: rows of a matrix
assert.deepEqual([...product.dataSync()], [19, 22, 43, 50]);
