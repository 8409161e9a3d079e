import { describe, expect, test } from "vitest";
import { compile, ConfigError, type Field, plan, type Plan, shares } from "../../src/index.ts";
import { inspect } from "../../src/plan/inspect.ts";
import { fieldName } from "../../src/request/field.ts";

const sound = plan({
  name: "checkout",
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } },
  stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" },
});

/** A copy of the plan with another value at the end of the path. */
function damaged(path: string, value: unknown): unknown {
  const copy = structuredClone(sound) as unknown as Record<string, unknown>;
  const keys = path.split("/").slice(1);
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Record<string, unknown>>((part, key) => part[key] as Record<string, unknown>, copy);
  parent[last] = value;
  return copy;
}

function complaint(candidate: unknown): string {
  try {
    compile(candidate as typeof sound);
  } catch (error) {
    if (error instanceof ConfigError) return error.diagnostics.map(({ code, at }) => `${code} ${at}`).join();
    throw error;
  }
  return "compiles";
}

describe("a plan from elsewhere", () => {
  test("is taken as it is when it is sound, through JSON and a structured clone", () => {
    expect(complaint(JSON.parse(JSON.stringify(sound)))).toBe("compiles");
    expect(complaint(structuredClone(sound))).toBe("compiles");
    expect(Object.isFrozen(compile(structuredClone(sound)).decisions[0])).toBe(true);
  });

  test.each([
    ["/outcomes/0/version", "v9", "plan /outcomes/0"],
    ["/outcomes/1/reason", "whim", "plan /outcomes/1"],
    ["/outcomes/1/at", 3, "plan /outcomes/1"],
    ["/outcomes/1/index", 0, "plan /outcomes/1"],
    ["/error", 99, "plan /error"],
    ["/rules/0/outcome", -1, "plan /rules/0"],
    ["/rules/0/test/kind", "xor", "plan /rules/0"],
    ["/rules/0/test/matches", {}, "plan /rules/0"],
    ["/rules/0/test/matches/0/values", [7], "plan /rules/0"],
    ["/rules/0/test/matches/0/values", "on", "plan /rules/0"],
    ["/rules/0/test/matches/0/values", ["on", ""], "plan /rules/0"],
    ["/rules/0/test/matches/0/at", null, "plan /rules/0"],
    ["/rules/0/test/matches/0/field/kind", "moon", "plan /rules/0"],
    ["/rules/0/test/matches/0/field/name", "be ta", "plan /rules/0"],
    ["/rules/0/test/matches/0/field", { kind: "cookie", name: 7 }, "plan /rules/0"],
    ["/rules/0/test/matches/0/field", { kind: "header", name: "a b" }, "plan /rules/0"],
    ["/rules/0/test/matches/0/field", { kind: "header", name: 7 }, "plan /rules/0"],
    ["/rules/0/test/matches/0/field", { kind: "query", name: 7 }, "plan /rules/0"],
    ["/rules/0/test/matches/0/field", { kind: "query", name: "" }, "plan /rules/0"],
    ["/rules/0/test/matches/0/field", { kind: "attribute", name: "" }, "plan /rules/0"],
    ["/rules/0/test/matches/1", { field: { kind: "path" }, values: [7], at: "" }, "plan /rules/0"],
    ["/split/sticky/keys/1", { field: { kind: "moon" }, at: "" }, "plan /split/sticky/keys"],
    ["/split/kind", "pie", "plan /split/kind"],
    ["/split", { kind: "fixed", outcome: 99 }, "plan /split/outcome"],
    ["/split/arms/0/until", 10_001, "plan /split/arms"],
    ["/split/arms/0/until", 0, "plan /split/arms"],
    ["/split/arms/1/until", 9_999, "plan /split/arms"],
    ["/split/arms/0/until", 0.5, "plan /split/arms"],
    ["/split/arms/0/outcome", "0", "plan /split/arms"],
    ["/split/arms", [], "plan /split/arms"],
    ["/split/arms/1/until", 10_000.5, "plan /split/arms"],
    ["/split/sticky/seed", null, "plan /split/sticky"],
    ["/split/sticky/missing", "never", "plan /split/sticky"],
    ["/split/sticky/keys/0/field", { kind: "header", name: "X-User" }, "plan /split/sticky/keys"],
    ["/split/sticky/keys/0/at", 3, "plan /split/sticky/keys"],
    ["/split/sticky/keys", undefined, "plan "],
    ["/rules", undefined, "plan "],
    ["/outcomes", null, "plan "],
  ])("is refused with %s = %j", (path, value, expected) => {
    expect(complaint(damaged(path, value))).toBe(expected);
  });

  test.each([
    ["", "/rules", undefined, "a part of the plan is missing or cannot be read"],
    ["/outcomes/1", "/outcomes/1/at", 3, "the outcome is malformed, or of a version that the plan does not name"],
    ["/error", "/error", 99, "there is no such outcome"],
    ["/rules/0", "/rules/0/outcome", -1, "the rule is malformed, or its outcome is missing"],
    ["/split/outcome", "/split", { kind: "fixed", outcome: 99 }, "there is no such outcome"],
    ["/split/arms", "/split/arms/0/until", 0, "the arms do not cover 10000 slots in rising order"],
    ["/split/sticky", "/split/sticky/seed", null, "the seed or what happens without a key is malformed"],
    ["/split/sticky/keys", "/split/sticky/keys/0/at", 3, "a key is malformed"],
    ["/split/kind", "/split/kind", "pie", "there is no such split"],
  ])("is told what is wrong at `%s`", (at, path, value, message) => {
    const help = "take plans only from `plan`, as they are";
    expect(inspect(damaged(path, value) as Plan)).toEqual([{ code: "plan", severity: "error", at, message, help }]);
  });

  test.each<[Field, name: string]>([
    [{ kind: "header", name: "x-beta" }, "header x-beta"],
    [{ kind: "cookie", name: "Beta" }, "cookie Beta"],
    [{ kind: "query", name: "be ta" }, "query be ta"],
    [{ kind: "attribute", name: "be ta" }, "attribute be ta"],
    [{ kind: "method" }, ":method"],
    [{ kind: "path" }, ":path"],
    [{ kind: "authority" }, ":authority"],
  ])("may ask for %j, which is called `%s`", (field, name) => {
    expect(fieldName(field)).toBe(name);
    expect(inspect(damaged("/rules/0/test/matches/0/field", field) as Plan)).toEqual([]);
  });

  test("may ask for the empty value of a query, of which it is one", () => {
    const match = { field: { kind: "query", name: "a" }, values: [""], at: "" };
    expect(inspect(damaged("/rules/0/test/matches/0", match) as Plan)).toEqual([]);
  });

  test("that cannot be read is no plan, and no config either", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(complaint(proxy)).toMatch(/^unreadable/);
  });
});

