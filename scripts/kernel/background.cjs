// Correction: rejections that nobody awaits and throws from timers, which tslab prints while the cell passes;
// and waiting for what cells have left running.
const { setTimeout: sleep, setImmediate: turn } = require('node:timers/promises');

/** What Node lists as active without the cells' doing: TypeScript watches files, the watchdog is a thread. */
const MACHINERY = new Set(['StatWatcher', 'FSEventWrap', 'MessagePort', 'PipeWrap', 'TTYWrap', 'SignalWrap']);
const POLL_MS = 10;

/** Tells of each value that was thrown where no cell can catch it. @param {(value: unknown) => void} tell */
function onThrownInBackground(tell) {
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
}

/** Lets timers that are due fire and rejections be noticed. */
async function backgroundTurn() {
  await sleep(1);
  await turn();
}

/**
 * Waits until the cells' timers, requests and promises are done; lists what is left of them when `stop` says so.
 *
 * @param {() => boolean} stop
 */
async function settle(stop) {
  /** @type {string[]} */
  let pending;
  do {
    await backgroundTurn();
    pending = process.getActiveResourcesInfo().filter(kind => !MACHINERY.has(kind));
    if (pending.length > 0) await sleep(POLL_MS);
  } while (pending.length > 0 && !stop());
  return pending;
}

module.exports = { onThrownInBackground, backgroundTurn, settle };
