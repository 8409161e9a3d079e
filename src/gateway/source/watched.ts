import { type FSWatcher, watch } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { wait } from "./wait.ts";

/** In milliseconds. */
export interface WatchTimes {
  /** How long nothing may change before it counts as settled. */
  readonly settle: number;
  /** How often to look without being told. */
  readonly interval: number;
}

/** The settling of a directory that never stops changing ends after so many times `settle`. */
const MOST_SETTLING = 20;

/** A directory that is watched, and the one around it, in which it may be replaced. */
export class Watched {
  readonly #root: string;
  #watchers: FSWatcher[] = [];
  #identity = "";
  #wake: (() => void) | undefined;
  /** How often something was told to have changed. */
  changes: number = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Watches what the path leads to now. */
  async follow(): Promise<void> {
    const real = await realpath(this.#root).catch(() => undefined);
    const found = real === undefined ? undefined : await stat(real).catch(() => undefined);
    const identity = found === undefined ? "" : `${real} ${found.ino}`;
    if (identity === this.#identity && this.#watchers.length > 0) return;
    this.close();
    this.#identity = identity;
    this.changes++;
    if (real !== undefined) this.#watch(real, undefined);
    this.#watch(dirname(this.#root), basename(this.#root));
  }

  #watch(path: string, only: string | undefined): void {
    try {
      const watcher = watch(path, (_, name) => {
        if (only !== undefined && name !== null && name !== only) return;
        this.note();
      });
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // There is no such directory, or there are too many watchers: the interval looks after it.
    }
  }

  /** Counts a change. */
  note(): void {
    this.changes++;
    this.#wake?.();
  }

  /** Waits for a change since `read` and until it has settled, at most for the interval. */
  async settled(read: number, times: WatchTimes, signal: AbortSignal): Promise<void> {
    if (this.changes === read) await wait(times.interval, signal, (wake) => (this.#wake = wake));
    this.#wake = undefined;
    for (let seen = read, rounds = 0; this.changes !== seen && rounds < MOST_SETTLING && !signal.aborted; rounds++) {
      seen = this.changes;
      await wait(times.settle, signal);
    }
  }

  close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }
}
