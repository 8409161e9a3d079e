/** What happened to one user, or in one session, in the order of the requests. Versions are indices. */
export interface History {
  requests: number;
  /** The version that answered first. */
  first: number;
  /** Versions other than the first; undefined where there was none. */
  others: number[] | undefined;
  /** Requests that were decided by the draw. */
  drawn: number;
  /** The version that the first draw gave; -1 where there was none. */
  dealt: number;
  /** Which draw, from 2, was the first to give another version than the first one did; 0 where none did. */
  turned: number;
}

/** Nothing has happened yet. */
export function emptyHistory(): History {
  return { requests: 0, first: -1, others: undefined, drawn: 0, dealt: -1, turned: 0 };
}

/** What a request came to, as one number: its version's index, and whether the draw decided it. */
export function markOf(version: number, drawn: boolean): number {
  return version * 2 + (drawn ? 1 : 0);
}

/** Whether the draw decided. */
export function isDrawn(mark: number): boolean {
  return (mark & 1) === 1;
}

/** The version of a mark. */
export function versionOf(mark: number): number {
  return mark >>> 1;
}

/** Adds the requests whose marks stand from `from` up to `to`, at least one. */
export function extend(history: History, marks: Uint32Array, from: number, to: number): void {
  let { others, drawn, dealt, turned } = history;
  const first = history.requests === 0 ? versionOf(marks[from] as number) : history.first;
  for (let at = from; at < to; at++) {
    const mark = marks[at] as number;
    const version = versionOf(mark);
    if (version !== first && others?.includes(version) !== true) others = others === undefined ? [version] : [...others, version];
    if (!isDrawn(mark)) continue;
    drawn++;
    if (turned > 0 || version === dealt) continue;
    if (dealt === -1) dealt = version;
    else turned = drawn;
  }
  history.requests += to - from;
  history.first = first;
  history.others = others;
  history.drawn = drawn;
  history.dealt = dealt;
  history.turned = turned;
}

/** One history of two that follow each other. */
export function joined(before: History, after: History): History {
  let { others } = before;
  for (const version of [after.first, ...(after.others ?? [])])
    if (version !== before.first && others?.includes(version) !== true) others = others === undefined ? [version] : [...others, version];
  const whenTurned = (): number => {
    if (before.turned > 0 || after.drawn === 0) return before.turned;
    if (before.drawn > 0 && after.dealt !== before.dealt) return before.drawn + 1;
    return after.turned === 0 ? 0 : before.drawn + after.turned;
  };
  return {
    requests: before.requests + after.requests,
    first: before.first,
    others,
    drawn: before.drawn + after.drawn,
    dealt: before.drawn > 0 ? before.dealt : after.dealt,
    turned: whenTurned(),
  };
}

/**
 * The histories of many, as plain data: `numbers` has for each of `who` the fields of a history in their order, after `first` the number
 * of the others and then these.
 */
export interface Histories {
  readonly who: readonly string[];
  readonly numbers: Int32Array;
}

/** Writes histories down: written, sent to another thread and read again they take a fifth of what a map of objects takes to be sent. */
export function written(known: ReadonlyMap<string, History>): Histories {
  const numbers: number[] = [];
  for (const { requests, first, others = NONE, drawn, dealt, turned } of known.values())
    numbers.push(requests, first, others.length, ...others, drawn, dealt, turned);
  return { who: [...known.keys()], numbers: Int32Array.from(numbers) };
}

/** Reads them, one by one. */
export function readEach({ who, numbers }: Histories, take: (who: string, history: History) => void): void {
  let at = 0;
  const next = (): number => numbers[at++] as number;
  for (const each of who) {
    const requests = next();
    const first = next();
    const several = next();
    const others = several === 0 ? undefined : [...numbers.subarray(at, (at += several))];
    take(each, { requests, first, others, drawn: next(), dealt: next(), turned: next() });
  }
}

