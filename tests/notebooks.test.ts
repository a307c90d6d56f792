import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { checkCells } from '../scripts/headless/check_cells.mjs';
import { ABSOLUTE, differences } from '../scripts/headless/compare.mjs';
import { type Cell, codeCells, joined, type Output } from '../scripts/headless/judge.mjs';
import { committedNotebooks } from '../scripts/headless/main.mjs';
import { type Result, runNotebooks } from '../scripts/headless/run.mjs';
import { childEnv, ROOT, venvBin } from '../scripts/setup/paths.mjs';
import { temporaryFolder, writeNotebook } from './support/made_notebooks';

type Notebook = {
  cells: (Cell & { id: string })[];
  metadata: { kernelspec: { name: string; display_name: string } };
  nbformat: number;
  nbformat_minor: number;
};
type Encoding = Record<string, { title?: unknown; axis?: { title?: unknown } } | undefined>;
type Spec = { encoding?: Encoding; layer?: Spec[]; hconcat?: Spec[]; vconcat?: Spec[]; spec?: Spec };

const VEGA_LITE = 'application/vnd.vegalite.v5+json';
const LARGEST = 500_000;

const files = committedNotebooks();
const read = (file: string): Notebook => JSON.parse(readFileSync(file, 'utf8'));
const name = (file: string) => basename(file, '.ipynb');
const outputs = (cell: Cell): Output[] => cell.outputs ?? [];
/** Whether a cell shows where in a cell something went wrong; the stock kernel does not know that. */
const namesPlaces = (cell: Cell) => /\bCell \d+:\d+:\d+/.test(JSON.stringify(outputs(cell)));
const raises = (cell: Cell) => cell.metadata.tags?.includes('raises-exception') === true;

const folder = temporaryFolder(after);
/** A folder for copies of notebooks, with everything in reach that they import. */
function workplace(name: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  for (const link of ['modules', 'node_modules', 'notebooks/data'])
    symlinkSync(join(ROOT, link), join(place, basename(link)));
  return place;
}

