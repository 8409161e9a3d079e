import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/index.ts";
import {
  type Forecast,
  forecast,
  type Gate,
  gates,
  judge,
  logTraffic,
  rollout,
  simulate,
  type Simulation,
  type Visit,
  visitTraffic,
} from "../../src/simulate/index.ts";

const keys = [{ rule_type: "Header" as const, param: "x-user" }];
const half: AliasConfig = { version: "v1", additional_version_weights: { v2: 50 } };
const sticky: AliasConfig = { ...half, stickiness: { keys, seed: "s", on_missing: "primary" } };

function visits(...list: readonly (readonly [served: string | undefined, user?: string])[]): readonly Visit[] {
  return list.map(([served, user]) => ({ request: { headers: user === undefined ? {} : { "x-user": user } }, served, user }));
}

async function run(config: AliasConfig, list: readonly Visit[]): Promise<Simulation> {
  return simulate(config, visitTraffic([list]), { seed: "s" });
}

async function logged(...lines: readonly string[]): Promise<Simulation> {
  async function* stream(): AsyncGenerator<string> {
    yield lines.join("\n");
  }
  return simulate(half, logTraffic(stream(), { format: "json" }), { seed: "s" });
}

function steps(stickiness: AliasConfig["stickiness"], ...weights: readonly number[]): Parameters<typeof rollout>[0] {
  return {
    alias: { name: "a", version: "v1", ...(stickiness && { stickiness }) },
    canary: "v2",
    steps: weights.flatMap((setWeight) => [{ setWeight }, { pause: { duration: "1h" } }]),
  };
}

function foreseen(stickiness: AliasConfig["stickiness"], rate: number | undefined, ...weights: readonly number[]): Forecast {
  return forecast(rollout(steps(stickiness, ...weights)), rate === undefined ? {} : { requestsPerSecond: rate });
}

const repeated = (count: number, served: string) => Array.from({ length: count }, () => [served] as const);

/** A case for each outcome of each gate: none may be judged without what it is about. */
const CASES: Readonly<Record<Gate, Readonly<Record<"passed" | "failed" | "unjudged", () => Promise<Parameters<typeof judge>[1]>>>>> = {
  srm: {
    passed: async () => ({ simulation: await run(half, visits(...repeated(50, "v1"), ...repeated(50, "v2"))) }),
    failed: async () => ({ simulation: await run(half, visits(...repeated(70, "v1"), ...repeated(30, "v2"))) }),
    unjudged: async () => ({ simulation: await run(half, visits([undefined], [undefined])) }),
  },
  differs: {
    passed: async () => ({ simulation: await run({ version: "v1" }, visits(["v1"])) }),
    failed: async () => ({ simulation: await run({ version: "v1" }, visits(["v1"], ["v7"])) }),
    unjudged: async () => ({ simulation: await run(half, visits(["v1"])) }),
  },
  mixed: {
    passed: async () => ({ simulation: await run(sticky, visits([undefined, "a"], [undefined, "a"])) }),
    failed: async () => ({ simulation: await run(sticky, visits(["v1", "a"], ["v2", "a"])) }),
    unjudged: async () => ({ simulation: await run(half, visits([undefined])) }),
  },
  moved: {
    passed: async () => ({ forecast: foreseen({ keys, seed: "s", on_missing: "primary" }, undefined, 5, 50) }),
    failed: async () => ({ forecast: foreseen({ keys, seed: "s", on_missing: "primary" }, undefined, 50, 5) }),
    unjudged: async () => ({ forecast: foreseen(undefined, undefined, 5, 50) }),
  },
  short: {
    passed: async () => ({ forecast: foreseen({ keys, seed: "s", on_missing: "primary" }, 1_000, 5, 50) }),
    failed: async () => ({ forecast: foreseen({ keys, seed: "s", on_missing: "primary" }, 1, 5, 50) }),
    unjudged: async () => ({ forecast: foreseen({ keys, seed: "s", on_missing: "primary" }, undefined, 5, 50) }),
  },
  malformed: {
    passed: async () => ({ simulation: await logged("{}", '{"url":"/"}'), maxMalformed: 0.5 }),
    failed: async () => ({ simulation: await logged('{"url":"/"}', "no") }),
    unjudged: async () => ({ simulation: await run(half, visits(["v1"])) }),
  },
};

describe("gates", () => {
  for (const gate of Object.keys(gates) as Gate[])
    for (const outcome of ["passed", "failed", "unjudged"] as const)
      test(`${gate} is ${outcome}`, async () => {
        const [result] = judge([gate], await CASES[gate][outcome]());
        expect(result).toMatchObject({ gate, outcome });
        expect(result?.why).toMatch(/^[^A-Z].*[^.]$/);
      });

  test.each(Object.keys(gates) as Gate[])("%s is not passed for want of everything", (gate) => {
    expect(judge([gate], {})).toMatchObject([{ gate, outcome: "unjudged" }]);
  });

  test("what was served goes before what the simulation decides", async () => {
    // A random draw gives one of these users two versions, but each was served one.
    const list = Array.from({ length: 40 }, (_, at) => [at % 2 === 0 ? "v1" : "v2", `u${at % 2}`] as const);
    expect(judge(["mixed"], { simulation: await run(half, visits(...list)) })).toMatchObject([{ outcome: "passed" }]);
    expect(judge(["mixed"], { simulation: await run(half, visits(...list.map(([, user]) => [undefined, user] as const))) })).toMatchObject([
      { outcome: "failed" },
    ]);
  });

  test("a step without a length is said where others are judged", () => {
    const open = rollout({
      alias: { name: "a", version: "v1" },
      canary: "v2",
      steps: [{ setWeight: 5 }, { pause: { duration: "10h" } }, { setWeight: 50 }, { pause: {} }],
    });
    const [result] = judge(["short"], { forecast: forecast(open, { requestsPerSecond: 1_000 }) });
    expect(result).toMatchObject({ outcome: "passed", why: "1 step long enough; without a length: step 2" });
  });
});
