import { isAlarm, type LiveSplit, lookLive } from "../../simulate/index.ts";
import type { Diagnostic } from "../../index.ts";

/** What `/live` of a gateway answers. */
export interface LiveAnswer {
  readonly source: {
    readonly state: "starting" | "healthy" | "degraded";
    readonly reason: string | null;
    readonly revision: number | null;
    /** Seconds since the source confirmed what is served. */
    readonly age: number | null;
  };
  readonly aliases: readonly LiveAlias[];
  readonly rejected: readonly { readonly alias: string; readonly diagnostics: readonly Diagnostic[] }[];
  readonly changes: readonly LiveChange[];
}

interface LiveAlias {
  readonly alias: string;
  readonly served: boolean;
  readonly slots?: Readonly<Record<string, number>>;
  readonly sticky?: boolean;
  readonly counts?: readonly { readonly version: string; readonly reason: string; readonly count: number }[];
}

export interface LiveChange {
  readonly time: number;
  readonly revision: number;
  readonly accepted: readonly string[];
  readonly count: number;
  readonly rejected: readonly { readonly alias: string; readonly errors: readonly { readonly at: string; readonly message: string }[] }[];
  readonly moved: readonly { readonly alias: string; readonly moved: number; readonly least: number; readonly redrawn: boolean }[];
}

/** A version of an alias: its slots, and how often it was drawn and decided. */
interface LiveVersion {
  readonly version: string;
  readonly slots: number | undefined;
  /** Draws since its weights were first seen here. */
  readonly drawn: number;
  /** Decisions of every kind since the alias came into the gateway. */
  readonly decided: number;
}

/** What the page knows of an alias after some looks. */
export interface Watched {
  readonly alias: string;
  readonly served: boolean;
  readonly versions: readonly LiveVersion[];
  /** `sticky` and `fixed` are splits whose counters prove nothing. */
  readonly verdict: "fits" | "alarm" | "unseen" | "sticky" | "fixed";
  readonly draws: number;
  /** The smallest p so far. */
  readonly p: number;
}

/** The test of each split, by alias. */
export type Splits = ReadonlyMap<string, LiveSplit>;

/** One more look at the splits of a gateway, by the test of `canary-router watch`. */
export function lookAgain(before: Splits, { aliases }: LiveAnswer): Splits {
  return new Map(
    aliases.flatMap(({ alias, slots, sticky, counts = [] }): readonly (readonly [string, LiveSplit])[] => {
      if (slots === undefined || sticky === true) return [];
      const drawn = counts.filter(({ reason }) => reason === "split").map(({ version, count }) => ({ gateway: "", version, count }));
      return [[alias, lookLive(before.get(alias), { slots: new Map(Object.entries(slots)), counts: drawn })]];
    }),
  );
}

/** What is to be shown of each alias. */
export function watchedIn(splits: Splits, { aliases }: LiveAnswer): readonly Watched[] {
  return aliases.map(({ alias, served, slots, sticky, counts = [] }) => {
    const live = splits.get(alias);
    const decided = new Map<string, number>();
    for (const { version, count } of counts) decided.set(version, (decided.get(version) ?? 0) + count);
    const versions = [...new Set([...Object.keys(slots ?? {}), ...decided.keys()])].map((version) => ({
      version,
      slots: slots?.[version],
      drawn: live?.drawn.get(version) ?? 0,
      decided: decided.get(version) ?? 0,
    }));
    const draws = [...(live?.drawn.values() ?? [])].reduce((sum, count) => sum + count, 0);
    const verdict =
      live === undefined ? (sticky === true ? "sticky" : "fixed") : isAlarm(live, splits.size) ? "alarm" : draws === 0 ? "unseen" : "fits";
    return { alias, served, versions, verdict, draws, p: live?.test.p ?? 1 };
  });
}
