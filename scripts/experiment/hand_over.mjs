// Gives an experiment what is set up here already: hard links, which take no time, no room and no network, and stay
// when this repo goes. Uses Node alone.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NATIVE, NODE_MODULES, ROOT, VENV } from '../setup/paths.mjs';
import { STEPS, underLock } from '../setup/set_up.mjs';
import { linkTree } from './link_tree.mjs';

/**
 * @param {string} folder the experiment
 * @returns the names of the steps that are done with that, and of those that are not
 */
export async function handOver(folder) {
  /** @type {{ STEPS: import('../setup/set_up.mjs').Step[] }} */
  const theirs = await import(pathToFileURL(join(folder, 'scripts', 'setup', 'set_up.mjs')).href);
  const has = (/** @type {string} */ place) =>
    STEPS.some(step => step.makes.includes(place) && step.inPlace());
  if (STEPS.some(step => step.inPlace())) {
    // Nobody sets this repo up meanwhile.
    await underLock(undefined, async () => {
      if (has(NODE_MODULES)) linkPackages(folder);
      if (has(VENV)) linkEnvironment(folder);
      if (has(NATIVE)) linkTree(NATIVE, join(folder, relative(ROOT, NATIVE)));
      for (const [i, step] of theirs.STEPS.entries()) if (STEPS[i].inPlace()) step.stamp?.();
    });
  }
  const inPlace = theirs.STEPS.map(step => step.inPlace());
  const names = theirs.STEPS.map(step => step.name);
  return { steps: names.filter((_, i) => inPlace[i]), missing: names.filter((_, i) => !inPlace[i]) };
}

/** The packages in the experiment's lockfile, and the commands among them. @param {string} folder */
function linkPackages(folder) {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const { '': _root, ...packages } = lock.packages;
  // What is nested in a package comes with it; what is not for this system is not there.
  const paths = Object.keys(packages).filter(path => path.lastIndexOf('node_modules/') === 0);
  for (const path of paths) if (existsSync(join(ROOT, path))) linkTree(join(ROOT, path), join(folder, path));
  const to = join(folder, 'node_modules');
  mkdirSync(join(to, '.bin'));
  for (const command of readdirSync(join(NODE_MODULES, '.bin'))) {
    const target = readlinkSync(join(NODE_MODULES, '.bin', command));
    if (existsSync(join(to, '.bin', target))) symlinkSync(target, join(to, '.bin', command));
  }
  writeFileSync(join(to, '.package-lock.json'), JSON.stringify({ ...lock, packages }, null, 2));
}

/** The Python environment; what tells its own place is written anew with the new one. @param {string} folder */
function linkEnvironment(folder) {
  const to = join(folder, relative(ROOT, VENV));
  linkTree(VENV, to);
  const scripts = readdirSync(join(to, 'bin')).map(name => join('bin', name));
  for (const file of ['pyvenv.cfg', ...scripts]) {
    if (!lstatSync(join(VENV, file)).isFile()) continue;
    const text = readFileSync(join(VENV, file), 'utf8');
    if (!text.includes(VENV)) continue;
    rmSync(join(to, file));
    writeFileSync(join(to, file), moved(text, VENV, to), { mode: statSync(join(VENV, file)).mode });
  }
}

/** A first line that names a program ends at its first space, and some systems read no more of it than this. */
const LONGEST_FIRST_LINE = 127;

/** A script of an environment that goes to another place. @param {string} text @param {string} from @param {string} to */
export function moved(text, from, to) {
  const end = text.indexOf('\n');
  const first = text.slice(0, end).replaceAll(from, to);
  const rest = text.slice(end).replaceAll(from, to);
  const namesPython = first.startsWith(`#!${to}`);
  if (!namesPython || (!first.includes(' ') && first.length <= LONGEST_FIRST_LINE)) return first + rest;
  // For sh it starts Python, for Python it is a string; pip writes the same.
  return `#!/bin/sh\n'''exec' "${first.slice(2)}" "$0" "$@"\n' '''${rest}`;
}
