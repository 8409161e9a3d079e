import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyDraw, keyHash } from "../../src/plan/key-draw.ts";
import { murmur2 } from "../../src/plan/murmur2.ts";
import { absorbSeed, slotOfKey } from "../../src/plan/murmur3.ts";
import { murmur3Keys } from "../../src/plan/murmur3-inverse.ts";
import { sha256 } from "../../src/plan/sha256.ts";
import { slotOf } from "../../src/plan/slots.ts";
import { xxh32 } from "../../src/plan/xxh32.ts";
import { type AliasConfig, compile, equivalent, explain, movement, murmur3, type StickyHash } from "../../src/index.ts";
import { law } from "../support/law.ts";
import { hashDraw, murmur2 as slowMurmur2, murmur3 as slowMurmur3, xxh32 as slowXxh32 } from "../support/oracle.ts";

/** Texts whose MurmurHash2 is the floor of a bound of nginx, found by search, and the slot above that bound. */
const BOUNDS: readonly (readonly [text: string, slot: number])[] = [
  ["k1fuz", 625],
  ["k7ofg", 7200],
  ["kc484", 6397],
];

/** Units on both sides of what the length of an encoding hangs on. */
const unit = fc.constantFrom("a", "7", "\u007f", "\u0080", "\u00ff", "\u0100", "\u07ff", "\u0800", "\uffff", "\u{10000}", "\ud83d");

const texts = fc.oneof(
  fc.string({ unit, maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
  fc.constantFrom("\ud800", "\udc00\ud800", "a\ud83d", "\ude00"),
);

describe("murmur3", () => {
  law(
    "is computed backwards: for each slot there are keys, behind any prefix",
    fc.record({ prefix: texts, slot: fc.nat(9_999) }),
    ({ prefix, slot }) => {
      const bound = (of: number): number => Math.ceil((of * 2 ** 32) / 10_000);
      let count = 0;
      for (const key of murmur3Keys(prefix, bound(slot), bound(slot + 1))) {
        expect(key).toMatch(/^[0-9A-Za-z]+$/);
        expect(Math.floor((slowMurmur3(new TextEncoder().encode(prefix + key), 0) / 2 ** 32) * 10_000)).toBe(slot);
        if (++count === 3) break;
      }
      expect(count).toBe(3);
    },
    100,
  );

  const fox = "The quick brown fox jumps over the lazy dog";
  test.each([
    ["", 0, 0x00000000],
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["test", 0, 0xba6bd213],
    ["test", 0x9747b28c, 0x704b81dc],
    ["Hello, world!", 0, 0xc0363e43],
    [fox, 0, 0x2e4ff723],
    [fox, 0x9747b28c, 0x2fa826cd],
    ["ü€😀", 0, 0x0e9688f1],
    ["hello", 0, 613153351],
    ["é", 0, 269551495],
    ["😀", 0, 3199479546],
    ["\ud800", 0, 0xb69ca6c1],
  ])("of %j with seed %i", (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash);
    expect(slowMurmur3(new TextEncoder().encode(text), seed)).toBe(hash);
  });

  test("passes the verification of SMHasher: the hash of the hashes of 0, 0 1, 0 1 2, …", () => {
    const hashes = new Uint8Array(1024);
    for (let length = 0; length < 256; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => index);
      new DataView(hashes.buffer).setUint32(4 * length, slowMurmur3(bytes, 256 - length), true);
    }
    expect(slowMurmur3(hashes, 0)).toBe(0xb0f57ee3);
  });

  law(
    "of any text is that of its UTF-8 bytes",
    fc.record({ text: texts, seed: fc.nat(2 ** 32 - 1) }),
    ({ text, seed }) => {
      expect(murmur3(text, seed)).toBe(slowMurmur3(new TextEncoder().encode(text), seed));
    },
    2000,
  );

  law(
    "finds the slot of a part of a text",
    fc.record({ seed: texts, before: texts, key: texts, after: texts }),
    ({ seed, before, key, after }) => {
      const slot = slotOfKey(absorbSeed(seed), before + key + after, before.length, before.length + key.length);
      expect(slot).toBe(Math.floor((slowMurmur3(new TextEncoder().encode(seed + key), 0) / 2 ** 32) * 10_000));
    },
    2000,
  );
});

