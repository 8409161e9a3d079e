import { describe, expect, test } from "vitest";
import { type AliasConfig, type NodeRequest, type RuleConfig, shares } from "../../src/index.ts";
import { backEnds } from "../support/backends.ts";

// Configs at the budgets, each the worst of its kind for some back end: they are served, and alike. The runner's time-out is the bound.

const range = <T>(count: number, each: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => each(index));
const rule = (rule_type: string, param: string, value = "x", op = "="): RuleConfig => ({ rule_type, param, op, value });
const one = (combine_type: string, rules: RuleConfig[]): AliasConfig => ({
  version: "v1",
  name: "worst",
  additional_version_strategy: { v2: { combine_type, rules } },
});
const strategies = (combine_type: string, rulesOf: (strategy: number) => RuleConfig[]): AliasConfig => ({
  version: "v1",
  name: "worst",
  additional_version_strategy: Object.fromEntries(range(64, (index) => [`w${index}`, { combine_type, rules: rulesOf(index) }])),
});
const sticky = (rule_type: string): AliasConfig => ({
  version: "v1",
  name: "worst",
  additional_version_weights: { v2: 100 },
  stickiness: { keys: range(10_000, (index) => ({ rule_type, param: `k${index}` })), on_missing: "primary" },
});
const headers = (names: readonly string[]): NodeRequest => ({ headers: Object.fromEntries(names.map((name) => [name, "x"])) });

const worst: readonly (readonly [name: string, config: AliasConfig, held: NodeRequest, version: string, missed: NodeRequest])[] = [
  [
    "7,000 ids in a list",
    one("or", [rule("Header", "id", range(7_000, String).join(), "in")]),
    { headers: { id: "6999" } },
    "v2",
    { headers: { id: "7000" } },
  ],
  [
    "100,000 items in a list",
    one("or", [rule("Header", "id", range(100_000, (index) => `u${index}`).join(), "in")]),
    { headers: { id: "u99999" } },
    "v2",
    { headers: { id: "u" } },
  ],
  [
    "50,000 values of a cookie",
    one("or", [rule("Cookie", "id", range(50_000, (index) => `u${index * 7_919}`).join(), "in")]),
    { headers: { cookie: "id=u7919" } },
    "v2",
    { headers: { cookie: "id=u1" } },
  ],
  [
    "`and` over 10,000 headers",
    one(
      "and",
      range(10_000, (index) => rule("Header", `h${index}`)),
    ),
    headers(range(10_000, (index) => `h${index}`)),
    "v2",
    headers(range(9_999, (index) => `h${index}`)),
  ],
  [
    "`or` over 10,000 headers",
    one(
      "or",
      range(10_000, (index) => rule("Header", `h${index}`)),
    ),
    headers(["h9999"]),
    "v2",
    headers(["h10000"]),
  ],
  [
    "`or` over 10,000 lists of one header",
    one(
      "or",
      range(10_000, (index) => rule("Header", "h", range(10, (item) => `a${index}x${item}`).join(), "in")),
    ),
    { headers: { h: "a9999x9" } },
    "v2",
    { headers: { h: "a9999x10" } },
  ],
  [
    "`and` over 10,000 lists of one header",
    one(
      "and",
      range(10_000, (index) => rule("Header", "h", `same,b${index}`, "in")),
    ),
    { headers: { h: "same" } },
    "v2",
    { headers: { h: "b1" } },
  ],
  [
    "64 strategies of 156 headers, `and`",
    strategies("and", (strategy) => range(156, (index) => rule("Header", `h${strategy}x${index}`))),
    headers(range(156, (index) => `h63x${index}`)),
    "w63",
    headers(range(155, (index) => `h63x${index}`)),
  ],
  [
    "64 strategies of 156 parameters, `or`",
    strategies("or", (strategy) => range(156, (index) => rule("Query", `q${strategy}x${index}`))),
    { headers: {}, url: `/?${range(500, (index) => `a${index}=%20`).join("&")}&q63x155=x` },
    "w63",
    { headers: {}, url: "/?q63x156=x" },
  ],
  [
    "`or` over 10,000 parameters",
    one(
      "or",
      range(10_000, (index) => rule("Query", `q${index}`)),
    ),
    { headers: {}, url: `/?${range(3_000, (index) => `a${index}`).join("&")}&q9999=x` },
    "v2",
    { headers: {}, url: "/?q9999=y" },
  ],
  ["10,000 sticky headers", sticky("Header"), headers(["k9999"]), "v2", headers(["k10000"])],
  ["10,000 sticky cookies", sticky("Cookie"), { headers: { cookie: "k9999=x" } }, "v2", { headers: { cookie: "k10000=x" } }],
];

describe.each(worst)("%s", (_, config, held, version, missed) => {
  test.each(backEnds.map((backEnd) => [backEnd.name, backEnd] as const))("%s", (__, { compile }) => {
    const run = compile(config);
    expect(run(held).version).toBe(version);
    expect(run(missed).version).toBe("v1");
  });

  test("shares", () => {
    expect(shares(config, held)[version as "v1"]).toBe(10_000);
  });
});
