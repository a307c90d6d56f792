// What a sweep says while it works: a line that changes on a terminal, a line now and then elsewhere, and what stays.

/** Milliseconds between two lines where lines cannot be changed. */
const PAUSE = 5000;
const REDRAW = 500;
const BAR = 24;

export class SweepProgress {
  #plan;
  #out;
  #began = Date.now();
  #shown = Date.now();
  #before = 0;
  #done = 0;
  #workers = '';
  /** @type {NodeJS.Timeout} */
  #clock;
  failed = 0;

  /** @param {import('./plan.mjs').Plan} plan @param {NodeJS.WriteStream} out */
  constructor(plan, out) {
    this.#plan = plan;
    this.#out = out;
    this.#clock = setInterval(() => this.#draw(), REDRAW);
  }

  /** @param {import('./run.mjs').Event} event */
  onEvent(event) {
    const { runs } = this.#plan;
    if (event.event === 'begin') {
      this.#before = event.finished;
      const before = event.finished > 0 ? `, ${event.finished} of them finished before` : '';
      this.say(`${this.#plan.name}: ${runs.length} runs${before}`);
    }
    if (event.event === 'cluster') this.say(`Dask's dashboard: ${event.dashboard}`);
    if (event.event === 'waiting')
      this.#workers =
        event.workers === 0
          ? ', no worker yet'
          : ` on ${event.workers} ${event.workers === 1 ? 'worker' : 'workers'}`;
    if (event.event === 'lost' && event.runs.length > 0)
      this.say(`A worker died; again: ${event.runs.map(index => runs[index].name).join('; ')}`);
    if (event.event === 'run') {
      if (event.failure) this.failed++;
      else this.#done++;
      if (event.failure) this.say(`FAILED ${runs[event.index].name}: ${sentence(event.failure)}`);
    }
  }

  /** A line that stays. @param {string} line */
  say(line) {
    this.#out.write(this.#out.isTTY ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }

  #seconds() {
    return Math.round((Date.now() - this.#began) / 1000);
  }

  #draw() {
    if (!this.#out.isTTY && Date.now() - this.#shown < PAUSE) return;
    this.#shown = Date.now();
    const total = this.#plan.runs.length;
    const [ended, now] = [this.#before + this.#done + this.failed, this.#done + this.failed];
    const left = now > 0 ? `, about ${Math.ceil((this.#seconds() / now) * (total - ended))} s left` : '';
    const failed = this.failed > 0 ? `, ${this.failed} failed` : '';
    const line = `${ended} of ${total} runs${this.#workers}${failed}, ${this.#seconds()} s${left}`;
    if (!this.#out.isTTY) {
      this.#out.write(`${line}\n`);
      return;
    }
    const full = Math.floor((BAR * ended) / total);
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full);
    this.#out.write(`\r\x1b[2K${`${bar} ${line}`.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  /** Ends the changing line, and says what there is now. @param {string | null} folder of the table, if it was written */
  close(folder) {
    clearInterval(this.#clock);
    if (this.#out.isTTY) this.#out.write('\r\x1b[2K');
    if (folder === null) return;
    const total = this.#plan.runs.length;
    const finished = this.#before + this.#done;
    const rest = total - finished - this.failed;
    const open = rest > 0 ? `, ${rest} not run: the same command goes on` : '';
    this.say(`${finished} of ${total} runs finished, ${this.failed} failed${open} (${this.#seconds()} s)`);
    this.say(`${folder}/table.csv, ${folder}/table.parquet, executed notebooks in ${folder}/runs`);
  }
}

/** A failure with its cell, in one line. @param {import('./run.mjs').Failure} failure */
function sentence({ cell, line, cause }) {
  const place = cell === null ? '' : `cell ${cell} (${line}): `;
  return `${place}${cause}`.replace(/\s*\n\s*/g, ' ');
}
