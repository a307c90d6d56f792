// Correction: a second thread, which still runs when a cell blocks the first. It ends the kernel when the client
// that started it is gone (tslab's kernels live on), and it holds the control channel, so that an interrupt
// reaches a cell that blocks (in tslab a loop behind an `await` cannot be interrupted), and a shutdown too.
// For that kernel.json says `"interrupt_mode": "message"`; a mere SIGINT does not get through to such a cell.
const inspector = require('node:inspector');
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
const { SerialSender } = require('./serial_send.cjs');

const PARENT_CHECK_MS = 500;
/** How long the first thread may take to answer a request on the control channel. */
const ANSWER_MS = 300;

/** The parent at the start: one that is gone before the second thread runs is missed otherwise. */
const parent = workerData?.parent ?? process.ppid;
/** Shared by the threads: how many protected calls the first is in, and whether the control channel is closed. */
const shared = new Int32Array(workerData?.shared ?? new SharedArrayBuffer(8));
const [PROTECTED, CLOSED] = [0, 1];

/**
 * Runs what must not be broken off: an interrupt waits for its end.
 *
 * @template T
 * @param {() => T} call
 */
function uninterrupted(call) {
  Atomics.add(shared, PROTECTED, 1);
  try {
    return call();
  } finally {
    Atomics.sub(shared, PROTECTED, 1);
  }
}

/**
 * Starts the second thread; what it returns stands for the control channel's socket. It is `open` when the
 * port is bound. The process does not end before the channel has sent all and is closed: zeromq aborts when
 * a thread with an open socket is torn down.
 *
 * @param {string} address
 * @param {(frames: Buffer[]) => void} onRequest
 */
function openControlChannel(address, onRequest) {
  const worker = new Worker(__filename, {
    workerData: { address, parent, shared: shared.buffer },
  });
  worker.unref();
  const open = new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  worker.on('message', frames => {
    if (frames) onRequest(frames.map((/** @type {Uint8Array} */ frame) => Buffer.from(frame)));
  });
  process.on('exit', () => {
    worker.postMessage(null);
    Atomics.wait(shared, CLOSED, 0, ANSWER_MS);
  });
  return {
    open,
    send: (/** @type {(string | Buffer)[]} */ frames) => worker.postMessage(frames),
    close() {},
  };
}

/** Kills the process when its parent is gone. Jupyter sets JPY_PARENT_PID unless the kernel is to survive. */
function watchParent() {
  if (!process.env.JPY_PARENT_PID) return;
  setInterval(() => {
    if (process.ppid !== parent) kill();
  }, PARENT_CHECK_MS).unref();
}

const kill = () => process.kill(process.pid, 'SIGKILL');

/** Ends what the first thread is running; the thread itself goes on with its next task. */
function endScript() {
  if (Atomics.load(shared, PROTECTED) > 0) {
    setTimeout(endScript, ANSWER_MS);
    return;
  }
  const session = new inspector.Session();
  session.connectToMainThread();
  session.post('Runtime.terminateExecution', () => session.disconnect());
}

/** What is done about a request that the first thread does not answer. @type {Record<string, () => void>} */
const forceful = { interrupt_request: endScript, shutdown_request: kill };

/**
 * Hands requests to the first thread and sends its replies.
 *
 * @param {import('node:worker_threads').MessagePort} firstThread
 */
async function serveControlChannel(firstThread) {
  const { Router } = require('zeromq');
  const socket = new Router();
  const sender = new SerialSender(socket);
  /** @type {NodeJS.Timeout | undefined} */
  let overdue;
  firstThread.on('message', async reply => {
    clearTimeout(overdue);
    if (reply) return sender.send(reply);
    await sender.sent;
    socket.close();
    firstThread.close();
    Atomics.store(shared, CLOSED, 1);
    Atomics.notify(shared, CLOSED);
  });
  await socket.bind(workerData.address);
  firstThread.postMessage(null);
  for await (const frames of socket) {
    firstThread.postMessage(frames);
    const force = forceful[typeOf(frames)];
    if (force) overdue = setTimeout(force, ANSWER_MS);
  }
}

/** The type of a request: its header is the second frame after the delimiter. @param {Buffer[]} frames */
function typeOf(frames) {
  const delimiter = frames.findIndex(frame => frame.toString() === '<IDS|MSG>');
  try {
    return JSON.parse(frames[delimiter + 2].toString()).msg_type;
  } catch {
    return undefined;
  }
}

if (isMainThread) {
  module.exports = { openControlChannel, uninterrupted };
} else if (parentPort) {
  watchParent();
  serveControlChannel(parentPort);
}
