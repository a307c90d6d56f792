/** Points that repeat are found by their coordinates, whatever these are. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { KnownPoints, rowText } from '../modules/known_points';

/** Few values, so that points repeat; and those that sums lose or overflow by. */
const coordinate = fc.constantFrom(0, -0, 1, -1, 0.5, 1e-300, 1e300, 1.7e308, -1.7e308, 2 ** -1074);

describe('known points', () => {
  test('are those, and only those, that a comparison of all pairs finds, in 1 to 4 dimensions', () => {
    const sets = fc
      .integer({ min: 1, max: 4 })
      .chain(d => fc.array(fc.array(coordinate, { minLength: d, maxLength: d }), { maxLength: 60 }));
    fc.assert(
      fc.property(sets, rows => {
        const d = rows[0]?.length ?? 1;
        const points = Float64Array.from(rows.flat());
        const known = new KnownPoints(points, d);
        rows.forEach((row, i) => {
          const first = rows.slice(0, i).findIndex(other => other.every((v, c) => v === row[c]));
          assert.equal(known.find(points, i), first < 0 ? undefined : first);
          known.add(i);
        });
      }),
    );
  });

  test('are not met by NaN', () => {
    const points = Float64Array.of(Number.NaN, 0);
    const known = new KnownPoints(points, 2);
    known.add(0);
    assert.equal(known.find(points, 0), undefined);
  });

  test('are written as (x, y), −0 as 0', () => assert.equal(rowText([0.5, -0]), '(0.5, 0)'));
});
