/** Point sets, in boxes, disks and polygons too, against known values and their defining properties. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import ndarray from 'ndarray';
import { boxBoundary, boxPoints } from '../modules/box';
import { evaluate, identity, laplacian } from '../modules/differential_operators';
import { diskBoundary, diskPoints } from '../modules/disk';
import { conditionNumber, matMul, solve } from '../modules/float64';
import { imqKernel } from '../modules/notable_kernels';
import {
  asPoints,
  type Boundary,
  cartesianProd,
  chebyshevPoints,
  type F64,
  halton,
  linspace,
} from '../modules/point_sets';
import { polygonBoundary, polygonPoints } from '../modules/polygon';

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

/** Asserts that the normals have length 1, and that a small step along them leads out, against them in. */
function assertOutward({ points, normals }: Boundary, isInside: (p: number[]) => boolean, step = 1e-6): void {
  assert.deepEqual(normals.shape, points.shape);
  rows(points).forEach((p, i) => {
    const normal = rows(normals)[i];
    assert.ok(near(Math.hypot(...normal), 1, 3), `|${normal}|`);
    assert.equal(isInside(p.map((v, k) => v + step * normal[k])), false, `out of ${p} along ${normal}`);
    assert.equal(isInside(p.map((v, k) => v - step * normal[k])), true, `into ${p} against ${normal}`);
  });
}

describe('a box', () => {
  test('has 4(n − 1) boundary points on the unit square, corners with the mean direction of their sides', () => {
    const h = Math.SQRT1_2;
    const { points, normals } = boxBoundary(3);
    assert.deepEqual(
      rows(points).map((p, i) => [p, rows(normals)[i].map(v => Math.fround(v))]),
      [
        [
          [0, 0],
          [-h, -h],
        ],
        [
          [0, 0.5],
          [-1, 0],
        ],
        [
          [0, 1],
          [-h, h],
        ],
        [
          [0.5, 0],
          [0, -1],
        ],
        [
          [0.5, 1],
          [0, 1],
        ],
        [
          [1, 0],
          [h, -h],
        ],
        [
          [1, 0.5],
          [1, 0],
        ],
        [
          [1, 1],
          [h, h],
        ],
      ].map(([p, normal]) => [p, normal.map(Math.fround)]),
    );
    for (const n of [2, 5, 33]) assert.deepEqual(boxBoundary(n).points.shape, [4 * (n - 1), 2]);
  });
  test('has the points on the faces of the grid, each once, in any dimension; without corners one face each', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 3, max: 6 }), { minLength: 1, maxLength: 4 }), counts => {
        const [a, b] = [counts.map((_, k) => -k - 0.7), counts.map((_, k) => 2 * k + 0.4)];
        const isInside = (p: number[]) => p.every((v, k) => v > a[k] && v < b[k]);
        const all = boxBoundary(counts, { a, b });
        const product = (sizes: number[]) => sizes.reduce((p, size) => p * size, 1);
        assert.equal(all.points.shape[0], product(counts) - product(counts.map(n => n - 2)));
        assert.equal(new Set(rows(all.points).map(String)).size, all.points.shape[0]);
        const grid = new Set(
          rows(cartesianProd(...counts.map((n, k) => linspace(a[k], b[k], n)))).map(String),
        );
        assert.ok(rows(all.points).every(p => grid.has(String(p))));
        assertOutward(all, isInside);
        const faces = boxBoundary(counts, { a, b, corners: false });
        assertOutward(faces, isInside);
        assert.deepEqual(
          rows(faces.points),
          rows(all.points).filter(p => p.filter((v, k) => v === a[k] || v === b[k]).length === 1),
        );
        assert.ok(rows(faces.normals).every(v => v.filter(c => c === 0).length === counts.length - 1));
      }),
      { numRuns: 40 },
    );
  });
  test('has Halton’s points inside', () => {
    assert.deepEqual(boxPoints(20), halton(20, 2));
    assert.deepEqual(boxPoints(20, { d: 4 }), halton(20, 4));
    const stretched = rows(boxPoints(50, { a: -3, b: [1, 5] }));
    rows(halton(50, 2)).forEach(([s, t], i) => {
      assert.ok(near(stretched[i][0], -3 + 4 * s, 3) && near(stretched[i][1], -3 + 8 * t, 5));
    });
  });
  test('gives the collocation points of Fasshauer’s table (2007, ch. 39): its errors and condition numbers', () => {
    const u = ([x, y]: number[]) => Math.sin(Math.PI * x) * Math.cos((Math.PI * y) / 2);
    const column = (values: number[]) => ndarray(Float64Array.from(values), [values.length, 1]);
    const grid = cartesianProd(linspace(0, 1, 40), linspace(0, 1, 40));
    for (const [N, error, condition] of [
      [9, 5.642192e-2, 5.276474e2],
      [25, 1.039322e-2, 3.418858e3],
      [81, 2.386062e-3, 1.726995e6],
    ]) {
      const [inside, edge] = [halton(N, 2), boxBoundary(Math.sqrt(N)).points];
      assert.equal(edge.shape[0], 4 * (Math.sqrt(N) - 1));
      const centers = asPoints([...inside.data, ...edge.data], 2);
      const kernel = imqKernel(3);
      const A = asPoints(
        [
          ...evaluate(laplacian, kernel, inside, centers).data,
          ...evaluate(identity, kernel, edge, centers).data,
        ],
        centers.shape[0],
      );
      const b = column([...rows(inside).map(p => -1.25 * Math.PI ** 2 * u(p)), ...rows(edge).map(u)]);
      const values = matMul(evaluate(identity, kernel, grid, centers), solve(A, b)).data;
      const squares = rows(grid).map((p, i) => (values[i] - u(p)) ** 2);
      const rms = Math.sqrt(squares.reduce((sum, v) => sum + v, 0) / 1600);
      assert.equal(rms.toExponential(6), error.toExponential(6));
      assert.equal(conditionNumber(A).toExponential(6), condition.toExponential(6));
    }
  });
});

