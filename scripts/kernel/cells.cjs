// Runs cells through tslab's converter and executor and tells how each ended.
const nodeVm = require('node:vm');
const fs = require('node:fs');
const path = require('node:path');
const { mistyped, thrown } = require('./failures.cjs');
const { FreshModules } = require('./fresh_modules.cjs');
const { addSource } = require('./source_maps.cjs');
const { awaitsAtTopLevel } = require('./top_level_await.cjs');
const { uninterrupted } = require('./watchdog.cjs');

/** tslab begins the code of a cell so; the columns of its first line count from behind it. */
const WRAPPER = /^\((?:async )?function\(exports, require\) \{ /;

/** What the executor reports of a cell that was told to stop waiting. */
const STOPPED = 'Interrupted asynchronously';

/** TypeScript's complaint about a module outside the notebook's folder, and what to do about it. */
const OUTSIDE = 6059;
const OUTSIDE_MESSAGE =
  "A module outside the notebook's folder cannot be imported; link its folder into this one.";

/** The name of the running cell. */
let running = 'Cell';

/** Node's `vm` for tslab's executor: a cell runs under its own name, and the watchdog sees to interrupts. */
const vm = {
  ...nodeVm,
  runInThisContext: (/** @type {string} */ code, /** @type {object} */ options) =>
    nodeVm.runInThisContext(code, {
      ...options,
      breakOnSigint: false,
      displayErrors: false,
      filename: running,
      columnOffset: -(WRAPPER.exec(code)?.[0].length ?? 0),
    }),
};

class Cells {
  /** What the executor reported about the running cell. @type {{ value: unknown }[]} */
  #reported = [];
  /** @type {any[]} */
  #diagnostics = [];
  #code = '';
  #modules = new FreshModules();

  /**
   * @param {{ createConverter: Function, createExecutor: Function }} tslab
   * @param {any} typescript
   */
  constructor({ createConverter, createExecutor }, typescript) {
    this.typescript = typescript;
    const node = this.#recording(createConverter({ isJS: false, isBrowser: false }));
    this.executor = createExecutor(
      process.cwd(),
      { node, close: () => node.close() },
      {
        log: (/** @type {unknown[]} */ ...values) => console.log(...values),
        error: (/** @type {unknown} */ value) => this.#reported.push({ value }),
      },
    );
  }

  /** The converter, its diagnostics and source maps kept. @param {any} converter */
  #recording(converter) {
    return {
      ...converter,
      convert: (/** @type {string} */ declarations, /** @type {string} */ code) => {
        const converted = uninterrupted(() => converter.convert(declarations, code));
        this.#diagnostics = converted.diagnostics;
        for (const { path: file, data } of converted.sideOutputs ?? []) addSource(file, data);
        if (converted.output) addSource(running, converted.output, running);
        const hasToplevelAwait = converted.hasToplevelAwait || awaitsAtTopLevel(this.typescript, code);
        const sideOutputs = this.#modules.withImporters(converted.sideOutputs ?? []);
        return { ...converted, hasToplevelAwait, sideOutputs };
      },
      addModule: (/** @type {any[]} */ ...args) => {
        this.#diagnostics = uninterrupted(() => converter.addModule(...args));
        return this.#diagnostics;
      },
    };
  }

  /**
   * Runs a cell; tells what went wrong, or nothing.
   *
   * @param {string} code
   * @param {string} name
   */
  async run(code, name) {
    running = name;
    this.#code = code;
    this.#reported = [];
    this.#diagnostics = [];
    try {
      await this.executor.execute(code);
    } catch (error) {
      return thrown(error);
    }
    if (this.#diagnostics.length > 0) return mistyped(this.#diagnostics.map(d => this.#placed(d, name)));
    const [report] = this.#reported;
    return report && !isStop(report.value) ? thrown(report.value) : undefined;
  }

  /** Ends the waiting of a cell that awaits something; whoever calls this knows why. */
  stopWaiting() {
    this.executor.interrupt();
  }

  /** @param {any} diagnostic @param {string} cell */
  #placed({ fileName, start, end, code, messageText }, cell) {
    const line = start.line + 1;
    const lines = (fileName && linesOf(fileName)) || this.#code.split('\n');
    return {
      name: fileName ?? cell,
      line,
      column: start.character + 1,
      width: end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY,
      text: lines[start.line],
      code,
      message: code === OUTSIDE ? OUTSIDE_MESSAGE : messageText,
    };
  }
}

/** @param {unknown} value */
const isStop = value => value instanceof Error && value.message === STOPPED;

/** The lines of an imported module; none if it was written in a cell. @param {string} file */
function linesOf(file) {
  const onDisk = path.resolve(file);
  return fs.existsSync(onDisk) && fs.readFileSync(onDisk, 'utf8').split('\n');
}

module.exports = { Cells, vm };
