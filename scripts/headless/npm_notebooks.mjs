// The notebooks that the command line names. Uses Node alone.
import { setUp } from '../setup/set_up.mjs';
import { argumentsOrUsage, runAndReport } from './main.mjs';

const USAGE = 'npm run notebooks -- FILE… [--timeout SECONDS] [--kernel NAME] [--out FOLDER]';

/** @returns {Promise<number>} the exit code */
export async function main() {
  const { files, ...options } = argumentsOrUsage(USAGE);
  await setUp();
  const { ok } = await runAndReport(files, options);
  return ok ? 0 : 1;
}
