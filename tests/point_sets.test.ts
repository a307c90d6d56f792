/** Point sets against known values and their defining properties. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { cartesianProd, chebyshevPoints, type F64, halton, linspace } from '../modules/point_sets';

const list = (a: F64) => [...a.data];
const rows = (a: F64) =>
  Array.from({ length: a.shape[0] }, (_, i) => Array.from({ length: a.shape[1] }, (_, k) => a.get(i, k)));
const count = fc.integer({ min: 2, max: 60 });
const ends = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: -1e6, max: 1e6, noNaN: true }))
  .filter(([a, b]) => Math.abs(b - a) > 1e-3);
const near = (actual: number, expected: number, size: number) => Math.abs(actual - expected) <= 4e-16 * size;

describe('linspace', () => {
  test('gives numpy’s values', () => {
    assert.deepEqual(list(linspace(0, 1, 5)), [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual(list(linspace(-1, 1, 3)), [-1, 0, 1]);
    assert.deepEqual(list(linspace(3, -1, 5)), [3, 2, 1, 0, -1]);
    assert.deepEqual(list(linspace(2, 5, 1)), [2]);
    assert.deepEqual(linspace(0, 1, 5).shape, [5]);
    assert.ok(linspace(0, 1, 5).data instanceof Float64Array);
  });
  test('gives the decimals that one would write: 0.3 is the fourth of eleven', () => {
    assert.deepEqual(list(linspace(0, 1, 11)), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
  });
  test('has both ends exactly, equal steps, and is symmetric in them', () => {
    fc.assert(
      fc.property(ends, count, ([a, b], n) => {
        const points = list(linspace(a, b, n));
        assert.equal(points[0], a);
        assert.equal(points[n - 1], b);
        const size = Math.max(Math.abs(a), Math.abs(b));
        points.forEach((p, i) => {
          assert.ok(near(p, a + ((b - a) * i) / (n - 1), size));
        });
        assert.deepEqual(list(linspace(b, a, n)).reverse(), points);
      }),
    );
  });
});

describe('cartesianProd', () => {
  test('is all combinations, the last axis fastest', () => {
    assert.deepEqual(rows(cartesianProd(linspace(0, 1, 2), linspace(5, 7, 3))), [
      [0, 5],
      [0, 6],
      [0, 7],
      [1, 5],
      [1, 6],
      [1, 7],
    ]);
    assert.deepEqual(rows(cartesianProd(linspace(0, 1, 2))), [[0], [1]]);
  });
  test('has n_1·…·n_d rows, each once, in ascending order for ascending axes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }), sizes => {
        const product = cartesianProd(...sizes.map(n => linspace(0, n, n)));
        const n = sizes.reduce((a, b) => a * b, 1);
        assert.deepEqual(product.shape, [n, sizes.length]);
        const all = rows(product);
        assert.equal(new Set(all.map(String)).size, n);
        const compare = (p: number[], q: number[]) => p.reduce((sign, v, k) => sign || v - q[k], 0);
        assert.deepEqual([...all].sort(compare), all);
      }),
    );
  });
  test('reads axes of any stride', () => {
    const axis = ndarray(Float64Array.of(9, 2, 9, 1, 9), [5])
      .lo(1)
      .step(2)
      .step(-1);
    assert.deepEqual(rows(cartesianProd(axis)), [[1], [2]]);
  });
});

describe('halton', () => {
  test('is Halton’s sequence in the bases 2, 3, 5, … from index 1 on', () => {
    const expected = [
      [1 / 2, 1 / 3, 1 / 5],
      [1 / 4, 2 / 3, 2 / 5],
      [3 / 4, 1 / 9, 3 / 5],
      [1 / 8, 4 / 9, 4 / 5],
      [5 / 8, 7 / 9, 1 / 25],
      [3 / 8, 2 / 9, 6 / 25],
      [7 / 8, 5 / 9, 11 / 25],
      [1 / 16, 8 / 9, 16 / 25],
      [9 / 16, 1 / 27, 21 / 25],
    ];
    assert.deepEqual(rows(halton(9, 3)), expected);
  });
  test('has the coordinates of fewer dimensions and fewer points as its beginning', () => {
    const large = rows(halton(40, 10));
    assert.deepEqual(
      rows(halton(25, 4)),
      large.slice(0, 25).map(p => p.slice(0, 4)),
    );
  });
  test('lies in (0, 1)^d, never twice in one place, and evenly: each of b^k boxes gets one of b^k points', () => {
    fc.assert(
      fc.property(
        fc.constantFrom([2, 0], [3, 1], [5, 2], [7, 3]),
        fc.integer({ min: 1, max: 3 }),
        ([base, axis], k) => {
          const n = base ** k;
          const values = rows(halton(n - 1, axis + 1)).map(p => p[axis]);
          assert.ok(values.every(v => v > 0 && v < 1));
          // Index 0 would be the point 0: it alone is missing from the grid of b^k.
          assert.deepEqual(
            values.map(v => Math.round(v * n)).sort((a, b) => a - b),
            Array.from({ length: n - 1 }, (_, i) => i + 1),
          );
        },
      ),
    );
  });
});

describe('chebyshevPoints', () => {
  test('are the zeros of T_n', () => {
    assert.ok(list(chebyshevPoints(1)).every(v => v === 0));
    const [a, b] = list(chebyshevPoints(2));
    assert.ok(near(a, -Math.SQRT1_2, 1) && near(b, Math.SQRT1_2, 1));
    const three = list(chebyshevPoints(3));
    [-Math.sqrt(3) / 2, 0, Math.sqrt(3) / 2].forEach((v, i) => {
      assert.ok(near(three[i], v, 1));
    });
    fc.assert(
      fc.property(count, n => {
        for (const v of list(chebyshevPoints(n))) {
          let [previous, t] = [1, v];
          for (let i = 1; i < n; i++) [previous, t] = [t, 2 * v * t - previous];
          // T_n′ is up to n² at the ends.
          assert.ok(Math.abs(t) < 1e-15 * n * n, `T_${n}(${v}) = ${t}`);
        }
      }),
    );
  });
  test('ascend inside [a, b], and are symmetric about the middle to the last digit', () => {
    fc.assert(
      fc.property(count, n => {
        const points = list(chebyshevPoints(n));
        assert.ok(points.every((v, i) => v > (i === 0 ? -1 : points[i - 1]) && v < 1));
        assert.deepEqual(
          points.map(v => -v + 0).reverse(),
          points.map(v => v + 0),
        );
      }),
    );
    const size = 1e6;
    fc.assert(
      fc.property(ends, count, ([a, b], n) => {
        const unit = list(chebyshevPoints(n));
        list(chebyshevPoints(n, a, b)).forEach((v, i) => {
          assert.ok(near(v, (a + b) / 2 + ((b - a) / 2) * unit[i], 2 * size));
        });
      }),
    );
  });
});

describe('errors name the call, the argument and what it is', () => {
  const wrong = (call: () => unknown, message: string) =>
    assert.throws(call, { name: 'RangeError', message });
  test('a count that is no positive integer', () => {
    for (const n of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      wrong(() => linspace(0, 1, n), `linspace(a, b, n): n must be a positive integer, got ${n}`);
      wrong(() => halton(n, 2), `halton(n, d): n must be a positive integer, got ${n}`);
      wrong(() => chebyshevPoints(n), `chebyshevPoints(n, a, b): n must be a positive integer, got ${n}`);
    }
  });
  test('an end that is not finite', () => {
    wrong(() => linspace(Number.NaN, 1, 3), 'linspace(a, b, n): a must be a finite number, got NaN');
    wrong(
      () => linspace(0, Number.POSITIVE_INFINITY, 3),
      'linspace(a, b, n): b must be a finite number, got Infinity',
    );
    wrong(
      () => chebyshevPoints(3, 0, Number.NaN),
      'chebyshevPoints(n, a, b): b must be a finite number, got NaN',
    );
  });
  test('a dimension for which there is no base', () => {
    for (const d of [0, 11, 1.5])
      wrong(() => halton(3, d), `halton(n, d): d must be an integer from 1 to 10, got ${d}`);
  });
  test('axes that are none', () => {
    wrong(() => cartesianProd(), 'cartesianProd(...axes): needs at least one axis, got none');
    wrong(
      () => cartesianProd(linspace(0, 1, 2), halton(3, 2)),
      'cartesianProd(...axes): axis 1 must have the shape [n], got [3,2]',
    );
    wrong(
      () => cartesianProd([1, 2] as never),
      'cartesianProd(...axes): axis 0 must have the shape [n], got [undefined]',
    );
  });
});
