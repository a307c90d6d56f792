/** Heat maps: which cell stands where, on grids and in domains of any form, what lies on top, and the slider. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import type { ChartSpec } from '../modules/chart_spec';
import { renderSvg } from '../modules/chart_svg';
import { heatMap, heatMapFrames } from '../modules/heat_map';
import { between, charts, disk, type Item, itemsOf, square, textsOf, viewOf, words } from './support/charts';

const surface = { ...words, valueTitle: 'f' };
/** The cells of a chart, by what they answer the pointer. */
async function cellsOf(spec: ChartSpec): Promise<(Item & { tooltip: { [name: string]: unknown } })[]> {
  const view = await viewOf(spec);
  const cells = itemsOf(view, 'rect').flatMap(item =>
    item.tooltip ? [{ ...item, tooltip: item.tooltip }] : [],
  );
  view.finalize();
  return cells;
}

describe('heatMap', () => {
  test('each cell lies on its point and answers with its value, for points in any order and ndarrays alike', async () => {
    const [xs, ys] = [
      [0, 1, 3],
      [-1, 0],
    ];
    const points = xs.flatMap(x => ys.map(y => [x, y])).reverse();
    const value = ([x, y]: number[]) => 10 * x + y;
    const spec = heatMap({ ...surface, points, values: points.map(value), width: 300, height: 300 });
    const domain = [-0.5, 4];
    const cells = await cellsOf(spec);
    assert.equal(cells.length, points.length);
    for (const { x, width, tooltip } of cells) {
      const at = Number(tooltip[words.xTitle]);
      const [left, right] = [x, x + width].map(px => domain[0] + (px / 300) * (domain[1] - domain[0]));
      assert.ok(left < at && at < right);
      assert.equal(
        Number(String(tooltip.f).replace('−', '-')),
        value([at, Number(String(tooltip[words.yTitle]).replace('−', '-'))]),
      );
    }
    const same = heatMap({
      ...surface,
      points: ndarray(Float64Array.from(points.flat()), [6, 2]),
      values: ndarray(Float64Array.from(points.map(value))),
      width: 300,
      height: 300,
    });
    assert.equal(JSON.stringify(same), JSON.stringify(spec));
  });

  test('cells of an uneven grid in any order cover the picture without gap and hardly overlap', async () => {
    const axis = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(axis, axis, async (xs, ys) => {
        const points = xs.flatMap(px => ys.map(py => [px, py]));
        const cells = await cellsOf(
          heatMap({ ...surface, points, values: points.map(() => 1), width: 400, height: 400 }),
        );
        assert.equal(cells.length, points.length);
        for (const [from, size] of [
          ['x', 'width'],
          ['y', 'height'],
        ] as const) {
          const spans = [...new Map(cells.map(cell => [cell[from], cell[size]]))].sort((a, b) => a[0] - b[0]);
          assert.ok(
            Math.abs(spans[0][0]) < 1.01 &&
              Math.abs(spans[spans.length - 1].reduce((a, b) => a + b) - 400) < 1.01,
          );
          for (const [i, [start, length]] of spans.slice(0, -1).entries()) {
            const gap = spans[i + 1][0] - (start + length);
            assert.ok(gap < 1e-2 && gap > -0.51, `${gap}`);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test('in a domain of any form there are the cells of its points and no others, and none beyond its border', async () => {
    // A square without its upper right quarter, and its mirror image: both borders of a line count.
    const ell = square(between(0, 2, 21)).filter(([x, y]) => x <= 1 || y <= 1);
    for (const points of [ell, ell.map(([x, y]) => [2 - x, 2 - y])]) {
      const cells = await cellsOf(
        heatMap({ ...surface, points, values: ell.map(([x]) => x), width: 400, height: 400 }),
      );
      assert.equal(cells.length, ell.length);
      const fromCentre = cells.map(({ x, y, width, height }) =>
        points === ell ? [x + width - 200, 200 - y] : [200 - x, y + height - 200],
      );
      // The cell at the corner of the notch alone reaches into it, by half of its size.
      const intruders = fromCentre.filter(([right, up]) => right > 1 && up > 1);
      assert.equal(intruders.length, 1);
      assert.ok(Math.max(...intruders[0]) <= 10.6);
    }
    const round = await cellsOf(heatMap({ ...surface, points: disk, values: disk.map(() => 1) }));
    assert.equal(round.length, disk.length);
    assert.ok(round.every(cell => cell.width > 1 && cell.height > 1));
  });

  test('cells that are NaN or infinite are crossed out and named; all others show their number', async () => {
    const svg = await renderSvg(charts['heat map of a small grid']);
    const texts = textsOf(svg);
    for (const text of ['NaN', '-Infinity', '1', '7']) assert.ok(texts.includes(text), text);
    assert.ok(texts.includes('Crossed out: -Infinity, NaN.'));
    const diagonals = (svg.match(/<line [^>]*>/g) ?? []).filter(
      line => /x2="-?[1-9]/.test(line) && /y2="-?[1-9]/.test(line),
    );
    assert.equal(diagonals.length, 2 * 2);
  });

  test('a middle stands in the middle of its colours, however lopsided the values', async () => {
    const view = await viewOf(
      heatMap({ ...surface, points: square([0, 1]), values: [-1, 2, 3, 5], middle: 1 }),
    );
    assert.deepEqual(view.scale('color').domain(), [-3, 1, 5]);
    view.finalize();
  });

  test('level lines are drawn at the levels asked for, each with its number where there is room', async () => {
    const grid = square(between(-1, 1, 21));
    const chart = (contours: number | number[]) =>
      heatMap({ ...surface, points: grid, values: grid.map(([x, y]) => Math.hypot(x, y)), contours });
    const levels = [0.25, 0.5, 0.75];
    const view = await viewOf(chart(levels));
    for (const level of levels) {
      const line = itemsOf(view, 'line').filter(item => item.datum.level === level);
      assert.ok(line.length > 10);
      for (const { x, y } of line) {
        const radius = Math.hypot(x - 160, y - 160) / 160;
        assert.ok(Math.abs(radius - level) < 0.004, `${radius} on ${level}`);
      }
    }
    const labels = itemsOf(view, 'text').map(item => item.text);
    for (const text of ['0.25', '0.5', '0.75']) assert.ok(labels.includes(text), String(labels));
    view.finalize();
    const texts = textsOf(await renderSvg(chart(6)));
    for (const text of ['0.2', '0.4', '0.8']) assert.ok(texts.includes(text), String(texts));
  });

  test('a level beyond all values, or no values at all, draws no line', async () => {
    const points = square(between(0, 1, 9));
    for (const [values, contours] of [
      [points.map(() => 1), [2]],
      [points.map(() => NaN), 5],
      [points.map(() => 1), 5],
    ] as const) {
      const view = await viewOf(heatMap({ ...surface, points, values, contours: contours as number }));
      assert.deepEqual(itemsOf(view, 'line'), []);
      view.finalize();
    }
  });

  test('in SVG a heat map costs at most a fifth of a path for each cell, and shows the colours of the cells', async () => {
    const points = square(between(0, 1, 41));
    const spec = heatMap({
      ...surface,
      points,
      values: points.map(([x, y]) => Math.sin(3 * x) * Math.cos(2 * y)),
    });
    const svg = await renderSvg(spec);
    const group = svg.match(/<g class="mark-rect role-mark.*?<\/g>/)?.[0] ?? '';
    assert.ok((group.match(/<path /g) ?? []).length < points.length / 5);
    assert.equal((group.match(/M/g) ?? []).length, points.length);
    assert.ok(svg.length < 60_000, `${svg.length}`);
    const channels = (text: string) => text.match(/\d+/g)?.map(Number) ?? [];
    const view = await viewOf(spec);
    const [cell] = itemsOf(view, 'rect');
    view.finalize();
    const shown = channels(group.match(/fill="(rgb[^"]+)"/)?.[1] ?? '');
    assert.ok(channels(String(cell.fill)).every((c, k) => Math.abs(c - shown[k]) <= 2));
  });
});

describe('heatMapFrames', () => {
  const points = square(between(0, 1, 9));
  const times = [0, 0.5, 2];
  const frames = times.map(at => ({ at, values: points.map(([x, y]) => (x + y) * Math.exp(-at)) }));
  const options = { ...surface, points, frames, frameTitle: 'time t (s)', contours: [0.5] };

  test('the slider goes over all frames: their cells, level lines and the words for it, in the same colours', async () => {
    const spec = heatMapFrames({ ...options, shown: 0 });
    const view = await viewOf(spec);
    for (const [k, at] of times.entries()) {
      await view.signal('frame', k + 1).runAsync();
      const cells = itemsOf(view, 'rect');
      assert.equal(cells.length, points.length);
      const largest = Math.max(...cells.map(cell => Number(cell.datum.value)));
      assert.ok(Math.abs(largest - 2 * Math.exp(-at)) < 1e-3);
      assert.ok(itemsOf(view, 'text').some(item => item.text === `time t (s) = ${at}`));
      assert.equal(itemsOf(view, 'line').length > 0, 2 * Math.exp(-at) > 0.5);
      assert.deepEqual(view.scale('color').domain(), [0, 2]);
    }
    view.finalize();
    assert.deepEqual(spec.params, [
      {
        name: 'frame',
        value: 1,
        bind: { input: 'range', min: 1, max: 3, step: 1, name: 'time t (s): frame ' },
      },
    ]);
  });

  test('a picture shows the chosen frame or the middle one, and its description says which', async () => {
    for (const [shown, number] of [
      [undefined, 2],
      [0, 1],
      [2, 3],
    ]) {
      const spec = heatMapFrames({ ...options, shown });
      const sentence = `Shown is frame ${number} of 3, time t (s) = ${times[(number ?? 0) - 1]}; in JupyterLab a slider shows the others.`;
      assert.equal(spec.description, `${words.description} ${sentence}`);
      assert.ok(textsOf(await renderSvg(spec)).includes(`time t (s) = ${times[(number ?? 0) - 1]}`));
    }
  });

  test('frames that cannot be slid over are refused', () => {
    const cases: [object, RegExp][] = [
      [
        { frames: frames.slice(0, 1) },
        /^heatMapFrames\(frames\): there must be two or more, at ascending, got \[0\]/,
      ],
      [{ frames: [frames[1], frames[0]] }, /at ascending, got \[0.5, 0\]/],
      [{ frames: [frames[0], { ...frames[1], at: NaN }] }, /frames must be finite, got NaN/],
      [
        { frames: [frames[0], { at: 1, values: [1] }] },
        /frames\[1\]\.values must be as many as points, 81, got 1/,
      ],
      [{ frameTitle: '' }, /^heatMapFrames\(frameTitle\): frameTitle must be a non-empty string, got ""/],
      [{ shown: 3 }, /^heatMapFrames\(shown\): shown must be an integer from 0 to 2, got 3/],
      [
        { frames: between(1, 300, 300).map(at => ({ at, values: frames[0].values })) },
        /^heatMapFrames\(frames\): a chart holds 1 to 20000 values, got 24300/,
      ],
    ];
    for (const [wrong, message] of cases)
      assert.throws(() => heatMapFrames({ ...options, ...wrong }), { message });
  });
});

describe('errors say the call, the argument, what it is and what it should be', () => {
  const grid = { ...surface, points: square([0, 1]), values: [1, 2, 3, 4] };
  const cases: [string, object, { name: string; message: RegExp }][] = [
    [
      'ragged points',
      { points: [[0, 1], [2]] },
      {
        name: 'TypeError',
        message: /^heatMap\(points\): points must be points \[n, 2\], got \[\[0,1\],\[2\]\]/,
      },
    ],
    [
      'points at infinity',
      { points: square([0, Infinity]) },
      { name: 'RangeError', message: /^heatMap\(points\): points must be finite, got Infinity/ },
    ],
    [
      'too few values',
      { values: [1] },
      { name: 'RangeError', message: /^heatMap\(values\): values must be as many as points, 4, got 1/ },
    ],
    [
      'scattered points',
      { points: between(0, 1, 10).map(t => [t, t * t]), values: between(0, 1, 10) },
      {
        name: 'RangeError',
        message: /^heatMap\(points\): points must lie on a grid, got 10 points on 10 × 10 lines/,
      },
    ],
    [
      'a point twice',
      { points: [...square([0, 1]).slice(0, 3), [1, 0]] },
      { name: 'RangeError', message: /^heatMap\(points\): points must differ, got \(1, 0\) twice/ },
    ],
    [
      'no points',
      { points: ndarray([], [0, 2]), values: [] },
      { name: 'RangeError', message: /^heatMap\(points\): a chart holds 1 to 5000 values, got 0/ },
    ],
    [
      'too many points',
      { points: square(between(0, 1, 71)), values: between(0, 1, 5041) },
      { name: 'RangeError', message: /^heatMap\(points\): a chart holds 1 to 5000 values, got 5041/ },
    ],
    [
      'a middle that is NaN',
      { middle: NaN },
      { name: 'RangeError', message: /^heatMap\(middle\): middle must be finite, got NaN/ },
    ],
    [
      'a level that is NaN',
      { contours: [0, NaN] },
      { name: 'RangeError', message: /^heatMap\(contours\): contours must be finite, got NaN/ },
    ],
    [
      'no valueTitle',
      { valueTitle: '' },
      { name: 'TypeError', message: /^heatMap\(valueTitle\): valueTitle must be a non-empty string, got ""/ },
    ],
    [
      'an outline in space',
      { outline: [[[0, 0, 0]]] },
      {
        name: 'TypeError',
        message: /^heatMap\(outline\): outline must be points \[n, 2\], got shape \[1, 3\]/,
      },
    ],
    [
      'dots that are none',
      { dots: [1, 2] },
      { name: 'TypeError', message: /^heatMap\(dots\): dots must be points \[n, 2\], got shape \[2\]/ },
    ],
    [
      'arrows without vectors',
      { arrows: { points: square([0, 1]), vectors: [[1, 2]] } },
      { name: 'RangeError', message: /^heatMap\(vectors\): vectors must be as many as points, 4, got 1/ },
    ],
  ];
  for (const [name, wrong, error] of cases)
    test(name, () => assert.throws(() => heatMap({ ...grid, ...wrong }), error));

  test('level lines of noise', () => {
    const points = square(between(0, 1, 70));
    const values = points.map(([x, y]) => Math.sin(1e6 * (x + Math.PI * y * y)));
    assert.throws(() => heatMap({ ...surface, points, values, contours: between(-0.9, 0.9, 19) }), {
      message: /^heatMap\(contours\): a chart holds 1 to 20000 values, got \d+/,
    });
  });
});
