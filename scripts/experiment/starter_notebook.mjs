// The notebook that an experiment begins with: an example of each module asked for, and a chart. Uses Node alone.
import { examplesOf, purposeOf, valuesOf } from '../doc_examples.mjs';

/** What the notebook uses, whatever was asked for. */
export const EVERY_MODULE = ['charts.ts', 'display.ts', 'point_sets.ts'];

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
  const imports = new Imports();
  for (const [module, value] of [
    ['charts', 'lineChart'],
    ['display', 'showChart'],
    ['point_sets', 'linspace'],
  ])
    imports.add(`import { ${value} } from './${module}';`);
  const sections = modules.flatMap(module => section(module, imports));
  const cells = [
    markdown('question', `# ${name}\n\n${INTRODUCTION}`),
    code('imports', imports.toString()),
    ...sections,
    markdown('chart-text', CHART),
    code('chart', CHART_CODE),
  ];
  return `${JSON.stringify({ cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 }, null, 1)}\n`;
}

/** The lines of all cells, each module once. */
class Imports {
  /** Lines about packages. @type {Set<string>} */
  #packages = new Set();
  /** @type {Map<string, Set<string>>} */
  #modules = new Map();

  /** @param {string} line as in an example */
  add(line) {
    const [, names, module] = /^import \{ (.*) \} from '\.\/(\w+)';$/.exec(line) ?? [];
    if (!module) this.#packages.add(line);
    else this.#modules.set(module, new Set([...(this.#modules.get(module) ?? []), ...names.split(', ')]));
  }

  toString() {
    const lines = [...this.#modules].map(
      ([module, names]) => `import { ${[...names].sort().join(', ')} } from './modules/${module}';`,
    );
    return [...[...this.#packages].sort(), ...lines.sort()].join('\n');
  }
}

/** What a module is for, and a cell an example. @param {string} module @param {Imports} imports */
function section(module, imports) {
  const [name, examples] = [module.replace(/\.ts$/, ''), examplesOf(module)];
  const id = name.replaceAll('_', '-');
  const values = valuesOf(module);
  if (examples.length === 0 && values.length > 0)
    imports.add(`import { ${values.join(', ')} } from './${name}';`);
  for (const line of examples.flatMap(example => example.imports)) imports.add(line);
  const gives = values.length > 0 ? `It gives ${values.map(value => `\`${value}\``).join(', ')}.` : '';
  return [
    markdown(`${id}-text`, [`## \`${name}\``, purposeOf(module), gives].filter(Boolean).join('\n\n')),
    ...examples.map((example, i) => code(`${id}-${i + 1}`, example.code)),
  ];
}

/** @param {string} id @param {string} source */
const markdown = (id, source) => ({ cell_type: 'markdown', id, metadata: {}, source: lines(source) });
/** @param {string} id @param {string} source */
const code = (id, source) => ({
  cell_type: 'code',
  execution_count: null,
  id,
  metadata: {},
  outputs: [],
  source: lines(source),
});
/** Each with its end, as Jupyter writes them. @param {string} text */
const lines = text => text.split(/(?<=\n)/);
