// The map of the modules in CONTRIBUTING.md, drawn from their imports: `node scripts/module_map.mjs` writes it; a test
// compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { importsOf, moduleNames, needsOf } from './module_needs.mjs';
import { ROOT } from './setup/paths.mjs';

const FILE = join(ROOT, 'CONTRIBUTING.md');
const [BEGIN, END] = ['<!-- drawn by scripts/module_map.mjs -->\n', '<!-- end of the map -->\n'];

/** The modules that a module imports, without those that come with another one of them. @param {string} module */
function arrowsOf(module) {
  const direct = [...new Set(importsOf(module))]
    .filter(from => from.startsWith('./'))
    .map(from => `${from.slice(2)}.ts`);
  return direct.filter(name => !direct.some(other => needsOf(other).modules.includes(name))).sort();
}

/** One line a module, those that it is made of above it. */
export function moduleMap() {
  const names = moduleNames();
  /** @type {Map<string, number>} */
  const depths = new Map();
  /** @param {string} name @returns {number} */
  const depth = name => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const found = Math.max(-1, ...arrowsOf(name).map(depth)) + 1;
    depths.set(name, found);
    return found;
  };
  const short = (/** @type {string} */ name) => name.replace(/\.ts$/, '');
  const bottom = names.filter(name => depth(name) === 0).map(short);
  const rest = names.filter(name => depth(name) > 0).sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  const lines = rest.map(name => `${short(name)} ← ${arrowsOf(name).map(short).join(', ')}`);
  return `\`\`\`\n${[`import no other: ${bottom.join(', ')}`, ...lines].join('\n')}\n\`\`\`\n`;
}

/** CONTRIBUTING.md with the map that it should have. */
export function withMap() {
  const text = readFileSync(FILE, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from)
    throw new Error(`CONTRIBUTING.md must hold the lines ${BEGIN.trim()} and ${END.trim()}`);
  return text.slice(0, from + BEGIN.length) + moduleMap() + text.slice(to);
}

if (argv[1].endsWith('module_map.mjs')) writeFileSync(FILE, withMap());
