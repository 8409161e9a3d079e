import type { Plan } from "../../plan/index.ts";
import { type Crowd, Follower, passing, returning } from "../follow.ts";
import { markOf } from "../history.ts";
import { sampled } from "../sample.ts";
import { sameVersionProbability } from "../split.ts";

/** What one batch tells of the versions that answered. Plain data, but for maps: it can be sent to another thread. */
export interface ServedTally {
  /**
   * Requests by the version that answered and by what the alias decides: `cells[to * (outcomes + 1) + from]`. `to` is the index of a version
   * of the plan, or one more for all others; `from` is that of an outcome, or one more where a random draw decides.
   */
  readonly cells: readonly number[];
  /** Of these, the requests that come to the split, by `to`, but for those with a sticky key. */
  readonly split: readonly number[];
  /** Each sticky key that comes to the split: twice the version that answered first, and one more where another one did, too. */
  readonly keys: ReadonlyMap<string, number>;
  readonly users: Crowd;
  readonly sessions: Crowd;
  /** Versions that the plan does not have, the first of them. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** The levels of the samples that these keys, users and sessions end up in. */
export interface ServedLevels {
  readonly keys: number;
  readonly users: number;
  readonly sessions: number;
}

/** Versions that the plan does not have, of which the name is kept: a field that is none of versions may have any number. */
export const UNKNOWN_SHOWN = 20;

/** One request with the version that answered. */
interface Answered {
  /** The index of what the alias decides. */
  readonly index: number;
  /** Whether chance decides: then the index says nothing about what was served. */
  readonly random: boolean;
  readonly key: string | undefined;
  readonly user: string | undefined;
  readonly session: string | undefined;
}

/** Counts the answers of one batch. */
export interface ServedCounter {
  readonly add: (version: string, request: Answered) => void;
  /** What was counted; undefined where nothing was. */
  readonly close: () => ServedTally | undefined;
}

/** The outcomes that a request which no rule claims can have; where nothing is split it is one. */
export function splitOutcomes({ split }: Plan): ReadonlySet<number> {
  return new Set(split.kind === "fixed" ? [split.outcome] : split.arms.map(({ outcome }) => outcome));
}

/** Makes the function that begins to count a batch of so many requests. What it counts with is made where a request tells a version. */
export function servedCounter(plan: Plan, contiguous: boolean): (task: number, levels: ServedLevels, length: number) => ServedCounter {
  const { versions, outcomes } = plan;
  const indices = new Map(versions.map((version, index) => [version, index]));
  const atSplit = splitOutcomes(plan);
  const repeat = sameVersionProbability(plan);
  const width = outcomes.length + 1;
  const size = versions.length + 1;

  const begin = (task: number, levels: ServedLevels, length: number): ServedCounter => {
    const cells = Array.from({ length: width * size }, () => 0);
    const split = Array.from({ length: size }, () => 0);
    const keys = new Map<string, number>();
    const unknown = new Map<string, number>();
    const marks = new Uint32Array(length);
    const register = (level: number): Follower => new Follower(marks, contiguous ? passing(size, repeat, task) : returning(level));
    const users = register(levels.users);
    const sessions = register(levels.sessions);
    let at = 0;
    return {
      add: (version, { index, random, key, user, session }) => {
        const to = indices.get(version) ?? versions.length;
        if (to === versions.length) {
          const known = unknown.get(version);
          if (known !== undefined || unknown.size < UNKNOWN_SHOWN) unknown.set(version, (known ?? 0) + 1);
        }
        increment(cells, to * width + (random ? outcomes.length : index));
        const drawn = atSplit.has(index);
        if (drawn && key !== undefined) {
          const before = keys.get(key);
          keys.set(key, before === undefined ? 2 * to : withAnswer(before, to));
        } else if (drawn) increment(split, to);
        if (user !== users.who) users.turn(user, at);
        if (session !== sessions.who) sessions.turn(session, at);
        marks[at++] = markOf(to, drawn);
      },
      close: () => {
        users.turn(undefined, at);
        sessions.turn(undefined, at);
        return { cells, split, keys: sampled(keys, levels.keys), users: users.crowd(), sessions: sessions.crowd(), unknown };
      },
    };
  };

  return (task, levels, length) => {
    let counter: ServedCounter | undefined;
    return {
      add: (version, request) => (counter ??= begin(task, levels, length)).add(version, request),
      close: () => counter?.close(),
    };
  };
}

function increment(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}

/** A key's answers, with one more. */
function withAnswer(answers: number, version: number): number {
  return answers >> 1 === version ? answers : answers | 1;
}

/** The answers of a key in two parts of the traffic that follow each other. */
export function joinedAnswers(before: number, after: number): number {
  return withAnswer(before, after >> 1) | (after & 1);
}
