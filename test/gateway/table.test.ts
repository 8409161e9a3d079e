import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { AliasTable } from "../../src/gateway/table.ts";
import { compile, movement, type NodeRequest, plan } from "../../src/index.ts";
import { configs, requests } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";

const split = (v2: number): AliasConfig => ({
  name: "a",
  version: "v1",
  additional_version_weights: { v2 },
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
});
const BROKEN = { version: "v1", additional_version_weights: { v2: 500 } };
const user = (id: string): { headers: Record<string, string> } => ({ headers: { "x-user": id } });

describe("apply", () => {
  test("takes a whole set, and then single changes", () => {
    const table = new AliasTable();
    expect(table.apply({ revision: 1, aliases: { a: split(0), b: { version: "v1" } } })).toEqual({
      revision: 1,
      stale: false,
      accepted: ["a", "b"],
      rejected: [],
      kept: [],
      moved: [],
    });
    const changed = table.apply({ revision: 2, changes: { a: split(10), b: null, c: { version: "v3" } } });
    expect(changed).toMatchObject({ accepted: ["a", "b", "c"], rejected: [], kept: [] });
    expect(changed.moved).toEqual([{ alias: "a", movement: movement(split(0), split(10)) }]);
    expect([...table.keys()]).toEqual(["a", "c"]);
    expect(table.route("b", { headers: {} })).toBeUndefined();
    expect(table.apply({ revision: 3, aliases: { c: { version: "v3" } } }).accepted).toEqual(["a"]);
    expect(table.size).toBe(1);
  });

  test("a bad alias keeps its last good config, and the others are updated", () => {
    const table = new AliasTable();
    table.apply({ revision: 1, aliases: { a: { version: "v1" }, b: { version: "v1" } } });
    const applied = table.apply({ revision: 2, aliases: { a: BROKEN, b: { version: "v2" }, n: BROKEN } });
    expect(applied.accepted).toEqual(["b"]);
    expect(applied.rejected.map(({ alias, diagnostics }) => [alias, diagnostics.map(({ code }) => code)])).toEqual([
      ["a", ["weight"]],
      ["n", ["weight"]],
    ]);
    expect(applied.kept).toEqual(["a"]);
    expect(table.route("a", { headers: {} })?.version).toBe("v1");
    expect(table.route("b", { headers: {} })?.version).toBe("v2");
    expect(table.get("n")).toBeUndefined();
  });

  test("an older revision is ignored and told", () => {
    const table = new AliasTable();
    table.apply({ revision: 5, aliases: { a: { version: "v1" } } });
    for (const revision of [5, 4])
      expect(table.apply({ revision, aliases: {} })).toEqual({ revision: 5, stale: true, accepted: [], rejected: [], kept: [], moved: [] });
    expect(table.size).toBe(1);
  });

  test("an alias that means the same is not changed, and keeps its route", () => {
    const table = new AliasTable();
    table.apply({ revision: 1, aliases: { a: split(10) } });
    const route = table.get("a");
    expect(table.apply({ revision: 2, aliases: { a: { ...split(10), description: "again" } } }).accepted).toEqual([]);
    expect(table.get("a")).toBe(route);
    expect(table.revision).toBe(2);
  });

  test("rolling back gives identical decisions", () => {
    const table = new AliasTable();
    const users = Array.from({ length: 200 }, (_, index) => user(`u${index}`));
    const decide = (): unknown => users.map((each) => table.route("a", each));
    table.apply({ revision: 1, aliases: { a: split(10) } });
    const before = decide();
    table.apply({ revision: 2, aliases: { a: split(60) } });
    expect(decide()).not.toEqual(before);
    table.apply({ revision: 3, aliases: { a: split(10) } });
    expect(decide()).toEqual(before);
  });

  test.each([
    [{ revision: 1 }],
    [{ revision: 1, aliases: {}, changes: {} }],
    [{ revision: 1, aliases: null }],
    [{ revision: -1, aliases: {} }],
    [{ revision: 1.5, aliases: {} }],
    [{ aliases: {} }],
  ])("%j is no update", (update) => {
    expect(() => new AliasTable().apply(update as never)).toThrow(TypeError);
  });

  test("keys may be URNs and names that every object has; an empty one is refused", () => {
    const table = new AliasTable();
    const urn = "urn:fss:eu-west-101:p:function:default:fn:!a1";
    const applied = table.apply({
      revision: 1,
      changes: { [urn]: { version: "v1" }, constructor: { version: "v2" }, "": { version: "v1" } },
    });
    expect(applied.accepted).toEqual([urn, "constructor"]);
    expect(applied.rejected).toMatchObject([{ alias: "", diagnostics: [{ code: "alias-key" }] }]);
    expect(table.route("constructor", { headers: {} })?.version).toBe("v2");
    expect(table.route("toString", { headers: {} })).toBeUndefined();
  });
});

