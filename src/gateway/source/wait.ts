/**
 * Waits so many milliseconds, until the signal is aborted, or until `wake` is called, which `expose` is given. It never rejects, so
 * whoever waits looks at the signal.
 */
export function wait(milliseconds: number, signal: AbortSignal, expose?: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
    expose?.(done);
  });
}

/** The first wait of a back-off, in milliseconds, and the longest. */
const FIRST = 250;
const LONGEST = 30_000;

/**
 * How long to wait before the attempt after so many failures: exponential, with full jitter above half, so that a fleet which lost its
 * store does not come back in one moment.
 */
export function backOff(failures: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 16));
  return whole / 2 + (random() * whole) / 2;
}

/** A signal that is aborted with another one, or because an answer was not there in time. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** The answer is there: what follows it may take any time. */
  readonly met: () => void;
  /** Nothing is waited for any more. */
  readonly end: () => void;
}

/** A deadline of so many milliseconds from now. */
export function deadline(milliseconds: number, signal: AbortSignal): Deadline {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${milliseconds / 1_000} s`)), milliseconds);
  return {
    signal: controller.signal,
    met: () => clearTimeout(timer),
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    },
  };
}

/** An error in words: its message, and that of what caused it, where `fetch` says no more than that it failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error && cause.message !== "" ? `${error.message}: ${cause.message}` : error.message;
}
