// Every notebook of the project, from nothing to a table. Uses Node alone.
import { relative } from 'node:path';
import { BUILD, ROOT } from '../setup/paths.mjs';
import { setUp } from '../setup/set_up.mjs';
import { committedNotebooks, runAndReport } from './main.mjs';

/** @returns {Promise<number>} the exit code */
export async function main() {
  await setUp();
  const { ok } = await runAndReport(committedNotebooks());
  console.log(`\nThe executed notebooks and their HTML are in ${relative(ROOT, BUILD)}/.`);
  return ok ? 0 : 1;
}
