import type { Change } from "./record.ts";
import type { Notice, Snapshot, Store } from "./store.ts";
import type { FunctionKey } from "./urn.ts";

/** A store in the memory of this process, for tests and for trying things out. */
export function memoryStore(): Store {
  const functions = new Map<string, Snapshot>();
  const changes = new Map<string, Change[]>();
  const watchers = new Set<(notice: Notice) => void>();
  return {
    read: async (key) => Promise.resolve(functions.get(nameOf(key)) ?? NONE),
    commit: async (key, from, record, made) => {
      const name = nameOf(key);
      const current = functions.get(name) ?? NONE;
      if (current.revision !== from.revision) return Promise.resolve(false);
      functions.set(name, { revision: made.at(-1)?.revision ?? current.revision, record });
      changes.set(name, [...(changes.get(name) ?? []), ...made]);
      for (const tell of watchers) tell({ key });
      return Promise.resolve(true);
    },
    list: async (project) => {
      const names = [...functions.keys()].toSorted();
      return Promise.resolve(
        names.flatMap((name) => {
          const record = functions.get(name)?.record;
          return record?.project === project ? [record] : [];
        }),
      );
    },
    history: async (key, { alias, before = Infinity, limit }) => {
      const made = (changes.get(nameOf(key)) ?? []).toReversed();
      const isAsked = (change: Change): boolean =>
        change.revision < before && (alias === undefined || (change.what === "alias" && change.name === alias));
      return Promise.resolve(made.filter(isAsked).slice(0, limit));
    },
    watch: (signal) => watching(watchers, signal),
    close: async () => Promise.resolve(),
  };
}

const NONE: Snapshot = { revision: 0, record: undefined };

/** A space sorts before every character of a name. */
function nameOf({ project, package: group, name }: FunctionKey): string {
  return `${project} ${group} ${name}`;
}

async function* watching(watchers: Set<(notice: Notice) => void>, signal: AbortSignal): AsyncGenerator<readonly Notice[]> {
  let pending: Notice[] = [];
  let wake = (): void => {};
  const tell = (notice: Notice): void => {
    pending.push(notice);
    wake();
  };
  const stop = (): void => wake();
  watchers.add(tell);
  signal.addEventListener("abort", stop);
  try {
    yield [];
    while (!signal.aborted) {
      if (pending.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const notices = pending;
      pending = [];
      if (notices.length > 0) yield notices;
    }
  } finally {
    watchers.delete(tell);
    signal.removeEventListener("abort", stop);
  }
}
