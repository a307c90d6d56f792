// Correction: output of cells. What is written in one turn of the event loop goes out as one stream message
// (tslab sends one a line, and loses those that the socket cannot take at once), in order with displays.
const { setImmediate } = require('node:timers'); // as it is before the cells' timers are tracked
const { StringDecoder } = require('node:string_decoder');

/**
 * Takes over stdout, stderr and tslab's displays.
 *
 * @param {(type: string, content: object) => void} publish sends to the notebook, in the name of the running cell
 * @param {any} jupyter tslab's module, through which its `display` writes
 */
function captureOutput(publish, jupyter) {
  /** @type {{ name: string, text: string }[]} */
  let waiting = [];

  function flush() {
    const streams = waiting;
    waiting = [];
    for (const stream of streams) publish('stream', stream);
  }

  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    const decoder = new StringDecoder('utf8');
    const write = (/** @type {any} */ data, /** @type {any} */ encoding, /** @type {any} */ done) => {
      if (typeof encoding === 'function') done = encoding;
      const text = typeof data === 'string' ? data : decoder.write(Buffer.from(data));
      if (waiting.length === 0) setImmediate(flush);
      const last = waiting.at(-1);
      if (last?.name === name) last.text += text;
      else waiting.push({ name, text });
      if (done) process.nextTick(done);
      return true;
    };
    Object.assign(process[name], { write });
  }

  jupyter.lastWriteDisplayData = (/** @type {object} */ data, /** @type {boolean} */ update) => {
    flush();
    publish(update ? 'update_display_data' : 'display_data', data);
  };

  process.on('exit', flush);
  return { flush };
}

module.exports = { captureOutput };
