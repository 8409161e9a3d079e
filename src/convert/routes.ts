import { type Pointer, shown } from "../document/index.ts";
import { type Field, fieldName } from "../request/index.ts";
import { type AliasConfig, parse, type RuleConfig, SLOTS, type StrategyConfig, type Version } from "../alias/index.ts";
import { type Plan, runsOf, slotsOf, type Test, toPlan } from "../plan/index.ts";
import type { Refusals } from "./refusals.ts";
import type { Lossy } from "./report.ts";

/** A field that has a value. */
export interface Condition {
  readonly field: Field;
  readonly value: string;
}

/** An entry of a list of routes: the first one of which every condition of an alternative holds says where a request goes. */
export interface RouteEntry {
  readonly at: Pointer;
  /** One alternative without conditions takes every request. */
  readonly alternatives: readonly (readonly Condition[])[];
  readonly destinations: readonly Destination[];
}

/** A version with its weight, which counts in relation to the others. */
export interface Destination {
  readonly version: Version;
  readonly weight: number;
}

/** The alternatives of a test: each value of `any`, each choice of values of `all`; undefined where they are more than `most`. */
export function alternativesOf({ kind, matches }: Test, most: number): readonly (readonly Condition[])[] | undefined {
  if (kind === "any") {
    const found = matches.flatMap(({ field, values }) => values.map((value) => [{ field, value }]));
    return found.length > most ? undefined : found;
  }
  let found: readonly (readonly Condition[])[] = [[]];
  for (const { field, values } of matches) {
    if (found.length * values.length > most) return undefined;
    found = found.flatMap((conditions) => values.map((value) => [...conditions, { field, value }]));
  }
  return found;
}

/** The alternatives of lists of conditions, of each of which one must hold. */
export function productOf(each: readonly (readonly Condition[])[]): readonly (readonly Condition[])[] {
  return each.reduce<readonly (readonly Condition[])[]>(
    (found, conditions) => found.flatMap((before) => conditions.map((condition) => [...before, condition])),
    [[]],
  );
}

/** The versions of a split with their slots. */
export function destinationsOf(plan: Plan): readonly Destination[] {
  return [...slotsOf(runsOf(plan))].map(([version, weight]) => ({ version, weight }));
}

/** An alias from a list of routes. Refuses what an alias cannot say, and tells of weights that are rounded. */
export function aliasFromRoutes(
  name: string | undefined,
  routes: readonly RouteEntry[],
  refusals: Refusals,
  lossy: Lossy[],
): AliasConfig | undefined {
  const end = routes.findIndex(({ alternatives }) => alternatives.some((conditions) => conditions.length === 0));
  const last = routes[end];
  if (last === undefined) {
    refusals.add("", "routes", "no route takes every request, so that some are answered by none", "add a route without a match");
    return undefined;
  }
  const strategies = new Map<Version, { readonly at: Pointer; alternatives: readonly (readonly Condition[])[] }>();
  const order: Version[] = [];
  let before: Version | undefined;
  for (const { at, alternatives, destinations } of routes.slice(0, end)) {
    const [only, other] = destinations.filter(({ weight }) => weight > 0);
    if (only === undefined || other !== undefined) {
      refusals.add(at, "route", "a route with a match and several weights", "send what matches to one version");
      continue;
    }
    const known = strategies.get(only.version);
    if (known === undefined) {
      strategies.set(only.version, { at, alternatives });
      order.push(only.version);
    } else if (before === only.version) known.alternatives = [...known.alternatives, ...alternatives];
    else
      refusals.add(
        at,
        "route",
        `${shown(only.version)} has an earlier route, with another version between them`,
        "put the routes of a version together",
      );
    before = only.version;
  }
  const weights = percentsOf(last, refusals, lossy);
  if (weights === undefined) return undefined;
  const { primary, percents } = weights;
  const made = [...strategies].map(([version, { at, alternatives }]) => [version, strategyOf(alternatives, at, refusals)] as const);
  const config: AliasConfig = {
    ...(name !== undefined && { name }),
    version: primary,
    ...(percents.length > 0 && { additional_version_weights: Object.fromEntries(percents) }),
    ...(made.length > 0 && {
      additional_version_strategy: Object.fromEntries(
        made.filter((each): each is readonly [Version, StrategyConfig] => each[1] !== undefined),
      ),
    }),
  };
  return { ...config, ...(isRanked(config, order) ? {} : { additional_version_order: order }) };
}

