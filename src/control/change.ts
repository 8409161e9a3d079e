import type { Profile } from "../alias/index.ts";
import type { Change, FunctionRecord } from "./record.ts";
import type { Snapshot } from "./store.ts";

/** What the rules of the service need to know beside the function. */
export interface Terms {
  readonly profile: Profile;
  /** The region of functions that are made without a URN. */
  readonly region: string;
  readonly now: Date;
  readonly who: string;
  /** Percent of the requests that one change of an alias may move; undefined where any share may. */
  readonly maxMoved?: number | undefined;
}

/** What a request makes of a function: the function afterwards, what changed, and what the client is told. */
export interface Changed<T> {
  /** Undefined where it is deleted. */
  readonly record: FunctionRecord | undefined;
  readonly changes: readonly Change[];
  readonly answer: T;
}

/** RFC 3339 of the second: `2026-11-28T07:40:00Z`. */
export function timestamp(now: Date): string {
  return `${now.toISOString().slice(0, 19)}Z`;
}

/** Numbers changes onwards from a snapshot, and signs them. */
export function changesOf(
  { revision }: Snapshot,
  { now, who }: Terms,
  made: readonly Omit<Change, "revision" | "at" | "who">[],
): readonly Change[] {
  return made.map((change, index) => ({ revision: revision + index + 1, at: now.toISOString(), who, ...change }));
}
