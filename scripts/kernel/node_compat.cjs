// What TensorFlow's Node package expects of its process.
const util = require('node:util');

/** Puts back two functions that tfjs-node calls and newer Node warns about (22) or has removed (23 and later). */
function restoreRemovedFunctions() {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (/** @type {unknown} */ value) => value === null || value === undefined,
  });
}

/** Silences TensorFlow's start-up lines, which would go to the terminal of the Jupyter server. */
function quietTensorFlow() {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
}

module.exports = { restoreRemovedFunctions, quietTensorFlow };
