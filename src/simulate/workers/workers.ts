/* oxlint-disable unicorn/require-post-message-target-origin -- a worker is no window, and has no origin */

import { availableParallelism } from "node:os";
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
 * A crew of so many threads, but of no more than the machine has processors (`availableParallelism` of node): threads beyond them only
 * wait. On two processors, two million requests took 8 s with 8 threads, and 34 s and 1.6 GB with 128. Results are given in the
 * order of their tasks, whichever thread did them, so the sum does not depend on the number of threads. Tasks are taken no faster
 * than results are, so memory does not depend on the length of the traffic. A thread is started when there is a task for it.
 * @throws RangeError where `count` is not a whole number from 1
 */
export function workers(count: number): Crew {
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`\`workers\` needs a whole number from 1, not \`${count}\``);
  return crewOf(new URL("./worker.js", import.meta.url), Math.min(count, availableParallelism()));
}

/** A crew of so many threads at most, each of which runs this program. */
export function crewOf(program: URL, count: number): Crew {
  return (job, tasks) => together(() => new Hand(program, job), tasks, count);
}

async function* together(hire: () => Hand, tasks: AsyncIterable<Task>, count: number): AsyncGenerator<Result, void, undefined> {
  const crew: Hand[] = [];
  const source = tasks[Symbol.asyncIterator]();
  /** Of the tasks that have been handed out, in their order. */
  const results: Promise<Result>[] = [];
  /** The next task, while it is awaited. */
  let next: Promise<IteratorResult<Task, void>> | undefined;
  let end: { readonly failure?: unknown } | undefined;
  try {
    for (;;) {
      if (end === undefined && results.length < count * AHEAD) next ??= source.next();
      const [first] = results;
      if (next === undefined && first === undefined) break;
      const came = await Promise.race([
        ...(next === undefined ? [] : [arrival(next)]),
        ...(first === undefined ? [] : [first.then(given)]),
      ]);
      if ("result" in came) {
        results.shift();
        yield came.result;
        continue;
      }
      next = undefined;
      if ("task" in came) results.push(assign(came.task, crew, count, hire));
      else end = came;
    }
    if (end !== undefined && "failure" in end) throw end.failure;
  } finally {
    await Promise.all(crew.map((hand) => hand.end()));
    // A source that is waiting for more to read ends when that comes, or never: nobody waits for it.
    const closed = Promise.resolve(source.return?.()).catch(() => {});
    if (next === undefined) await closed;
  }
}

/** What the source came to: a task, its end, or its failure, which comes after the results of the tasks before it. */
type Arrival = { readonly task: Task } | { readonly failure?: unknown };

async function arrival(next: Promise<IteratorResult<Task, void>>): Promise<Arrival> {
  try {
    const { done, value } = await next;
    return done === true ? {} : { task: value };
  } catch (failure) {
    return { failure };
  }
}

function given(result: Result): { readonly result: Result } {
  return { result };
}

/** Hands a task to who has least to do, or to a new hand where everyone has something to do. */
function assign(task: Task, crew: Hand[], count: number, hire: () => Hand): Promise<Result> {
  let idlest = crew.reduce<Hand | undefined>((best, hand) => (best === undefined || hand.load < best.load ? hand : best), undefined);
  if (idlest === undefined || (idlest.load > 0 && crew.length < count)) {
    idlest = hire();
    crew.push(idlest);
  }
  const result = idlest.do(task);
  // Whoever takes the results is told of a failure when its turn comes. Until then, and if nobody waits any more, it is not unhandled.
  result.catch(() => {});
  return result;
}

/** One worker, and what it has been asked: it answers in order. */
class Hand {
  readonly #worker: Worker;
  readonly #waiting: { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void }[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(program: URL, job: Job) {
    this.#worker = new Worker(program, {
      workerData: job,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
      // The options of the process are for its own program: with `--input-type` node refuses the file of a worker.
      execArgv: [],
    });
    this.#worker.on("message", (result: Result) => this.#waiting.shift()?.resolve(result));
    this.#worker.on("messageerror", (error) => this.#fail(error));
    this.#worker.on("error", (error) =>
      this.#fail(error instanceof Error ? error : new Error("a worker failed with what is no error", { cause: error })),
    );
    this.#worker.on("exit", (code) => this.#fail(new Error(`a worker ended before its work was done, with the exit code ${code}`)));
  }

  get load(): number {
    return this.#waiting.length;
  }

  do(task: Task): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure.error);
      this.#worker.postMessage(task);
      this.#waiting.push({ resolve, reject });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure.error);
  }
}
