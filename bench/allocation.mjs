// Bytes of heap that a decision takes.

import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";

/** The flags of a process that measures allocation: a young generation that no measurement fills. */
export const ALLOCATION_FLAGS = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];

/** Milliseconds within which a collection has been reported to its observers. */
const REPORTED = 10;

/**
 * The growth of the heap over `run`, less that over the same without a decision, divided by the decisions: the median of
 * nine. Nothing is collected meanwhile: the young generation is emptied before and larger than all that is allocated; a round
 * in which a collection is reported all the same does not count, and the next ones are shorter.
 */
export async function bytesPerDecision({ prepare, run, enter, awaits }) {
  let collections = 0;
  const observer = new PerformanceObserver((list) => (collections += list.getEntries().length));
  observer.observe({ entryTypes: ["gc"] });

  const growths = [];
  let length = 4096;
  for (let round = 0; growths.length < 9 && round < 40; round++) {
    const batch = prepare(round, length);
    globalThis.gc();
    await setTimeout(REPORTED);
    const seen = collections;
    const idleFrom = process.memoryUsage().heapUsed;
    const idle = process.memoryUsage().heapUsed - idleFrom;
    const from = process.memoryUsage().heapUsed;
    const sink = awaits ? await run(batch) : run(batch);
    const growth = process.memoryUsage().heapUsed - from - idle;
    await setTimeout(REPORTED);
    enter(batch, sink);
    if (collections === seen) growths.push(growth / length);
    else length = Math.ceil(length / 4);
  }
  observer.disconnect();
  if (growths.length < 9) throw new Error("the heap was collected in too many rounds");
  return growths.toSorted((a, b) => a - b)[4];
}
