/** Arbitraries of fast-check, for property tests of your own: random configs, and requests that meet a given config. fast-check is a peer dependency. */
import * as fc from "fast-check";
import type { Pointer } from "../document/index.ts";
import { type Field, type NodeRequest, toRequest } from "../request/index.ts";
import type { AliasConfig, RuleConfig, StrategyConfig, Version } from "../alias/index.ts";
import { type Compilable, type Outcome, type Plan, planOf } from "../plan/index.ts";
import type { Decision } from "../backend/index.ts";
import { compile } from "../route/index.ts";
import {
  type Alphabet,
  alphabetOf,
  EFFORT,
  everything,
  narrow,
  type Region,
  search,
  type Values,
  valuesOf,
  witnessOf,
} from "../prove/index.ts";

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
 * Requests that meet a config. Half of them are decided by a strategy or come to the split, each as often as any other: so each
 * strategy that a request can reach is hit, however many rules it has. A quarter is such a request with a field or two changed, and the
 * rest have any of the values that the config mentions, others, or none. `strategyHits` counts.
 * @throws ConfigError with everything that is wrong with the config
 */
export function requestsFor(config: Compilable): fc.Arbitrary<NodeRequest> {
  const plan = planOf(config);
  const alphabet = alphabetOf([plan]);
  const asked = fieldsFor(alphabet);
  const free = fc.tuple(...asked).map((pairs): Values => new Map(pairs));
  const reached = reachedBy(plan, alphabet);
  const route = compile(plan, { random: () => 0 });
  const placeOf = (values: Values): string => placeIn(route(toRequest(witnessOf(values))));
  // A value or two more, and where another strategy then decides, none.
  const bases = fc.tuple(fc.constantFrom(...reached), changesOf(asked));
  const hitting = bases.map(([base, changes]) => {
    const changed: Values = new Map([...base, ...changes]);
    return placeOf(changed) === placeOf(base) ? changed : base;
  });
  const near = bases.map(([base, changes]): Values => new Map([...base, ...changes]));
  return fc
    .oneof({ weight: 2, arbitrary: hitting }, { weight: 1, arbitrary: near }, { weight: 1, arbitrary: free })
    .map((values) => toRequest(witnessOf(values)));
}

/** How often requests hit each strategy of a config. */
export interface StrategyHits {
  readonly requests: number;
  /** In the order in which they are tried. */
  readonly strategies: readonly { readonly at: Pointer; readonly version: Version; readonly hits: number }[];
  /** Requests that no strategy holds for. */
  readonly split: number;
}

/**
 * Counts how often a sample of requests hits each strategy: a property of requests that never hit one says nothing about it.
 * The sample is of `requestsFor`, or of `requests`. `count` is 1,000 where it is left out; the same `seed` gives the same sample.
 * @throws ConfigError with everything that is wrong with the config
 */
export function strategyHits(config: Compilable, { count = 1_000, seed, requests = requestsFor(config) }: HitOptions = {}): StrategyHits {
  const plan = planOf(config);
  const route = compile(plan, { random: () => 0 });
  const hits = new Map<string, number>();
  const sample = fc.sample(requests, { numRuns: count, ...(seed !== undefined && { seed }) });
  for (const request of sample) {
    const place = placeIn(route(request));
    hits.set(place, (hits.get(place) ?? 0) + 1);
  }
  const strategies = plan.rules.map(({ outcome }) => {
    const { at, version } = plan.outcomes[outcome] as Outcome;
    return { at, version, hits: hits.get(at) ?? 0 };
  });
  return { requests: sample.length, strategies, split: hits.get(SPLIT) ?? 0 };
}

/** What to count. */
export interface HitOptions {
  readonly count?: number;
  readonly seed?: number;
  readonly requests?: fc.Arbitrary<NodeRequest>;
}

type FieldValue = readonly [field: Field, value: string | undefined];

const SPLIT = "split";

/** The strategy that decides, or the split. */
function placeIn({ reason, at }: Decision): string {
  return reason === "rule" ? at : SPLIT;
}

/** For each strategy that a request can reach, and for the split, the values of one. There is at least one of them. */
function reachedBy(plan: Plan, alphabet: Alphabet): readonly Values[] {
  const effort = { left: EFFORT };
  const found: Values[] = [];
  const look = (region: Region | undefined): void => {
    const reached = region && search(region, effort);
    if (region !== undefined && reached?.kind === "found") found.push(valuesOf(region.alphabet, reached.letters));
  };
  let coming: Region | undefined = everything(alphabet);
  for (const { test } of plan.rules) {
    look(coming && narrow(coming, test, true));
    coming = coming && narrow(coming, test, false);
  }
  look(coming);
  return found.length === 0 ? [new Map()] : found;
}

/** Each field of an alphabet, with the values that it may have. */
function fieldsFor({ fields }: Alphabet): readonly fc.Arbitrary<FieldValue>[] {
  return fields.map(({ field, letters }) => {
    // A sticky key may be empty, which a method is not.
    const mentioned = letters.flat().filter((value) => field.kind !== "method" || value !== "");
    const other = fc
      .constantFrom("other", "")
      .map((text) => (field.kind === "path" ? `/${text}` : field.kind === "method" ? "OTHER" : text));
    const some =
      mentioned.length === 0 ? other : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...mentioned) }, { weight: 1, arbitrary: other });
    return fc.option(some, { nil: undefined, freq: 3 }).map((value): FieldValue => [field, value]);
  });
}

/** Up to two fields with other values. */
function changesOf(fields: readonly fc.Arbitrary<FieldValue>[]): fc.Arbitrary<readonly FieldValue[]> {
  return fields.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...fields), { maxLength: 2 });
}
