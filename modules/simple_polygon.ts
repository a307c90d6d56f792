// Needs: point_sets.ts; npm: ndarray.
//
// What makes a polygon: vertices that are checked, its sides, and where a point is to them.
import type { F64 } from './point_sets';

export type Point = [number, number];

/** From one vertex to the next. */
export type Side = [Point, Point];

/** Vertices in order, either way round, the first not repeated at the end: v rows of 2 numbers, or `[v, 2]`. */
export type Vertices = number[][] | F64;

/** What rounding may put on one side of a line or the other, as a part of the polygon's size. */
export const ROUNDING = 1e-12;

export interface Polygon {
  corners: Point[];
  sides: Side[];
  /** The bounding box [a, b]. */
  a: Point;
  b: Point;
  /** Lengths up to this are rounding. */
  tiny: number;
  /** 1 counter-clockwise, −1 clockwise. */
  orientation: number;
}

/** The polygon of these vertices; throws unless it is simple: no side meets another but at their common vertex. */
export function simplePolygon(call: string, vertices: Vertices): Polygon {
  const corners = cornersOf(call, vertices);
  const v = corners.length;
  if (v < 3) throw new RangeError(`${call}: vertices must be at least 3 points, got ${v}`);
  const sides = corners.map((corner, k): Side => [corner, corners[(k + 1) % v]]);
  const extreme = (of: (...values: number[]) => number): Point => [
    of(...corners.map(([x]) => x)),
    of(...corners.map(([, y]) => y)),
  ];
  const [a, b] = [extreme(Math.min), extreme(Math.max)];
  const tiny = ROUNDING * Math.max(...[...a, ...b].map(Math.abs), b[0] - a[0], b[1] - a[1]);
  sides.forEach(([s, e], k) => {
    if (distance(s, e) <= tiny)
      throw new RangeError(`${call}: vertices ${k} and ${(k + 1) % v} are the same point (${s.join(', ')})`);
  });
  for (let i = 0; i < v; i++)
    for (let j = i + 1; j < v; j++) {
      const adjacent = j === i + 1 || (i === 0 && j === v - 1);
      if (adjacent ? foldsBack(sides[i], sides[j]) : meet(sides[i], sides[j]))
        throw new RangeError(
          `${call}: the polygon must be simple, but its sides from vertex ${i} and from vertex ${j} meet`,
        );
    }
  const area = sides.reduce((sum, [s, e]) => sum + turn(corners[0], s, e), 0);
  return { corners, sides, a, b, tiny, orientation: Math.sign(area) };
}

/** Whether a point is inside: a ray from it to the right crosses an odd number of sides. */
export function isInside({ sides }: Polygon, [x, y]: Point): boolean {
  const crossed = sides.filter(
    ([s, e]) => s[1] > y !== e[1] > y && x < s[0] + ((e[0] - s[0]) * (y - s[1])) / (e[1] - s[1]),
  );
  return crossed.length % 2 === 1;
}

/** How far a point is from the nearest side. */
export function distanceToSides({ sides }: Polygon, p: Point): number {
  return Math.min(
    ...sides.map(([s, e]) => {
      const [u, v] = [e[0] - s[0], e[1] - s[1]];
      const t = ((p[0] - s[0]) * u + (p[1] - s[1]) * v) / (u * u + v * v);
      const along = Math.min(1, Math.max(0, t));
      return distance(p, [s[0] + along * u, s[1] + along * v]);
    }),
  );
}

export const distance = (p: Point, q: Point) => Math.hypot(p[0] - q[0], p[1] - q[1]);

function cornersOf(call: string, vertices: Vertices): Point[] {
  const rows =
    vertices !== null && typeof vertices === 'object' && 'stride' in vertices
      ? Array.from({ length: vertices.shape[0] }, (_, i) =>
          Array.from({ length: vertices.shape[1] ?? 0 }, (_, k) => vertices.get(i, k)),
        )
      : vertices;
  if (!Array.isArray(rows))
    throw new TypeError(`${call}: vertices must be rows [x, y] or an ndarray [v, 2], got ${typeof vertices}`);
  rows.forEach((row, i) => {
    if (!Array.isArray(row) || row.length !== 2 || !row.every(Number.isFinite))
      throw new RangeError(`${call}: vertex ${i} must be two finite numbers, got ${JSON.stringify(row)}`);
  });
  return rows as Point[];
}

/** Twice the area of the triangle p, q, r: positive where the way through them turns left. */
const turn = (p: Point, q: Point, r: Point) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);

/** Whether two sides with no common vertex have a point in common. */
function meet([p, q]: Side, [r, s]: Side): boolean {
  const [a, b, c, d] = [turn(p, q, r), turn(p, q, s), turn(r, s, p), turn(r, s, q)].map(Math.sign);
  const within = (t: Point, u: Point, w: Point) => [0, 1].every(k => (t[k] - u[k]) * (t[k] - w[k]) <= 0);
  return (
    (a * b < 0 && c * d < 0) ||
    (a === 0 && within(r, p, q)) ||
    (b === 0 && within(s, p, q)) ||
    (c === 0 && within(p, r, s)) ||
    (d === 0 && within(q, r, s))
  );
}

/** Whether two sides that share a vertex lie on each other. */
function foldsBack(first: Side, second: Side): boolean {
  const [shared, p, q] =
    first[1] === second[0] ? [first[1], first[0], second[1]] : [first[0], first[1], second[0]];
  const dot = (p[0] - shared[0]) * (q[0] - shared[0]) + (p[1] - shared[1]) * (q[1] - shared[1]);
  return dot > 0 && turn(shared, p, q) === 0;
}
