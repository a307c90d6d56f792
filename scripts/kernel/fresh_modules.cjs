// Correction: an edited module reaches the modules that import it. tslab compiles and loads anew what was
// edited; its importers would go on with the old one.
const path = require('node:path');

/** @typedef {{ path: string, data: string }} Compiled */

/** The compiled files that a compiled file requires by a relative path. @param {Compiled} compiled */
function importsOf({ path: file, data }) {
  const ids = Array.from(data.matchAll(/\brequire\("(\.[^"]*)"\)/g), ([, id]) => id);
  return ids.map(id => path.posix.join(path.posix.dirname(file), path.extname(id) ? id : `${id}.js`));
}

class FreshModules {
  /** All that was compiled, by path. @type {Map<string, Compiled>} */
  #modules = new Map();

  /**
   * What was compiled now, and with it all that imports any of it.
   *
   * @param {Compiled[]} compiled
   */
  withImporters(compiled) {
    for (const module of compiled) this.#modules.set(module.path, module);
    const fresh = new Map(compiled.map(module => [module.path, module]));
    // A Map is walked through to what is added on the way.
    for (const [changed] of fresh) {
      for (const module of this.#modules.values()) {
        if (importsOf(module).includes(changed)) fresh.set(module.path, module);
      }
    }
    return [...fresh.values()];
  }
}

module.exports = { FreshModules };
