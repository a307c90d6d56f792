// The command line of a sweep. Uses Node alone.
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CELL_LIMIT } from '../headless/run.mjs';
import { BUILD } from '../setup/paths.mjs';

export const USAGE = `Usage: npm run sweep -- NOTEBOOK -p NAME=VALUE,… [-p NAME=VALUE,…]… [OPTION…]
       npm run sweep -- dask scheduler|worker …    Dask's own command line, with what a worker needs

Runs the notebook once for each combination of the parameters, which its cell tagged "parameters" declares.
A VALUE is a number, a string, true, false, null, or an array in brackets.

  --scheduler ADDRESS       of a Dask cluster; without it, one on this machine
  --workers N               on this machine, each a process; as many as it has cores
  --out FOLDER              for the table and the executed notebooks; build/sweep/NOTEBOOK
  --with FILE               a file beside the notebook, or below, that it reads; modules come by themselves
  --chart RESULT:PARAMETER  draws a result that the notebook records over a parameter
  --retries N               how often a run that failed is tried once more; 1
  --timeout SECONDS         for each cell; ${CELL_LIMIT}`;

/**
 * What a command line asks for. Paths count from where the command was typed.
 * @param {string[]} args
 * @throws {Error} with a sentence for the user
 */
export function readArguments(args) {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      parameter: { type: 'string', short: 'p', multiple: true, default: [] },
      with: { type: 'string', multiple: true, default: [] },
      chart: { type: 'string', multiple: true, default: [] },
      scheduler: { type: 'string' },
      workers: { type: 'string' },
      out: { type: 'string' },
      retries: { type: 'string' },
      timeout: { type: 'string' },
    },
  });
  if (positionals.length !== 1)
    throw new Error(`There must be one notebook, got ${positionals.length}: ${positionals.join(', ')}`);
  const here = process.env.INIT_CWD ?? process.cwd();
  const notebook = resolve(here, positionals[0]);
  const name = basename(notebook, '.ipynb');
  const parameters = readParameters(values.parameter);
  return {
    notebook,
    name,
    parameters,
    extras: values.with.map(file => resolve(here, file)),
    charts: values.chart.map(chart => readChart(chart, [...parameters.keys()])),
    scheduler: values.scheduler ?? null,
    workers: whole('workers', values.workers, 1, availableParallelism()),
    out: values.out === undefined ? join(BUILD, 'sweep', name) : resolve(here, values.out),
    retries: whole('retries', values.retries, 0, 1),
    cellSeconds: whole('timeout', values.timeout, 1, CELL_LIMIT),
  };
}

/** @param {string} name @param {string | undefined} text @param {number} least @param {number} unnamed */
function whole(name, text, least, unnamed) {
  const value = text === undefined ? unnamed : Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(`--${name}: a whole number, ${least} or more, got ${text}`);
  return value;
}

/**
 * The values of each parameter, from texts like `eps=1,2,4`.
 * @param {string[]} texts
 * @returns {Map<string, unknown[]>}
 */
export function readParameters(texts) {
  if (texts.length === 0)
    throw new Error('There is nothing to sweep over: name a parameter with -p NAME=VALUE,…');
  const parameters = new Map();
  for (const text of texts) {
    const [, name, list] = /^\s*([\p{L}_$][\p{L}\p{N}_$]*)\s*=(.*)$/su.exec(text) ?? [];
    if (name === undefined) throw new Error(`-p: NAME=VALUE,… with the name of a variable, got ${text}`);
    if (parameters.has(name)) throw new Error(`-p ${name}: it comes twice`);
    parameters.set(name, readValues(name, list));
  }
  return parameters;
}

/** @param {string} name @param {string} list @returns {unknown[]} */
function readValues(name, list) {
  const pieces = [''];
  let [depth, quoted] = [0, false];
  for (const sign of list.match(/\\.|./gs) ?? []) {
    if (sign === '"') quoted = !quoted;
    if (!quoted && '[{'.includes(sign)) depth++;
    if (!quoted && ']}'.includes(sign)) depth--;
    if (sign === ',' && depth === 0 && !quoted) pieces.push('');
    else pieces[pieces.length - 1] += sign;
  }
  if (depth !== 0 || quoted) throw new Error(`-p ${name}: a bracket or a quote has no partner in ${list}`);
  if (pieces.some(piece => piece.trim() === '')) throw new Error(`-p ${name}: a value is missing in ${list}`);
  return pieces.map(piece => readValue(piece.trim()));
}

/** JSON, a number as JavaScript reads it, or else the text itself. @param {string} text @returns {unknown} */
function readValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    return Number.isFinite(Number(text)) ? Number(text) : text;
  }
}

/** @param {string} text @param {string[]} parameters */
function readChart(text, parameters) {
  const colon = text.lastIndexOf(':');
  const [result, parameter] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || !parameters.includes(parameter))
    throw new Error(`--chart: RESULT:PARAMETER with one of ${parameters.join(', ')}, got ${text}`);
  return { result, parameter };
}
