import * as fc from "fast-check";
import type { AliasConfig, RuleConfig, StickyKeyConfig, StrategyConfig, Version } from "../../src/alias/config.ts";
import { layout } from "./oracle.ts";

// Names and values are so few that rules and requests meet about every other time; the rest are words that break careless code.

/** Words that mean something to JavaScript, to JSON, to HTTP or to a list, and must mean nothing here. */
export const HOSTILE = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  '"',
  "'",
  "`",
  "${0}",
  "\\",
  "*/",
  "//",
  "</script>",
  "\n",
  "\u2028",
  "\0",
  "a,b",
  " a",
  "a ",
  "%31",
  "undefined",
  "é",
  "😀",
] as const;

const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom("1", "2") },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
);

/** Every version that a generated config can name. The first is the primary of most. */
export const VERSIONS: readonly Version[] = ["v1", "v2", "v10", "v9", "v09", "10", "constructor", 'x"/~`${0}*/'];

const PARAMS = {
  Header: ["x-a", "X-B", ":path", ":method", ":authority", "__proto__", "constructor"],
  Cookie: ["a", "b", "__proto__"],
  Query: ["a", "b", "__proto__"],
  Attribute: ["a", "b\u2028`${0}", "__proto__"],
} as const;

/** A field by its rule type and name; the plain names are likelier. */
const fields: fc.Arbitrary<StickyKeyConfig> = fc
  .constantFrom<keyof typeof PARAMS>("Header", "Header", "Cookie", "Query", "Attribute")
  .chain((rule_type) =>
    fc
      .oneof(
        { weight: 4, arbitrary: fc.constantFrom(...PARAMS[rule_type].slice(0, 2)) },
        { weight: 1, arbitrary: fc.constantFrom(...PARAMS[rule_type].slice(2)) },
      )
      .map((param) => ({ rule_type, param })),
  );

const lists: fc.Arbitrary<string> = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), fc.constantFrom(",", ", ", " ,\t", ",,"))
  .map(([words, comma]) => words.join(comma))
  .filter((list) => /[^, \t]/.test(list));

/** Rules of every type. */
export const rules: fc.Arbitrary<RuleConfig> = fc
  .tuple(fields, fc.oneof(fc.record({ op: fc.constant("="), value: word }), fc.record({ op: fc.constant("in"), value: lists })), fc.nat(15))
  .map(([field, test, chance]) => {
    if (field.param === ":path") return { ...field, op: "=", value: `/${test.value}` };
    return chance === 0 && field.rule_type === "Query" ? { ...field, op: "=", value: "" } : { ...field, ...test };
  });

/** Strategies of one to three rules. */
const strategies: fc.Arbitrary<StrategyConfig> = fc.record({
  combine_type: fc.constantFrom("and", "or"),
  rules: fc.array(rules, { minLength: 1, maxLength: 3 }),
});

