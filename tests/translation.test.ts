/** docs/translation.md: what stands in the column of our calls gives what stands beside it, and so does SciPy. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { franke } from '../modules/notable_functions';
import { identity } from '../modules/operators';
import { halton } from '../modules/point_sets';
import { checkCells } from '../scripts/headless/check_cells.mjs';
import { ROOT, venvBin } from '../scripts/setup/paths.mjs';
import { exampleProgram } from './support/doc_examples';
import { difference, thrownDifference } from './support/doc_results';
import { temporaryFolder, writeNotebook } from './support/made_notebooks';

interface Row {
  section: string;
  theirs: string;
  code: string;
  gives: string;
}

const text = readFileSync(join(ROOT, 'docs', 'translation.md'), 'utf8');
const shared = /```typescript\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
const [, imports, statements] = /^((?:import .*\n)+)([\s\S]*)$/.exec(shared) ?? ['', '', ''];
const rows = text.split(/^## /m).slice(1).flatMap(tableOf);

/** The rows of a section's table. */
function tableOf(section: string): Row[] {
  const [title] = section.split('\n');
  const [, , ...lines] = section.split('\n').filter(line => line.startsWith('|'));
  return lines.map(line => {
    const [, theirs, code, gives] = /^\| (.+) \| `(.+)` \| `(.+)` \|$/.exec(line) ?? assert.fail(line);
    return { section: title, theirs, code, gives };
  });
}

const folder = temporaryFolder(after);
for (const link of ['modules', 'node_modules']) symlinkSync(join(ROOT, link), join(folder, link));

test('there are rows for PyTorch, JAX, SciPy and MATLAB', () => {
  const sections = new Map<string, number>();
  for (const { section } of rows) sections.set(section, (sections.get(section) ?? 0) + 1);
  for (const section of ['PyTorch', 'JAX', 'SciPy and NumPy', 'MATLAB'])
    assert.ok((sections.get(section) ?? 0) >= 10, section);
});

test('all of our calls are typed, by strict rules', () => {
  const file = writeNotebook(folder, 'translation', [
    `${shared}\n${rows.map(({ code }) => `${code};`).join('\n')}`,
  ]);
  assert.deepEqual(checkCells([file]), []);
});

describe('our call', () => {
  const wrong = new Map<string, string>();
  const seen = new Set<string>();
  before(async () => {
    const lines = rows.map(({ code, gives }) => `${code}; // ${gives}`);
    const example = {
      of: 'all',
      code: `${statements}\n${lines.join('\n')}`,
      imports: imports.trim().split('\n'),
      modules: [],
    };
    const file = join(folder, 'rows.ts');
    writeFileSync(file, exampleProgram([example]).source);
    await require(file).run(async (line: string, give: () => Promise<unknown>, expected: string) => {
      const found = await give().then(
        value => difference(value, expected),
        error => thrownDifference(error, expected),
      );
      seen.add(line);
      if (found) wrong.set(line, found);
    });
  });

  for (const { section, theirs, code, gives } of rows)
    test(`for ${theirs} (${section}) gives ${gives}`, () => {
      assert.ok(seen.has(code));
      assert.equal(wrong.get(code), undefined);
    });
});

const PYTHON = `
import json, sys
import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.linalg import cho_factor, cho_solve
from scipy.spatial.distance import cdist
from scipy.stats import qmc
given = json.load(sys.stdin)
A, b, p = np.array([[4., 2.], [2., 2.]]), np.array([2., 1.]), np.array([[0.5, 0.5]])
nodes, values = np.array(given["nodes"]).reshape(30, 2), np.array(given["values"])
print(json.dumps([eval(call).tolist() for call in given["calls"]]))
`;

describe('their call', () => {
  const theirs = rows.filter(({ section }) => section === 'SciPy and NumPy');
  let results: unknown[];
  before(() => {
    const nodes = halton(30, 2);
    const given = {
      nodes: [...nodes.data],
      values: [...franke.evaluate(identity, nodes).data],
      calls: theirs.map(row => row.theirs.slice(1, -1)),
    };
    const { stdout, stderr } = spawnSync(venvBin('python'), ['-c', PYTHON], {
      input: JSON.stringify(given),
      encoding: 'utf8',
    });
    results = JSON.parse(stdout || assert.fail(stderr));
  });

  for (const [i, row] of theirs.entries())
    test(`${row.theirs} gives ${row.gives} too`, () =>
      assert.equal(difference(results[i], row.gives), undefined));
});
