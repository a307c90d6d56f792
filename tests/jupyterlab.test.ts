/** JupyterLab as one uses it: `npm run lab`, in a browser. Its pictures are in build/jupyterlab/, to be looked at. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { codeCells, joined } from '../scripts/headless/judge.mjs';
import { BUILD, ROOT } from '../scripts/setup/paths.mjs';
import { Lab, privateFolder, startBrowser } from './support/lab';
import { LabPage, until } from './support/lab_page';
import { writeNotebook } from './support/made_notebooks';

const VEGA_LITE = 'application/vnd.vegalite.v5+json';
const PICTURES = join(BUILD, 'jupyterlab');
/** So high that a whole notebook is in view: JupyterLab draws only what is. */
const WHOLE = { width: 1300, height: 16_000 };
const WINDOW = { width: 1300, height: 1000 };

const folder = privateFolder();
// Chromium's and its driver's files go with the folder.
process.env.TMPDIR = folder;

let browser: Browser | undefined;
let lab: Lab;
let at: LabPage;

before(async () => {
  rmSync(PICTURES, { recursive: true, force: true });
  mkdirSync(PICTURES, { recursive: true });
  browser = await startBrowser(folder);
  lab = await Lab.start(folder);
  at = new LabPage(await browser.newPage({ viewport: WINDOW }), lab);
});

