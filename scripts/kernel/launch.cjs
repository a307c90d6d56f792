// The kernel `tslab`: tslab's converter, executor and server with corrections, each in a file of its own.
// Jupyter starts it as `node launch.cjs CONNECTION_FILE`, in the notebook's folder.
const fs = require('node:fs');
const { trackTimers } = require('./cell_timers.cjs');
const { Cells, vm } = require('./cells.cjs');
const { Execution } = require('./execution.cjs');
const { withFailedLookups } = require('./failed_lookups.cjs');
const { fallBackToOwnPackages, withFallbackTypes } = require('./fallback_modules.cjs');
const { complete, inspect } = require('./introspection.cjs');
const { quietTensorFlow, restoreRemovedFunctions } = require('./node_compat.cjs');
const { captureOutput } = require('./output.cjs');
const { correctedServer } = require('./server.cjs');
const { withShorthand } = require('./shorthand.cjs');
const { withSourceMaps } = require('./source_maps.cjs');
const { nameSources } = require('./stack_traces.cjs');
const { withStrictTypes } = require('./strict_types.cjs');
const { TSLAB_VERSION, bundledTypeScript, loadTslab } = require('./tslab.cjs');

/** @typedef {import('./server.cjs').Message} Message */

/** @param {string} connectionFile */
async function launch(connectionFile) {
  restoreRemovedFunctions();
  quietTensorFlow();
  fallBackToOwnPackages();
  trackTimers();
  nameSources();

  const corrections = [withStrictTypes, withFallbackTypes, withSourceMaps, withShorthand, withFailedLookups];
  const typescript = corrections.reduce((ts, correct) => correct(ts), bundledTypeScript());
  const { jupyter, ...tslab } = loadTslab({ typescript, vm });
  const cells = new Cells(tslab, typescript);
  const execution = new Execution(cells);
  const handler = new jupyter.JupyterHandlerImpl(cells.executor, false);

  /** What the kernel answers to each type of request. @type {Record<string, (request: Message) => any>} */
  const answers = {
    kernel_info_request() {
      const { language_info, ...info } = handler.handleKernel();
      return {
        ...info,
        status: 'ok',
        implementation_version: TSLAB_VERSION,
        language_info: { ...language_info, version: typescript.version },
      };
    },
    async execute_request(request) {
      const reply = await execution.execute(request.content, execution_count => {
        server.speaker = request;
        server.publish('execute_input', { code: request.content.code, execution_count }, request);
      });
      output.flush();
      return reply;
    },
    complete_request: ({ content }) => complete(handler, content),
    inspect_request: ({ content }) => inspect(handler, content),
    is_complete_request: ({ content }) => handler.handleIsComplete(content),
    history_request: () => ({ status: 'ok', history: [] }),
    comm_info_request: () => ({ status: 'ok', comms: {} }),
    interrupt_request() {
      execution.interrupt();
      return { status: 'ok' };
    },
    shutdown_request: ({ content }) => ({ status: 'ok', restart: content.restart }),
  };

  const server = new (correctedServer(jupyter.ZmqServer))(connectionFile, answers);
  const output = captureOutput((type, content) => server.publish(type, content), jupyter);
  process.on('SIGINT', () => execution.interrupt());
  await server.init();
}

launch(process.argv[2]).catch(error => {
  fs.writeSync(process.stderr.fd, `${error.message}\n`);
  process.exit(1);
});
