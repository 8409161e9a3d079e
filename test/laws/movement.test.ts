import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import { compile, plan, toRequest } from "../../src/index.ts";
import { movement, rebalance } from "../../src/prove/movement.ts";
import { configs } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

const SLOTS = 10_000;

const weights = (percents: Readonly<Record<string, number>>, rest: Partial<AliasConfig> = {}): AliasConfig => ({
  version: "v1",
  additional_version_weights: percents,
  ...rest,
});

/** The version of every slot, by the oracle. */
function owners(config: AliasConfig): readonly string[] {
  const split = { ...config, additional_version_strategy: {} };
  return Array.from({ length: SLOTS }, (_, slot) => decide(split, { headers: {} }, (slot + 0.5) / SLOTS).version);
}

function percentages(versions: readonly string[]): fc.Arbitrary<Readonly<Record<string, number>>> {
  return fc
    .array(fc.tuple(fc.constantFrom(...versions), fc.integer({ min: 0, max: Math.floor(SLOTS / versions.length) })), {
      minLength: 1,
      maxLength: versions.length,
    })
    .map((entries) => Object.fromEntries(entries.map(([version, slots]) => [version, slots / 100])));
}

const many = fc.tuple(percentages(["v2", "v3", "v4", "v5"]), percentages(["v2", "v3", "v4", "v5"]));

law(
  "slots that move are counted exactly, by the oracle, and never fewer than the least",
  many,
  ([one, other]) => {
    const [before, after] = [weights(one), weights(other)];
    const [was, is] = [owners(before), owners(after)];
    const { moves, moved, least } = movement(before, after);
    expect(moved).toBe(was.filter((version, slot) => version !== is[slot]).length);
    expect(moved).toBeGreaterThanOrEqual(least);
    for (const { from, to, slots } of moves) expect(was.filter((version, slot) => version === from && is[slot] === to).length).toBe(slots);
    expect(moves.reduce((sum, { slots }) => sum + slots, 0)).toBe(SLOTS);
  },
  60,
);

law(
  "of two versions, one that changes alone moves the least",
  fc.tuple(fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 })),
  ([a, b, c]) => {
    const { moved, least } = movement(weights({ v2: a / 100, v3: c / 100 }), weights({ v2: b / 100, v3: c / 100 }));
    expect(moved).toBe(least);
  },
  200,
);

law(
  "what `rebalance` lays moves exactly the least, and has the shares of the second config",
  many,
  ([one, other]) => {
    const [before, after] = [weights(one), weights(other)];
    const laid = rebalance(before, after);
    const { moved, least } = movement(before, laid);
    expect(moved).toBe(least);
    const route = compile(laid);
    const is = Array.from({ length: SLOTS }, (_, slot) => route({ headers: {} }, (slot + 0.5) / SLOTS).version).toSorted();
    expect(is).toEqual(owners(after).toSorted());
    expect(rebalance(laid, after).split).toEqual(laid.split);
  },
  60,
);

law(
  "a chain of rebalanced steps moves the least at every step",
  fc.array(percentages(["v2", "v3", "v4"]), { minLength: 2, maxLength: 6 }),
  (steps) => {
    let current = plan(weights(steps[0] ?? {}));
    for (const step of steps.slice(1)) {
      const next = rebalance(current, weights(step));
      const { moved, least } = movement(current, next);
      expect(moved).toBe(least);
      current = next;
    }
  },
  60,
);

law(
  "a config and itself: unchanged, by a proof",
  configs,
  (config) => {
    const { moved, shifts, unchanged, redrawn, undecided } = movement(config, structuredClone(config));
    expect({ moved, shifts, redrawn, unchanged, undecided }).toEqual({
      moved: 0,
      shifts: [],
      redrawn: false,
      unchanged: true,
      undecided: false,
    });
  },
  300,
);

law(
  "the witness of a shift is decided as the shift says",
  fc.tuple(configs, configs),
  ([before, other]) => {
    const after = { ...before, additional_version_strategy: other.additional_version_strategy ?? {} };
    for (const { before: one, after: two, witness } of movement(before, after).shifts) {
      if (witness === undefined) continue;
      const request = toRequest(witness);
      for (const [config, at] of [
        [before, one],
        [after, two],
      ] as const) {
        const decided = decide(config, request, 0.5);
        if (at === "/version") expect(decided.reason).not.toBe("rule");
        else expect(decided.at).toBe(at);
      }
    }
  },
  200,
);

