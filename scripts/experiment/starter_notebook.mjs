// The notebook that an experiment begins with: an example of each module asked for, and a chart. Uses Node alone.
import { examplesOf, importLines, purposeOf, renamed, valuesOf } from '../doc_examples.mjs';

/** What the notebook prints and draws with, whatever was asked for. */
const ALWAYS = [
  { name: 'lineChart', module: 'charts.ts' },
  { name: 'showChart', module: 'display.ts' },
  { name: 'linspace', module: 'point_sets.ts' },
  { name: 'formatArray', module: 'number_format.ts' },
  { name: 'plainArray', module: 'plain_array.ts' },
];
export const EVERY_MODULE = ALWAYS.map(value => value.module);

const METADATA = {
  kernelspec: { display_name: 'TypeScript (tslab)', language: 'typescript', name: 'tslab' },
  language_info: {
    codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
    file_extension: '.ts',
    mimetype: 'text/typescript',
    name: 'typescript',
    version: '5.0.4',
  },
};

const INTRODUCTION = `*Your question here.*

The modules lie in \`modules/\`, and the first comment of each says what it needs. \`npm start\` sets everything up and runs this notebook headless, \`npm run lab\` opens it.`;

const PRINT = `/** Prints arrays of every kind row by row. */
const print = (value: unknown) => console.log(plainArray(value) ? formatArray(value) : value);`;

const CHART = `## A chart

A curve over $x$; put your own in its place.`;

const CHART_CODE = `const x = linspace(-1, 1, 201);
const bump = Array.from(x.data, value => Math.exp(-9 * value * value));

await showChart(
  lineChart({
    title: 'A Gaussian',
    description: 'A bell curve around 0, 1 at its top and almost 0 at −1 and 1.',
    xTitle: 'x (dimensionless)',
    yTitle: 'exp(−9x²) (dimensionless)',
    series: [{ name: 'Gaussian', x, y: bump }],
  }),
);`;

/**
 * @param {string} name the title
 * @param {string[]} modules files in modules/
 * @returns {string} the notebook, as JSON
 */
export function starterNotebook(name, modules) {
  const names = new Names();
  for (const { name, module } of ALWAYS) names.use(name, module);
  const sections = modules.flatMap(module => section(module, names));
  const cells = [
    markdown('question', `# ${name}\n\n${INTRODUCTION}`),
    code('imports', `${names.imports()}\n\n${PRINT}`),
    ...sections,
    markdown('chart-text', CHART),
    code('chart', CHART_CODE),
  ];
  return `${JSON.stringify({ cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** The names in the cells, which share them all. */
class Names {
  /** @type {Set<string>} */
  #packages = new Set();
  /** By name, the module that it is imported from. @type {Map<string, string>} */
  #values = new Map();
  /** Modules that are imported whole. @type {Set<string>} */
  #whole = new Set();
  /** Lines that declare something. @type {Set<string>} */
  #declared = new Set();

  /** What to write for a module's value: its name, or where another module's has it, with the module before it. @param {string} name @param {string} module */
  use(name, module) {
    const taken = this.#values.get(name) ?? module;
    if (taken !== module) return this.useWhole(module, name);
    this.#values.set(name, module);
    return name;
  }

  /** @param {string} module @param {string} name */
  useWhole(module, name) {
    this.#whole.add(module);
    return `${stem(module)}.${name}`;
  }

  /**
   * An example as cells: it prints what it gives, what stands in a cell above is not declared again, and what is to fail
   * has a cell of its own.
   * @param {import('../doc_examples.mjs').Example} example
   */
  cellsOf({ code, packages, values }) {
    for (const line of packages) this.#packages.add(line);
    const written = new Map(values.map(({ name, module }) => [name, this.use(name, module)]));
    const lines = code
      .split('\n')
      .map(line => renamed(line, written))
      .filter(line => !this.#declared.has(line));
    for (const line of lines) if (/^const .*;/.test(line)) this.#declared.add(line);
    const failing = lines.filter(line => line.includes('// throws '));
    const rest = lines.filter(line => !failing.includes(line));
    const printing = rest.map(line => line.replace(/^(?!const )(.*); (\/\/ .*)$/, 'print($1); $2'));
    return [...(rest.length > 0 ? [printing.join('\n')] : []), ...failing];
  }

  imports() {
    const whole = [...this.#whole]
      .sort()
      .map(module => `import * as ${stem(module)} from './modules/${stem(module)}';`);
    const values = [...this.#values].map(([name, module]) => ({ name, module }));
    return [...[...this.#packages].sort(), ...whole, ...importLines(values, './modules')].join('\n');
  }
}

/** @param {string} module */
const stem = module => module.replace(/\.ts$/, '');

/** What a module is for, and a cell an example. @param {string} module @param {Names} names */
function section(module, names) {
  const id = stem(module).replaceAll('_', '-');
  const [values, examples] = [valuesOf(module), examplesOf(module)];
  const gives = values.length > 0 ? `It gives ${values.map(value => `\`${value}\``).join(', ')}.` : '';
  return [
    markdown(`${id}-text`, [`## \`${stem(module)}\``, purposeOf(module), gives].filter(Boolean).join('\n\n')),
    ...examples.flatMap(example => names.cellsOf(example)).map((cell, i) => code(`${id}-${i + 1}`, cell)),
  ];
}

/** @param {string} id @param {string} source */
const markdown = (id, source) => ({ cell_type: 'markdown', id, metadata: {}, source: lines(source) });
/** @param {string} id @param {string} source */
const code = (id, source) => ({
  cell_type: 'code',
  execution_count: null,
  id,
  // It may fail, and the cells below it run all the same.
  metadata: source.includes('// throws ') ? { tags: ['raises-exception'] } : {},
  outputs: [],
  source: lines(source),
});
/** Each with its end, as Jupyter writes them. @param {string} text */
const lines = text => text.split(/(?<=\n)/);
