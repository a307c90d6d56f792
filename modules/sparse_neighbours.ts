// Needs: sparse_matrix.ts; npm: mnemonist.
//
// Which points lie within a radius of others, in any dimension, by mnemonist's vantage-point tree.
import { VPTree } from 'mnemonist';
import type { Pattern } from './sparse_matrix';

/** Bits of a coordinate in Morton's order. */
const BITS = 16;
/** Bits of a whole number that a double holds. */
const ALL_BITS = 52;
/** More pairs than this, 4 GB with all that is made of them, are refused. */
const MOST_PAIRS = 2 ** 27;
/** How many points tell beforehand how many neighbours there will be. */
const SAMPLE = 256;

/**
 * The places of points `[n, d]` along Morton's curve through their box: neighbours in space come to be near in memory, which
 * makes a search of 100,000 points ten times faster.
 */
export function mortonOrder(points: Float64Array, d: number): Uint32Array {
  const n = points.length / d;
  const bits = Math.min(BITS, Math.floor(ALL_BITS / d));
  const keys = new Float64Array(n);
  const cells = new Uint32Array(points.length);
  for (let c = 0; c < d; c++) {
    let [low, high] = [points[c], points[c]];
    for (let i = c; i < points.length; i += d) {
      low = Math.min(low, points[i]);
      high = Math.max(high, points[i]);
    }
    const scale = (2 ** bits - 1) / (high - low || 1);
    for (let i = c; i < points.length; i += d) cells[i] = (points[i] - low) * scale;
  }
  for (let i = 0; i < n; i++)
    for (let bit = bits - 1; bit >= 0; bit--)
      for (let c = 0; c < d; c++) keys[i] = 2 * keys[i] + ((cells[i * d + c] >>> bit) & 1);
  return Uint32Array.from(keys, (_, i) => i).sort((i, j) => keys[i] - keys[j]);
}

/** The rows of an array `[n, width]` in this order. */
export function rowsInOrder(a: Float64Array, width: number, order: Uint32Array): Float64Array {
  const out = new Float64Array(order.length * width);
  order.forEach((from, to) => {
    for (let c = 0; c < width; c++) out[to * width + c] = a[from * width + c];
  });
  return out;
}

export class NeighbourSearch {
  private readonly tree: VPTree<number>;
  /** The points, and after them the one that is asked for. */
  private readonly coordinates: Float64Array;

  /** Of points `[m, d]`, best in Morton's order. */
  constructor(
    points: Float64Array,
    private readonly d: number,
  ) {
    const m = points.length / d;
    const all = new Float64Array(points.length + d);
    all.set(points);
    this.coordinates = all;
    const distance = (i: number, j: number) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += (all[i * d + c] - all[j * d + c]) ** 2;
      return Math.sqrt(sum);
    };
    this.tree = new VPTree(
      distance,
      Array.from({ length: m }, (_, i) => i),
    );
  }

  /**
   * Of each of the rows from `first` to `end` of points `[n, d]`, which points lie within the radius, ascending. Throws a
   * RangeError, which quotes the call, where they are too many to be held.
   */
  within(
    call: string,
    radius: number,
    points: Float64Array,
    first = 0,
    end = points.length / this.d,
  ): Pattern {
    const tooMany = () =>
      new RangeError(`${call}: within the radius ${radius} lie more than ${MOST_PAIRS} pairs of points`);
    // A sample says it at once; to find them all may take minutes.
    const step = Math.ceil((end - first) / SAMPLE);
    let sampled = 0;
    for (let i = first; i < end; i += step) sampled += this.around(points, i, radius).length;
    if (sampled * step > 2 * MOST_PAIRS) throw tooMany();

    const starts = new Uint32Array(end - first + 1);
    let columns = new Uint32Array(Math.ceil(1.2 * sampled * step));
    let pairs = 0;
    for (let i = first; i < end; i++) {
      const found = this.around(points, i, radius);
      if (pairs + found.length > MOST_PAIRS) throw tooMany();
      if (pairs + found.length > columns.length) {
        const longer = new Uint32Array(Math.ceil(1.5 * (pairs + found.length)));
        longer.set(columns);
        columns = longer;
      }
      found.forEach(({ item }, k) => {
        columns[pairs + k] = item;
      });
      columns.subarray(pairs, pairs + found.length).sort();
      pairs += found.length;
      starts[i - first + 1] = pairs;
    }
    return { starts, columns: columns.subarray(0, pairs) };
  }

  private around(points: Float64Array, i: number, radius: number) {
    const { d, coordinates } = this;
    const asked = coordinates.length / d - 1;
    for (let c = 0; c < d; c++) coordinates[asked * d + c] = points[i * d + c];
    return this.tree.neighbors(radius, asked);
  }
}
