import { expect, test } from "vitest";
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

test("of more users than memory holds, counts are those of all, estimated from the sample", async () => {
  const count = 100_000;
  const visits = Array.from({ length: count }, (_, index) => {
    const user = `user-${index}`;
    return visit({ headers: index % 4 === 0 ? { "x-beta": "on", "x-user": user } : { "x-user": user } }, user);
  });
  const { users } = await simulate(CONFIG, visitTraffic([visits]), { seed: "a" });
  if (users === undefined) throw new Error("no users were counted");
  // A sample of level n holds one in 2^n: its size and these estimates are binomial.
  const within = (number: number, expected: number): void => expect(Math.abs(number - expected)).toBeLessThan(0.03 * count);
  expect(users.counted).toBeLessThan(0.6 * count);
  within(users.count, count);
  const countOf = (version: string): number => users.versions.find((each) => each.version === version)?.count ?? 0;
  within(countOf("v3"), count / 4);
  within(countOf("v1"), (count * 3) / 8);
  within(countOf("v2"), (count * 3) / 8);
  expect(users.versions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
});
