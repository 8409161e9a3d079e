import { addAll } from "./summary.ts";

/** A section of the traffic: the results of its draws, and the number of requests up to its end. Sections without a draw are left out. */
export interface Span {
  readonly requests: number;
  /** When it begins, in milliseconds since 1970; undefined if the sections are made by the order of the requests. */
  readonly time?: number;
  /** The number of draws for each result that the split can give. */
  readonly counts: readonly number[];
}

/** At this number of spans, neighbours are joined. The table beside a plot then fits on a page. */
const MOST_SPANS = 24;

/**
 * The results of draws over the traffic, in at most 24 spans. When there are so many, neighbours are joined in pairs, and every later
 * span holds twice as many tasks.
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

  /** The spans in order. A span without draws is left out. */
  spans(): readonly Span[] {
    return this.#spans.filter(({ counts }) => counts.some((count) => count > 0));
  }
}