describe('a disk', () => {
  const disks = fc.record({
    center: fc.tuple(
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: -5, max: 5, noNaN: true }),
    ),
    radius: fc.double({ min: 0.1, max: 5, noNaN: true }),
  });
  const distanceTo =
    ([p, q]: number[]) =>
    ([x, y]: number[]) =>
      Math.hypot(x - p, y - q);
  test('is filled evenly: every ring about the centre, and every sector, has its share of the points', () => {
    fc.assert(
      fc.property(disks, fc.integer({ min: 1, max: 400 }), (disk, n) => {
        const radii = rows(diskPoints(n, disk)).map(distanceTo(disk.center));
        assert.ok(radii.every(r => r < disk.radius));
        for (const part of [0.25, 0.5, 0.9])
          assert.ok(Math.abs(radii.filter(r => r < part * disk.radius).length - n * part ** 2) <= 1);
      }),
    );
    const angles = rows(diskPoints(1000)).map(([x, y]) => Math.atan2(y, x));
    for (let k = -4; k < 4; k++) {
      const share = angles.filter(t => t >= (k * Math.PI) / 4 && t < ((k + 1) * Math.PI) / 4).length;
      assert.ok(Math.abs(share - 125) <= 4, `${share} of 1000 in an eighth`);
    }
  });
  test('has no two points nearer than the side of a square of 0.7 of each one’s share', () => {
    const points = rows(diskPoints(300));
    const nearest = points.map((p, i) => Math.min(...points.filter((_, j) => j !== i).map(distanceTo(p))));
    assert.ok(Math.min(...nearest) > Math.sqrt((0.7 * Math.PI) / 300));
  });
  test('has equispaced boundary points on its circle, from the right on, with outward normals', () => {
    fc.assert(
      fc.property(disks, fc.integer({ min: 1, max: 50 }), (disk, n) => {
        const boundary = diskBoundary(n, disk);
        const points = rows(boundary.points);
        assert.deepEqual(points[0], [disk.center[0] + disk.radius, disk.center[1] + 0]);
        assertOutward(boundary, p => distanceTo(disk.center)(p) < disk.radius);
        const chord = 2 * disk.radius * Math.sin(Math.PI / n);
        points.forEach((p, i) => {
          assert.ok(near(distanceTo(disk.center)(p), disk.radius, 20));
          assert.ok(near(distanceTo(p)(points[(i + 1) % n]), chord, 20));
        });
      }),
    );
    assert.ok(rows(diskBoundary(4).points)[1][1] === 1, 'counter-clockwise');
  });
});

