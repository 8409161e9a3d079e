import { expect, test } from "vitest";
import { plan as planOf } from "../../src/index.ts";
import { exposureOf } from "../../src/simulate/exposure.ts";
import { emptySummary } from "../../src/simulate/summary.ts";
import { simulate, visitTraffic, type Visit } from "../../src/simulate/index.ts";

const CONFIG = {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 50 },
  additional_version_strategy: {
    v3: { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "on" }] },
    v4: { rules: [{ rule_type: "Attribute", param: "tenant", op: "=", value: "acme" }] },
  },
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" as const },
};

const visit = (request: object, user?: string): Visit => ({ request, user }) as unknown as Visit;

test("a request that cannot be read comes to no strategy", async () => {
  const unreadable = {
    get headers(): object {
      throw new Error("gone");
    },
  };
  const visits = [
    ...[1, 2, 3].map(() => visit(unreadable)),
    visit({}),
    visit({ headers: { "x-beta": "on" } }),
    visit({ headers: {}, attributes: { tenant: "acme" } }),
    visit({ headers: {} }),
  ];
  const { requests, funnel, reasons } = await simulate(CONFIG, visitTraffic([visits]), { seed: "a" });
  expect(requests).toBe(7);
  expect(reasons.find(({ reason }) => reason === "error")?.requests).toBe(4);
  expect(funnel.map(({ version, reached, held }) => ({ version, reached, held }))).toEqual([
    { version: "v3", reached: 3, held: 1 },
    { version: "v4", reached: 2, held: 1 },
  ]);
});

test("of a sample, counts are those of all, and shares are those of the sample", () => {
  const plan = planOf(CONFIG);
  const versions = ["v1", "v2", "v3"];
  const summary = { ...emptySummary(versions.length), count: 1_000, requests: 2_000, squares: 5_000, exposed: [375, 375, 250] };
  const [whole, sampled] = [0, 3].map((level) => exposureOf(plan, versions, { summary, level }));
  expect(whole).toMatchObject({ count: 1_000, counted: 1_000 });
  expect(sampled).toMatchObject({ count: 8_000, counted: 1_000 });
  expect(sampled?.versions.map(({ count }) => count)).toEqual([3_000, 3_000, 2_000]);
  expect(sampled?.versions.map(({ share, interval }) => ({ share, interval }))).toEqual(
    whole?.versions.map(({ share, interval }) => ({ share, interval })),
  );
});
