import type { Change, FunctionRecord } from "./record.ts";
import type { FunctionKey } from "./urn.ts";

/** A function as it was at one moment. Stores compare it with what is there when it is replaced. */
export interface Snapshot {
  /** The revision of the last change; 0 where there never was one. */
  readonly revision: number;
  /** Undefined where there is no such function. */
  readonly record: FunctionRecord | undefined;
}

/** Which changes of a function to list. */
export interface HistoryQuery {
  /** Only those of this alias. */
  readonly alias?: string;
  /** Only those before this revision. */
  readonly before?: number;
  /** At most so many, the newest first. */
  readonly limit: number;
}

/** Something in a store has changed: a function, at that revision. */
export interface Notice {
  readonly key: FunctionKey;
}

/**
 * Where functions and their aliases are. A function is replaced as a whole, and only where it is as it was read, so no store has to know a
 * rule of the service.
 */
export interface Store {
  readonly read: (key: FunctionKey) => Promise<Snapshot>;
  /**
   * Puts `next` in the place of what the snapshot has, with the changes that led there. All of it is durable when the promise is resolved
   * with true. False where the function has changed since the snapshot was read; nothing is written then.
   */
  readonly commit: (key: FunctionKey, from: Snapshot, next: FunctionRecord | undefined, changes: readonly Change[]) => Promise<boolean>;
  /** The functions of a project, in the order of package and name. */
  readonly list: (project: string) => Promise<readonly FunctionRecord[]>;
  readonly history: (key: FunctionKey, query: HistoryQuery) => Promise<readonly Change[]>;
  /**
   * Yields once for everything that was there when it began (an empty list), and then the functions that have changed, soon after they
   * have; an empty list says that it has looked and nothing has. Ends when the signal is aborted.
   */
  readonly watch: (signal: AbortSignal) => AsyncIterable<readonly Notice[]>;
  readonly close: () => Promise<void>;
}
