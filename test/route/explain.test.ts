import { describe, expect, test } from "vitest";
import { type AliasConfig, explain, formatExplanation, type NodeRequest, plan } from "../../src/index.ts";

const config: AliasConfig = {
  name: "shop",
  version: "v1",
  additional_version_strategy: {
    canary: { rules: [{ rule_type: "Header", param: ":method", op: "=", value: "PURGE" }] },
    v2: {
      combine_type: "and",
      rules: [
        { rule_type: "Header", param: "X-Env", op: "=", value: "beta" },
        { rule_type: "Cookie", param: "group", op: "in", value: "a, b" },
      ],
    },
    v3: {
      combine_type: "or",
      rules: [
        { rule_type: "Query", param: "q", op: "=", value: "1" },
        { rule_type: "Attribute", param: "tenant", op: "=", value: "acme" },
        { rule_type: "Header", param: ":path", op: "=", value: "/new" },
      ],
    },
  },
  additional_version_weights: { canary: 5, v2: 10.5 },
  stickiness: {
    keys: [
      { rule_type: "Cookie", param: "uid" },
      { rule_type: "Header", param: "X-User" },
    ],
    on_missing: "primary",
  },
};

function told(from: AliasConfig, request: object, draw?: number): string {
  return formatExplanation(explain(from, request as NodeRequest, draw, { random: () => 0.25 }));
}

/** The arms of the config, with a mark at one of them. */
function arms(marked?: string): readonly string[] {
  return [
    "    canary  slots 0–499       5.00 %  /additional_version_weights/canary",
    "    v1      slots 500–8949   84.50 %  /version",
    "    v2      slots 8950–9999  10.50 %  /additional_version_weights/v2",
  ].map((line) => (line.startsWith(`    ${marked} `) ? line.replace("   ", "  ▸") : line));
}

/** What the strategies of the config see in a request without headers. */
const NOTHING = [
  "strategy canary: does not hold  /additional_version_strategy/canary",
  "  ✗ :method = `PURGE`: absent",
  "",
  "strategy v2: does not hold, wants every rule  /additional_version_strategy/v2",
  "  ✗ header x-env = `beta`: absent",
  "  ✗ cookie group in `a`, `b`: absent",
  "",
  "strategy v3: does not hold, wants one rule  /additional_version_strategy/v3",
  "  ✗ query q = `1`: absent",
  "  ✗ attribute tenant = `acme`: absent",
  "  ✗ :path = `/new`: absent",
];

