// Needs: nothing else.
//
// Points that were seen before, found by their coordinates.

/** Some of the points `[n, d]`, to find those among them that other points repeat; −0 is 0. */
export class KnownPoints {
  /** The points of a key; hardly two points have the same one. */
  private readonly alike = new Map<number, number[]>();

  constructor(
    private readonly points: Float64Array,
    private readonly d: number,
  ) {}

  /** From now on the point in row i is known. */
  add(i: number): void {
    const key = this.key(this.points, i);
    const others = this.alike.get(key);
    if (others === undefined) this.alike.set(key, [i]);
    else others.push(i);
  }

  /** The row of the known point that row i of these points `[?, d]` repeats. */
  find(points: Float64Array, i: number): number | undefined {
    return this.alike.get(this.key(points, i))?.find(j => this.agrees(points, i, j));
  }

  private agrees(points: Float64Array, i: number, j: number): boolean {
    for (let c = 0; c < this.d; c++) if (points[i * this.d + c] !== this.points[j * this.d + c]) return false;
    return true;
  }

  /** Equal for equal points. The factor is irrational, so that points of a grid have keys of their own. */
  private key(points: Float64Array, i: number): number {
    let key = 0;
    for (let c = 0; c < this.d; c++) key = key * Math.SQRT1_2 + points[i * this.d + c];
    return key;
  }
}

/** (0.5, 1); −0 is 0. */
export const rowText = (row: ArrayLike<number>) => `(${Array.from(row, v => v + 0).join(', ')})`;
