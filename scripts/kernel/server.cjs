// tslab's server, answering requests as Jupyter's protocol says.
const { SerialSender } = require('./serial_send.cjs');
const { openControlChannel } = require('./watchdog.cjs');
const { setImmediate: turn } = require('node:timers/promises');

/** @typedef {{ header: { msg_type: string }, content: any, createReply: () => any }} Message */

/**
 * @param {any} ZmqServer
 * @returns {any}
 */
function correctedServer(ZmqServer) {
  return class KernelServer extends ZmqServer {
    /** Requests of the shell channel that wait for their turn. @type {{ socket: any, request: Message, aborted?: boolean }[]} */
    #waiting = [];
    #serving = false;
    /** By socket, what sends to it. @type {Map<any, SerialSender>} */
    #senders = new Map();
    /** In whose name output is published. @type {Message | undefined} */
    speaker;

    /**
     * @param {string} connectionFile
     * @param {Record<string, (request: Message) => any>} answers by type of request; the reply's content
     */
    constructor(connectionFile, answers) {
      super({ close() {} }, connectionFile);
      this.answers = answers;
    }

    /** @param {any} socket @param {number} port */
    async bindSocket(socket, port) {
      if (socket === this.control) return this.#bindControl(port);
      if (socket === this.iopub) socket.sendHighWaterMark = 0;
      this.#senders.set(socket, new SerialSender(socket));
      await super.bindSocket(socket, port);
    }

    /** The control channel lies in the watchdog's hands. @param {number} port */
    async #bindControl(port) {
      const { transport, ip } = this.connInfo;
      this.control.close();
      this.control = openControlChannel(`${transport}://${ip}:${port}`, frames =>
        this.handleShellMessage(this.control, ...frames),
      );
      await this.control.open;
    }

    /**
     * One request after the other on the shell channel; the control channel does not wait for them.
     *
     * @param {any} socket @param {Buffer[]} frames
     */
    async handleShellMessage(socket, ...frames) {
      const request = await this.#parse(socket, frames);
      if (!request) return;
      if (socket === this.control) return this.#answer(socket, request);
      this.#waiting.push({ socket, request });
      if (this.#serving) return;
      this.#serving = true;
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
        await this.#answer(next.socket, next.request, next.aborted);
      }
      this.#serving = false;
    }

    /**
     * tslab's class of messages is not exported. Its server reads a message and first of all publishes the
     * status "busy" for it; there it is caught.
     *
     * @param {any} socket @param {Buffer[]} frames
     * @returns {Promise<Message | undefined>}
     */
    async #parse(socket, frames) {
      /** @type {Message | undefined} */
      let request;
      const reader = {
        connInfo: this.connInfo,
        publishStatus(/** @type {string} */ _state, /** @type {Message} */ message) {
          request = message;
          throw message;
        },
      };
      await super.handleShellMessage.call(reader, socket, ...frames).catch(() => {});
      return request;
    }

    /** @param {any} socket @param {Message} request @param {boolean} [aborted] */
    async #answer(socket, request, aborted = false) {
      const type = request.header.msg_type;
      const answer = this.answers[type];
      if (!answer) return;
      this.publish('status', { execution_state: 'busy' }, request);
      const content = aborted ? { status: 'aborted' } : await attempt(answer, request);
      if (type === 'execute_request' && content.status === 'error') await this.#fail(content, request);
      this.#send(socket, type.replace(/_request$/, '_reply'), content, request);
      this.publish('status', { execution_state: 'idle' }, request);
      if (type === 'shutdown_request') await this.#end();
    }

    /** Ends the process, whatever the cells have left running. */
    async #end() {
      for (const { sent } of this.#senders.values()) await sent;
      this.close();
      process.exit(0);
    }

    /**
     * Shows an error, and aborts what the client had sent before it could know of it, as ipykernel does.
     *
     * @param {any} content @param {Message} request
     */
    async #fail({ ename, evalue, traceback }, request) {
      const { silent, stop_on_error = true } = request.content;
      if (stop_on_error) {
        do await turn();
        while (this.shell.readable);
        for (const entry of this.#waiting)
          entry.aborted = entry.request.header.msg_type === 'execute_request';
      }
      if (!silent) this.publish('error', { ename, evalue, traceback }, request);
    }

    /** Sends to all clients. @param {string} type @param {object} content @param {Message} [parent] */
    publish(type, content, parent = this.speaker) {
      if (parent) this.#send(this.iopub, type, content, parent);
    }

    /** @param {any} socket @param {string} type @param {object} content @param {Message} parent */
    #send(socket, type, content, parent) {
      const message = parent.createReply();
      message.header.msg_type = type;
      message.content = content;
      message.signAndSend(this.connInfo.key, this.#senders.get(socket) ?? socket);
    }
  };
}

/** @param {(request: Message) => any} answer @param {Message} request */
async function attempt(answer, request) {
  try {
    return await answer(request);
  } catch (error) {
    return { status: 'error', ename: 'Error', evalue: String(error), traceback: [] };
  }
}

module.exports = { correctedServer };