describe("the hashes that an alias can name", () => {
  const fox = "The quick brown fox jumps over the lazy dog";

  // xxHash's specification and its Python binding; SHA-256 of FIPS 180-4's examples; murmur2 and xxh32 as nginx and HAProxy split are in test/plan/engines.test.ts.
  test.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["abcd", 0xa3643705],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("xxh32 of %j", (text, hash) => {
    expect(xxh32(text)).toBe(hash);
    expect(slowXxh32(new TextEncoder().encode(text))).toBe(hash);
  });

  test.each([
    ["", 0x55b85278],
    ["abc", 0xad1500f2],
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 0xc106db19],
    [fox, 0x92e5c937],
  ])("sha256 of %j", (text, hash) => {
    expect(sha256(text)).toBe(hash);
  });

  law(
    "agree with their statements on any text, of several blocks too",
    fc.record({ text: fc.oneof(texts, fc.string({ unit: "binary", minLength: 100, maxLength: 300 })) }),
    ({ text }) => {
      const bytes = new TextEncoder().encode(text);
      expect(murmur2(text)).toBe(slowMurmur2(bytes));
      expect(xxh32(text)).toBe(slowXxh32(bytes));
      for (const hash of ["murmur3", "xxh32", "sha256"] as const) {
        expect(keyDraw({ hash, seed: "" })(text)).toBe(hashDraw(hash, text));
        expect(keyHash({ hash, seed: "" }, text) / 2 ** 32).toBe(hashDraw(hash, text));
      }
      expect(slotOf(keyDraw({ hash: "murmur2", seed: "" })(text))).toBe(slotOf(hashDraw("murmur2", text)));
    },
    1000,
  );

  test("murmur2 falls into the slot of nginx at its bounds, where equal slots of 2^32 differ by one", () => {
    const found = BOUNDS.map(([text, slot]) => [murmur2(text), Math.floor((slot * 0xffffffff) / 10_000)] as const);
    for (const [hash, bound] of found) expect(hash).toBe(bound);
    for (const [text, slot] of BOUNDS) {
      expect(Math.floor((murmur2(text) / 2 ** 32) * 10_000)).toBe(slot - 1);
      expect(slotOf(keyDraw({ hash: "murmur2", seed: "" })(text))).toBe(slot);
    }
  });

  test("another hash draws every user anew", () => {
    const alias = (hash: StickyHash): AliasConfig => ({
      name: "checkout",
      version: "v1",
      additional_version_weights: { v2: 50 },
      stickiness: { hash, keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
    });
    expect(movement(alias("murmur3"), alias("xxh32"))).toMatchObject({ redrawn: true });
    expect(equivalent(alias("murmur3"), alias("xxh32")).kind).toBe("different");
  });
});

describe("slots", () => {
  test("the first hash of every slot is in it, and the one before is not", () => {
    for (let slot = 0; slot < 10_000; slot++) {
      const first = Number((BigInt(slot) * 2n ** 32n + 9_999n) / 10_000n);
      expect(slotOf(first / 2 ** 32)).toBe(slot);
      if (first > 0) expect(slotOf((first - 1) / 2 ** 32)).toBe(slot - 1);
    }
    expect(slotOf(1 - 2 ** -53)).toBe(9_999);
    expect(Object.is(slotOf(-0), 0)).toBe(true);
  });

  test.each([
    ["checkout", "user-1", 3105039728, 7229],
    ["checkout", "user-2", 1487212983, 3462],
    ["checkout", "user-3", 1707358798, 3975],
    ["a1", "alice", 1751216874, 4077],
    ["a1", "bob", 609240385, 1418],
    ["a1", "é", 560409673, 1304],
    ["a1", "日本", 614674684, 1431],
    ["a1", "😀", 1327167687, 3090],
    ["", "alice", 1280413405, 2981],
  ])("the draw of seed %j and key %j", (seed, key, hash, slot) => {
    const config = {
      version: "v1",
      additional_version_weights: { v2: 50 },
      stickiness: { seed, keys: [{ rule_type: "Attribute", param: "user" }], on_missing: "primary" },
    };
    const { draw } = explain(config, { headers: {}, attributes: { user: key } });
    expect(draw).toMatchObject({ value: hash / 2 ** 32, slot, from: { kind: "sticky", hash, seed, key, at: "/stickiness/keys/0" } });
  });
});

