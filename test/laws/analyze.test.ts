import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { analyze, type Claim } from "../../src/prove/analyze.ts";
import type { AliasConfig } from "../../src/alias/config.ts";
import { CLAIM_CODES } from "../../src/prove/codes.ts";
import { explain, type Explanation, type NodeRequest, type RequestParts, shares, toRequest } from "../../src/index.ts";
import { configs, requests } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

const readable = (request: unknown): request is NodeRequest =>
  explain({ version: "v1" }, request as NodeRequest).decision.reason !== "error";

const samples = fc.array(requests, { minLength: 30, maxLength: 60 }).map((some) => some.filter(readable));

/** The strategy or rule at a pointer, as an explanation saw it. */
function seen({ steps }: Explanation, at: string): { readonly tried: boolean; readonly holds: boolean } {
  for (const step of steps) {
    if (step.at === at) return step;
    const rule = step.rules.find((each) => each.at === at);
    if (rule !== undefined) return { tried: step.tried, holds: rule.holds };
  }
  throw new Error(`nothing at ${at}`);
}

/** The config without what a pointer names. */
function without(config: AliasConfig, at: string): AliasConfig {
  const [, version = "", , index] = at
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const strategies = structuredClone(config.additional_version_strategy ?? {}) as Record<string, { rules: unknown[] }>;
  if (index === undefined) delete strategies[version];
  else strategies[version]?.rules.splice(Number(index), 1);
  return { ...config, additional_version_strategy: strategies } as AliasConfig;
}

