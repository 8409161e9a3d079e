import { emptyHistory, extend, type Histories, type History, written } from "./history.ts";
import { sampled } from "./sample.ts";
import { emptySummary, includer, type Summary } from "./summary.ts";

/** The results of some users or sessions: summed up, or one by one if more requests of the same ones may follow. */
export type Crowd = Summary | Histories;

/** Receives the requests of users or sessions. */
interface Register {
  /** Adds consecutive requests of one user or session, with the marks from `from` up to `to`. */
  readonly record: (who: string, marks: Uint32Array, from: number, to: number) => void;
  /** The result, after the last request. */
  readonly crowd: () => Crowd;
}

/** Groups the consecutive requests of a user or a session in a batch. */
export class Follower {
  /** The user or session of the current requests; undefined if it is not known. */
  who: string | undefined;
  readonly crowd: Register["crowd"];
  readonly #marks: Uint32Array;
  readonly #record: Register["record"];
  #from = 0;

  /** `marks` is filled while the batch is routed. */
  constructor(marks: Uint32Array, { record, crowd }: Register) {
    this.crowd = crowd;
    this.#marks = marks;
    this.#record = record;
  }

  /** The requests from `at` on belong to another user or session. */
  turn(who: string | undefined, at: number): void {
    if (this.who !== undefined) this.#record(this.who, this.#marks, this.#from, at);
    this.who = who;
    this.#from = at;
  }
}

/** One batch in so many is checked for users who come again. The check takes 10 ns a request. */
const CHECKED = 16;

/**
 * For users or sessions whose requests all follow each other: a history ends where the next one begins, and is summed up at once.
 * `record` throws if one comes again, in the batches in which that is checked.
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

/** For users or sessions that may come again: their histories are kept, except those that a sample of this level drops. */
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
