// Step: node_modules, from package-lock.json. Uses Node alone.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChildError, SetUpError } from './errors.mjs';
import { digest, digestOfFile, isStamped, removeStamp, replace, writeStamp } from './files.mjs';
import { NODE_MODULES, ROOT, SCRATCH } from './paths.mjs';

/** @typedef {{ version: string, integrity?: string, os?: string[], cpu?: string[] }} Locked */

const LOCKFILE = join(ROOT, 'package-lock.json');
const STAMP = 'npm';
const CI = [
  ...['ci', '--ignore-scripts', '--include=dev', '--include=optional'],
  ...['--no-audit', '--no-fund', '--loglevel=warn'],
];
const INPUTS = ['package.json', 'package-lock.json', '.npmrc'];

const madeFrom = () => digest([process.platform, process.arch, digestOfFile(LOCKFILE)]);

/** @returns {Record<string, Locked>} */
const lockedPackages = () => JSON.parse(readFileSync(LOCKFILE, 'utf8')).packages;

/** What package-lock.json pins a package to. @param {string} name */
export function lockedAs(name) {
  const { version, integrity } = lockedPackages()[`node_modules/${name}`] ?? {};
  return { name, version, integrity };
}

/** The npm that runs this, or else the one on the PATH. @param {string[]} args @returns {[string, string[]]} */
export function npm(args) {
  const cli = process.env.npm_execpath ?? '';
  return cli.endsWith('npm-cli.js') ? [process.execPath, [cli, ...args]] : ['npm', args];
}

/** @type {import('./set_up.mjs').Step} */
export const npmPackages = {
  name: 'npm packages',
  makes: [NODE_MODULES],
  inPlace: () => isStamped(STAMP, madeFrom()) && existsSync(join(NODE_MODULES, '.package-lock.json')),

  async check({ run }) {
    try {
      await run(...npm(['--version']));
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      throw new SetUpError('npm was not found: install Node 20 or later together with npm (nodejs.org).');
    }
  },

  async make({ run, progress }) {
    const beside = join(SCRATCH, 'npm');
    mkdirSync(beside);
    for (const name of INPUTS) {
      if (existsSync(join(ROOT, name))) copyFileSync(join(ROOT, name), join(beside, name));
    }
    const wanted = Object.entries(lockedPackages())
      .filter(([path, locked]) => path && fitsHere(locked))
      .map(([path]) => join(beside, path, 'package.json'));
    const watch = setInterval(() => {
      progress.update(wanted.filter(path => existsSync(path)).length, wanted.length);
    }, 500);
    try {
      const output = await run(...npm(CI), { cwd: beside });
      // On a full disk npm warns of each file that it could not write, and reports success.
      if (output.includes('TAR_ENTRY_ERROR')) throw new ChildError('npm ci', output, 'files are missing');
    } finally {
      clearInterval(watch);
    }
    removeStamp(STAMP);
    replace(join(beside, 'node_modules'), NODE_MODULES);
    this.stamp?.();
  },

  stamp: () => writeStamp(STAMP, madeFrom(), []),
};

/** Whether a package is for this system at all. @param {Locked} locked */
const fitsHere = ({ os, cpu }) =>
  (os?.includes(process.platform) ?? true) && (cpu?.includes(process.arch) ?? true);
