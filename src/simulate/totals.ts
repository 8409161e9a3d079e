import type { Plan } from "../plan/index.ts";
import { type DrawTest, emptyTest, lookAgain, type Timed } from "./draw-test.ts";
import { Followed } from "./followed.ts";
import { NUMBER } from "./row.ts";
import { type Memory, owned, Sample } from "./sample.ts";
import { ServedTotals } from "./served/totals.ts";
import { type DrawOutcomes, drawOutcomesOf } from "./split.ts";
import { addAll, addAt } from "./summary.ts";
import type { Levels, Segments, Tally } from "./tally.ts";
import type { Times } from "./times.ts";

/** The most values of a segment that are counted separately. Requests with further values are counted together. */
const MOST_SEGMENTS = 1_000;

/** Counts by segment, of all stages: 500 stages of 64 versions with all thousand segments each would take 500 MB. */
const MOST_COUNTS = 500_000;

/**
 * The sum of the tallies of a plan, in the order of their tasks. Memory is bounded: users, sessions and keys are all held as long as
 * they fit, and then an even sample of them.
 */
export class Totals {
  readonly plan: Plan;
  readonly drawOutcomes: DrawOutcomes | undefined;
  requests = 0;
  readonly counts: number[];
  readonly random: DrawTest;
  /** How many of these draws were recorded. */
  recordedDraws = 0;
  /** What the split gave each key that may come again. */
  readonly keys: Sample<number>;
  /** The number of other keys, by result of the split. */
  readonly ownKeys: number[];
  /** The test over keys, and their course, end when not all keys are held any more, because the order in a sample is not known. */
  readonly keyTest: DrawTest;
  readonly segments: Map<string | undefined, number[]> = new Map<string | undefined, number[]>();
  readonly others: number[];
  readonly users: Followed;
  readonly sessions: Followed;
  /** What was served; empty if it is not recorded. */
  readonly served: ServedTotals;
  readonly #outcomes: ReadonlyMap<number, number>;

  /** How many segments are counted apart. */
  readonly #mostSegments: number;

  /** `stages` is the number of plans that are simulated together. Samples of keys, users and sessions share the memory. */
  constructor(plan: Plan, stages: number, memory: Memory) {
    this.plan = plan;
    this.keys = new Sample(NUMBER, (before) => before, memory);
    this.#mostSegments = Math.max(1, Math.min(MOST_SEGMENTS, Math.floor(MOST_COUNTS / (plan.outcomes.length * stages))));
    this.drawOutcomes = drawOutcomesOf(plan);
    this.counts = plan.outcomes.map(() => 0);
    this.others = plan.outcomes.map(() => 0);
    this.random = emptyTest(this.drawOutcomes?.outcomes.length ?? 0);
    this.keyTest = emptyTest(this.drawOutcomes?.outcomes.length ?? 0);
    this.ownKeys = this.drawOutcomes?.outcomes.map(() => 0) ?? [];
    this.users = new Followed(plan, memory);
    this.sessions = new Followed(plan, memory);
    this.served = new ServedTotals(plan, memory);
    this.#outcomes = new Map(this.drawOutcomes?.outcomes.map((outcome, index) => [outcome, index]));
  }

  /** Adds the tally of the next task. */
  add(tally: Tally, segments: Segments | undefined, times: Times | undefined): void {
    if (tally.requests === 0) return;
    this.requests += tally.requests;
    addAll(this.counts, tally.counts);
    this.#addDraws(tally, times);
    this.users.add(tally.users);
    this.sessions.add(tally.sessions);
    if (segments !== undefined && tally.outcomes !== undefined) this.#addSegments(segments, tally.outcomes);
    this.recordedDraws += tally.recordedDraws;
    if (tally.served !== undefined) this.served.add(tally.served, this.requests, times);
  }

  #addSegments({ values, of }: Segments, outcomes: Uint16Array): void {
    const counted = values.map((value) => {
      const known = this.segments.get(value);
      if (known !== undefined) return known;
      if (this.segments.size >= this.#mostSegments) return this.others;
      const counts = this.plan.outcomes.map(() => 0);
      this.segments.set(value && owned(value), counts);
      return counts;
    });
    for (const [at, outcome] of outcomes.entries()) addAt(counted[of[at] as number] as number[], outcome);
  }

  #addDraws({ random, randomTimes, keys, ownKeys, ownKeyTimes }: Tally, times: Times | undefined): void {
    if (this.drawOutcomes === undefined) return;
    const { outcomes, shares } = this.drawOutcomes;
    const width = this.plan.outcomes.length;
    const timed = (counts: readonly number[]): Timed | undefined =>
      times && { times, counts: times.requests.flatMap((_, span) => outcomes.map((outcome) => counts[span * width + outcome] ?? 0)) };
    lookAgain(
      this.random,
      this.requests,
      outcomes.map((outcome) => random[outcome] ?? 0),
      shares,
      timed(randomTimes),
    );
    const fresh = outcomes.map((outcome) => ownKeys[outcome] ?? 0);
    const freshTimes = [...ownKeyTimes];
    addAll(this.ownKeys, fresh);
    for (const [key, place] of keys) {
      const held = this.keys.size;
      const index = this.#outcomes.get(place % width) ?? 0;
      this.keys.add(key, index);
      if (this.keys.size === held) continue;
      addAt(fresh, index);
      addAt(freshTimes, place);
    }
    if (this.keys.level === 0) lookAgain(this.keyTest, this.requests, fresh, shares, timed(freshTimes));
  }

  /** The levels of the samples. Later tallies can leave out what these drop. */
  levels(): Levels {
    return { keys: this.keys.level, users: this.users.level, sessions: this.sessions.level, served: this.served.levels() };
  }

  /** How many of the held keys have each result of the split, and the share of all keys that is held. */
  countKeys(): { readonly counts: readonly number[]; readonly sampled: number } {
    const counts = [...this.ownKeys];
    for (const index of this.keys.values()) addAt(counts, index);
    const known = counts.reduce((sum, count) => sum + count, 0);
    const all = known + this.keys.size * (2 ** this.keys.level - 1);
    return { counts, sampled: all === 0 ? 1 : known / all };
  }
}