describe("an explanation", () => {
  test("of a strategy shows every rule, also of the strategies that were not tried", () => {
    const request = { headers: { "x-env": "beta", cookie: "group=b" }, url: "/p?q=1", method: "GET" };
    expect(told(config, request).split("\n")).toEqual([
      "v2  (rule at /additional_version_strategy/v2)",
      "",
      "strategy canary: does not hold  /additional_version_strategy/canary",
      "  ✗ :method = `PURGE`: is `GET`",
      "",
      "strategy v2: holds, wants every rule  /additional_version_strategy/v2",
      "  ✓ header x-env = `beta`: is `beta`",
      "  ✓ cookie group in `a`, `b`: is `b`",
      "",
      "strategy v3: not tried, decided before, wants one rule  /additional_version_strategy/v3",
      "  ✓ query q = `1`: is `1`",
      "  ✗ attribute tenant = `acme`: absent",
      "  ✗ :path = `/new`: is `/p`",
      "",
      "no draw was needed",
      ...arms(),
    ]);
  });

  test("of one rule among several that is enough, and one that is not", () => {
    const request = { headers: { "x-env": "beta" }, attributes: { tenant: "acme" } };
    expect(told(config, request).split("\n").slice(0, 14)).toEqual([
      "v3  (rule at /additional_version_strategy/v3)",
      "",
      "strategy canary: does not hold  /additional_version_strategy/canary",
      "  ✗ :method = `PURGE`: absent",
      "",
      "strategy v2: does not hold, wants every rule  /additional_version_strategy/v2",
      "  ✓ header x-env = `beta`: is `beta`",
      "  ✗ cookie group in `a`, `b`: absent",
      "",
      "strategy v3: holds, wants one rule  /additional_version_strategy/v3",
      "  ✗ query q = `1`: absent",
      "  ✓ attribute tenant = `acme`: is `acme`",
      "  ✗ :path = `/new`: absent",
      "",
    ]);
  });

  test("of a sticky draw shows the key", () => {
    const request = { headers: { "x-user": "u\n1", cookie: "uid=" } };
    expect(told(config, request).split("\n")).toEqual([
      "v1  (split at /version)",
      "",
      ...NOTHING,
      "",
      "draw 0.5591613464057446 → slot 5591 of 10000, murmur3 of seed `shop` and header x-user `u\\u{a}1` = 2401579696  /stickiness/keys/1",
      ...arms("v1"),
    ]);
  });

  test("of a request without a sticky key says so", () => {
    expect(told(config, { headers: {} }).split("\n")).toEqual([
      "v1  (default at /stickiness/on_missing)",
      "",
      ...NOTHING,
      "",
      "no draw: none of the sticky keys is present",
      ...arms(),
    ]);
  });

  test.each([
    [0, 0, "canary", "/additional_version_weights/canary"],
    [0.0499, 499, "canary", "/additional_version_weights/canary"],
    [0.05, 500, "v1", "/version"],
    [0.8949, 8949, "v1", "/version"],
    [0.895, 8950, "v2", "/additional_version_weights/v2"],
    [0.9999, 9999, "v2", "/additional_version_weights/v2"],
  ])("of the draw %f marks the arm of its slot", (draw, slot, version, at) => {
    expect(told(config, { headers: {} }, draw).split("\n")).toEqual([
      `${version}  (split at ${at})`,
      "",
      ...NOTHING,
      "",
      `draw ${draw} → slot ${slot} of 10000, given by the caller`,
      ...arms(version),
    ]);
  });

  test.each([1, 1.5, -0.5])("of the draw %f, which is none, has no slot", (draw) => {
    expect(told(config, { headers: {} }, draw).split("\n")).toEqual([
      "v1  (error)",
      "  failed: the draw is not a number in [0, 1)",
      "",
      ...NOTHING,
      "",
      `draw ${draw}, given by the caller`,
      ...arms(),
    ]);
  });

  test("of a request without headers", () => {
    expect(told(config, {}, 0.5).split("\n").slice(0, 9)).toEqual([
      "v1  (error)",
      "  failed: the request has no headers",
      "",
      "strategy canary: not tried, decided before  /additional_version_strategy/canary",
      "  ✗ :method = `PURGE`: cannot be read: the request has no headers",
      "",
      "strategy v2: not tried, decided before, wants every rule  /additional_version_strategy/v2",
      "  ✗ header x-env = `beta`: cannot be read: the request has no headers",
      "  ✗ cookie group in `a`, `b`: cannot be read: the request has no headers",
    ]);
  });

  test("of a field that throws where it is needed", () => {
    const headers = {
      cookie: "group=b",
      get "x-env"(): string {
        throw new Error("boom");
      },
    };
    expect(told(config, { headers }).split("\n").slice(0, 13)).toEqual([
      "v1  (error)",
      "  failed: boom",
      "",
      "strategy canary: does not hold  /additional_version_strategy/canary",
      "  ✗ :method = `PURGE`: absent",
      "",
      "strategy v2: does not hold, wants every rule  /additional_version_strategy/v2",
      "  ✗ header x-env = `beta`: cannot be read: boom",
      "  ✓ cookie group in `a`, `b`: is `b`",
      "",
      "strategy v3: not tried, decided before, wants one rule  /additional_version_strategy/v3",
      "  ✗ query q = `1`: absent",
      "  ✗ attribute tenant = `acme`: absent",
    ]);
  });

  test("of what is thrown and is no error, and of what cannot be shown", () => {
    const throwing = (thrown: unknown): object => ({
      get headers(): object {
        throw thrown;
      },
    });
    const failure = (thrown: unknown): string | undefined => explain(config, throwing(thrown) as NodeRequest).failure;
    expect(failure("boom")).toBe("boom");
    expect(failure(undefined)).toBe("undefined");
    expect(failure(Object.create(null))).toBe("an error that cannot be shown");
  });

  test("of a config without strategies and weights is a line", () => {
    expect(told({ version: "v1" }, { headers: {} })).toBe("v1  (default at /version)");
  });

  test("of the random source, and of one arm", () => {
    expect(told({ version: "v1", additional_version_weights: { v2: 100 } }, { headers: {} }).split("\n")).toEqual([
      "v2  (split at /additional_version_weights/v2)",
      "",
      "draw 0.25 → slot 2500 of 10000, from the random source",
      "  ▸ v2  slots 0–9999     100.00 %  /additional_version_weights/v2",
    ]);
  });

  test("shows so much of lists and texts", () => {
    const rule = (param: string, value: string) => ({ rule_type: "Header", param, op: "in", value });
    const rules = [rule("five", "1,2,3,4,5"), rule("six", "1,2,3,4,5,6"), rule("long", "a".repeat(80)), rule("longer", "a".repeat(81))];
    const request = { headers: { five: "\u202e1\0\u2028\ud800", longer: "b".repeat(81) } };
    const strategy = { combine_type: "or", rules };
    expect(
      told({ version: "v1", additional_version_strategy: { v2: strategy } }, request)
        .split("\n")
        .slice(3),
    ).toEqual([
      "  ✗ header five in `1`, `2`, `3`, `4`, `5`: is `\\u{202e}1\\u{0}\\u{2028}\\u{d800}`",
      "  ✗ header six in `1`, `2`, `3`, `4`, `5` and 1 more: absent",
      `  ✗ header long = \`${"a".repeat(80)}\`: absent`,
      `  ✗ header longer = \`${"a".repeat(80)}…\` (81 characters): is \`${"b".repeat(80)}…\` (81 characters)`,
    ]);
  });

  test("shows names without what steers a terminal", () => {
    const rules = [{ rule_type: "Query", param: "\u001b[31m", op: "=", value: "1" }];
    const stickiness = { keys: [{ rule_type: "Query", param: "\u001b" }], on_missing: "random", seed: "\u001b" };
    const hostile: AliasConfig = {
      version: "v1",
      additional_version_strategy: { v2: { rules } },
      additional_version_weights: { v2: 1 },
      stickiness,
    };
    const lines = told(hostile, { headers: {}, url: "/?%1b=%1b" }).split("\n");
    expect(lines[3]).toBe("  ✗ query \\u{1b}[31m = `1`: absent");
    expect(lines[5]).toMatch(/, murmur3 of seed `\\u\{1b\}` and query \\u\{1b\} `\\u\{1b\}` = \d+ {2}\/stickiness\/keys\/0$/);
  });

  test("is data, too", () => {
    const request = { headers: { cookie: "uid=7" } };
    const meaning = plan(config);
    const { decision, draw, arms: slots, steps, ...rest } = explain(meaning, request);
    expect(rest).toEqual({});
    expect(draw).toEqual({
      value: 785531499 / 2 ** 32,
      slot: 1828,
      from: {
        kind: "sticky",
        at: "/stickiness/keys/0",
        field: { kind: "cookie", name: "uid" },
        key: "7",
        seed: "shop",
        algorithm: "murmur3",
        hash: 785531499,
      },
    });
    expect(decision).toBe(meaning.outcomes.find(({ reason, at }) => reason === "split" && at === "/version"));
    expect(slots[1]).toEqual({ version: "v1", at: "/version", from: 500, until: 8950 });
    expect(steps.map(({ combine }) => combine)).toEqual(["and", "and", "or"]);
    expect(steps[1]).toEqual({
      at: "/additional_version_strategy/v2",
      version: "v2",
      combine: "and",
      tried: true,
      holds: false,
      rules: [
        {
          at: "/additional_version_strategy/v2/rules/0",
          field: { kind: "header", name: "x-env" },
          expected: ["beta"],
          actual: undefined,
          holds: false,
        },
        {
          at: "/additional_version_strategy/v2/rules/1",
          field: { kind: "cookie", name: "group" },
          expected: ["a", "b"],
          actual: undefined,
          holds: false,
        },
      ],
    });
  });

  test("has no negative zero", () => {
    expect(explain(config, { headers: {} }, -0).draw).toEqual({ value: 0, slot: 0, from: { kind: "given" } });
  });

  test("names the first of several failures", () => {
    const headers = {
      get "x-env"(): string {
        throw new Error("first");
      },
      get cookie(): string {
        throw new Error("second");
      },
    };
    const { failure, steps } = explain(config, { headers });
    expect(failure).toBe("first");
    expect(steps[1]?.rules.map((rule) => rule.failure)).toEqual(["first", "second"]);
  });

  test("reads each text of the request once, and asks only of a value who owns it", () => {
    const reads: string[] = [];
    const headers = new Proxy({} as Record<string, string>, {
      get: (_, name) => (reads.push(String(name)), name === "cookie" ? "group=a; uid=7" : undefined),
      getOwnPropertyDescriptor: (_, name) => (reads.push(`owns ${String(name)}`), { configurable: true, enumerable: true, value: "" }),
    });
    const rules = [...config.additional_version_strategy!["v2"]!.rules, { rule_type: "Header", param: "Cookie", op: "=", value: "1" }];
    explain({ ...config, additional_version_strategy: { v2: { combine_type: "or", rules } } }, { headers });
    // Headers with a function `get` are those of a `Request`, and refused.
    expect(reads).toEqual(["get", "x-env", "cookie", "owns cookie"]);
  });
});