describe('a polygon', () => {
  const L = [
    [0, 0],
    [1, 0],
    [1, 0.5],
    [0.5, 0.5],
    [0.5, 1],
    [0, 1],
  ];
  const insideL = ([x, y]: number[]) => x > 0 && y > 0 && x < 1 && y < 1 && !(x >= 0.5 && y >= 0.5);
  /** A polygon that is simple and not convex: about a point, with radii of no pattern. */
  const stars = fc
    .array(fc.double({ min: 0.3, max: 1, noNaN: true }), { minLength: 3, maxLength: 12 })
    .map(radii =>
      radii.map((r, i) => [
        2 + r * Math.cos((2 * Math.PI * i) / radii.length),
        -1 + r * Math.sin((2 * Math.PI * i) / radii.length),
      ]),
    );
  /** By the angles under which a point sees the sides: they sum up to ±2π inside, to 0 outside. */
  const windsAround = (vertices: number[][]) => (p: number[]) => {
    const angles = vertices.map(([x, y], k) => {
      const [u, v] = vertices[(k + 1) % vertices.length];
      const [a, b, c, d] = [x - p[0], y - p[1], u - p[0], v - p[1]];
      return Math.atan2(a * d - b * c, a * c + b * d);
    });
    return Math.abs(angles.reduce((sum, t) => sum + t, 0)) > Math.PI;
  };

  test('has the first Halton points of its bounding box that are inside: none on a side, as (½, ⅓) can be', () => {
    const box = rows(halton(200, 2));
    for (const [vertices, isInside] of [
      [L, insideL],
      [L.map(([x, y]) => [x, 1 - y]), ([x, y]: number[]) => insideL([x, 1 - y])],
    ] as [number[][], (p: number[]) => boolean][]) {
      const expected = box.filter(isInside);
      assert.deepEqual(rows(polygonPoints(expected.length, vertices)), expected);
      assert.deepEqual(rows(polygonPoints(17, vertices)), expected.slice(0, 17));
    }
    // (½, ⅓), the first, is inside one of the two and on a side of the other.
    assert.deepEqual([insideL(box[0]), insideL([box[0][0], 1 - box[0][1]])], [true, false]);
  });
  test('has exactly n points inside, whichever way round its vertices go', () => {
    fc.assert(
      fc.property(stars, fc.integer({ min: 1, max: 60 }), (vertices, n) => {
        const points = rows(polygonPoints(n, vertices));
        assert.equal(points.length, n);
        assert.ok(points.every(windsAround(vertices)));
        assert.deepEqual(rows(polygonPoints(n, [...vertices].reverse())), points);
      }),
    );
  });
  test('keeps a margin to its sides', () => {
    const points = rows(polygonPoints(100, L, { margin: 0.1 }));
    for (const [x, y] of points)
      for (let t = 0; t < 2 * Math.PI; t += 0.1)
        assert.ok(insideL([x + 0.0999 * Math.cos(t), y + 0.0999 * Math.sin(t)]), `(${x}, ${y})`);
    assert.ok(
      points.some(([x]) => x < 0.11),
      'and no more than it',
    );
  });
  test('has boundary points by arc length; at a vertex the mean direction of its sides’ normals, or no point', () => {
    const h = Math.SQRT1_2;
    const triangle = [
      [0, 0],
      [3, 0],
      [0, 4],
    ];
    const { points, normals } = polygonBoundary(12, triangle);
    const all: [number[], number[]][] = [
      [
        [0, 0],
        [-h, -h],
      ],
      [
        [1, 0],
        [0, -1],
      ],
      [
        [2, 0],
        [0, -1],
      ],
      [
        [3, 0],
        [0.8 / Math.sqrt(0.8), -0.4 / Math.sqrt(0.8)],
      ],
      ...[1, 2, 3, 4].map((t): [number[], number[]] => [
        [3 - 0.6 * t, 0.8 * t],
        [0.8, 0.6],
      ]),
      [
        [0, 4],
        [-0.2 / Math.sqrt(0.4), 0.6 / Math.sqrt(0.4)],
      ],
      ...[1, 2, 3].map((t): [number[], number[]] => [
        [0, 4 - t],
        [-1, 0],
      ]),
    ];
    rows(points).forEach((p, i) => {
      assert.ok(
        p.every((v, k) => near(v, all[i][0][k], 8)),
        `${p}, not ${all[i][0]}`,
      );
      assert.ok(
        rows(normals)[i].every((v, k) => near(v, all[i][1][k], 4)),
        `${rows(normals)[i]} at ${p}`,
      );
    });
    const sides = polygonBoundary(12, triangle, { corners: false });
    assert.deepEqual(
      rows(sides.points),
      rows(points).filter((_, i) => i % 12 !== 0 && i !== 3 && i !== 8),
    );
    assert.deepEqual(
      rows(sides.normals),
      rows(normals).filter((_, i) => i % 12 !== 0 && i !== 3 && i !== 8),
    );
  });
  test('has at the inner corner of the L a normal too', () => {
    const { points, normals } = polygonBoundary(8, L);
    const corner = rows(points).findIndex(([x, y]) => x === 0.5 && y === 0.5);
    assert.ok(rows(normals)[corner].every(v => near(v, Math.SQRT1_2, 1)));
    assertOutward({ points, normals }, insideL);
  });
  test('has outward normals and equal steps along its sides, whichever way round its vertices go', () => {
    fc.assert(
      fc.property(stars, fc.integer({ min: 3, max: 40 }), fc.boolean(), (star, n, reverse) => {
        const vertices = reverse ? [...star].reverse() : star;
        const boundary = polygonBoundary(n, vertices);
        assert.equal(boundary.points.shape[0], n);
        assertOutward(boundary, windsAround(vertices));
        const lengths = vertices.map(([x, y], k) => {
          const [u, v] = vertices[(k + 1) % vertices.length];
          return Math.hypot(u - x, v - y);
        });
        const perimeter = lengths.reduce((sum, l) => sum + l, 0);
        rows(boundary.points).forEach(([x, y], i) => {
          let [arc, k] = [(perimeter * i) / n, 0];
          for (; k < vertices.length - 1 && arc > lengths[k]; k++) arc -= lengths[k];
          const [[p, q], [u, v]] = [vertices[k], vertices[(k + 1) % vertices.length]];
          const t = arc / lengths[k];
          assert.ok(Math.abs(x - p - t * (u - p)) < 1e-13 && Math.abs(y - q - t * (v - q)) < 1e-13);
        });
      }),
    );
  });
  test('takes its vertices as an ndarray of any stride', () => {
    const transposed = ndarray(Float64Array.from([...L.map(p => p[0]), ...L.map(p => p[1])]), [2, 6]);
    const view = transposed.transpose(1, 0);
    assert.deepEqual(polygonPoints(9, view), polygonPoints(9, L));
    assert.deepEqual(polygonBoundary(9, view), polygonBoundary(9, L));
  });
  test('may have a vertex in the middle of a side', () => {
    const square = [
      [0, 0],
      [0.5, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    const { points, normals } = polygonBoundary(8, square);
    assert.deepEqual(rows(points)[1], [0.5, 0]);
    assert.deepEqual(rows(normals)[1], [0, -1]);
  });
});

describe('errors name the call, the argument and what it is', () => {
  const wrong = (call: () => unknown, message: string) =>
    assert.throws(call, { name: 'RangeError', message });
  test('a count that is no positive integer', () => {
    for (const n of [0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      wrong(() => linspace(0, 1, n), `linspace(a, b, n): n must be a positive integer below 2^31, got ${n}`);
      wrong(() => halton(n, 2), `halton(n, d): n must be a positive integer below 2^31, got ${n}`);
      wrong(
        () => chebyshevPoints(n),
        `chebyshevPoints(n, a, b): n must be a positive integer below 2^31, got ${n}`,
      );
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
      'cartesianProd(...axes): axis 1 must be an ndarray of the shape [n], got [3,2]',
    );
    wrong(
      () => cartesianProd([1, 2] as never),
      'cartesianProd(...axes): axis 0 must be an ndarray of the shape [n], got object',
    );
  });
  test('a box that is none', () => {
    for (const n of [1, 2.5, Number.NaN, [3, 1], [3, 3, 3]])
      wrong(
        () => boxBoundary(n),
        `boxBoundary(n, options): n must be an integer ≥ 2, or 2 of them, got ${n}`,
      );
    wrong(
      () => boxBoundary(2, { corners: false }),
      'boxBoundary(n, options): n must be an integer ≥ 3 without corners, or 2 of them, got 2',
    );
    wrong(
      () => boxBoundary(3, { a: [0, 1], b: [1, 1] }),
      'boxBoundary(n, options): a must be less than b, got [0,1] and [1,1]',
    );
    wrong(
      () => boxBoundary(3, { a: Number.NaN }),
      'boxBoundary(n, options): a must be a finite number, or 2 of them, got [NaN,NaN]',
    );
    wrong(
      () => boxPoints(3, { a: [0, 0], b: [1, 1, 1] }),
      'boxPoints(n, options): b must be a finite number, or 2 of them, got [1,1,1]',
    );
    wrong(() => boxPoints(3, { d: 0 }), 'boxPoints(n, options): d must be a positive integer, got 0');
    wrong(() => boxPoints(0), 'boxPoints(n, options): n must be a positive integer below 2^31, got 0');
  });
  test('a disk that is none', () => {
    wrong(() => diskPoints(0), 'diskPoints(n, options): n must be a positive integer below 2^31, got 0');
    for (const radius of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      wrong(
        () => diskPoints(3, { radius }),
        `diskPoints(n, options): radius must be a positive finite number, got ${radius}`,
      );
    wrong(
      () => diskBoundary(3, { center: [0, Number.NaN] }),
      'diskBoundary(n, options): center must be two finite numbers, got [0,NaN]',
    );
  });
  test('a polygon that is none, or not simple', () => {
    const call = 'polygonPoints(n, vertices, options)';
    const square = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    wrong(() => polygonPoints(0, square), `${call}: n must be a positive integer below 2^31, got 0`);
    wrong(() => polygonPoints(3, square.slice(2)), `${call}: vertices must be at least 3 points, got 2`);
    wrong(
      () => polygonPoints(3, [...square, [0, Number.NaN]]),
      `${call}: vertex 4 must be two finite numbers, got [0,null]`,
    );
    wrong(
      () =>
        polygonPoints(3, [
          [0, 0],
          [1, 0, 2],
          [1, 1],
        ]),
      `${call}: vertex 1 must be two finite numbers, got [1,0,2]`,
    );
    wrong(
      () => polygonPoints(3, halton(4, 3)),
      `${call}: vertex 0 must be two finite numbers, got [0.5,0.3333333333333333,0.2]`,
    );
    assert.throws(() => polygonPoints(3, 'square' as never), {
      name: 'TypeError',
      message: `${call}: vertices must be rows [x, y] or an ndarray [v, 2], got string`,
    });
    wrong(
      () => polygonBoundary(3, [...square, [0, 0]]),
      'polygonBoundary(n, vertices, options): vertices 4 and 0 are the same point (0, 0)',
    );
    for (const [what, vertices, i, j] of [
      [
        'a bow',
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 1],
        ],
        0,
        2,
      ],
      [
        'a vertex on another side',
        [
          [0, 0],
          [2, 0],
          [2, 1],
          [1, 0],
          [0, 1],
        ],
        0,
        2,
      ],
      [
        'a spike',
        [
          [0, 0],
          [2, 0],
          [1, 0],
          [1, 1],
        ],
        0,
        1,
      ],
      [
        'all on a line',
        [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
        0,
        2,
      ],
      [
        'a vertex twice',
        [
          [0, 0],
          [1, 0],
          [0.5, 0.5],
          [1, 1],
          [0, 1],
          [0.5, 0.5],
        ],
        1,
        4,
      ],
    ] as [string, number[][], number, number][])
      assert.throws(
        () => polygonPoints(3, vertices),
        {
          name: 'RangeError',
          message: `${call}: the polygon must be simple, but its sides from vertex ${i} and from vertex ${j} meet`,
        },
        what,
      );
  });
  test('a polygon with too little room, or with corners only', () => {
    const square = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    for (const margin of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      wrong(
        () => polygonPoints(3, square, { margin }),
        `polygonPoints(n, vertices, options): margin must be a finite number ≥ 0, got ${margin}`,
      );
    assert.throws(() => polygonPoints(3, square, { margin: 0.6 }), {
      name: 'RangeError',
      message:
        /^polygonPoints\(n, vertices, options\): only 0 of \d+ points in the bounding box are inside and further than 0.6 from the sides; n = 3 is too many for a polygon so thin or a margin so wide$/,
    });
    assert.throws(
      () =>
        polygonPoints(3, [
          [0, 0],
          [1, 1],
          [1, 1.0001],
        ]),
      { message: /so thin/ },
    );
    wrong(
      () => polygonBoundary(4, square, { corners: false }),
      'polygonBoundary(n, vertices, options): all n = 4 points are vertices, and corners are left out',
    );
  });
});
