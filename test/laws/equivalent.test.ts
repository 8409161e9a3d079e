import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { equivalent } from "../../src/prove/equivalent.ts";
import { type NodeRequest, shares, toRequest } from "../../src/index.ts";
import { configs, requests } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

const seeds = fc.constantFrom(0, 0.004, 0.1, 0.29, 0.33, 0.5, 0.66, 0.9, 0.9999);

/** A config and another that is like it but for something. */
const pairs: fc.Arbitrary<readonly [AliasConfig, AliasConfig]> = fc
  .tuple(configs, configs, fc.subarray(["version", "additional_version_strategy", "additional_version_weights", "stickiness"] as const))
  .map(([one, other, keys]) => {
    const mixed: Record<string, unknown> = { ...one };
    for (const key of keys) {
      if (other[key] === undefined) delete mixed[key];
      else mixed[key] = other[key];
    }
    return [one, mixed as unknown as AliasConfig] as const;
  })
  .filter(([, mixed]) => mixed.additional_version_weights?.[mixed.version] === undefined);

law("a witness of `equivalent` makes the two configs differ, by the oracle", pairs, ([before, after]) => {
  const found = equivalent(before, after);
  if (found.kind !== "different") return;
  const request = toRequest(found.request);
  expect(owned(shares(before, request))).toEqual(found.draw === undefined ? found.before : owned(shares(before, request)));
  const draws = found.draw === undefined ? Array.from({ length: 200 }, (_, n) => (n + 0.5) / 200) : [found.draw];
  if (found.draw === undefined) {
    expect(found.before).not.toEqual(found.after);
    expect(owned(shares(after, request))).toEqual(found.after);
  } else {
    const [one, other] = [before, after].map((config) => decide(config, request, draws[0]).version);
    expect(one).not.toBe(other);
  }
});

law(
  "two configs that are `equivalent` give every request and draw the same version, by the oracle",
  fc.tuple(pairs, fc.array(fc.tuple(requests, seeds), { minLength: 20, maxLength: 40 })),
  ([[before, after], examples]) => {
    if (equivalent(before, after).kind !== "equivalent") return;
    for (const [request, draw] of examples) {
      if (typeof request !== "object" || request === null || typeof (request as NodeRequest).headers !== "object") continue;
      if ((request as NodeRequest).headers === null) continue;
      expect(decide(before, request, draw).version).toBe(decide(after, request, draw).version);
      expect(owned(shares(before, request as NodeRequest))).toEqual(owned(shares(after, request as NodeRequest)));
    }
  },
  600,
);

describe("a difference is found", () => {
  const key = (rule_type: string, param: string) => ({ rule_type, param });
  const sticky = (percent: number, ...keys: readonly ReturnType<typeof key>[]): AliasConfig => ({
    name: "a",
    version: "v1",
    additional_version_weights: { v2: percent },
    stickiness: { keys, on_missing: "primary" },
  });
  const wanting = (...rules: readonly (readonly [type: string, param: string, value: string])[]): AliasConfig => ({
    version: "v1",
    additional_version_strategy: {
      v2: { combine_type: "and", rules: rules.map(([rule_type, param, value]) => ({ rule_type, param, op: "=", value })) },
    },
  });
  const [user, team] = [key("Header", "x-user"), key("Header", "x-team")];
  test.each<[string, AliasConfig, AliasConfig]>([
    ["sticky keys in another order", sticky(50, user, team), sticky(50, team, user)],
    ["in an arm of one slot", sticky(0.01, user, team), sticky(0.01, team, user)],
    ["another seed, in an arm of one slot", sticky(0.01, user), { ...sticky(0.01, user), name: "b" }],
    ["nothing and all, with a key", sticky(0, user), sticky(100, user)],
    ["a path beside a query of one target", wanting(["Query", "q", "1"]), wanting(["Query", "q", "1"], ["Header", ":path", "/"])],
    ["a cookie and the line that has it", wanting(["Cookie", "a", "1"]), wanting(["Header", "cookie", "a=1"])],
    ["the line, and its cookie with it", wanting(["Cookie", "b", "2"]), wanting(["Cookie", "b", "2"], ["Cookie", "a", "1"])],
    ["the authority and the host", wanting(["Header", ":authority", "x"]), wanting(["Header", "host", "x"])],
    ["keys in one text: a cookie and its line", sticky(0.01, key("Cookie", "a")), sticky(0.01, key("Header", "cookie"))],
    ["keys in one text: a path and a query", sticky(1, key("Query", "q")), sticky(1, key("Header", ":path"))],
  ])("%s", (_, before, after) => {
    for (const [one, other] of [
      [before, after],
      [after, before],
    ] as const) {
      const found = equivalent(one, other);
      if (found.kind !== "different") throw new Error(found.kind);
      const request = toRequest(found.request);
      expect(decide(one, request, found.draw).version).not.toBe(decide(other, request, found.draw).version);
    }
  });

  test("in none of these", () => {
    const line = ["Header", "cookie", "a=1; b=2"] as const;
    expect(equivalent(wanting(line), wanting(line, ["Cookie", "b", "2"]))).toEqual({ kind: "equivalent" });
    expect(equivalent(wanting(["Header", "host", "x"], ["Header", ":authority", "y"]), wanting(["Header", "host", "x"])).kind).toBe(
      "different",
    );
    expect(equivalent({ version: "v1" }, wanting(line, ["Cookie", "a", "2"]))).toEqual({ kind: "equivalent" });
    expect(equivalent({ version: "v1" }, wanting(["Header", ":path", "http://h/"]))).toEqual({ kind: "equivalent" });
    expect(equivalent({ version: "v1" }, wanting(["Query", "\ud800", "1"]))).toEqual({ kind: "equivalent" });
  });
});

test("of a thousand pairs, some are equivalent, most differ, and none remains unknown", () => {
  const counts = { equivalent: 0, different: 0, unknown: 0 };
  for (const [before, after] of fc.sample(pairs, { numRuns: 1000, seed: 7 })) counts[equivalent(before, after).kind]++;
  expect(counts.equivalent).toBeGreaterThan(50);
  expect(counts.different).toBeGreaterThan(200);
  expect(counts.unknown).toBe(0);
});

function owned(slotsOf: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(slotsOf)
      .filter(([, slots]) => slots > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
