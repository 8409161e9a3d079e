import { expect, test } from "vitest";
import { logTraffic, rollout, simulate } from "../../src/simulate/index.ts";

const stickiness = { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" };
const steps = [{ setWeight: 10 }, { pause: {} }, { setWeight: 0 }, { pause: {} }, { setWeight: 30 }];

/** A log in which each user comes in several pieces of it. */
async function* log(users: number): AsyncGenerator<string> {
  for (let round = 0; round < 2; round++)
    for (let user = 0; user < users; user++) yield `${JSON.stringify({ method: "GET", url: "/", headers: { "x-user": `u${user}` } })}\n`;
}

test("users who move are counted in a log by the keys of sticky draws, each once, however often they come", async () => {
  const users = 20_000;
  const shop = rollout({ alias: { name: "shop", version: "v1", stickiness }, canary: "v2", steps });
  const { changes, usersSampled } = await simulate(shop, logTraffic(log(users)), { seed: "a" });
  expect(usersSampled).toBe(1);
  expect(changes.every(({ requests, users: moved }) => moved !== undefined && requests === 2 * moved)).toBe(true);
  const [up, down, again, promoted] = changes.map((change) => change.users ?? 0);
  expect(up).toBe(down);
  expect((again ?? 0) + (promoted ?? 0)).toBe(users);
  expect(Math.abs((up ?? 0) / users - 0.1)).toBeLessThan(0.01);
});

test("of more users than are held an even sample is, and the part is told", async () => {
  const users = 100_000;
  const shop = rollout({ alias: { name: "shop", version: "v1", stickiness }, canary: "v2", steps: [{ setWeight: 100 }] });
  const { changes, usersSampled } = await simulate(shop, logTraffic(log(users)), { seed: "a", memory: 12_000_000 });
  expect(usersSampled).toBe(0.5);
  // Six standard errors of a sample of a half.
  expect(Math.abs((changes[0]?.users ?? 0) - users)).toBeLessThan(6 * Math.sqrt(users));
});

test("without a user and without a key nobody is counted", async () => {
  const shop = rollout({ alias: { name: "shop", version: "v1" }, canary: "v2", steps });
  const { changes } = await simulate(shop, logTraffic(log(100)), { seed: "a" });
  expect(changes.map(({ users }) => users)).toEqual([undefined, undefined, undefined, undefined]);
});
