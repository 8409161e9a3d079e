import { expect, test } from "vitest";
import { murmur3 } from "../../src/plan/index.ts";
import { NUMBER } from "../../src/simulate/row.ts";
import { Memory, PLACE_SEED, Sample, SEED } from "../../src/simulate/sample.ts";

const [C1, C2] = [0xcc9e2d51, 0x1b873593];

/** The number that an odd one is multiplied with to give 1, of 32 bits. */
function inverse(odd: number): number {
  let found = odd;
  for (let round = 0; round < 5; round++) found = Math.imul(found, 2 - Math.imul(odd, found));
  return found;
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** One block of murmur3. */
function mixed(state: number, block: number): number {
  const scrambled = Math.imul(rotated(Math.imul(block, C1), 15), C2);
  return (Math.imul(rotated(state ^ scrambled, 13), 5) + 0xe6546b64) | 0;
}

/** The block that leads from one state to another. */
function between(state: number, goal: number): number {
  const scrambled = rotated(Math.imul((goal - 0xe6546b64) | 0, inverse(5)), 19) ^ state;
  return Math.imul(rotated(Math.imul(scrambled, inverse(C2)), 17), inverse(C1));
}

function textOf(block: number): string {
  return String.fromCharCode(block & 255, (block >>> 8) & 255, (block >>> 16) & 255, block >>> 24);
}

function blockOf(text: string): number {
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8) | (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24);
}

/** Keys of 12 ASCII characters that have one hash of the place, as someone makes them who has read the source. */
function keysOfOnePlace(count: number): readonly string[] {
  const keys: string[] = [];
  for (let tried = 0; keys.length < count; tried++) {
    const begin = tried.toString(36).padStart(8, "0");
    const state = mixed(mixed(PLACE_SEED, blockOf(begin)), blockOf(begin.slice(4)));
    const end = textOf(between(state, 0x1234_5678));
    // Letters, digits and signs: other bytes are no ASCII, and a cookie cannot hold controls.
    if (/^[!-~]{4}$/.test(end)) keys.push(begin + end);
  }
  return keys;
}

const first = (before: number): number => before;

test("keys whose hashes share a place do not make each other slow", () => {
  const count = 4_000;
  const keys = keysOfOnePlace(count);
  expect(new Set(keys.map((key) => murmur3(key, PLACE_SEED))).size).toBe(1);
  const others = new Set(keys.map((key) => murmur3(key, SEED))).size;
  expect(others).toBeGreaterThan(0.9 * count);
  const sample = new Sample(NUMBER, first, new Memory(1e9));
  for (const key of keys) sample.add(key, 1);
  const taken = sample.probes;
  expect(sample.size).toBe(others);
  // One after the other they would look at count² / 2 places, which is 2,000 for each, and more while the table grows.
  expect(taken / count).toBeLessThan(100);
  for (const key of keys) sample.add(key, 1);
  expect(sample.size).toBe(others);
  expect((sample.probes - taken) / count).toBeLessThan(60);
});

test("a table that is nearly full of such keys has a place for each", () => {
  const keys = keysOfOnePlace(2_000);
  const small = new Sample(NUMBER, first, new Memory(0));
  for (const key of keys) small.add(key, 1);
  expect(small.level).toBeGreaterThan(0);
  expect(small.size).toBeGreaterThan(0);
  expect([...small.values()]).toHaveLength(small.size);
});

test("other keys take a few places each", () => {
  const sample = new Sample(NUMBER, first, new Memory(1e9));
  const count = 100_000;
  for (let key = 0; key < count; key++) sample.add(`user-${key}`, 1);
  expect(sample.size).toBe(count);
  expect(sample.probes / count).toBeLessThan(12);
});
