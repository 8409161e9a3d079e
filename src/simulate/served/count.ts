import { type Plan, splitOutcomes } from "../../plan/index.ts";
import { type Crowd, Follower, passing, returning } from "../follow.ts";
import { markOf } from "../history.ts";
import { sampled } from "../sample.ts";
import { sameVersionProbability } from "../split.ts";
import { addAt } from "../summary.ts";

/** What one batch tells of the versions that answered. Plain data, but for maps: it can be sent to another thread. */
export interface ServedTally {
  /**
   * Requests by the version that answered and by what the alias decides: `cells[to * (outcomes + 1) + from]`. `to` is the index of a version
   * of the plan, or one more for all others; `from` is that of an outcome, or one more where a random draw decides.
   */
  readonly cells: readonly number[];
  /** Of these, the requests that come to the split, by `to`, but for those with a sticky key. */
  readonly split: readonly number[];
  /** The same in each span of time, one span after the other; empty if there are none. */
  readonly splitTimes: readonly number[];
  /**
   * Each sticky key that comes to the split: twice the version that answered first, and one more if another one did, too. A key that came
   * first in a later span of time than the first has `2 * (versions + 1)` more for each.
   */
  readonly keys: ReadonlyMap<string, number>;
  /** The number of sticky keys that do not come again, by such a number without its span; and of each version that answered first, by span. */
  readonly ownKeys: readonly number[];
  readonly ownKeyTimes: readonly number[];
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
  /** The index of its span of time. */
  readonly span: number;
}

/** Counts the answers of one batch. */
export interface ServedCounter {
  readonly add: (version: string, request: Answered) => void;
  /** What was counted; undefined where nothing was. */
  readonly close: () => ServedTally | undefined;
}

/** Makes the function that begins to count a batch of so many requests. What it counts with is made where a request tells a version. */
export function servedCounter(
  plan: Plan,
  contiguous: boolean,
): (task: number, levels: ServedLevels, length: number, spans: number) => ServedCounter {
  const { versions, outcomes } = plan;
  const indices = new Map(versions.map((version, index) => [version, index]));
  const atSplit = splitOutcomes(plan);
  const repeat = sameVersionProbability(plan);
  const width = outcomes.length + 1;
  const size = versions.length + 1;

  const begin = (task: number, levels: ServedLevels, length: number, spans: number): ServedCounter => {
    const cells = Array.from({ length: width * size }, () => 0);
    const split = Array.from({ length: size }, () => 0);
    const splitTimes = Array.from({ length: size * spans }, () => 0);
    const keys = new Map<string, number>();
    const unknown = new Map<string, number>();
    const marks = new Uint32Array(length);
    const register = (level: number): Follower => new Follower(marks, contiguous ? passing(size, repeat, task) : returning(level));
    const users = register(levels.users);
    const sessions = register(levels.sessions);
    let at = 0;
    return {
      add: (version, { index, random, key, user, session, span }) => {
        const to = indices.get(version) ?? versions.length;
        if (to === versions.length) {
          const known = unknown.get(version);
          if (known !== undefined || unknown.size < UNKNOWN_SHOWN) unknown.set(version, (known ?? 0) + 1);
        }
        addAt(cells, to * width + (random ? outcomes.length : index));
        const drawn = atSplit.has(index);
        if (drawn && key !== undefined) {
          const before = keys.get(key);
          keys.set(key, before === undefined ? 2 * (span * size + to) : (before >> 1) % size === to ? before : before | 1);
        } else if (drawn) {
          addAt(split, to);
          if (spans > 0) addAt(splitTimes, span * size + to);
        }
        if (user !== users.who) users.turn(user, at);
        if (session !== sessions.who) sessions.turn(session, at);
        marks[at++] = markOf(to, drawn);
      },
      close: () => {
        users.turn(undefined, at);
        sessions.turn(undefined, at);
        return {
          cells,
          split,
          splitTimes,
          keys: sampled(keys, levels.keys),
          ownKeys: [],
          ownKeyTimes: [],
          users: users.crowd(),
          sessions: sessions.crowd(),
          unknown,
        };
      },
    };
  };

  return (task, levels, length, spans) => {
    let counter: ServedCounter | undefined;
    return {
      add: (version, request) => (counter ??= begin(task, levels, length, spans)).add(version, request),
      close: () => counter?.close(),
    };
  };
}

/** The answers of a key, without spans of time, in two parts of the traffic that follow each other. */
export function joinedAnswers(before: number, after: number): number {
  return before >> 1 === after >> 1 ? before | after : before | 1;
}
