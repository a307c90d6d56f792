/** The grid on which points lie: all of its nodes or some, however they were computed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planeGrid } from '../modules/plane_grid';

const axis = fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 9 });

test('from shuffled nodes of a grid, at least half of them, come its lines and which point is where', () => {
  fc.assert(
    fc.property(axis, axis, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (xs, ys, luck) => {
      const key = () => luck.next().value;
      const nodes = xs
        .flatMap(x => ys.map(y => ({ point: [x, y], key: key() })))
        .sort((a, b) => a.key - b.key);
      const points = nodes.slice(0, Math.ceil(nodes.length / 2)).map(node => node.point);
      const grid = planeGrid('test', points);
      const sorted = (k: number) => [...new Set(points.map(point => point[k]))].sort((a, b) => a - b);
      assert.deepEqual([grid.xs, grid.ys], [sorted(0), sorted(1)]);
      for (const [node, k] of grid.at.entries())
        if (k >= 0)
          assert.deepEqual(points[k], [
            grid.xs[Math.floor(node / grid.ys.length)],
            grid.ys[node % grid.ys.length],
          ]);
      assert.deepEqual(
        grid.at.filter(k => k >= 0).sort((a, b) => a - b),
        [...points.keys()],
      );
    }),
  );
});

test('coordinates that differ by rounding are one line', () => {
  const steps = [0, 1, 2, 3].map(k => k * 0.1);
  const sums = [0, 0.1, 0.1 + 0.1, 0.1 + 0.2 + 1e-12];
  const points = [...steps.map(x => [x, 0]), ...sums.map(x => [x, 1])];
  assert.deepEqual([planeGrid('test', points).xs.length, planeGrid('test', points).ys.length], [4, 2]);
});

test('a single point, and points on one line, are a grid', () => {
  assert.deepEqual(planeGrid('test', [[2, 3]]), { xs: [2], ys: [3], at: [0] });
  assert.deepEqual(
    planeGrid('test', [
      [2, 3],
      [1, 3],
    ]),
    { xs: [1, 2], ys: [3], at: [1, 0] },
  );
});

test('scattered points are refused, and one that comes twice', () => {
  const scattered = Array.from({ length: 6 }, (_, k) => [k, k ** 2]);
  assert.throws(() => planeGrid('call', scattered), {
    name: 'RangeError',
    message: 'call(points): points must lie on a grid, got 6 points on 6 × 6 lines',
  });
  assert.throws(
    () =>
      planeGrid('call', [
        [0, 0],
        [0, 0],
      ]),
    { name: 'RangeError', message: /\(0, 0\) twice/ },
  );
});
