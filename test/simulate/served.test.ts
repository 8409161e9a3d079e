import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/index.ts";
import { binomialTest, reportDataOf, simulate, type Simulation, type Visit, visitTraffic } from "../../src/simulate/index.ts";
import { ratioTest } from "../../src/simulate/statistics/ratio.ts";

const half: AliasConfig = { version: "v1", additional_version_weights: { v2: 50 } };
const sticky: AliasConfig = {
  version: "v1",
  additional_version_weights: { v2: 50 },
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], seed: "s", on_missing: "primary" },
};

/** A request of a user, and the version that answered it. */
function visit(served: string | undefined, user?: string, more: Partial<Visit> = {}): Visit {
  return { request: { headers: user === undefined ? {} : { "x-user": user }, url: "/" }, served, user, ...more };
}

/** So many requests of each version, one after the other in turn, so that no stretch is unlike another. */
function mixture(counts: Readonly<Record<string, number>>): readonly Visit[] {
  const all = Object.entries(counts).flatMap(([version, count]) =>
    Array.from({ length: count }, (_, at) => ({ version, place: (at + 0.5) / count })),
  );
  return all.toSorted((one, other) => one.place - other.place).map(({ version }) => visit(version));
}

async function run(config: AliasConfig, visits: readonly Visit[], seed = "s"): Promise<Simulation> {
  return simulate(config, visitTraffic([visits]), { seed });
}

/** The sentences of the report about what was served. */
function verdictsOf(simulation: Simulation): readonly string[] {
  return reportDataOf({ title: "t", simulation }).verdicts.map(({ kind, text }) => `${kind} ${text}`);
}

describe("what was served", () => {
  test("is judged by the exact test, whatever the draws of the simulation are", async () => {
    for (const [v1, v2, fits] of [
      [500, 500, true],
      [530, 470, true],
      [600, 400, false],
      [440, 560, false],
    ] as const) {
      const { served, draws } = await run(half, mixture({ v1, v2 }));
      expect(draws[0]?.verdict.chance).toBe(true);
      expect(served?.draws).toHaveLength(1);
      expect(served?.draws[0]).toMatchObject({ unit: "request", count: 1_000, fits, impossible: 0, tooFew: false });
      expect(served?.draws[0]?.verdict.p).toBeCloseTo(binomialTest(v1, 1_000, 0.5), 12);
    }
  });

  test("the oracle: 600 of 1,000 for one half has p = 1.36e-10 by the exact test", async () => {
    const { served } = await run(half, mixture({ v1: 600, v2: 400 }));
    // 2 Σ_{k ≥ 600} C(1000, k) / 2^1000, by integers.
    let term = 1n;
    let tail = 0n;
    for (let k = 0n; k <= 400n; k++) {
      tail += term;
      term = (term * (1_000n - k)) / (k + 1n);
    }
    const exact = Number((2n * tail * 10n ** 30n) / 2n ** 1_000n) / 1e30;
    expect(served?.draws[0]?.verdict.p).toBeCloseTo(exact, 14);
    expect(exact).toBeLessThan(1e-9);
  });

  test("from what is decided to what was served: by rules, by default, by the draw, and versions that the alias does not have", async () => {
    const ruled: AliasConfig = {
      ...half,
      additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "x-user", op: "=", value: "staff" }] } },
    };
    const visits = [
      visit("v3", "staff"),
      visit("v1", "staff"),
      visit("v1"),
      visit("v2"),
      visit("v2"),
      visit("v9"),
      visit(undefined),
      visit(""),
    ];
    const { served } = await run(ruled, visits);
    expect(served).toMatchObject({ told: 6, untold: 2, unknown: { requests: 1, versions: ["v9"] }, compared: 2, agreed: 1 });
    expect(served?.ways.map(({ from, to, requests }) => [from?.version, from?.reason, to, requests])).toEqual(
      expect.arrayContaining([
        ["v3", "rule", "v1", 1],
        ["v3", "rule", "v3", 1],
        [undefined, undefined, "v1", 1],
        [undefined, undefined, "v2", 2],
        [undefined, undefined, undefined, 1],
      ]),
    );
    expect(served?.ways).toHaveLength(5);
  });

  test("where nothing is split one version has all of the weight", async () => {
    const { served } = await run({ version: "v1", additional_version_weights: { v2: 0 } }, mixture({ v1: 60, v2: 40 }));
    expect(served).toMatchObject({ compared: 100, agreed: 60, draws: [{ unit: "request", count: 60, impossible: 40, fits: false }] });
    expect((await run({ version: "v1" }, mixture({ v1: 10 }))).served?.draws[0]).toMatchObject({ count: 10, fits: true, tooFew: false });
  });

  test("a version that the split cannot give does not fit, and is left out of the ratio", async () => {
    const { served } = await run(half, mixture({ v1: 500, v2: 500, v3: 1 }));
    expect(served?.draws[0]).toMatchObject({ count: 1_000, impossible: 1, fits: false, verdict: { p: 1, chance: true } });
    const only = await run(half, mixture({ v3: 7 }));
    expect(only.served?.draws[0]).toMatchObject({ count: 0, impossible: 7, fits: false });
  });

  test("so few that nothing could be refuted are said to be too few", async () => {
    const few = async (counts: Readonly<Record<string, number>>) => (await run(half, mixture(counts))).served?.draws[0];
    expect(await few({ v1: 11 })).toMatchObject({ fits: true, tooFew: true });
    expect(await few({ v1: 6, v2: 6 })).toMatchObject({ fits: true, tooFew: false });
    expect(await few({ v1: 12 })).toMatchObject({ fits: false, tooFew: false });
  });

  test("where the split is sticky a key counts once, with the version that answered it first", async () => {
    // One busy user makes 5,000 of the requests; of 200 keys each version has 100.
    const keys = Array.from({ length: 200 }, (_, at) => ({ user: `u${at}`, served: at % 2 === 0 ? "v1" : "v2" }));
    const visits = [
      ...keys.map(({ user, served }) => visit(served, user)),
      ...Array.from({ length: 5_000 }, () => visit("v1", "u0")),
      visit("v2", "u2"),
      visit("v2", "u2"),
    ];
    const { served } = await run(sticky, visits);
    expect(served?.draws).toMatchObject([{ unit: "key", count: 200, fits: true, verdict: { p: 1 } }]);
    expect(served?.mixedKeys).toEqual({ count: 1, of: 200 });
    expect(served?.users?.mixed).toMatchObject({ count: 1, of: 200 });
  });

  test("a key is one over all pieces of the traffic, and so is whether it is mixed", async () => {
    const pieces = [[visit("v1", "a")], [visit("v1", "a")], [visit("v2", "a")], [visit("v2", "b")], [visit("v2", "b")]];
    const { served } = await simulate(sticky, visitTraffic(pieces), { seed: "s" });
    expect(served?.draws[0]).toMatchObject({ count: 2, arms: [{ count: 1 }, { count: 1 }] });
    expect(served?.mixedKeys).toEqual({ count: 1, of: 2 });
  });

  test("the test that holds at any time sees a split that was wrong for a while", async () => {
    const half1 = Array.from({ length: 20 }, () => mixture({ v1: 100 }));
    const half2 = Array.from({ length: 20 }, () => mixture({ v2: 100 }));
    const { served } = await simulate(half, visitTraffic([...half1, ...half2]), { seed: "s" });
    expect(served?.draws[0]).toMatchObject({ verdict: { chance: true }, sequential: { alarm: true }, fits: false });
  });

  test("nothing is said of what was served where no request tells, and of a rollout's later stages", async () => {
    expect((await run(half, [visit(undefined)])).served).toBeUndefined();
  });

  test("any number of versions that the alias does not have takes the same room", async () => {
    const { served } = await run(
      half,
      Array.from({ length: 5_000 }, (_, at) => visit(`id-${at}`)),
    );
    expect(served?.unknown.requests).toBe(5_000);
    expect(served?.unknown.versions).toHaveLength(20);
  });

  test("the report has the verdict first, and does not speak of its own draws as if they had been served", async () => {
    const wrong = verdictsOf(await run(half, mixture({ v1: 600, v2: 400 })));
    expect(wrong[0]).toMatch(
      /^fail What was served does not fit the weights: v2 40\.00\s% for 50\.00\s%, v1 60\.00\s% for 50\.00\s% of 1,000 requests, p = 2\.7e-10/,
    );
    expect(wrong[1]).toMatch(/^pass the draws of this simulation agree with the weights/);
    expect(verdictsOf(await run(half, mixture({ v1: 500, v2: 500 })))[0]).toMatch(/^pass What was served fits the weights/);
  });
});

