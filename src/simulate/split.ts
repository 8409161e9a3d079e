import type { Field } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { type Plan, runsOf, slotsOf } from "../plan/index.ts";

/** The results of a plan's draw as arrays of numbers. Arms with the same outcome are one result. */
export interface DrawOutcomes {
  /** The outcomes that have slots, in the order of their first slots. */
  readonly outcomes: readonly number[];
  /** The slots of each. */
  readonly slots: readonly number[];
  /** The share of each, above 0; they sum to 1. */
  readonly shares: readonly number[];
  /** The sticky keys; empty if the draw is random. */
  readonly keys: readonly Field[];
}

/** The results of a plan's draw; undefined if nothing is split. */
export function drawOutcomesOf({ split }: Plan): DrawOutcomes | undefined {
  if (split.kind === "fixed") return undefined;
  const slots = new Map<number, number>();
  for (const [index, { until, outcome }] of split.arms.entries())
    slots.set(outcome, (slots.get(outcome) ?? 0) + until - (split.arms[index - 1]?.until ?? 0));
  return {
    outcomes: [...slots.keys()],
    slots: [...slots.values()],
    shares: [...slots.values()].map((width) => width / SLOTS),
    keys: split.sticky?.keys.map(({ field }) => field) ?? [],
  };
}

/** The slots of each version of a plan; all 0 if nothing is split. */
export function drawnSlots(plan: Plan): ReadonlyMap<Version, number> {
  const drawn = plan.split.kind === "fixed" ? new Map<Version, number>() : slotsOf(runsOf(plan));
  return new Map(plan.versions.map((version) => [version, drawn.get(version) ?? 0]));
}

/**
 * The probability that n draws, each taken anew, all give one version: Σ pᵢⁿ. One minus it is the share of users whom a
 * random split shows more than one version within n draws.
 */
export function sameVersionProbability(plan: Plan): (draws: number) => number {
  const shares = [...drawnSlots(plan).values()].map((slots) => slots / SLOTS);
  const known: number[] = [];
  return (draws) => (known[draws] ??= draws === 0 ? 1 : shares.reduce((sum, share) => sum + share ** draws, 0));
}
