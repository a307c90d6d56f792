// The examples in the modules' doc comments, with the imports that they leave out. Uses Node alone.
//
// An example is what stands after `@example`, up to the comment's end: a few lines of TypeScript, with what a line
// gives in a comment behind it, `kernel.name; // 'gaussian'`. A test runs them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleNames } from './module_needs.mjs';
import { ROOT } from './setup/paths.mjs';

/**
 * @typedef {object} Example
 * @property {string} of the name that it explains
 * @property {string} code
 * @property {string[]} packages the lines that import packages for it
 * @property {{ name: string, module: string }[]} values what it takes from modules, files in modules/
 */

const DOC = /^\/\*\*\n((?: \*.*\n)+?) \*\/\nexport (?:abstract )?(?:async )?(?:function|const|class) (\w+)/gm;
const DECLARED =
  /^export (?:abstract )?(?:async )?(?:function\*?|const|class) (\w+)|^export \{([^}]+)\} from '\.\/(\w+)'|^export \* from '\.\/(\w+)'/gm;
const WORD = /(?<![.\w$'])[A-Za-z_$][\w$]*(?![\w$:])/g;
const PACKAGES = new Map([
  ['tf', "import * as tf from '@tensorflow/tfjs-node';"],
  ['ndarray', "import ndarray from 'ndarray';"],
]);

/** @param {string} name */
const source = name => readFileSync(join(ROOT, 'modules', name), 'utf8');

/** The values that a module exports, each with whether it is another module's. @param {string} name */
function exportsOf(name) {
  /** @type {Map<string, boolean>} */
  const found = new Map();
  for (const [, own, list, , all] of source(name).matchAll(DECLARED)) {
    if (own) found.set(own, false);
    for (const part of list?.split(',') ?? []) {
      const exported = part.trim().split(' as ').at(-1) ?? '';
      if (exported && !exported.startsWith('type ')) found.set(exported, true);
    }
    if (all) for (const exported of exportsOf(`${all}.ts`).keys()) found.set(exported, true);
  }
  return found;
}

/** By name, the module to import it from: the one that hands it on, where there is one. */
function homes() {
  /** @type {Map<string, string>} */
  const home = new Map();
  const all = moduleNames().map(name => ({ name, exported: exportsOf(name) }));
  for (const handedOn of [false, true])
    for (const { name, exported } of all)
      for (const [value, fromOther] of exported) if (fromOther === handedOn) home.set(value, name);
  return home;
}

/** The words of a code that may be names of values; a key and its colon are not. @param {string} code */
function words(code) {
  const bare = code.replace(/\/\/.*$/gm, '').replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
  return new Set(bare.match(WORD));
}

/** What a module exports. @param {string} name such as `nn_rbf.ts` */
export const valuesOf = name => [...exportsOf(name).keys()];

/** What a module says of itself, below the list of what it needs. @param {string} name */
export function purposeOf(name) {
  const below = source(name).replace(/^\/\/ Needs: .*\n(\/\/ {3}.*\n)*(\/\/\n)?/, '');
  const [, lines, block] = /^(?:((?:\/\/ .*\n)+)|\/\*\*\n((?: \* .*\n)+))/.exec(below) ?? [];
  return (lines ?? block ?? '')
    .split('\n')
    .map(line => line.slice(3))
    .join(' ')
    .trim();
}

/** @param {string} name such as `nn_rbf.ts` @returns {Example[]} */
export function examplesOf(name) {
  const [own, home] = [exportsOf(name), homes()];
  return [...source(name).matchAll(DOC)].flatMap(([, comment, of]) => {
    const text = comment.replace(/^ \* ?/gm, '');
    const code = /^@example\n([\s\S]*)/m.exec(text)?.[1].trim();
    if (!code) return [];
    const declared = new Set(
      [...code.matchAll(/\bconst (\w+|[[{][^=]*)/g)].flatMap(match => match[1].match(/\w+/g) ?? []),
    );
    const used = [...words(code)].filter(word => !declared.has(word)).sort();
    const values = used.flatMap(word => {
      const module = own.has(word) ? name : home.get(word);
      return module ? [{ name: word, module }] : [];
    });
    const others = used.filter(word => !values.some(value => value.name === word));
    return [{ of, code, packages: others.flatMap(word => PACKAGES.get(word) ?? []), values }];
  });
}

/** A line of code, up to its comment, with other expressions for names. @param {string} line @param {Map<string, string>} names */
export function renamed(line, names) {
  const [, code, comment] = /^(.*?)( \/\/ .*)?$/.exec(line) ?? [];
  return code.replace(WORD, word => names.get(word) ?? word) + (comment ?? '');
}

/** The lines that import these values. @param {Example['values']} values @param {string} folder */
export function importLines(values, folder) {
  const modules = [...new Set(values.map(value => value.module))].sort();
  return modules.map(module => {
    const names = new Set(values.filter(value => value.module === module).map(value => value.name));
    return `import { ${[...names].sort().join(', ')} } from '${folder}/${module.slice(0, -'.ts'.length)}';`;
  });
}
