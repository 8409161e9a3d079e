import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Code } from "../src/diagnostic.ts";
import { parse } from "../src/parse.ts";
import { configs, HOSTILE } from "./support/arbitrary.ts";
import { law } from "./support/law.ts";

const schema = JSON.parse(readFileSync(new URL("../docs/alias.schema.json", import.meta.url), "utf8")) as object;
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
const values: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  ...HOSTILE,
  ...[null, true, false, [], {}, [null], { "": 1 }, 0, -0, 0.01, 0.005, 33.33, 33.333, 100, 100.01, -1, 1e300, 10_000],
  ...["", " ", "\t", ",", " , ,\t", ", a", "v1", "v2", "v 1", "-v1", "1", "latest", "ѵ2", "v2\n", "~", "v".repeat(256), "v".repeat(257)],
  ...["and", "OR", "aNd", "xor", "=", "==", "in", "IN", "in ", "Header", "HEADER", "Coo\u212Aie", "cookie", "query", "Attribute", "Body"],
  ...[
    "x-a",
    "X_B",
    "a b",
    "a:b",
    ":path",
    ":PATH",
    ":scheme",
    "primary",
    "random",
    "Primary",
    "alias",
    "a-",
    "a".repeat(64),
    "a".repeat(65),
  ],
  ...["d".repeat(512), "d".repeat(513), "\u{1F600}".repeat(512), "\u{1F600}".repeat(513), "a".repeat(4_096), "a".repeat(4_097)],
  ...[["v1", "v2"], ["v1", "v1"], [[]], [{}], { v1: 5 }, { v2: 5 }, { v2: 60, v3: 60 }, { v2: { rules: [] } }, { rules: [] }, { "v 2": 1 }],
  ...[
    { rule_type: "Cookie", param: "a" },
    { rule_type: "Header", param: "x", op: "=", value: "1" },
  ],
);

const keys: fc.Arbitrary<string> = fc.constantFrom(
  ...["name", "version", "description", "additional_version_weights", "additional_version_strategy", "additional_version_order"],
  ...[
    "stickiness",
    "last_modified",
    "alias_urn",
    "combine_type",
    "rules",
    "rule_type",
    "param",
    "op",
    "value",
    "keys",
    "seed",
    "on_missing",
  ],
  ...["__proto__", "constructor", "toString", "v1", "v2", "v3", "", "a/b", "v 2", "$schema"],
);

/** One change of a config: which of its values, what to do with it, and with what. */
type Edit = readonly [where: number, kind: "set" | "add" | "remove" | "double", key: string, value: unknown];

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.tuple(fc.nat(), fc.constantFrom("set", "set", "add", "remove", "double"), keys, values),
  { maxLength: 3 },
);

/** A copy of the config with one change; keys are set as `JSON.parse` sets them. */
function edited(config: unknown, [where, kind, key, value]: Edit): unknown {
  const copy = structuredClone(config);
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
    case "double":
      if (Array.isArray(container)) container.push(container[Number(name)]);
      else put(container, key, Reflect.get(container, name));
      return copy;
  }
}

function put(container: object, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value: structuredClone(value), writable: true, enumerable: true, configurable: true });
}

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
