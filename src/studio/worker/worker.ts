import { JOBS } from "./jobs.ts";

/** A job that the page asks for, and what comes of it. */
interface Asked {
  readonly id: number;
  readonly name: keyof typeof JOBS;
  readonly args: readonly unknown[];
}

const scope = globalThis as unknown as { readonly postMessage: (message: unknown) => void };

/** Milliseconds between two messages of progress. */
const PROGRESS = 100;

/** Does the jobs that a page asks for, in a worker. */
export function answerJobs(): void {
  addEventListener("message", ({ data: { id, name, args } }: MessageEvent<Asked>) => {
    let last = performance.now();
    const onProgress = (progress: number): void => {
      const now = performance.now();
      if (now - last < PROGRESS) return;
      last = now;
      scope.postMessage({ id, progress });
    };
    void run(name, args, onProgress).then(
      (result) => scope.postMessage({ id, result }),
      (error: unknown) => scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) }),
    );
  });
}

async function run(name: Asked["name"], args: readonly unknown[], onProgress: (progress: number) => void): Promise<unknown> {
  const job = JOBS[name] as (...given: readonly unknown[]) => unknown;
  return job(...args, onProgress);
}
