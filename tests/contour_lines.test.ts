/** Level lines, their round levels, and lines with fewer points: against lines and circles known by formula. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { contourLines, type Point, roundLevels, simplified } from '../modules/contour_lines';
import { between } from './support/charts';

const onGrid = (xs: number[], ys: number[], f: (x: number, y: number) => number) =>
  xs.flatMap(x => ys.map(y => f(x, y)));
const length = (line: Point[]) =>
  line.slice(1).reduce((sum, [x, y], k) => sum + Math.hypot(x - line[k][0], y - line[k][1]), 0);
const isClosed = (line: Point[]) => String(line[0]) === String(line[line.length - 1]);

describe('contourLines', () => {
  test('a plane has one straight line, exact on any grid', () => {
    const number = fc.double({ noNaN: true, min: -3, max: 3 });
    const axis = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 12 })
      .map(list => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(axis, axis, number, number, number, (xs, ys, a, b, level) => {
        const plane = (x: number, y: number) => a * x + b * y;
        const lines = contourLines(xs, ys, onGrid(xs, ys, plane), level);
        assert.ok(lines.length <= 1);
        const scale = Math.max(1, ...onGrid(xs, ys, plane).map(Math.abs));
        for (const [x, y] of lines.flat()) assert.ok(Math.abs(plane(x, y) - level) <= 1e-12 * scale);
      }),
    );
  });

  test('a circle is one closed line, its points nearer to it by four where the grid is twice as fine', () => {
    const radius = 0.7;
    const error = (n: number) => {
      const axis = between(-1, 1, n);
      const lines = contourLines(
        axis,
        axis,
        onGrid(axis, axis, (x, y) => x * x + y * y),
        radius ** 2,
      );
      assert.equal(lines.length, 1);
      assert.ok(isClosed(lines[0]));
      const off = Math.abs(length(lines[0]) / (2 * Math.PI * radius) - 1);
      assert.ok(off < 1 / n, `${off}`);
      return Math.max(...lines[0].map(([x, y]) => Math.abs(Math.hypot(x, y) - radius)));
    };
    const [coarse, fine] = [error(41), error(81)];
    assert.ok(coarse / fine > 3 && coarse / fine < 5, `${coarse} ${fine}`);
  });

  test('whatever the values, a line crosses each edge between above and below once, and ends at the border alone', () => {
    const size = 7;
    const axis = between(0, size - 1, size);
    const value = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) }, fc.constant(NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: size ** 2, maxLength: size ** 2 }), values => {
        const level = 0.5;
        const lines = contourLines(axis, axis, values, level);
        const faces = facesOf(size, values);
        const uses = new Map<string, number>();
        for (const face of faces)
          for (const [k, a] of face.entries()) {
            const b = face[(k + 1) % face.length];
            if (values[a] >= level !== values[b] >= level) {
              const key = String([a, b].sort((p, q) => p - q));
              uses.set(key, (uses.get(key) ?? 0) + 1);
            }
          }
        const points = lines.flatMap(line => (isClosed(line) ? line.slice(1) : line));
        assert.equal(points.length, uses.size);
        const atBorder = [...uses.values()].filter(count => count === 1).length;
        assert.equal(2 * lines.filter(line => !isClosed(line)).length, atBorder);
      }),
    );
  });

  /** The squares of a grid whose corners are numbers, and the triangles where one is not. */
  function facesOf(size: number, values: number[]): number[][] {
    const first = Array.from({ length: (size - 1) ** 2 }, (_, k) => k + Math.floor(k / (size - 1)));
    return first
      .map(k => [k, k + size, k + size + 1, k + 1].filter(node => !Number.isNaN(values[node])))
      .filter(face => face.length > 2);
  }

  test('no line is drawn where values are missing, though the values beside them lie above and below', () => {
    const axis = between(0, 4, 5);
    // To the left of the missing column all is below, to the right all above.
    const values = onGrid(axis, axis, x => (x === 2 ? NaN : x - 2));
    assert.deepEqual(contourLines(axis, axis, values, 0), []);
  });

  test('where the corners of a cell are above and below by turns, its mean decides which ones are joined', () => {
    const lines = (values: number[], level: number) => contourLines([0, 1], [0, 1], values, level);
    // 1 at (0, 0) and (1, 1), 0 at the others. Below the mean the high corners are one, and the low ones cut off.
    const cutOff = (level: number, [x, y]: number[]) =>
      lines([1, 0, 0, 1], level).some(line => line.every(([u, v]) => Math.hypot(u - x, v - y) < 0.75));
    assert.ok(cutOff(0.4, [1, 0]) && cutOff(0.4, [0, 1]) && !cutOff(0.4, [0, 0]));
    assert.ok(cutOff(0.6, [0, 0]) && cutOff(0.6, [1, 1]) && !cutOff(0.6, [1, 0]));
    assert.equal(lines([1, 0, 0, 1], 0.4).length, 2);
  });
});

