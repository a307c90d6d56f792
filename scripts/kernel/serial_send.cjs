// Correction: a socket of zeromq 6 takes one message at a time and throws at the next ("busy writing").
const { setImmediate: turn } = require('node:timers/promises');

/**
 * Stands for a socket and sends one message after the other. To an idle socket it sends at once, so that the
 * last words of a process are heard.
 */
class SerialSender {
  /** @type {any[]} */
  #queue = [];
  /** When all was handed over. */
  sent = Promise.resolve();

  /** @param {{ send: (frames: any) => Promise<void> }} socket */
  constructor(socket) {
    this.socket = socket;
  }

  /** @param {any} frames */
  send(frames) {
    this.#queue.push(frames);
    if (this.#queue.length === 1) this.sent = this.#sendAll();
  }

  async #sendAll() {
    while (this.#queue.length > 0) {
      try {
        this.socket.send(this.#queue[0]).catch(() => {}); // what fails later is a socket that was closed
        this.#queue.shift();
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EBUSY') throw error;
        await turn();
      }
    }
  }
}

module.exports = { SerialSender };
