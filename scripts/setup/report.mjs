// What a set-up says while it works: a line a step, a bar on a terminal, a table at the end. Uses Node alone.

const BAR = 24;
const REDRAW_MS = 100;
/** Without a terminal, a long step says how far it is now and then. */
const PLAIN_MS = 15_000;

/** @typedef {{ name: string, seconds: number, megabytes: number }} Row */

/** @param {number} ms */
const inSeconds = ms => `${(ms / 1000).toFixed(1)} s`;

/** The progress of one step. */
export class Progress {
  #begun = Date.now();
  #share = 0;
  #note = '';
  #out;
  #name;
  /** @type {NodeJS.Timeout} */
  #timer;

  /** @param {string} name @param {import('node:tty').WriteStream | undefined} out nothing is said without it */
  constructor(name, out) {
    this.#name = name;
    this.#out = out;
    if (out && !out.isTTY) out.write(`${name} ...\n`);
    this.#timer = setInterval(() => this.#draw(), out?.isTTY ? REDRAW_MS : PLAIN_MS);
    this.#timer.unref();
  }

  /**
   * @param {number} done
   * @param {number} total
   * @param {string} [note] what is being done
   */
  update(done, total, note = '') {
    this.#share = Math.min(1, total > 0 ? done / total : 0);
    this.#note = note;
  }

  #draw() {
    const time = inSeconds(Date.now() - this.#begun);
    const percent = this.#share ? ` ${Math.floor(100 * this.#share)} %` : '';
    if (!this.#out?.isTTY) {
      this.#out?.write(`${this.#name}:${percent} ${this.#note} (${time})\n`);
      return;
    }
    const full = Math.round(BAR * this.#share);
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
    const line = `${this.#name.padEnd(20)} ${bar}${percent.padStart(6)}  ${time}  ${this.#note}`;
    this.#out.write(`\r\x1b[2K${line.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  /** A sentence that stays. @param {string} sentence */
  say(sentence) {
    this.#out?.write(this.#out.isTTY ? `\r\x1b[2K${sentence}\n` : `${sentence}\n`);
  }

  /** Ends the step's line. @param {string} ending such as `done` */
  close(ending) {
    clearInterval(this.#timer);
    this.say(`${this.#name}: ${ending} (${inSeconds(Date.now() - this.#begun)})`);
  }
}

/**
 * The table of a set-up that did work.
 * @param {Row[]} rows
 */
export function table(rows) {
  const total = {
    name: 'in all',
    seconds: rows.reduce((sum, row) => sum + row.seconds, 0),
    megabytes: rows.reduce((sum, row) => sum + row.megabytes, 0),
  };
  const width = Math.max(...rows.map(row => row.name.length), 4);
  const line = (/** @type {string} */ name, /** @type {string} */ seconds, /** @type {string} */ megabytes) =>
    `${name.padEnd(width)}  ${seconds.padStart(7)}  ${megabytes.padStart(6)}`;
  return [
    line('step', 'seconds', 'MB'),
    ...[...rows, total].map(row => line(row.name, row.seconds.toFixed(1), row.megabytes.toFixed(0))),
  ].join('\n');
}