describe('roundLevels', () => {
  test('levels are 1, 2 or 5 times a power of ten apart, inside the range, and about as many as asked for', () => {
    const range = fc.tuple(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.double({ noNaN: true, min: 1e-3, max: 1e6 }),
      fc.integer({ min: 1, max: 20 }),
    );
    fc.assert(
      fc.property(range, ([low, span, count]) => {
        const levels = roundLevels(low, low + span, count);
        assert.ok(levels.every(level => level > low && level < low + span));
        assert.ok(
          levels.length >= count / 2 - 1 && levels.length <= 2 * count + 2,
          `${levels.length} for ${count}`,
        );
        if (levels.length < 2) return;
        const step = levels[1] - levels[0];
        const mantissa = Number((step / 10 ** Math.floor(Math.log10(step * 1.0001))).toPrecision(3));
        assert.ok([1, 2, 5].includes(mantissa), `${mantissa}`);
      }),
    );
  });

  test('they are written as one would write them, 0 without a sign', () => {
    assert.deepEqual(roundLevels(-0.35, 0.35, 6), [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    assert.ok(Object.is(roundLevels(-1.5, 1.5, 2)[1], 0));
    assert.deepEqual(roundLevels(0, 1e-7, 4), [2e-8, 4e-8, 6e-8, 8e-8]);
    assert.deepEqual(roundLevels(1, 1, 5), []);
    assert.deepEqual(roundLevels(NaN, NaN, 5), []);
  });
});

describe('simplified', () => {
  const point = fc.tuple(
    fc.integer({ min: 0, max: 100 }),
    fc.integer({ min: 0, max: 100 }),
  ) as fc.Arbitrary<Point>;

  test('keeps the ends, takes points of the old line alone, and stays within the tolerance of each', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 2, maxLength: 30 }),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        (line, tolerance) => {
          const fewer = simplified(line, tolerance);
          assert.deepEqual([fewer[0], fewer[fewer.length - 1]], [line[0], line[line.length - 1]]);
          assert.ok(fewer.every(p => line.includes(p)));
          for (const p of line) assert.ok(distanceTo(fewer, p) <= tolerance + 1e-9);
        },
      ),
    );
  });

  test('a straight line keeps its ends alone, a closed one its form', () => {
    assert.equal(
      simplified(
        between(0, 1, 50).map((t): Point => [t, 2 * t]),
        1e-9,
      ).length,
      2,
    );
    const circle = between(0, 2 * Math.PI, 201).map((t): Point => [100 * Math.cos(t), 100 * Math.sin(t)]);
    const fewer = simplified(circle, 0.3);
    assert.ok(fewer.length < 80 && fewer.length > 20, `${fewer.length}`);
    assert.ok(Math.abs(length(fewer) / length(circle) - 1) < 0.01);
  });

  function distanceTo(line: Point[], [x, y]: Point): number {
    const distances = line.slice(1).map(([u, v], k) => {
      const [a, b] = line[k];
      const [dx, dy] = [u - a, v - b];
      const t = Math.min(1, Math.max(0, ((x - a) * dx + (y - b) * dy) / (dx * dx + dy * dy || 1)));
      return Math.hypot(x - a - t * dx, y - b - t * dy);
    });
    return Math.min(...distances);
  }
});
