/** The drawing of a tape: what the walk reaches, and a chart that Vega-Lite draws. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSvg } from '../modules/chart_svg';
import { reachedFrom, tapeChart } from '../modules/tape_chart';

// y = exp(−x): 0 is x, 1 is −x, 2 is y, 3 its copy.
const neg = { name: 'Neg', reads: [0], makes: [1] };
const exp = { name: 'Exp', reads: [1], makes: [2] };
const copy = { name: 'copy', reads: [2], makes: [3] };
const words = { title: 'Tape', description: 'A tape.', xTitle: 'place', yTitle: 'reads' };

test('one walk finds what follows its maker, and not what stands before it', () => {
  assert.deepEqual(reachedFrom([0], [neg, exp, copy]), [true, true, true]);
  assert.deepEqual(reachedFrom([0], [neg, copy, exp]), [true, false, true]);
  assert.deepEqual(reachedFrom([7], [neg, exp, copy]), [false, false, false]);
});

test('an arc that leads back is drawn as one, and only then', () => {
  const states = (tape: (typeof neg)[]) => {
    const { data } = tapeChart({ ...words, x: [0], tapes: [{ name: 'a', tape }] }) as unknown as {
      data: { values: { state: string }[] };
    };
    return new Set(data.values.map(row => row.state));
  };
  assert.ok(states([neg, copy, exp]).has('leads back: not followed'));
  assert.ok(!states([neg, exp, copy]).has('leads back: not followed'));
});

test('the chart is drawn, with every op by name', async () => {
  const chart = tapeChart({ ...words, x: [0], tapes: [{ name: 'repaired', tape: [neg, exp, copy] }] });
  const svg = await renderSvg(chart);
  for (const word of ['Neg', 'Exp', 'copy', 'repaired', 'place', 'reads'])
    assert.ok(svg.includes(`>${word}<`), word);
});

test('a chart without its words is an error', () => {
  assert.throws(() => tapeChart({ ...words, title: '', x: [0], tapes: [] }), /tapeChart\(title\)/);
});
