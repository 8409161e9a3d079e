import { expect, test } from "vitest";
import { type AliasConfig, analyze, equivalent, movement } from "../../src/index.ts";
import { mutate, parseSuite, suggestSuite, verify } from "../../src/testing/index.ts";

const range = <T>(count: number, each: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => each(index));
const one = (combine_type: string, rules: readonly object[]): AliasConfig =>
  ({ name: "a", version: "v1", additional_version_strategy: { v2: { combine_type, rules } } }) as AliasConfig;
const header = (param: string, value: string) => ({ rule_type: "Header", param, op: value.includes(",") ? "in" : "=", value });

// Each took minutes, or the whole memory, where work grows with the square of the rules.
const SECONDS = 60;

test("a suite for `or` of 2,000 headers has a case for each rule", { timeout: SECONDS * 1_000 }, () => {
  const config = one(
    "or",
    range(2_000, (index) => header(`h${index}`, "x")),
  );
  const { suite, omitted } = suggestSuite(config);
  expect(suite.cases).toHaveLength(2_001);
  expect(omitted).toEqual([]);
});

test("a suite for `and` of 400 long headers has what fits, and says which rules have no case", { timeout: SECONDS * 1_000 }, () => {
  const config = one(
    "and",
    range(400, (index) => header(`header-${index}`, "x".repeat(400))),
  );
  const { suite, omitted } = suggestSuite(config);
  const checked = parseSuite({ ...suite, alias: config });
  expect(checked.diagnostics).toEqual([]);
  expect(verify(config, suite).failures).toEqual([]);
  const places = omitted.map(({ at }) => at);
  expect(new Set(omitted.map(({ why }) => why))).toEqual(new Set(["room"]));
  expect(new Set(places).size).toBe(places.length);
  // A case for each other rule, one that decides, and perhaps one in which each fails.
  const shown = suite.cases.length + places.length - 400;
  expect(shown).toBeGreaterThanOrEqual(1);
  expect(shown).toBeLessThanOrEqual(2);
  // What fits is most of what a suite may have.
  expect(JSON.stringify(suite).length).toBeGreaterThan(8 * 1_048_576);
});

test("a request that a suite cannot have is told", () => {
  const { omitted } = suggestSuite(one("or", [header(":method", "not a token"), header("x", "1")]));
  expect(omitted).toContainEqual({ at: "/additional_version_strategy/v2/rules/0", why: "written" });
});

test("each of 10,000 rules that are alike is idle but one", { timeout: SECONDS * 1_000 }, () => {
  const claims = analyze(
    one(
      "or",
      range(10_000, () => header("h", "x")),
    ),
  );
  expect(claims.filter(({ code }) => code === "rule-idle")).toHaveLength(9_999);
});

test("lists of 10,000 rules on one header are analyzed", { timeout: SECONDS * 1_000 }, () => {
  const lists = range(10_000, (index) => header("h", range(10, (item) => `a${(index * 10 + item * 7919) % 50_000}`).join(",")));
  expect(analyze(one("or", lists))).toHaveLength(5_000);
});

test("a suite for 2,000 sticky keys has a case for each", { timeout: SECONDS * 1_000 }, () => {
  const keys = range(2_000, (index) => ({ rule_type: "Header", param: `k${index}` }));
  const { suite, omitted } = suggestSuite({
    name: "a",
    version: "v1",
    additional_version_weights: { v2: 10 },
    stickiness: { keys, on_missing: "primary" },
  });
  expect(suite.cases).toHaveLength(2_005);
  expect(omitted).toEqual([]);
});

test("10,000 sticky keys are compared, alike or not", { timeout: SECONDS * 1_000 }, () => {
  const keyed = (weight: number, turned = false): AliasConfig => {
    const keys = range(10_000, (index) => ({ rule_type: "Header" as const, param: `k${index}` }));
    return {
      name: "a",
      version: "v1",
      additional_version_weights: { v2: weight },
      stickiness: { keys: turned ? keys.toReversed() : keys, on_missing: "primary" },
    };
  };
  expect(equivalent(keyed(10), keyed(10)).kind).toBe("equivalent");
  expect(movement(keyed(10), keyed(10))).toMatchObject({ unchanged: true, undecided: false });
  expect(movement(keyed(10), keyed(11))).toMatchObject({ moved: 100, shifts: [], unchanged: false, undecided: false });
  expect(movement(keyed(10), keyed(10, true))).toMatchObject({ shifts: [], unchanged: false, redrawn: true });
});

test(
  "every mistake in `and` over 60 headers has a request, also where a misspelt name is that of the next rule",
  { timeout: SECONDS * 1_000 },
  () => {
    const strategy = (version: number): [string, object] => [
      `v${version + 2}`,
      { combine_type: "and", rules: range(60, (index) => header(`h${index}`, range(8, (item) => `s${version}i${item}`).join(","))) },
    ];
    const config = { name: "a", version: "v1", additional_version_strategy: Object.fromEntries(range(20, strategy)) } as AliasConfig;
    const { outcomes } = mutate(config, { cases: [{ request: {}, expect: { version: "v1" } }] });
    expect(outcomes.filter(({ kind }) => kind === "unknown")).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(20_000);
  },
);
