/** Curves in frames: the slider, what lies behind, and the frame that a picture shows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderSvg } from '../modules/chart_svg';
import { lineFrames } from '../modules/frame_charts';
import { between, type Item, itemsOf, textsOf, viewOf, words } from './support/charts';

const x = between(0, 1, 11);
const shapes = [0.1, 1, 10];
const frames = shapes.map(at => ({
  at,
  series: [
    { name: 'exact', y: x.map(v => Math.sin(v * at)) },
    { name: 'samples', x: [0, 1], y: [at, -at], mark: 'points' as const },
  ],
}));
const options = { ...words, x, frames, frameTitle: 'shape ε' };
const faint = (item: Item) => (item.opacity ?? 1) < 1;

describe('lineFrames', () => {
  test('the slider shows the lines, markers and words of its frame, over the faint lines of all', async () => {
    const view = await viewOf(lineFrames(options));
    for (const [k, at] of shapes.entries()) {
      await view.signal('frame', k + 1).runAsync();
      const lines = itemsOf(view, 'line');
      const own = lines.filter(item => !faint(item));
      assert.deepEqual(
        own.map(item => item.datum.y),
        x.map(v => Number(Math.sin(v * at).toPrecision(6))),
      );
      assert.equal(lines.filter(faint).length, x.length * shapes.length);
      const markers = itemsOf(view, 'symbol').filter(item => item.opacity === 1);
      assert.deepEqual(
        markers.map(item => item.datum.y),
        [at, -at],
      );
      assert.ok(itemsOf(view, 'text').some(item => item.text === `shape ε = ${at}`));
    }
    view.finalize();
  });

  test('the axes hold all frames and stay as they are', async () => {
    const view = await viewOf(lineFrames(options));
    const domains = [];
    for (const frame of [1, 2, 3]) {
      await view.signal('frame', frame).runAsync();
      domains.push([...view.scale('x').domain(), ...view.scale('y').domain()]);
    }
    view.finalize();
    assert.deepEqual(domains[1], domains[0]);
    assert.deepEqual(domains[2], domains[0]);
    const [, , low, high] = domains[0];
    assert.ok(low <= -10 && high >= 10);
  });

  test('a picture shows the chosen frame, the middle one unless told, and the description says which', async () => {
    for (const [shown, at] of [
      [undefined, 1],
      [2, 10],
    ]) {
      const spec = lineFrames({ ...options, shown });
      assert.ok(textsOf(await renderSvg(spec)).includes(`shape ε = ${at}`));
      assert.match(
        spec.description,
        new RegExp(`^${words.description} Shown is frame \\d of 3, shape ε = ${at};`),
      );
    }
  });

  test('in each frame what cannot be drawn has its sign, as in a line chart', async () => {
    const broken = frames.map((frame, k) => ({
      at: frame.at,
      series: [{ name: 'u', y: x.map((v, i) => (i === 3 + k ? NaN : v)) }],
    }));
    const view = await viewOf(lineFrames({ ...options, frames: broken }));
    for (const k of [0, 1, 2]) {
      await view.signal('frame', k + 1).runAsync();
      const signs = itemsOf(view, 'text').filter(item => item.text === '×');
      assert.deepEqual(
        signs.map(item => item.datum.x),
        [x[3 + k]],
      );
    }
    view.finalize();
  });

  test('a frame costs a notebook less than two numbers of eight digits for each of its values', () => {
    const many = between(1, 20, 20).map(at => ({
      at,
      series: [{ name: 'u', y: x.map(v => Math.sin(at * v)) }],
    }));
    const bytes = JSON.stringify(lineFrames({ ...options, frames: many })).length;
    const other = JSON.stringify(lineFrames({ ...options, frames: many.slice(0, 2) })).length;
    assert.ok((bytes - other) / (18 * x.length) < 22, `${(bytes - other) / (18 * x.length)}`);
  });

  test('frames that cannot be slid over are refused', () => {
    const cases: [object, RegExp][] = [
      [{ frames: [] }, /^lineFrames\(frames\): there must be two or more, at ascending, got \[\]/],
      [{ frames: [frames[0], frames[0]] }, /at ascending, got \[0.1, 0.1\]/],
      [
        { frames: [frames[0], { at: 1, series: frames[1].series.slice(1) }] },
        /^lineFrames\(frames\): frames\[1\]\.series must be named exact, samples as in the first, got samples/,
      ],
      [{ frameTitle: ' ' }, /^lineFrames\(frameTitle\): frameTitle must be a non-empty string/],
      [{ shown: 0.5 }, /^lineFrames\(shown\): shown must be an integer from 0 to 2, got 0.5/],
      [{ x: [1] }, /^lineFrames\(series\): series\[0\]\.y must have as many values as x, 1, got 11/],
      [{ title: '' }, /^lineFrames\(title\): title must be a non-empty string/],
      [
        { frames: between(1, 2000, 2000).map(at => ({ at, series: frames[0].series })) },
        /^lineFrames\(frames\): a chart holds 1 to 20000 values, got 26000/,
      ],
    ];
    for (const [wrong, message] of cases)
      assert.throws(() => lineFrames({ ...options, ...wrong }), { message });
  });
});
