import { type Pointer, pointer, shown } from "../document/index.ts";
import { type AliasConfig, itemsOf, parse, type RuleConfig, type StrategyConfig, type Version } from "../alias/index.ts";
import { type Plan, planOf, toPlan } from "../plan/index.ts";
import { compare, type Difference, EFFORT } from "../prove/index.ts";
import type { Case, Suite, SuiteConfig } from "./suite.ts";
import { judgeOf, passes, suiteOf } from "./verify.ts";

/** A config with one mistake in it. */
export interface Mutant {
  readonly at: Pointer;
  /** The mistake in a few words. */
  readonly mistake: string;
  readonly config: AliasConfig;
}

/**
 * What a suite says of a mutant. `killed`: a case fails. `refused`: the config is invalid, so it would never be used.
 * `equivalent`: proved to route every request alike, so no suite could tell. `survived`: the suite passes, though
 * `difference` is a request that would not. `unknown`: the suite passes, and nothing is proved.
 */
export type MutantResult =
  | { readonly kind: "killed" | "refused" | "equivalent" | "unknown"; readonly mutant: Mutant }
  | { readonly kind: "survived"; readonly mutant: Mutant; readonly difference: Difference };

/** The results of all mutants of a config. */
export interface MutationReport {
  readonly outcomes: readonly MutantResult[];
  /** The killed part of the mutants that a suite could notice, from 0 to 1; 1 if there are none. */
  readonly score: number;
}

/**
 * Makes typical mistakes in a config, one at a time, and lists those that the suite does not notice: a rule or
 * a strategy is gone, `and` is `or`, a value is off by one character, an item of a list is gone, a name is misspelt, a weight
 * is off by one slot, two versions are swapped, the order is turned, the stickiness is another. Cases with an alias of their
 * own are left out, for they do not look at this config.
 * @throws ConfigError with everything that is wrong with the config or the suite
 */
export function mutate(config: AliasConfig, suite: SuiteConfig | Suite): MutationReport {
  const plan = planOf(config);
  const cases = casesOf(config, plan, suite);
  const outcomes = mutants(config).map((mutant): MutantResult => {
    const read = parse(mutant.config);
    if (!read.ok) return { kind: "refused", mutant };
    const mutated = toPlan(read.value);
    const judge = judgeOf(mutated);
    if (cases.some((each) => !passes(judge, each))) return { kind: "killed", mutant };
    const compared = compare(plan, mutated, { left: EFFORT });
    if (compared.kind !== "different") return { kind: compared.kind, mutant };
    const { request, draw, before, after } = compared;
    return { kind: "survived", mutant, difference: { request, draw, before, after } };
  });
  return { outcomes, score: scoreOf(outcomes) };
}

/** The killed part of the mutants that a suite could notice, from 0 to 1; 1 if there are none. */
export function scoreOf(outcomes: readonly MutantResult[]): number {
  const killed = outcomes.filter(({ kind }) => kind === "killed").length;
  const lived = outcomes.filter(({ kind }) => kind === "survived" || kind === "unknown").length;
  return killed + lived === 0 ? 1 : killed / (killed + lived);
}

/** The cases that are about this config: those that name no alias, or one that means the same. */
function casesOf(config: AliasConfig, plan: Plan, suite: SuiteConfig | Suite): readonly Case[] {
  const text = JSON.stringify(plan);
  const same = new Map<Plan, boolean>([[plan, true]]);
  return suiteOf(config, suite).cases.filter(({ plan: own }) => {
    if (own === undefined) return true;
    const known = same.get(own) ?? JSON.stringify(own) === text;
    same.set(own, known);
    return known;
  });
}

/** Every mutant of a config, in the order of its parts. */
export function mutants(config: AliasConfig): readonly Mutant[] {
  return [
    ...strategyMutants(config),
    ...weightMutants(config),
    ...versionMutants(config),
    ...orderMutants(config),
    ...stickinessMutants(config),
  ];
}

/** So many items of a list are mutated: a list of a thousand values is a table, and a slip in it is found by looking at any of them. */
const MOST_ITEMS = 16;

function strategyMutants(config: AliasConfig): readonly Mutant[] {
  const strategies = config.additional_version_strategy ?? {};
  return Object.entries(strategies).flatMap(([version, strategy]) => {
    const at = pointer("/additional_version_strategy", version);
    const put = (changed: StrategyConfig | undefined): AliasConfig => ({
      ...config,
      additional_version_strategy: replaced(strategies, version, changed),
    });
    const { rules, combine_type: combine } = strategy;
    const found: Mutant[] = [{ at, mistake: `the strategy for ${shown(version)} is gone`, config: put(undefined) }];
    if (rules.length > 1) {
      const other = combine?.toLowerCase() === "or" ? "and" : "or";
      found.push({
        at: `${at}/combine_type`,
        mistake: `\`${other}\` in place of ${shown(combine ?? "")}`,
        config: put({ ...strategy, combine_type: other }),
      });
    }
    rules.forEach((rule, index) => {
      const here = `${at}/rules/${index}`;
      const putRule = (...changed: readonly RuleConfig[]): AliasConfig =>
        put({ ...strategy, rules: rules.toSpliced(index, 1, ...changed) });
      if (rules.length > 1) found.push({ at: here, mistake: "the rule is gone", config: putRule() });
      for (const [mistake, changed] of ruleMistakes(rule)) found.push({ at: here, mistake, config: putRule(changed) });
    });
    return found;
  });
}

