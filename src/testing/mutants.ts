import { type Pointer, pointer, shown } from "../document/index.ts";
import {
  type AliasConfig,
  type Combine,
  itemsOf,
  type RuleConfig,
  type StickyKeyConfig,
  type StrategyConfig,
  type Version,
} from "../alias/index.ts";

/** A config with one mistake in it. */
export interface Mutant {
  readonly at: Pointer;
  /** The mistake in a few words. */
  readonly mistake: string;
  /** The whole config, made when it is asked for: a config of 10,000 rules has tens of thousands of mutants. */
  readonly config: AliasConfig;
}

/** What a mistake changes, so that a mutant can be judged without reading the whole config again. */
export type Change =
  | { readonly kind: "strategy"; readonly version: Version }
  | { readonly kind: "combine"; readonly version: Version; readonly combine: Combine }
  /** The rule with this number is another one, or gone. */
  | { readonly kind: "rule"; readonly version: Version; readonly index: number; readonly rule: RuleConfig | undefined }
  /** The sticky key with this number is another one, or gone. */
  | { readonly kind: "key"; readonly index: number; readonly key: StickyKeyConfig | undefined }
  /** Everything but strategies may differ. `strategyOf` says which version of the original had the strategy that a version has now. */
  | { readonly kind: "rest"; readonly strategyOf: (version: Version) => Version };

/** A mutant and what it changes. */
export interface MadeMutant {
  readonly mutant: Mutant;
  readonly change: Change;
}

/** A mutant that makes its config when it is asked for. A class, for there are 200,000: an object with a getter of its own takes 400 bytes more. */
class LazyMutant implements Mutant {
  readonly at: Pointer;
  readonly mistake: string;
  readonly #make: () => AliasConfig;

  constructor(at: Pointer, mistake: string, make: () => AliasConfig) {
    this.at = at;
    this.mistake = mistake;
    this.#make = make;
  }

  get config(): AliasConfig {
    return this.#make();
  }
}

function made(at: Pointer, mistake: string, change: Change, config: () => AliasConfig): MadeMutant {
  return { mutant: new LazyMutant(at, mistake, config), change };
}

/** A mutant whose strategies are those of the original. */
function rest(at: Pointer, mistake: string, config: AliasConfig): MadeMutant {
  return made(at, mistake, { kind: "rest", strategyOf: (version) => version }, () => config);
}

/** Every mutant of a config, in the order of its parts. */
export function mutants(config: AliasConfig): readonly Mutant[] {
  return mutantsOf(config).map(({ mutant }) => mutant);
}

/** The same with what each of them changes. */
export function mutantsOf(config: AliasConfig): readonly MadeMutant[] {
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

function strategyMutants(config: AliasConfig): readonly MadeMutant[] {
  const strategies = config.additional_version_strategy ?? {};
  return Object.entries(strategies).flatMap(([version, strategy]) => {
    const at = pointer("/additional_version_strategy", version);
    const put = (changed: StrategyConfig | undefined): AliasConfig => ({
      ...config,
      additional_version_strategy: replaced(strategies, version, changed),
    });
    const { rules, combine_type: combine } = strategy;
    const found = [made(at, `the strategy for ${shown(version)} is gone`, { kind: "strategy", version }, () => put(undefined))];
    if (rules.length > 1) {
      const other = combine?.toLowerCase() === "or" ? "and" : "or";
      const mistake = `\`${other}\` in place of ${shown(combine ?? "")}`;
      found.push(
        made(`${at}/combine_type`, mistake, { kind: "combine", version, combine: other }, () => put({ ...strategy, combine_type: other })),
      );
    }
    rules.forEach((rule, index) => {
      const place = `${at}/rules/${index}`;
      const add = (mistake: string, changed: RuleConfig | undefined): void => {
        const config = (): AliasConfig =>
          put({ ...strategy, rules: rules.toSpliced(index, 1, ...(changed === undefined ? [] : [changed])) });
        found.push(made(place, mistake, { kind: "rule", version, index, rule: changed }, config));
      };
      if (rules.length > 1) add("the rule is gone", undefined);
      for (const [mistake, changed] of ruleMistakes(rule)) add(mistake, changed);
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

function weightMutants(config: AliasConfig): readonly MadeMutant[] {
  const weights = config.additional_version_weights ?? {};
  return Object.entries(weights).flatMap(([version, percent]) => {
    const at = pointer("/additional_version_weights", version);
    const put = (changed: number | undefined): AliasConfig => ({
      ...config,
      additional_version_weights: replaced(weights, version, changed),
    });
    const slots = Math.round(percent * 100);
    return [
      rest(at, `the weight of ${shown(version)} is gone`, put(undefined)),
      ...[slots - 1, slots + 1].map((off) => rest(at, `the weight ${percent} is ${off / 100}`, put(off / 100))),
    ];
  });
}

function versionMutants(config: AliasConfig): readonly MadeMutant[] {
  const additional = [
    ...new Set([...Object.keys(config.additional_version_weights ?? {}), ...Object.keys(config.additional_version_strategy ?? {})]),
  ].filter((version) => version !== config.version);
  const pairs = [config.version, ...additional].flatMap((one, index, all) =>
    all.slice(index + 1, index + 2).map((other) => [one, other] as const),
  );
  return pairs.map(([one, other]) => {
    const swap = (version: Version): Version => (version === one ? other : version === other ? one : version);
    // Of a swap it does not matter which of the two is asked for.
    return made("", `${shown(one)} and ${shown(other)} are swapped`, { kind: "rest", strategyOf: swap }, () => renamed(config, swap));
  });
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

function orderMutants(config: AliasConfig): readonly MadeMutant[] {
  const order = config.additional_version_order ?? [];
  return order.slice(1).map((version, index) => {
    const before = order[index] as Version;
    const at = `/additional_version_order/${index + 1}`;
    const swapped = order.with(index, version).with(index + 1, before);
    return rest(at, `${shown(version)} comes before ${shown(before)}`, { ...config, additional_version_order: swapped });
  });
}

function stickinessMutants(config: AliasConfig): readonly MadeMutant[] {
  const { stickiness, ...others } = config;
  if (stickiness == null) return [];
  const { keys, on_missing: missing } = stickiness;
  const put = (changed: Partial<typeof stickiness>): AliasConfig => ({ ...others, stickiness: { ...stickiness, ...changed } });
  const other = missing === "primary" ? "random" : "primary";
  const seed = stickiness.seed ?? config.name ?? "";
  return [
    rest("/stickiness", "the stickiness is gone", others),
    rest("/stickiness/on_missing", `\`${other}\` in place of ${shown(missing)}`, put({ on_missing: other })),
    rest("/stickiness/seed", `the seed ${shown(seed)} is ${shown(`${seed}x`)}`, put({ seed: `${seed}x` })),
    ...keys.flatMap((key, index) => {
      const add = (mistake: string, changed: StickyKeyConfig | undefined): MadeMutant =>
        made(`/stickiness/keys/${index}`, mistake, { kind: "key", index, key: changed }, () =>
          put({ keys: keys.toSpliced(index, 1, ...(changed === undefined ? [] : [changed])) }),
        );
      const param = offByOne(key.param);
      const misspelt = add(`the key ${shown(key.param)} is ${shown(param)}`, { ...key, param });
      return keys.length === 1 ? [misspelt] : [misspelt, add("the key is gone", undefined)];
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
