import * as fc from "fast-check";
import { describe, expect } from "vitest";
import type { AliasConfig, Version } from "../../src/index.ts";
import { configs } from "../support/arbitrary.ts";
import type { Compile } from "../support/backends.ts";
import { closesArmsAbove, reshuffles, servesWeightZero, stacksEveryWeight, trustsTheOrderOfKeys } from "../support/faults.ts";
import { everywhere } from "../support/law.ts";
import { layout } from "../support/oracle.ts";

const SLOTS = 10_000;
const nothing = { headers: {} };

/** The first hash of a slot; over 2^32 it is the smallest draw in it that a hash can give. */
const firstHash = (slot: number): number => Math.ceil((slot * 2 ** 32) / SLOTS);

/** The version of every slot. */
function slotsOf(compile: Compile, config: AliasConfig): Version[] {
  const run = compile(config);
  return Array.from({ length: SLOTS }, (_, slot) => run(nothing, firstHash(slot) / 2 ** 32).version);
}

const splits = configs.map(({ name, version, additional_version_weights, additional_version_order }): AliasConfig => ({
  ...(name && { name }),
  version,
  ...(additional_version_weights && { additional_version_weights }),
  ...(additional_version_order && { additional_version_order }),
}));

/** Weights of two versions in slots that fit together. */
const pairs = fc
  .tuple(fc.nat(SLOTS), fc.nat(SLOTS))
  .map(([a, b]): readonly [number, number] => (a + b > SLOTS ? [SLOTS - a, SLOTS - b] : [a, b]));

const ofPair = ([first, second]: readonly [number, number]): AliasConfig => ({
  version: "v1",
  additional_version_weights: { v2: first / 100, v3: second / 100 },
});

const ofMany = (slots: readonly number[]): AliasConfig => ({
  version: "v1",
  additional_version_weights: Object.fromEntries(slots.map((each, index) => [`w${index}`, each / 100])),
});

const countOf = (versions: readonly Version[], version: Version): number => versions.filter((each) => each === version).length;

