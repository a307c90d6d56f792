// Builds the site beside its place and renames it there, so that a half is never seen.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { committedNotebooks } from '../headless/main.mjs';
import { NODE_MODULES, ROOT } from '../setup/paths.mjs';
import { apiPages } from './api_pages.mjs';
import { drawMathematics } from './mathematics.mjs';
import { notebookPages } from './notebook_pages.mjs';

const HERE = join(ROOT, 'scripts', 'site');

/**
 * Writes the site into a folder; what was there before goes.
 * @param {string} out
 */
export async function buildSite(out) {
  mkdirSync(dirname(out), { recursive: true });
  const stage = mkdtempSync(join(dirname(out), `.${basename(out)}-`));
  try {
    const documents = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md'));
    const files = documents.map(name => join(ROOT, 'docs', name));
    await Promise.all([notebookPages(stage, committedNotebooks(), files), apiPages(join(stage, 'api'))]);
    for (const name of readdirSync(stage).filter(name => name.endsWith('.html'))) {
      const page = join(stage, name);
      writeFileSync(page, drawMathematics(readFileSync(page, 'utf8'), name));
    }
    cpSync(join(HERE, 'style.css'), join(stage, 'style.css'));
    for (const name of readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.svg')))
      cpSync(join(ROOT, 'docs', name), join(stage, name));
    copyKatex(join(stage, 'katex'));
    rmSync(out, { recursive: true, force: true });
    renameSync(stage, out);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/** KaTeX's style and fonts, each font in the one format that all browsers read. @param {string} to */
function copyKatex(to) {
  const from = join(NODE_MODULES, 'katex', 'dist');
  const style = readFileSync(join(from, 'katex.min.css'), 'utf8');
  mkdirSync(to);
  writeFileSync(join(to, 'katex.min.css'), style.replace(/,url\([^)]*\) format\("(?:woff|truetype)"\)/g, ''));
  cpSync(join(from, 'fonts'), join(to, 'fonts'), {
    recursive: true,
    filter: path => !/\.(?:woff|ttf)$/.test(path),
  });
}