describe("guard rails", () => {
  test("`maxMoved` holds back an alias of which more would move", () => {
    const table = new AliasTable({ maxMoved: 10 });
    table.apply({ revision: 1, aliases: { a: split(0), b: split(0) } });
    const applied = table.apply({ revision: 2, aliases: { a: split(10), b: split(10.01) } });
    expect(applied).toMatchObject({ accepted: ["a"], kept: ["b"], rejected: [{ alias: "b", diagnostics: [{ code: "moves-too-many" }] }] });
    expect(applied.rejected[0]?.diagnostics[0]?.message).toBe("10.01 % of the split would move, and `maxMoved` is 10 %");
    expect(table.apply({ revision: 3, changes: { b: split(20) } }, { maxMoved: 20 }).accepted).toEqual(["b"]);
  });

  test("`maxMoved` counts users who are drawn again", () => {
    const table = new AliasTable({ maxMoved: 99 });
    table.apply({ revision: 1, aliases: { a: split(50) } });
    const reseeded = {
      ...split(50),
      stickiness: { keys: [{ rule_type: "Header" as const, param: "x-user" }], on_missing: "primary" as const, seed: "b" },
    };
    expect(table.apply({ revision: 2, aliases: { a: reseeded } }).rejected[0]?.diagnostics[0]?.message).toBe(
      "every user is drawn again, and `maxMoved` is 99 %",
    );
  });

  test("`maxChanged` holds an update as a whole, so that an empty store removes nothing", () => {
    const table = new AliasTable({ maxChanged: 2 });
    const three = { a: { version: "v1" }, b: { version: "v1" }, c: { version: "v1" } };
    expect(table.apply({ revision: 1, aliases: three }, { maxChanged: 3 }).accepted).toHaveLength(3);
    const applied = table.apply({ revision: 2, aliases: {} });
    expect(applied).toMatchObject({ revision: 1, stale: false, accepted: [], kept: ["a", "b", "c"] });
    expect(applied.rejected[0]?.diagnostics[0]?.message).toBe("the update changes 3 aliases (it would remove 3), and `maxChanged` is 2");
    expect(table.size).toBe(3);
    expect(table.apply({ revision: 2, aliases: { a: { version: "v2" }, b: { version: "v1" } } }).accepted).toEqual(["a", "c"]);
  });

  test("`keepPrimary` refuses an alias whose primary gets no request", () => {
    const table = new AliasTable({ keepPrimary: true });
    const all = { version: "v1", additional_version_weights: { v2: 100 } };
    const some = {
      ...all,
      additional_version_strategy: { v1: { rules: [{ rule_type: "Header", param: "x", op: "=", value: "1" }] } },
    } as const;
    expect(table.apply({ revision: 1, aliases: { a: all, b: some, c: split(100) } })).toMatchObject({
      accepted: ["b", "c"],
      rejected: [{ alias: "a", diagnostics: [{ code: "primary-unreachable", message: "no request gets the primary `v1`" }] }],
    });
  });

  test.each([[{ maxMoved: -1 }], [{ maxMoved: Number.NaN }], [{ maxChanged: 1.5 }]])("%j is refused", (options) => {
    expect(() => new AliasTable(options)).toThrow(RangeError);
  });
});

