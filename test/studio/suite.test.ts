import { expect, test } from "vitest";
import { explain, plan } from "../../src/index.ts";
import { caseOf, expectedOf, suiteName, withCases } from "../../src/studio/suite/case.ts";
import { missingCases, runMutants, runSuite, type SuiteText } from "../../src/studio/suite/run.ts";
import { requestOfRows } from "../../src/studio/ask/request.ts";
import type { Row, State } from "../../src/studio/state.ts";
import { parseText } from "../../src/alias/surface.ts";
import { parseYaml } from "../../src/yaml/index.ts";

const ALIAS = `name: shop
version: v1
additional_version_weights: { v2: 10 }
additional_version_strategy:
  v3: { rules: [{ rule_type: Cookie, param: beta, op: in, value: "on,yes" }] }
`;

const stateOf = (suite: string, rows: readonly Row[] = [], slot?: number): State => ({
  docs: [{ id: 0, name: "shop.yaml", text: ALIAS, kept: ALIAS }],
  active: 0,
  other: undefined,
  profile: "extended",
  tab: "suite",
  rows,
  slot,
  suite,
});

const given = (text: string, alias: string = ALIAS, name = "shop.yaml"): SuiteText => ({
  text,
  active: 0,
  docs: [{ name, source: { text: alias, json: false, profile: "extended" } }],
});

function planOf(text: string): ReturnType<typeof plan> {
  const checked = text.startsWith("{") ? parseText(text) : parseYaml(text);
  if (!checked.ok) throw new Error("the alias of the test has errors");
  return plan(checked.value);
}

/** The suite that Ask writes for a request. */
function saved(rows: readonly Row[], slot: number | undefined, suite = ""): string {
  const request = requestOfRows(rows);
  if ("fault" in request) throw new Error(request.fault);
  const alias = planOf(ALIAS);
  const draw = slot === undefined ? undefined : (slot + 0.5) / 10_000;
  const state = stateOf(suite, rows, slot);
  return withCases(state, [caseOf(state, "mine", expectedOf(alias, request, explain(alias, request, draw, { random: () => 0 })))]) ?? "";
}

test("a request that is asked becomes a case of a new suite, which passes", () => {
  const rows: readonly Row[] = [
    { part: "method", name: "", value: "POST" },
    { part: "path", name: "", value: "/cart" },
    { part: "host", name: "", value: "shop.example" },
    { part: "header", name: "x-a", value: "1" },
    { part: "header", name: "x-a", value: "2" },
    { part: "cookie", name: "beta", value: "on" },
    { part: "query", name: "q", value: "a b" },
    { part: "attribute", name: "tenant", value: "1.10" },
  ];
  const text = saved(rows, undefined);
  expect(text).toBe(`title: shop
alias: ./shop.yaml
cases:
  - name: mine
    request:
      method: POST
      path: /cart
      host: shop.example
      headers:
        x-a:
          - "1"
          - "2"
      cookies:
        beta: "on"
      query:
        q: a b
      attributes:
        tenant: "1.10"
    expect:
      version: v3
`);
  expect(runSuite(given(text))).toMatchObject({ diagnostics: [], counts: { passed: 1, failed: 0 } });
});

test("a random draw is expected as shares, or as the version of the slot that was chosen", () => {
  const random = saved([], undefined);
  expect(random).toContain("split:\n        v1: 90\n        v2: 10\n");
  const drawn = saved([], 500, random);
  expect(drawn).toContain("draw: 0.05005\n    expect:\n      version: v2\n");
  expect(runSuite(given(drawn)).counts).toEqual({ passed: 2, failed: 0, skip: 0, todo: 0 });
});

test("a case goes behind those that are there, in YAML and JSON, and a text with errors is left alone", () => {
  expect(withCases(stateOf("cases: # mine\n  - expect: { version: v1 }\n"), [{ expect: { version: "v2" } }])).toBe(
    "cases: # mine\n  - expect: { version: v1 }\n  - expect:\n      version: v2\n",
  );
  expect(withCases(stateOf('{"cases":[{"expect":{"version":"v1"}}]}'), [{ expect: { version: "v2" } }])).toBe(
    '{"cases":[{"expect":{"version":"v1"}}, {"expect":{"version":"v2"}}]}',
  );
  expect(withCases(stateOf('{"cases":'), [{ expect: { version: "v2" } }])).toBeUndefined();
  for (const text of ["[1]", "words", "a: 1\na: 2\n", "null"])
    expect(withCases(stateOf(text), [{ expect: { version: "v2" } }])).toBeUndefined();
  expect(withCases(stateOf("cases: [{"), [{ expect: { version: "v2" } }])).toBeUndefined();
});

