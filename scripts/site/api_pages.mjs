// The modules' documentation, from their docstrings.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_MODULES, ROOT } from '../setup/paths.mjs';
import { run } from './run.mjs';

/** The modules of the table in the README. */
export function publicModules() {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const section = /^## Modules\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
  const cells = [...section.matchAll(/^\|([^|]*)\|/gm)].map(match => match[1]);
  return cells.flatMap(cell => [...cell.matchAll(/`(\w+)`/g)].map(match => match[1]));
}

/**
 * Writes a page for each public module and each thing in it. Where TypeDoc warns, of a link that leads nowhere for
 * instance, it fails.
 * @param {string} out
 */
export async function apiPages(out) {
  const typedoc = join(NODE_MODULES, 'typedoc', 'bin', 'typedoc');
  const options = join(ROOT, 'scripts', 'site', 'typedoc.json');
  const entries = publicModules().map(name => join(ROOT, 'modules', `${name}.ts`));
  await run(process.execPath, [typedoc, '--options', options, '--out', out, ...entries]);
  for (const name of readdirSync(out, { recursive: true })) {
    const file = join(out, String(name));
    if (!file.endsWith('.html')) continue;
    // TypeDoc's script puts the icons into every page; from a file browsers refuse to take them out of another.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/href="[^"#]*assets\/icons\.svg#/g, 'href="#'));
  }
}
