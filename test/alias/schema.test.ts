import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Code } from "../../src/document/diagnostic.ts";
import { parse } from "../../src/alias/parse.ts";
import { configs, HOSTILE } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

const schema = JSON.parse(readFileSync(new URL("../../docs/alias.schema.json", import.meta.url), "utf8")) as object;
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: false }).compile(schema);

/** What a schema cannot say, and why. */
const BEYOND: ReadonlySet<Code> = new Set<Code>([
  "weight", // steps of 0.01: `multipleOf` computes in binary fractions
  "weight-sum", // a sum
  "primary-weight", // a key that is the value of another
  "over-budget", // counts over the whole config, and lengths in UTF-16 units
]);

/** Compares the verdicts on a config that came as JSON. */
function compare(config: unknown): { readonly parsed: boolean; readonly valid: boolean } {
  const { ok: parsed, diagnostics } = parse(config);
  const valid = validate(config);
  if (parsed) expect(validate.errors ?? []).toEqual([]);
  if (valid) {
    const unsaid = diagnostics.filter(({ severity, code }) => severity === "error" && !BEYOND.has(code));
    expect(unsaid).toEqual([]);
  }
  return { parsed, valid };
}

/** Words and values at the edges of what is allowed. */
const WORDS = [
  "",
  " ",
  "\t",
  ",",
  " , ,\t",
  ", a",
  "v1",
  "v2",
  "v 1",
  "-v1",
  "1",
  "latest",
  "ѵ2",
  "v2\n",
  "~",
  "v".repeat(256),
  "v".repeat(257),
];
const ENUMS = [
  "and",
  "OR",
  "aNd",
  "xor",
  "=",
  "==",
  "in",
  "IN",
  "in ",
  "Header",
  "HEADER",
  "Coo\u212Aie",
  "cookie",
  "query",
  "Attribute",
  "Body",
];
const NAMES = ["x-a", "X_B", "a b", "a:b", ":path", ":PATH", ":scheme", "primary", "random", "Primary", "alias", "a-"];
const LONG = ["a", "d", "\u{1F600}"].flatMap((letter) => [64, 65, 512, 513, 4_096, 4_097].map((length) => letter.repeat(length)));
const NUMBERS = [0, -0, 0.01, 0.005, 33.33, 33.333, 60, 100, 100.01, -1, 1e300, 10_000];
const SHAPES = [
  null,
  true,
  [],
  {},
  [null],
  ["v1", "v2"],
  ["v1", "v1"],
  [[]],
  { v1: 5 },
  { v2: 5 },
  { v2: 60, v3: 60 },
  { v2: { rules: [] } },
  { "v 2": 1 },
  { rule_type: "Cookie", param: "a" },
  { rule_type: "Header", param: "x", op: "=", value: "1" },
];
const values = fc.constantFrom<unknown>(...HOSTILE, ...WORDS, ...ENUMS, ...NAMES, ...LONG, ...NUMBERS, ...SHAPES);

const KNOWN =
  "name version description additional_version_weights additional_version_strategy additional_version_order stickiness last_modified " +
  "alias_urn combine_type rules rule_type param op value keys seed on_missing";
const OTHER = ["__proto__", "constructor", "toString", "v1", "v2", "v3", "", "a/b", "v 2", "$schema"];
const keys: fc.Arbitrary<string> = fc.constantFrom(...KNOWN.split(" "), ...OTHER);

/** One change of a config: which of its values, what to do with it, and with what. */
type Edit = readonly [where: number, kind: "set" | "add" | "remove" | "double" | "weigh", key: string, value: unknown];

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom("set", "set", "add", "remove", "double", "weigh"), keys, values),
  { maxLength: 3 },
);

