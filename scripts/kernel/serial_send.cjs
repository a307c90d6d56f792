// Correction: a socket of zeromq 6 takes one message at a time and throws at the next ("busy writing").
const { setImmediate: turn } = require('node:timers/promises');

/**
 * Makes `send` wait for its turn. A message to an idle socket still goes out at once, so that the last words
 * of a process are heard. Returns a function that promises that all was handed over.
 *
 * @param {{ send: (frames: any) => Promise<void> }} socket
 */
function sendInTurn(socket) {
  const send = socket.send.bind(socket);
  /** @type {any[]} */
  const queue = [];
  let sending = Promise.resolve();

  async function sendAll() {
    while (queue.length > 0) {
      try {
        send(queue[0]).catch(() => {}); // what fails later is a socket that was closed
        queue.shift();
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EBUSY') throw error;
        await turn();
      }
    }
  }

  socket.send = frames => {
    queue.push(frames);
    if (queue.length === 1) sending = sendAll();
    return sending;
  };
  return () => sending;
}

module.exports = { sendInTurn };
