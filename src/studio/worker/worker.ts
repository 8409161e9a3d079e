import { JOBS } from "./jobs.ts";

/** A job that the page asks for, and what comes of it. */
interface Asked {
  readonly id: number;
  readonly name: keyof typeof JOBS;
  readonly args: readonly unknown[];
}

const scope = globalThis as unknown as { readonly postMessage: (message: unknown) => void };

addEventListener("message", ({ data }: MessageEvent<Asked>) => {
  const { id, name, args } = data;
  try {
    const job = JOBS[name] as (...given: readonly unknown[]) => unknown;
    scope.postMessage({ id, result: job(...args) });
  } catch (error) {
    scope.postMessage({ id, failure: error instanceof Error ? error.message : String(error) });
  }
});
