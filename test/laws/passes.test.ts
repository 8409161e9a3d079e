import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, type Decision, explain, type Match, type NodeRequest, type Plan, plan, type Test } from "../../src/index.ts";
import { type Field, fieldName } from "../../src/request/field.ts";
import { all, any, match } from "../../src/plan/plan.ts";
import { isPossible } from "../../src/request/field.ts";
import { optimize, type Pass, passes } from "../../src/optimize/index.ts";
import { requests, rules, type Scene, scenes } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

/** Strategies over two fields and two values, some of which no request can have: here passes find most to do. */
const crowded: fc.Arbitrary<Scene> = fc
  .record({
    strategies: fc.array(
      fc.record({
        combine_type: fc.constantFrom("and", "or"),
        rules: fc.array(fc.oneof({ weight: 1, arbitrary: rules }, { weight: 4, arbitrary: narrow() }), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    request: fc.oneof(
      requests,
      fc
        .tuple(fc.constantFrom("1", "2", "3"), fc.constantFrom("1", "2", "3"), fc.constantFrom("1", "2", ""))
        .map(([a, c, q]) => ({ headers: { "x-a": a, cookie: `a=${c}` }, url: `/${c}?a=${q}` })),
    ),
    random: fc.constantFrom(0, 0.5, 0.99),
  })
  .map(({ strategies, request, random }) => ({
    config: {
      version: "v1",
      additional_version_weights: { v2: 50 },
      additional_version_strategy: Object.fromEntries(strategies.map((strategy, index) => [`v${index + 2}`, strategy])),
    },
    request,
    draw: undefined,
    random,
  }));

function narrow(): typeof rules {
  const value = fc.constantFrom("1", "2", "1,2", "2,3", "1,2,3");
  return fc.oneof(
    fc.record({ rule_type: fc.constant("Header"), param: fc.constant("x-a"), op: fc.constant("in"), value }),
    fc.record({
      rule_type: fc.constant("Cookie"),
      param: fc.constant("a"),
      op: fc.constant("in"),
      value: fc.oneof(value, fc.constantFrom("a;b", "1,a;b")),
    }),
    fc.record({
      rule_type: fc.constant("Query"),
      param: fc.constant("a"),
      op: fc.constant("="),
      value: fc.constantFrom("1", "", "\ud800"),
    }),
    fc.record({
      rule_type: fc.constant("Header"),
      param: fc.constant(":path"),
      op: fc.constant("="),
      value: fc.constantFrom("/1", "/?", "/#a"),
    }),
  );
}

const examples = fc.oneof(scenes, crowded);

const decided = (meaning: Plan, { request, draw, random }: Scene): Decision =>
  explain(meaning, request as NodeRequest, draw, { random: () => random }).decision;

const tests = (meaning: Plan): readonly Test[] => meaning.rules.map(({ test: each }) => each);
const matches = (meaning: Plan): readonly Match[] => tests(meaning).flatMap((each) => each.matches);

/** The plan as each pass finds it: after those before it. */
const before = (pass: Pass, meaning: Plan): Plan => passes.slice(0, passes.indexOf(pass)).reduce((from, { run }) => run(from), meaning);

describe("passes", () => {
  for (const pass of passes) {
    describe(pass.name, () => {
      law(
        "keeps the decision, alone and in its place",
        examples,
        (scene) => {
          const meaning = plan(scene.config);
          const decision = decided(meaning, scene);
          expect(decided(pass.run(meaning), scene)).toEqual(decision);
          expect(decided(pass.run(before(pass, meaning)), scene)).toEqual(decision);
        },
        500,
      );

      law("changes nothing when it is run again", examples, ({ config }) => {
        const once = pass.run(plan(config));
        expect(pass.run(once)).toEqual(once);
      });

      law("leaves the plan that it is given, and everything but its rules", examples, ({ config }) => {
        const meaning = plan(config);
        const { rules: given, ...rest } = structuredClone(meaning);
        const { rules: _, ...after } = pass.run(meaning);
        expect(after).toEqual(rest);
        expect(meaning.rules).toEqual(given);
      });

      test("has something to do", () => {
        const changed = fc
          .sample(examples, { seed: 5, numRuns: 300 })
          .some(({ config }) => JSON.stringify(pass.run(before(pass, plan(config)))) !== JSON.stringify(before(pass, plan(config))));
        expect(changed).toBe(true);
      });
    });
  }

  law(
    "together they keep the decision, change nothing when run again, and make no test larger",
    examples,
    (scene) => {
      const meaning = plan(scene.config);
      const optimized = optimize(meaning);
      expect(decided(optimized, scene)).toEqual(decided(meaning, scene));
      expect(optimize(optimized)).toEqual(optimized);
      expect(matches(optimized).length).toBeLessThanOrEqual(matches(meaning).length);
    },
    600,
  );
});

test.each(passes)("$name keeps a rule that asks one field twice", ({ run }) => {
  const asks = (...values: readonly string[]): object => ({
    combine_type: "or",
    rules: values.map((value) => ({ rule_type: "Header", param: "x-a", op: "=", value })),
  });
  const config = { version: "v1", additional_version_strategy: { v2: asks("2"), v3: asks("1", "2") } } as AliasConfig;
  const { version } = explain(run(plan(config)), { headers: { "x-a": "1" } }).decision;
  expect(version).toBe("v3");
});

/** `any a=1,2 b=1` as a test of two headers, `all` as one without matches. */
function read(text: string): Test {
  const [kind, ...parts] = text.split(" ");
  const matches = parts.map((part) => {
    const [name = "", values = ""] = part.split("=");
    return match({ kind: "header", name }, values === "" ? [] : values.split(","), "");
  });
  return kind === "all" ? all(...matches) : any(...matches);
}

const written = ({ kind, matches: each }: Test): string =>
  [kind, ...each.map(({ field, values }) => `${"name" in field ? field.name : field.kind}=${values.join()}`)].join(" ");

describe("tests become", () => {
  const empty = plan({ version: "v1" });

  test.each<[pass: string, tests: readonly string[], expected: readonly string[]]>([
    ["merge", ["all a=1,2 b=1 a=2,3"], ["all a=2 b=1"]],
    ["merge", ["any a=1,2 b=1 a=2,3"], ["any a=1,2,3 b=1"]],
    ["settle", ["all a=1 b="], ["any"]],
    ["settle", ["any a=1 b="], ["all a=1"]],
    ["settle", ["any a=1 b=1", "all", "any"], ["any a=1 b=1", "all", "any"]],
    ["prune", ["any", "all a=1", "any"], ["all a=1"]],
    ["prune", ["any a=1 b=1", "all", "all a=1", "all"], ["any a=1 b=1", "all"]],
    ["prune", ["all", "all a=1"], ["all"]],
    ["shadow", ["all a=1,2", "all a=2", "all a=1 b=1"], ["all a=1,2"]],
    ["shadow", ["all a=1,2", "all a=2,3", "all b=1,2", "any a=1 b=1"], ["all a=1,2", "all a=2,3", "all b=1,2", "any a=1 b=1"]],
    ["shadow", ["all a=1,2 b=1", "all b=1 a=2", "all a=1 b=1 c=1"], ["all a=1,2 b=1"]],
    ["shadow", ["all a=1 b=1", "all a=1 b=2", "any a=1 b=1", "all a=1"], ["all a=1 b=1", "all a=1 b=2", "any a=1 b=1"]],
    ["shadow", ["any a=1,2 b=1", "all a=2", "all b=1 c=1", "any b=1 a=1"], ["any a=1,2 b=1"]],
    ["shadow", ["any a=1 b=1", "any a=1 b=2", "any a=1 c=1", "all a=2 c=2"], ["any a=1 b=1", "any a=1 b=2", "any a=1 c=1", "all a=2 c=2"]],
    ["shadow", ["any", "all a=1"], ["any", "all a=1"]],
  ])("by %s: %j %j", (name, given, expected) => {
    const { run } = passes.find((pass) => pass.name === name)!;
    const rewritten = run({ ...empty, rules: given.map((text) => ({ test: read(text), outcome: 0 })) });
    expect(tests(rewritten).map(written)).toEqual(expected);
  });

  test.each<[Field, holds: readonly string[], never: readonly string[]]>([
    [{ kind: "cookie", name: "a" }, ["1", "?#", "a b", "\ud800"], ["", "a;b", " 1", "1\t"]],
    [{ kind: "query", name: "a" }, ["", "1", "?#", ";", " 1 ", "\u{1F600}"], ["\ud800", "a\udc00"]],
    [{ kind: "path" }, ["", "/", "/;", "/\ud800"], ["/?", "/#a"]],
    [{ kind: "header", name: "a" }, ["?#;", " 1 ", "\ud800"], []],
  ])("without what no request can have: %j", (field, holds, never) => {
    expect([...holds, ...never].filter((value) => isPossible(field, value))).toEqual(holds);
    const { run } = passes.find(({ name }) => name === "dropImpossible")!;
    const rewritten = run({ ...empty, rules: [{ test: all(match(field, [...holds, ...never], "")), outcome: 0 }] });
    expect(matches(rewritten)).toEqual([match(field, holds, "")]);
  });
});

describe("what passes leave", () => {
  /** What no plan shows any more once the pass has run in its place. */
  const leaves: Readonly<Record<string, (after: Plan) => void>> = {
    dropImpossible: (after) => {
      for (const { field, values } of matches(after)) expect(values.filter((value) => !isPossible(field, value))).toEqual([]);
    },
    merge: (after) => {
      for (const { matches: each } of tests(after)) expect(new Set(each.map(({ field }) => fieldName(field))).size).toBe(each.length);
    },
    settle: (after) => {
      for (const { kind, matches: each } of tests(after)) {
        expect(each.every(({ values }) => values.length > 0)).toBe(true);
        if (each.length === 1) expect(kind).toBe("all");
      }
    },
    prune: (after) => {
      expect(tests(after).filter(({ kind, matches: each }) => kind === "any" && each.length === 0)).toEqual([]);
      const always = tests(after).findIndex(({ kind, matches: each }) => kind === "all" && each.length === 0);
      if (always !== -1) expect(always).toBe(after.rules.length - 1);
    },
    shadow: (after) => {
      const seen = tests(after).map(({ kind, matches: each }) =>
        JSON.stringify([each.length > 1 && kind, each.map(({ field, values }) => [fieldName(field), values.toSorted()]).toSorted()]),
      );
      expect(new Set(seen).size).toBe(seen.length);
    },
    order: (after) => {
      const dear = ["cookie", "query"];
      for (const { matches: each } of tests(after)) {
        const kinds = each.map(({ field }) => field.kind);
        const firstDear = kinds.findIndex((kind) => dear.includes(kind));
        if (firstDear !== -1) expect(kinds.slice(firstDear).every((kind) => dear.includes(kind))).toBe(true);
      }
    },
  };

  test("is said for every pass", () => {
    expect(Object.keys(leaves)).toEqual(passes.map(({ name }) => name));
  });

  for (const pass of passes) {
    law(pass.name, examples, ({ config }) => leaves[pass.name]?.(pass.run(before(pass, plan(config)))), 500);
  }

  law(
    "of all of them holds at the end",
    examples,
    ({ config }) => {
      for (const check of Object.values(leaves)) check(optimize(plan(config)));
    },
    600,
  );
});
