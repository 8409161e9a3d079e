import { describe, expect, test } from "vitest";
import { compile, ConfigError, type Field, plan, type Plan, shares } from "../../src/index.ts";
import { compile as jit } from "../../src/route/jit.ts";
import { readPlan } from "../../src/plan/read-plan.ts";
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
    if (error instanceof ConfigError) return error.diagnostics.map(({ code, at, message }) => `${code} ${at}: ${message}`).join("; ");
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
    ["/outcomes/0/version", "v9", "plan /outcomes/0/version: the plan has no version `v9`"],
    ["/outcomes/1/reason", "whim", "plan /outcomes/1/reason: `whim` is no reason"],
    ["/outcomes/1/at", 3, "wrong-type /outcomes/1/at: expected a string, found the number `3`"],
    ["/outcomes/1/index", 0, "plan /outcomes/1/index: the index `0` is not the outcome's place, 1"],
    ["/error", 99, "plan /error: there is no outcome `99`"],
    ["/rules/0/outcome", -1, "plan /rules/0/outcome: there is no outcome `-1`"],
    ["/rules/0/test/kind", "xor", "plan /rules/0/test/kind: `xor` is no kind of test"],
    ["/rules/0/test/matches", {}, "wrong-type /rules/0/test/matches: expected a list, found an object"],
    ["/rules/0/test/matches/0/values", [7], "wrong-type /rules/0/test/matches/0/values/0: expected a string, found the number `7`"],
    ["/rules/0/test/matches/0/values", "on", "wrong-type /rules/0/test/matches/0/values: expected a list, found the string `on`"],
    [
      "/rules/0/test/matches/0/values",
      ["on", ""],
      "plan /rules/0/test/matches/0/values/1: the value is empty, which only a query parameter can be",
    ],
    ["/rules/0/test/matches/0/at", null, "wrong-type /rules/0/test/matches/0/at: expected a string, found null"],
    ["/rules/0/test/matches/0/field/kind", "moon", "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field/name", "be ta", "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field", { kind: "cookie", name: 7 }, "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field", { kind: "header", name: "a b" }, "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field", { kind: "header", name: 7 }, "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field", { kind: "query", name: 7 }, "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field", { kind: "query", name: "" }, "plan /rules/0/test/matches/0/field: there is no such field"],
    ["/rules/0/test/matches/0/field", { kind: "attribute", name: "" }, "plan /rules/0/test/matches/0/field: there is no such field"],
    [
      "/rules/0/test/matches/1",
      { field: { kind: "path" }, values: [7], at: "" },
      "wrong-type /rules/0/test/matches/1/values/0: expected a string, found the number `7`",
    ],
    ["/split/sticky/keys/1", { field: { kind: "moon" }, at: "" }, "plan /split/sticky/keys/1/field: there is no such field"],
    ["/split/kind", "pie", "plan /split/kind: there is no such split"],
    ["/split", { kind: "fixed", outcome: 99 }, "plan /split/outcome: there is no outcome `99`"],
    ["/split/arms/0/until", 10001, "plan /split/arms: the arms do not cover 10000 slots in rising order"],
    ["/split/arms/0/until", 0, "plan /split/arms: the arms do not cover 10000 slots in rising order"],
    ["/split/arms/1/until", 9999, "plan /split/arms: the arms do not cover 10000 slots in rising order"],
    ["/split/arms/0/until", 0.5, "plan /split/arms: the arms do not cover 10000 slots in rising order"],
    ["/split/arms/0/outcome", "0", "wrong-type /split/arms/0/outcome: expected a number, found the string `0`"],
    ["/split/arms", [], "plan /split/arms: the arms do not cover 10000 slots in rising order"],
    ["/split/arms/1/until", 10000.5, "plan /split/arms: the arms do not cover 10000 slots in rising order"],
    ["/split/sticky/seed", null, "wrong-type /split/sticky/seed: expected a string, found null"],
    ["/split/sticky/hash", "md5", "plan /split/sticky/hash: there is no such hash"],
    ["/split/sticky/missing", "never", "wrong-type /split/sticky/missing: expected a number, found the string `never`"],
    ["/split/sticky/keys/0/field", { kind: "header", name: "X-User" }, "plan /split/sticky/keys/0/field: there is no such field"],
    ["/split/sticky/keys/0/at", 3, "wrong-type /split/sticky/keys/0/at: expected a string, found the number `3`"],
    ["/split/sticky/keys", undefined, "missing-key /split/sticky/keys: the key `keys` is missing"],
    ["/rules", undefined, "missing-key /rules: the key `rules` is missing"],
    [
      "/outcomes",
      null,
      "wrong-type /outcomes: expected a list, found null; plan /rules/0/outcome: there is no outcome `0`; plan /split/arms/0/outcome: there is no outcome `1`; plan /split/arms/1/outcome: there is no outcome `2`; plan /split/sticky/missing: there is no outcome `3`; plan /error: there is no outcome `4`",
    ],
    [
      "/versions",
      "v1",
      "wrong-type /versions: expected a list, found the string `v1`; plan /outcomes/0/version: the plan has no version `v3`; plan /outcomes/1/version: the plan has no version `v2`; plan /outcomes/2/version: the plan has no version `v1`; plan /outcomes/3/version: the plan has no version `v1`; plan /outcomes/4/version: the plan has no version `v1`",
    ],
    ["/split/sticky/keys", [], "plan /split/sticky/keys: a sticky draw without keys"],
    ["/own", 1, "unknown-key /own: unknown key `own`"],
    ["/rules/0/test/matches/0/values/0", "x".repeat(5_000), "over-budget /rules/0/test/matches/0/values/0: more than 4096 characters"],
    ["/split/sticky/seed", "x".repeat(5_000), "over-budget /split/sticky/seed: more than 4096 characters"],
  ])("is refused with %s = %j", (path, value, expected) => {
    expect(complaint(damaged(path, value))).toBe(expected);
  });

  test("is told everything that is wrong, and what to do", () => {
    const { diagnostics } = readPlan({ ...(damaged("/error", 99) as object), split: { kind: "pie" } });
    const help = "take plans only from `plan`, as they are";
    expect(diagnostics).toEqual([
      { code: "plan", severity: "error", at: "/split/kind", message: "there is no such split", help },
      { code: "plan", severity: "error", at: "/error", message: "there is no outcome `99`", help },
    ]);
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
    expect(readPlan(damaged("/rules/0/test/matches/0/field", field)).diagnostics).toEqual([]);
  });

  test("hashes by murmur3 where it is of a version that had no other hash", () => {
    expect(plan(damaged("/split/sticky/hash", undefined) as Plan)).toEqual(sound);
  });

  test("may ask for the empty value of a query, of which it is one", () => {
    const match = { field: { kind: "query", name: "a" }, values: [""], at: "" };
    expect(readPlan(damaged("/rules/0/test/matches/0", match)).diagnostics).toEqual([]);
  });

  test("is read once into a fresh and frozen one: what answers otherwise the second time is not asked", () => {
    const copy = structuredClone(sound) as { -readonly [key in keyof Plan]: Plan[key] };
    let asked = 0;
    const rule = { test: sound.rules[0]?.test, outcome: 0 };
    Object.defineProperty(rule, "outcome", {
      enumerable: true,
      get: () => (asked++ === 0 ? 0 : "0]; globalThis.stolen = true; decisions[0"),
    });
    copy.rules = [rule as Plan["rules"][number]];
    for (const run of [compile, jit]) {
      asked = 0;
      const route = run(copy);
      expect(route({ headers: { cookie: "beta=on" } }).version).toBe("v3");
      expect(asked).toBe(1);
      expect(route.plan).not.toBe(copy);
      expect(Object.isFrozen(route.plan.rules[0]?.test.matches)).toBe(true);
      expect(route.plan.outcomes.every((outcome) => Object.isFrozen(outcome))).toBe(true);
    }
    expect(globalThis).not.toHaveProperty("stolen");
  });

  test("with a seed over the budget is told which budget to raise", () => {
    const candidate = damaged("/split/sticky/seed", "x".repeat(5_000)) as typeof sound;
    expect(() => compile(candidate)).toThrow(
      expect.objectContaining({ diagnostics: [expect.objectContaining({ help: "make it smaller, or raise the budget `value`" })] }),
    );
  });

  test("is within the budgets of a config, each refused by name", () => {
    const many = <T>(count: number, each: T): T[] => Array.from({ length: count }, () => each);
    const match = { field: { kind: "header", name: "a" }, values: ["x"], at: "" };
    const tests = (...matches: readonly unknown[]): unknown => [{ test: { kind: "any", matches }, outcome: 0 }];
    const refused = (path: string, value: unknown): readonly string[] =>
      readPlan(damaged(path, value)).diagnostics.map(({ message }) => message);
    expect(refused("/rules", many(66, sound.rules[0]))).toEqual(["more than 64 rules"]);
    expect(refused("/rules", tests(...many(60_000, match)))).toEqual(["more than 10000 matches"]);
    expect(refused("/rules", tests({ ...match, values: many(100_001, "x") }))).toEqual(["more than 100000 values"]);
    expect(refused("/rules", tests(...many(3, { ...match, values: many(40_000, "x") })))).toEqual(["more than 100000 values"]);
    expect(readPlan(damaged("/rules", many(65, sound.rules[0]))).ok).toBe(true);
    expect(readPlan(damaged("/rules", tests(...many(9_999, match)))).ok).toBe(true);
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
