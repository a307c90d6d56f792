/** Arrows: where they stand, whither they point, how long they are. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { renderSvg } from '../modules/chart_svg';
import { heatMap } from '../modules/heat_map';
import { vectorField } from '../modules/vector_field';
import { between, type Item, itemsOf, square, textsOf, viewOf, words } from './support/charts';

const points = square([0, 1, 2]);
type Arrow = Item & { size: number; angle: number };
async function arrowsOf(options: Partial<Parameters<typeof vectorField>[0]>): Promise<Arrow[]> {
  const view = await viewOf(vectorField({ ...words, points, vectors: points, ...options }));
  const arrows = itemsOf(view, 'symbol') as Arrow[];
  view.finalize();
  return arrows;
}

describe('vectorField', () => {
  test('an arrow points where its vector goes in the picture, clockwise from the top', async () => {
    const vectors = [
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, 0],
      [1, 1],
      [1, -1],
      [-1, -1],
      [-1, 1],
      [2, 1],
    ];
    const turned = (angle: number) => (angle + 360) % 360;
    const square = await arrowsOf({ vectors });
    assert.deepEqual(
      square.slice(0, 8).map(arrow => turned(arrow.angle)),
      [0, 90, 180, 270, 45, 135, 225, 315],
    );
    // Where a unit of x takes twice the pixels of one of y, the vector (1, 1) rises by 1 on 2.
    const wide = await arrowsOf({ vectors, width: 640 });
    assert.ok(Math.abs(wide[4].angle - (Math.atan2(2, 1) * 180) / Math.PI) < 0.01);
  });

  test('arrows are as long as their vectors, and the longest at most as the points are apart', async () => {
    const part = fc.double({ min: -5, max: 5, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(part, part), { minLength: 9, maxLength: 9 }), async vectors => {
        const longest = Math.max(...vectors.map(([u, v]) => Math.hypot(u, v)));
        if (longest < 1e-3) return;
        const arrows = await arrowsOf({ vectors });
        const largest = Math.sqrt(Math.max(...arrows.map(arrow => arrow.size)));
        assert.ok(largest > 14 && largest <= 320 / 3);
        for (const [k, { size }] of arrows.entries())
          assert.ok(Math.abs(Math.sqrt(size) / largest - Math.hypot(...vectors[k]) / longest) < 1e-3);
      }),
      { numRuns: 20 },
    );
  });

  test('arrows stand with their middles on the points, all within the chart', async () => {
    for (const [k, { x, y }] of (await arrowsOf({})).entries()) {
      assert.ok(Math.abs((x - 160) / (160 - (await arrowsOf({}))[0].x) - (points[k][0] - 1)) < 0.01);
      assert.ok(x > 0 && x < 320 && y > 0 && y < 320);
    }
  });

  test('the length of the longest and its name are written under the title', async () => {
    const svg = await renderSvg(
      vectorField({ ...words, points, vectors: points.map(() => [3, 4]), name: '|∇u|' }),
    );
    assert.ok(textsOf(svg).includes('Longest arrow: |∇u| 5.'));
  });

  test('a vector that is not finite is a cross, and the words say so; zero vectors are no arrows', async () => {
    const vectors = points.map(([x, y], k) =>
      k === 0 ? [NaN, 1] : k === 1 ? [Infinity, 0] : [0 * x, 0 * y],
    );
    const svg = await renderSvg(vectorField({ ...words, points, vectors }));
    assert.equal(textsOf(svg).filter(text => text === '×').length, 2);
    assert.ok(textsOf(svg).includes('Longest arrow: length 0. × not finite.'));
    assert.ok((await arrowsOf({ vectors })).every(arrow => arrow.size === 0));
  });

  test('the pointer gets the place, both parts and the length', async () => {
    const [arrow] = await arrowsOf({ vectors: points.map(() => [3, 4]), name: '|∇u|' });
    assert.deepEqual(arrow.tooltip, {
      [words.xTitle]: '0',
      [words.yTitle]: '0',
      'along x': '3',
      'along y': '4',
      '|∇u|': '5',
    });
  });

  test('on a heat map arrows point as on their own', async () => {
    const grid = square(between(0, 2, 11));
    const arrows = { points, vectors: points };
    const view = await viewOf(
      heatMap({ ...words, valueTitle: 'f', points: grid, values: grid.map(([x]) => x), arrows }),
    );
    assert.deepEqual(
      (itemsOf(view, 'symbol') as Arrow[]).map(arrow => arrow.angle),
      (await arrowsOf({})).map(arrow => arrow.angle),
    );
    view.finalize();
  });

  test('wrong shapes are refused', () => {
    const field = { ...words, points, vectors: points };
    assert.throws(() => vectorField({ ...field, vectors: [[1, 2]] }), {
      name: 'RangeError',
      message: 'vectorField(vectors): vectors must be as many as points, 9, got 1',
    });
    assert.throws(() => vectorField({ ...field, vectors: points.map(() => [1, 2, 3]) }), {
      name: 'TypeError',
      message: /^vectorField\(vectors\): vectors must be .*\[n, 2\], got shape \[9, 3\]/,
    });
    assert.throws(() => vectorField({ ...field, points: points.map(() => [NaN, 0]) }), {
      name: 'RangeError',
      message: 'vectorField(points): points must be finite, got NaN',
    });
    assert.throws(() => vectorField({ ...field, title: '' }), {
      name: 'TypeError',
      message: /^vectorField\(title\)/,
    });
  });
});
