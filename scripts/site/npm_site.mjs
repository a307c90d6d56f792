// The site, in build/site.
import { join, relative } from 'node:path';
import { BUILD, ROOT } from '../setup/paths.mjs';
import { setUp } from '../setup/set_up.mjs';

/** @returns {Promise<void>} */
export async function main() {
  await setUp();
  // Read only now: they import packages.
  const { buildSite } = await import('./build_site.mjs');
  const out = join(BUILD, 'site');
  await buildSite(out);
  console.log(`Open ${relative(ROOT, join(out, 'index.html'))} in a browser.`);
}
