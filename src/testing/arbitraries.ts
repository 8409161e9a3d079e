/** Arbitraries of fast-check, for property tests of your own: random configs, and requests that meet a given config. fast-check is a peer dependency. */
import * as fc from "fast-check";
import { type Field, type NodeRequest, toRequest } from "../request/index.ts";
import type { AliasConfig, RuleConfig, StrategyConfig, Version } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import { alphabetOf, type Witness, witnessOf } from "../prove/index.ts";

/** Bounds on generated configs. */
export interface ConfigBounds {
  /** Additional versions at most: 3 where left out. */
  readonly versions?: number;
  /** Rules of a strategy at most: 3 where left out. */
  readonly rules?: number;
}

const VALUES = ["on", "off", "a", "b", "1"] as const;
const PARAMS: Readonly<Record<"Header" | "Cookie" | "Query" | "Attribute", readonly string[]>> = {
  Header: ["x-env", "x-user", ":path", ":method"],
  Cookie: ["group", "beta"],
  Query: ["debug", "v"],
  Attribute: ["tenant", "country"],
};

/**
 * Valid configs with rules of every type, weights, orders and stickiness. Names and values are few, so that requests of
 * `requestsFor` meet them.
 */
export function aliasConfigs({ versions = 3, rules = 3 }: ConfigBounds = {}): fc.Arbitrary<AliasConfig> {
  const names = Array.from({ length: versions }, (_, index) => `v${index + 2}`);
  return fc
    .record(
      {
        name: fc.constantFrom("checkout", "search"),
        version: fc.constant("v1"),
        additional_version_weights: weightMaps(names),
        additional_version_strategy: maps(names, strategies(rules)),
        additional_version_order: fc.shuffledSubarray(names),
        stickiness: fc.record({ keys: fc.array(keys, { minLength: 1, maxLength: 2 }), on_missing: fc.constantFrom("primary", "random") }),
      },
      { requiredKeys: ["name", "version"] },
    )
    .map((config) => config as AliasConfig);
}

const keys: fc.Arbitrary<{ readonly rule_type: string; readonly param: string }> = fc
  .constantFrom<keyof typeof PARAMS>("Header", "Cookie", "Query", "Attribute")
  .chain((rule_type) => fc.constantFrom(...PARAMS[rule_type]).map((param) => ({ rule_type, param })));

const rule: fc.Arbitrary<RuleConfig> = fc
  .tuple(keys, fc.subarray([...VALUES], { minLength: 1, maxLength: 3 }))
  .map(([{ rule_type, param }, values]) => {
    const written = param === ":path" ? values.map((value) => `/${value}`) : values;
    return { rule_type, param, op: written.length === 1 ? "=" : "in", value: written.join(",") };
  });

function strategies(most: number): fc.Arbitrary<StrategyConfig> {
  return fc.record({ combine_type: fc.constantFrom("and", "or"), rules: fc.array(rule, { minLength: 1, maxLength: most }) });
}

function maps<T>(names: readonly Version[], values: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [version: Version]: T }> {
  return fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), values), { selector: ([version]) => version })
    .map((entries): { readonly [version: Version]: T } => Object.fromEntries(entries));
}

/** Weights in steps of 0.01 that fit beside each other. */
function weightMaps(names: readonly Version[]): fc.Arbitrary<{ readonly [version: Version]: number }> {
  const most = Math.floor(10_000 / names.length);
  return maps(
    names,
    fc.oneof(fc.constantFrom(0, 1, most), fc.integer({ min: 0, max: most })).map((slots) => slots / 100),
  );
}

/**
 * Requests that meet a config: each field that it asks is absent, has a value that it mentions, or has another one. Every
 * strategy that can hold is held for by some of them.
 * @throws ConfigError with everything that is wrong with the config
 */
export function requestsFor(config: Compilable): fc.Arbitrary<NodeRequest> {
  return partsFor(planOf(config)).map(toRequest);
}

function partsFor(plan: Plan): fc.Arbitrary<Witness> {
  const ranges = [...alphabetOf([plan]).ranges.values()];
  const values = ranges.map(({ field, letters }) => {
    // A sticky key may be empty, which a method is not.
    const mentioned = letters.flat().filter((value) => field.kind !== "method" || value !== "");
    const other = fc
      .constantFrom("other", "")
      .map((text) => (field.kind === "path" ? `/${text}` : field.kind === "method" ? "OTHER" : text));
    const some =
      mentioned.length === 0 ? other : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...mentioned) }, { weight: 1, arbitrary: other });
    return fc.option(some, { nil: undefined, freq: 3 }).map((value): readonly [Field, string | undefined] => [field, value]);
  });
  return fc
    .tuple(...values)
    .map((pairs) => witnessOf(new Map(pairs.filter((pair): pair is readonly [Field, string] => pair[1] !== undefined))));
}