/** Whether the strategies of a config are tried in this order as it is. */
function isRanked(config: AliasConfig, order: readonly Version[]): boolean {
  const checked = parse(config);
  // What is wrong with it is told by whoever reads it.
  if (!checked.ok) return true;
  const { rules, outcomes } = toPlan(checked.value);
  return rules.every(({ outcome }, index) => outcomes[outcome]?.version === order[index]);
}

/** The version with the most weight is the primary, and the others have their share in percent, in steps of 0.01. */
function percentsOf(
  { at, destinations }: Pick<RouteEntry, "at" | "destinations">,
  refusals: Refusals,
  lossy: Lossy[],
): { readonly primary: Version; readonly percents: readonly (readonly [Version, number])[] } | undefined {
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  const [first, ...others] = destinations.toSorted((a, b) => b.weight - a.weight);
  if (first === undefined || !(total > 0)) {
    refusals.add(at, "split", "no version has a weight above 0", "give one of them a weight");
    return undefined;
  }
  if (new Set(destinations.map(({ version }) => version)).size < destinations.length) {
    refusals.add(at, "split", "a version is there twice", "add its weights");
    return undefined;
  }
  const percents = others.map(({ version, weight }) => {
    const exact = (weight * SLOTS) / total;
    const slots = Math.round(exact);
    if (Math.abs(exact - slots) > 1e-6) {
      const example = {
        request: { method: "GET", target: "/", headers: [] },
        alias: `${version} for ${slots / 100} %`,
        other: `${version} for ${(exact / 100).toPrecision(8)} %`,
      };
      lossy.push({ at, construct: `weight of ${version}`, why: "a share that is no step of 0.01 %", example });
    }
    return [version, slots / 100] as const;
  });
  return { primary: first.version, percents };
}

/** A strategy for alternatives: one of them, or values of which each is enough, or lists of which each has one. */
function strategyOf(alternatives: readonly (readonly Condition[])[], at: Pointer, refusals: Refusals): StrategyConfig | undefined {
  const refuse = (why: string, help: string): undefined => void refusals.add(at, "route", why, help);
  if (alternatives.every((conditions) => conditions.length === 1)) {
    const rules = merged(alternatives.flat().map(ruleOf));
    return rules.length === 1 ? { rules } : { combine_type: "or", rules };
  }
  const [first] = alternatives as readonly [readonly Condition[], ...(readonly Condition[])[]];
  const names = first.map(({ field }) => fieldName(field));
  const values = names.map((_, index) => [...new Set(alternatives.map((conditions) => conditions[index]?.value ?? ""))]);
  const isAlike = alternatives.every(
    (conditions) => conditions.length === names.length && conditions.every(({ field }, index) => fieldName(field) === names[index]),
  );
  const isProduct =
    isAlike && new Set(names).size === names.length && values.reduce((product, { length }) => product * length, 1) === alternatives.length;
  if (!isProduct)
    return refuse("several matches of several conditions each, which no list of values stands for", "make a version of each match");
  const lists = first.map(({ field }, index): RuleConfig | undefined => {
    const items = values[index] ?? [];
    if (items.length === 1) return ruleOf({ field, value: items[0] ?? "" });
    if (items.some((item) => item.includes(",") || item.trim() !== item || item === "")) return undefined;
    return { ...ruleOf({ field, value: "" }), op: "in", value: items.join(",") };
  });
  if (lists.some((rule) => rule === undefined)) return refuse("a value with a comma among several", "make a version of each value");
  const rules = lists.filter((rule) => rule !== undefined);
  return rules.length === 1 ? { rules } : { combine_type: "and", rules };
}

/** The rule that a field has a value. */
export function ruleOf({ field, value }: Condition): RuleConfig {
  const [rule_type, param] =
    field.kind === "header" || field.kind === "cookie" || field.kind === "query" || field.kind === "attribute"
      ? [`${field.kind.slice(0, 1).toUpperCase()}${field.kind.slice(1)}`, field.name]
      : ["Header", `:${field.kind}`];
  return { rule_type, param, op: "=", value };
}

/** Rules of one field behind each other as one list, where no value has a comma. */
function merged(rules: readonly RuleConfig[]): readonly RuleConfig[] {
  const result: RuleConfig[] = [];
  for (const rule of rules) {
    const last = result.at(-1);
    const isList = last !== undefined && last.rule_type === rule.rule_type && last.param === rule.param;
    const isItem = (value: string): boolean => value !== "" && !value.includes(",") && value.trim() === value;
    if (isList && isItem(rule.value) && (last.op === "in" || isItem(last.value)))
      result[result.length - 1] = { ...last, op: "in", value: `${last.value},${rule.value}` };
    else result.push(rule);
  }
  return result;
}
