import { SLOTS, type Version } from "../alias/index.ts";
import type { Pointer } from "../document/index.ts";
import type { Span } from "./course.ts";
import { courseOf, type DrawTest } from "./draw-test.ts";
import { part } from "./exposure.ts";
import { type Interval, wilson } from "./statistics/interval.ts";
import { ratioTest, type Verdict } from "./statistics/ratio.ts";
import type { Sequential } from "./statistics/sequential.ts";

/** Draws of one kind, beside the weights. */
export interface Draws {
  /** What one draw is taken for: a request where it is random, a key where it is sticky. That is what the tests count. */
  readonly unit: "request" | "key";
  /** The units that were tested. Of keys that memory would have to hold and does not, these are a sample: `sampled` is then below 1. */
  readonly count: number;
  readonly sampled: number;
  /** Of the random draws, those that the log has recorded; the others were made here, with the seed. 0 for keys. */
  readonly recorded: number;
  readonly arms: readonly Arm[];
  readonly verdict: Verdict;
  /** The test that may be looked at at any time. `alarm` where it has ever reached the risk. */
  readonly sequential: Sequential & { readonly alarm: boolean };
  /**
   * The same draws in consecutive sections of the traffic, at most 24: how many each of `arms` got. If every request of a log has a time,
   * the sections are spans of time of one length: some seconds, minutes, hours or days. A key counts where it comes first; the course ends
   * where there are more keys than memory holds.
   */
  readonly course: readonly Span[];
}

/** One of what a draw can give. */
export interface Arm {
  readonly version: Version;
  readonly at: Pointer;
  /** Of 10,000: its exact share. */
  readonly slots: number;
  readonly count: number;
  readonly share: number;
  /** Wilson's, at 95 %. */
  readonly interval: Interval;
}

/** What a draw can give: slots above 0, which are 10,000 together. */
export interface Slotted {
  readonly version: Version;
  readonly at: Pointer;
  readonly slots: number;
}

/** Draws as they are reported; `count` is 0 where there are none. */
export function drawReport(
  { unit, sampled, recorded }: Pick<Draws, "unit" | "sampled" | "recorded">,
  given: readonly Slotted[],
  counts: readonly number[],
  draws: DrawTest,
  risk: number,
): Draws {
  const count = counts.reduce((sum, each) => sum + each, 0);
  const arms = given.map((each, index): Arm => {
    const got = counts[index] ?? 0;
    return { ...each, count: got, share: part(got, count), interval: wilson(got, count) };
  });
  const shares = given.map(({ slots }) => slots / SLOTS);
  const verdict = ratioTest(counts, shares, risk);
  const { test, course } = courseOf(draws, shares);
  return { unit, count, sampled, recorded, arms, verdict, sequential: { ...test, alarm: test.p <= risk }, course };
}
