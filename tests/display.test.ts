import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import * as vega from 'vega';
import { renderSvg } from '../modules/chart_svg';
import { lineChart } from '../modules/charts';
import { progressBar, residual, showChart, showTable } from '../modules/display';
import { heatMap } from '../modules/heat_map';
import { formatArray, formatAsVega, formatNumber } from '../modules/number_format';
import { ROOT } from '../scripts/setup/paths.mjs';

interface Output {
  data: Record<string, unknown>;
  metadata: object;
  transient: { display_id?: string };
  update: boolean;
}

const chart = (description = 'A line from 0 to 1.') =>
  lineChart({
    title: 'A line',
    description,
    xTitle: 'x',
    yTitle: 'u',
    x: [0, 1],
    series: [{ name: 'u', y: [0, 1] }],
  });

/** Where tslab's module would be, if it were installed somewhere else. */
const TSLAB = join('/', 'elsewhere', 'node_modules', 'tslab', 'dist', 'jupyter.js');

/** Lets a stand-in for the running kernel take what is shown; also catches the console. */
function kernel(): { outputs: Output[]; printed: string[] } {
  const outputs: Output[] = [];
  const printed: string[] = [];
  beforeEach(() => {
    outputs.length = 0;
    printed.length = 0;
    mock.method(console, 'log', (line: string) => printed.push(line));
    const lastWriteDisplayData = (output: Omit<Output, 'update'>, update: boolean) => {
      outputs.push({ ...output, update });
    };
    require.cache[TSLAB] = { exports: { lastWriteDisplayData } } as NodeJS.Module;
  });
  afterEach(() => {
    mock.restoreAll();
    delete require.cache[TSLAB];
  });
  return { outputs, printed };
}

