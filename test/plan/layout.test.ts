import { describe, expect, test } from "vitest";
import { plan } from "../../src/index.ts";
import { leastMoves, movesOf, ownersOf, type Run, runsOf, slotsOf } from "../../src/plan/layout.ts";
import type { Plan } from "../../src/plan/plan.ts";

const meaning = plan({
  version: "v1",
  additional_version_weights: { v2: 10, v3: 5 },
  additional_version_strategy: { v4: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "1" }] } },
});
const runs: readonly Run[] = [
  { until: 1000, version: "v2" },
  { until: 9500, version: "v1" },
  { until: 10_000, version: "v3" },
];

describe("the runs of a plan", () => {
  test("are its arms where the split decides", () => {
    expect(runsOf(meaning)).toEqual(runs);
    expect(runsOf(meaning, "split")).toEqual(runs);
  });

  test("are one where a rule decides, or nothing is split", () => {
    expect(runsOf(meaning, meaning.rules[0]!)).toEqual([{ until: 10_000, version: "v4" }]);
    expect(runsOf(plan({ version: "v1" }))).toEqual([{ until: 10_000, version: "v1" }]);
  });

  test("unite arms of one version that are neighbours", () => {
    if (meaning.split.kind !== "arms") throw new Error("the plan has a split");
    const [low, middle] = meaning.split.arms.map(({ outcome }) => outcome) as [number, number];
    const arms = [
      { until: 300, outcome: low },
      { until: 1000, outcome: low },
      { until: 2000, outcome: middle },
      { until: 10_000, outcome: low },
    ];
    const split: Plan["split"] = { kind: "arms", arms, sticky: undefined };
    expect(runsOf({ ...meaning, split })).toEqual([
      { until: 1000, version: "v2" },
      { until: 2000, version: "v1" },
      { until: 10_000, version: "v2" },
    ]);
  });

  test("are counted, and written out slot by slot", () => {
    const scattered = [...runs.slice(0, 2), { until: 9700, version: "v2" }, { until: 10_000, version: "v3" }];
    expect([...slotsOf(scattered)]).toEqual([
      ["v2", 1200],
      ["v1", 8500],
      ["v3", 300],
    ]);
    const owners = ownersOf(scattered);
    expect(owners.length).toBe(10_000);
    expect([0, 999, 1000, 9499, 9500, 9699, 9700, 9999].map((slot) => owners[slot])).toEqual([
      "v2",
      "v2",
      "v1",
      "v1",
      "v2",
      "v2",
      "v3",
      "v3",
    ]);
  });
});

describe("moves", () => {
  test("are what becomes of every slot, in the order of the first", () => {
    const after = [
      { until: 1500, version: "v2" },
      { until: 9500, version: "v1" },
      { until: 9600, version: "v2" },
      { until: 10_000, version: "v1" },
    ];
    expect(movesOf(runs, after)).toEqual([
      { from: "v2", to: "v2", slots: 1000, first: 0 },
      { from: "v1", to: "v2", slots: 500, first: 1000 },
      { from: "v1", to: "v1", slots: 8000, first: 1500 },
      { from: "v3", to: "v2", slots: 100, first: 9500 },
      { from: "v3", to: "v1", slots: 400, first: 9600 },
    ]);
    const back = movesOf(after, runs);
    expect(back.map(({ from, to, slots }) => [from, to, slots])).toEqual([
      ["v2", "v2", 1000],
      ["v2", "v1", 500],
      ["v1", "v1", 8000],
      ["v2", "v3", 100],
      ["v1", "v3", 400],
    ]);
  });

  test("of slots apart are one, from the first of them", () => {
    const stripes = [
      { until: 100, version: "v2" },
      { until: 200, version: "v1" },
      { until: 300, version: "v2" },
      { until: 10_000, version: "v1" },
    ];
    expect(movesOf(stripes, [{ until: 10_000, version: "v1" }])).toEqual([
      { from: "v2", to: "v1", slots: 200, first: 0 },
      { from: "v1", to: "v1", slots: 9800, first: 100 },
    ]);
  });

  test("are at least half the sum of what each version gains and loses", () => {
    const least = (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>): number =>
      leastMoves(new Map(Object.entries(before)), new Map(Object.entries(after)));
    expect(least({ v1: 9000, v2: 1000 }, { v1: 9000, v2: 1000 })).toBe(0);
    expect(least({ v1: 9000, v2: 1000 }, { v1: 8000, v2: 2000 })).toBe(1000);
    expect(least({ v1: 9000, v2: 1000 }, { v1: 9000, v3: 1000 })).toBe(1000);
    expect(least({ v1: 8500, v2: 500, v3: 1000 }, { v1: 8500, v2: 1000, v3: 500 })).toBe(500);
    expect(least({ v1: 10_000 }, { v2: 10_000 })).toBe(10_000);
  });
});
