import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AliasConfig, equivalent, judgeChange, type JudgedRequirement, type Requirement, toRequest } from "../../src/index.ts";
import { entangledConfigs, smallConfigs } from "../support/arbitrary.ts";
import { everyRequest } from "../support/enumerate.ts";
import { law } from "../support/law.ts";
import { decide, layout } from "../support/oracle.ts";

const SLOTS = 10_000;

const judge = (before: AliasConfig, after: AliasConfig, requirement: Requirement): JudgedRequirement | undefined =>
  judgeChange(before, after, [requirement])[0];

const only = (...moves: readonly string[]): Requirement => ({
  kind: "only",
  moves: moves.map((move) => {
    const [from = "", to = ""] = move.split(":");
    return { from, to };
  }),
});
const noMoreThan = (percent: number): Requirement => ({ kind: "no-more-than", slots: percent * 100 });
const noNew = (version: string): Requirement => ({ kind: "no-new-requests", version });
const equal: Requirement = { kind: "equal" };

const weights = (percents: Readonly<Record<string, number>>, more: Partial<AliasConfig> = {}): AliasConfig => ({
  name: "a",
  version: "v1",
  additional_version_weights: percents,
  ...more,
});
const beta = { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] };
const stickiness = { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" as const };
const [ten, twenty] = [weights({ v2: 10 }), weights({ v2: 20 })];
const ruled = weights({ v2: 10 }, { additional_version_strategy: { v3: beta } });

describe("a requirement is proved", () => {
  test.each<[string, AliasConfig, AliasConfig, Requirement]>([
    ["of what is the same", ruled, ruled, equal],
    ["of a weight that grows", ten, twenty, only("v1:v2")],
    ["of one that shrinks", twenty, ten, only("v2:v1")],
    ["of users that are drawn by a key", { ...ten, stickiness }, { ...twenty, stickiness }, only("v1:v2")],
    ["of two ways", ten, weights({ v2: 0 }, { additional_version_strategy: { v3: beta } }), only("v2:v1", "v1:v3", "v2:v3")],
    ["of a share", ten, twenty, noMoreThan(10)],
    ["of the share of a key", { ...ten, stickiness }, { ...twenty, stickiness }, noMoreThan(10)],
    ["of a key that is drawn anew", { ...ten, stickiness }, { ...ten, name: "b", stickiness }, noMoreThan(18)],
    ["of a version that only loses", ruled, ten, noNew("v3")],
    ["of another version", ten, ruled, noNew("v2")],
  ])("%s", (_, before, after, requirement) => {
    expect(judge(before, after, requirement)).toEqual({ kind: "proved" });
  });
});

describe("a requirement is refuted by a request", () => {
  const betaRequest = { cookies: { beta: "on" } };
  test.each<[string, AliasConfig, AliasConfig, Requirement, object]>([
    ["that a new strategy takes", ten, ruled, equal, { moved: SLOTS, example: { request: betaRequest, after: { v3: SLOTS } } }],
    ["that moves another way", ten, ruled, only("v1:v3"), { example: { request: betaRequest } }],
    ["that moves back", twenty, ten, only("v1:v2"), { moved: 1000, example: { request: {}, before: { v2: SLOTS }, after: { v1: SLOTS } } }],
    [
      "whose draw moves though the shares of its version do not show it",
      weights({ v2: 10, v3: 5, v4: 5 }),
      weights({ v2: 20, v3: 5, v4: 5 }),
      only("v1:v2", "v1:v4"),
      { moved: 1500, example: { request: {}, draw: 0.10005, before: { v4: SLOTS }, after: { v2: SLOTS } } },
    ],
    ["of too many draws", ten, twenty, noMoreThan(9.99), { moved: 1000, example: { request: {}, before: { v1: 9000, v2: 1000 } } }],
    ["that moves as a whole", ten, ruled, noMoreThan(99.99), { moved: SLOTS, example: { request: betaRequest } }],
    ["that is new", ten, ruled, noNew("v3"), { example: { request: betaRequest, after: { v3: SLOTS } } }],
    ["of a weight that grows", ten, twenty, noNew("v2"), { example: { request: {}, before: { v1: SLOTS }, after: { v2: SLOTS } } }],
  ])("%s", (_, before, after, requirement, result) => {
    expect(judge(before, after, requirement)).toMatchObject({ kind: "refuted", ...result });
  });

  test("that has a key which draws another version", () => {
    const [one, other] = [
      { ...ten, stickiness },
      { ...twenty, stickiness },
    ];
    for (const requirement of [noMoreThan(5), noNew("v2"), equal, only("v2:v1")]) {
      const result = judge(one, other, requirement);
      if (result?.kind !== "refuted") throw new Error(`it is ${result?.kind}`);
      expect(result).toMatchObject({ moved: 1000 });
    }
    const anew = judge(one, { ...one, name: "b" }, noMoreThan(17.99));
    expect(anew).toMatchObject({
      kind: "refuted",
      moved: 1800,
      example: { request: { headers: { "x-user": expect.any(String) as string } } },
    });
  });
});

test("several requirements are judged in their order", () => {
  expect(judgeChange(ten, twenty, [noNew("v2"), only("v1:v2"), equal]).map(({ kind }) => kind)).toEqual(["refuted", "proved", "refuted"]);
  expect(judgeChange(ten, twenty, [])).toEqual([]);
});

test.each<[string, unknown, string]>([
  ["a version of neither config", noNew("v20"), "neither config has a version `v20`: did you mean `v2`?"],
  ["a version of neither config, in a move", only("v1:w"), "neither config has a version `w`"],
  ["a move that is none", only("v1:v1"), "what stays at `v1` does not move"],
  ["no moves", only(), "no moves are allowed: require `equal`"],
  ["all draws", noMoreThan(100), "`10000` is no limit: give slots from 0 to less than 10000"],
  ["no number", noMoreThan(Number.NaN), "`NaN` is no limit: give slots from 0 to less than 10000"],
  ["an unknown kind", { kind: "equals" }, "`equals` is no kind of requirement"],
])("%s is refused", (_, requirement, message) => {
  expect(() => judge(ten, twenty, requirement as Requirement)).toThrow(new RangeError(message));
});

/** A config and one that has some parts of another. */
const changes = (configs: fc.Arbitrary<AliasConfig>): fc.Arbitrary<readonly [AliasConfig, AliasConfig]> =>
  fc
    .tuple(configs, configs, fc.subarray(["additional_version_strategy", "additional_version_weights", "stickiness"] as const))
    .map(([one, other, keys]) => [one, { ...one, ...Object.fromEntries(keys.map((key) => [key, other[key]])) }] as const);

/** Starts of the runs of both layouts. */
function starts(configs: readonly AliasConfig[]): readonly number[] {
  const found = new Set<number>();
  for (const config of configs) {
    let slot = 0;
    for (const [, slots] of layout(config)) {
      if (slot < SLOTS) found.add(slot);
      slot += slots;
    }
  }
  return [...found].toSorted((a, b) => a - b);
}

/** Every request that one of the two can tell apart. */
function requestsOf(before: AliasConfig, after: AliasConfig): ReturnType<typeof everyRequest> {
  const strategies = [before, after].flatMap((config, side) =>
    Object.entries(config.additional_version_strategy ?? {}).map(([version, strategy]) => [`${version} ${side}`, strategy] as const),
  );
  const keys = [before, after].flatMap((config) => config.stickiness?.keys ?? []);
  return everyRequest({
    version: "v1",
    additional_version_strategy: Object.fromEntries(strategies),
    ...(keys.length > 0 && { stickiness: { keys, on_missing: "primary" } }),
  });
}

const requirements = (before: AliasConfig, after: AliasConfig): readonly Requirement[] => {
  const versions = [before, after].flatMap((config) => [
    config.version,
    ...Object.keys(config.additional_version_weights ?? {}),
    ...Object.keys(config.additional_version_strategy ?? {}),
  ]);
  const known = [...new Set(versions)];
  const moves = known.flatMap((from) => known.flatMap((to) => (from === to ? [] : [{ from, to }])));
  return [
    equal,
    noMoreThan(0),
    noMoreThan(50),
    ...known.map(noNew),
    ...(moves.length === 0
      ? []
      : [{ kind: "only", moves: moves.filter(({ to }) => to !== "v1") } as const].filter((each) => each.moves.length > 0)),
    ...(moves.length === 0 ? [] : [{ kind: "only", moves: moves.slice(0, 2) } as const]),
  ];
};

function isAgainst(requirement: Requirement, from: string, to: string): boolean {
  if (from === to) return false;
  switch (requirement.kind) {
    case "equal":
      return true;
    case "only":
      return !requirement.moves.some((move) => move.from === from && move.to === to);
    case "no-new-requests":
      return requirement.version === to;
    case "no-more-than":
      return false;
  }
}

law(
  "what is proved of a change is true of every request and draw, and what refutes it is, by the oracle",
  changes(smallConfigs),
  ([before, after], meet) => {
    const requests = requestsOf(before, after);
    if (requests === undefined) return;
    const list = requirements(before, after);
    const results = judgeChange(before, after, list);
    const slots = starts([before, after]);
    results.forEach((result, index) => {
      const requirement = list[index] as Requirement;
      expect(result.kind).not.toBe("unknown");
      meet(`${requirement.kind} ${result.kind}`);
      if (result.kind === "refuted") {
        const { request, draw, before: was, after: is } = result.example;
        expect(was).not.toEqual(is);
        const draws = draw === undefined ? [0, ...slots.map((slot) => (slot + 0.5) / SLOTS)] : [draw];
        const pairs = draws.map((each) =>
          [before, after].map((config) => decide(config, toRequest(request), draw ?? undefined, () => each).version),
        );
        if (requirement.kind === "no-more-than") expect(result.moved).toBeGreaterThan(requirement.slots);
        else expect(pairs.some(([from = "", to = ""]) => isAgainst(requirement, from, to))).toBe(true);
        return;
      }
      for (const request of requests) {
        let moved = 0;
        slots.forEach((slot, place) => {
          const [from = "", to = ""] = [before, after].map((config) => decide(config, request, (slot + 0.5) / SLOTS).version);
          expect(isAgainst(requirement, from, to)).toBe(false);
          if (from !== to) moved += (slots[place + 1] ?? SLOTS) - slot;
        });
        const [from = "", to = ""] = [before, after].map((config) => decide(config, request, undefined, () => 0).version);
        expect(isAgainst(requirement, from, to)).toBe(false);
        if (requirement.kind === "no-more-than") expect(moved).toBeLessThanOrEqual(requirement.slots);
      }
    });
    expect(results[0]?.kind === "proved").toBe(equivalent(before, after).kind === "equivalent");
  },
  200,
  {
    "equal proved": 10,
    "equal refuted": 50,
    "only proved": 20,
    "only refuted": 50,
    "no-more-than proved": 20,
    "no-more-than refuted": 50,
    "no-new-requests proved": 50,
    "no-new-requests refuted": 50,
  },
);

law(
  "with less effort the same is known of a change, or less",
  changes(entangledConfigs),
  ([before, after], meet) => {
    const list = requirements(before, after);
    const full = judgeChange(before, after, list);
    for (const effort of [0, 1, 2, 5, 10, 50])
      judgeChange(before, after, list, { effort }).forEach(({ kind }, index) => {
        if (kind === "unknown") meet(full[index]?.kind ?? "");
        else expect(kind).toBe(full[index]?.kind);
      });
  },
  200,
  { proved: 5, refuted: 20 },
);
