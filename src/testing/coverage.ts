import { ConfigError, type Diagnostic, formatCount, type Pointer } from "../document/index.ts";
import { nodeReader } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { EFFORT, type Effort, type Region, search } from "../prove/index.ts";
import { type Goal, goalName, goalsOf, metBy, type Sight } from "./goals.ts";
import { judgeAll } from "./judge-laws.ts";
import type { Suite } from "./suite.ts";

/** What the cases of a suite cover of one alias. */
export interface Coverage {
  readonly plan: Plan;
  readonly points: readonly Point[];
  /** Sights that were seen, and those that some request can show. */
  readonly seen: number;
  readonly possible: number;
}

/** A strategy, a rule or an arm, and how many cases and laws cover each of its sights. */
export interface Point {
  readonly at: Pointer;
  readonly part: Goal["part"];
  readonly version: Version;
  /** `laws` is the number of proved laws about requests that this decides. */
  readonly sights: readonly { readonly sight: Sight; readonly cases: number; readonly laws: number; readonly possible: boolean }[];
}

/** The covered part of what can be covered, from 0 to 1; 1 if there is nothing to cover. */
export function ratio(coverages: readonly Coverage[]): number {
  const sum = (count: (coverage: Coverage) => number): number => coverages.reduce((total, each) => total + count(each), 0);
  const possible = sum((each) => each.possible);
  return possible === 0 ? 1 : sum((each) => each.seen) / possible;
}

/**
 * Cases times the rules of their aliases, at most. On a busy core, 100,000 cases of 10,000 rules took more than 100 s, which is 0.1 µs for each
 * pair; so this takes about 5 s.
 */
const MOST_READINGS = 50_000_000;

/**
 * What the cases of a suite see of each alias: strategies that decide and that fail, rules that hold and that fail where
 * their strategy is tried, arms that are reached; and which strategies decide requests that a proved law is about. What no request can show is proved and does not count; `analyze` tells
 * what is wrong with it.
 */
export function coverage(suite: Pick<Suite, "cases" | "laws">): readonly Coverage[] {
  const readings = suite.cases.reduce((sum, { plan }) => sum + (plan === undefined ? 0 : matchesIn(plan)), 0);
  if (readings > MOST_READINGS) throw new ConfigError([tooMany(readings)]);
  const plans = new Map<Plan, Map<string, number>>();
  for (const { plan, request, draw } of suite.cases) {
    if (plan === undefined) continue;
    const counts = plans.get(plan) ?? new Map<string, number>();
    plans.set(plan, counts);
    const explained = interpret(plan, nodeReader, request, draw, () => 0);
    for (const name of new Set(metBy(explained, explained.draw?.from.kind === "random"))) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const laws = new Map<Plan, Map<string, number>>();
  for (const { law, result } of judgeAll(suite.laws)) {
    if (law.plan === undefined || result.kind !== "proved") continue;
    const proved = laws.get(law.plan) ?? new Map<string, number>();
    laws.set(law.plan, proved);
    for (const at of result.at) {
      const name = goalName({ at, sight: "decided" });
      proved.set(name, (proved.get(name) ?? 0) + 1);
    }
    if (!plans.has(law.plan)) plans.set(law.plan, new Map());
  }
  return [...plans].map(([plan, counts]) => covered(plan, counts, laws.get(plan) ?? new Map()));
}

/** The rules of an alias, counted once. */
const counted = new WeakMap<Plan, number>();

function matchesIn(plan: Plan): number {
  const known = counted.get(plan) ?? plan.rules.reduce((sum, { test }) => sum + test.matches.length, 0);
  counted.set(plan, known);
  return known;
}

function tooMany(readings: number): Diagnostic {
  const message = `the coverage would read ${formatCount(readings)} rules, and at most ${formatCount(MOST_READINGS)} are read`;
  return { code: "over-budget", severity: "error", at: "", message, help: "divide the suite into several, or leave the coverage out" };
}

/** What is not decided within the effort counts as possible. */
function isPossible(region: Region | undefined, effort: Effort): boolean {
  return region !== undefined && search(region, effort).kind !== "empty";
}

function covered(plan: Plan, counts: ReadonlyMap<string, number>, proved: ReadonlyMap<string, number>): Coverage {
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
    // What decides a split is one place to a proof, and several arms to a case.
    const laws = part === "strategy" ? (proved.get(goalName(goal)) ?? 0) : 0;
    const isSeen = cases > 0 || laws > 0;
    const can = isSeen || isPossible(region(), effort);
    if (isSeen) seen++;
    if (can) possible++;
    const name = `${part} ${at}`;
    const point = points.get(name) ?? { at, part, version, sights: [] };
    points.set(name, point);
    point.sights.push({ sight, cases, laws, possible: can });
  }
  return { plan, points: [...points.values()], seen, possible };
}
