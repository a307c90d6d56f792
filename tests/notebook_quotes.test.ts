/** What a notebook or the README shows as a module's is the module's. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(__dirname, '..');
const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const notebooks = readdirSync(join(ROOT, 'notebooks')).filter(name => name.endsWith('.ipynb'));

interface Cell {
  id: string;
  cell_type: string;
  source: string[];
  outputs?: { data?: Record<string, string[] | string> }[];
}
const cellsOf = (name: string) => (JSON.parse(read('notebooks', name)) as { cells: Cell[] }).cells;

test('code that a notebook quotes from a module stands there, word for word', () => {
  let quotes = 0;
  for (const name of notebooks)
    for (const { cell_type, source } of cellsOf(name)) {
      if (cell_type !== 'markdown') continue;
      for (const [, file, code] of source
        .join('')
        .matchAll(/```typescript\n\/\/ (modules\/\w+\.ts)\n([\s\S]*?)```/g)) {
        quotes++;
        assert.ok(read(file).includes(code), `${name} quotes ${file}, which reads otherwise:\n${code}`);
      }
    }
  assert.ok(quotes > 0);
});

test('code that a notebook repeats from another is the same there', () => {
  const [first, second] = ['01_differentials_rbf_nans.ipynb', '02_differentials_rbf.ipynb'];
  const naive =
    cellsOf(first)
      .find(cell => cell.id === 'naive-kernel')
      ?.source.join('') ?? '';
  assert.match(naive, /tf\.sqrt/);
  assert.ok(cellsOf(second).some(cell => cell.source.join('').includes(naive)));
});

test("the README's picture is the chart of notebook 02", () => {
  const chart = cellsOf('02_differentials_rbf.ipynb').find(cell => cell.id === 'along-line');
  const svg = chart?.outputs?.map(output => output.data?.['image/svg+xml']).find(Boolean) ?? '';
  assert.equal(read('docs', 'gaussian_derivatives.svg').trim(), [svg].flat().join('').trim());
  assert.ok(read('README.md').includes('docs/gaussian_derivatives.svg'));
});

test('the README lists every notebook and every command', () => {
  const readme = read('README.md');
  for (const name of notebooks) assert.ok(readme.includes(`notebooks/${name}`), name);
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const name of Object.keys(scripts).filter(name => !['start', 'test', 'format'].includes(name)))
    assert.ok(readme.includes(`npm run ${name}`), `npm run ${name}`);
});