describe('each notebook', () => {
  test('is one of several', () => assert.ok(files.length > 1));

  for (const file of files) {
    describe(name(file), () => {
      const notebook = read(file);
      const text = readFileSync(file, 'utf8');

      test('is nbformat 4.5 for the kernel tslab', () => {
        assert.deepEqual([notebook.nbformat, notebook.nbformat_minor], [4, 5]);
        assert.equal(notebook.metadata.kernelspec.name, 'tslab');
      });

      test('is written as npm run notebooks:update writes it', () => {
        assert.ok(text.endsWith('}\n') && text.startsWith('{\n "cells": ['));
        assert.ok(notebook.cells.every(cell => !('execution' in cell.metadata)));
      });

      test('begins with its one top heading', () => {
        const prose = notebook.cells.filter(cell => cell.cell_type === 'markdown');
        const headings = prose.flatMap(cell => withoutCode(joined(cell.source)).match(/^# .+$/gm) ?? []);
        assert.equal(headings.length, 1);
        assert.ok(joined(notebook.cells[0].source).startsWith(headings[0]));
      });

      test('has an id of its own for each cell, not one that was drawn by lot', () => {
        const ids = notebook.cells.map(cell => cell.id);
        assert.equal(new Set(ids).size, ids.length);
        assert.deepEqual(
          ids.filter(id => /^([0-9a-f]{8}|[0-9a-f-]{36})$/.test(id)),
          [],
        );
      });

      test('was run once from its first cell to its last', () => {
        const counts = codeCells(notebook).map(cell => cell.execution_count);
        assert.deepEqual(
          counts,
          counts.map((_, i) => i + 1),
        );
      });

      test('shows an error only where a cell is meant to raise one, and there does', () => {
        const hasError = (cell: Cell) => outputs(cell).some(output => output.output_type === 'error');
        assert.deepEqual(codeCells(notebook).filter(hasError), codeCells(notebook).filter(raises));
      });

      test('holds no absolute path', () => {
        assert.deepEqual(
          text.match(/(?<![\w.:/\\])\/(?:home|root|Users|tmp|work|opt|usr|var|private)\/\S*/g),
          null,
        );
        assert.ok(!text.includes(ROOT));
      });

      test('is smaller than half a megabyte', () => assert.ok(statSync(file).size < LARGEST));

      test('gives every chart a title, titles of axes, a description, an SVG and a sentence', () => {
        for (const { data = {} } of codeCells(notebook).flatMap(outputs)) {
          const spec = data[VEGA_LITE];
          if (!spec) {
            assert.ok(!('image/svg+xml' in data), 'an SVG without its specification');
            continue;
          }
          assert.match(spec.$schema, /vega-lite\/v5/);
          assert.ok(titleText(spec.title), 'title');
          assert.ok(spec.description, 'description');
          const channels = encodings(spec);
          for (const channel of ['x', 'y']) {
            const used = channels.flatMap(encoding => encoding[channel] ?? []);
            assert.ok(
              used.some(({ title, axis }) => titleText(title ?? axis?.title)),
              `title of the axis ${channel} of ${titleText(spec.title)}`,
            );
          }
          assert.match(joined(data['image/svg+xml']), /^<svg [\s\S]*<\/svg>\s*$/);
          assert.ok(joined(data['text/plain']).trim().length > 20);
        }
      });
    });
  }
});

const withoutCode = (markdown: string) => markdown.replace(/^```[\s\S]*?^```/gm, '');
/** A title's text, be it a string or an object. */
const titleText = (title: unknown): string =>
  typeof title === 'string' ? title : ((title as { text?: string } | undefined)?.text ?? '');

/** The encodings of a specification and of all its parts. */
function encodings({ encoding, layer = [], hconcat = [], vconcat = [], spec }: Spec): Encoding[] {
  const parts = [...layer, ...hconcat, ...vconcat, ...(spec ? [spec] : [])];
  return [...(encoding ? [encoding] : []), ...parts.flatMap(encodings)];
}

describe('the check of cells without running them', () => {
  const mistakes = (...cells: string[]) => {
    const file = writeNotebook(folder, `checked${cells.length}`, cells);
    return checkCells([file]).map(mistake => mistake.replace(/^.*\.ipynb, /, ''));
  };

  test('passes the notebooks', () => assert.deepEqual(checkCells(files), []));

  test('is strict, knows earlier cells, and names cell and line', () => {
    assert.deepEqual(
      mistakes('const found = [1].find(n => n > 1);', 'await Promise.resolve();\nconst n: number = found;'),
      [
        "cell 2, line 2: TS2322: Type 'number | undefined' is not assignable to type 'number'.\n  Type 'undefined' is not assignable to type 'number'.",
      ],
    );
  });

  test('refuses a shorthand property of a name from an earlier cell, and only that', () => {
    const [mistake, ...more] = mistakes(
      'const z = 1;',
      'const near = 2;\nconsole.log({ near });',
      'console.log({ z: z }, ((z: number) => ({ z }))(3));\nconsole.log({ z });',
    );
    assert.match(mistake, /^cell 3, line 2: { z }, of an earlier cell, fails on the stock tslab kernel/);
    assert.deepEqual(more, []);
  });
});

describe('the comparison of outputs', () => {
  const printing = (text: string) => ({
    cells: [{ cell_type: 'code', source: 'f()', metadata: {}, outputs: [{ output_type: 'stream', text }] }],
  });
  const compare = (was: string, is: string) => differences(printing(was), printing(is));

  test('names the cell, the line, what was and what is', () => {
    assert.deepEqual(compare('one\ntwo 2\n', 'one\ntwo 3\n'), [
      'cell 1 (f()).0.text: line 2: "two 2" became "two 3"',
    ]);
  });

  test('sees a change of words, of a digit, and of an output that went or came', () => {
    assert.equal(compare('u = 1.1100', 'u = 1.1101').length, 1);
    assert.equal(compare('u = 1.11', 'v = 1.11').length, 1);
    assert.equal(compare('1', '-1').length, 1);
    const silent = { cells: [{ ...printing('').cells[0], outputs: [] }] };
    assert.equal(differences(printing('x'), silent).length, 1);
    assert.equal(differences(silent, printing('x')).length, 1);
  });

  test('lets numbers differ by a millionth, and small ones elsewhere than on x64 by the rounding of float32', () => {
    assert.deepEqual(compare('f(0.5) = 1.23456789', 'f(0.5) = 1.23456801'), []);
    assert.equal(compare('1.1921e-07', '2.3842e-07').length, ABSOLUTE === 0 ? 1 : 0);
  });
});

describe('a re-run', () => {
  let own: Result[];
  let stock: Result[];
  before(async () => {
    const prefix = join(folder, 'prefix');
    const bin = join(ROOT, 'node_modules', '.bin');
    const env = {
      ...childEnv(),
      JUPYTER_PATH: join(prefix, 'share', 'jupyter'),
      PATH: [bin, childEnv().PATH].join(delimiter),
    };
    execFileSync(join(bin, 'tslab'), ['install', '--python', venvBin('python'), '--prefix', prefix], { env });
    [own, stock] = await Promise.all([
      runNotebooks(files, { out: join(folder, 'own'), html: false }),
      runNotebooks(files, { out: join(folder, 'stock'), html: false, env }),
    ]);
  });

  for (const [i, file] of files.entries()) {
    test(`gives the outputs that ${name(file)} holds`, () => {
      assert.deepEqual(own[i].failure, null);
      assert.deepEqual(differences(read(file), read(own[i].executed as string)), []);
    });

    test(`on the stock tslab kernel gives the same outputs for ${name(file)}, but for errors and their places`, () => {
      assert.deepEqual(stock[i].failure, null);
      const [mine, theirs] = [own[i], stock[i]].map(({ executed }) => read(executed as string));
      assert.equal(theirs.metadata.kernelspec.display_name, 'TypeScript');
      assert.deepEqual(
        differences(mine, theirs, cell => !raises(cell) && !namesPlaces(cell)),
        [],
      );
    });
  }

  /** Runs nbval over a folder; the cells that it fails, and how many it ran. */
  async function nbval(place: string): Promise<{ failed: string[]; cells: number; said: string }> {
    const args = ['-m', 'pytest', '--nbval', '--color=no', '-rf', '-p', 'no:cacheprovider', place];
    const said = await new Promise<string>(resolve => {
      execFile(
        venvBin('python'),
        args,
        { cwd: place, env: childEnv(), maxBuffer: 1 << 26 },
        (_, stdout, stderr) => resolve(stdout + stderr),
      );
    });
    const failed = [...said.matchAll(/^FAILED (?:.*\/)?([\w-]+\.ipynb::Cell \d+)/gm)].map(match => match[1]);
    return { failed, cells: Number(/(\d+) passed/.exec(said)?.[1] ?? 0) + failed.length, said };
  }

  // nbval compares texts to the letter, so that what it is given are the outputs of this machine.
  test('by nbval passes every notebook', async () => {
    // In two halves at once: a kernel that compiles keeps one core busy.
    const places = [0, 1].map(half => {
      const place = workplace(`half${half}`);
      for (const { executed } of own.filter((_, i) => i % 2 === half))
        copyFileSync(executed as string, join(place, basename(executed as string)));
      return place;
    });
    const halves = await Promise.all(places.map(nbval));
    const said = halves.map(half => half.said).join('\n');
    assert.deepEqual(
      halves.flatMap(half => half.failed),
      [],
      said,
    );
    const all = files.flatMap(file => read(file).cells.filter(cell => cell.cell_type === 'code'));
    assert.equal(halves[0].cells + halves[1].cells, all.length, said);
  });

  test('by nbval fails on a printed number, a specification and an SVG that were changed, and on nothing else', async () => {
    const { notebook, printed, charts } = changeable(own.map(({ executed }) => read(executed as string)));
    const [forSpec, forSvg] = charts;
    printed.text = joined(printed.text as string).replace(/\d(?=\D*$)/, digit =>
      String((Number(digit) + 1) % 10),
    );
    Object.assign(forSpec[VEGA_LITE], { title: 'Another title' });
    forSvg['image/svg+xml'] = joined(forSvg['image/svg+xml']).replace('</svg>', '<circle r="1"/></svg>');
    const code = notebook.cells.filter(cell => cell.cell_type === 'code');
    const changed = [printed, forSpec, forSvg].map(part =>
      code.findIndex(cell => outputs(cell).some(output => output === part || output.data === part)),
    );
    const place = workplace('changed');
    writeFileSync(join(place, 'changed.ipynb'), JSON.stringify(notebook));
    const { failed, said } = await nbval(place);
    assert.deepEqual(failed.sort(), changed.map(i => `changed.ipynb::Cell ${i}`).sort(), said);
  });
});

/** A notebook with a printed number and two charts, each in a cell of its own. */
function changeable(notebooks: Notebook[]) {
  for (const notebook of notebooks) {
    const cells = codeCells(notebook);
    const charted = cells.filter(cell => outputs(cell).some(({ data }) => data?.[VEGA_LITE]));
    const charts = charted.map(
      cell => outputs(cell).flatMap(({ data }) => (data?.[VEGA_LITE] ? [data] : []))[0],
    );
    const printed = cells
      .filter(cell => !charted.includes(cell))
      .flatMap(outputs)
      .find(output => output.output_type === 'stream' && /\d/.test(joined(output.text ?? '')));
    if (printed && charts.length >= 2) return { notebook, printed, charts };
  }
  return assert.fail('no notebook has a printed number and two charts, each in a cell of its own');
}