function chiSquare(counts: ArrayLike<number>): number {
  const observed = Array.from(counts);
  const expected = observed.reduce((sum, count) => sum + count, 0) / observed.length;
  return observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

// Counts on fixed inputs, so these tests pass or fail for ever. The bounds are two-sided quantiles at 1e-9 of chi-square.
describe("the spread of the hash", () => {
  const IDS = 300_000;

  /** Chi-square of sequential ids over 100 equal shares: 99 degrees of freedom. */
  const spread = (hash: (text: string) => number, seed: string): number => {
    const counts = new Uint32Array(100);
    for (let id = 0; id < IDS; id++) counts[Math.floor((hash(`${seed}user-${id}`) / 2 ** 32) * 100)]!++;
    return chiSquare(counts);
  };

  test.each(["", "checkout", "alias-1"])("sequential ids under the seed %j spread evenly", (seed) => {
    const value = spread(murmur3, seed);
    expect(value).toBeGreaterThan(36.3253);
    expect(value).toBeLessThan(207.8975);
  });

  test("a weaker hash does not: FNV-1a fails", () => {
    expect(fnv1a("foobar")).toBe(0xbf9cf968);
    expect(spread(fnv1a, "")).toBeGreaterThan(207.8975);
  });

  test("aliases of similar names draw independently", () => {
    const [aliases, ids] = [20, 20_000];
    const buckets = Array.from({ length: aliases }, (_, alias) => {
      const draw = keyDraw({ hash: "murmur3", seed: `alias-${alias + 1}` });
      return Uint8Array.from({ length: ids }, (__, id) => Math.floor(draw(`user-${id}`) * 4));
    });
    for (let a = 0; a < aliases; a++) {
      for (let b = a + 1; b < aliases; b++) {
        const joint = new Uint32Array(16);
        for (let id = 0; id < ids; id++) joint[4 * buckets[a]![id]! + buckets[b]![id]!]!++;
        const [rows, columns] = [
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ];
        joint.forEach((count, cell) => ((rows[cell >> 2]! += count), (columns[cell & 3]! += count)));
        // 9 degrees of freedom
        const value = Array.from(joint).reduce((sum, count, cell) => {
          const expected = (rows[cell >> 2]! * columns[cell & 3]!) / ids;
          return sum + (count - expected) ** 2 / expected;
        }, 0);
        expect(value).toBeLessThan(60.6603);
      }
    }
  });

  test("without seeds of their own two aliases draw the same", () => {
    const aliases = ["a", "b"].map((name) => ({
      name,
      version: "v1",
      additional_version_weights: { v2: 50 },
      stickiness: { seed: "", keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
    }));
    const [one, two] = aliases.map((alias) => compile(alias));
    for (let id = 0; id < 100; id++) {
      const request = { headers: { "x-user": `user-${id}` } };
      expect(one?.(request).version).toBe(two?.(request).version);
    }
  });

  test("every bit of an id moves every bit of the hash about every other time", () => {
    const [inputs, bytes] = [2000, 16];
    const flips = new Uint32Array(8 * bytes * 32);
    for (let input = 0; input < inputs; input++) {
      const id = Array.from({ length: bytes }, (_, place) => (murmur3(`${input}/${place}`) & 0x7f) as number);
      const before = murmur3(String.fromCharCode(...id));
      for (let bit = 0; bit < 8 * bytes; bit++) {
        if (bit % 8 === 7) continue; // would leave ASCII, and change the length in bytes
        const other = id.map((unit, place) => (place === bit >> 3 ? unit ^ (1 << (bit & 7)) : unit));
        const changed = before ^ murmur3(String.fromCharCode(...other));
        for (let out = 0; out < 32; out++) flips[32 * bit + out]! += (changed >>> out) & 1;
      }
    }
    // 6.10941 standard deviations are 1e-9 for one cell
    const bound = (6.10941 * 0.5) / Math.sqrt(inputs);
    for (let cell = 0; cell < flips.length; cell++) {
      if ((cell >> 5) % 8 !== 7) expect(Math.abs(flips[cell]! / inputs - 0.5)).toBeLessThan(bound);
    }
  });

  test("the share of a weight among many ids is that weight", () => {
    const route = compile({
      name: "checkout",
      version: "v1",
      additional_version_weights: { v2: 10 },
      stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
    });
    let count = 0;
    for (let id = 0; id < 100_000; id++) if (route({ headers: { "x-user": `user-${id}` } }).version === "v2") count++;
    // exact binomial, two-sided 1e-9
    expect(count).toBeGreaterThanOrEqual(9_425);
    expect(count).toBeLessThanOrEqual(10_584);
  });
});