/** Throws where a request shows that a claim is false. */
function refute({ code, at }: Claim, config: AliasConfig, request: NodeRequest): void {
  const explained = explain(config, request, 0.5);
  switch (code) {
    case "rule-never":
      expect(seen(explained, at.split("/rules/")[0] ?? "").holds).toBe(false);
      break;
    case "strategy-never":
      expect(seen(explained, at).holds).toBe(false);
      break;
    case "strategy-shadowed":
      expect(explained.decision.at).not.toBe(at);
      break;
    case "rule-idle":
      expect(decide(without(config, at), request, 0.5).version).toBe(explained.decision.version);
      break;
    case "primary-unreached":
      expect(shares(config, request)[config.version]).toBe(0);
      break;
    case "version-unreached": {
      const version = (at.split("/")[2] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
      expect(shares(config, request)[version]).toBe(0);
      break;
    }
    default:
      break;
  }
}

/** What a claim's own request must show. */
function confirm({ code, at, witness }: Claim, config: AliasConfig): void {
  if (witness === undefined) return;
  const explained = explain(config, toRequest(witness), 0.5);
  switch (code) {
    case "rule-never":
    case "rule-idle":
      expect(seen(explained, at).holds).toBe(true);
      break;
    case "strategy-shadowed":
      expect(seen(explained, at)).toMatchObject({ holds: true, tried: false });
      break;
    case "strategies-overlap":
      expect(seen(explained, at)).toMatchObject({ holds: true, tried: false });
      expect(explained.decision.reason).toBe("rule");
      break;
    default:
      break;
  }
}

law(
  "no request refutes a claim of `analyze`",
  fc.tuple(configs, samples),
  ([config, some]) => {
    for (const claim of analyze(config)) for (const request of some) refute(claim, config, request);
  },
  400,
);

law("the request of a claim shows what it says", configs, (config) => analyze(config).forEach((claim) => confirm(claim, config)), 600);

/** A request for every choice of what the rules of a config mention, or nothing where there are too many. */
function everyRequest({ additional_version_strategy: strategies }: AliasConfig): readonly NodeRequest[] {
  const fields = new Map<string, { readonly type: string; readonly param: string; readonly values: Set<string> }>();
  for (const { rules } of Object.values(strategies ?? {})) {
    for (const { rule_type: type, param, op, value } of rules) {
      const key = `${type} ${type === "Header" ? param.toLowerCase() : param}`;
      const field = fields.get(key) ?? { type, param, values: new Set() };
      fields.set(key, field);
      for (const each of op === "in" ? value.split(",").map((item) => item.trim()) : [value]) field.values.add(each);
    }
  }
  let parts: readonly RequestParts[] = [{}];
  for (const { type, param, values } of fields.values()) {
    parts = parts.flatMap((each) => [each, ...[...values].map((value) => withPart(each, type, param, value))]);
    if (parts.length > 2000) return [];
  }
  return parts.map(toRequest);
}

function withPart(parts: RequestParts, type: string, param: string, value: string): RequestParts {
  switch (type) {
    case "Cookie":
      return { ...parts, cookies: { ...parts.cookies, [param]: value } };
    case "Query":
      return { ...parts, query: { ...parts.query, [param]: value } };
    case "Attribute":
      return { ...parts, attributes: { ...parts.attributes, [param]: value } };
    default:
      if (param === ":path") return { ...parts, path: value };
      return param === ":method" ? { ...parts, method: value } : { ...parts, headers: { ...parts.headers, [param]: value } };
  }
}

law("a strategy that some request comes to and holds for has no claim that says it has none, and the reverse", configs, (config) => {
  const every = everyRequest(config);
  const claims = analyze(config);
  if (every.length === 0 || claims.some(({ code }) => code === "undecided")) return;
  const reached = new Set(every.map((request) => decide(config, request, 0.5).at));
  const denied = new Set(
    claims.flatMap(({ code, at }) =>
      code === "rule-never" ? [at.split("/").slice(0, 3).join("/")] : code.startsWith("strategy-") ? [at] : [],
    ),
  );
  for (const version of Object.keys(config.additional_version_strategy ?? {})) {
    const at = `/additional_version_strategy/${version.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    expect(denied.has(at), at).toBe(!reached.has(at));
  }
});

test("the law would notice a false claim", () => {
  const config: AliasConfig = {
    version: "v1",
    additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "a", op: "=", value: "1" }] } },
  };
  const at = "/additional_version_strategy/v2";
  const request = toRequest({ headers: { a: "1" } });
  for (const code of ["strategy-never", "strategy-shadowed"] as const)
    expect(() => refute({ code, at, severity: "warning", message: "" }, config, request)).toThrow();
});

const header = (param: string, value: string, op = "=") => ({ rule_type: "Header", param, op, value });
const one = (...rules: readonly ReturnType<typeof header>[]) => ({ combine_type: "and", rules });
const some = (...rules: readonly ReturnType<typeof header>[]) => ({ combine_type: "or", rules });

describe("`analyze` finds", () => {
  const table: readonly (readonly [string, AliasConfig, readonly string[]])[] = [
    ["nothing in a plain alias", { version: "v1", additional_version_weights: { v2: 10 } }, []],
    [
      "two values of one header under `and`",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1"), header("A", "2")) } },
      ["rule-never /additional_version_strategy/v2/rules/1"],
    ],
    [
      "a strategy that an earlier one covers",
      {
        version: "v1",
        additional_version_order: ["v2", "v3"],
        additional_version_strategy: { v2: some(header("a", "1,2", "in")), v3: one(header("a", "2"), header("b", "1")) },
      },
      ["strategy-shadowed /additional_version_strategy/v3"],
    ],
    [
      "a strategy that two earlier ones cover together, and neither alone",
      {
        version: "v1",
        additional_version_order: ["v2", "v3", "v4"],
        additional_version_strategy: {
          v2: one(header("a", "1"), header("b", "1")),
          v3: one(header("a", "2"), header("b", "1")),
          v4: one(header("a", "1,2", "in"), header("b", "1")),
        },
      },
      ["strategy-shadowed /additional_version_strategy/v4"],
    ],
    [
      "a rule that changes nothing",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1"), header("a", "1,2", "in")) } },
      ["rule-idle /additional_version_strategy/v2/rules/1"],
    ],
    [
      "strategies that overlap in no stated order",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1")), v3: one(header("b", "1")) } },
      ["strategies-overlap /additional_version_strategy/v3"],
    ],
    [
      "no overlap where the order is stated",
      {
        version: "v1",
        additional_version_order: ["v3", "v2"],
        additional_version_strategy: { v2: one(header("a", "1")), v3: one(header("b", "1")) },
      },
      [],
    ],
    ["a primary without traffic", { version: "v1", additional_version_weights: { v2: 100 } }, ["primary-unreached /version"]],
    [
      "a version without traffic",
      { version: "v1", additional_version_weights: { v2: 0, v3: 1 } },
      ["version-unreached /additional_version_weights/v2"],
    ],
    [
      "items that are there twice",
      { version: "v1", additional_version_strategy: { v2: one(header("a", "1, 2,1", "in")) } },
      ["list-item-repeated /additional_version_strategy/v2/rules/0/value"],
    ],
    [
      "a sticky key that is asked twice",
      {
        name: "a",
        version: "v1",
        additional_version_weights: { v2: 50 },
        stickiness: {
          keys: [
            { rule_type: "Header", param: "x-user" },
            { rule_type: "header", param: "X-User" },
          ],
          on_missing: "primary",
        },
      },
      ["sticky-key-repeated /stickiness/keys/1"],
    ],
    [
      "sticky keys that are never asked",
      { name: "a", version: "v1", stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" } },
      ["stickiness-idle /stickiness"],
    ],
    [
      "a path that has a query",
      { version: "v1", additional_version_strategy: { v2: one(header(":path", "/a?b=1")) } },
      ["value-impossible /additional_version_strategy/v2/rules/0", "strategy-never /additional_version_strategy/v2"],
    ],
  ];
  test.each(table)("%s", (_, config, expected) => {
    expect(analyze(config).map(({ code, at }) => `${code} ${at}`)).toEqual(expected);
  });

  test("4.2-19: an overlap in no stated order, with a request that both hold for", () => {
    const config = { version: "v1", additional_version_strategy: { v2: one(header("a", "1")), v3: one(header("b", "1")) } };
    const [overlap] = analyze(config);
    expect(overlap).toMatchObject({ code: "strategies-overlap", severity: "warning", at: "/additional_version_strategy/v3" });
    expect(overlap?.witness).toEqual({ headers: { a: "1", b: "1" } });
  });

  test("the same of long lists and of many rules", () => {
    const list = Array.from({ length: 20_000 }, (_, number) => `a${number}`).join(",");
    const rules = Array.from({ length: 1000 }, (_, number) => header(`h${number}`, "1"));
    const config: AliasConfig = {
      version: "v1",
      additional_version_order: ["v2", "v3", "v4"],
      additional_version_strategy: {
        v2: some(...rules),
        v3: one(header("x", `${list},a0`, "in"), header("x", `${list},b`, "in")),
        v4: one(...rules),
      },
    };
    const told = analyze(config).map(({ code, at }) => `${code} ${at}`);
    expect(told).toEqual([
      "list-item-repeated /additional_version_strategy/v3/rules/0/value",
      "rule-idle /additional_version_strategy/v3/rules/1",
      "strategy-shadowed /additional_version_strategy/v4",
    ]);
  });

  test("something for every code that it has", () => {
    const told = new Set([...table.flatMap(([, , expected]) => expected.map((line) => line.split(" ")[0])), "undecided"]);
    expect(CLAIM_CODES.filter((code) => !told.has(code))).toEqual([]);
  });

  test("that it does not know, where the effort is too small", () => {
    const config: AliasConfig = {
      version: "v1",
      additional_version_order: ["v2", "v3"],
      additional_version_strategy: {
        v2: one(header("a", "1"), header("b", "1")),
        v3: some(header("a", "1"), header("b", "1")),
      },
    };
    expect(analyze(config, { effort: 0 }).map(({ code }) => code)).toContain("undecided");
    expect(analyze(config)).toEqual([]);
  });
});
