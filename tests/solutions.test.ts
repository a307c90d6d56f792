/** The exercises of the notebooks and their solutions fit together. */
import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Cell, joined } from '../scripts/headless/judge.mjs';
import { ROOT } from '../scripts/setup/paths.mjs';

const FOLDER = join(ROOT, 'notebooks');
const cellsOf = (...path: string[]): Cell[] => JSON.parse(readFileSync(join(FOLDER, ...path), 'utf8')).cells;
const notebooks = readdirSync(FOLDER).filter(name => name.endsWith('.ipynb') && name !== '00_index.ipynb');

/** The numbered items under "Try this". */
function exercisesOf(cells: Cell[]): string[] {
  const prose = cells.filter(cell => cell.cell_type === 'markdown').map(cell => joined(cell.source));
  const section = prose.join('\n\n').split(/^## Try this$/m)[1] ?? '';
  return [...section.matchAll(/^\d+\. (.+(?:\n {2,}.+)*)/gm)].map(match => oneLine(match[1]));
}
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

for (const name of notebooks)
  describe(`the exercises of ${name}`, () => {
    const cells = cellsOf(name);
    const exercises = exercisesOf(cells);
    const number = name.slice(0, 2);
    const solutions = `${number}_solutions.ipynb`;

    test('are there, and the notebook leads to their solutions', () => {
      assert.ok(exercises.length >= 2);
      assert.ok(joined(cells[cells.length - 1].source).includes(`(solutions/${solutions})`));
    });

    test('are solved one by one: the exercise, what to expect, and code that shows it', () => {
      const solved = cellsOf('solutions', solutions);
      const starts = solved.flatMap((cell, i) => (/^## \d/.test(joined(cell.source)) ? [i] : []));
      assert.equal(starts.length, exercises.length);
      starts.forEach((start, i) => {
        const text = joined(solved[start].source);
        assert.ok(text.startsWith(`## ${i + 1}. `), text);
        assert.equal(
          oneLine((text.match(/^> .*$/gm) ?? []).map(line => line.slice(2)).join(' ')),
          exercises[i],
        );
        assert.match(text, /^\*\*Expected:\*\* ./m);
        const code = solved.slice(start, starts[i + 1]).filter(cell => cell.cell_type === 'code');
        assert.ok(code.some(cell => (cell.outputs ?? []).length > 0));
      });
    });

    test('are led back from', () => {
      const solved = cellsOf('solutions', solutions);
      for (const cell of [solved[0], solved[solved.length - 1]])
        assert.ok(joined(cell.source).includes(`(../${name})`));
    });
  });

test('the solutions find the modules beside them', () => {
  const link = join(FOLDER, 'solutions', 'modules');
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readlinkSync(link), join('..', '..', 'modules'));
  assert.ok(existsSync(join(link, 'notable_kernels.ts')));
});
