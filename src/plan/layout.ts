import { SLOTS, type Version } from "../alias/index.ts";
import type { Outcome, Plan, Rule } from "./plan.ts";

/** What decides: a rule, or the split. */
export type Decider = Rule | "split";

/** Slots of one version: from the end of the run before up to, not including, `until`. */
export interface Run {
  readonly until: number;
  readonly version: Version;
}

/** What every slot gets where this decides; neighbours of one version are one run. */
export function runsOf({ split, outcomes }: Plan, decider: Decider = "split"): readonly Run[] {
  const version = (index: number): Version => (outcomes[index] as Outcome).version;
  if (decider !== "split") return [{ until: SLOTS, version: version(decider.outcome) }];
  if (split.kind === "fixed") return [{ until: SLOTS, version: version(split.outcome) }];
  const runs: Run[] = [];
  for (const { until, outcome } of split.arms) {
    if (runs.at(-1)?.version === version(outcome)) runs.pop();
    runs.push({ until, version: version(outcome) });
  }
  return runs;
}

/** The version of every slot. */
export function ownersOf(runs: readonly Run[]): Version[] {
  return runs.flatMap(({ until, version }, index) => Array<Version>(until - (runs[index - 1]?.until ?? 0)).fill(version));
}

/** How many slots each version has. */
export function slotsOf(runs: readonly Run[]): ReadonlyMap<Version, number> {
  const slots = new Map<Version, number>();
  runs.forEach(({ until, version }, index) => slots.set(version, (slots.get(version) ?? 0) + until - (runs[index - 1]?.until ?? 0)));
  return slots;
}

/** Slots by the version that they have before and after, in the order of the first of them; `first` is that slot. */
export interface Move {
  readonly from: Version;
  readonly to: Version;
  readonly slots: number;
  readonly first: number;
}

/** What becomes of every slot, those that stay included. */
export function movesOf(before: readonly Run[], after: readonly Run[]): readonly Move[] {
  const moves = new Map<string, Move>();
  let slot = 0;
  for (let i = 0, j = 0; slot < SLOTS;) {
    const [one, other] = [before[i] as Run, after[j] as Run];
    const until = Math.min(one.until, other.until);
    const key = JSON.stringify([one.version, other.version]);
    const { slots, first } = moves.get(key) ?? { slots: 0, first: slot };
    moves.set(key, { from: one.version, to: other.version, slots: slots + until - slot, first });
    slot = until;
    if (one.until === slot) i++;
    if (other.until === slot) j++;
  }
  return [...moves.values()];
}

/** The slots that must change hands for these shares: what some versions lose is what others gain, so half the sum of the differences. */
export function leastMoves(before: ReadonlyMap<Version, number>, after: ReadonlyMap<Version, number>): number {
  const versions = new Set([...before.keys(), ...after.keys()]);
  return [...versions].reduce((sum, version) => sum + Math.abs((before.get(version) ?? 0) - (after.get(version) ?? 0)), 0) / 2;
}

/** The outcomes that a request can have if no rule holds and it has a draw; one if nothing is split. */
export function splitOutcomes({ split }: Plan): ReadonlySet<number> {
  return new Set(split.kind === "fixed" ? [split.outcome] : split.arms.map(({ outcome }) => outcome));
}
