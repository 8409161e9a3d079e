import type { Plan } from "../plan/index.ts";
import type { Crowd } from "./follow.ts";
import { type History, historyRow, joined, readEach } from "./history.ts";
import { type Memory, Sample } from "./sample.ts";
import { sameVersionProbability } from "./split.ts";
import { emptySummary, include, merge, type Summary } from "./summary.ts";

/** Users, or sessions, of all tasks. */
export class Followed {
  readonly #versions: number;
  readonly #repeat: (draws: number) => number;
  readonly #summary: Summary;
  readonly #open: Sample<History>;

  /** `versions` counts those that the marks may name. */
  constructor(plan: Plan, memory: Memory, versions: number = plan.versions.length) {
    this.#versions = versions;
    this.#open = new Sample(historyRow(versions), joined, memory);
    this.#repeat = sameVersionProbability(plan);
    this.#summary = emptySummary(this.#versions);
  }

  get level(): number {
    return this.#open.level;
  }

  add(crowd: Crowd): void {
    if ("count" in crowd) merge(this.#summary, crowd);
    else readEach(crowd, (who, history) => this.#open.add(who, history));
  }

  /** The summary of all, or of one in 2^`level`. */
  close(): { readonly summary: Summary; readonly level: number } {
    const summary = emptySummary(this.#versions);
    merge(summary, this.#summary);
    for (const history of this.#open.values()) include(summary, history, this.#repeat);
    return { summary, level: this.#open.level };
  }
}
