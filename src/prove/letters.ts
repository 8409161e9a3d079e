import { type Field, isPossible } from "../request/index.ts";

/**
 * What a field can be as far as some plans can tell, in letters: absent (letter 0), a value that none of them mentions
 * (letter 1), and from letter 2 on the values that they mention, those that satisfy the same matches together.
 */
export interface Range {
  readonly field: Field;
  /** The values of each letter from 2 on: at position n those of letter n + 2. There is at least one. */
  readonly letters: readonly (readonly string[])[];
  /** The position among the fields of the alphabet. */
  readonly index: number;
  /** Where the bits of this field begin among the words of a region, and how many words they take, 32 letters to a word. */
  readonly at: number;
  readonly words: number;
}

/** Some letters of one field, as bits. */
export interface Literal {
  readonly range: Range;
  readonly bits: Int32Array;
}

/** Holds where one of its literals does; at most one for a field. */
export type Clause = readonly Literal[];

export const ABSENT = 0;
export const OTHER = 1;

/** Values by the sets that they are in, and for each set its letters. */
export function lettersOf(sets: readonly (readonly string[])[]): {
  readonly letters: readonly (readonly string[])[];
  readonly members: readonly (readonly number[])[];
} {
  const setsOf = new Map<string, number[]>();
  sets.forEach((values, set) => {
    for (const value of new Set(values)) {
      const known = setsOf.get(value);
      if (known === undefined) setsOf.set(value, [set]);
      else known.push(set);
    }
  });
  const letters = new Map<string, { readonly values: string[]; readonly sets: readonly number[] }>();
  for (const [value, within] of setsOf) {
    const key = within.join();
    const letter = letters.get(key) ?? { values: [], sets: within };
    letter.values.push(value);
    letters.set(key, letter);
  }
  const members: number[][] = sets.map(() => []);
  [...letters.values()].forEach((letter, index) => letter.sets.forEach((set) => members[set]?.push(index + 2)));
  return { letters: [...letters.values()].map(({ values }) => values), members };
}

/** Some letters of a field as bits. */
export function literalOf(range: Range, letters: Iterable<number>): Literal {
  const bits = new Int32Array(range.words);
  for (const letter of letters) bits[letter >> 5] = (bits[letter >> 5] ?? 0) | (1 << (letter & 31));
  return { range, bits };
}

/** Every letter of the field but these. */
export function otherLetters({ range, bits }: Literal): Literal {
  const others = everyLetter(range);
  for (let word = 0; word < bits.length; word++) others[word] = (others[word] ?? 0) & ~(bits[word] ?? 0);
  return { range, bits: others };
}

/** Literals of some fields as one for each field, which has the letters of all of them. */
export function unionByField(literals: Iterable<Literal>): readonly Literal[] {
  const byField = new Map<number, Literal>();
  for (const { range, bits } of literals) {
    const known = byField.get(range.index);
    if (known === undefined) byField.set(range.index, { range, bits: bits.slice() });
    else for (let word = 0; word < bits.length; word++) known.bits[word] = (known.bits[word] ?? 0) | (bits[word] ?? 0);
  }
  return [...byField.values()];
}

/** The letters that some bits have, in order. */
export function* lettersIn(bits: Int32Array): Generator<number> {
  for (let word = 0; word < bits.length; word++)
    for (let rest = bits[word] ?? 0; rest !== 0; rest &= rest - 1) yield 32 * word + 31 - Math.clz32(rest & -rest);
}

/** The bits of every letter of a field. A field that can never be there has no letter but absent. */
export function everyLetter({ field, words, letters }: Range): Int32Array {
  if (!isPossible(field, stemOf(field))) return Int32Array.of(1 << ABSENT);
  const bits = new Int32Array(words).fill(-1);
  const last = (letters.length + 2) & 31;
  if (last !== 0) bits[words - 1] = (1 << last) - 1;
  return bits;
}

/** Whether these bits have a letter. */
export function hasLetter(bits: Int32Array, letter: number, at = 0): boolean {
  return ((bits[at + (letter >> 5)] ?? 0) & (1 << (letter & 31))) !== 0;
}

/** The lowest of these letters; -1 where there is none. */
export function lowestLetter(bits: Int32Array, at: number, words: number): number {
  for (let word = 0; word < words; word++) {
    const here = bits[at + word] ?? 0;
    if (here !== 0) return 32 * word + 31 - Math.clz32(here & -here);
  }
  return -1;
}

/** What the values begin with that stand for "another value" of a field. */
export function stemOf({ kind }: Field): string {
  return kind === "path" ? "/other" : kind === "method" ? "OTHER" : "other";
}
