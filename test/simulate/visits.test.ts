import { Readable } from "node:stream";
import { expect, test } from "vitest";
import {
  type Batch,
  logTraffic,
  population,
  populationTraffic,
  simulate,
  type Traffic,
  visitsOf,
  visitTraffic,
} from "../../src/simulate/index.ts";

async function all(traffic: Traffic, seed?: string): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of visitsOf(traffic, seed)) batches.push(batch);
  return batches;
}

test("malformed lines have their numbers over a log of several batches", async () => {
  const lines = Array.from({ length: 60_000 }, (_, index) => (index % 10_000 === 9_999 ? "x" : '{"draw":0.5}'));
  const batches = await all(logTraffic(Readable.from([lines.join("\n")]), { form: "ndjson" }));
  expect(batches.length).toBeGreaterThan(1);
  expect(batches.flatMap(({ malformed }) => malformed.map(({ line }) => line))).toEqual([10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  const visits = batches.flatMap((batch) => batch.visits);
  expect(visits).toHaveLength(59_994);
  expect(visits.every(({ draw }) => draw === 0.5)).toBe(true);
});

test("a population makes the visits that `simulate` routes, for a seed", async () => {
  const people = population({ users: 300, sessions: 2, requests: 3, identity: { rule_type: "Header", param: "X-User" } });
  const [one, same] = [await all(populationTraffic(people), "a"), await all(populationTraffic(people), "a")];
  expect(same).toEqual(one);
  const visits = one.flatMap((batch) => batch.visits);
  const config = {
    name: "shop",
    version: "v1",
    additional_version_weights: { v2: 50 },
    stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" },
  };
  const routed = await simulate(config, populationTraffic(people), { seed: "a" });
  expect(await simulate(config, visitTraffic([visits], { contiguous: true }), { seed: "a" })).toMatchObject({
    requests: routed.requests,
    versions: routed.versions,
  });
});

test("a batch is read when it is asked for, and the stream is left when nobody asks on", async () => {
  let pulled = 0;
  let closed = false;
  async function* endless(): AsyncGenerator<string> {
    try {
      for (; ; pulled++) yield `${'{"draw":0.5}\n'.repeat(1_000)}`;
    } finally {
      closed = true;
    }
  }
  for await (const { visits } of visitsOf(logTraffic(endless(), { form: "ndjson" }))) {
    expect(visits.length).toBeGreaterThan(0);
    break;
  }
  expect(pulled).toBeLessThan(100);
  expect(closed).toBe(true);
});
