// The pages of notebooks and documents, and the index.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, venvBin } from '../setup/paths.mjs';
import { run } from './run.mjs';

const HERE = join(ROOT, 'scripts', 'site');

/**
 * Writes the pages by pages.py, which has Jupyter's converter at hand.
 * @param {string} out @param {string[]} notebooks @param {string[]} documents absolute paths
 */
export function notebookPages(out, notebooks, documents) {
  const contents = JSON.parse(readFileSync(join(HERE, 'contents.json'), 'utf8'));
  const plan = { ...contents, out, notebooks, documents };
  return run(venvBin('python'), [join(HERE, 'pages.py')], JSON.stringify(plan));
}
