import type { Plan } from "../plan/index.ts";
import { Course } from "./course.ts";
import type { Crowd } from "./follow.ts";
import { type History, joined, readEach } from "./history.ts";
import { owned, Sample } from "./sample.ts";
import { type DrawOutcomes, drawOutcomesOf, sameVersionProbability } from "./split.ts";
import { look, type Sequential, UNSEEN } from "./statistics/sequential.ts";
import { addAll, emptySummary, include, merge, type Summary } from "./summary.ts";
import type { Levels, Recorded, Tally } from "./tally.ts";

/** Values of a segment's field that are counted apart; the requests of further ones are counted together. */
const MOST_SEGMENTS = 1_000;

/** A sequential test over the counts of what the split can give, and how they came about. */
interface Test {
  readonly counts: number[];
  readonly course: Course;
  test: Sequential;
}

/**
 * Everything that the tallies of a plan come to, added up in the order of their blocks. It takes the same room however many
 * there are: users, sessions and keys that fit are all held, and of more an even sample.
 */
export class Totals {
  readonly plan: Plan;
  readonly drawOutcomes: DrawOutcomes | undefined;
  requests = 0;
  readonly counts: number[];
  readonly random: Test;
  /** Of the keys that may come again, what the split gave each. */
  readonly keys: Sample<number> = new Sample<number>((before) => before);
  /** The number of all others, by what the split can give. */
  readonly ownKeys: number[];
  /** The test over keys, and their course, go no further than all keys are held: of a sample, the order is not known. */
  readonly keyTest: Test;
  readonly segments: Map<string | undefined, number[]> = new Map<string | undefined, number[]>();
  readonly others: number[];
  readonly users: Followed;
  readonly sessions: Followed;
  recorded: { compared: number; agreed: number; readonly drawn: Map<string, number> };
  readonly #outcomes: ReadonlyMap<number, number>;

  constructor(plan: Plan) {
    this.plan = plan;
    this.drawOutcomes = drawOutcomesOf(plan);
    this.counts = plan.outcomes.map(() => 0);
    this.others = plan.outcomes.map(() => 0);
    const none = (): number[] => this.drawOutcomes?.outcomes.map(() => 0) ?? [];
    this.random = { counts: none(), course: new Course(), test: UNSEEN };
    this.keyTest = { counts: none(), course: new Course(), test: UNSEEN };
    this.ownKeys = none();
    this.users = new Followed(plan);
    this.sessions = new Followed(plan);
    this.recorded = { compared: 0, agreed: 0, drawn: new Map() };
    this.#outcomes = new Map(this.drawOutcomes?.outcomes.map((outcome, index) => [outcome, index]));
  }

  /** Adds the tally of the next task. */
  add(tally: Tally): void {
    this.requests += tally.requests;
    addAll(this.counts, tally.counts);
    this.#addDraws(tally);
    this.users.add(tally.users);
    this.sessions.add(tally.sessions);
    for (const [value, counts] of tally.segments) {
      const known = this.segments.get(value);
      if (known !== undefined) addAll(known, counts);
      else if (this.segments.size < MOST_SEGMENTS) this.segments.set(value && owned(value), [...counts]);
      else addAll(this.others, counts);
    }
    this.#addRecorded(tally.recorded);
  }

  #addDraws({ random, keys, ownKeys }: Tally): void {
    if (this.drawOutcomes === undefined) return;
    const { outcomes, shares } = this.drawOutcomes;
    lookAgain(
      this.random,
      this.requests,
      outcomes.map((outcome) => random[outcome] ?? 0),
      shares,
    );
    const fresh = outcomes.map((outcome) => ownKeys[outcome] ?? 0);
    addAll(this.ownKeys, fresh);
    for (const [key, outcome] of keys) {
      const held = this.keys.size;
      const index = this.#outcomes.get(outcome) ?? 0;
      this.keys.add(key, index);
      if (this.keys.size > held) addAt(fresh, index);
    }
    if (this.keys.level === 0) lookAgain(this.keyTest, this.requests, fresh, shares);
  }

  #addRecorded({ compared, agreed, drawn }: Recorded): void {
    this.recorded.compared += compared;
    this.recorded.agreed += agreed;
    for (const [version, count] of drawn) this.recorded.drawn.set(owned(version), (this.recorded.drawn.get(version) ?? 0) + count);
  }

  /** What later tallies need not tell of. */
  levels(): Levels {
    return { keys: this.keys.level, users: this.users.level, sessions: this.sessions.level };
  }

  /** Of the keys that are known, how many have each of what the split can give, and which part of all keys these are. */
  countKeys(): { readonly counts: readonly number[]; readonly sampled: number } {
    const counts = [...this.ownKeys];
    for (const index of this.keys.values()) addAt(counts, index);
    const known = counts.reduce((sum, count) => sum + count, 0);
    const all = known + this.keys.size * (2 ** this.keys.level - 1);
    return { counts, sampled: all === 0 ? 1 : known / all };
  }
}

/** Users, or sessions. */
class Followed {
  readonly #versions: number;
  readonly #repeat: (draws: number) => number;
  readonly #summary: Summary;
  readonly #open = new Sample<History>(joined);

  constructor(plan: Plan) {
    this.#versions = plan.versions.length;
    this.#repeat = sameVersionProbability(plan);
    this.#summary = emptySummary(this.#versions);
  }

  get level(): number {
    return this.#open.level;
  }

  add(crowd: Crowd): void {
    if ("count" in crowd) merge(this.#summary, crowd);
    else readEach(crowd, (who, history) => this.#open.add(who, history));
  }

  /** The summary of all, or of one in 2^`level`. */
  close(): { readonly summary: Summary; readonly level: number } {
    const summary = emptySummary(this.#versions);
    merge(summary, this.#summary);
    for (const history of this.#open.values()) include(summary, history, this.#repeat);
    return { summary, level: this.#open.level };
  }
}

function lookAgain(state: Test, requests: number, counts: readonly number[], shares: readonly number[]): void {
  state.course.add(requests, counts);
  addAll(state.counts, counts);
  if (counts.some((count) => count > 0)) state.test = look(state.test, state.counts, shares);
}

function addAt(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
