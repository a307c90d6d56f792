/** Charts side by side: each as on its own, moved by one slider. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartRow } from '../modules/chart_row';
import { lineChart } from '../modules/charts';
import { lineFrames } from '../modules/frame_charts';
import { heatMap } from '../modules/heat_map';
import { charts, itemsOf, square, viewOf, words } from './support/charts';

const heat = (scale: number) =>
  heatMap({ ...words, valueTitle: 'f', points: square([0, 1]), values: [0, 1, 2, 3].map(v => v * scale) });
const line = (name: string) =>
  lineChart({ ...words, title: name, description: `${name}.`, x: [0, 1], series: [{ name, y: [0, 1] }] });

test('each chart keeps its colours: the same value far down one scale and at the end of the other', async () => {
  const view = await viewOf(chartRow({ title: 'Two', charts: [heat(1), heat(100)] }));
  const fills = itemsOf(view, 'rect').map(item => item.fill);
  view.finalize();
  assert.equal(fills.length, 8);
  assert.deepEqual(fills.slice(0, 4), fills.slice(4));
});

test('the descriptions are read one after the other, the titles stay', () => {
  const row = chartRow({ title: 'Both', charts: [line('first'), line('second')] });
  assert.equal(row.description, 'first. second.');
  assert.deepEqual(
    (row.hconcat as { title: { text: string } }[]).map(part => part.title.text),
    ['first', 'second'],
  );
  assert.equal(row.title.text, 'Both');
});

test('charts of the same frames move by one slider', async () => {
  const view = await viewOf(charts['a row of frames']);
  const largest = () => Math.max(...itemsOf(view, 'rect').map(item => Number(item.datum.value)));
  const before = largest();
  await view.signal('frame', 3).runAsync();
  assert.ok(largest() < before / 2);
  view.finalize();
});

test('each line chart in a row is moved by itself', async () => {
  const view = await viewOf(chartRow({ title: 'Both', charts: [line('first'), line('second')] }));
  await view.signal('panAndZoom1_x', [0.25, 0.5]).runAsync();
  const domains = ['concat_0_x', 'concat_1_x'].map(name => view.scale(name).domain());
  assert.deepEqual(domains, [
    [0, 1],
    [0.25, 0.5],
  ]);
  view.finalize();
});

test('a series called as the parameter that moves the axes keeps its name', () => {
  const row = JSON.stringify(chartRow({ title: 'Both', charts: [line('panAndZoom'), line('second')] }));
  assert.ok(row.includes('"series":"panAndZoom"'));
});

test('a row without a title, of one chart, and of charts with other sliders is refused', () => {
  const frames = (frameTitle: string) =>
    lineFrames({
      ...words,
      frameTitle,
      frames: [1, 2].map(at => ({ at, series: [{ name: 'u', x: [0, 1], y: [0, at] }] })),
    });
  assert.throws(() => chartRow({ title: '', charts: [heat(1), heat(2)] }), {
    name: 'TypeError',
    message: /^chartRow\(title\)/,
  });
  assert.throws(() => chartRow({ title: 't', charts: [heat(1)] }), {
    name: 'TypeError',
    message: 'chartRow(charts): charts must be two or more, got 1',
  });
  assert.throws(() => chartRow({ title: 't', charts: [frames('ε'), frames('t')] }), {
    name: 'RangeError',
    message: /^chartRow\(charts\): charts must have the same slider/,
  });
});
