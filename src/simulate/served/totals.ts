import { SLOTS } from "../../alias/index.ts";
import { type Plan, splitOutcomes } from "../../plan/index.ts";
import { type Slotted } from "../draws.ts";
import { type DrawTest, emptyTest, lookAgain } from "../draw-test.ts";
import { Followed } from "../followed.ts";
import { NUMBER } from "../row.ts";
import { type Memory, owned, Sample } from "../sample.ts";
import { addAll, addAt } from "../summary.ts";
import type { Times } from "../times.ts";
import { joinedAnswers, type ServedLevels, type ServedTally, UNKNOWN_SHOWN } from "./count.ts";

/** What the tallies of a plan say of the versions that answered, added up. */
export class ServedTotals {
  readonly plan: Plan;
  /** The versions that the split can give, and where each stands. */
  readonly arms: readonly Slotted[];
  readonly cells: number[] = [];
  /** Requests, or keys, that come to the split, by the arm. */
  readonly requestTest: DrawTest;
  readonly keyTest: DrawTest;
  /** Those of which the answer was no version that the split can give. */
  impossibleRequests = 0;
  readonly keys: Sample<number>;
  /** The number of other keys, by their answers. */
  readonly ownKeys: number[] = [];
  readonly users: Followed;
  readonly sessions: Followed;
  readonly unknown: Map<string, number> = new Map<string, number>();
  readonly #armOf: readonly number[];
  readonly #shares: readonly number[];

  constructor(plan: Plan, memory: Memory) {
    this.plan = plan;
    this.keys = new Sample(NUMBER, joinedAnswers, memory);
    this.arms = armsOf(plan);
    this.#armOf = plan.versions.map((version) => this.arms.findIndex((arm) => arm.version === version));
    this.#shares = this.arms.map(({ slots }) => slots / SLOTS);
    this.requestTest = emptyTest(this.arms.length);
    this.keyTest = emptyTest(this.arms.length);
    this.users = new Followed(plan, memory, plan.versions.length + 1);
    this.sessions = new Followed(plan, memory, plan.versions.length + 1);
  }

  /** Adds the tally of the next task; `requests` counts those of all tasks so far. */
  add(
    { cells, split, splitTimes, keys, ownKeys, ownKeyTimes, users, sessions, unknown }: ServedTally,
    requests: number,
    times: Times | undefined,
  ): void {
    addAll(this.cells, cells);
    const size = split.length;
    this.impossibleRequests += this.#look(this.requestTest, split, requests, times, splitTimes);
    const fresh = split.map((_, to) => (ownKeys[2 * to] ?? 0) + (ownKeys[2 * to + 1] ?? 0));
    const freshTimes = [...ownKeyTimes];
    addAll(this.ownKeys, ownKeys);
    for (const [key, place] of keys) {
      const answers = place % (2 * size);
      const held = this.keys.size;
      this.keys.add(key, answers);
      if (this.keys.size === held) continue;
      addAt(fresh, answers >> 1);
      addAt(freshTimes, place >> 1);
    }
    // Of a sample, the order is not known.
    if (this.keys.level === 0) this.#look(this.keyTest, fresh, requests, times, freshTimes);
    this.users.add(users);
    this.sessions.add(sessions);
    for (const [version, count] of unknown) {
      const known = this.unknown.get(version);
      if (known !== undefined || this.unknown.size < UNKNOWN_SHOWN) this.unknown.set(owned(version), (known ?? 0) + count);
    }
  }

  /** Looks at what was observed of each version, also by time, and returns how many are of none that the split can give. */
  #look(test: DrawTest, observed: readonly number[], requests: number, times: Times | undefined, observedTimes: readonly number[]): number {
    const { counts, impossible } = this.armCounts(observed);
    const size = observed.length;
    const timed = times && {
      times,
      counts: times.requests.flatMap(
        (_, span) => this.armCounts(Array.from({ length: size }, (__, to) => observedTimes[span * size + to] ?? 0)).counts,
      ),
    };
    lookAgain(test, requests, counts, this.#shares, timed);
    return impossible;
  }

  /** How many keys of each version that answered first; how many more than one version answered; and how many keys these are. */
  countKeys(): { readonly observed: readonly number[]; readonly mixed: number; readonly held: number } {
    const answers = [...this.ownKeys];
    for (const each of this.keys.values()) addAt(answers, each);
    const observed: number[] = [];
    for (const [index, count = 0] of answers.entries()) observed[index >> 1] = (observed[index >> 1] ?? 0) + count;
    const mixed = answers.reduce((sum, count = 0, index) => (index % 2 === 1 ? sum + count : sum), 0);
    return { observed, mixed, held: observed.reduce((sum, count) => sum + count, 0) };
  }

  /** Counts of versions as counts of arms. */
  armCounts(observed: readonly number[]): { readonly counts: readonly number[]; readonly impossible: number } {
    const counts = this.arms.map(() => 0);
    let impossible = 0;
    for (const [version, count] of observed.entries()) {
      const arm = this.#armOf[version] ?? -1;
      if (arm === -1) impossible += count;
      else counts[arm] = (counts[arm] ?? 0) + count;
    }
    return { counts, impossible };
  }

  /** What later tallies need not tell of. */
  levels(): ServedLevels {
    return { keys: this.keys.level, users: this.users.level, sessions: this.sessions.level };
  }
}

/** The versions that a request which no rule claims can get: by the slots, or the one that gets all where nothing is split. */
export function armsOf(plan: Plan): readonly Slotted[] {
  const { split, outcomes } = plan;
  const slots = new Map<number, number>();
  if (split.kind === "fixed") slots.set(split.outcome, SLOTS);
  else
    for (const [index, { until, outcome }] of split.arms.entries())
      slots.set(outcome, (slots.get(outcome) ?? 0) + until - (split.arms[index - 1]?.until ?? 0));
  const arms = new Map<string, Slotted>();
  for (const outcome of splitOutcomes(plan)) {
    const { version = "", at = "" } = outcomes[outcome] ?? {};
    const own = slots.get(outcome) ?? 0;
    const known = arms.get(version);
    if (own > 0) arms.set(version, { version, at: known?.at ?? at, slots: (known?.slots ?? 0) + own });
  }
  return [...arms.values()];
}
