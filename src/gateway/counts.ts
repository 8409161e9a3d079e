import type { Version } from "../alias/index.ts";
import type { Outcome } from "../plan/index.ts";
import type { Reason } from "../backend/index.ts";

/** How often an alias has answered with a version for a reason. */
export interface Count {
  readonly alias: string;
  readonly version: Version;
  readonly reason: Reason;
  /** Since the alias came into the table; it never falls while the alias is there. */
  readonly count: number;
}

/**
 * Counts of outcomes, by the place of an alias and the number of the outcome, in one typed array. A run of cells is taken for each place, and given
 * back with it; a run that was given back is used again for the next of its length, so that a million changes take no more room.
 */
export class Counts {
  #cells = new Float64Array(256);
  #end = 0;
  /** The first cell of each place. */
  #firsts = new Int32Array(256);
  /** First cells of runs that were given back, by length. */
  readonly #free = new Map<number, number[]>();
  /** The counts of what an alias had in earlier revisions and has no more, by `nameOf`. */
  readonly #retired = new Map<number, Map<string, number>>();

  /** Takes cells for a place, all of them 0. */
  take(place: number, length: number): void {
    if (place >= this.#firsts.length) this.#firsts = grown(this.#firsts, new Int32Array(2 * place));
    let first = this.#free.get(length)?.pop();
    if (first === undefined) {
      first = this.#end;
      this.#end += length;
      if (this.#end > this.#cells.length) this.#cells = grown(this.#cells, new Float64Array(Math.max(this.#end, 2 * this.#cells.length)));
    } else this.#cells.fill(0, first, first + length);
    this.#firsts[place] = first;
  }

  /** Gives back the cells of a place: as many as it took. */
  give(place: number, length: number): void {
    const firsts = this.#free.get(length) ?? [];
    firsts.push(this.#firsts[place] as number);
    this.#free.set(length, firsts);
    this.#retired.delete(place);
  }

  /** Goes on at a place where another one ends, which is given back next: the same alias, with other outcomes. Those of `to` must be 0 still. */
  carry(from: number, outcomes: readonly Outcome[], to: number, others: readonly Outcome[]): void {
    const retired = this.#retired.get(from) ?? new Map<string, number>();
    for (const outcome of outcomes) {
      const count = this.#at(from, outcome.index);
      if (count > 0) retired.set(nameOf(outcome), (retired.get(nameOf(outcome)) ?? 0) + count);
    }
    const names = others.map(nameOf);
    for (const [name, count] of retired) {
      const index = names.indexOf(name);
      if (index === -1) continue;
      this.#cells[(this.#firsts[to] as number) + index] = count;
      retired.delete(name);
    }
    if (retired.size > 0) this.#retired.set(to, retired);
  }

  /** Counts an outcome. */
  add(place: number, index: number): void {
    const cell = (this.#firsts[place] as number) + index;
    this.#cells[cell] = (this.#cells[cell] as number) + 1;
  }

  /** The counts of an alias, those of 0 included, added up for each version and reason. */
  of(alias: string, place: number, outcomes: readonly Outcome[]): readonly Count[] {
    const totals = new Map<string, Count>();
    const add = (version: Version, reason: Reason, count: number): void => {
      const name = nameOf({ version, reason });
      totals.set(name, { alias, version, reason, count: (totals.get(name)?.count ?? 0) + count });
    };
    for (const { version, reason, index } of outcomes) add(version, reason, this.#at(place, index));
    for (const [name, count] of this.#retired.get(place) ?? []) {
      const blank = name.indexOf(" ");
      add(name.slice(blank + 1), name.slice(0, blank) as Reason, count);
    }
    return [...totals.values()];
  }

  #at(place: number, index: number): number {
    return this.#cells[(this.#firsts[place] as number) + index] as number;
  }
}

/** A reason and a version as one text. */
function nameOf({ version, reason }: Pick<Outcome, "version" | "reason">): string {
  return `${reason} ${version}`;
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
