/** Orders of convergence: measured, stated, and drawn beside the reference slopes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { renderSvg } from '../modules/chart_svg';
import { convergenceChart, logLogSlope } from '../modules/convergence_chart';
import { itemsOf, textsOf, viewOf, words } from './support/charts';
import { assertClose } from './support/tolerances';

const h = [0.2, 0.1, 0.05, 0.025];

describe('logLogSlope', () => {
  test('of c·xᵖ is p, whatever c, p and the x', () => {
    const number = fc.double({ min: -6, max: 6, noNaN: true });
    const xs = fc.uniqueArray(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), {
      minLength: 2,
      maxLength: 9,
    });
    fc.assert(
      fc.property(xs, number, number, (x, p, c) => {
        fc.pre(Math.max(...x) / Math.min(...x) > 1.1);
        assert.ok(
          Math.abs(
            logLogSlope(
              x,
              x.map(v => 10 ** c * v ** p),
            ) - p,
          ) < 1e-9,
        );
      }),
    );
  });

  test('of scattered points is that of the least squares line through their logarithms', () => {
    // By hand: log₂ x = 0, 1, 2 and log₂ y = 0, 3, 3 have the line 0.5 + 1.5 log₂ x.
    assertClose([logLogSlope([1, 2, 4], [1, 8, 8])], [1.5], 'float64');
  });

  test('leaves out zeros, negatives, NaN and infinities, and takes ndarrays [n, 1]', () => {
    const y = ndarray(Float64Array.of(1, 0, 4, -1, NaN, Infinity), [6, 1]);
    assertClose([logLogSlope([1, 3, 2, 5, 6, 7], y)], [2], 'float64');
  });

  test('is refused where there is none', () => {
    assert.throws(() => logLogSlope([1, 1], [1, 2]), {
      name: 'RangeError',
      message: /^logLogSlope\(x, y\): two different x/,
    });
    assert.throws(() => logLogSlope([1, 2], [1, 0]), {
      name: 'RangeError',
      message: /got x \[1,2\] and y \[1,0\]/,
    });
    assert.throws(() => logLogSlope([1, 2], [1]), {
      name: 'RangeError',
      message: /as many values as x, 2, got 1/,
    });
  });
});

describe('convergenceChart', () => {
  const series = [
    { name: 'second', x: h, y: h.map(v => 3 * v ** 2) },
    { name: 'fourth', x: h, y: h.map(v => v ** 4) },
  ];

  test('the legend states each slope as logLogSlope measures it', async () => {
    const texts = textsOf(await renderSvg(convergenceChart({ ...words, series })));
    for (const text of ['second: slope 2', 'fourth: slope 4']) assert.ok(texts.includes(text), String(texts));
  });

  test('within a range the rest does not count: errors that rounding stops do not bend the slope', async () => {
    const stopped = { name: 'stopped', x: [10, 20, 40, 80, 160], y: [1e-2, 1e-2 / 8, 1e-2 / 64, 1e-4, 1e-4] };
    const slope = async (within?: [number, number]) =>
      textsOf(
        await renderSvg(convergenceChart({ ...words, series: [{ ...stopped, within }], slopes: [-3] })),
      ).join();
    assert.match(await slope([10, 40]), /stopped: slope −3(?!\.?\d)/);
    assert.doesNotMatch(await slope(), /stopped: slope −3(?!\.?\d)/);
  });

  test('a reference line has its slope in the picture, lies below the series nearest to it, and is named', async () => {
    const slopes = [2, 4];
    const view = await viewOf(convergenceChart({ ...words, series, slopes }));
    const [toX, toY] = [view.scale('x'), view.scale('y')];
    const lines = new Map<unknown, { x: number; y: number }[]>();
    for (const item of itemsOf(view, 'line'))
      lines.set(item.mark, [
        ...(lines.get(item.mark) ?? []),
        { x: toX.invert(item.x), y: toY.invert(item.y) },
      ]);
    const dashed = [...lines.values()].filter(line => line.length === 3);
    assert.equal(dashed.length, 2);
    for (const [k, line] of dashed.entries()) {
      const slope = Math.log(line[2].y / line[0].y) / Math.log(line[2].x / line[0].x);
      assert.ok(Math.abs(slope - slopes[k]) < 1e-3);
      const factor = k === 0 ? 3 : 1;
      for (const { x, y } of line) assert.ok(Math.abs(y / (factor * x ** slopes[k]) - 0.5) < 1e-3);
    }
    view.finalize();
    const texts = textsOf(await renderSvg(convergenceChart({ ...words, series, slopes })));
    assert.ok(texts.includes('slope 2') && texts.includes('slope 4'));
  });

  test('a reference line that is too steep ends before it would stretch the axis', async () => {
    const lowest = async (slopes: number[]) => {
      const view = await viewOf(convergenceChart({ ...words, series: series.slice(0, 1), slopes }));
      const [low] = view.scale('y').domain();
      view.finalize();
      return low;
    };
    assert.ok((await lowest([12])) > (await lowest([])) / 8);
  });

  test('what cannot be measured or drawn is refused', () => {
    const chart = (one: object, slopes?: number[]) => () =>
      convergenceChart({ ...words, series: [{ ...series[0], ...one }], slopes });
    assert.throws(chart({ y: [0, 0, 0, 0] }), { name: 'RangeError', message: /two different x/ });
    assert.throws(chart({ x: [0, 1, 2, 3] }), {
      name: 'RangeError',
      message: /x must be positive on a logarithmic axis/,
    });
    assert.throws(chart({ x: [1] }), { name: 'RangeError' });
    assert.throws(chart({}, [NaN]), { name: 'RangeError', message: /slopes must be finite, got NaN/ });
    assert.throws(() => convergenceChart({ ...words, series: [...series, series[0]] }), {
      name: 'TypeError',
      message: /a name of its own, got \[second, fourth, second\]/,
    });
    assert.throws(() => convergenceChart({ ...words, series: [] }), { name: 'TypeError' });
  });
});
