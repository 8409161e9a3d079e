import type { AliasConfig, RuleConfig, StrategyConfig, Version } from "../../src/alias/config.ts";
import type { CLAIM_CODES } from "../../src/prove/codes.ts";
import { everyDraw } from "./enumerate.ts";
import { decide, escape, holds, items, matches, ranked, read, type Readable } from "./oracle.ts";

/** A code of `analyze`. */
export type ClaimCode = (typeof CLAIM_CODES)[number];

/** A strategy of a config and what some requests do with it. */
interface Strategy extends StrategyConfig {
  readonly version: Version;
  readonly at: string;
  /** The requests that it holds for, and those that no earlier strategy holds for. */
  readonly holding: readonly Readable[];
  readonly coming: readonly Readable[];
  readonly decides: boolean;
}

/** What the oracle says of a config and some requests. */
export interface Facts {
  readonly config: AliasConfig;
  readonly requests: readonly Readable[];
  /** In rank order. */
  readonly strategies: readonly Strategy[];
  /** Every version that one of the requests gets, for a draw that is given or one of its own. */
  readonly versions: ReadonlySet<Version>;
  /** Whether one of the requests comes to a draw, or to a sticky key that it has not. */
  readonly drawn: boolean;
}

/** Everything of a config that the truths below ask. */
export function factsOf(config: AliasConfig, requests: readonly Readable[]): Facts {
  const strategies: Strategy[] = [];
  let coming = requests;
  for (const version of ranked(Object.keys(config.additional_version_strategy ?? {}), config)) {
    const strategy = config.additional_version_strategy?.[version] as StrategyConfig;
    const at = `/additional_version_strategy/${escape(version)}`;
    const holding = requests.filter((request) => holds(strategy, request));
    const decides = requests.some((request) => decide(config, request, 0).at === at);
    strategies.push({ ...strategy, version, at, holding, coming, decides });
    coming = coming.filter((request) => !holds(strategy, request));
  }
  const ends = coming.map((request) => decide(config, request, undefined, () => 0));
  const drawn = ends.some(({ reason, at }) => reason === "split" || at === "/stickiness/on_missing");
  return { config, requests, strategies, versions: versionsOf(config, requests), drawn };
}

/**
 * For each code, where the claim is true of a config as far as some requests show: every place that none of them refutes. Of
 * every request that the config can tell apart, these are the places where the claim is true.
 */
export const TRUE_AT: Readonly<Record<ClaimCode, (facts: Facts) => readonly string[]>> = {
  "value-impossible": ({ config, requests }) =>
    rulesOf(config).flatMap(({ rule, at }) => {
      const values = valuesOf(rule);
      const impossible = values.filter((value) => !requests.some((request) => read(rule, request) === value));
      return impossible.length === 0 ? [] : [at];
    }),

  "list-item-repeated": ({ config }) =>
    rulesOf(config).flatMap(({ rule, at }) =>
      rule.op.toLowerCase() === "in" && new Set(items(rule.value)).size < items(rule.value).length ? [`${at}/value`] : [],
    ),

  "list-item-idle": (facts) => facts.strategies.flatMap((strategy) => idleItemsOf(strategy, facts.requests).map(({ at }) => at)),

  "rule-never": ({ requests, strategies }) =>
    strategies.flatMap((strategy) => {
      const index = conflictOf(strategy, requests);
      return index === undefined ? [] : [`${strategy.at}/rules/${index}`];
    }),

  "rule-idle": (facts) => facts.strategies.flatMap((strategy) => idleRulesOf(strategy, facts.requests)),

  "strategy-never": ({ requests, strategies }) =>
    strategies.flatMap((strategy) => (strategy.holding.length === 0 && conflictOf(strategy, requests) === undefined ? [strategy.at] : [])),

  "strategy-shadowed": ({ strategies }) => strategies.flatMap(({ at, holding, decides }) => (holding.length > 0 && !decides ? [at] : [])),

  "strategies-overlap": ({ config, strategies }) =>
    strategies.flatMap((later, index) => {
      if (!later.decides) return [];
      const rivals = strategies.slice(0, index).filter(({ version }) => !(isStated(version, config) && isStated(later.version, config)));
      const both = rivals.some((rival) =>
        rival.coming.some((request) => rival.holding.includes(request) && later.holding.includes(request)),
      );
      return both ? [later.at] : [];
    }),

  "primary-unreached": ({ config, versions }) => (versions.has(config.version) ? [] : ["/version"]),

  "version-unreached": ({ config, versions }) =>
    Object.keys(config.additional_version_weights ?? {})
      .filter((version) => !versions.has(version) && !Object.hasOwn(config.additional_version_strategy ?? {}, version))
      .map((version) => `/additional_version_weights/${escape(version)}`),

  "sticky-key-repeated": ({ config, requests, drawn }) => {
    if (!drawn) return [];
    const { keys = [] } = config.stickiness ?? {};
    return keys.flatMap((key, index) => {
      const repeats = keys.slice(0, index).some((earlier) => requests.every((request) => read(earlier, request) === read(key, request)));
      return repeats ? [`/stickiness/keys/${index}`] : [];
    });
  },

  "stickiness-idle": ({ config, drawn }) => (config.stickiness !== undefined && !drawn ? ["/stickiness"] : []),

  // Whatever is small enough to be enumerated is decided.
  undecided: () => [],
};

/**
 * For each code, whether the request of a claim at a place shows what the claim says; undefined where the claim needs none or
 * none can be made.
 */