const NONE: readonly number[] = [];

/** Numbers of draws within which it is asked who was given more than one version. */
export const WITHIN: readonly number[] = [2, 3, 5, 10, 20, 50, 100];

/** Histories added up. Plain data. */
export interface Summary {
  count: number;
  /** Of these, the number that met more than one version, for whatever reason. */
  several: number;
  /** By version, the number that met it. */
  readonly met: number[];
  /** Of these, the number that came to the draw at all, and that were given more than one version by it. */
  drawn: number;
  turned: number;
  /** The sum of 1 − Σ pᵢⁿ over those with n draws: how many would be turned if every draw were taken anew. */
  expected: number;
  /** By the index in `WITHIN`: the number with as many draws, and of these the number that were turned by then. */
  readonly reached: number[];
  readonly turnedBy: number[];
}

/** No histories, of an alias with so many versions. */
export function emptySummary(versions: number): Summary {
  return {
    count: 0,
    several: 0,
    met: Array.from({ length: versions }, () => 0),
    drawn: 0,
    turned: 0,
    expected: 0,
    reached: WITHIN.map(() => 0),
    turnedBy: WITHIN.map(() => 0),
  };
}

/** Adds a history. `repeat(n)` is the probability that n draws taken anew all give one version. */
export function include(summary: Summary, history: History, repeat: (draws: number) => number): void {
  summary.count++;
  increment(summary.met, history.first);
  if (history.others !== undefined) {
    summary.several++;
    for (const version of history.others) increment(summary.met, version);
  }
  includeDraws(summary, history.drawn, history.turned, repeat);
}

/**
 * Makes the function that adds whoever's requests have the marks from `from` up to `to`, and who has no others. It does what
 * `extend` and `include` do, but makes no history: where draws are random, that takes five sixths of the time of a simulation.
 */
export function includer(summary: Summary, repeat: (draws: number) => number): (marks: Uint32Array, from: number, to: number) => void {
  const { met } = summary;
  const metBy = new Uint32Array(met.length);
  let who = 0;
  return (marks, from, to) => {
    who++;
    let versions = 0;
    let drawn = 0;
    let dealt = -1;
    let turned = 0;
    for (let at = from; at < to; at++) {
      const mark = marks[at] as number;
      const version = versionOf(mark);
      if (metBy[version] !== who) {
        metBy[version] = who;
        increment(met, version);
        versions++;
      }
      if (!isDrawn(mark)) continue;
      drawn++;
      if (turned > 0 || version === dealt) continue;
      if (dealt === -1) dealt = version;
      else turned = drawn;
    }
    summary.count++;
    if (versions > 1) summary.several++;
    includeDraws(summary, drawn, turned, repeat);
  };
}

function includeDraws(summary: Summary, drawn: number, turned: number, repeat: (draws: number) => number): void {
  if (drawn === 0) return;
  summary.drawn++;
  if (turned > 0) summary.turned++;
  summary.expected += 1 - repeat(drawn);
  for (let index = 0; index < WITHIN.length; index++) {
    const within = WITHIN[index] as number;
    if (drawn < within) return;
    increment(summary.reached, index);
    if (turned > 0 && turned <= within) increment(summary.turnedBy, index);
  }
}

/** Adds a summary to another. */
export function merge(into: Summary, from: Summary): void {
  into.count += from.count;
  into.several += from.several;
  into.drawn += from.drawn;
  into.turned += from.turned;
  into.expected += from.expected;
  addAll(into.met, from.met);
  addAll(into.reached, from.reached);
  addAll(into.turnedBy, from.turnedBy);
}

/** Adds numbers to others, place by place. */
export function addAll(into: number[], from: readonly number[]): void {
  for (const [index, value] of from.entries()) into[index] = (into[index] ?? 0) + value;
}

function increment(counts: number[], index: number): void {
  counts[index] = (counts[index] ?? 0) + 1;
}
