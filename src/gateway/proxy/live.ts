import type { Pointer } from "../../document/index.ts";
import { type Plan, runsOf, slotsOf } from "../../plan/index.ts";
import type { FollowedUpdate } from "../source/follow.ts";
import type { AliasTable } from "../table.ts";

/** An update that changed something, or was to, as people read of it. */
export interface RecentChange {
  /** When it came, in milliseconds since 1970. */
  readonly time: number;
  readonly revision: number;
  /** At most 20 of them, with their number. */
  readonly accepted: readonly string[];
  readonly count: number;
  /** Aliases that were refused, with the places and messages of their errors. */
  readonly rejected: readonly { readonly alias: string; readonly errors: readonly { readonly at: Pointer; readonly message: string }[] }[];
  /** Slots of the split that changed their version, and the fewest that could. */
  readonly moved: readonly { readonly alias: string; readonly moved: number; readonly least: number; readonly redrawn: boolean }[];
}

/** Names of one update that are kept. */
const MOST_NAMES = 20;

/** Updates that are kept. */
const MOST_CHANGES = 50;

/** The changes with one more, the latest ahead; those before where the update changed nothing. */
export function withChange(
  changes: readonly RecentChange[],
  { revision, stale, accepted, rejected, moved }: FollowedUpdate,
  time: number = Date.now(),
): readonly RecentChange[] {
  if (stale || (accepted.length === 0 && rejected.length === 0)) return changes;
  const change: RecentChange = {
    time,
    revision,
    accepted: accepted.slice(0, MOST_NAMES),
    count: accepted.length,
    rejected: rejected.slice(0, MOST_NAMES).map(({ alias, diagnostics }) => ({
      alias,
      errors: diagnostics.slice(0, MOST_NAMES).map(({ at, message }) => ({ at, message })),
    })),
    moved: moved.slice(0, MOST_NAMES).map(({ alias, movement }) => ({
      alias,
      moved: movement.moved,
      least: movement.least,
      redrawn: movement.redrawn,
    })),
  };
  return [change, ...changes].slice(0, MOST_CHANGES);
}

/** How an alias is split, and what was decided so far. */
interface LiveAlias {
  readonly alias: string;
  readonly served: boolean;
  /** Slots by version where something is drawn. */
  readonly slots?: Readonly<Record<string, number>>;
  /** Whether a key decides the draw. */
  readonly sticky?: boolean;
  readonly counts?: readonly { readonly version: string; readonly reason: string; readonly count: number }[];
}

/** Every alias that is served or that routes name. */
export function liveAliases(table: AliasTable, named: Iterable<string>): readonly LiveAlias[] {
  const counts = new Map<string, NonNullable<LiveAlias["counts"]>[number][]>();
  for (const { alias, version, reason, count } of table.counts()) {
    const known = counts.get(alias);
    if (known === undefined) counts.set(alias, [{ version, reason, count }]);
    else known.push({ version, reason, count });
  }
  return [...new Set([...named, ...table.keys()])].map((alias) => {
    const plan = table.plan(alias);
    return plan === undefined ? { alias, served: false } : { alias, served: true, ...splitOf(plan), counts: counts.get(alias) ?? [] };
  });
}

function splitOf(plan: Plan): Pick<LiveAlias, "slots" | "sticky"> {
  if (plan.split.kind === "fixed") return {};
  return { slots: Object.fromEntries(slotsOf(runsOf(plan))), sticky: plan.split.sticky !== undefined };
}