export const SHOWN_BY: Readonly<Record<ClaimCode, ((facts: Facts, at: string, request: Readable) => boolean) | undefined>> = {
  "value-impossible": undefined,
  "list-item-repeated": undefined,
  "list-item-idle": ({ config }, at, request) => ruleMatches(config, at.replace(/\/value$/, ""), request),
  "rule-never": ({ config }, at, request) => ruleMatches(config, at, request),
  "rule-idle": ({ config }, at, request) => ruleMatches(config, at, request),
  "strategy-never": undefined,
  "strategy-shadowed": ({ config, strategies }, at, request) => {
    const { reason, version } = decide(config, request, 0);
    return strategies.some((each) => each.at === at && holds(each, request) && reason === "rule" && version !== each.version);
  },
  "strategies-overlap": ({ config, strategies }, at, request) => {
    const { reason, version } = decide(config, request, 0);
    return strategies.some(
      (each) =>
        each.at === at &&
        holds(each, request) &&
        reason === "rule" &&
        version !== each.version &&
        !(isStated(version, config) && isStated(each.version, config)),
    );
  },
  "primary-unreached": ({ config }, _, request) => !versionsOf(config, [request]).has(config.version),
  "version-unreached": undefined,
  "sticky-key-repeated": undefined,
  "stickiness-idle": undefined,
  undecided: undefined,
};

/** Each rule of a config with its place. */
function rulesOf({ additional_version_strategy: strategies }: AliasConfig): readonly { readonly rule: RuleConfig; readonly at: string }[] {
  return Object.entries(strategies ?? {}).flatMap(([version, { rules }]) =>
    rules.map((rule, index) => ({ rule, at: `/additional_version_strategy/${escape(version)}/rules/${index}` })),
  );
}

function valuesOf({ op, value }: RuleConfig): readonly string[] {
  return op.toLowerCase() === "in" ? items(value) : [value];
}

function ruleMatches(config: AliasConfig, at: string, request: Readable): boolean {
  return rulesOf(config).some((each) => each.at === at && matches(each.rule, request));
}

/** The first rule of an `and` that matches for some request, and never together with an earlier one that does. */
function conflictOf({ combine_type, rules, holding }: Strategy, requests: readonly Readable[]): number | undefined {
  if (holding.length > 0 || combine_type?.toLowerCase() === "or") return undefined;
  const matching = rules.map((rule) => new Set(requests.filter((request) => matches(rule, request))));
  const index = matching.findIndex(
    (one, later) => one.size > 0 && matching.slice(0, later).some((other) => other.size > 0 && [...one].every((each) => !other.has(each))),
  );
  return index === -1 ? undefined : index;
}

/**
 * Rules, the last first, without all of which a strategy holds for the same of the requests that come to it. A rule that
 * never matches has another claim.
 */
function idleRulesOf(strategy: Strategy, requests: readonly Readable[]): readonly string[] {
  const kept = neededRules(strategy, requests);
  return strategy.rules.flatMap((rule, index) => (kept.includes(rule) ? [] : [`${strategy.at}/rules/${index}`]));
}

function neededRules({ decides, coming, ...strategy }: Strategy, requests: readonly Readable[]): readonly RuleConfig[] {
  if (!decides) return strategy.rules;
  const before = coming.map((request) => holds(strategy, request));
  let kept = strategy.rules;
  for (const rule of strategy.rules.toReversed()) {
    const rules = kept.filter((each) => each !== rule);
    if (rules.length === 0 || !requests.some((request) => matches(rule, request))) continue;
    if (coming.every((request, index) => holds({ ...strategy, rules }, request) === before[index])) kept = rules;
  }
  return kept;
}

/** Items, of the last rules first, without all of which the needed rules of a strategy hold for the same requests, by their lists. */
export function idleItemsOf(
  { decides, coming, at, ...strategy }: Strategy,
  requests: readonly Readable[],
): readonly { readonly at: string; readonly items: readonly string[] }[] {
  if (!decides) return [];
  const before = coming.map((request) => holds(strategy, request));
  let kept = neededRules({ decides, coming, at, ...strategy }, requests);
  const found: { at: string; items: readonly string[] }[] = [];
  for (const rule of kept.toReversed()) {
    const own = [...new Set(valuesOf(rule))];
    if (own.length < 2) continue;
    const without = (item: string): readonly RuleConfig[] =>
      kept.map((each) => (each === rule ? { ...rule, value: own.filter((other) => other !== item).join(",") } : each));
    const idle = own.filter(
      (item) =>
        requests.some((request) => read(rule, request) === item) &&
        coming.every((request, index) => holds({ ...strategy, rules: without(item) }, request) === before[index]),
    );
    if (idle.length === 0) continue;
    found.unshift({ at: `${at}/rules/${strategy.rules.indexOf(rule)}/value`, items: idle });
    kept = kept.map((each) => (each === rule ? { ...rule, value: own.filter((item) => !idle.includes(item)).join(",") } : each));
  }
  return found;
}

function isStated(version: Version, { additional_version_order: order }: AliasConfig): boolean {
  return order?.includes(version) ?? false;
}

/** Every version that one of these requests gets. */
function versionsOf(config: AliasConfig, requests: readonly Readable[]): ReadonlySet<Version> {
  const draws = everyDraw(config);
  return new Set(
    requests.flatMap((request) => {
      const { reason, version } = decide(config, request, undefined, () => 0);
      return reason === "rule" ? [version] : [version, ...draws.map((draw) => decide(config, request, draw).version)];
    }),
  );
}
