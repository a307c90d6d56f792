// Runs one execute_request: counts it, and says how it ended.
//
// What is thrown in the background while a cell runs, or in the turn of the event loop after it, fails that cell.
// What is thrown later is printed at once and fails the next request. After the last cell a client can ask:
// an execute_request that is silent, has no code, and has `user_expressions: {"settled": "10"}` waits until the
// timers, requests and promises of the cells are done, but at most that many seconds. Its reply has the status
// "error" if something was thrown; else the text of its user_expressions.settled lists what is still pending.
const { setImmediate: turn } = require('node:timers/promises');
const { backgroundTurn, onThrownInBackground, settle } = require('./background.cjs');
const { beginTimers, clearTimers } = require('./cell_timers.cjs');
const { INTERRUPTED, thrown } = require('./failures.cjs');

/** @typedef {import('./failures.cjs').Failure} Failure */

class Execution {
  #count = 0;
  /** Cells that were run, counted by the client or not: nbval counts none, and each has its name. */
  #ran = 0;
  #lastCell = 'the start';
  #running = false;
  #interrupted = false;
  /** Ends the wait for the running cell. */
  #stop = () => {};
  /** Thrown in the background while a cell runs. @type {Failure[]} */
  #meanwhile = [];
  /** Thrown when none runs. @type {Failure[]} */
  #late = [];

  /** @param {import('./cells.cjs').Cells} cells */
  constructor(cells) {
    this.cells = cells;
    onThrownInBackground(value => this.#note(thrown(value)));
  }

  /** @param {Failure} failure */
  #note(failure) {
    if (this.#running) {
      this.#meanwhile.push(failure);
      this.#stop();
      return;
    }
    const origin = `thrown in the background after ${this.#lastCell} had ended`;
    const { ename, evalue, traceback } = failure;
    this.#late.push({
      ename,
      evalue: `${evalue} (${origin})`,
      traceback: [`This was ${origin}:`, ...traceback],
    });
    print(failure);
  }

  /** Ends the running cell, and its timers. */
  interrupt() {
    clearTimers();
    if (!this.#running) return;
    this.#interrupted = true;
    this.#stop();
  }

  /**
   * The content of the reply to an execute_request.
   *
   * @param {any} content of the request
   * @param {(count: number) => void} onStart told the cell's number before it runs
   */
  async execute({ code, silent = false, store_history = true, user_expressions }, onStart) {
    const counted = store_history && !silent;
    if (counted) this.#count++;
    if (!silent) {
      this.#ran++;
      onStart(this.#count);
    }
    const failures =
      code.trim() === '' ? [] : await this.#run(code, silent ? 'Silent cell' : `Cell ${this.#ran}`);
    const seconds = user_expressions?.settled;
    const expressions = seconds === undefined ? {} : { settled: await this.#settle(Number(seconds)) };
    const [failure] = [...failures, ...this.#late.splice(0)];
    const reply = { execution_count: this.#count, payload: [], user_expressions: expressions };
    return failure ? { ...reply, status: 'error', ...failure } : { ...reply, status: 'ok' };
  }

  /** @param {string} code @param {string} name */
  async #run(code, name) {
    this.#lastCell = name;
    this.#interrupted = false;
    this.#running = true;
    beginTimers();
    const stopped = new Promise(resolve => {
      this.#stop = () => resolve(this.cells.stopWaiting());
    });
    // In a turn of its own: when the watchdog ends a cell that blocks, all that called it ends with it.
    const ended = turn().then(() => this.cells.run(code, name));
    const failure = await Promise.race([ended, stopped]);
    await backgroundTurn();
    this.#running = false;
    const own = this.#interrupted ? INTERRUPTED : failure;
    const [first, ...others] = [...(own ? [own] : []), ...this.#meanwhile.splice(0)];
    others.forEach(print);
    return first ? [first] : [];
  }

  /** @param {number} seconds */
  async #settle(seconds) {
    const end = performance.now() + 1000 * seconds;
    const left = await settle(() => this.#late.length > 0 || performance.now() >= end);
    return { status: 'ok', data: { 'text/plain': left.join(', ') }, metadata: {} };
  }
}

/** @param {Failure} failure */
const print = failure => console.error(failure.traceback.join('\n'));

module.exports = { Execution };
