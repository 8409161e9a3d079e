import type { Span } from "./course.ts";
import { addAll } from "./summary.ts";
import type { Visit } from "./traffic/visit.ts";

/** Spans of time of one length, one after the other. Plain data. */
export interface Times {
  /** The length of each span in milliseconds. */
  readonly width: number;
  /** Where the first span begins, as a multiple of `width` since 1970. */
  readonly first: number;
  /** The requests in each span. */
  readonly requests: readonly number[];
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

/**
 * The lengths that a span of time may have in milliseconds. Each is a multiple of the one before, so that spans can be joined. The longest
 * is 90 years, and 24 of them hold every time that a log may have.
 */
const WIDTHS: readonly number[] = [
  ...[1, 5, 10, 30, 60, 300, 600, 1_800].map((seconds) => seconds * SECOND),
  ...[1, 2, 4, 12].map((hours) => hours * HOUR),
  ...Array.from({ length: 16 }, (_, power) => 2 ** power * DAY),
];

/** The most spans of time. The table beside a plot then fits on a page. */
const MOST_TIMES = 24;

/** The shortest spans, at most 24 and none shorter than `least`, that reach from one time to another. All are in milliseconds, times since 1970. */
export function timesBetween(
  earliest: number,
  latest: number,
  least: number = 0,
): Pick<Times, "width" | "first"> & { readonly length: number } {
  const reach = (width: number): number => Math.floor(latest / width) - Math.floor(earliest / width) + 1;
  const width = WIDTHS.find((each) => each >= least && reach(each) <= MOST_TIMES) ?? (WIDTHS.at(-1) as number);
  return { width, first: Math.floor(earliest / width), length: reach(width) };
}

/** The latest time that counts as one: 1e13 milliseconds since 1970, in the year 2286. As much before 1970 is the earliest. */
const LATEST = 1e13;

/** The spans of time of some visits, and the index of the span of each; undefined if there is no visit, or one without a time. */
export function timesOf(visits: readonly Visit[]): { readonly times: Times; readonly of: Uint8Array } | undefined {
  let [earliest, latest] = [Infinity, -Infinity];
  for (const { time } of visits) {
    if (time === undefined || !(Math.abs(time) <= LATEST)) return undefined;
    if (time < earliest) earliest = time;
    if (time > latest) latest = time;
  }
  if (visits.length === 0) return undefined;
  const { width, first, length } = timesBetween(earliest, latest);
  const requests = Array.from({ length }, () => 0);
  const of = Uint8Array.from(visits, ({ time = 0 }) => {
    const span = Math.floor(time / width) - first;
    requests[span] = (requests[span] ?? 0) + 1;
    return span;
  });
  return { times: { width, first, requests }, of };
}

/** What is counted in each span. Spans are joined as the time that they reach over grows. */
export class TimeCourse {
  #width = 0;
  #first = 0;
  #spans: { requests: number; readonly counts: number[] }[] = [];

  /** Adds spans, each with `size` counts, which stand one after the other. */
  add(times: Times, size: number, counts: readonly number[]): void {
    const known = { width: this.#width, first: this.#first, requests: this.#spans.map(({ requests }) => requests) };
    const startOf = ({ width, first }: Times, span: number): number => (first + span) * width;
    const ends = [known, times].flatMap((each) =>
      each.requests.length === 0 ? [] : [startOf(each, 0), startOf(each, each.requests.length - 1)],
    );
    const { width, first, length } = timesBetween(Math.min(...ends), Math.max(...ends), Math.max(known.width, times.width));
    const old = width === known.width && first === known.first ? [] : this.#spans.splice(0);
    while (this.#spans.length < length) this.#spans.push({ requests: 0, counts: Array.from({ length: size }, () => 0) });
    this.#width = width;
    this.#first = first;
    const put = (start: number, requests: number, some: readonly number[]): void => {
      const span = this.#spans[Math.floor(start / width) - first];
      if (span === undefined) return;
      span.requests += requests;
      addAll(span.counts, some);
    };
    for (const [span, each] of old.entries()) put(startOf(known, span), each.requests, each.counts);
    for (const [span, requests] of times.requests.entries())
      put(startOf(times, span), requests, counts.slice(span * size, (span + 1) * size));
  }

  /** The spans in order. Spans without a count are left out. */
  spans(): readonly Span[] {
    let requests = 0;
    return this.#spans.flatMap((span, index) => {
      requests += span.requests;
      const { counts } = span;
      return counts.some((count) => count > 0) ? [{ requests, time: (this.#first + index) * this.#width, counts }] : [];
    });
  }
}
