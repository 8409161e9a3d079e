import { describe, expect, test } from "vitest";
import { type LiveSample, type LiveSplit, lookLive } from "../../src/simulate/live.ts";
import { UNSEEN } from "../../src/simulate/statistics/sequential.ts";

const WEIGHTS = { v1: 9_000, v2: 1_000 };

function at(counts: Readonly<Record<string, number>>, slots: Readonly<Record<string, number>> = WEIGHTS, gateway = ""): LiveSample {
  return {
    counts: Object.entries(counts).map(([version, count]) => ({ gateway, version, count })),
    slots: new Map(Object.entries(slots)),
  };
}

/** A look at two gateways. */
function fleet(one: LiveSample, other: LiveSample): LiveSample {
  return { slots: one.slots, counts: [...one.counts, ...other.counts.map((count) => ({ ...count, gateway: "other" }))] };
}

function looked(...samples: readonly LiveSample[]): LiveSplit {
  return samples.reduce<LiveSplit | undefined>((before, sample) => lookLive(before, sample), undefined) as LiveSplit;
}

describe("a split that is looked at live", () => {
  test("begins to count at the first look: what was drawn before may have had other weights", () => {
    expect(looked(at({ v1: 0, v2: 5_000 }))).toMatchObject({ test: UNSEEN, drawn: new Map(), impossible: 0 });
    const split = looked(at({ v1: 0, v2: 5_000 }), at({ v1: 900, v2: 5_100 }));
    expect(split.drawn).toEqual(
      new Map([
        ["v1", 900],
        ["v2", 100],
      ]),
    );
    expect(split.test.p).toBeGreaterThan(0.5);
  });

  test("finds shares that are not those of the weights, and the p-value never grows again", () => {
    const wrong = looked(at({ v1: 0, v2: 0 }), at({ v1: 800, v2: 200 }));
    expect(wrong.test.p).toBeLessThan(1e-6);
    const later = lookLive(wrong, at({ v1: 90_800, v2: 10_200 }));
    expect(later.test.p).toBeLessThanOrEqual(wrong.test.p);
  });

  test("begins anew with other weights, and not for a version without slots that comes or goes", () => {
    const wrong = looked(at({ v1: 0, v2: 0 }), at({ v1: 500, v2: 500 }));
    expect(lookLive(wrong, at({ v1: 500, v2: 500 }, { ...WEIGHTS, v3: 0 })).changes).toBe(0);
    const changed = lookLive(wrong, at({ v1: 600, v2: 600 }, { v1: 5_000, v2: 5_000 }));
    expect(changed).toMatchObject({ changes: 1, test: UNSEEN, drawn: new Map() });
    expect(lookLive(changed, at({ v1: 1_100, v2: 1_100 }, { v1: 5_000, v2: 5_000 })).test).toMatchObject({ count: 1_000, p: 1 });
  });

  test("adds up what gateways have drawn since each was first seen, and leaves out what one drew before it began anew", () => {
    const split = looked(
      at({ v1: 9_000, v2: 1_000 }),
      fleet(at({ v1: 9_090, v2: 1_010 }), at({ v1: 0, v2: 77 })),
      fleet(at({ v1: 9_180, v2: 1_020 }), at({ v1: 9, v2: 78 })),
      fleet(at({ v1: 9, v2: 50 }), at({ v1: 18, v2: 79 })),
      fleet(at({ v1: 18, v2: 51 }), at({ v1: 18, v2: 79 })),
    );
    expect(Object.fromEntries(split.drawn)).toEqual({ v1: 180 + 18 + 9, v2: 20 + 2 + 1 });
  });

  test("a version that has no slot and is drawn is impossible, however seldom", () => {
    expect(looked(at({ v1: 0, v2: 0, v3: 7 }), at({ v1: 900, v2: 100, v3: 8 })).impossible).toBe(1);
    expect(looked(at({ v1: 0, v9: 0 }, { v1: 10_000 }), at({ v1: 5, v9: 1 }, { v1: 10_000 }))).toMatchObject({
      impossible: 1,
      test: UNSEEN,
    });
  });

  test("a look without traffic is no look", () => {
    expect(looked(at({ v1: 1, v2: 1 }), at({ v1: 1, v2: 1 }), at({ v1: 1, v2: 1 })).test).toBe(UNSEEN);
  });
});
