// Writes the outputs of the notebooks: of all or, if one fails, of none. Uses Node alone.
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUp } from '../setup/set_up.mjs';
import { argumentsOrUsage, committedNotebooks, runAndReport } from './main.mjs';

const USAGE = 'npm run notebooks:update [-- FILE…] [--timeout SECONDS]';

/** @returns {Promise<number>} the exit code */
export async function main() {
  const { files, timeout } = argumentsOrUsage(USAGE, committedNotebooks());
  await setUp();
  const out = mkdtempSync(join(tmpdir(), 'notebooks-update-'));
  process.once('exit', () => rmSync(out, { recursive: true, force: true }));
  const { results, ok } = await runAndReport(files, { timeout, out, html: false });
  if (ok) for (const { file, executed } of results) update(file, /** @type {string} */ (executed));
  else console.error('\nA notebook failed, so none was written.');
  return ok ? 0 : 1;
}

/** Gives a notebook the content of its executed copy. @param {string} file @param {string} executed */
function update(file, executed) {
  const content = readFileSync(executed);
  const same = readFileSync(file).equals(content);
  if (!same) {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  }
  console.log(`${file}: ${same ? 'unchanged' : 'written'}`);
}
