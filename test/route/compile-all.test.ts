import { describe, expect, test } from "vitest";
import { type AliasConfig, compile, compileAll, ConfigError, plan } from "../../src/index.ts";

const canary: AliasConfig = { version: "v1", additional_version_weights: { v2: 10 } };
const beta: AliasConfig = {
  version: "v1",
  additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "1" }] } },
};

function diagnosticsOf(run: () => unknown): ConfigError["diagnostics"] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics;
    throw error;
  }
  return [];
}

describe("compileAll", () => {
  test.each([
    ["an object", { canary, beta }],
    ["a map", new Map(Object.entries({ canary, beta }))],
    ["pairs", Object.entries({ canary, beta })],
  ])("takes %s of configs", (_, configs) => {
    const routes = compileAll(configs);
    expect(routes.size).toBe(2);
    expect([...routes.keys()]).toEqual(["canary", "beta"]);
    expect(routes.has("beta")).toBe(true);
    expect(routes.get("beta")?.({ headers: { "x-beta": "1" } }).version).toBe("v2");
    expect(routes.get("canary")?.({ headers: {} }, 0.5)).toEqual(compile(canary)({ headers: {} }, 0.5));
    expect(routes.get("gamma")).toBeUndefined();
    expect(routes.has("gamma")).toBe(false);
  });

  test("a route is the same whenever it is asked for, and has the plan and the decisions of `compile`", () => {
    const routes = compileAll({ canary, beta });
    const route = routes.get("beta");
    expect([...routes][1]).toEqual(["beta", route]);
    expect([...routes.values()][1]).toBe(route);
    const seen: unknown[] = [];
    routes.forEach((each, key, map) => seen.push([key, each === map.get(key)]));
    expect(seen).toEqual([
      ["canary", true],
      ["beta", true],
    ]);
    expect(route?.plan).toEqual(plan(beta));
    expect(route?.plan).toBe(route?.plan);
    expect(route?.decisions).toEqual(compile(beta).decisions);
    const decision = route?.({ headers: { "x-beta": "1" } });
    expect(Object.isFrozen(decision)).toBe(true);
    expect(route?.decisions[decision?.index ?? -1]).toBe(decision);
    expect(Object.keys(route ?? {})).toEqual(["plan", "decisions"]);
  });

  test("every problem of every alias is told, with the key ahead of its place", () => {
    const found = diagnosticsOf(() =>
      compileAll({ "a/b": { version: "" }, beta, c: { version: "v1", additional_version_weights: { v2: 101 } } }),
    );
    expect(found.map(({ at }) => at)).toEqual(["/a~1b/version", "/c/additional_version_weights/v2"]);
  });

  test("a key that occurs twice is told, and diagnostics have a budget", () => {
    const pairs: readonly (readonly [string, AliasConfig])[] = [
      ["a", beta],
      ["a", canary],
    ];
    expect(diagnosticsOf(() => compileAll(pairs))).toEqual([
      { code: "duplicate-key", severity: "error", at: "/a", message: "the key `a` occurs twice", help: "give each alias a key of its own" },
    ]);
    const wrong = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`a${n}`, { version: "" }]));
    expect(diagnosticsOf(() => compileAll(wrong))).toHaveLength(101);
    expect(diagnosticsOf(() => compileAll(wrong, { budgets: { diagnostics: 7 } }))).toHaveLength(8);
  });

  test("the options are those of `compile`", () => {
    const route = compileAll({ canary }, { random: () => 0.05 }).get("canary");
    expect(route?.({ headers: {} }).version).toBe("v2");
    const errors: unknown[] = [];
    const told = compileAll({ canary }, { onError: (error) => errors.push(error) }).get("canary");
    expect(told?.({} as never).reason).toBe("error");
    expect(errors).toHaveLength(1);
  });
});
