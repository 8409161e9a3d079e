import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { compile, explain, toRequest } from "../../src/index.ts";
import { aliasConfigs, requestsFor } from "../../src/testing/arbitraries.ts";
import { matchers } from "../../src/testing/index.ts";
// oxlint-disable-next-line import/no-unassigned-import -- it registers the matchers
import "../../src/testing/vitest.ts";
import { law } from "../support/law.ts";

const route = compile({
  version: "v1",
  additional_version_weights: { v2: 10 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } },
});
const beta = { cookies: { beta: "on" } };

describe("the matchers of Vitest", () => {
  test("hold", () => {
    expect(route).toRoute(beta, "v3");
    expect(route).toRoute({}, "v2", 0.05);
    expect(route).not.toRoute({}, "v1");
    expect(route).toSplit({}, { v1: 90, v2: 10 });
    expect(route).toSplit(beta, { v3: 100 });
    expect(route).not.toSplit({}, { v1: 89.99, v2: 10.01 });
    expect(route).toDecideBy(beta, "/additional_version_strategy/v3");
    expect(route).toDecideBy({ headers: {} }, "/version", 0.5);
  });

  test.each([7, 1, -0.1, Number.NaN])("refuse %d, which is no draw", (draw) => {
    expect(() => expect(route).toRoute({}, "v1", draw)).toThrow(RangeError);
    expect(() => expect(route).not.toRoute({}, "v2", draw)).toThrow(RangeError);
    expect(() => expect(route).toDecideBy({}, "", draw)).toThrow("is no draw");
  });

  test("show the explanation where they do not", () => {
    expect(() => expect(route).toRoute({ cookies: { beta: "off" } }, "v3")).toThrowErrorMatchingInlineSnapshot(`
      [Error: expected the route to answer v3 for every draw, got v1 90 %, v2 10 %

      v2 10.00 %, v1 90.00 %  (split)

      strategy v3: does not hold  /additional_version_strategy/v3
        ✗ cookie beta = \`on\`: is \`off\`

      the draw is random
          v2  slots 0–999      10.00 %  /additional_version_weights/v2
          v1  slots 1000–9999  90.00 %  /version]
    `);
    expect(() => expect(route).toSplit({}, { v1: 80, v2: 20 })).toThrow(
      "expected the route to split as v1 80 %, v2 20 %, got v1 90 %, v2 10 %",
    );
    expect(() => expect(route).toDecideBy(beta, "/version")).toThrow(
      "to decide by /version, got /additional_version_strategy/v3 (rule, v3)",
    );
    expect(() => expect(route).not.toRoute(beta, "v3")).toThrow("expected the route not to answer v3");
    expect(() => expect(route).toRoute({}, "v2", 0.5)).toThrow("expected the route to answer v2, got v1\n");
    expect(() => expect(route).not.toSplit({}, { v1: 90, v2: 10 })).toThrow("expected the route not to split as v1 90 %, v2 10 %, got");
    expect(() => expect(() => 1).toAlwaysRoute({}, "v1")).toThrow("expected a route: give `expect` what `compile` returns");
    expect(() => expect(1).toRoute({}, "v1")).toThrow("expected a route: give `expect` what `compile` returns");
  });
});

test("Jest takes the same functions, by its global `expect`", async () => {
  await expect(import("../../src/testing/jest.ts")).rejects.toThrow("there is no global `expect`");
  const extend = vi.fn();
  vi.stubGlobal("expect", { extend });
  vi.resetModules();
  await import("../../src/testing/jest.ts");
  vi.unstubAllGlobals();
  expect(Object.keys(extend.mock.calls[0]?.[0] as object)).toEqual(Object.keys(matchers));
});

law(
  "generated configs compile, and every request of `requestsFor` is decided",
  aliasConfigs().chain((config) => requestsFor(config).map((request) => ({ config, request }))),
  ({ config, request }) => {
    expect(compile(config)(request, 0.5).reason).not.toBe("error");
  },
);

test("generated requests meet their configs: about every third is decided by a rule", () => {
  let rules = 0;
  const runs = fc.sample(
    aliasConfigs().filter(({ additional_version_strategy: all }) => Object.keys(all ?? {}).length > 0),
    { numRuns: 200, seed: 5 },
  );
  for (const config of runs) {
    for (const request of fc.sample(requestsFor(config), { numRuns: 10, seed: 5 }))
      if (explain(config, request, 0.5).decision.reason === "rule") rules++;
  }
  expect(rules).toBeGreaterThan(600);
});

test("bounds on generated configs hold", () => {
  for (const config of fc.sample(aliasConfigs({ versions: 1, rules: 1 }), { numRuns: 100, seed: 5 })) {
    expect(Object.keys(config.additional_version_strategy ?? {}).length).toBeLessThanOrEqual(1);
    for (const { rules } of Object.values(config.additional_version_strategy ?? {})) expect(rules.length).toBe(1);
  }
  expect(toRequest({}).headers).toEqual({});
});