describe("counts", () => {
  test("are kept by alias, version and reason, over swaps", () => {
    const table = new AliasTable();
    table.apply({ revision: 1, aliases: { a: { version: "v1" } } });
    for (let times = 0; times < 3; times++) table.route("a", { headers: {} });
    table.apply({ revision: 2, aliases: { a: { version: "v2" } } });
    table.route("a", { headers: {} });
    table.apply({ revision: 3, aliases: { a: { version: "v1" } } });
    table.route("a", { headers: {} });
    const counted = [...table.counts()].filter(({ count }) => count > 0);
    expect(counted).toEqual([
      { alias: "a", version: "v1", reason: "default", count: 4 },
      { alias: "a", version: "v2", reason: "default", count: 1 },
    ]);
  });
});

describe("tiers", () => {
  /** So many meetings in a row have an alias compiled. */
  const OFTEN = 128;
  const fleet = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, split(index)]));
  const meet = (table: AliasTable, key: string, times = OFTEN): void => {
    for (let time = 0; time < times; time++) table.route(key, user("a"));
  };

  test("an alias is compiled when it has been met often, and no more are than `hot` says", () => {
    const compiled: (string | undefined)[] = [];
    const table = new AliasTable({
      hot: 4,
      compile: (plan, options) => {
        compiled.push(plan.name);
        return compile(plan, options);
      },
    });
    table.apply({ revision: 1, aliases: Object.fromEntries(Object.keys(fleet).map((name, index) => [name, { ...split(index), name }])) });
    meet(table, "f0", OFTEN - 1);
    expect(compiled).toEqual([]);
    meet(table, "f0", 1);
    expect(compiled).toEqual(["f0"]);
    for (const key of ["f1", "f2", "f3", "f4", "f5"]) meet(table, key);
    expect(compiled).toEqual(["f0", "f1", "f2", "f3", "f4", "f5"]);
    expect(table.compiled).toBe(4);
    for (const key of ["f0", "f5"]) expect(table.route(key, user("a"))).toEqual(compile(split(Number(key.slice(1))), {})(user("a")));
    const total = [...table.counts()].reduce((sum, { count }) => sum + count, 0);
    expect(total).toBe(6 * OFTEN + 2);
  });

  test("aliases that are met alike are not compiled, however many decisions there are", () => {
    const table = new AliasTable();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, { version: "v1" }]));
    table.apply({ revision: 1, aliases: many });
    for (let round = 0; round < 300; round++) for (const key of Object.keys(many)) table.route(key, user("a"));
    expect(table.compiled).toBe(0);
  });

  test("one that is met often stays compiled among others", () => {
    const first: (string | undefined)[] = [];
    const counting = new AliasTable({
      hot: 2,
      compile: (plan, options) => {
        first.push(plan.name);
        return compile(plan, options);
      },
    });
    counting.apply({
      revision: 1,
      aliases: Object.fromEntries(["hot", ...Object.keys(fleet)].map((name) => [name, { version: "v1", name }])),
    });
    for (const key of Object.keys(fleet))
      for (let times = 0; times < OFTEN; times++) {
        counting.route("hot", user("a"));
        counting.route(key, user("a"));
      }
    expect(first.filter((name) => name === "hot")).toHaveLength(1);
    expect(first.length).toBeGreaterThan(20);
  });

  test("where the host's own compiler throws, the alias is compiled without it", () => {
    const errors: unknown[] = [];
    const table = new AliasTable({
      compile: () => {
        throw new EvalError("no code from strings");
      },
      onError: (error) => errors.push(error),
    });
    table.apply({ revision: 1, aliases: { a: split(50) } });
    meet(table, "a");
    expect(table.compiled).toBe(1);
    expect(table.route("a", user("u1"))).toEqual(compile(split(50))(user("u1")));
    expect(errors).toEqual([new EvalError("no code from strings")]);
  });

  law(
    "decide alike, with the same objects, flat, compiled, and flat again",
    fc.record({
      config: configs,
      requests: fc.array(requests, { minLength: 1, maxLength: 4 }),
      draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
    }),
    ({ config, requests: some, draw }, seen) => {
      const table = new AliasTable<NodeRequest>({ hot: 1 });
      table.apply({ revision: 1, aliases: { a: config, other: { version: "v1" } } });
      const expected = some.map((request) => compile(config)(request as NodeRequest, draw));
      const decide = (): unknown[] => some.map((request) => table.route("a", request as NodeRequest, draw));
      const [route, flat] = [table.get("a"), decide()];
      expect(flat).toEqual(expected);
      expect(table.compiled).toBe(0);
      meet(table, "a");
      expect(table.compiled).toBe(1);
      for (const [index, decision] of decide().entries()) {
        expect(decision).toBe(flat[index]);
        expect(route?.(some[index] as NodeRequest, draw)).toBe(decision);
        expect(route?.decisions).toContain(decision);
      }
      meet(table, "other");
      for (const [index, decision] of decide().entries()) expect(decision).toBe(flat[index]);
      expect(route?.plan).toEqual(plan(config));
      expect(table.plan("a")).toEqual(plan(config));
      expect(table.apply({ revision: 2, changes: { a: config } }).accepted).toEqual([]);
      if (new Set(flat).size > 1) seen("several decisions");
    },
    200,
    { "several decisions": 20 },
  );

  test.each([["flat"], ["compiled"]])("a route that was taken decides on as it did when its alias has changed or gone: %s", (tier) => {
    const table = new AliasTable();
    table.apply({ revision: 1, aliases: { a: split(50), b: split(50) } });
    if (tier === "compiled") for (const key of ["a", "b"]) meet(table, key);
    const routes = [table.get("a"), table.get("b")];
    const users = Array.from({ length: 50 }, (_, index) => user(`u${index}`));
    const before = users.map((each) => table.route("a", each));
    table.apply({ revision: 2, changes: { a: { version: "v9" }, b: null, c: { version: "v8" }, d: { version: "v7" } } });
    for (const route of routes) {
      expect(users.map((each) => route?.(each))).toEqual(before);
      expect(route?.plan).toEqual(plan(split(50)));
      expect(route?.decisions).toEqual(plan(split(50)).outcomes);
    }
    expect(table.get("a")?.(user("u1")).version).toBe("v9");
    expect(table.get("b")).toBeUndefined();
  });

  test.each([[0], [1.5], [Number.NaN], [1_000_001]])("`hot` is not %j", (hot) => {
    expect(() => new AliasTable({ hot })).toThrow(RangeError);
  });
});

