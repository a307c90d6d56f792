// Shows what is running: one line that changes on a terminal, a line now and then elsewhere.

/** Milliseconds between two lines where lines cannot be changed. */
const PAUSE = 2000;

/**
 * A listener for runNotebooks, and the function that ends the show.
 * @param {NodeJS.WriteStream} [stream]
 */
export function showProgress(stream = process.stdout) {
  let text = '';
  let began = Date.now();
  let cells = 0;
  let shown = 0;

  const draw = () => {
    if (text === '') return;
    const line = `${text}  ${Math.floor((Date.now() - began) / 1000)} s`;
    if (stream.isTTY) stream.write(`\r\x1b[2K${line.slice(0, (stream.columns || 80) - 1)}`);
    else if (Date.now() - shown >= PAUSE) {
      stream.write(`${line}\n`);
      shown = Date.now();
    }
  };
  const clock = setInterval(draw, 500);

  return {
    /** @type {NonNullable<NonNullable<Parameters<typeof import('./run.mjs').runNotebooks>[1]>['onEvent']>} */
    onEvent(result, event) {
      if (event.event === 'start') [text, began] = [`${result.name}  kernel`, Date.now()];
      if (event.event === 'notebook') cells = event.cells;
      if (event.event === 'cell') text = `${result.name}  cell ${event.cell} of ${cells}`;
      if (event.event === 'end') text = `${result.name}  HTML`;
      draw();
    },
    end() {
      clearInterval(clock);
      if (stream.isTTY) stream.write('\r\x1b[2K');
    },
  };
}
