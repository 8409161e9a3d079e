import { type FieldOption, namedFields } from "./matches.ts";
import type { Lines } from "./result.ts";
import { numberSet } from "./row.ts";
import { Memory, Sample } from "./sample.ts";
import { addAll } from "./summary.ts";
import { type Job, MALFORMED_SHOWN, type Result } from "./task.ts";
import type { Levels } from "./tally.ts";
import { Totals } from "./totals.ts";
import type { LogFormat } from "./traffic/traffic.ts";
import type { MalformedLine } from "./traffic/visit.ts";

/** The sum of the results of all pieces. */
export interface Gathered {
  readonly totals: readonly Totals[];
  readonly partial: boolean;
  readonly lines: Lines;
  readonly format: LogFormat | undefined;
  /** Options whose field no request has. The list is empty if there is no request. */
  readonly unmatched: readonly FieldOption[];
  readonly changes: readonly Change[];
  readonly bounced: number;
  readonly usersSampled: number;
}

/** Visits, by their two versions, and users that get another version. */
interface Change {
  readonly cells: number[];
  users: number;
}

/** Adds up the results of pieces. They are added in the order of the pieces, which is that of the requests. */
export class Gathering {
  /** Whether it was stopped before the traffic had ended. */
  partial = false;
  format: LogFormat | undefined;
  /** Lines of the log so far. */
  read = 0;
  readonly #job: Job;
  readonly #totals: readonly Totals[];
  readonly #changes: readonly Change[];
  readonly #movers: Sample<readonly number[]>;
  readonly #first: MalformedLine[] = [];
  readonly #skipped = new Map<string, number>();
  readonly #matched = new Set<FieldOption>();
  #malformed = 0;
  #bounced = 0;

  /** `memory` is in bytes. */
  constructor(job: Job, memory: number) {
    const stages = job.plans.length;
    // Each stage has a part of the memory, and so have users who move.
    const part = memory / (stages === 1 ? 1 : stages + 1);
    this.#job = job;
    this.#totals = job.plans.map((each) => new Totals(each, stages, new Memory(part)));
    this.#changes = job.plans.slice(1).map(() => ({ cells: [], users: 0 }));
    this.#movers = new Sample(numberSet(stages - 1), (before, after) => [...new Set([...before, ...after])], new Memory(part));
  }

  /** Requests so far. */
  get requests(): number {
    return this.#totals[0]?.requests ?? 0;
  }

  /** The levels of the samples of each plan. */
  levels(): readonly Levels[] {
    return this.#totals.map((total) => total.levels());
  }

  add(result: Result): void {
    for (const [index, tally] of result.tallies.entries()) this.#totals[index]?.add(tally, result.segments, result.times);
    for (const [index, change] of result.changes.entries()) {
      const sum = this.#changes[index];
      if (sum === undefined) continue;
      addAll(sum.cells, change.cells);
      sum.users += change.users;
    }
    this.#bounced += result.bounced;
    for (const [user, moved] of result.movers) this.#movers.add(user, moved);
    this.#malformed += result.malformed;
    for (const { line, fault } of result.first)
      if (this.#first.length < MALFORMED_SHOWN) this.#first.push({ line: this.read + line, fault });
    for (const { reason, lines } of result.skipped) this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + lines);
    for (const option of result.matched) this.#matched.add(option);
    this.read += result.lines;
  }

  /** The sum, after the last result. */
  close(): Gathered {
    const movers = this.#movers;
    for (const moved of movers.values())
      for (const stage of moved) {
        const change = this.#changes[stage];
        if (change !== undefined) change.users += 2 ** movers.level;
      }
    return {
      totals: this.#totals,
      partial: this.partial,
      lines: this.#lines(),
      format: this.format,
      unmatched: this.#unmatched(),
      changes: this.#changes,
      bounced: this.#bounced,
      usersSampled: 2 ** -movers.level,
    };
  }

  #lines(): Lines {
    const skippedFor = Array.from(this.#skipped, ([reason, lines]) => ({ reason, lines })).toSorted((a, b) => b.lines - a.lines);
    const skipped = skippedFor.reduce((sum, { lines }) => sum + lines, 0);
    const malformed = this.#malformed;
    const told = malformed + skipped + this.requests;
    return { read: this.read, malformed, first: this.#first, share: malformed === 0 ? 0 : malformed / told, skipped, skippedFor };
  }

  #unmatched(): readonly FieldOption[] {
    if (this.requests === 0) return [];
    const { source, segment } = this.#job;
    const named = Object.keys(namedFields(source, segment)) as FieldOption[];
    const untold = source.kind === "log" && source.options.served !== undefined && this.#totals[0]?.served.cells.length === 0;
    return [...named.filter((option) => !this.#matched.has(option)), ...(untold ? ["served" as const] : [])];
  }
}