test("an update that is refused as a whole leaves nothing behind", () => {
  const table = new AliasTable({ maxChanged: 1 });
  table.apply({ revision: 1, aliases: { a: { version: "v1" } } });
  expect(table.apply({ revision: 2, aliases: { b: { version: "v2" }, c: { version: "v3" } } }).accepted).toEqual([]);
  table.route("a", user("u"));
  expect([...table.counts()].filter(({ count }) => count > 0)).toEqual([{ alias: "a", version: "v1", reason: "default", count: 1 }]);
  expect(table.apply({ revision: 3, changes: { d: { version: "v4" } } }).accepted).toEqual(["d"]);
  expect([table.route("a", user("u")), table.route("d", user("u"))].map((decision) => decision?.version)).toEqual(["v1", "v4"]);
  expect([...table.counts()].reduce((sum, { count }) => sum + count, 0)).toBe(3);
});

test("an alias that changes while it decides is not counted as the one it has become", () => {
  const table: AliasTable = new AliasTable({
    random: () => {
      table.apply({ revision: 2, changes: { a: { version: "v9" }, b: { version: "v9" } } });
      return 0.99;
    },
  });
  table.apply({ revision: 1, aliases: { a: { version: "v1", additional_version_weights: { v2: 5 } } } });
  expect(table.route("a", { headers: {} })?.version).toBe("v1");
  expect([...table.counts()].map(({ count }) => count)).toEqual([0, 0, 0, 0]);
});

