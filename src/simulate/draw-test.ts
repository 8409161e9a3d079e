import { Course, type Span } from "./course.ts";
import { look, type Sequential, UNSEEN } from "./statistics/sequential.ts";
import { addAll } from "./summary.ts";
import { TimeCourse, type Times } from "./times.ts";

/** A sequential test over the counts of what a split can give, and how they came about. */
export interface DrawTest {
  readonly counts: number[];
  readonly course: Course;
  test: Sequential;
  /** The same by time; undefined if a request has none. */
  times: TimeCourse | undefined;
}

/** Counts in spans of time, which stand one after the other. */
export interface Timed {
  readonly times: Times;
  readonly counts: readonly number[];
}

/** A test before anything was observed, of a split that can give so many things. */
export function emptyTest(size: number): DrawTest {
  return { counts: Array.from({ length: size }, () => 0), course: new Course(), test: UNSEEN, times: new TimeCourse() };
}

/**
 * Adds what a task observed. `requests` counts those of all tasks so far; the shares are above 0 and sum to 1. `timed` has the same counts by
 * time, where every request has one.
 */
export function lookAgain(
  state: DrawTest,
  requests: number,
  counts: readonly number[],
  shares: readonly number[],
  timed: Timed | undefined,
): void {
  state.course.add(requests, counts);
  addAll(state.counts, counts);
  if (counts.some((count) => count > 0)) state.test = look(state.test, state.counts, shares);
  if (timed === undefined) state.times = undefined;
  else state.times?.add(timed.times, counts.length, timed.counts);
}

/**
 * The course of the test, and the test over it. Where every request has a time these are by time, whatever the order of the requests and
 * however they were divided into tasks.
 */
export function courseOf(
  { course, test, times }: DrawTest,
  shares: readonly number[],
): { readonly test: Sequential; readonly course: readonly Span[] } {
  const spans = times?.spans() ?? [];
  if (spans.length === 0) return { test, course: course.spans() };
  const sums = shares.map(() => 0);
  return {
    test: spans.reduce((before, { counts }) => {
      addAll(sums, counts);
      return look(before, sums, shares);
    }, UNSEEN),
    course: spans,
  };
}
