// Needs: notebook_output.ts.
//
// The progress of a long loop: redrawn in place in a notebook and in a terminal, one line in a file.
import { randomUUID } from 'node:crypto';
import { inNotebook, showInPlace } from './notebook_output';

const REDRAW_MS = 200;
const YIELD_MS = 50;
const WIDTH = 30;

export interface ProgressBar {
  /** Some more steps are done, one unless told otherwise. */
  tick(steps?: number): Promise<void>;
  /** So many steps are done in all. */
  update(done: number): Promise<void>;
  /** Ends the bar where it is, for a loop that stops early; at `total` it ends by itself. */
  finish(): void;
}

/**
 * A progress bar for `total` steps. Await its calls: they let the notebook draw, and an interrupt arrive. Without a
 * label it does that alone, and draws nothing.
 *
 * What stays, and is saved in the notebook, says how many steps were done and not how long they took, so that
 * a second run gives the same. Throws a RangeError if total is not a positive integer, or done not in [0, total].
 */
export function progressBar(total: number, label?: string): ProgressBar {
  if (!Number.isInteger(total) || total < 1)
    throw new RangeError(`progressBar(total): total must be a positive integer, got ${total}`);
  const id = randomUUID();
  const began = Date.now();
  let [done, drawn, yielded] = [0, began, began];
  let [shown, finished] = [false, false];

  function draw(text: string, last: boolean): void {
    if (label === undefined) return;
    if (inNotebook()) showInPlace(id, { 'text/plain': text }, shown);
    else if (process.stdout.isTTY) process.stdout.write(`\r${text}\x1b[K${last ? '\n' : ''}`);
    else if (last) console.log(text);
    shown = true;
  }

  function running(now: number): string {
    const filled = Math.floor((WIDTH * done) / total);
    const seconds = (now - began) / 1000;
    const left = Math.round((seconds * (total - done)) / done);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    return `${label} ${bar} ${done} of ${total}, ${Math.round(seconds)} s, about ${left} s left`;
  }

  function finish(): void {
    if (!finished) draw(`${label}: ${done} of ${total}`, true);
    finished = true;
  }

  async function update(now: number): Promise<void> {
    if (!(now >= 0 && now <= total))
      throw new RangeError(`progressBar.update(done): done must lie in [0, ${total}], got ${now}`);
    done = now;
    const time = Date.now();
    if (done === total) finish();
    else if (done > 0 && time - drawn >= REDRAW_MS) {
      draw(running(time), false);
      drawn = time;
    }
    if (time - yielded >= YIELD_MS) {
      await new Promise(resolve => setImmediate(resolve));
      yielded = Date.now();
    }
  }

  return { update, tick: (steps = 1) => update(done + steps), finish };
}
