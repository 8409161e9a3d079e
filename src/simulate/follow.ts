import { emptyHistory, extend, type Histories, type History, written } from "./history.ts";
import { sampled } from "./sample.ts";
import { emptySummary, includer, type Summary } from "./summary.ts";

/** What is known of some users, or sessions: added up, or one by one where more of the same may follow. */
export type Crowd = Summary | Histories;

/** What becomes of those who are followed. */
interface Register {
  /** The requests of one that come in a row: their marks stand from `from` up to `to`. */
  readonly record: (who: string, marks: Uint32Array, from: number, to: number) => void;
  /** Everybody, once the last has left. */
  readonly crowd: () => Crowd;
}

/** Follows users, or sessions, through the requests of a batch. */
export class Follower {
  /** Whose requests are coming; undefined where nobody knows. */
  who: string | undefined;
  readonly crowd: Register["crowd"];
  readonly #marks: Uint32Array;
  readonly #record: Register["record"];
  #from = 0;

  /** `marks` are filled in as the requests come. */
  constructor(marks: Uint32Array, { record, crowd }: Register) {
    this.crowd = crowd;
    this.#marks = marks;
    this.#record = record;
  }

  /** From the request at `at` on they are another's. */
  turn(who: string | undefined, at: number): void {
    if (this.who !== undefined) this.#record(this.who, this.#marks, this.#from, at);
    this.who = who;
    this.#from = at;
  }
}

/** Batches in which it is checked that nobody comes again: one in so many, for it takes 10 ns a request. */
const CHECKED = 16;

/**
 * For those who do not come again: what happened to one is over when the next one comes, and is added up at once. `record` throws
 * where somebody does come again, in the batches in which that is checked.
 */
export function passing(versions: number, repeat: (draws: number) => number, task: number): Register {
  const summary = emptySummary(versions);
  const add = includer(summary, repeat);
  const seen = task % CHECKED === 0 ? new Set<string>() : undefined;
  return {
    record: (who, marks, from, to) => {
      if (seen?.has(who) === true) throw new Error(`the traffic was said to be contiguous, but \`${who}\` comes again after another`);
      seen?.add(who);
      add(marks, from, to);
    },
    crowd: () => summary,
  };
}

/** For those who may come again: they are remembered, but for those whom a sample of this level would drop. */
export function returning(level: number): Register {
  const known = new Map<string, History>();
  return {
    record: (who, marks, from, to) => {
      let history = known.get(who);
      if (history === undefined) {
        history = emptyHistory();
        known.set(who, history);
      }
      extend(history, marks, from, to);
    },
    crowd: () => written(sampled(known, level)),
  };
}
