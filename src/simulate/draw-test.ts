import { Course } from "./course.ts";
import { look, type Sequential, UNSEEN } from "./statistics/sequential.ts";
import { addAll } from "./summary.ts";

/** A sequential test over the counts of what a split can give, and how they came about. */
export interface DrawTest {
  readonly counts: number[];
  readonly course: Course;
  test: Sequential;
}

/** A test before anything was observed, of a split that can give so many things. */
export function emptyTest(size: number): DrawTest {
  return { counts: Array.from({ length: size }, () => 0), course: new Course(), test: UNSEEN };
}

/** Adds what a task observed. `requests` counts those of all tasks so far; the shares are above 0 and sum to 1. */
export function lookAgain(state: DrawTest, requests: number, counts: readonly number[], shares: readonly number[]): void {
  state.course.add(requests, counts);
  addAll(state.counts, counts);
  if (counts.some((count) => count > 0)) state.test = look(state.test, state.counts, shares);
}
