import { type History, isDrawn, versionOf } from "./history.ts";

/** The numbers of draws for which the share of mixed users is computed. */
export const WITHIN: readonly number[] = [2, 3, 5, 10, 20, 50, 100];

/** The sums of histories. Plain data. */
export interface Summary {
  count: number;
  /** Their requests, and the squares of the requests of each. */
  requests: number;
  squares: number;
  /** How many of them more than one version answered, by rules or by the draw. */
  several: number;
  /** For each version, how many of them it answered. */
  readonly exposed: number[];
  /** How many of them reached the draw, and how many of those it gave more than one version. */
  drawn: number;
  turned: number;
  /** The sum of 1 − Σ pᵢⁿ over those with n draws: how many would be turned if every draw were taken anew. */
  expected: number;
  /** By the index in `WITHIN`: the number with as many draws, and of these the number that were turned by then. */
  readonly reached: number[];
  readonly turnedBy: number[];
}

/** The sums of no histories, for an alias with so many versions. */
export function emptySummary(versions: number): Summary {
  return {
    count: 0,
    requests: 0,
    squares: 0,
    several: 0,
    exposed: Array.from({ length: versions }, () => 0),
    drawn: 0,
    turned: 0,
    expected: 0,
    reached: WITHIN.map(() => 0),
    turnedBy: WITHIN.map(() => 0),
  };
}

/** Adds a history. `repeat(n)` is the probability that n draws taken anew all give one version. */
export function include(summary: Summary, history: History, repeat: (draws: number) => number): void {
  includeRequests(summary, history.requests);
  addAt(summary.exposed, history.first);
  if (history.others !== undefined) {
    summary.several++;
    for (const version of history.others) addAt(summary.exposed, version);
  }
  includeDraws(summary, history.drawn, history.turned, repeat);
}

/**
 * Makes the function that adds whoever's requests have the marks from `from` up to `to`, and who has no others. It does what
 * `extend` and `include` do, but makes no history: where draws are random, that takes five sixths of the time of a simulation.
 */
export function includer(summary: Summary, repeat: (draws: number) => number): (marks: Uint32Array, from: number, to: number) => void {
  const { exposed } = summary;
  const lastSeen = new Uint32Array(exposed.length);
  let who = 0;
  return (marks, from, to) => {
    who++;
    let versions = 0;
    let drawn = 0;
    let firstDrawn = -1;
    let turned = 0;
    for (let at = from; at < to; at++) {
      const mark = marks[at] as number;
      const version = versionOf(mark);
      if (lastSeen[version] !== who) {
        lastSeen[version] = who;
        addAt(exposed, version);
        versions++;
      }
      if (!isDrawn(mark)) continue;
      drawn++;
      if (turned > 0 || version === firstDrawn) continue;
      if (firstDrawn === -1) firstDrawn = version;
      else turned = drawn;
    }
    includeRequests(summary, to - from);
    if (versions > 1) summary.several++;
    includeDraws(summary, drawn, turned, repeat);
  };
}

function includeRequests(summary: Summary, requests: number): void {
  summary.count++;
  summary.requests += requests;
  summary.squares += requests ** 2;
}

function includeDraws(summary: Summary, drawn: number, turned: number, repeat: (draws: number) => number): void {
  if (drawn === 0) return;
  summary.drawn++;
  if (turned > 0) summary.turned++;
  summary.expected += 1 - repeat(drawn);
  for (let index = 0; index < WITHIN.length; index++) {
    const within = WITHIN[index] as number;
    if (drawn < within) return;
    addAt(summary.reached, index);
    if (turned > 0 && turned <= within) addAt(summary.turnedBy, index);
  }
}

/** Adds a summary to `into`. */
export function merge(into: Summary, from: Summary): void {
  into.count += from.count;
  into.requests += from.requests;
  into.squares += from.squares;
  into.several += from.several;
  into.drawn += from.drawn;
  into.turned += from.turned;
  into.expected += from.expected;
  addAll(into.exposed, from.exposed);
  addAll(into.reached, from.reached);
  addAll(into.turnedBy, from.turnedBy);
}

/** Adds numbers to those at the same index. */
export function addAll(into: number[], from: readonly number[]): void {
  for (const [index, value] of from.entries()) into[index] = (into[index] ?? 0) + value;
}

/** Adds one to the number at an index. */
export function addAt(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
