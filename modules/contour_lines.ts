// Needs: nothing else.
//
// Level lines of values on a grid, by marching squares. The libraries (d3-contour, Vega's isocontour) make regions
// instead: closed along the border of the grid and of a domain that is no box, where no level line is.

export type Point = [x: number, y: number];

/**
 * The lines on which the values are `level`, linear along each edge of the grid; a closed one ends where it began.
 *
 * `values[i * ys.length + j]` stands at (xs[i], ys[j]). Where one is not finite, its cells are left out, but for the
 * triangle of the three other corners. Where the corners of a cell are above and below by turns, their mean decides.
 */
export function contourLines(xs: number[], ys: number[], values: number[], level: number): Point[][] {
  const nodes = values.length;
  const above = (node: number) => values[node] >= level;
  // A crossing is known by the edge on which it lies, and knows the crossings it is joined to: two at most, since an
  // edge has a cell on either side.
  const neighbours = new Map<number, number[]>();
  const join = (a: number, b: number) => {
    neighbours.set(a, [...(neighbours.get(a) ?? []), b]);
    neighbours.set(b, [...(neighbours.get(b) ?? []), a]);
  };
  for (const corners of cells(xs.length, ys.length, values)) {
    const edges = corners.map((a, k) => [a, corners[(k + 1) % corners.length]]);
    const cut = edges.filter(([a, b]) => above(a) !== above(b));
    const crossing = cut.map(([a, b]) => Math.min(a, b) * nodes + Math.max(a, b));
    if (crossing.length === 4) {
      const mean = corners.reduce((sum, node) => sum + values[node] / 4, 0);
      // A centre on the side of the first and third corner cuts off the second and fourth, and the other way round.
      if (mean >= level !== above(corners[0])) crossing.push(crossing.shift() as number);
      join(crossing[2], crossing[3]);
    }
    if (crossing.length > 0) join(crossing[0], crossing[1]);
  }
  const pointOn = (edge: number): Point => {
    const [a, b] = [Math.floor(edge / nodes), edge % nodes];
    const t = (level - values[a]) / (values[b] - values[a]);
    const between = (axis: number[], i: number, j: number) => axis[i] + t * (axis[j] - axis[i]);
    const [column, row] = [
      (node: number) => Math.floor(node / ys.length),
      (node: number) => node % ys.length,
    ];
    return [between(xs, column(a), column(b)), between(ys, row(a), row(b))];
  };
  return chains(neighbours).map(chain => chain.map(pointOn));
}

/** The corners of each cell in their order around it, four or three. */
function* cells(columns: number, rows: number, values: number[]): Generator<number[]> {
  for (let i = 0; i + 1 < columns; i++)
    for (let j = 0; j + 1 < rows; j++) {
      const first = i * rows + j;
      const corners = [first, first + rows, first + rows + 1, first + 1];
      const known = corners.filter(node => Number.isFinite(values[node]));
      if (known.length >= 3) yield known;
    }
}

/** Follows the joints from one end to the other, and those that have no end around. */
function chains(neighbours: Map<number, number[]>): number[][] {
  const left = new Set(neighbours.keys());
  const follow = (start: number): number[] => {
    const chain = [start];
    left.delete(start);
    for (let next: number | undefined = start; next !== undefined; ) {
      next = neighbours.get(next)?.find(other => left.delete(other));
      if (next !== undefined) chain.push(next);
    }
    return chain;
  };
  const ends = [...left].filter(crossing => neighbours.get(crossing)?.length === 1);
  const open = ends.flatMap(end => (left.has(end) ? [follow(end)] : []));
  const closed = [...left].flatMap(any => (left.has(any) ? [[...follow(any), any]] : []));
  return [...open, ...closed];
}

/** Levels between the lowest and the highest value, about `count` of them, a round step apart. */
export function roundLevels(low: number, high: number, count: number): number[] {
  const rough = (high - low) / (count + 1);
  if (!(rough > 0)) return [];
  const power = Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].reduce((best, f) => {
    const distance = (g: number) => Math.abs(Math.log(rough / (g * 10 ** power)));
    return distance(f) < distance(best) ? f : best;
  });
  // By whole numbers: sums and products of 0.1 would not be round.
  const level = (k: number) => (power < 0 ? (k * factor) / 10 ** -power : k * factor * 10 ** power);
  const levels: number[] = [];
  for (let k = Math.ceil(low / level(1)); level(k) < high; k++) if (level(k) > low) levels.push(level(k) + 0);
  return levels;
}

/** A line with fewer points that lies within `tolerance` of the old one (Douglas and Peucker, 1973). */
export function simplified(line: Point[], tolerance: number): Point[] {
  const [first, last] = [line[0], line[line.length - 1]];
  const [ax, ay] = [last[0] - first[0], last[1] - first[1]];
  let [worst, farthest] = [0, tolerance];
  for (let k = 1; k < line.length - 1; k++) {
    const [dx, dy] = [line[k][0] - first[0], line[k][1] - first[1]];
    const part = Math.min(1, Math.max(0, (dx * ax + dy * ay) / (ax * ax + ay * ay || 1)));
    const distance = Math.hypot(dx - part * ax, dy - part * ay);
    if (distance > farthest) [worst, farthest] = [k, distance];
  }
  if (worst === 0) return [first, last];
  return [
    ...simplified(line.slice(0, worst + 1), tolerance).slice(0, -1),
    ...simplified(line.slice(worst), tolerance),
  ];
}
