// Correction: `Unexpected pending rebuildTimer`. tslab lets TypeScript wait for one thing at a time and throws at a
// second. TypeScript may wait for two: to rebuild, and, when a package or a module appears on the disk, to look once
// more for what it did not find. The second gets a timer of Node.

/** @param {any} ts */
function withFailedLookups(ts) {
  return {
    ...ts,
    createWatchCompilerHost: (/** @type {any[]} */ ...args) => {
      const host = ts.createWatchCompilerHost(...args);
      const { setTimeout: wait, clearTimeout: clear } = host;
      const lookups = new Set();
      host.setTimeout = (/** @type {() => void} */ callback, /** @type {number} */ ms) => {
        if (callback.name !== 'invalidateResolutionsOfFailedLookup') return wait(callback, ms);
        const timer = setTimeout(() => {
          lookups.delete(timer);
          callback();
        }, ms);
        timer.unref();
        lookups.add(timer);
        return timer;
      };
      host.clearTimeout = (/** @type {any} */ timer) => {
        if (lookups.delete(timer)) clearTimeout(timer);
        else clear(timer);
      };
      return host;
    },
  };
}

module.exports = { withFailedLookups };
