import { SLOTS, type Version } from "../alias/index.ts";
import {
  type Arm,
  type Compilable,
  leastMoves,
  type Move,
  movesOf,
  type Outcome,
  ownersOf,
  type Plan,
  planOf,
  runsOf,
  slotsOf,
} from "../plan/index.ts";
import { answersOf } from "./difference.ts";
import { compareOverlay, EFFORT, type Equivalence, type ProofOptions } from "./equivalent.ts";
import { type Overlay, overlays, type Part } from "./overlay.ts";
import type { Effort } from "./region.ts";
import type { Witness } from "./witness.ts";

/**
 * Requests that a rule decides before or after the change, and that get another version, or another share of a version. Where
 * the effort was not enough to decide whether there is such a request, `witness` is undefined.
 */
export interface Shift {
  /** What decides: a pointer to a strategy, or `/version` for the split. */
  readonly before: string;
  readonly after: string;
  /**
   * The exact shares of these requests, in slots of 10,000. If a sticky key decides, these are the shares over all keys;
   * requests without a key are a shift of their own where they get something else.
   */
  readonly from: Readonly<Record<Version, number>>;
  readonly to: Readonly<Record<Version, number>>;
  /** A request that was run on both and gets something else; undefined if it was not decided whether there is one. */
  readonly witness: Witness | undefined;
}

/** What changes between two configs. */
export interface Movement {
  /** For requests that come to the split in both: slots by version before and after, including slots that stay. */
  readonly moves: readonly Move[];
  /** Slots that change their version. */
  readonly moved: number;
  /** The fewest slots that can change for these shares: half the sum of the differences. */
  readonly least: number;
  /** Whether every user is drawn again although no slot moved: the keys, the seed or the hash changed, or one of the two draws at random. */
  readonly redrawn: boolean;
  /** Requests that another rule decides now, or that no rule decides any more. */
  readonly shifts: readonly Shift[];
  /** A proof that nothing changes for any request, draw and key. There are no shifts then. */
  readonly unchanged: boolean;
  /** Whether the effort was not enough to decide everything. A shift without a witness may then be none. */
  readonly undecided: boolean;
}

/**
 * What moves when one config replaces another. Slots are counted, and what changes by rules is proved, so the result is exact.
 * @throws ConfigError with everything that is wrong with a config
 */
export function movement(before: Compilable, after: Compilable, options: ProofOptions = {}): Movement {
  return movementOf(planOf(before, options), planOf(after, options), { left: options.effort ?? EFFORT });
}

/** The same for plans, within an effort that others may share. */
function movementOf(before: Plan, after: Plan, effort: Effort): Movement {
  const [laid, next] = [runsOf(before), runsOf(after)];
  const moves = movesOf(laid, next);
  const moved = moves.reduce((sum, { from, to, slots }) => (from === to ? sum : sum + slots), 0);
  const answers = answersOf(before, after);
  const shifts = new Map<string, Shift>();
  let unchanged = true;
  let undecided = false;
  // Of two splits nothing is told but whether some request changes.
  for (const overlay of overlays(before, after, () => !unchanged)) {
    const { given, own } = compareOverlay(answers, overlay, effort, true);
    unchanged &&= given.kind === "equivalent" && own.kind === "equivalent";
    undecided ||= given.kind === "unknown" || own.kind === "unknown";
    if (own.kind === "equivalent" || !(overlay.before.byRule || overlay.after.byRule)) continue;
    const shift = shiftOf(overlay, own);
    const name = JSON.stringify([shift.before, shift.after, shift.from, shift.to]);
    if (shifts.get(name)?.witness === undefined) shifts.set(name, shift);
  }
  const least = leastMoves(slotsOf(laid), slotsOf(next));
  return { moves, moved, least, redrawn: isRedrawn(before, after), shifts: [...shifts.values()], unchanged, undecided };
}

/** The requests of an overlay as a shift, with one of them where one is known. */
function shiftOf({ before, after }: Overlay, own: Equivalence): Shift {
  const witness = own.kind === "different" ? own.request : undefined;
  return { before: before.at, after: after.at, from: sharesIn(before), to: sharesIn(after), witness };
}

/** How many slots each version has where this decides. */
function sharesIn({ drawn }: Part): Readonly<Record<Version, number>> {
  return Object.fromEntries(slotsOf(drawn));
}

/** What decides a draw: the keys, the seed, the hash, and what a request without a key gets. */
function drawing({ split, outcomes }: Plan): string {
  if (split.kind === "fixed" || split.arms.length === 1) return "none";
  if (split.sticky === undefined) return "random";
  const { keys, seed, hash, missing } = split.sticky;
  return JSON.stringify([keys.map(({ field }) => field), seed, hash, missing === "random" ? missing : outcomes[missing]?.version]);
}

function isRedrawn(before: Plan, after: Plan): boolean {
  const [one, other] = [drawing(before), drawing(after)];
  return one !== other && one !== "none" && other !== "none";
}

/**
 * The second config with its arms laid so that exactly the least possible share of draws moves from the first one, for any
 * number of versions: every slot keeps its version unless that one shrinks. An arm may then be in several pieces, so the layout
 * is no function of the weights: store the plan beside the config, compile it, and take it as `before` of the next change.
 * @throws ConfigError with everything that is wrong with a config
 */
export function rebalance(before: Compilable, after: Compilable, options: ProofOptions = {}): Plan {
  const [old, next] = [planOf(before, options), planOf(after, options)];
  if (next.split.kind === "fixed") return next;
  const outcomeOf = new Map(next.split.arms.map(({ outcome }) => [(next.outcomes[outcome] as Outcome).version, outcome]));
  const owners = ownersOf(runsOf(old));
  settle(owners, slotsOf(runsOf(old)), slotsOf(runsOf(next)));
  const arms: Arm[] = [];
  owners.forEach((version, slot) => {
    const outcome = outcomeOf.get(version) as number;
    if (arms.at(-1)?.outcome === outcome) arms.pop();
    arms.push({ until: slot + 1, outcome });
  });
  return { ...next, split: { ...next.split, arms } };
}

/**
 * Gives slots of versions that shrink to versions that grow: first where a growing one stands beside, so that pieces stay few,
 * then from the far end.
 */
function settle(owners: Version[], before: ReadonlyMap<Version, number>, after: ReadonlyMap<Version, number>): void {
  const missing = new Map(
    [...before.keys(), ...after.keys()].map((version) => [version, (after.get(version) ?? 0) - (before.get(version) ?? 0)]),
  );
  const shrinks = (version: Version): boolean => (missing.get(version) ?? 0) < 0;
  const grows = (version: Version | undefined): boolean => version !== undefined && (missing.get(version) ?? 0) > 0;
  const give = (slot: number, to: Version): void => {
    const from = owners[slot] as Version;
    missing.set(from, (missing.get(from) ?? 0) + 1);
    missing.set(to, (missing.get(to) ?? 0) - 1);
    owners[slot] = to;
  };
  const spread = (): void => {
    for (let slot = 1; slot < SLOTS; slot++)
      if (shrinks(owners[slot] as Version) && grows(owners[slot - 1])) give(slot, owners[slot - 1] as Version);
    for (let slot = SLOTS - 2; slot >= 0; slot--)
      if (shrinks(owners[slot] as Version) && grows(owners[slot + 1])) give(slot, owners[slot + 1] as Version);
  };
  spread();
  for (;;) {
    const next = [...missing.keys()].find(grows);
    if (next === undefined) return;
    give(owners.findLastIndex(shrinks), next);
    spread();
  }
}