test("`count` takes a decision of the route that is served, and no other", () => {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { a: { version: "v1" } } });
  const decision = table.get("a")?.({ headers: {} });
  if (decision === undefined) throw new Error("no decision");
  table.count("a", decision);
  table.apply({ revision: 2, changes: { a: { version: "v2" } } });
  table.count("a", decision);
  expect([...table.counts()].filter(({ count }) => count > 0)).toEqual([{ alias: "a", version: "v1", reason: "default", count: 1 }]);
});

test("a restored set is taken though its revision is lower", () => {
  const table = new AliasTable();
  table.apply({ revision: 9, aliases: { a: { version: "v1" } } });
  expect(table.apply({ revision: 2, aliases: { a: { version: "v2" } }, restored: true })).toMatchObject({ revision: 2, accepted: ["a"] });
  expect(table.apply({ revision: 3, changes: { a: { version: "v3" } } }).stale).toBe(false);
});

test("changes beside an `aliases` that is undefined remove nothing", () => {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { a: { version: "v1" }, b: { version: "v1" } } });
  const update = { revision: 2, aliases: undefined, changes: { a: { version: "v2" } } };
  expect(table.apply(update as never).accepted).toEqual(["a"]);
  expect([...table.keys()]).toEqual(["a", "b"]);
});

test.each([
  ["a Map", new Map([["a", { version: "v1" }]])],
  ["a list", [{ version: "v1" }]],
])("%s of aliases is no set without any", (_, aliases) => {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { a: { version: "v1" } } });
  expect(() => table.apply({ revision: 2, aliases } as never)).toThrow("an object of configs by key");
  expect([...table.keys()]).toEqual(["a"]);
});

test("a set says `null` of no alias: it is kept, and that is told", () => {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { a: { version: "v1" } } });
  const applied = table.apply({ revision: 2, aliases: { a: null } } as never);
  expect(applied).toMatchObject({ accepted: [], kept: ["a"], rejected: [{ alias: "a", diagnostics: [{ code: "wrong-type" }] }] });
  expect(table.has("a")).toBe(true);
});

test("a key that is no Unicode text is refused: no cookie could name it", () => {
  const applied = new AliasTable().apply({ revision: 1, aliases: { "a\ud800": { version: "v1" } } });
  expect(applied.rejected.map(({ diagnostics }) => diagnostics.map(({ code }) => code))).toEqual([["alias-key"]]);
});

test("an update from a callback of another one is refused, and leaves that one whole", () => {
  let nested: unknown;
  const table: AliasTable = new AliasTable({
    onWarning: () => {
      try {
        table.apply({ revision: 9, aliases: { b: { version: "v9" } } });
      } catch (error) {
        nested = error;
      }
    },
  });
  table.apply({ revision: 1, aliases: { a: { version: "v1" }, b: { version: "v1" } } });
  // A weight of 100 is a warning.
  const applied = table.apply({
    revision: 2,
    aliases: { b: { version: "v2" }, a: { version: "v1", additional_version_weights: { v2: 100 } } },
  });
  expect(String(nested)).toContain("within another update");
  expect([applied.revision, applied.accepted]).toEqual([2, ["b", "a"]]);
  expect([table.route("a", { headers: {} })?.version, table.route("b", { headers: {} })?.version]).toEqual(["v2", "v2"]);
});

test("an alias that is removed while it is compiled for being met often leaves its place to others", () => {
  const table: AliasTable = new AliasTable({
    compile: () => {
      throw new Error("not here");
    },
    onError: () => {
      if (table.has("a")) table.apply({ revision: 2, aliases: { b: { version: "v2" } } });
    },
  });
  table.apply({ revision: 1, aliases: { a: { version: "v1" } } });
  for (let met = 0; met < 200; met++) table.route("a", { headers: {} });
  expect(table.has("a")).toBe(false);
  expect(table.route("b", { headers: {} })?.version).toBe("v2");
  expect(table.compiled).toBe(0);
});
