/**
 * Counts in one typed array. A run of cells is taken for each alias, one for each outcome of its route, and given back when the alias
 * changes; a run that was given back is used again for the next of its length, so that a million changes take no more room.
 */
export class Cells {
  counts: Float64Array = new Float64Array(256);
  #end = 0;
  readonly #free = new Map<number, number[]>();

  /** The first cell of a run, all of which are 0. */
  take(length: number): number {
    const base = this.#free.get(length)?.pop();
    if (base !== undefined) {
      this.counts.fill(0, base, base + length);
      return base;
    }
    const first = this.#end;
    this.#end += length;
    if (this.#end > this.counts.length) {
      const counts = new Float64Array(Math.max(this.#end, 2 * this.counts.length));
      counts.set(this.counts);
      this.counts = counts;
    }
    return first;
  }

  give(base: number, length: number): void {
    const runs = this.#free.get(length);
    if (runs === undefined) this.#free.set(length, [base]);
    else runs.push(base);
  }
}
