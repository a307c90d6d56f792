// Needs: point_sets.ts; npm: ndarray.
//
// A disk: points that fill it evenly, and points on its circle with outward normals.
import { asPoints, type Boundary, checkCount, type F64 } from './point_sets';

/** By default the unit disk about the origin. */
export interface DiskOptions {
  center?: [number, number];
  radius?: number;
}

const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/**
 * n points inside a disk, one an equal share of its area: `[n, 2]`. Point i = 0, 1, … is at radius·√((i + ½)/n), a
 * golden angle on from the one before (Vogel, A better way to construct the sunflower head, 1979).
 *
 * @example
 * diskPoints(2, { center: [3, 0] }); // [[3.5, 0], [2.361, 0.5850]]
 */
export function diskPoints(n: number, options: DiskOptions = {}): F64 {
  const { center, radius } = checkDisk('diskPoints(n, options)', n, options);
  return pairs(n, i => {
    const r = radius * Math.sqrt((i + 0.5) / n);
    const angle = i * GOLDEN_ANGLE;
    return [center[0] + r * Math.cos(angle), center[1] + r * Math.sin(angle)];
  });
}

/**
 * n equispaced points on the circle of a disk, counter-clockwise from the right, with outward normals: `[n, 2]` each.
 *
 * @example
 * diskBoundary(4, { radius: 2 }).points; // [[2, 0], [0, 2], [-2, 0], [0, -2]]
 */
export function diskBoundary(n: number, options: DiskOptions = {}): Boundary {
  const { center, radius } = checkDisk('diskBoundary(n, options)', n, options);
  const normals = pairs(n, i => {
    const angle = (2 * Math.PI * i) / n;
    return [Math.cos(angle), Math.sin(angle)];
  });
  const points = pairs(n, i => [
    center[0] + radius * normals.get(i, 0),
    center[1] + radius * normals.get(i, 1),
  ]);
  return { points, normals };
}

const pairs = (n: number, at: (i: number) => [number, number]): F64 =>
  asPoints(Array.from({ length: n }, (_, i) => at(i)).flat(), 2);

function checkDisk(call: string, n: number, { center = [0, 0], radius = 1 }: DiskOptions) {
  checkCount(call, n);
  if (center?.length !== 2 || !center.every(Number.isFinite))
    throw new RangeError(`${call}: center must be two finite numbers, got [${center}]`);
  if (!(radius > 0 && radius < Number.POSITIVE_INFINITY))
    throw new RangeError(`${call}: radius must be a positive finite number, got ${radius}`);
  return { center, radius };
}
