/* oxlint-disable unicorn/require-post-message-target-origin -- a worker is no window, and has no origin */

import { Worker } from "node:worker_threads";
import type { Crew } from "../simulate.ts";
import type { Job, Result, Task } from "../task.ts";

/** Tasks that a worker has been handed: one to do, and one so that it need not wait for the next. */
const AHEAD = 2;

/**
 * Megabytes for young objects, twice as many as node gives: two workers then take 0.95 of the time, for fewer of a piece's requests
 * have to be moved before they are done with.
 */
const YOUNG = 96;

/**
 * A crew of so many threads. Results are given in the order of their tasks, whichever thread did them, and tasks are taken no
 * faster than results are: so the sum is the same as with one thread, and memory does not depend on the length of the traffic.
 */
export function workers(count: number): Crew {
  return (job, tasks) => together(job, tasks, Math.max(1, Math.floor(count)));
}

async function* together(job: Job, tasks: AsyncIterable<Task>, count: number): AsyncGenerator<Result, void, undefined> {
  const crew = Array.from({ length: count }, () => new Hand(job));
  const source = tasks[Symbol.asyncIterator]();
  const pending: Promise<Result>[] = [];
  let ended = false;
  try {
    for (;;) {
      while (!ended && pending.length < count * AHEAD) {
        const next = await source.next();
        if (next.done === true) ended = true;
        else pending.push(idlest(crew).do(next.value));
      }
      const result = pending.shift();
      if (result === undefined) return;
      yield await result;
    }
  } finally {
    // Of those still under way nobody waits for the result, nor for the failure.
    for (const abandoned of pending) abandoned.catch(() => {});
    await Promise.all([source.return?.(), ...crew.map((hand) => hand.end())]);
  }
}

function idlest(crew: readonly Hand[]): Hand {
  return crew.reduce((best, hand) => (hand.load < best.load ? hand : best));
}

/** One worker, and what it has been asked: it answers in order. */
class Hand {
  readonly #worker: Worker;
  readonly #waiting: { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void }[] = [];
  #failure: unknown;

  constructor(job: Job) {
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: job,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    this.#worker.on("message", (result: Result) => this.#waiting.shift()?.resolve(result));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("a worker ended before its work was done")));
  }

  get load(): number {
    return this.#waiting.length;
  }

  do(task: Task): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
