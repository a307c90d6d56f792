/** The neighbours within a radius are those that trying all pairs finds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { halton } from '../modules/point_sets';
import { mortonOrder, NeighbourSearch, rowsInOrder } from '../modules/sparse_neighbours';

const tryAll = (points: Float64Array, asked: Float64Array, d: number, radius: number) =>
  Array.from({ length: asked.length / d }, (_, i) => {
    const found: number[] = [];
    for (let j = 0; j < points.length / d; j++) {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (asked[i * d + c] - points[j * d + c]) ** 2;
      if (Math.sqrt(sum) <= radius) found.push(j);
    }
    return found;
  });
const rowsOf = ({ starts, columns }: { starts: Uint32Array; columns: Uint32Array }) =>
  Array.from(starts.subarray(1), (end, i) => [...columns.subarray(starts[i], end)]);

describe('neighbours', () => {
  // On a coarse lattice many distances are equal and many points the same.
  const coordinate = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.integer({ min: -2, max: 2 }));
  const cases = fc.integer({ min: 1, max: 5 }).chain(d =>
    fc.record({
      d: fc.constant(d),
      points: fc.array(fc.tuple(...Array(d).fill(coordinate)), { minLength: 1, maxLength: 40 }),
      asked: fc.array(fc.tuple(...Array(d).fill(coordinate)), { minLength: 1, maxLength: 10 }),
      // No distance on the lattice: there rounding would decide.
      radius: fc.double({ min: 0.01, max: 5, noNaN: true }).map(r => r + 1e-3 * Math.SQRT2),
    }),
  );
  test('are those of all pairs, ascending, in any dimension, where points coincide too', () => {
    fc.assert(
      fc.property(cases, ({ d, points, asked, radius }) => {
        const [p, q] = [Float64Array.from(points.flat()), Float64Array.from(asked.flat())];
        assert.deepEqual(
          rowsOf(new NeighbourSearch(p, d).within('call', radius, q)),
          tryAll(p, q, d, radius),
        );
      }),
    );
  });

  for (const [d, radius] of [
    [1, 0.01],
    [2, 0.06],
    [3, 0.15],
  ])
    test(`of 3000 points in ${d}-D, asked for in parts, are those of all pairs`, () => {
      const points = halton(3000, d).data;
      const search = new NeighbourSearch(points, d);
      const all = tryAll(points, points, d, radius);
      assert.deepEqual(rowsOf(search.within('call', radius, points)), all);
      assert.deepEqual(rowsOf(search.within('call', radius, points, 1000, 1700)), all.slice(1000, 1700));
      assert.ok(all.flat().length > 10_000 && all.flat().length < 300_000);
    });

  test('of too many pairs are refused at once', () => {
    const points = halton(20_000, 2).data;
    const began = Date.now();
    assert.throws(
      () => new NeighbourSearch(points, 2).within('call', 2, points),
      /^RangeError: call: within the radius 2 lie more than 134217728 pairs of points$/,
    );
    // To find them all takes a minute.
    assert.ok(Date.now() - began < 20_000);
  });
  test('of points in a cluster that no sample shows are all found', () => {
    const points = Float64Array.from({ length: 4000 }, (_, i) =>
      i % 2 === 1 ? 0.5 : i > 2000 && i < 2100 ? 0.5 : i,
    );
    assert.deepEqual(
      rowsOf(new NeighbourSearch(points, 2).within('call', 0.25, points)),
      tryAll(points, points, 2, 0.25),
    );
  });
});

describe('Morton’s order', () => {
  test('names each point once, the same in every run', () => {
    for (const d of [1, 2, 3, 7, 60]) {
      const points = Float64Array.from({ length: 500 * d }, (_, i) => Math.sin(i * i));
      const order = mortonOrder(points, d);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        Array.from({ length: 500 }, (_, i) => i),
      );
      assert.deepEqual(mortonOrder(points, d), order);
    }
  });
  test('on a line is the order of the numbers, and of a 4 × 4 lattice the Z curve', () => {
    const line = Float64Array.of(3, -1, 2, 0.5);
    assert.deepEqual([...rowsInOrder(line, 1, mortonOrder(line, 1))], [-1, 0.5, 2, 3]);
    const lattice = Float64Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? i >> 3 : (i >> 1) % 4));
    const cells = [...mortonOrder(lattice, 2)].map(i => [lattice[2 * i], lattice[2 * i + 1]]);
    assert.deepEqual(cells.slice(0, 8), [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ]);
  });
  test('keeps neighbours near: the mean step of 10,000 points is a few spacings', () => {
    const points = halton(10_000, 2).data;
    const near = rowsInOrder(points, 2, mortonOrder(points, 2));
    let sum = 0;
    for (let i = 1; i < 10_000; i++)
      sum += Math.hypot(near[2 * i] - near[2 * i - 2], near[2 * i + 1] - near[2 * i - 1]);
    assert.ok(sum / 9999 < 3 * 0.01, `${sum / 9999}`);
  });
  test('takes points that are all the same, and a coordinate that is', () => {
    assert.deepEqual([...mortonOrder(new Float64Array(6).fill(5), 2)], [0, 1, 2]);
    assert.deepEqual([...mortonOrder(Float64Array.of(2, 7, 1, 7, 3, 7), 2)], [1, 0, 2]);
  });
});
