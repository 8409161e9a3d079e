import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, nodeReader, plan, toRequest } from "../../src/index.ts";
import { sharesOf } from "../../src/route/shares.ts";
import {
  type CaseConfig,
  coverage,
  type ExpectationConfig,
  mutants,
  mutate,
  parseSuite,
  ratio,
  suggestCases,
  type SuiteConfig,
  verify,
} from "../../src/testing/index.ts";
import { aliasConfigs, requestsFor } from "../../src/testing/arbitraries.ts";
import { configs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

const ALIAS = {
  name: "checkout",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: {
    v3: {
      combine_type: "and",
      rules: [
        { rule_type: "Header", param: "x-env", op: "=", value: "beta" },
        { rule_type: "Cookie", param: "group", op: "in", value: "a,b" },
      ],
    },
  },
};

const beta = { headers: { "X-Env": "beta" }, cookies: { group: "a" } };

describe("a case passes", () => {
  test.each<[string, object, ExpectationConfig]>([
    ["by a rule, for every draw", { request: beta }, { version: "v3", reason: "rule", at: "/additional_version_strategy/v3" }],
    ["by a rule, for a draw that is given", { request: beta, draw: 0.01 }, { version: "v3" }],
    ["by the draw", { draw: 0.09995 }, { version: "v2", reason: "split", at: "/additional_version_weights/v2" }],
    ["by the draw beside it", { draw: 0.10005 }, { version: "v1", at: "/version" }],
    ["with exact shares", {}, { split: { v1: 90, v2: 10 } }],
    ["with shares of a rule", { request: beta }, { split: { v3: 100 } }],
    ["with a reason alone", {}, { reason: "split" }],
  ])("%s", (_, fields, expected) => {
    expect(verify(ALIAS, { cases: [{ ...fields, expect: expected }] }).failures).toEqual([]);
  });
});

describe("a case fails", () => {
  test.each<[string, object, ExpectationConfig]>([
    ["on another version", { request: beta }, { version: "v1" }],
    ["on a version that only some draws get", {}, { version: "v1" }],
    ["on a version that the lowest draw gets", {}, { version: "v2" }],
    ["on a place at which only some draws end", {}, { at: "/additional_version_weights/v2" }],
    ["on another reason", { request: beta }, { version: "v3", reason: "split" }],
    ["on another place", { request: beta }, { version: "v3", at: "/version" }],
    ["on shares that are off by a slot", {}, { split: { v1: 90.01, v2: 9.99 } }],
    ["on shares where one version gets everything", { request: beta }, { split: { v1: 90, v2: 10 } }],
    ["on shares of a version that gets everything", { request: beta }, { split: { v3: 90, v1: 10 } }],
    ["on the slot beside it", { draw: 0.10005 }, { version: "v2" }],
  ])("%s", (_, fields, expected) => {
    expect(verify(ALIAS, { cases: [{ ...fields, expect: expected }] }).failures).toHaveLength(1);
  });

  test("and shows what was expected, what came, and every rule", () => {
    const [failure] = verify(ALIAS, {
      cases: [{ name: "beta", request: { headers: { "x-env": "beta" } }, expect: { version: "v3" } }],
    }).failures;
    expect(`${failure?.case.title}: ${failure?.message}\n${failure?.explanation}`).toMatchInlineSnapshot(`
      "beta: expected v3
           got v2 10 %, v1 90 %  (split, by the draw)
      v2 10.00 %, v1 90.00 %  (split)

      strategy v3: does not hold, wants every rule  /additional_version_strategy/v3
        ✓ header x-env = \`beta\`: is \`beta\`
        ✗ cookie group in \`a\`, \`b\`: absent

      the draw is random
          v2  slots 0–999      10.00 %  /additional_version_weights/v2
          v1  slots 1000–9999  90.00 %  /version"
    `);
  });
});

test("cases may have aliases of their own", () => {
  const cases = [
    { alias: { version: "w1" }, expect: { version: "w1" } },
    { request: beta, expect: { version: "v3" } },
  ];
  expect(verify(ALIAS, { cases }).passed).toBe(2);
  expect(verify(undefined, { cases }).failures.map(({ message }) => message)).toEqual(["there is no alias to ask"]);
});

law(
  "a case that expects what the oracle decides passes, and fails for another version",
  fc
    .tuple(aliasConfigs(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
    .chain(([config, draw]) => requestsFor(config).map((request) => ({ config, draw, request }))),
  ({ config, draw, request }) => {
    const expected = decide(config, request, draw);
    const suite = (version: string): SuiteConfig => ({ cases: [{ request: request as object, draw, expect: { version } }] });
    expect(verify(config, suite(expected.version)).failures).toEqual([]);
    const [other] = plan(config).versions.filter((version) => version !== expected.version);
    if (other !== undefined) expect(verify(config, suite(other)).passed).toBe(0);
  },
);

describe("coverage", () => {
  const of = (cases: SuiteConfig["cases"], alias: SuiteConfig["alias"] = ALIAS) => {
    const checked = parseSuite({ alias, cases });
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
    return coverage(checked.value);
  };

  test("counts what was seen of every strategy, rule and arm", () => {
    const [covered] = of([{ request: beta, expect: { version: "v3" } }]);
    expect(covered?.points.map(({ at, sights }) => [at, ...sights.map(({ sight, cases }) => `${sight} ${cases}`)])).toEqual([
      ["/additional_version_strategy/v3", "decided 1", "failed 0"],
      ["/additional_version_strategy/v3/rules/0", "held 1", "failed 0"],
      ["/additional_version_strategy/v3/rules/1", "held 1", "failed 0"],
      ["/additional_version_weights/v2", "decided 0"],
      ["/version", "decided 0"],
    ]);
    expect([covered?.seen, covered?.possible]).toEqual([3, 8]);
  });

  test("does not want what no request can show", () => {
    const rule = { rule_type: "Header", param: "a", op: "=", value: "1" };
    const dead = { version: "v1", additional_version_strategy: { v2: { combine_type: "and", rules: [rule, { ...rule, value: "2" }] } } };
    const [covered] = of([{ request: { headers: { a: "1" } }, expect: { version: "v1" } }], dead);
    expect(covered?.points[0]?.sights).toEqual([
      { sight: "decided", cases: 0, laws: 0, possible: false },
      { sight: "failed", cases: 1, laws: 0, possible: true },
    ]);
  });

  test("what could not be read was not seen", () => {
    const checked = parseSuite({
      alias: {
        version: "v1",
        additional_version_strategy: {
          v2: {
            combine_type: "and",
            rules: [
              { rule_type: "Header", param: "x-env", op: "=", value: "beta" },
              { rule_type: "Attribute", param: "tenant", op: "=", value: "acme" },
            ],
          },
          v3: { rules: [{ rule_type: "Header", param: "x-env", op: "=", value: "beta" }] },
        },
      },
      cases: [{ request: { headers: { "x-env": "beta" } }, expect: { version: "v1" } }],
    });
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
    const [one] = checked.value.cases;
    const request = {
      headers: { "x-env": "beta" },
      get attributes(): never {
        throw new Error("gone");
      },
    };
    const [covered] = coverage({ ...checked.value, cases: one === undefined ? [] : [{ ...one, request }] });
    const seen = covered?.points.flatMap(({ at, sights }) => sights.flatMap(({ sight, cases }) => (cases > 0 ? [`${sight} ${at}`] : [])));
    expect(seen).toEqual(["held /additional_version_strategy/v2/rules/0"]);
  });

  test("a draw that is left to chance reaches every arm", () => {
    expect(ratio(of([{ expect: { split: { v1: 90, v2: 10 } } }, { request: beta, expect: { version: "v3" } }]))).toBe(1);
  });
});

law(
  "a suggested suite passes, covers all that can be covered, and survives being written",
  configs,
  (config) => {
    const suite = suggestCases(config);
    const checked = parseSuite(JSON.parse(JSON.stringify({ ...suite, alias: config })));
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
    expect(verify(undefined, checked.value).failures.map(({ message }) => message)).toEqual([]);
    for (const each of coverage(checked.value)) expect(each.seen).toBe(each.possible);
  },
  60,
);

test("no case of a suggested suite could be left out: it covers or kills something, or it is an end of an arm", () => {
  const suite = suggestCases(ALIAS);
  const score = (cases: readonly CaseConfig[]): string => {
    const checked = parseSuite({ alias: ALIAS, cases });
    const killed = mutate(ALIAS, { cases }).outcomes.filter(({ kind }) => kind === "killed").length;
    return `${checked.ok ? ratio(coverage(checked.value)) : 0} ${killed}`;
  };
  const whole = score(suite.cases);
  const ends = [0.00005, 0.09995, 0.10005, 0.99995];
  expect(suite.cases.flatMap(({ draw }) => (draw === undefined ? [] : [draw]))).toEqual(ends);
  suite.cases.forEach(({ draw }, index) => {
    if (draw === undefined) expect(score(suite.cases.toSpliced(index, 1)), `without case ${index}`).not.toBe(whole);
  });
});

describe("mutate", () => {
  test("names each mistake once", () => {
    const mistakes = mutants({ ...ALIAS, stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" } }).map(
      ({ at, mistake }) => `${at}: ${mistake}`,
    );
    expect(mistakes).toMatchInlineSnapshot(`
      [
        "/additional_version_strategy/v3: the strategy for \`v3\` is gone",
        "/additional_version_strategy/v3/combine_type: \`or\` in place of \`and\`",
        "/additional_version_strategy/v3/rules/0: the rule is gone",
        "/additional_version_strategy/v3/rules/0: the name \`x-env\` is \`x-enw\`",
        "/additional_version_strategy/v3/rules/0: the value \`beta\` is \`betb\`",
        "/additional_version_strategy/v3/rules/1: the rule is gone",
        "/additional_version_strategy/v3/rules/1: the name \`group\` is \`grouq\`",
        "/additional_version_strategy/v3/rules/1: the item \`a\` is \`b\`",
        "/additional_version_strategy/v3/rules/1: the item \`a\` is gone",
        "/additional_version_strategy/v3/rules/1: the item \`b\` is \`c\`",
        "/additional_version_strategy/v3/rules/1: the item \`b\` is gone",
        "/additional_version_weights/v2: the weight of \`v2\` is gone",
        "/additional_version_weights/v2: the weight 10 is 9.99",
        "/additional_version_weights/v2: the weight 10 is 10.01",
        ": \`v1\` and \`v2\` are swapped",
        ": \`v2\` and \`v3\` are swapped",
        "/stickiness: the stickiness is gone",
        "/stickiness/on_missing: \`random\` in place of \`primary\`",
        "/stickiness/seed: the seed \`checkout\` is \`checkoutx\`",
        "/stickiness/keys/0: the key \`x-user\` is \`x-uses\`",
      ]
    `);
    expect(new Set(mistakes).size).toBe(mistakes.length);
  });

  test("a suite that looks at everything kills all of them; one that looks at nothing kills none", () => {
    const suite = suggestCases(ALIAS);
    const group = { headers: { "x-env": "beta" }, cookies: { group: "b" } };
    const full = { cases: [...suite.cases, { request: group, expect: { version: "v3" } }] };
    const { outcomes, score } = mutate(ALIAS, full);
    expect(
      outcomes.filter(({ kind }) => kind !== "killed" && kind !== "refused").map(({ kind, mutant }) => `${kind} ${mutant.mistake}`),
    ).toEqual([]);
    expect(score).toBe(1);
    expect(
      mutate(ALIAS, { cases: [{ draw: 0.5, request: { headers: { "x-env": "other" } }, expect: { version: "v1" } }] }).score,
    ).toBeLessThan(0.2);
  });

  law(
    "the request of a survivor tells it from the config",
    aliasConfigs(),
    (config) => {
      const { outcomes } = mutate(config, { cases: [{ draw: 0.5, expect: { version: decide(config, { headers: {} }, 0.5).version } }] });
      for (const outcome of outcomes) {
        if (outcome.kind !== "survived") continue;
        const { request, draw } = outcome.difference;
        const [one, other] = [config, outcome.mutant.config].map((each) => sharesOf(plan(each), nodeReader, toRequest(request), draw));
        expect(one).not.toEqual(other);
      }
    },
    30,
  );

  law(
    "a mutant that is called equivalent gives every request and draw the same version, by the oracle",
    fc
      .tuple(aliasConfigs(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
      .chain(([config, draw]) =>
        fc.array(requestsFor(config), { minLength: 20, maxLength: 20 }).map((requests) => ({ config, draw, requests })),
      ),
    ({ config, draw, requests }) => {
      const { outcomes } = mutate(config, { cases: [{ draw: 0.5, expect: { version: decide(config, { headers: {} }, 0.5).version } }] });
      for (const { kind, mutant } of outcomes)
        if (kind === "equivalent")
          for (const request of requests) expect(decide(mutant.config, request, draw).version).toBe(decide(config, request, draw).version);
    },
    30,
  );
});

test("routes of `compile` have the plan that a suite asks", () => {
  expect(verify(compile(ALIAS).plan, { cases: [{ request: beta, expect: { version: "v3" } }] }).passed).toBe(1);
});

test("explanations that are very long are given for the first failures only", () => {
  const rules = Array.from({ length: 156 }, (_, index) => ({
    rule_type: "Header" as const,
    param: `x-${index}`,
    op: "=" as const,
    value: "1",
  }));
  const strategies = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`w${index}`, { combine_type: "or" as const, rules }]));
  const cases = Array.from({ length: 100 }, () => ({ expect: { version: "w0" } }));
  const { failures } = verify({ version: "v1", additional_version_strategy: strategies }, { cases });
  expect(failures).toHaveLength(100);
  const told = failures.filter(({ explanation }) => explanation.startsWith("v1  (default"));
  expect(told.length).toBeGreaterThan(1);
  expect(told.length).toBeLessThan(20);
  expect(failures.at(-1)?.explanation).toBe("not explained, because the explanations of the failures above are so long");
  expect(failures.at(-1)?.message).toContain("expected w0");
});