describe('in a notebook', () => {
  const { outputs, printed } = kernel();

  test('a chart is one output: the specification, SVG, and its description as text', async () => {
    const spec = chart();
    assert.equal(await showChart(spec), undefined);
    assert.deepEqual(outputs, [
      {
        data: {
          'application/vnd.vegalite.v5+json': spec,
          'image/svg+xml': await renderSvg(spec),
          'text/plain': spec.description,
        },
        metadata: {},
        transient: {},
        update: false,
      },
    ]);
    assert.deepEqual(printed, []);
  });

  test('a chart without a description is refused', async () => {
    for (const description of [undefined, '', ' '])
      await assert.rejects(showChart({ ...chart(), description } as never), {
        name: 'TypeError',
        message: /^showChart\(spec\): spec\.description must be a non-empty string/,
      });
    assert.deepEqual(outputs, []);
  });

  test('a residual within its tolerance is shown in words and for the runner', () => {
    residual('u_xx', 1.1920928955078125e-7, 1.2e-7);
    assert.deepEqual(
      outputs.map(output => output.data),
      [
        {
          'application/vnd.rbf.residual+json': {
            name: 'u_xx',
            value: 1.1920928955078125e-7,
            tolerance: 1.2e-7,
          },
          'text/plain': 'u_xx: largest residual 1.1921e-07 ≤ 1.2e-07',
        },
      ],
    );
  });

  test('a residual beyond its tolerance, on either side, or NaN is shown and then thrown', () => {
    for (const [value, text] of [
      [2e-7, '2e-07'],
      [-2e-7, '-2e-07'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
    ] as const) {
      const message = `u_xx: largest residual ${text} is not ≤ 1.2e-07`;
      assert.throws(() => residual('u_xx', value, 1.2e-7), { name: 'Error', message });
      assert.equal(outputs.at(-1)?.data['text/plain'], message);
    }
    assert.throws(() => residual('u', 0, NaN), /is not ≤ NaN/);
  });

  test('a table is one output, HTML with a caption and the scope of each heading, and aligned text', () => {
    showTable(
      { kernel: ['<b>', 'Matérn & "co"'], 'u_xx < 0': [1.1920928955e-7, NaN], n: ndarray([9, -0], [2, 1]) },
      { caption: 'Residuals' },
    );
    assert.deepEqual(
      outputs.map(output => output.data),
      [
        {
          'text/html': [
            '<table>',
            '<caption>Residuals</caption>',
            '<thead><tr><th scope="col">kernel</th><th scope="col">u_xx &#60; 0</th><th scope="col">n</th></tr></thead>',
            '<tbody>',
            '<tr><th scope="row" style="text-align: left">&#60;b&#62;</th><td style="text-align: right">1.1921e-07</td><td style="text-align: right">9</td></tr>',
            '<tr><th scope="row" style="text-align: left">Matérn &#38; &#34;co&#34;</th><td style="text-align: right">NaN</td><td style="text-align: right">0</td></tr>',
            '</tbody>',
            '</table>',
          ].join('\n'),
          'text/plain': [
            'Residuals',
            'kernel           u_xx < 0  n',
            '-------------  ----------  -',
            '<b>            1.1921e-07  9',
            'Matérn & "co"         NaN  0',
          ].join('\n'),
        },
      ],
    );
  });

  test('rows of named cells and columns give the same table', () => {
    const options = { caption: 'c', digits: 3 };
    showTable(
      [
        { x: 1, ok: true },
        { x: 1 / 3, ok: false },
      ],
      options,
    );
    showTable({ x: [1, 1 / 3], ok: [true, false] }, options);
    assert.deepEqual(outputs[0], outputs[1]);
    assert.match(String(outputs[0].data['text/plain']), /^c\n +x {2}ok\n/);
  });

  test('what is no table is refused', () => {
    const cases: [unknown, string, RegExp][] = [
      [{}, 'c', /must have a column, got none/],
      [[], 'c', /must have a column, got none/],
      [{ x: [1] }, '', /caption must be a non-empty string/],
      [{ x: [1], y: [1, 2] }, 'c', /column y must have 1 cells as x has, got 2/],
      [{ x: ndarray([1, 2, 3, 4], [2, 2]) }, 'c', /column x must be \[n\].*shape \[2, 2\]/],
      [{ x: 3 }, 'c', /column x must be \[n\].*got 3/],
      [[{ x: 1, y: 2 }, { x: 1 }], 'c', /column y must be \[n\] numbers, strings or booleans/],
    ];
    for (const [table, caption, message] of cases)
      assert.throws(() => showTable(table as never, { caption }), message);
    assert.deepEqual(outputs, []);
  });

  test('a progress bar is one output, redrawn a few times a second, and ends without a time in it', async () => {
    const bar = progressBar(100, 'training');
    for (let i = 0; i < 100; i++) {
      if (i % 10 === 0) await new Promise(resolve => setTimeout(resolve, 50));
      await bar.tick();
    }
    assert.ok(outputs.length >= 2 && outputs.length <= 8, `${outputs.length} outputs`);
    assert.deepEqual(
      outputs.map(output => output.update),
      outputs.map((_, i) => i > 0),
    );
    assert.equal(new Set(outputs.map(output => output.transient.display_id)).size, 1);
    assert.ok(outputs[0].transient.display_id);
    assert.match(
      String(outputs[0].data['text/plain']),
      /^training █+░+ \d+ of 100, \d+ s, about \d+ s left$/,
    );
    assert.deepEqual(outputs.at(-1)?.data, { 'text/plain': 'training: 100 of 100' });
    assert.deepEqual(printed, []);
  });

  test('a short loop shows its end alone, and one that stops early says where', async () => {
    const bar = progressBar(1000, 'fit');
    await bar.update(600);
    bar.finish();
    bar.finish();
    assert.deepEqual(
      outputs.map(output => output.data['text/plain']),
      ['fit: 600 of 1000'],
    );
    assert.notEqual(outputs[0].transient.display_id, '');
  });

  test('a busy loop that awaits its bar lets timers through', async () => {
    let came = 0;
    const timer = setInterval(() => came++, 10);
    const bar = progressBar(1e9, 'busy');
    const end = Date.now() + 300;
    while (Date.now() < end) await bar.tick();
    clearInterval(timer);
    assert.ok(came >= 2, `${came} timers`);
  });

  test('without a label it draws nothing, and lets timers through all the same', async () => {
    let came = 0;
    const timer = setInterval(() => came++, 10);
    const bar = progressBar(1e9);
    const end = Date.now() + 300;
    while (Date.now() < end) await bar.tick();
    bar.finish();
    clearInterval(timer);
    assert.ok(came >= 2, `${came} timers`);
    assert.deepEqual([outputs, printed], [[], []]);
  });

  test('a wrong total and a wrong step are refused', async () => {
    for (const total of [0, -1, 1.5, NaN])
      assert.throws(() => progressBar(total, 'x'), /total must be a positive integer, got/);
    await assert.rejects(progressBar(3, 'x').tick(4), /done must lie in \[0, 3\], got 4/);
    await assert.rejects(progressBar(3, 'x').update(NaN), /got NaN/);
  });
});

describe('outside a notebook', () => {
  /** Runs a script of its own, in which `lines` see the display module. */
  function run(lines: string): string {
    const script = `const { progressBar, residual, showChart, showTable } = require('./modules/display');
      (async () => { ${lines} })();`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
    return stdout;
  }

  test('charts, residuals and tables print their text', () => {
    assert.equal(
      run(`
        await showChart({ description: 'A line.' });
        residual('u', 0, 0);
        showTable({ x: [1] }, { caption: 'One' });`),
      'A line.\nu: largest residual 0 ≤ 0\nOne\nx\n-\n1\n',
    );
  });

  const loop = `const bar = progressBar(3, 'fit');
    for (let i = 0; i < 3; i++) { await new Promise(resolve => setTimeout(resolve, 250)); await bar.tick(); }`;

  test('a progress bar prints its last line alone into a file', () => {
    assert.equal(run(loop), 'fit: 3 of 3\n');
  });

  test('a progress bar overwrites its line in a terminal', () => {
    const bar = (text: string) => `\\r${text}\\x1b\\[K`;
    assert.match(
      run(`process.stdout.isTTY = true; ${loop}`),
      new RegExp(
        `^${bar('fit █{10}░{20} 1 of 3, .*')}${bar('fit █{20}░{10} 2 of 3, .*')}${bar('fit: 3 of 3')}\n$`,
      ),
    );
  });
});

describe('renderSvg', () => {
  test('gives the same text whatever was drawn before', async () => {
    const heat = heatMap({
      title: 't',
      description: 'd',
      xTitle: 'x',
      yTitle: 'y',
      valueTitle: 'v',
      points: [
        [0, 0],
        [0, 1],
      ],
      values: [1, 2],
    });
    const first = [await renderSvg(chart()), await renderSvg(heat)];
    const again = [await renderSvg(heat), await renderSvg(chart())].reverse();
    assert.deepEqual(again, first);
  });

  test('two pictures in one page share no id', async () => {
    const ids = async (middle?: number) => {
      const words = { title: 't', description: 'd', xTitle: 'x', yTitle: 'y', valueTitle: 'v' };
      const svg = await renderSvg(
        heatMap({
          ...words,
          middle,
          points: [
            [0, 0],
            [0, 1],
          ],
          values: [1, 2],
        }),
      );
      const own = [...svg.matchAll(/ id="([^"]+)"/g)].map(match => match[1]);
      for (const [, used] of svg.matchAll(/url\(#([^)]+)\)/g)) assert.ok(own.includes(used), used);
      return own;
    };
    const [one, other] = [await ids(), await ids(0)];
    assert.ok(one.length > 0 && other.length > 0);
    assert.deepEqual(
      one.filter(id => other.includes(id)),
      [],
    );
  });

  test('a description with markup in it stays text', async () => {
    const svg = await renderSvg(chart('u < 1 & "v" > 2'));
    assert.ok(svg.startsWith('<svg role="img" aria-label="u &#60; 1 &#38; &#34;v&#34; &#62; 2" '));
  });
});

describe('formatNumber', () => {
  const finite = fc.double({ noNaN: true, min: -1e308, max: 1e308 });

  test('reads as PyTorch and people write numbers', () => {
    const texts: [number, string][] = [
      [0, '0'],
      [-0, '0'],
      [3, '3'],
      [-1234567, '-1234567'],
      [1e7, '1e+07'],
      [0.1 + 0.2, '0.3'],
      [1 / 3, '0.33333'],
      [1.1920928955078125e-7, '1.1921e-07'],
      [3.552713678800501e-15, '3.5527e-15'],
      [1e-4, '0.0001'],
      [9.9999e-5, '9.9999e-05'],
      [12345.678, '12346'],
      [123456.78, '1.2346e+05'],
      [5e-324, '4.9407e-324'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [-Infinity, '-Infinity'],
    ];
    assert.deepEqual(
      texts.map(([value]) => formatNumber(value)),
      texts.map(([, text]) => text),
    );
  });

  test('the text lies within half a unit of the last digit', () => {
    fc.assert(
      fc.property(finite, fc.integer({ min: 1, max: 15 }), (value, digits) => {
        const text = formatNumber(value, digits);
        const unit = 10 ** (Number(value.toExponential().split('e')[1]) - digits + 1);
        const representable = Math.abs(value) * Number.EPSILON + Number.MIN_VALUE;
        assert.ok(Math.abs(Number(text) - value) <= unit / 2 + representable, text);
      }),
    );
  });

  test('with 17 digits the text reads back as the same number', () => {
    fc.assert(fc.property(finite, value => Number(formatNumber(value, 17)) === value));
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: 1e-7, max: 1e7 }),
        value => Number(formatNumber(value, 17)) === value,
      ),
    );
  });

  test('formatting twice rounds no further', () => {
    fc.assert(
      fc.property(finite, fc.integer({ min: 1, max: 15 }), (value, digits) => {
        const text = formatNumber(value, digits);
        assert.equal(Number(formatNumber(Number(text), digits)), Number(text));
      }),
    );
  });

  test('digits that are none are refused', () => {
    for (const digits of [0, 18, 2.5, NaN])
      assert.throws(() => formatNumber(1, digits), {
        name: 'RangeError',
        message: /^formatNumber\(digits\)/,
      });
  });
});

describe('formatAsVega', () => {
  test('writes numbers as Vega does beside its axes and legends, minus sign and exponents included', () => {
    // Its types leave it out.
    const { format } = (
      vega as unknown as { defaultLocale(): { format(how: string): (value: number) => string } }
    ).defaultLocale();
    for (const value of [-0.25, 120, -2.5, 0, 0.001])
      assert.equal(formatAsVega(value), format('.3~g')(value));
    for (const value of [5e-5, -3e-7, 1.25e-12, 1e22])
      assert.equal(formatAsVega(value), format('.3~e')(value));
  });
});

describe('formatArray', () => {
  test('a vector stands on one line, residuals readable', () => {
    const values = [0, 0, 0, 1.1920928955078125e-7, 0, 0, 3.552713678800501e-15, 0, 0];
    assert.equal(formatArray(values), '[0, 0, 0, 1.1921e-07, 0, 0, 3.5527e-15, 0, 0]');
    assert.equal(formatArray(Float64Array.from(values)), formatArray(values));
  });

  test('a matrix has a line for each row and aligned columns, from arrays, ndarrays and tensors alike', () => {
    const text = '[[  0, 1.5],\n [NaN,  -1]]';
    assert.equal(
      formatArray([
        [0, 1.5],
        [NaN, -1],
      ]),
      text,
    );
    assert.equal(formatArray(ndarray([0, NaN, 1.5, -1], [2, 2], [1, 2])), text);
    assert.equal(formatArray({ shape: [2, 2], dataSync: () => [0, 1.5, NaN, -1] }), text);
  });

  test('any shape, the empty ones and a single number too', () => {
    assert.equal(formatArray([[[1, 2]], [[3, 4]]]), '[[[1, 2]],\n [[3, 4]]]');
    assert.equal(formatArray([]), '[]');
    assert.equal(formatArray({ shape: [], dataSync: () => [7] }), '7');
  });

  test('a long axis keeps its ends', () => {
    assert.equal(formatArray(Array.from({ length: 61 }, (_, i) => i)), '[0, 1, 2, …, 58, 59, 60]');
    assert.equal(formatArray(Array.from({ length: 60 }, (_, i) => i)).includes('…'), false);
  });

  test('what holds no numbers is refused', () => {
    for (const wrong of [undefined, null, 'text', 3, {}, ['a'], [[1], [2, 3]], [1, [2]]])
      assert.throws(() => formatArray(wrong), { name: 'TypeError', message: /^formatArray\(array\)/ });
  });
});
