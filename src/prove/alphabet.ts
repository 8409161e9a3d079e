import { type Field, fieldName, isPossible } from "../request/index.ts";
import type { Match, Plan } from "../plan/index.ts";

/**
 * What a field can be as far as some plans can tell, in letters: absent (letter 0), a value that none of them mentions
 * (letter 1), and from letter 2 on the values that they mention, those that satisfy the same matches together.
 */
export interface Range {
  readonly field: Field;
  /** The values of each letter from 2 on: at position n those of letter n + 2. There is at least one. */
  readonly letters: readonly (readonly string[])[];
  /** Where the bits of this field begin among the words of a region, and how many words they take, 32 letters to a word. */
  readonly at: number;
  readonly words: number;
}

/** Some letters of one field, as bits. */
export interface Literal {
  readonly range: Range;
  readonly bits: Int32Array;
}

/** The letters of every field that some plans ask. They are finitely many, so whatever a plan does with requests can be decided. */
export interface Alphabet {
  readonly ranges: ReadonlyMap<string, Range>;
  /** Words of a region. */
  readonly words: number;
  /** The letters that satisfy a match of these plans, or all others. */
  readonly literal: (match: Match, holds?: boolean) => Literal;
  /** The letters of a sticky key that is none: absent, and empty. */
  readonly keyless: (field: Field) => Literal;
}

export const ABSENT = 0;
export const OTHER = 1;

/** The alphabet of some plans. Values that a field cannot hold are no letters. */
export function alphabetOf(plans: readonly Plan[]): Alphabet {
  const asked = new Map<string, { readonly field: Field; readonly sets: Map<string, readonly string[]> }>();
  const ask = (field: Field): Map<string, readonly string[]> => {
    const name = fieldName(field);
    const known = asked.get(name) ?? { field, sets: new Map<string, readonly string[]>() };
    asked.set(name, known);
    return known.sets;
  };
  for (const { rules, split } of plans) {
    for (const { test } of rules)
      for (const { field, values } of test.matches)
        ask(field).set(
          setName(values),
          values.filter((value) => isPossible(field, value)),
        );
    if (split.kind === "arms")
      for (const { field } of split.sticky?.keys ?? []) ask(field).set(setName([""]), isPossible(field, "") ? [""] : []);
  }
  const ranges = new Map<string, Range>();
  const literals = new Map<string, readonly [holds: Literal, fails: Literal]>();
  let words = 0;
  for (const [name, { field, sets }] of asked) {
    const { letters, members } = lettersOf([...sets.values()]);
    const range: Range = { field, letters, at: words, words: (letters.length + 2 + 31) >> 5 };
    ranges.set(name, range);
    words += range.words;
    [...sets.keys()].forEach((set, index) => {
      const literal = literalOf(range, members[index] ?? []);
      literals.set(`${name} ${set}`, [literal, otherLetters(literal)]);
    });
  }
  const pair = (field: Field, values: readonly string[]): readonly [Literal, Literal] =>
    literals.get(`${fieldName(field)} ${setName(values)}`) as readonly [Literal, Literal];
  // The names of long lists are long: each match is looked up by its name once.
  const known = new Map<Match, readonly [Literal, Literal]>();
  return {
    ranges,
    words,
    literal: (match, holds = true) => {
      const both = known.get(match) ?? pair(match.field, match.values);
      known.set(match, both);
      return both[holds ? 0 : 1];
    },
    keyless: (field) => {
      const [{ range, bits }] = pair(field, [""]);
      return { range, bits: literalOf(range, [ABSENT]).bits.map((word, index) => word | (bits[index] ?? 0)) };
    },
  };
}

/** Values by the sets that they are in, and for each set its letters. */
function lettersOf(sets: readonly (readonly string[])[]): {
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

function setName(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** Some letters of a field as bits. */
export function literalOf(range: Range, letters: readonly number[]): Literal {
  const bits = new Int32Array(range.words);
  for (const letter of letters) bits[letter >> 5] = (bits[letter >> 5] ?? 0) | (1 << (letter & 31));
  return { range, bits };
}

/** Every letter of the field but these. */
export function otherLetters({ range, bits }: Literal): Literal {
  return { range, bits: everyLetter(range).map((word, index) => word & ~(bits[index] ?? 0)) };
}

/** The bits of every letter of a field. */
export function everyLetter({ words, letters }: Range): Int32Array {
  const count = letters.length + 2;
  return Int32Array.from({ length: words }, (_, word) => (count - 32 * word >= 32 ? -1 : (1 << (count - 32 * word)) - 1));
}
