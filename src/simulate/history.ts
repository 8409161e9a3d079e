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
  firstDrawn: number;
  /** Which draw, from 2, was the first to give another version than the first one did; 0 where none did. */
  turned: number;
}

/** Nothing has happened yet. */
export function emptyHistory(): History {
  return { requests: 0, first: -1, others: undefined, drawn: 0, firstDrawn: -1, turned: 0 };
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
  let { others, drawn, firstDrawn, turned } = history;
  const first = history.requests === 0 ? versionOf(marks[from] as number) : history.first;
  for (let at = from; at < to; at++) {
    const mark = marks[at] as number;
    const version = versionOf(mark);
    if (version !== first && others?.includes(version) !== true) others = others === undefined ? [version] : [...others, version];
    if (!isDrawn(mark)) continue;
    drawn++;
    if (turned > 0 || version === firstDrawn) continue;
    if (firstDrawn === -1) firstDrawn = version;
    else turned = drawn;
  }
  history.requests += to - from;
  history.first = first;
  history.others = others;
  history.drawn = drawn;
  history.firstDrawn = firstDrawn;
  history.turned = turned;
}

/** One history of two that follow each other. */
export function joined(before: History, after: History): History {
  let { others } = before;
  for (const version of [after.first, ...(after.others ?? [])])
    if (version !== before.first && others?.includes(version) !== true) others = others === undefined ? [version] : [...others, version];
  const whenTurned = (): number => {
    if (before.turned > 0 || after.drawn === 0) return before.turned;
    if (before.drawn > 0 && after.firstDrawn !== before.firstDrawn) return before.drawn + 1;
    return after.turned === 0 ? 0 : before.drawn + after.turned;
  };
  return {
    requests: before.requests + after.requests,
    first: before.first,
    others,
    drawn: before.drawn + after.drawn,
    firstDrawn: before.drawn > 0 ? before.firstDrawn : after.firstDrawn,
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
  for (const { requests, first, others = NONE, drawn, firstDrawn, turned } of known.values())
    numbers.push(requests, first, others.length, ...others, drawn, firstDrawn, turned);
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
    take(each, { requests, first, others, drawn: next(), firstDrawn: next(), turned: next() });
  }
}

const NONE: readonly number[] = [];
