import { expect, test } from "vitest";
import { strategyHits } from "../../src/testing/arbitraries.ts";

const rule = (rule_type: string, param: string, value: string) => ({ rule_type, param, op: value.includes(",") ? "in" : "=", value });

/** As a shop has it: staff, partners by contract, a country and a path, a beta of some users, and a split by the user. */
const POLICY = {
  name: "checkout",
  version: "v1",
  additional_version_order: ["staff", "partner", "de", "beta", "canary"],
  additional_version_weights: { canary: 5 },
  additional_version_strategy: {
    staff: {
      combine_type: "and",
      rules: [rule("Header", "x-staff", "yes"), rule("Attribute", "network", "office"), rule("Cookie", "debug", "on")],
    },
    partner: {
      combine_type: "and",
      rules: [
        rule("Attribute", "contract", "gold,silver"),
        rule("Header", ":path", "/api/checkout,/api/cart"),
        rule("Header", ":method", "POST"),
        rule("Header", "x-api", "2"),
      ],
    },
    de: {
      combine_type: "and",
      rules: [rule("Attribute", "country", "de,at,ch"), rule("Header", ":path", "/cart"), rule("Query", "currency", "EUR")],
    },
    beta: { combine_type: "or", rules: [rule("Cookie", "beta", "on"), rule("Query", "beta", "1")] },
  },
  stickiness: { keys: [{ rule_type: "Header", param: "x-user-id" }], on_missing: "primary" },
};

test("requests for a policy hit each of its strategies in at least 5 of 100, and the split", () => {
  const { requests, strategies, split } = strategyHits(POLICY, { count: 2_000, seed: 7 });
  expect(requests).toBe(2_000);
  expect(strategies.map(({ at }) => at)).toEqual(
    ["staff", "partner", "de", "beta"].map((version) => `/additional_version_strategy/${version}`),
  );
  for (const { hits, version } of strategies) expect(hits, version).toBeGreaterThan(0.05 * requests);
  expect(split).toBeGreaterThan(0.05 * requests);
  expect(split + strategies.reduce((sum, { hits }) => sum + hits, 0)).toBe(requests);
});

test("a strategy that no request can reach is hit by none", () => {
  const config = {
    version: "v1",
    additional_version_strategy: { v2: { rules: [rule("Header", "a", "1")] }, v3: { rules: [rule("Header", "a", "1")] } },
  };
  const { strategies } = strategyHits(config, { count: 200, seed: 7 });
  expect(strategies.map(({ hits }) => hits > 0)).toEqual([true, false]);
});
