import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidate, findDiscriminator } from "../../src/backend/lookup/discriminator.ts";
import { law } from "../support/law.ts";

describe("a telling unit", () => {
  test.each<[readonly string[], number | undefined, number | undefined]>([
    [["tenant-2", "tenant-3"], 7, 16],
    [["eu-west-101", "ap-southeast-1", "cn-north-4", "af-south-1", "la-north-2"], 1, 64],
    [["ab", "ba", "aa"], undefined, undefined],
    [["a", ""], undefined, undefined],
    [["a"], undefined, undefined],
    [[], undefined, undefined],
    [[..."abcdefghijklmnopqrstuvwxyz"], 0, 128],
    [Array.from({ length: 48 }, (_, unit) => String.fromCharCode(unit + 48)), 0, 128],
    [Array.from({ length: 49 }, (_, unit) => String.fromCharCode(unit + 48)), undefined, undefined],
    [["x".repeat(63) + "a", "x".repeat(63) + "b"], 63, 16],
    [["x".repeat(64) + "a", "x".repeat(64) + "b"], undefined, undefined],
    // 16 units lie between them: they have the same low bits, and a longer table tells them apart.
    [["a", "q"], 0, 32],
  ])("of %j", (values, at, size) => {
    const unit = findDiscriminator(values);
    expect(unit?.at).toBe(at);
    expect(unit?.numbers.length).toBe(size);
  });
});

const texts = fc.string({ unit: fc.constantFrom("a", "b", "c", "q", "1", "é", "\u{1f600}"), maxLength: 4 });

law(
  "where a value stands, at any place of a text, it is the candidate",
  fc.tuple(fc.uniqueArray(texts, { maxLength: 6 }), texts, texts),
  ([values, before, after]) => {
    const unit = findDiscriminator(values);
    if (unit === undefined) return;
    values.forEach((value, index) => expect(candidate(unit, before + value + after, before.length)).toBe(index + 1));
    expect(candidate(unit, before, before.length)).toBe(0);
  },
);
