import type { Diagnostic } from "../../document/index.ts";

/** Every alias that the store has. An alias that is not in `aliases` has been deleted. */
export interface SourceSet {
  readonly revision: number;
  readonly aliases: Readonly<Record<string, unknown>>;
  /** Aliases of which the text cannot be read. They keep the config that is served. */
  readonly unreadable?: Readonly<Record<string, readonly Diagnostic[]>>;
  /** Whether this is the store's current state though its revision may be lower than an earlier one: the store was wiped or restored. */
  readonly restored?: boolean;
}

/** The aliases that have changed since the revision before; `null` stands for one that was deleted. */
export interface SourceChanges {
  readonly revision: number;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly unreadable?: Readonly<Record<string, readonly Diagnostic[]>>;
}

/** The source has been asked, and what it last gave is what it has. */
export interface SourceConfirmation {
  readonly confirmed: true;
}

/** The source cannot be reached, or answers what cannot be used. It tries again by itself. */
export interface SourceProblem {
  readonly problem: string;
}

/** What a source tells. The first set, and each that follows a problem, is whole; a store with a history gives changes between. */
export type SourceEvent = SourceSet | SourceChanges | SourceConfirmation | SourceProblem;

/** Where aliases come from. A source never ends by itself, and throws only for what trying again cannot mend. */
export type AliasSource = AsyncIterable<SourceEvent>;

/** Hands an event to the reader of a source; resolved once it has been taken. */
export type Emit = (event: SourceEvent) => Promise<void>;

/**
 * A source of a function that runs until its signal is aborted. It is called when the source is first read; the signal is aborted when
 * the reader leaves. What it throws, the reader gets; an end before the signal is the end of the source.
 */
export function sourceOf(run: (emit: Emit, signal: AbortSignal) => Promise<void>): AliasSource {
  return { [Symbol.asyncIterator]: () => iteratorOf(run) };
}

function iteratorOf(run: (emit: Emit, signal: AbortSignal) => Promise<void>): AsyncIterator<SourceEvent> {
  const leaving = new AbortController();
  const waiting: { readonly event: SourceEvent; readonly taken: () => void }[] = [];
  let wake: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let end: { readonly error?: unknown } | undefined;

  const emit: Emit = (event) =>
    new Promise((taken) => {
      if (leaving.signal.aborted) return taken();
      waiting.push({ event, taken });
      wake?.();
    });
  const start = (): Promise<void> =>
    run(emit, leaving.signal).then(
      () => finish({}),
      (error: unknown) => finish(leaving.signal.aborted ? {} : { error }),
    );
  const finish = (how: { readonly error?: unknown }): void => {
    end = how;
    wake?.();
  };

  return {
    next: async () => {
      running ??= start();
      for (;;) {
        const first = waiting.shift();
        if (first !== undefined) {
          first.taken();
          return { done: false, value: first.event };
        }
        if (end !== undefined) {
          if ("error" in end) throw end.error;
          return { done: true, value: undefined };
        }
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    },
    return: async () => {
      leaving.abort();
      for (const { taken } of waiting.splice(0)) taken();
      end ??= {};
      wake?.();
      await running;
      return { done: true, value: undefined };
    },
  };
}
