/** docs/large_problems.md: its examples are typed, run, and give what they say. */
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkCells } from '../scripts/headless/check_cells.mjs';
import { ROOT } from '../scripts/setup/paths.mjs';
import { exampleProgram } from './support/doc_examples';
import { difference } from './support/doc_results';
import { temporaryFolder, writeNotebook } from './support/made_notebooks';

const text = readFileSync(join(ROOT, 'docs', 'large_problems.md'), 'utf8');
const blocks = [...text.matchAll(/```typescript\n([\s\S]*?)```/g)].map(([, code]) => code);
const folder = temporaryFolder(after);
for (const link of ['modules', 'node_modules']) symlinkSync(join(ROOT, link), join(folder, link));

test('the examples are typed, by strict rules', () => {
  assert.ok(blocks.length >= 3);
  assert.deepEqual(checkCells([writeNotebook(folder, 'large_problems', blocks)]), []);
});

test('each line gives what stands behind it', async () => {
  const [, imports, code] = /^((?:import .*\n)+)([\s\S]*)$/.exec(blocks.join('\n')) ?? assert.fail();
  const file = join(folder, 'examples.ts');
  const example = { of: 'all', code, imports: imports.trim().split('\n') };
  writeFileSync(file, exampleProgram([example]).source.replace(/'(\w+\.npy)'/g, `'${folder}/$1'`));
  const wrong: string[] = [];
  let lines = 0;
  await require(file).run(async (line: string, give: () => Promise<unknown>, expected: string) => {
    const found = difference(await give(), expected);
    if (found) wrong.push(`${line}: ${found}`);
    lines++;
  });
  assert.deepEqual(wrong, []);
  assert.ok(lines >= 4);
});
