import type { Pointer } from "../document/index.ts";
import { drawAt } from "../plan/index.ts";
import type { Goal } from "./goals.ts";
import { answerOf, type Row, type Subject } from "./variant.ts";

/** Goals as numbers, so that what a request shows is a row of bits: of 10,000 rules there are 20,000 goals, and as many requests. */
export interface GoalBits {
  readonly words: number;
  /** What a request shows, and the draw that it has. */
  readonly shown: (row: Row, draw: number | undefined) => Int32Array;
  /** The number of a goal at a draw. The goals of an arm are its ends. */
  readonly numberOf: (goal: Goal, draw: number | undefined) => number;
}

/** Bits at odd places: goals of rules and strategies come in pairs, the second that it failed. */
const FAILED = 0xaaaa_aaaa | 0;

/** The bits of the goals of a plan, in the order of `goalsOf`. */
export function goalBitsOf(subject: Subject, goals: readonly Goal[]): GoalBits {
  const { plan, tests } = subject;
  const first = new Map<Goal, number>();
  const byDraw = new Map<number, number>();
  const byPlace = new Map<Pointer, number>();
  let count = 0;
  for (const goal of goals) {
    first.set(goal, count);
    for (const draw of goalDraws(goal)) {
      if (draw !== undefined) byDraw.set(draw, count);
      else if (goal.part === "arm") byPlace.set(goal.at, count);
      count++;
    }
  }
  const words = (count + 31) >> 5;
  // Two goals of each test, and two of each of its matches.
  const firstOf = [0];
  for (const { matches } of tests) firstOf.push((firstOf.at(-1) as number) + 2 + 2 * matches.length);
  const shown = (row: Row, draw: number | undefined): Int32Array => {
    const bits = new Int32Array(words);
    const set = (number: number): void => void (bits[number >> 5] = (bits[number >> 5] ?? 0) | (1 << (number & 31)));
    const decides = row.holding[0] ?? tests.length;
    const tried = firstOf[Math.min(decides + 1, tests.length)] as number;
    bits.fill(FAILED, 0, tried >> 5);
    for (let number = (tried & ~31) + 1; number < tried; number += 2) set(number);
    const flip = (number: number): void => {
      set(number);
      bits[number >> 5] = (bits[number >> 5] ?? 0) & ~(1 << ((number & 31) + 1));
    };
    if (decides < tests.length) flip(firstOf[decides] as number);
    for (const [name, value] of row.values)
      for (const [test, match] of subject.satisfied.get(name)?.get(value) ?? [])
        if (test <= decides) flip((firstOf[test] as number) + 2 + 2 * match);
    if (decides < tests.length) return bits;
    const end =
      draw !== undefined && plan.split.kind === "arms"
        ? byDraw.get(draw)
        : byPlace.get(answerOf(subject, subject.original, row, draw).outcome.at);
    if (end !== undefined) set(end);
    return bits;
  };
  return { words, shown, numberOf: (goal, draw) => (draw === undefined ? first.get(goal) : byDraw.get(draw)) as number };
}

/** The draws at both ends of an arm, in the middles of their slots: exact bounds are at the mercy of rounding. */
export function goalDraws({ slots }: Goal): readonly (number | undefined)[] {
  if (slots === undefined) return [undefined];
  const [from, until] = slots;
  return [...new Set([from, until - 1])].map(drawAt);
}

/** Whether a row has a bit. */
export function hasBit(bits: Int32Array, number: number): boolean {
  return ((bits[number >> 5] ?? 0) & (1 << (number & 31))) !== 0;
}

/** How many bits of a row are among others. */
export function bitsAmong(bits: Int32Array, others: Int32Array): number {
  let count = 0;
  for (let word = 0; word < bits.length; word++) {
    // The bits of a word are counted in parallel (Warren, Hacker's Delight, section 5-1).
    let left = (bits[word] as number) & (others[word] as number);
    left -= (left >>> 1) & 0x5555_5555;
    left = (left & 0x3333_3333) + ((left >>> 2) & 0x3333_3333);
    count += Math.imul((left + (left >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
  }
  return count;
}

/** Adds bits to a row. */
export function addBits(bits: Int32Array, more: Int32Array): void {
  for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] as number) | (more[word] as number);
}

/** Takes bits from a row. */
export function takeBits(bits: Int32Array, gone: Int32Array): void {
  for (let word = 0; word < bits.length; word++) bits[word] = (bits[word] as number) & ~(gone[word] as number);
}
