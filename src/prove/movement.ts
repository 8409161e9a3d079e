import { toRequest } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import {
  type Arm,
  type Compilable,
  type Decider,
  leastMoves,
  type Move,
  movesOf,
  type Outcome,
  ownersOf,
  type Plan,
  planOf,
  runsOf,
  slotsOf,
  type Sticky,
} from "../plan/index.ts";
import type { Route } from "../backend/index.ts";
import { compile } from "../route/index.ts";
import { compare, EFFORT, overlays, type ProofOptions } from "./equivalent.ts";
import { type Effort, type Region, search } from "./region.ts";
import { smallest, valuesOf, type Witness, witnessOf } from "./witness.ts";

/** Requests that a rule decides before or after the change, and that get another version, or another share of a version. */
export interface Shift {
  /** What decides: a pointer to a strategy, or `/version` for the split. */
  readonly before: string;
  readonly after: string;
  /** The exact shares of these requests, in slots of 10,000. If a sticky key decides, these are the shares over all keys. */
  readonly from: Readonly<Record<Version, number>>;
  readonly to: Readonly<Record<Version, number>>;
  /** A request that was run on both; undefined if none could be made. */
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
  /** A proof that nothing changes for any request, draw and key. */
  readonly unchanged: boolean;
  /** Whether the effort was not enough to decide everything. `shifts` may then name requests that do not exist. */
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
  const redrawn = isRedrawn(before, after);
  const routes = [compile(before), compile(after)] as const;
  const shifts: Shift[] = [];
  let undecided = false;
  for (const { region, before: one, after: other } of overlays(before, after)) {
    if (one === "split" && other === "split") continue;
    const [from, to] = [sharesIn(before, one), sharesIn(after, other)];
    if (
      movesOf(runsOf(before, one), runsOf(after, other)).every(({ from: a, to: b }) => a === b) &&
      !differsOnMissing(before, one, after, other)
    )
      continue;
    const found = search(region, effort);
    if (found.kind === "empty") continue;
    if (found.kind === "unknown") undecided = true;
    shifts.push({
      before: placeOf(before, one),
      after: placeOf(after, other),
      from,
      to,
      witness: found.kind === "found" ? witnessOfShift(routes, [one, other], region, found.left) : undefined,
    });
  }
  const least = leastMoves(slotsOf(laid), slotsOf(next));
  const proof = compare(before, after, effort);
  return { moves, moved, least, redrawn, shifts, unchanged: proof.kind === "equivalent", undecided: undecided || proof.kind === "unknown" };
}

/** How many slots each version has where this decides. */
function sharesIn(plan: Plan, decider: Decider): Readonly<Record<Version, number>> {
  return Object.fromEntries(slotsOf(runsOf(plan, decider)));
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

/** Whether a request without a sticky key may get another version though every slot stays. */
function differsOnMissing(before: Plan, one: Decider, after: Plan, other: Decider): boolean {
  const missing = (plan: Plan, decider: Decider): Version | undefined => {
    const sticky: Sticky | undefined = decider === "split" && plan.split.kind === "arms" ? plan.split.sticky : undefined;
    return typeof sticky?.missing === "number" ? plan.outcomes[sticky.missing]?.version : undefined;
  };
  const only = (plan: Plan, decider: Decider): Version => runsOf(plan, decider)[0]?.version ?? "";
  const [left, right] = [missing(before, one) ?? only(before, one), missing(after, other) ?? only(after, other)];
  return left !== right;
}

function placeOf({ outcomes }: Plan, decider: Decider): string {
  return decider === "split" ? "/version" : (outcomes[decider.outcome] as Outcome).at;
}

/** The smallest request found that comes to both deciders, when it is run. */
function witnessOfShift(
  routes: readonly [Route, Route],
  deciders: readonly [Decider, Decider],
  { alphabet }: Region,
  left: Int32Array,
): Witness | undefined {
  const both = (witness: Witness): boolean => {
    const request = toRequest(witness);
    return routes.every((route, index) => {
      const decider = deciders[index] as Decider;
      const decision = route(request, 0);
      return decider === "split" ? decision.reason !== "rule" : decision.index === decider.outcome;
    });
  };
  const witness = witnessOf(valuesOf(alphabet, left));
  return both(witness) ? smallest(witness, both) : undefined;
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
