import * as fc from "fast-check";
import { describe, expect } from "vitest";
import type { AliasConfig, StickyKeyConfig } from "../../src/index.ts";
import { HOSTILE, requests } from "../support/arbitrary.ts";
import { forgetsStickiness, forgetsTheSeed, seedsWithTheWeights } from "../support/faults.ts";
import { everywhere } from "../support/law.ts";
import { murmur3 } from "../support/oracle.ts";

const seeds = fc.oneof(fc.constantFrom("", "checkout", "é", "\ud83d"), fc.string({ unit: "binary", maxLength: 9 }));
const keys = fc.oneof(
  fc.constantFrom(...HOSTILE, "user-1", "\ude00x", "0"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
  fc.uuid(),
);
const slots = fc.integer({ min: 1, max: 10_000 });

/** One field, and the request that has this value there. */
const attribute = (name: string): StickyKeyConfig => ({ rule_type: "Attribute", param: name });
const having = (name: string, value: string): object => ({ headers: {}, attributes: { [name]: value } });

const sticky = (seed: string, weight: number, on_missing: "primary" | "random" = "primary", from = [attribute("user")]): AliasConfig => ({
  version: "v1",
  additional_version_weights: { v2: weight / 100 },
  stickiness: { seed, keys: from, on_missing },
});

const draw = (seed: string, key: string): number => murmur3(new TextEncoder().encode(seed + key), 0) / 2 ** 32;
const never = (): number => {
  throw new Error("the random source is not to be asked");
};

describe("sticky draws", () => {
  everywhere(
    "a key draws murmur3 of the UTF-8 bytes of seed and key, over 2^32",
    fc.record({ seed: seeds, key: keys, weight: slots }),
    { catches: forgetsTheSeed },
    (compile, { seed, key, weight }) => {
      const slot = Math.floor(draw(seed, key) * 10_000);
      const at = (size: number): string => compile(sticky(seed, size), { random: never })(having("user", key)).version;
      expect(at(weight)).toBe(slot < weight ? "v2" : "v1");
      if (slot > 0) expect(at(slot)).toBe("v1");
      expect(at(slot + 1)).toBe("v2");
    },
  );

  everywhere(
    "a sticky draw decides as the same draw does when it is given",
    fc.record({ seed: seeds, key: keys, weight: slots }),
    { catches: forgetsTheSeed, runs: 200 },
    (compile, { seed, key, weight }) => {
      const exact = draw(seed, key);
      for (const size of [weight, Math.floor(exact * 10_000), Math.floor(exact * 10_000) + 1]) {
        const run = compile(sticky(seed, size), { random: never });
        expect(run({ headers: {} }, exact).version).toBe(run(having("user", key)).version);
      }
    },
  );

  everywhere(
    "a key keeps its draw whatever else the request has, and whatever the weights are",
    fc.record({ key: keys, request: requests, weight: slots, other: slots }),
    { catches: seedsWithTheWeights },
    (compile, { key, request, weight, other }) => {
      const versionAt = (size: number, from: object): string => compile(sticky("s", size), { random: never })(from).version;
      const alone = versionAt(weight, having("user", key));
      expect(versionAt(weight, { ...request, ...having("user", key), headers: (request as { headers: object }).headers })).toBe(alone);
      const [small, large] = [Math.min(weight, other), Math.max(weight, other)];
      if (versionAt(small, having("user", key)) === "v2") expect(versionAt(large, having("user", key))).toBe("v2");
    },
  );

  everywhere(
    "the first key that is there draws, and without one the alias says what happens",
    fc.record({
      values: fc.array(fc.option(fc.oneof(fc.constant(""), keys), { nil: undefined }), { minLength: 1, maxLength: 3 }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      onMissing: fc.constantFrom("primary" as const, "random" as const),
      weight: slots,
    }),
    { catches: forgetsStickiness },
    (compile, { values, random, onMissing, weight }) => {
      const from = values.map((_, index) => attribute(`key${index}`));
      const attributes = Object.fromEntries(values.map((value, index) => [`key${index}`, value]));
      const decision = compile(sticky("s", weight, onMissing, from), { random: () => random })({ headers: {}, attributes });
      const key = values.find((value) => value !== undefined && value !== "");
      if (key === undefined && onMissing === "primary") expect(decision).toMatchObject({ reason: "default", at: "/stickiness/on_missing" });
      else {
        const drawn = key === undefined ? random : draw("s", key);
        expect(decision).toMatchObject({ reason: "split", version: Math.floor(drawn * 10_000) < weight ? "v2" : "v1" });
      }
    },
  );
});