function ruleMistakes(rule: RuleConfig): readonly (readonly [string, RuleConfig])[] {
  const misspelt = offByOne(rule.param);
  const names: readonly (readonly [string, RuleConfig])[] = [
    [`the name ${shown(rule.param)} is ${shown(misspelt)}`, { ...rule, param: misspelt }],
  ];
  if (rule.op !== "in") {
    const value = offByOne(rule.value);
    return [...names, [`the value ${shown(rule.value)} is ${shown(value)}`, { ...rule, value }]];
  }
  const items = itemsOf(rule.value);
  return [
    ...names,
    ...items.slice(0, MOST_ITEMS).flatMap((item, index): (readonly [string, RuleConfig])[] => {
      const value = offByOne(item);
      const off: readonly [string, RuleConfig] = [
        `the item ${shown(item)} is ${shown(value)}`,
        { ...rule, value: items.with(index, value).join(",") },
      ];
      const gone: readonly [string, RuleConfig] = [
        `the item ${shown(item)} is gone`,
        { ...rule, value: items.toSpliced(index, 1).join(",") },
      ];
      return items.length > 1 ? [off, gone] : [off];
    }),
  ];
}

/** A text with its last character another: digits and letters stay what they are. */
function offByOne(text: string): string {
  const last = text.slice(-1);
  const next = /[0-8a-yA-Y]/.test(last)
    ? String.fromCharCode(last.charCodeAt(0) + 1)
    : last === "9"
      ? "8"
      : last === "z"
        ? "y"
        : last === "Z"
          ? "Y"
          : "x";
  return text.slice(0, -1) + next;
}

function weightMutants(config: AliasConfig): readonly Mutant[] {
  const weights = config.additional_version_weights ?? {};
  return Object.entries(weights).flatMap(([version, percent]) => {
    const at = pointer("/additional_version_weights", version);
    const put = (changed: number | undefined): AliasConfig => ({
      ...config,
      additional_version_weights: replaced(weights, version, changed),
    });
    const slots = Math.round(percent * 100);
    return [
      { at, mistake: `the weight of ${shown(version)} is gone`, config: put(undefined) },
      ...[slots - 1, slots + 1].map((off) => ({ at, mistake: `the weight ${percent} is ${off / 100}`, config: put(off / 100) })),
    ];
  });
}

function versionMutants(config: AliasConfig): readonly Mutant[] {
  const additional = [
    ...new Set([...Object.keys(config.additional_version_weights ?? {}), ...Object.keys(config.additional_version_strategy ?? {})]),
  ].filter((version) => version !== config.version);
  const pairs = [config.version, ...additional].flatMap((one, index, all) =>
    all.slice(index + 1, index + 2).map((other) => [one, other] as const),
  );
  return pairs.map(([one, other]) => ({
    at: "",
    mistake: `${shown(one)} and ${shown(other)} are swapped`,
    config: renamed(config, (version) => (version === one ? other : version === other ? one : version)),
  }));
}

function renamed(config: AliasConfig, rename: (version: Version) => Version): AliasConfig {
  const keys = <T>(map: { readonly [version: Version]: T } | null | undefined): { readonly [version: Version]: T } | undefined =>
    map == null ? undefined : Object.fromEntries(Object.entries(map).map(([version, value]) => [rename(version), value]));
  const { additional_version_weights, additional_version_strategy, ...rest } = config;
  const [weights, strategies] = [keys(additional_version_weights), keys(additional_version_strategy)];
  return {
    ...rest,
    version: rename(config.version),
    ...(weights !== undefined && { additional_version_weights: weights }),
    ...(strategies !== undefined && { additional_version_strategy: strategies }),
  };
}

function orderMutants(config: AliasConfig): readonly Mutant[] {
  const order = config.additional_version_order ?? [];
  return order.slice(1).map((version, index) => {
    const before = order[index] as Version;
    const at = `/additional_version_order/${index + 1}`;
    return {
      at,
      mistake: `${shown(version)} comes before ${shown(before)}`,
      config: { ...config, additional_version_order: order.with(index, version).with(index + 1, before) },
    };
  });
}

function stickinessMutants(config: AliasConfig): readonly Mutant[] {
  const { stickiness, ...rest } = config;
  if (stickiness == null) return [];
  const { keys, on_missing: missing } = stickiness;
  const put = (changed: Partial<typeof stickiness>): AliasConfig => ({ ...rest, stickiness: { ...stickiness, ...changed } });
  const other = missing === "primary" ? "random" : "primary";
  const seed = stickiness.seed ?? config.name ?? "";
  return [
    { at: "/stickiness", mistake: "the stickiness is gone", config: rest },
    { at: "/stickiness/on_missing", mistake: `\`${other}\` in place of ${shown(missing)}`, config: put({ on_missing: other }) },
    { at: "/stickiness/seed", mistake: `the seed ${shown(seed)} is ${shown(`${seed}x`)}`, config: put({ seed: `${seed}x` }) },
    ...keys.flatMap((key, index) => {
      const param = offByOne(key.param);
      const at = `/stickiness/keys/${index}`;
      const misspelt = {
        at,
        mistake: `the key ${shown(key.param)} is ${shown(param)}`,
        config: put({ keys: keys.with(index, { ...key, param }) }),
      };
      return keys.length === 1
        ? [misspelt]
        : [misspelt, { at, mistake: "the key is gone", config: put({ keys: keys.toSpliced(index, 1) }) }];
    }),
  ];
}

function replaced<T>(map: { readonly [version: Version]: T }, version: Version, value: T | undefined): { readonly [version: Version]: T } {
  return Object.fromEntries(
    Object.entries(map).flatMap(([each, known]): (readonly [string, T])[] =>
      each !== version ? [[each, known]] : value === undefined ? [] : [[each, value]],
    ),
  );
}