describe("shares", () => {
  test("list every version, also one that gets nothing", () => {
    expect(shares({ version: "v1", additional_version_weights: { v2: 10, v3: 0 } }, { headers: {} })).toEqual({
      v1: 9000,
      v2: 1000,
      v3: 0,
    });
  });

  test("add up the arms of a version that has several", () => {
    const base = plan({ version: "v1", additional_version_weights: { v2: 10 } });
    if (base.split.kind !== "arms") throw new Error("the plan has a split");
    const [low, high] = base.split.arms.map(({ outcome }) => outcome) as [number, number];
    const arms = [
      { until: 300, outcome: low },
      { until: 9_000, outcome: high },
      { until: 10_000, outcome: low },
    ];
    const pieces: Plan = { ...base, split: { kind: "arms", arms, sticky: undefined } };
    expect(shares(pieces, { headers: {} })).toEqual({ v1: 8700, v2: 1300 });
  });
});

describe("onError", () => {
  const config = { version: "v1", additional_version_weights: { v2: 10 } };
  const told = (request: unknown, rules: readonly object[] = []): readonly unknown[] => {
    const errors: unknown[] = [];
    const strategies = rules.length === 0 ? {} : { additional_version_strategy: { v3: { combine_type: "or", rules } } };
    const route = compile({ ...config, ...strategies } as typeof config, { random: () => 0.5, onError: (error) => errors.push(error) });
    route(request as Parameters<typeof route>[0]);
    return errors;
  };

  test("is told what is missing", () => {
    expect(told({})).toEqual([new TypeError("the request has no headers")]);
  });

  test("is not told of a field that had no part in the decision", () => {
    const rules = [
      { rule_type: "Cookie", param: "a", op: "=", value: "1" },
      { rule_type: "Header", param: "x-a", op: "=", value: "1" },
    ];
    const headers = {
      cookie: "a=1",
      get "x-a"(): string {
        throw new Error("unreadable");
      },
    };
    expect(told({ headers }, rules)).toEqual([]);
  });
});
