import type { Pointer } from "../document/index.ts";
import { fieldName, toRequest } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import {
  COOKIE_LINE,
  cookiesAhead,
  EFFORT,
  type Region,
  search,
  unmentioned,
  type Values,
  valuesOf,
  versionOfKey,
  type Witness,
  witnessOf,
} from "../prove/index.ts";
import { addBits, bitsAmong, goalBitsOf, goalDraws, hasBit, takeBits } from "./goal-bits.ts";
import { goalsOf, keyedOf, pivotsOf } from "./goals.ts";
import { MOST_CHARACTERS, type Room, takes } from "./room.ts";
import type { Case } from "./suite.ts";
import { rowOf, subjectFor } from "./variant.ts";

/** A request, perhaps with a draw. */
export interface Request {
  readonly request: Witness;
  readonly draw: number | undefined;
}

/** A request, what it is about, and the goals that it shows. */
interface Candidate extends Request {
  readonly at: Pointer;
  readonly shows: Int32Array;
}

/** The part of the room that is kept from requests which hang on one rule, for those which show most of the rest. */
const KEPT = MOST_CHARACTERS / 4;

/**
 * Requests that a suite needs, as far as there is room: those that hang on one rule or key, and others that show all the other goals. Beside
 * cases that are there already, only what shows goals that they do not.
 */
export function candidatesOf(plan: Plan, room: Room, given?: readonly Case[]): readonly Request[] {
  const effort = { left: EFFORT };
  const goals = goalsOf(plan);
  const subject = subjectFor(plan, plan.split.kind === "arms" ? (plan.split.sticky?.keys.map(({ field }) => field) ?? []) : []);
  const bits = goalBitsOf(subject, goals);
  const shownBy = (request: Witness, draw: number | undefined): Int32Array => bits.shown(rowOf(subject, toRequest(request)), draw);
  /** The values of a request of a region; where it is not known whether there is one, that is noted. */
  const valuesIn = (at: Pointer, region: Region): Values | undefined => {
    const found = search(region, effort);
    if (found.kind === "unknown") room.omitted.push({ at, why: "effort" });
    return found.kind === "found" ? valuesOf(region.alphabet, found.letters) : undefined;
  };
  const shown = new Int32Array(bits.words);
  const needed: Request[] = [];
  let isFull = false;
  for (const { request, draw } of given ?? []) addBits(shown, bits.shown(rowOf(subject, request), draw));
  for (const { at, region, requestOf } of given === undefined ? neededOf(plan) : []) {
    if (isFull) {
      room.omitted.push({ at, why: "room" });
      continue;
    }
    const values = valuesIn(at, region);
    if (values === undefined) continue;
    const request = requestOf(values);
    const taken = takes(room, at, request, KEPT);
    isFull = taken === "room";
    if (taken !== "taken") continue;
    needed.push({ request, draw: undefined });
    addBits(shown, shownBy(request, undefined));
  }
  const before = shown.slice();
  const optional: Candidate[] = [];
  // Long requests for many goals are more than memory holds.
  let left = 2 * MOST_CHARACTERS;
  // What is hardest to reach comes first: a request that comes to a late strategy sees the earlier ones fail.
  for (const goal of goals.toReversed()) {
    const draws = goalDraws(goal).filter((draw) => !hasBit(shown, bits.numberOf(goal, draw)));
    const region = draws.length === 0 ? undefined : goal.region();
    if (region === undefined) continue;
    if (left < 0) {
      room.omitted.push({ at: goal.at, why: "room" });
      continue;
    }
    const values = valuesIn(goal.at, region);
    if (values === undefined) continue;
    const request = witnessOf(values);
    left -= JSON.stringify(request).length;
    for (const draw of draws) {
      const shows = shownBy(request, draw);
      takeBits(shows, before);
      optional.push({ at: goal.at, request, draw, shows });
      addBits(shown, shows);
    }
  }
  return [...needed, ...fewest(optional, bits.words).filter(({ at, request }) => takes(room, at, request) === "taken")];
}

/** Requests that show what a strategy or a sticky key is for, and how each is made of the values of its region. */
function* neededOf(
  plan: Plan,
): Generator<{ readonly at: Pointer; readonly region: Region; readonly requestOf: (values: Values) => Witness }> {
  for (const { at, region } of pivotsOf(plan)) yield { at, region, requestOf: witnessOf };
  const { split, versions } = plan;
  if (split.kind === "fixed" || split.sticky === undefined) return;
  const versionOf = versionOfKey(plan, split.sticky);
  for (const { at, field, region } of keyedOf(plan)) {
    const range = region.alphabet.ranges.get(fieldName(field));
    if (range === undefined) continue;
    const keys = unmentioned(range, MOST_KEYS);
    const requestOf = (values: Values): Witness => {
      const ahead = fieldName(field) === COOKIE_LINE ? cookiesAhead(values) : "";
      const rare = keys.find((key) => versionOf(ahead + key) !== versions[0]);
      return witnessOf(new Map([...values, [range.field, rare ?? keys[0]]]));
    };
    yield { at, region, requestOf };
  }
}

/** So many keys are tried for one that does not get the primary: a weight of 1 % is met by 99 in 100 such searches. */
const MOST_KEYS = 460;

/**
 * Candidates that show together what all of them do: again and again the one that adds most (the greedy cover), and then without those
 * that others made needless.
 */
function fewest(found: readonly Candidate[], words: number): readonly Candidate[] {
  const left = new Int32Array(words);
  for (const { shows } of found) addBits(left, shows);
  // What a candidate adds only shrinks, so one that is asked again at what it may still add need not be asked before.
  const byBound: Candidate[][] = [];
  const file = (candidate: Candidate, bound: number): void => void (byBound[bound] ??= []).push(candidate);
  for (const candidate of found) file(candidate, bitsAmong(candidate.shows, left));
  const taken: Candidate[] = [];
  for (let bound = byBound.length - 1; bound > 0; bound--) {
    const here = byBound[bound] ?? [];
    for (let candidate = here.pop(); candidate !== undefined; candidate = here.pop()) {
      const now = bitsAmong(candidate.shows, left);
      if (now < bound) file(candidate, now);
      else {
        taken.push(candidate);
        takeBits(left, candidate.shows);
      }
    }
  }
  return withoutNeedless(taken, words);
}

/** Goes through them from the last: what all others show is needless. */
function withoutNeedless(taken: readonly Candidate[], words: number): readonly Candidate[] {
  const others = new Int32Array(words);
  const ahead = taken.map(({ shows }) => {
    const before = others.slice();
    addBits(others, shows);
    return before;
  });
  const behind = new Int32Array(words);
  return taken.toReversed().filter(({ shows }, index) => {
    const alone = shows.slice();
    takeBits(alone, behind);
    takeBits(alone, ahead[taken.length - 1 - index] as Int32Array);
    if (alone.every((word) => word === 0)) return false;
    addBits(behind, shows);
    return true;
  });
}
