// Makes the folder, and says what is in it and how to go on. Uses Node alone.
import { basename, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { moduleNames } from '../module_needs.mjs';
import { SetUpError } from '../setup/errors.mjs';
import { ROOT } from '../setup/paths.mjs';
import { handOver } from './hand_over.mjs';
import { makeFolder } from './make_folder.mjs';

const USAGE = `Usage: npm run new-experiment NAME [-- --modules nn_rbf,…]
NAME without a slash is a folder in experiments/ of this repo; else it is a path from where you are.`;
const DEFAULT_MODULES = ['interpolation', 'collocation', 'nn_rbf', 'training'];
const NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** @returns {Promise<number>} the exit code */
export async function main() {
  const { folder, modules } = readArguments(process.argv.slice(2), process.env);
  const { notebook, copied } = makeFolder(folder, modules);
  const taken = await handOver(folder);

  const here = relative(process.env.INIT_CWD ?? process.cwd(), folder) || '.';
  const rest =
    taken.missing.length === 0 ? '' : `\`npm start\` there makes the rest: ${taken.missing.join(', ')}.`;
  const links =
    taken.steps.length === 0 ? '' : `Linked from here, without a download: ${taken.steps.join(', ')}.`;
  console.log(`${here}${sep} stands alone: ${notebook}, ${copied} modules, and the scripts that set it up.
${[links, rest].filter(Boolean).join('\n')}

  cd ${quoted(here)}
  npm start      # sets it up and runs the notebook headless; results in build/
  npm run lab    # opens the notebook in JupyterLab`);
  return 0;
}

/** @param {string} path */
const quoted = path => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/**
 * @param {string[]} args @param {NodeJS.ProcessEnv} env
 * @throws {SetUpError} with a sentence for the user
 */
export function readArguments(args, env) {
  const { name, list } = split(args, env);
  if (!NAME.test(basename(name))) {
    throw new SetUpError(
      `The name must begin with a letter and hold only letters, digits, _, - and ., got ${basename(name) || name}.\n${USAGE}`,
    );
  }
  const isPath = name.includes('/') || name.includes(sep);
  const folder = isPath ? resolve(env.INIT_CWD ?? process.cwd(), name) : join(ROOT, 'experiments', name);
  const known = moduleNames().map(module => module.slice(0, -'.ts'.length));
  const asked =
    list === undefined ? DEFAULT_MODULES : list.split(',').map(item => item.trim().replace(/\.ts$/, ''));
  const unknown = asked.filter(module => !known.includes(module));
  if (unknown.length > 0) {
    throw new SetUpError(
      `There is no module ${unknown.map(module => module || '(without a name)').join(', ')}; there are: ${known.join(', ')}.`,
    );
  }
  return { folder, modules: [...new Set(asked)].map(module => `${module}.ts`) };
}

/**
 * NAME and the value of --modules. npm takes options that stand before its `--` for its own: it drops
 * `--modules=LIST`, and of `--modules LIST` it leaves LIST.
 * @param {string[]} args @param {NodeJS.ProcessEnv} env
 */
function split(args, env) {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { modules: { type: 'string' } },
    });
    const eaten = env.npm_config_modules;
    const [name, ...more] = positionals;
    const list = values.modules ?? (eaten === 'true' ? more.shift() : eaten);
    if (name === undefined) throw new Error('The name of the experiment is missing.');
    if (more.length > 0) throw new Error(`One name is expected, got ${positionals.join(' ')}.`);
    if (eaten === 'true' && list === undefined) throw new Error('--modules: a list of modules is missing.');
    return { name, list };
  } catch (error) {
    throw new SetUpError(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
}