/** A copy of the config with one change; keys are set as `JSON.parse` sets them. */
function edited(config: unknown, [where, kind, key, value]: Edit): unknown {
  if (typeof config !== "object" || config === null) return value;
  const copy = structuredClone(config) as object;
  const places: [container: object, key: string][] = [];
  const visit = (container: unknown): void => {
    if (typeof container !== "object" || container === null) return;
    for (const [name, inner] of Object.entries(container)) {
      places.push([container, name]);
      visit(inner);
    }
  };
  visit(copy);
  const [container, name] = places[where % places.length] ?? [undefined, ""];
  if (container === undefined) return value;
  switch (kind) {
    case "set":
      put(container, name, value);
      return copy;
    case "add":
      if (Array.isArray(container)) container.push(value);
      else put(container, key, value);
      return copy;
    case "remove":
      if (Array.isArray(container)) container.splice(Number(name), 1);
      else Reflect.deleteProperty(container, name);
      return copy;
    case "weigh":
      put(copy, "additional_version_weights", { v2: NUMBERS[where % NUMBERS.length], [key]: 50 });
      return copy;
    case "double":
      if (Array.isArray(container)) container.push(container[Number(name)]);
      else put(container, key, Reflect.get(container, name));
      return copy;
  }
}

function put(container: object, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value: structuredClone(value), writable: true, enumerable: true, configurable: true });
}

/** Says everything that an alias can. */
const full = {
  name: "alias",
  version: "v1",
  description: "d",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: {
    v2: {
      combine_type: "or",
      rules: [
        { rule_type: "Header", param: "x-a", op: "=", value: "1" },
        { rule_type: "Cookie", param: "a", op: "in", value: "1,2" },
        { rule_type: "Query", param: "a", op: "=", value: "" },
        { rule_type: "Attribute", param: "a", op: "=", value: "1" },
      ],
    },
    v3: { rules: [{ rule_type: "Query", param: "a", op: "in", value: "1" }] },
  },
  additional_version_order: ["v2"],
  stickiness: { keys: [{ rule_type: "Cookie", param: "uid" }], seed: "s", on_missing: "random" },
  last_modified: "2019-10-31 11:37:58",
  alias_urn: "urn",
};

/** As many names as asked for, with a value each. */
function many<T>(count: number, value: T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`w${index}`, value]));
}

/** Configs at the budgets, just within and just over. */
const CROWDED: readonly unknown[] = [0, 1].flatMap((over) => {
  const rule = { rule_type: "Cookie", param: "uid", op: "=", value: "1" };
  const key = { rule_type: "Cookie", param: "uid" };
  return [
    { version: "v1", additional_version_weights: many(64 + over, 0) },
    { version: "v1", additional_version_strategy: { ...many(64 + over, { rules: [rule] }), v1: { rules: [rule] } } },
    { version: "v1", additional_version_order: [...Object.keys(many(64 + over, 0)), "v1"] },
    {
      version: "v1",
      additional_version_strategy: { v2: { combine_type: "or", rules: Array.from({ length: 10_000 + over }, () => rule) } },
    },
    { version: "v1", stickiness: { keys: Array.from({ length: 10_000 + over }, () => key), seed: "", on_missing: "random" } },
  ];
});

/** What chance would seldom make. */
const RARE: readonly unknown[] = [
  null,
  "v1",
  1,
  [],
  { version: "v1", stickiness: null },
  { ...full, stickiness: { ...full.stickiness, seed: null }, name: null },
  { ...full, stickiness: { ...full.stickiness, seed: "s".repeat(4_097) } },
  { version: "v1", additional_version_strategy: { v2: { ...full.additional_version_strategy.v2, combine_type: null } } },
  { version: "v1", additional_version_strategy: { v2: { rules: full.additional_version_strategy.v2.rules } } },
  { version: "v1", additional_version_strategy: { v2: { rules: [] } } },
  { version: "v1", additional_version_strategy: { "": { rules: [full.additional_version_strategy.v2.rules[0]] } } },
];