test("the file of a suite is one that the command finds", () => {
  expect([suiteName(stateOf("")), suiteName(stateOf('{"cases":[]}'))]).toEqual(["shop.alias-test.yaml", "shop.alias-test.json"]);
});

test("cases fail with what came, are left out with the reason, and laws are proved", () => {
  const text = `alias: ./shop.yaml
cases:
  - { name: right, request: { cookies: { beta: "on" } }, expect: { version: v3 } }
  - { name: wrong, request: { cookies: { beta: "on" } }, expect: { version: v2 } }
  - { name: later, skip: not yet, expect: { version: v2 } }
laws:
  - never: { version: v3, unless: [{ cookies: { beta: "on" } }, { cookies: { beta: "yes" } }] }
  - always: { version: v1 }
`;
  const { counts, results } = runSuite(given(text));
  expect(counts).toEqual({ passed: 2, failed: 2, skip: 1, todo: 0 });
  expect(results.map(({ kind }) => kind)).toEqual(["failed", "failed", "skip", "passed", "passed"]);
  expect(results[0]).toMatchObject({ at: "/cases/1", title: "wrong", message: expect.stringMatching(/expected v2[^]*got v3/) });
  expect(results[0]?.explanation).toContain("strategy v3: holds");
  expect(results[2]).toMatchObject({ at: "/cases/2", message: "not yet" });
});

test("what is wrong with a suite is said, and it is not run", () => {
  const told = (text: string): readonly string[] => runSuite(given(text)).diagnostics.map(({ code }) => code);
  expect(told("cases: []\n")).toEqual(["case-expect"]);
  expect(told("cases: [{ expect: { version: v9 } }]\n")).toEqual(["case-version"]);
  expect(told("cases: [\n")).toEqual(["syntax"]);
  expect(told("a: 1\na: 2\n")).toContain("duplicate-key");
  expect(told("alias: ./other.yaml\ncases: [{ expect: { version: v1 } }]\n")).toEqual(["unreadable"]);
});

test("what the cases see of each strategy, rule and arm of the active alias is told", () => {
  const text = 'cases:\n  - { request: { cookies: { beta: "on" } }, expect: { version: v3 } }\n';
  const { coverage } = runSuite(given(text));
  expect(coverage).toMatchObject({ seen: 2, possible: 6 });
  expect(coverage?.points.map(({ at, sights }) => [at, sights.map(({ sight, cases }) => `${sight} ${cases}`).join()])).toEqual([
    ["/additional_version_strategy/v3", "decided 1,failed 0"],
    ["/additional_version_strategy/v3/rules/0", "held 1,failed 0"],
    ["/additional_version_weights/v2", "decided 0"],
    ["/version", "decided 0"],
  ]);
  expect(runSuite(given("alias: { version: v1 }\ncases: [{ expect: { version: v1 } }]\n")).coverage).toBeUndefined();
});

test("mistakes that no case notices are listed with a request that would, and the missing cases notice them", () => {
  const thin = 'cases:\n  - { request: { cookies: { beta: "on" } }, expect: { version: v3 } }\n';
  const looked = runMutants(given(thin));
  if (looked.kind !== "looked") throw new Error("too many");
  expect(looked.survivors.map(({ at, mistake }) => `${at} ${mistake}`)).toContain("/additional_version_weights/v2 the weight 10 is 9.99");
  expect(looked.lived).toBeGreaterThan(3);
  const state = stateOf(thin);
  const whole = withCases(state, missingCases(given(thin))) ?? "";
  expect(runSuite(given(whole)).coverage).toMatchObject({ seen: 6, possible: 6 });
  expect(runMutants(given(whole))).toMatchObject({ kind: "looked", lived: 0, survivors: [] });
  const fresh = withCases(stateOf(""), missingCases(given(""))) ?? "";
  expect(runSuite(given(fresh)).counts).toMatchObject({ failed: 0 });
  expect(runMutants(given(fresh))).toMatchObject({ lived: 0 });
});

test("an alias with very many mistakes to try is left to the command", () => {
  const rules = Array.from({ length: 700 }, (_, index) => ({ rule_type: "Header", param: `x-${index}`, op: "=", value: "a" }));
  const alias = JSON.stringify({ version: "v1", additional_version_strategy: { v2: { combine_type: "or", rules } } });
  const strategies = Object.fromEntries([2, 3, 4].map((each) => [`v${each}`, { combine_type: "or", rules }]));
  const many = JSON.stringify({ version: "v1", additional_version_strategy: strategies });
  expect(runMutants(given("cases: [{ expect: { version: v1 } }]", alias, "a.json"))).toMatchObject({ kind: "looked" });
  expect(runMutants(given("cases: [{ expect: { version: v1 } }]", many, "a.json"))).toMatchObject({ kind: "many" });
});
