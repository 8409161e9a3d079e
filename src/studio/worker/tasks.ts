import type { Jobs } from "./jobs.ts";

type Name = keyof Jobs;

/** What a job takes, without the function that is told of progress: the worker gives that itself. */
type Given<N extends Name> = N extends "simulate" ? [Parameters<Jobs["simulate"]>[0]] : Parameters<Jobs[N]>;

/** The result of a job; `superseded` where a later one of its lane took its place. */
type Done<T> =
  | { readonly kind: "done"; readonly result: T }
  | { readonly kind: "failed"; readonly why: string }
  | { readonly kind: "superseded" };

/** A worker that does one job after the other. */
export interface Tasks {
  /** Asks for a job. Of those that wait in a lane, only the last is done. */
  readonly ask: <N extends Name>(lane: string, name: N, ...args: Given<N>) => Promise<Done<Awaited<ReturnType<Jobs[N]>>>>;
  /** Ends the job that is done now, and those that wait. */
  readonly cancel: () => void;
  /** Called while a job is done, with how far it is. */
  onProgress: ((progress: number) => void) | undefined;
  /** Called when the worker has died, with the reason. */
  onDeath: ((why: string) => void) | undefined;
}

interface Job {
  readonly id: number;
  readonly lane: string;
  readonly message: unknown;
  readonly end: (done: Done<unknown>) => void;
  /** When it was given to the worker, in milliseconds; 0 before. */
  started: number;
}

/** The part of a worker that is used. */
export interface WorkerLike {
  readonly addEventListener: (type: "message" | "error", listener: (event: WorkerEvent) => void) => void;
  readonly postMessage: (message: unknown) => void;
  readonly terminate: () => void;
}

/** What a worker answers: how far it is, or what came of the job. */
interface Answer {
  readonly id: number;
  readonly progress?: number;
  readonly result?: unknown;
  readonly failure?: string;
}

/** An answer, or an error of the worker itself. */
export interface WorkerEvent {
  readonly data?: unknown;
  readonly message?: string;
}

/** Milliseconds after which a job gives way to a later one of its lane: the worker is then started anew. Chosen: a person waits no longer. */
const PATIENCE = 1_500;

/** Starts a worker when the first job is asked for, and again after it has died. */
export function createTasks(open: () => WorkerLike): Tasks {
  let worker: WorkerLike | undefined;
  let running: Job | undefined;
  let waiting: readonly Job[] = [];
  let last = 0;

  const stop = (done: Done<never>): void => {
    worker?.terminate();
    worker = undefined;
    running?.end(done);
    running = undefined;
  };

  const die = (why: string): void => {
    const lost = waiting;
    waiting = [];
    stop({ kind: "failed", why });
    for (const job of lost) job.end({ kind: "failed", why });
    tasks.onDeath?.(why);
  };

  const start = (): WorkerLike => {
    const started = open();
    started.addEventListener("message", ({ data }) => {
      const { id, result, failure, progress } = data as Answer;
      if (running?.id !== id) return;
      if (progress !== undefined) return tasks.onProgress?.(progress);
      const { end } = running;
      running = undefined;
      end(failure === undefined ? { kind: "done", result } : { kind: "failed", why: failure });
      next();
    });
    started.addEventListener("error", ({ message = "" }) => die(message === "" ? "it could not be loaded" : message));
    return started;
  };

  const next = (): void => {
    const [job, ...rest] = waiting;
    if (running !== undefined || job === undefined) return;
    waiting = rest;
    running = job;
    job.started = performance.now();
    try {
      worker ??= start();
      worker.postMessage(job.message);
    } catch (error) {
      die(error instanceof Error ? error.message : String(error));
    }
  };

  /** The job that is done gives way once it has had its time, if one of its lane waits. */
  const limit = (): void => {
    const job = running;
    if (job === undefined || !waiting.some(({ lane }) => lane === job.lane)) return;
    setTimeout(
      () => {
        if (running !== job || !waiting.some(({ lane }) => lane === job.lane)) return;
        stop({ kind: "superseded" });
        next();
      },
      PATIENCE - (performance.now() - job.started),
    );
  };

  const tasks: Tasks = {
    onDeath: undefined,
    onProgress: undefined,
    cancel: () => {
      const lost = waiting;
      waiting = [];
      stop({ kind: "superseded" });
      for (const job of lost) job.end({ kind: "superseded" });
    },
    ask: (lane, name, ...args) =>
      new Promise((resolve) => {
        const id = ++last;
        const superseded = waiting.filter((job) => job.lane === lane);
        waiting = waiting.filter((job) => job.lane !== lane);
        for (const job of superseded) job.end({ kind: "superseded" });
        waiting = [...waiting, { id, lane, message: { id, name, args }, end: resolve as (done: Done<unknown>) => void, started: 0 }];
        next();
        limit();
      }),
  };
  return tasks;
}
