// Correction: an interrupted cell stops. JavaScript cannot cancel a promise, so a loop that awaits timers
// (a training loop, with tf.nextFrame) would go on behind the back of the following cells. Its next turn never
// comes when the timers are cleared that have been set since the cell began.
const timers = require('node:timers');

/** Those that are still to fire. @type {Set<NodeJS.Timeout | NodeJS.Immediate>} */
let waiting = new Set();

/** Keeps account of timers from now on. */
function trackTimers() {
  for (const name of /** @type {const} */ (['setTimeout', 'setInterval', 'setImmediate'])) {
    const tracked = new Proxy(timers[name], { apply: name === 'setInterval' ? setRepeating : setOnce });
    Object.assign(timers, { [name]: tracked });
    Object.assign(globalThis, { [name]: tracked });
  }
}

/** @param {any} set @param {unknown} self @param {any[]} args */
function setRepeating(set, self, args) {
  const timer = Reflect.apply(set, self, args);
  waiting.add(timer);
  return timer;
}

/** @param {any} set @param {unknown} self @param {any[]} args */
function setOnce(set, self, [callback, ...rest]) {
  if (typeof callback !== 'function') return Reflect.apply(set, self, [callback, ...rest]);
  const mine = waiting;
  const timer = Reflect.apply(set, self, [
    /** @this {unknown} @param {any[]} values */
    function (...values) {
      mine.delete(timer);
      return Reflect.apply(callback, this, values);
    },
    ...rest,
  ]);
  mine.add(timer);
  return timer;
}

/** The timers set up to now belong to earlier cells. */
function beginTimers() {
  waiting = new Set();
}

/** Clears the timers of the running cell. */
function clearTimers() {
  for (const timer of waiting) {
    clearTimeout(/** @type {NodeJS.Timeout} */ (timer));
    clearImmediate(/** @type {NodeJS.Immediate} */ (timer));
  }
  waiting.clear();
}

module.exports = { trackTimers, beginTimers, clearTimers };
