import type { Pointer } from "../document/index.ts";
import { type Field, fieldName } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import type { Outcome, Plan } from "../plan/index.ts";
import type { Explanation } from "../backend/index.ts";
import { alphabetOf, constrain, eachApart, everything, literalOf, narrow, narrowMatches, OTHER, type Region } from "../prove/index.ts";

/** What a case can show of a strategy, a rule or an arm: that it held, that it failed, or that it decided. */
export type Sight = "held" | "failed" | "decided";

/** Something that a suite should see. */
export interface Goal {
  readonly at: Pointer;
  readonly part: "strategy" | "rule" | "arm";
  readonly version: Version;
  readonly sight: Sight;
  /** The requests that show it, made when they are asked for, as many rules have many; undefined where there are plainly none. */
  readonly region: () => Region | undefined;
  /** The slots that show an arm of a draw: from the first up to, not including, the last. */
  readonly slots: readonly [number, number] | undefined;
}

/** One line for each goal, the same for two exactly where they are the same goal. */
export function goalName({ at, sight }: Pick<Goal, "at" | "sight">): string {
  return `${sight} ${at}`;
}

/**
 * Everything that a suite of a plan should see: each strategy deciding and failing, each rule of a strategy that is tried
 * holding and failing, and each end of the split being reached.
 */
export function goalsOf(plan: Plan): readonly Goal[] {
  const { rules, split, outcomes } = plan;
  const alphabet = alphabetOf([plan]);
  const goals: Goal[] = [];
  let coming: Region | undefined = everything(alphabet);
  for (const { test, outcome } of rules) {
    const { at, version } = outcomes[outcome] as Outcome;
    const here: Region | undefined = coming;
    const failed: Region | undefined = here && narrow(here, test, false);
    coming = failed;
    goals.push({ at, part: "strategy", version, sight: "decided", region: () => here && narrow(here, test, true), slots: undefined });
    goals.push({ at, part: "strategy", version, sight: "failed", region: () => failed, slots: undefined });
    for (const each of test.matches)
      for (const sight of ["held", "failed"] as const) {
        const region = (): Region | undefined => here && narrowMatches(here, [[each, sight === "held"]]);
        goals.push({ at: each.at, part: "rule", version, sight, region, slots: undefined });
      }
  }
  const arm = (index: number, region: Region | undefined, slots?: readonly [number, number]): void => {
    const { at, version } = outcomes[index] as Outcome;
    goals.push({ at, part: "arm", version, sight: "decided", region: () => region, slots });
  };
  if (split.kind === "fixed") arm(split.outcome, coming);
  else {
    split.arms.forEach(({ until, outcome }, index) => arm(outcome, coming, [split.arms[index - 1]?.until ?? 0, until]));
    if (typeof split.sticky?.missing === "number") {
      const keyless = split.sticky.keys.reduce<Region | undefined>(
        (region, { field }) => region && constrain(region, [[region.alphabet.keyless(field)]]),
        coming,
      );
      arm(split.sticky.missing, keyless);
    }
  }
  return goals;
}

/**
 * Requests that hang on one rule: under `and` it alone fails, under `or` it alone holds. A suite that has them notices
 * a rule that is gone, and `and` in place of `or`.
 */
export function* pivotsOf(plan: Plan): Generator<{ readonly at: Pointer; readonly region: Region }> {
  let coming: Region | undefined = everything(alphabetOf([plan]));
  for (const { test } of plan.rules) {
    if (coming === undefined) return;
    if (test.matches.length > 1)
      for (const [{ at }, region] of eachApart(coming, test.matches, test.kind === "all")) if (region !== undefined) yield { at, region };
    coming = narrow(coming, test, false);
  }
}

/** Requests that come to the split with one of the sticky keys and none of those before it. */
export function* keyedOf(plan: Plan): Generator<{ readonly at: Pointer; readonly field: Field; readonly region: Region }> {
  const { rules, split } = plan;
  if (split.kind === "fixed" || split.sticky === undefined) return;
  const alphabet = alphabetOf([plan]);
  let keyless = rules.reduce<Region | undefined>((region, { test }) => region && narrow(region, test, false), everything(alphabet));
  for (const { field, at } of split.sticky.keys) {
    const range = alphabet.ranges.get(fieldName(field));
    if (keyless === undefined || range === undefined) return;
    const region = constrain(keyless, [[literalOf(range, [OTHER])]]);
    keyless = constrain(keyless, [[alphabet.keyless(field)]]);
    if (region !== undefined) yield { at, field, region };
  }
}

/** The goals that a request meets, from its explanation. `drawn` where the draw was random, and so every arm is met. */
export function metBy({ decision, steps, arms }: Explanation, drawn: boolean): readonly string[] {
  const met: string[] = [];
  for (const { at, tried, holds, combine, rules } of steps) {
    if (!tried) continue;
    // What ends an `and` is the first rule that does not hold, and an `or` the first that does. Unreadable, it ends the decision.
    const end = rules.find((rule) => rule.failure !== undefined || rule.holds === (combine === "or"));
    if (end?.failure === undefined) met.push(goalName({ at, sight: holds ? "decided" : "failed" }));
    for (const rule of rules) if (rule.failure === undefined) met.push(goalName({ at: rule.at, sight: rule.holds ? "held" : "failed" }));
  }
  if (drawn) for (const { at } of arms) met.push(goalName({ at, sight: "decided" }));
  else if (decision.reason === "split" || decision.reason === "default") met.push(goalName({ at: decision.at, sight: "decided" }));
  return met;
}
