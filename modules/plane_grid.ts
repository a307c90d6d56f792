// Needs: chart_spec.ts, plain_array.ts; npm: ndarray.
//
// The lines of a grid in the plane, and which of its nodes are there: a domain need not be a box.
import { toPoints } from './chart_spec';
import type { Matrix } from './plain_array';

/** A grid of `xs.length × ys.length` nodes; `at[i * ys.length + j]` is the point at (xs[i], ys[j]), or −1. */
export interface PlaneGrid {
  xs: number[];
  ys: number[];
  at: number[];
}

/** Coordinates closer than this part of their range are one. */
const SAME = 1e-6;
/** Fewer points than this part of the nodes are scattered rather than on a grid. */
const LEAST_FILLED = 0.2;

/**
 * The grid on whose nodes the points `[n, 2]` lie, all of them or some.
 *
 * Throws a TypeError or a RangeError for points that are not finite, one that comes twice, and scattered ones: those
 * that leave more than four fifths of the nodes empty.
 */
export function planeGrid(call: string, points: Matrix): PlaneGrid {
  const { x, y } = toPoints(call, 'points', points);
  const [xs, column] = lines(x);
  const [ys, row] = lines(y);
  const nodes = xs.length * ys.length;
  if (nodes * LEAST_FILLED > x.length)
    throw new RangeError(
      `${call}(points): points must lie on a grid, got ${x.length} points on ${xs.length} × ${ys.length} lines`,
    );
  const at = new Array<number>(nodes).fill(-1);
  for (const k of x.keys()) {
    const node = column[k] * ys.length + row[k];
    if (at[node] >= 0)
      throw new RangeError(`${call}(points): points must differ, got (${x[k]}, ${y[k]}) twice`);
    at[node] = k;
  }
  return { xs, ys, at };
}

/** The different coordinates in ascending order, and which of them each one is. */
function lines(coordinates: number[]): [number[], number[]] {
  const order = [...coordinates.keys()].sort((a, b) => coordinates[a] - coordinates[b]);
  const range = coordinates[order[order.length - 1]] - coordinates[order[0]];
  const different: number[] = [];
  const place: number[] = [];
  for (const k of order) {
    const last = different[different.length - 1];
    if (!(coordinates[k] - last <= SAME * range)) different.push(coordinates[k]);
    place[k] = different.length - 1;
  }
  return [different, place];
}