/** Each way to leave one keyword out of the schema, with a name for it. */
function* without(schemaPart: unknown, pointer = ""): Generator<[name: string, schema: unknown]> {
  if (typeof schemaPart !== "object" || schemaPart === null) return;
  for (const [key, inner] of Object.entries(schemaPart)) {
    const name = `${pointer}/${key}`;
    const replaced = (value: unknown): unknown =>
      Array.isArray(schemaPart) ? schemaPart.with(Number(key), value) : { ...schemaPart, [key]: value };
    if (KEYWORDS.has(key) && !/properties$/i.test(pointer))
      yield [name, Object.fromEntries(Object.entries(schemaPart).filter(([other]) => other !== key))];
    for (const [deeper, changed] of without(inner, name)) yield [deeper, replaced(changed)];
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(
  "type required additionalProperties pattern maxLength minLength maxProperties propertyNames minimum maximum maxItems minItems uniqueItems items enum anyOf then".split(
    " ",
  ),
);

describe("the schema and the reader", () => {
  const verdicts = { accepted: 0, refused: 0, beyond: 0 };
  law(
    "agree on configs, whole and damaged",
    fc.tuple(configs, edits),
    ([config, changes]) => {
      const { parsed, valid } = compare(changes.reduce<unknown>(edited, JSON.parse(JSON.stringify(config))));
      verdicts[parsed ? "accepted" : valid ? "beyond" : "refused"]++;
    },
    10_000,
  );

  test("are tried on configs that both accept, that both refuse, and that only the reader refuses", () => {
    expect(verdicts.accepted).toBeGreaterThan(2_000);
    expect(verdicts.refused).toBeGreaterThan(2_000);
    expect(verdicts.beyond).toBeGreaterThan(100);
  });

  law("agree on JSON of any shape", fc.json({ maxDepth: 4 }), (json) => void compare(JSON.parse(json)));

  test("agree on each value at each place of a config that says everything", () => {
    expect(compare(full)).toEqual({ parsed: true, valid: true });
    let tried = 0;
    for (const value of fc.sample(values, { numRuns: 2_000, seed: 1 })) {
      for (const kind of ["set", "add"] as const) {
        compare(edited(full, [tried++, kind, "v4", value]));
      }
    }
    for (let where = 0; where < 60; where++) {
      for (const kind of ["remove", "double"] as const) compare(edited(full, [where, kind, "colour", null]));
    }
  });

  test("agree on what chance would seldom make", () => {
    for (const config of RARE) compare(config);
  });

  test("agree at the budgets", () => {
    for (const [index, config] of CROWDED.entries()) {
      const within = index < CROWDED.length / 2;
      expect(compare(config)).toEqual({ parsed: within, valid: within });
    }
  });

  test("are compared on every keyword of the schema: without it, a verdict is another", () => {
    const damaged = fc
      .tuple(configs, edits)
      .map(([config, changes]) => changes.reduce<unknown>(edited, JSON.parse(JSON.stringify(config))));
    const everywhere = fc.sample(values, { numRuns: 1_500, seed: 1 }).map((value, where) => edited(full, [where, "set", "", value]));
    const examples = [...RARE, ...everywhere, ...fc.sample(damaged, { numRuns: 2_000, seed: 1 }), ...CROWDED].map((config) => ({
      config,
      valid: validate(config),
    }));
    const ajv = new Ajv2020({ strict: false, validateSchema: false });
    const variants = [...without(schema)];
    expect(variants.length).toBeGreaterThan(70);
    const idle = variants.filter(([, variant]) => {
      const accepts = ajv.compile(variant as object);
      return examples.every(({ config, valid }) => accepts(config) === valid);
    });
    expect(idle.map(([name]) => name)).toEqual([]);
  }, 60_000);

  test("know the same keys, each with a title and a description", () => {
    const { properties } = schema as {
      readonly properties: Readonly<Record<string, { title?: string; description?: string; $ref?: string }>>;
    };
    const help = parse({ version: "v1", colour: 1 }).diagnostics[0]?.help ?? "";
    expect([...help.matchAll(/`([a-z_]+)`/g)].map(([, key]) => key).toSorted()).toEqual(Object.keys(properties).toSorted());
    const { $defs } = schema as { readonly $defs: typeof properties };
    for (const [key, { title, description, $ref }] of Object.entries(properties)) {
      const shared = $defs[$ref?.replace("#/$defs/", "") ?? ""];
      expect([key, title ?? shared?.title, description ?? shared?.description]).toEqual([key, expect.any(String), expect.any(String)]);
    }
  });
});
