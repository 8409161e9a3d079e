import { addAll } from "./summary.ts";

/** A stretch of the traffic: what draws came to in it, and how many requests there had been at its end. */
export interface Span {
  readonly requests: number;
  /** By what the split can give. */
  readonly counts: readonly number[];
}

/** Once there are so many spans they become half as many: a table beside a plot is then no longer than a page. */
const MOST_SPANS = 24;

/**
 * What draws came to, in the order of the traffic. However long that is, it is kept in at most 24 spans: once there are so many,
 * two neighbours become one, and every later span holds as many tasks of traffic as those.
 */
export class Course {
  #tasks = 1;
  #open = 0;
  #spans: { requests: number; readonly counts: number[] }[] = [];

  /** Adds the next task. `requests` counts all so far. */
  add(requests: number, counts: readonly number[]): void {
    const last = this.#spans.at(-1);
    if (last !== undefined && this.#open > 0) {
      addAll(last.counts, counts);
      last.requests = requests;
    } else this.#spans.push({ requests, counts: [...counts] });
    this.#open = (this.#open + 1) % this.#tasks;
    if (this.#open > 0 || this.#spans.length < MOST_SPANS) return;
    this.#spans = this.#spans.flatMap((span, index, spans) => {
      if (index % 2 === 1) return [];
      const next = spans[index + 1] as (typeof spans)[number];
      addAll(span.counts, next.counts);
      return [{ requests: next.requests, counts: span.counts }];
    });
    this.#tasks *= 2;
  }

  /** In their order; those without a single draw are left out. */
  spans(): readonly Span[] {
    return this.#spans.filter(({ counts }) => counts.some((count) => count > 0));
  }
}
