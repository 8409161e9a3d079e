import type { AliasSource, SourceEvent } from "../../src/gateway/source/source.ts";
import { until } from "./daemon.ts";

/** A source that is being read, and what it has told so far. */
export interface Read {
  readonly events: readonly SourceEvent[];
  /** The aliases that it has told, as one who keeps them has them. */
  readonly aliases: () => Readonly<Record<string, unknown>>;
  readonly revision: () => number;
  /** The problems, each once. */
  readonly problems: () => readonly string[];
  /** Waits until the aliases are these. */
  readonly has: (aliases: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Reads a source until it is stopped. */
export function readSource(source: AliasSource): Read {
  const events: SourceEvent[] = [];
  const iterator = source[Symbol.asyncIterator]();
  const done = (async () => {
    for (;;) {
      const { done: ended, value } = await iterator.next();
      if (ended === true) return;
      events.push(value);
    }
  })();
  const aliases = (): Readonly<Record<string, unknown>> => {
    let held: Record<string, unknown> = {};
    for (const event of events) {
      if ("aliases" in event) held = { ...event.aliases };
      else if ("changes" in event)
        for (const [key, value] of Object.entries(event.changes)) {
          if (value === null) delete held[key];
          else held[key] = value;
        }
    }
    return held;
  };
  return {
    events,
    aliases,
    revision: () => events.reduce((last, event) => ("revision" in event ? event.revision : last), -1),
    problems: () => [...new Set(events.flatMap((event) => ("problem" in event ? [event.problem] : [])))],
    has: (expected) =>
      until(() => {
        const [here, there] = [JSON.stringify(aliases()), JSON.stringify(expected)];
        if (JSON.stringify(sorted(aliases())) === JSON.stringify(sorted(expected))) return true;
        throw new Error(`the source has ${here} and not ${there}`);
      }),
    stop: async () => {
      await iterator.return?.();
      await done;
    },
  };
}

function sorted(map: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.keys(map)
    .toSorted()
    .map((key) => [key, map[key]]);
}
