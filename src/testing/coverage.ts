import type { Pointer } from "../document/index.ts";
import { nodeReader } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { EFFORT, type Effort, type Region, search } from "../prove/index.ts";
import { type Goal, goalName, goalsOf, metBy, type Sight } from "./goals.ts";
import type { Suite } from "./suite.ts";

/** What the cases of a suite cover of one alias. */
export interface Coverage {
  readonly plan: Plan;
  readonly points: readonly Point[];
  /** Sights that were seen, and those that some request can show. */
  readonly seen: number;
  readonly possible: number;
}

/** A strategy, a rule or an arm, and how many cases cover each of its sights. */
export interface Point {
  readonly at: Pointer;
  readonly part: Goal["part"];
  readonly version: Version;
  readonly sights: readonly { readonly sight: Sight; readonly cases: number; readonly possible: boolean }[];
}

/** The covered part of what can be covered, from 0 to 1; 1 if there is nothing to cover. */
export function ratio(coverages: readonly Coverage[]): number {
  const sum = (count: (coverage: Coverage) => number): number => coverages.reduce((total, each) => total + count(each), 0);
  const possible = sum((each) => each.possible);
  return possible === 0 ? 1 : sum((each) => each.seen) / possible;
}

/**
 * What the cases of a suite see of each alias: strategies that decide and that fail, rules that hold and that fail where
 * their strategy is tried, arms that are reached. What no request can show is proved and does not count; `analyze` tells
 * what is wrong with it.
 */
export function coverage(suite: Suite): readonly Coverage[] {
  const plans = new Map<Plan, Map<string, number>>();
  for (const { plan, request, draw } of suite.cases) {
    if (plan === undefined) continue;
    const counts = plans.get(plan) ?? new Map<string, number>();
    plans.set(plan, counts);
    const explained = interpret(plan, nodeReader, request, draw, () => 0);
    for (const name of new Set(metBy(explained, explained.draw?.from.kind === "random"))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...plans].map(([plan, counts]) => covered(plan, counts));
}

/** What is not decided within the effort counts as possible. */
function isPossible(region: Region | undefined, effort: Effort): boolean {
  return region !== undefined && search(region, effort).kind !== "empty";
}

function covered(plan: Plan, counts: ReadonlyMap<string, number>): Coverage {
  const effort = { left: EFFORT };
  const points = new Map<
    string,
    { readonly at: Pointer; readonly part: Goal["part"]; readonly version: Version; readonly sights: Point["sights"][number][] }
  >();
  let seen = 0;
  let possible = 0;
  for (const goal of goalsOf(plan)) {
    const { at, part, version, sight, region } = goal;
    const cases = counts.get(goalName(goal)) ?? 0;
    const can = cases > 0 || isPossible(region(), effort);
    if (cases > 0) seen++;
    if (can) possible++;
    const name = `${part} ${at}`;
    const point = points.get(name) ?? { at, part, version, sights: [] };
    points.set(name, point);
    point.sights.push({ sight, cases, possible: can });
  }
  return { plan, points: [...points.values()], seen, possible };
}
