// The first comment of every module: which other modules and npm packages it needs, directly and through others, so
// that one knows what to copy. `node scripts/module_needs.mjs` writes it; a test compares.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { ROOT } from './setup/paths.mjs';

const MODULES = join(ROOT, 'modules');
const WIDTH = 110;

export const moduleNames = () =>
  readdirSync(MODULES)
    .filter(name => name.endsWith('.ts'))
    .sort();

/** What a module names in its imports and requires. @param {string} name */
export function importsOf(name) {
  const text = readFileSync(join(MODULES, name), 'utf8');
  const found = text.matchAll(/^(?:import|export)\b[^'";]*?\bfrom '([^']+)'|\brequire\('([^']+)'\)/gm);
  return [...found].map(match => match[1] ?? match[2]).filter(from => !from.startsWith('node:'));
}

/** All modules and packages that a module needs. @param {string} name */
export function needsOf(name) {
  const [modules, packages] = [new Set([name]), new Set()];
  for (const module of modules)
    for (const from of importsOf(module))
      if (from.startsWith('./')) modules.add(`${from.slice(2)}.ts`);
      else packages.add(from);
  modules.delete(name);
  return { modules: [...modules].sort(), packages: [...packages].sort() };
}

/** The comment lines. @param {string} name */
export function headerOf(name) {
  const { modules, packages } = needsOf(name);
  const npm = packages.length > 0 ? `${modules.length > 0 ? '; ' : ''}npm: ${packages.join(', ')}` : '';
  const words = `Needs: ${modules.join(', ')}${npm || (modules.length > 0 ? '' : 'nothing else')}.`.split(
    ' ',
  );
  const lines = ['//'];
  for (const word of words) {
    const last = lines.length - 1;
    if (`${lines[last]} ${word}`.length > WIDTH) lines.push(`//   ${word}`);
    else lines[last] += ` ${word}`;
  }
  return `${lines.join('\n')}\n`;
}

/** The file with the header that it should have. @param {string} name */
export function withHeader(name) {
  const text = readFileSync(join(MODULES, name), 'utf8');
  return headerOf(name) + text.replace(/^\/\/ Needs: .*\n(\/\/ {3}.*\n)*/, '');
}

if (argv[1].endsWith('module_needs.mjs'))
  for (const name of moduleNames()) writeFileSync(join(MODULES, name), withHeader(name));