describe("the test of a ratio", () => {
  /** The probability of a value below the risk, by a sum over all outcomes of three arms. */
  function sizeOf(shares: readonly [number, number, number], total: number, risk: number): number {
    const log = [0];
    for (let n = 1; n <= total; n++) log.push((log[n - 1] ?? 0) + Math.log(n));
    let size = 0;
    for (let b = 0; b <= total; b++)
      for (let c = 0; b + c <= total; c++) {
        const counts = [total - b - c, b, c];
        const likelihood = counts.reduce(
          (sum, count, arm) => sum - (log[count] ?? 0) + count * Math.log(shares[arm] ?? 0),
          log[total] ?? 0,
        );
        if (likelihood > -30 && !ratioTest(counts, shares, risk).chance) size += Math.exp(likelihood);
      }
    return size;
  }

  test.each([5, 20, 100, 400])("of three arms keeps its risk with %d observations, which the chi-square test does not", (total) => {
    expect(sizeOf([0.98, 0.01, 0.01], total, 0.0005)).toBeLessThanOrEqual(0.0005);
    expect(sizeOf([0.34, 0.33, 0.33], total, 0.0005)).toBeLessThanOrEqual(0.0005 * 1.25);
  });

  test("of two arms is the exact binomial test, of many with enough in each the chi-square test", () => {
    expect(ratioTest([682, 243], [0.75, 0.25], 0.05)).toMatchObject({ test: "binomial", p: expect.closeTo(0.3824916, 6) as number });
    const mendel = ratioTest(
      [315, 108, 101, 32].map((n) => 10 * n),
      [9, 3, 3, 1].map((n) => n / 16),
      0.05,
    );
    expect(mendel.test).toBe("chi-square");
    expect(
      ratioTest(
        [315, 108, 101, 32],
        [9, 3, 3, 1].map((n) => n / 16),
        0.05,
      ).test,
    ).toBe("binomial");
  });
});
