import type { Diagnostic } from "../document/index.ts";
import type { Compilable } from "../plan/index.ts";
import type { Movement } from "../prove/index.ts";

/**
 * Every alias by its key, or the aliases that changed since the revision before; `null` removes one. A set with `restored` is taken
 * though its revision is not above that of the table: the store was wiped, or restored from a copy, and counts from there.
 */
export type Update =
  | { readonly revision: number; readonly aliases: Readonly<Record<string, Compilable>>; readonly restored?: boolean }
  | { readonly revision: number; readonly changes: Readonly<Record<string, Compilable | null>> };

/** What became of an update. */
export interface Applied {
  /** The revision that the table has now. */
  readonly revision: number;
  /** Whether the update was not newer than that revision, so that nothing of it was taken. */
  readonly stale: boolean;
  /** Keys that were added, changed or removed, in the order of the update. An alias that means what it meant before is not among them. */
  readonly accepted: readonly string[];
  /** Keys whose config has errors, or which a guard rail holds back. */
  readonly rejected: readonly Rejected[];
  /** Those of the rejected that have an earlier config, and serve it on. */
  readonly kept: readonly string[];
  /** What moved for the accepted that were there before and still are. */
  readonly moved: readonly Moved[];
}

/** An alias of an update that was not taken, and everything that is wrong with it. */
export interface Rejected {
  readonly alias: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** An alias that changed. `movement` is computed when it is first read: what the alias meant before and after is kept until this is dropped. */
export interface Moved {
  readonly alias: string;
  readonly movement: Movement;
}
