// Correction: a second thread, which still runs when a cell blocks the first. It ends the kernel when the client
// that started it is gone (tslab's kernels live on), and it makes an interrupt reach a cell that blocks
// (in tslab a loop behind an `await` cannot be interrupted).
const inspector = require('node:inspector');
const { constants } = require('node:os');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');

const PARENT_CHECK_MS = 500;
/** How long after an interrupt the first thread may take to answer. */
const ANSWER_MS = 300;

/** How many protected calls the first thread is in. @type {Int32Array} */
const protectedCalls = workerData ?? new Int32Array(new SharedArrayBuffer(4));

/** Starts the second thread. */
function startWatchdog() {
  const worker = new Worker(__filename, { workerData: protectedCalls });
  worker.on('message', () => worker.postMessage('alive'));
  worker.unref();
}

/**
 * Runs what must not be broken off: an interrupt waits for its end.
 *
 * @template T
 * @param {() => T} call
 */
function uninterrupted(call) {
  Atomics.add(protectedCalls, 0, 1);
  try {
    return call();
  } finally {
    Atomics.sub(protectedCalls, 0, 1);
  }
}

/** Kills the process when its parent is gone. Jupyter sets JPY_PARENT_PID unless the kernel is to survive. */
function watchParent() {
  if (!process.env.JPY_PARENT_PID) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, PARENT_CHECK_MS);
}

/**
 * At each SIGINT asks the first thread for a sign of life, and ends its script if there is none.
 *
 * @param {import('node:worker_threads').MessagePort} firstThread
 */
function watchInterrupts(firstThread) {
  // `process.on('SIGINT')` is for the first thread only; what lies under it works in every thread.
  process.noDeprecation = true;
  const { Signal } = /** @type {any} */ (process).binding('signal_wrap');
  const interrupt = new Signal();
  /** @type {NodeJS.Timeout} */
  let overdue;
  const endScriptUnlessProtected = () => {
    if (Atomics.load(protectedCalls, 0) === 0) endScript();
    else overdue = setTimeout(endScriptUnlessProtected, ANSWER_MS);
  };
  interrupt.onsignal = () => {
    clearTimeout(overdue);
    overdue = setTimeout(endScriptUnlessProtected, ANSWER_MS);
    firstThread.postMessage('alive?');
  };
  interrupt.start(constants.signals.SIGINT);
  firstThread.on('message', () => clearTimeout(overdue));
}

/** Ends what the first thread is running; the thread itself goes on with its next task. */
function endScript() {
  const session = new inspector.Session();
  session.connectToMainThread();
  session.post('Runtime.terminateExecution', () => session.disconnect());
}

if (isMainThread) {
  module.exports = { startWatchdog, uninterrupted };
} else if (parentPort) {
  watchParent();
  watchInterrupts(parentPort);
}
