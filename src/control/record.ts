import type { AliasConfig } from "../alias/index.ts";
import type { FunctionKey } from "./urn.ts";

/** What an alias says: the keys of its config that have a value, as the client wrote them. */
export type AliasBody = Omit<AliasConfig, "name" | "last_modified" | "alias_urn">;

/** An alias as a store has it. */
export interface AliasRecord {
  readonly name: string;
  readonly body: AliasBody;
  /** RFC 3339, of the second in which it was written: `2026-11-28T07:40:00Z`. */
  readonly last_modified: string;
}

/** A version that was published. */
export interface VersionRecord {
  readonly name: string;
  readonly description?: string;
  readonly digest?: string;
  readonly last_modified: string;
}

/** A trigger of an alias, or of a version; only that it is there has a meaning here. */
export interface TriggerRecord {
  readonly id: string;
  readonly type: string;
  readonly status: "ACTIVE" | "DISABLED";
  /** The alias that it calls; undefined for one that calls a version. */
  readonly alias: string | undefined;
  readonly event: unknown;
  readonly created: string;
}

/** What a client says of a function, and gets back: nothing here depends on it. */
export interface FunctionDetails {
  readonly runtime?: string;
  readonly timeout?: number;
  readonly handler?: string;
  readonly memory_size?: number;
  readonly code_type?: string;
  readonly type?: string;
  readonly description?: string;
}

/** A function with everything that hangs on it. The rules of the service never look beyond one function, so a store changes one at a time. */
export interface FunctionRecord extends FunctionKey {
  readonly region: string;
  readonly details: FunctionDetails;
  readonly last_modified: string;
  /** In the order in which they were published, without `latest`. */
  readonly versions: readonly VersionRecord[];
  /** In the order in which they were created. */
  readonly aliases: readonly AliasRecord[];
  readonly triggers: readonly TriggerRecord[];
}

/** How much one change of an alias moves. */
export interface Moved {
  /** Slots of the 10,000 that change their version; where users are drawn again, the number that is expected. */
  readonly slots: number;
  /** The fewest slots that could change for these shares. */
  readonly least: number;
  /** Whether every user is drawn again. */
  readonly redrawn: boolean;
  /** Groups of requests that another rule decides now. */
  readonly shifts: number;
  /** Whether nothing changes for any request, which is proved. */
  readonly unchanged: boolean;
  /** Whether the effort was not enough to decide everything. */
  readonly undecided: boolean;
}

/** One change, for the history. */
export interface Change {
  /** Numbers the changes of one function from 1, also where it is deleted and made again. */
  readonly revision: number;
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  /** Who: an access key, the beginning of the hash of a token, or the name that a program gave. */
  readonly who: string;
  readonly action: "create" | "update" | "delete";
  readonly what: "function" | "version" | "alias" | "trigger";
  readonly name: string;
  /** Of an alias: what it said before, and what it says now. */
  readonly before?: AliasBody;
  readonly after?: AliasBody;
  /** Of an alias that said something before and says something now. */
  readonly moved?: Moved;
}