after(async () => {
  await browser?.close();
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const picture = (name: string) => at.page.screenshot({ path: join(PICTURES, `${name}.png`) });

describe('npm run lab', () => {
  test('opens on the index', async () => {
    await at.goTo(lab.url.href);
    assert.equal(new URL(at.page.url()).pathname, '/lab/tree/notebooks/00_index.ipynb');
    assert.equal(await at.cell(0).locator('h1').count(), 1);
    await picture('index');
    await at.close();
  });

  test('asks for a token, and listens on this machine alone', async () => {
    assert.equal((await fetch(new URL('/api/contents', lab.url))).status, 403);
    assert.equal((await lab.ask('contents')).status, 200);
    assert.equal(lab.url.hostname, 'localhost');
  });
});

describe('Run All', () => {
  // Also after a failure, which would take those that follow with it.
  afterEach(() => at.close());
  // The solutions, in a folder of their own, are run by another test.
  const names = readdirSync(join(ROOT, 'notebooks')).filter(name => name.endsWith('.ipynb'));
  for (const name of names.sort()) {
    test(`runs ${name} without an error, and draws every chart`, async () => {
      await at.page.setViewportSize(WHOLE);
      await at.open(`notebooks/${name}`);
      await at.runAll();
      const { cells } = await at.saved(name);
      const code = codeCells({ cells });
      assert.deepEqual(
        code.map(cell => cell.execution_count),
        code.map((_, i) => i + 1),
      );
      const failed = code.filter(
        cell =>
          !cell.metadata.tags?.includes('raises-exception') &&
          cell.outputs?.some(output => output.output_type === 'error'),
      );
      assert.deepEqual(
        failed.map(cell => joined(cell.source)),
        [],
      );
      const charts = code.flatMap(cell => cell.outputs ?? []).filter(output => output.data?.[VEGA_LITE]);
      const colours = await at.colours();
      assert.equal(colours.length, charts.length, 'charts that are drawn');
      assert.ok(
        colours.every(count => count > 2),
        `colours in the charts: ${colours}`,
      );
      const height = await at.height(cells.length);
      // Chromium draws no taller picture; what is below was checked all the same.
      const clip = { x: 0, y: 0, width: WHOLE.width, height: Math.min(height, WHOLE.height) };
      await at.page.screenshot({ path: join(PICTURES, `${basename(name, '.ipynb')}.png`), clip });
    });
  }
});

describe('in a notebook', () => {
  const cells = [
    "import * as tf from '@tensorflow/tfjs-node';\nimport { linspace } from './modules/point_sets';",
    'const points = linspace(0, 1, 5);\npoints.shape;',
    'tf.tensor2',
    `import { lineFrames } from './modules/frame_charts';
import { showChart } from './modules/display';
const x = Array.from({ length: 41 }, (_, i) => i / 20 - 1);
await showChart(
  lineFrames({
    title: 'Gaussians',
    description: 'A bell that gets narrower.',
    xTitle: 'x',
    yTitle: 'φ',
    frameTitle: 'ε',
    frames: [1, 4, 9].map(at => ({ at, series: [{ name: 'φ', x, y: x.map(t => Math.exp(-((at * t) ** 2))) }] })),
  }),
);`,
    `import { train } from './modules/training';
const w = tf.variable(tf.scalar(1));
process.env.LAB_MARK = 'before';
await train({ loss: () => w.square(), variables: [w], epochs: 10_000_000, label: 'training' });`,
    "console.log('goes on,', process.env.LAB_MARK ?? 'anew');",
    "const a = 1;\nconst b = a + 1;\nthrow new RangeError('b is ' + b);",
    "const n: number = 'one';",
  ];
  const [, POINTS, COMPLETED, SLIDER, TRAINING, PRINTS, THROWS, ILL_TYPED] = cells.keys();

  before(async () => {
    writeNotebook(join(lab.folder, 'root', 'notebooks'), 'made', cells);
    await at.page.setViewportSize(WINDOW);
    await at.open('notebooks/made.ipynb');
    await at.run(0);
  });

  test('Tab completes a name', async () => {
    await at.goBehind(COMPLETED, 'tf.tensor2');
    await at.ask('Tab', at.page.locator('.jp-Completer-item', { hasText: 'tensor2d' }));
    await picture('completion');
    await at.page.keyboard.press('Enter');
    await at.cell(COMPLETED).locator('.cm-content', { hasText: 'tf.tensor2d' }).waitFor();
  });

  test('Shift+Tab shows the type of a name and what its doc comment says', async () => {
    await at.goBehind(POINTS, 'linsp');
    const tooltip = at.page.locator('.jp-Tooltip');
    await at.ask('Shift+Tab', tooltip);
    await picture('tooltip');
    const text = (await tooltip.textContent()) ?? '';
    assert.match(text, /linspace\(a: number, b: number, n: number\): F64/);
    assert.match(text, /n equispaced numbers from a to b/);
    await at.page.keyboard.press('Escape');
  });

  test('a slider moves its chart', async () => {
    await at.run(SLIDER);
    const slider = at.cell(SLIDER).locator('input[type=range]');
    const first = await at.drawing(SLIDER);
    assert.equal(await at.drawing(SLIDER), first, 'it stands still by itself');
    await slider.fill('3');
    await until(async () => (await at.drawing(SLIDER)) !== first, 'another picture');
    await at.cell(SLIDER).scrollIntoViewIfNeeded();
    await picture('slider');
    await slider.fill('2');
    await until(async () => (await at.drawing(SLIDER)) === first, 'the first picture again');
  });

  test('an interrupt ends a training, and the kernel goes on with what it has', async () => {
    await at.start(TRAINING);
    await at.cell(TRAINING).locator('.jp-OutputArea-output', { hasText: 'training' }).waitFor();
    await at.menu('Kernel', 'Interrupt Kernel');
    await at.idle();
    assert.match(await at.output(TRAINING), /interrupt/i);
    await picture('interrupt');
    await at.run(PRINTS);
    assert.match(await at.output(PRINTS), /^goes on, before$/m);
  });

  test('a broken cell shows its error, its own line and nothing of the machinery', async () => {
    await at.run(THROWS);
    const said = await at.output(THROWS);
    assert.match(said, /RangeError: b is 2/);
    assert.match(said, /Cell \d+:3/);
    assert.match(said, /throw new RangeError\('b is ' \+ b\);/);
    assert.doesNotMatch(said, /node_modules|node:internal|evalmachine/);
    await at.run(ILL_TYPED);
    assert.match(await at.output(ILL_TYPED), /TS2322.*Type 'string' is not assignable to type 'number'/s);
    await at.cell(ILL_TYPED).scrollIntoViewIfNeeded();
    await picture('errors');
  });

  test('a restart begins anew', async () => {
    await at.menu('Kernel', /^Restart Kernel…$/);
    await at.page.locator('.jp-Dialog button', { hasText: /^\s*Restart\s*$/ }).click();
    await at.idle();
    await at.run(PRINTS);
    assert.match(await at.output(PRINTS), /^goes on, anew$/m);
    assert.match((await at.cell(PRINTS).locator('.jp-InputPrompt').textContent()) ?? '', /\[1\]/);
  });
});