/** A map with keys in any order. */
function maps<T>(keys: fc.Arbitrary<Version>, values: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<Record<Version, T>> {
  return fc.uniqueArray(fc.tuple(keys, values), { selector: ([key]) => key, maxLength }).map((entries) => Object.fromEntries(entries));
}

const percents = fc.constantFrom(0, 0.01, 0.29, 5, 10, 33.33, 50, 66.67, 99.99, 100);

/** Weights that fit: what would make the sum exceed 100 is left out. */
function weights(primary: Version): fc.Arbitrary<Record<Version, number>> {
  return maps(fc.constantFrom(...VERSIONS.filter((version) => version !== primary)), percents, 4).map((drawn) => {
    let left = 10_000;
    return Object.fromEntries(
      Object.entries(drawn).filter(([, percent]) => percent * 100 <= left && ((left -= Math.round(percent * 100)), true)),
    );
  });
}

/** Valid configs, with everything that a config can say. */
export const configs: fc.Arbitrary<AliasConfig> = fc
  .oneof({ weight: 5, arbitrary: fc.constant("v1") }, { weight: 1, arbitrary: fc.constantFrom(...VERSIONS) })
  .chain((version) =>
    fc.record(
      {
        name: fc.constantFrom("alias", "checkout"),
        version: fc.constant(version),
        additional_version_strategy: maps(fc.constantFrom(...VERSIONS), strategies, 3),
        additional_version_weights: weights(version),
        additional_version_order: fc.subarray([...VERSIONS]).chain((some) => fc.shuffledSubarray(some, { minLength: some.length })),
        stickiness: fc.record(
          {
            keys: fc.array(fields, { minLength: 1, maxLength: 2 }),
            on_missing: fc.constantFrom("primary", "random"),
            seed: fc.constantFrom("", "seed", "é"),
            hash: fc.constantFrom("murmur3", "murmur2", "xxh32", "sha256"),
          },
          { requiredKeys: ["keys", "on_missing"] },
        ),
      },
      { requiredKeys: ["name", "version"] },
    ),
  );

/** A field, the values that rules ask of it, and some that no request can bring. */
interface SmallField extends StickyKeyConfig {
  readonly values: readonly string[];
  readonly impossible: readonly string[];
}

const small = (rule_type: string, param: string, values = ["1", "2", "3"], impossible: readonly string[] = []): SmallField => ({
  rule_type,
  param,
  values,
  impossible,
});

const PATH = small("Header", ":path", ["/1", "/2", "/"], ["/?1", "/1#", "http://h/1"]);
const QUERY = small("Query", "a", undefined, ["\ud800", "1\udc00"]);
const COOKIE = small("Cookie", "a", undefined, ["1;2", ";"]);

/** Fields that no other field depends on, but for the path and the query. */
const SMALL_FIELDS: readonly SmallField[] = [small("Header", "x-a"), small("header", "X-A"), PATH, COOKIE, QUERY, small("Attribute", "a")];

/** Fields that stand in one text each. */
const LINKED_FIELDS: readonly (readonly SmallField[])[] = [
  [small("Header", "cookie", ["a=1", "a=2; b=1", "b=1", "x"]), COOKIE, small("Cookie", "b", ["1", "2"])],
  [small("Header", ":authority", ["1", "2"]), small("Header", "host", ["1", "2"]), small("Header", "x-a", ["1"])],
  [PATH, QUERY, small("Query", "b", ["1"], [])],
];

/**
 * Valid configs over so few fields and values that every request they can tell apart is enumerated in a moment, and that what
 * `analyze` looks for is in them often: rules in one another's way, strategies that cover others, values that no request
 * brings, items and keys that stand twice, weights that are all or nothing.
 */
export const smallConfigs: fc.Arbitrary<AliasConfig> = fc
  .oneof(
    { weight: 2, arbitrary: fc.subarray([...SMALL_FIELDS], { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(...LINKED_FIELDS).chain((some) => fc.subarray([...some], { minLength: 2 })) },
  )
  .chain((some) => smallConfigsOver(some));

function smallConfigsOver(some: readonly SmallField[]): fc.Arbitrary<AliasConfig> {
  const key = fc.constantFrom(...some.map(({ rule_type, param }): StickyKeyConfig => ({ rule_type, param })));
  const rule = fc.constantFrom(...some).chain(({ rule_type, param, values, impossible }): fc.Arbitrary<RuleConfig> => {
    const ordinary = fc.constantFrom(...values);
    const value =
      impossible.length === 0
        ? ordinary
        : fc.oneof({ weight: 6, arbitrary: ordinary }, { weight: 1, arbitrary: fc.constantFrom(...impossible) });
    const list = fc.array(value, { minLength: 1, maxLength: 3 }).map((items) => items.join(", "));
    return fc.oneof(
      value.map((one): RuleConfig => ({ rule_type, param, op: "=", value: one })),
      list.map((many): RuleConfig => ({ rule_type, param, op: "in", value: many })),
    );
  });
  const strategy = fc.record({ combine_type: fc.constantFrom("and", "or"), rules: fc.array(rule, { minLength: 1, maxLength: 3 }) });
  const percent = fc.constantFrom<number[]>(0, 0, 0.01, 50, 100, 100);
  return fc
    .record(
      {
        name: fc.constant("small"),
        version: fc.constant("v1"),
        additional_version_strategy: maps(fc.constantFrom("v1", "v2", "v3", "v/4"), strategy, 3),
        additional_version_weights: maps(fc.constantFrom("v2", "v3", "v/4"), percent, 2),
        additional_version_order: fc.shuffledSubarray(["v1", "v2", "v3", "v/4"]),
        stickiness: fc.record({
          keys: fc.array(key, { minLength: 1, maxLength: 3 }),
          on_missing: fc.constantFrom("primary", "random"),
        }),
      },
      { requiredKeys: ["name", "version"] },
    )
    .filter(({ additional_version_weights: map = {} }) => Object.values(map).reduce((sum, each) => sum + each, 0) <= 100);
}

const header = (param: string, value: string): RuleConfig => ({ rule_type: "Header", param, op: value.includes(",") ? "in" : "=", value });

/** Strategies of which the last is covered by all others together and by no fewer, where none of these is left out. */
const corners: fc.Arbitrary<StrategyConfig[]> = fc
  .tuple(fc.subarray(["1 1", "1 2", "2 1", "2 2"], { minLength: 3 }), fc.shuffledSubarray(["a", "b", "c"], { minLength: 2, maxLength: 2 }))
  .map(([pairs, [one = "", other = ""]]) => [
    ...pairs.map((pair) => {
      const [x = "", y = ""] = pair.split(" ");
      return { combine_type: "and", rules: [header(one, x), header(other, y)] };
    }),
    { combine_type: "and", rules: [header(one, "1,2"), header(other, "1,2")] },
  ]);

const entangled: fc.Arbitrary<StrategyConfig[]> = fc.array(
  fc.record({
    combine_type: fc.constantFrom("and", "and", "or"),
    rules: fc.uniqueArray(
      fc
        .tuple(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2", "1,2", "1,2,3", "2,3"))
        .map(([param, value]) => header(param, value)),
      { selector: ({ param }) => param, minLength: 1, maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

/**
 * Valid configs with strategies over few headers, most of them `and`, so that what comes to the last of them is a question of
 * many cases, and with a key that rules ask for too.
 */
export const entangledConfigs: fc.Arbitrary<AliasConfig> = fc
  .record({
    strategies: fc.oneof(
      entangled,
      corners,
      fc.tuple(corners, entangled).map(([some, others]) => [...some, ...others]),
    ),
    weights: fc.constantFrom({}, { v5: 0 }, { v2: 50 }, { v2: 10, w: 0 }),
    keys: fc.constantFrom([{ rule_type: "Header", param: "a" }], [{ rule_type: "Header", param: "e" }]),
    on_missing: fc.constantFrom("primary", "random"),
    primaryLast: fc.boolean(),
  })
  .map(({ strategies, weights: map, keys, on_missing, primaryLast }): AliasConfig => {
    const names = strategies.map((_, index) => (primaryLast && index === strategies.length - 1 ? "v1" : `v${index + 2}`));
    return {
      name: "entangled",
      version: "v1",
      additional_version_strategy: Object.fromEntries(strategies.map((strategy, index) => [names[index] ?? "", strategy])),
      additional_version_weights: primaryLast ? { v2: 100 } : map,
      ...(primaryLast && { additional_version_order: names }),
      stickiness: { keys, on_missing: primaryLast ? "random" : on_missing },
    };
  });

const headerValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: word },
  { weight: 1, arbitrary: fc.array(word, { maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(undefined, null, 1, true, ["1", 2], { toString: () => "1" }) },
);

const pairs = (names: readonly string[]): fc.Arbitrary<[string, string][]> =>
  fc.array(fc.tuple(fc.constantFrom(...names), fc.oneof({ weight: 8, arbitrary: word }, { weight: 1, arbitrary: fc.constant("") })), {
    maxLength: 4,
  });

const cookieLine: fc.Arbitrary<string> = fc
  .tuple(pairs([...PARAMS.Cookie, "", "xa"]), fc.constantFrom("; ", ";", " ;\t", ";;"), fc.constantFrom("=", "=", " =\t"))
  .map(([cookies, separator, equals]) => cookies.map(([name, value]) => `${name}${equals}${value}`).join(separator));

const targets: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("", "", "", "http://h", "//h"),
    fc.constantFrom("/1", "/2", "/", ""),
    fc.constantFrom("?", "?", "?", "??", "#?"),
    pairs(PARAMS.Query),
    fc.constantFrom("", "", "#a=1"),
    fc.boolean(),
  )
  .map(([origin, path, mark, query, fragment, encoded]) => {
    const text = encoded ? new URLSearchParams(query).toString() : query.map(([name, value]) => `${name}=${value}`).join("&");
    return `${origin}${path}${mark}${text}${fragment}`;
  });

const present = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 8 });

/** An object whose own `__proto__` is a property like others, without those that are undefined. */
function own(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Requests over the names of `configs`: what a host hands over, and now and then what it never should. */
export const requests: fc.Arbitrary<object> = fc
  .record({
    headers: fc.tuple(
      ...["x-a", "x-b", "x-a", "x-b", "host", ":authority", "__proto__", "constructor"].map((name) =>
        present(headerValue).map((value) => [name, value] as const),
      ),
      present(fc.oneof({ weight: 6, arbitrary: cookieLine }, { weight: 1, arbitrary: fc.array(cookieLine, { maxLength: 2 }) })).map(
        (value) => ["cookie", value] as const,
      ),
    ),
    url: present(targets),
    method: present(word),
    attributes: present(fc.tuple(...PARAMS.Attribute.map((name) => present(word).map((value) => [name, value] as const)))),
  })
  .map(({ headers, url, method, attributes }) =>
    own([
      ["headers", own(headers)],
      ["url", url],
      ["method", method],
      ["attributes", attributes && own(attributes)],
    ]),
  );

/** Draws at the bounds of the arms of a config, one hash before and after them, and anywhere. */
function draws(config: AliasConfig): fc.Arbitrary<number> {
  let until = 0;
  const bounds = [0, ...layout(config).map(([, slots]) => (until += slots))];
  return fc.oneof(
    fc
      .tuple(fc.constantFrom(...bounds), fc.constantFrom(-1, 0, 1))
      .map(([bound, by]) => (Math.ceil((bound * 2 ** 32) / 10_000) + by) / 2 ** 32)
      .filter((draw) => draw >= 0 && draw < 1),
    fc.constantFrom(0, -0, 0.5, 1 - 2 ** -53),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  );
}

/** A config, a request that its rules may meet, a draw (or none), and what the random source returns. */
export interface Scene {
  readonly config: AliasConfig;
  readonly request: object;
  readonly draw: number | undefined;
  readonly random: number;
}

/** Scenes of everything above. */
export const scenes: fc.Arbitrary<Scene> = configs.chain((config) =>
  fc.record({
    config: fc.constant(config),
    request: requests,
    draw: fc.option(draws(config), { nil: undefined, freq: 2 }),
    random: draws(config),
  }),
);
