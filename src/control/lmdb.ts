/**
 * The store of one machine: an embedded database (LMDB) in one file. Several processes may have it open, so a command may prepare a function
 * while the server runs.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Database, open } from "lmdb";
import type { Change, FunctionRecord } from "./record.ts";
import type { HistoryQuery, Notice, Snapshot, Store } from "./store.ts";
import type { FunctionKey } from "./urn.ts";

/** How an embedded store is opened. */
export interface LmdbOptions {
  /** How often `watch` looks whether another process has changed something, in milliseconds; the default is 100. */
  readonly interval?: number;
}

type Key = [project: string, group: string, name: string];

/** A function as it stands in the file; without a record where it was deleted, so that its revisions go on. */
interface Stored {
  readonly revision: number;
  readonly record?: FunctionRecord;
}

/** What is read of the log at once. */
const LOG_PAGE = 10_000;

/**
 * Opens the file, and makes it where it is not there. A commit is on the disk before it is acknowledged: `overlappingSync`, with which the
 * database would acknowledge first, is off.
 * @throws Error where the file cannot be opened, or is no database
 */
export function lmdbStore(path: string, { interval = 100 }: LmdbOptions = {}): Store {
  checkFile(path);
  const root = open({ path, noSubdir: true, maxDbs: 4, encoding: "json", overlappingSync: false });
  const functions: Database<Stored, Key> = root.openDB({ name: "functions", encoding: "json" });
  const history: Database<Change, [...Key, revision: number]> = root.openDB({ name: "history", encoding: "json" });
  /** The keys of functions in the order in which they changed, so that others can follow. */
  const log: Database<Key, number> = root.openDB({ name: "log", encoding: "json" });

  /** Reads what is committed now: within one turn of the event loop, the library goes on with what was committed at its first read. */
  const fresh = <T>(read: () => T): Promise<T> => {
    root.resetReadTxn();
    return Promise.resolve(read());
  };
  const snapshot = (key: FunctionKey): Snapshot => {
    const stored = functions.get(keyOf(key));
    return { revision: stored?.revision ?? 0, record: stored?.record };
  };
  const lastLogged = (): number => {
    for (const last of log.getKeys({ reverse: true, limit: 1 })) return last;
    return 0;
  };

  return {
    read: async (key) => fresh(() => snapshot(key)),
    commit: async (key, from, record, changes) =>
      root.transaction(() => {
        if (snapshot(key).revision !== from.revision) return false;
        const revision = changes.at(-1)?.revision ?? from.revision;
        // Within a transaction the promises of `put` say nothing that its own does not.
        void functions.put(keyOf(key), { revision, ...(record !== undefined && { record }) });
        for (const change of changes) void history.put([...keyOf(key), change.revision], change);
        void log.put(lastLogged() + 1, keyOf(key));
        return true;
      }),
    list: async (project) =>
      fresh(() => {
        const found: FunctionRecord[] = [];
        for (const { key, value } of functions.getRange({ start: [project, "", ""] })) {
          if (key[0] !== project) break;
          if (value.record !== undefined) found.push(value.record);
        }
        return found;
      }),
    history: async (key, query) => fresh(() => historyOf(history, keyOf(key), query)),
    watch: (signal) => watching(log, lastLogged, interval, signal),
    close: async () => root.close(),
  };
}

/** Two pages: a file of LMDB begins with two copies of its head. */
const HEADS = 8_192;

/** The library ends the process where a file is no database, and makes folders that are not there, so both are looked at before. */
function checkFile(path: string): void {
  if (!statSync(dirname(path)).isDirectory()) throw new Error("its folder is a file");
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
  const file = openSync(path, "r");
  try {
    const found = fstatSync(file);
    if (!found.isFile()) throw new Error("is no regular file");
    const head = new DataView(new ArrayBuffer(32));
    readSync(file, head, 0, 32, 0);
    // `mm_magic` and `mm_version` of `lmdb.h`, behind the head of the page.
    const isOwn = head.getUint32(24, true) === 0xbe_ef_c0_de && head.getUint32(28, true) === 2;
    if (found.size > 0 && !(found.size >= HEADS && isOwn)) throw new Error("is no database of this store");
  } finally {
    closeSync(file);
  }
}

function keyOf({ project, package: group, name }: FunctionKey): Key {
  return [project, group, name];
}

function historyOf(
  history: Database<Change, [...Key, revision: number]>,
  key: Key,
  { alias, before = Number.MAX_SAFE_INTEGER, limit }: HistoryQuery,
): readonly Change[] {
  const found: Change[] = [];
  // Backwards the start is left out and the end is not.
  for (const { value } of history.getRange({ start: [...key, before], end: [...key, 0], reverse: true })) {
    if (found.length >= limit) break;
    if (value.revision < before && (alias === undefined || (value.what === "alias" && value.name === alias))) found.push(value);
  }
  return found;
}

async function* watching(
  log: Database<Key, number>,
  lastLogged: () => number,
  interval: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Notice[]> {
  let seen = lastLogged();
  yield [];
  while (!signal.aborted) {
    const changed = new Map<string, FunctionKey>();
    for (const { key, value } of log.getRange({ start: seen + 1, limit: LOG_PAGE })) {
      seen = key;
      const [project, group, name] = value;
      changed.set(JSON.stringify(value), { project, package: group, name });
    }
    yield [...changed.values()].map((key) => ({ key }));
    if (changed.size === 0) await wait(interval, signal);
  }
}

async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
