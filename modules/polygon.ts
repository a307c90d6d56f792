// Needs: box.ts, point_sets.ts, simple_polygon.ts; npm: ndarray.
//
// A polygon: points scattered inside it, and points on its sides with outward normals.
import { boxPoints } from './box';
import { asPoints, type Boundary, checkCount, type F64 } from './point_sets';
import {
  distance,
  distanceToSides,
  isInside,
  type Point,
  simplePolygon,
  type Vertices,
} from './simple_polygon';

export type { Vertices } from './simple_polygon';

/** How many points of the bounding box are looked at for each that is wanted. */
const MOST_TRIES = 512;

/**
 * n points inside a simple polygon, `[n, 2]`: of Halton's points in its bounding box the first n that are inside, and
 * further than `margin` (0 by default) from every side.
 *
 * @example
 * polygonPoints(2, [[0, 0], [1, 0], [0, 1]]); // [[0.5, 0.3333], [0.25, 0.6667]]
 */
export function polygonPoints(n: number, vertices: Vertices, { margin = 0 }: { margin?: number } = {}): F64 {
  const call = 'polygonPoints(n, vertices, options)';
  checkCount(call, n);
  if (!(margin >= 0 && margin < Number.POSITIVE_INFINITY))
    throw new RangeError(`${call}: margin must be a finite number ≥ 0, got ${margin}`);
  const polygon = simplePolygon(call, vertices);
  const { a, b, tiny } = polygon;
  const inside: number[] = [];
  // Halton's first points are the first of any longer set, so that doubling only adds to it.
  for (let tried = 0, size = 2 * n; inside.length < 2 * n; tried = size, size *= 2) {
    if (tried > MOST_TRIES * n)
      throw new RangeError(
        `${call}: only ${inside.length / 2} of ${tried} points in the bounding box are inside and further than ` +
          `${margin} from the sides; n = ${n} is too many for a polygon so thin or a margin so wide`,
      );
    const points = boxPoints(size, { a, b });
    for (let i = tried; i < size && inside.length < 2 * n; i++) {
      const p: Point = [points.get(i, 0), points.get(i, 1)];
      if (isInside(polygon, p) && distanceToSides(polygon, p) > Math.max(margin, tiny)) inside.push(...p);
    }
  }
  return asPoints(inside, 2);
}

/**
 * n points on the sides of a simple polygon, equispaced by arc length from its first vertex on, and their outward unit
 * normals: `[n, 2]` each. At a vertex there is no normal; a point there gets the mean direction of its two sides', or
 * with `corners: false` is left out.
 *
 * @example
 * const middles = polygonBoundary(8, [[0, 0], [1, 0], [1, 1], [0, 1]], { corners: false });
 * middles.points; // [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]]
 */
export function polygonBoundary(
  n: number,
  vertices: Vertices,
  { corners = true }: { corners?: boolean } = {},
): Boundary {
  const call = 'polygonBoundary(n, vertices, options)';
  checkCount(call, n);
  const { sides, tiny, orientation } = simplePolygon(call, vertices);
  const ends = sides.map(([s, e]) => distance(s, e));
  for (let k = 1; k < ends.length; k++) ends[k] += ends[k - 1]; // where each side ends, by arc length
  const normals = sides.map(([s, e]): Point => {
    const length = orientation * distance(s, e);
    return [(e[1] - s[1]) / length + 0, (s[0] - e[0]) / length + 0]; // + 0: not −0
  });
  const kept: { points: number[]; normals: number[] } = { points: [], normals: [] };
  for (let i = 0, k = 0; i < n; i++) {
    const arc = (ends[ends.length - 1] * i) / n;
    while (arc > ends[k] - tiny) k++;
    const [s, e] = sides[k];
    const start = k === 0 ? 0 : ends[k - 1];
    if (arc > start + tiny) {
      const t = (arc - start) / (ends[k] - start);
      kept.points.push(s[0] * (1 - t) + e[0] * t, s[1] * (1 - t) + e[1] * t);
      kept.normals.push(...normals[k]);
    } else if (corners) {
      const before = normals[(k + sides.length - 1) % sides.length];
      const sum: Point = [before[0] + normals[k][0], before[1] + normals[k][1]];
      kept.points.push(...s);
      kept.normals.push(...sum.map(v => v / Math.hypot(...sum)));
    }
  }
  if (kept.points.length === 0)
    throw new RangeError(`${call}: all n = ${n} points are vertices, and corners are left out`);
  return { points: asPoints(kept.points, 2), normals: asPoints(kept.normals, 2) };
}