describe("split", () => {
  everywhere(
    "a weight owns its slots exactly, and the primary the rest",
    splits,
    { catches: servesWeightZero, runs: 20 },
    (compile, config) => {
      const counts = new Map<Version, number>();
      for (const version of slotsOf(compile, config)) counts.set(version, (counts.get(version) ?? 0) + 1);
      let left = SLOTS;
      for (const [version, percent] of Object.entries(config.additional_version_weights ?? {})) {
        expect(counts.get(version) ?? 0).toBe(Math.round(percent * 100));
        left -= Math.round(percent * 100);
      }
      expect(counts.get(config.version) ?? 0).toBe(left);
    },
  );

  everywhere(
    "an arm begins at the first hash of its first slot and ends before that of the next arm",
    splits,
    { catches: closesArmsAbove, runs: 200 },
    (compile, config) => {
      if (!Object.values(config.additional_version_weights ?? {}).some((percent) => percent > 0)) return;
      const run = compile(config);
      let from = 0;
      for (const [version, slots] of layout(config)) {
        if (slots === 0) continue;
        const [first, next] = [firstHash(from), firstHash(from + slots)];
        for (const hash of [first, first + 1, next - 2, next - 1])
          expect(run(nothing, hash / 2 ** 32)).toMatchObject({ version, reason: "split" });
        if (from > 0) expect(run(nothing, (first - 1) / 2 ** 32).version).not.toBe(version);
        if (from + slots < SLOTS) expect(run(nothing, next / 2 ** 32).version).not.toBe(version);
        from += slots;
      }
      expect(from).toBe(SLOTS);
    },
  );

  everywhere(
    "a weight of 0 gets nothing and a weight of 100 everything",
    fc.record({ version: fc.constantFrom("v2", "v0"), draw: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }) }),
    { catches: servesWeightZero, runs: 100 },
    (compile, { version, draw }) => {
      const others = { v3: 0, v4: 0 };
      for (const each of [0, draw / SLOTS, draw, 1 - 2 ** -53]) {
        expect(compile({ version: "v1", additional_version_weights: { ...others, [version]: 0 } })(nothing, each)).toMatchObject({
          version: "v1",
          reason: "default",
        });
        expect(compile({ version: "v1", additional_version_weights: { ...others, [version]: 50 } })(nothing, each).version).toMatch(
          /v1|v0|v2/,
        );
        expect(compile({ version: "v1", additional_version_weights: { ...others, [version]: 100 } })(nothing, each).version).toBe(version);
      }
    },
  );

  everywhere(
    "a weight that grows takes from the primary only, and keeps what it had",
    fc.record({ weights: pairs, second: fc.boolean(), by: fc.nat(SLOTS), draw: fc.nat(2 ** 32 - 1).map((hash) => hash / 2 ** 32) }),
    { catches: reshuffles, runs: 400 },
    (compile, { weights: [first, other], second, by, draw }) => {
      const growth = Math.min(by, SLOTS - first - other);
      const after = ofPair(second ? [first, other + growth] : [first + growth, other]);
      const grown = second ? "v3" : "v2";
      const [was, is] = [compile(ofPair([first, other]))(nothing, draw).version, compile(after)(nothing, draw).version];
      if (was !== is) expect([was, is]).toEqual(["v1", grown]);
    },
  );

  everywhere(
    "two weights that grow together, or shrink together, move the least that there is to move",
    fc.record({ before: pairs, after: pairs }),
    { catches: stacksEveryWeight, runs: 10 },
    (compile, { before, after }) => {
      const [a, b] = [Math.min(before[0], after[0]), Math.max(before[0], after[0])];
      const [c, d] = [Math.min(before[1], after[1]), Math.max(before[1], after[1])];
      if (b + d > SLOTS) return;
      const [small, large] = [slotsOf(compile, ofPair([a, c])), slotsOf(compile, ofPair([b, d]))];
      expect(small.filter((version, slot) => version !== large[slot]).length).toBe(b - a + d - c);
    },
  );

  everywhere(
    "two weights that change against each other move both changes less the slots that both touch",
    pairs.filter(([first, second]) => first !== second),
    { catches: stacksEveryWeight, runs: 10 },
    (compile, [first, second]) => {
      const [before, after] = [slotsOf(compile, ofPair([first, second])), slotsOf(compile, ofPair([second, first]))];
      const low = (slot: number): number => (slot < first ? 1 : 0) - (slot < second ? 1 : 0);
      const high = (slot: number): number => (slot >= SLOTS - second ? 1 : 0) - (slot >= SLOTS - first ? 1 : 0);
      const touched = before.filter((_, slot) => low(slot) !== 0 || high(slot) !== 0).length;
      expect(before.filter((version, slot) => version !== after[slot]).length).toBe(touched);
    },
  );

  everywhere(
    "of three and more weights a larger one owns more, and no other one less",
    fc.record({ weights: fc.array(fc.nat(2000), { minLength: 3, maxLength: 5 }), which: fc.nat(4), by: fc.nat(2000) }),
    { catches: servesWeightZero, runs: 10 },
    (compile, { weights, which, by }) => {
      const grown = weights.map((slots, index) =>
        index === which % weights.length ? Math.min(slots + by, SLOTS - (weights.reduce((sum, each) => sum + each, 0) - slots)) : slots,
      );
      const [before, after] = [slotsOf(compile, ofMany([0, ...weights])), slotsOf(compile, ofMany([0, ...grown]))];
      [0, ...grown].forEach((slots, index) => expect(countOf(after, `w${index}`)).toBe(slots));
      [0, ...weights].forEach((slots, index) => expect(countOf(before, `w${index}`)).toBe(slots));
    },
  );

  everywhere(
    "there and back again is where it was",
    fc.record({ before: splits, between: splits }),
    { catches: trustsTheOrderOfKeys, runs: 10 },
    (compile, { before, between }) => {
      const there = slotsOf(compile, before);
      slotsOf(compile, between);
      const { additional_version_weights: weights } = before;
      const again = weights ? { ...before, additional_version_weights: Object.fromEntries(Object.entries(weights).toReversed()) } : before;
      expect(slotsOf(compile, again)).toEqual(there);
    },
  );
});