describe("the examples of the semantics' layout", () => {
  test.each<[string, AliasConfig, AliasConfig, number, number]>([
    ["90/10 to 80/20", weights({ v2: 10 }), weights({ v2: 20 }), 1000, 1000],
    ["10/5 to 5/10: both ends move", weights({ v2: 10, v3: 5 }), weights({ v2: 5, v3: 10 }), 1000, 500],
    ["60/5 to 5/60", weights({ v2: 60, v3: 5 }), weights({ v2: 5, v3: 60 }), 9000, 5500],
    [
      "adding v1 at 5 beside v2 at 10 takes its rank",
      { ...weights({ v2: 10 }), version: "v0" },
      { ...weights({ v1: 5, v2: 10 }), version: "v0" },
      2000,
      500,
    ],
    [
      "unless the order keeps v2 first",
      { ...weights({ v2: 10 }), version: "v0" },
      { ...weights({ v1: 5, v2: 10 }, { additional_version_order: ["v2"] }), version: "v0" },
      500,
      500,
    ],
    ["v2 10 to 20, v3 5, v4 5", weights({ v2: 10, v3: 5, v4: 5 }), weights({ v2: 20, v3: 5, v4: 5 }), 1500, 1000],
    ["dropping v2 of v2 10, v3 5", weights({ v2: 10, v3: 5 }), weights({ v3: 5 }), 1500, 1000],
    ["leaving it at weight 0", weights({ v2: 10, v3: 5 }), weights({ v2: 0, v3: 5 }), 1000, 1000],
  ])("%s", (_, before, after, moved, least) => {
    expect(movement(before, after)).toMatchObject({ moved, least });
    expect(movement(before, rebalance(before, after))).toMatchObject({ moved: least });
  });

  test("another seed draws every user anew, though no slot moves", () => {
    const sticky = (seed: string) =>
      weights({ v2: 10 }, { name: "a", stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], seed, on_missing: "primary" } });
    expect(movement(sticky("a"), sticky("b"))).toMatchObject({ moved: 0, redrawn: true, unchanged: false });
  });

  test("a rule that names what its requests got before shifts nothing", () => {
    const rest: Partial<AliasConfig> = {
      name: "a",
      stickiness: { keys: [{ rule_type: "Attribute", param: "t" }], on_missing: "primary" },
    };
    const rules = [{ rule_type: "Attribute", param: "t", op: "=", value: "x" }];
    const after = weights({ v2: 100 }, { ...rest, additional_version_strategy: { v2: { rules } } });
    expect(movement(weights({ v2: 100 }, rest), after)).toMatchObject({ shifts: [], unchanged: true, undecided: false });
  });

  test("requests with a key and those without one are two shifts where they get something else", () => {
    const rest: Partial<AliasConfig> = {
      name: "a",
      stickiness: { keys: [{ rule_type: "Attribute", param: "t" }], on_missing: "primary" },
    };
    const rules = [{ rule_type: "Header", param: "x-env", op: "=", value: "beta" }];
    const after = weights({ v2: 10 }, { ...rest, additional_version_strategy: { v3: { rules } } });
    const { shifts } = movement(weights({ v2: 10 }, rest), after);
    expect(shifts.map(({ from, to, witness }) => ({ from, to, witness }))).toEqual([
      { from: { v2: 1000, v1: 9000 }, to: { v3: 10000 }, witness: { headers: { "x-env": "beta" }, attributes: { t: "other" } } },
      { from: { v1: 10000 }, to: { v3: 10000 }, witness: { headers: { "x-env": "beta" } } },
    ]);
    // Without a key such a request got the primary, and still does.
    const kept = weights({ v2: 10 }, { ...rest, additional_version_strategy: { v1: { rules } } });
    expect(movement(weights({ v2: 10 }, rest), kept).shifts.map(({ from }) => from)).toEqual([{ v2: 1000, v1: 9000 }]);
  });

  test("a rule that is new shifts its requests, with one of them as a witness", () => {
    const rule = { rule_type: "Header", param: "x-env", op: "=", value: "beta" };
    const { shifts, moved, unchanged } = movement(
      weights({ v2: 10 }),
      weights({ v2: 10 }, { additional_version_strategy: { v3: { rules: [rule] } } }),
    );
    expect({ shifts, moved, unchanged }).toEqual({
      shifts: [
        {
          before: "/version",
          after: "/additional_version_strategy/v3",
          from: { v2: 1000, v1: 9000 },
          to: { v3: 10000 },
          witness: { headers: { "x-env": "beta" } },
        },
      ],
      moved: 0,
      unchanged: false,
    });
  });
});
