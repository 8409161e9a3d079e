/**
 * One unit that tells values apart: by it a text is at most one of them, and need be compared with that one only. Nothing
 * else of the text is looked at, not even where it ends.
 */
export interface Discriminator {
  /** Its position, from the start; within the shortest value. */
  readonly at: number;
  /** By the low bits of the unit, the number of the value that has it, from 1; 0 where there is none. As long as a power of two. */
  readonly numbers: Uint8Array;
  readonly values: readonly string[];
}

/**
 * Cells for each value, as far as there are so many: a text that is none of the values seldom meets one of theirs, and is seldom compared
 * for nothing. With four cells instead, sets of 4 to 16 cookie values took up to a tenth longer.
 */
const ROOM = 8;

/**
 * Values of a set at most. Sets of 8 to 48 values of a cookie took 0.6 to 0.9 of what `Hash` takes, whether half of the texts were in them or one in
 * twenty; of a header 0.6 to 1.1. Larger ones were not measured.
 */
const MOST_VALUES = 48;

/** The longest table: the units of ASCII. */
const LONGEST = 128;

/** Values that are alike in so many units from the start are not looked at further. */
const REACH = 64;

/** The unit with the shortest table that tells these values apart, if there is one. The values are distinct, and at least two. */
export function findDiscriminator(values: readonly string[]): Discriminator | undefined {
  if (values.length < 2 || values.length > MOST_VALUES) return undefined;
  const shortest = values.reduce((least, { length }) => Math.min(least, length), REACH);
  for (let size = 2; size <= LONGEST; size *= 2) {
    if (size < values.length * ROOM && size < LONGEST) continue;
    for (let at = 0; at < shortest; at++) {
      const bits = values.map((value) => value.charCodeAt(at) & (size - 1));
      if (new Set(bits).size < values.length) continue;
      const numbers = new Uint8Array(size);
      bits.forEach((each, index) => (numbers[each] = index + 1));
      return { at, numbers, values };
    }
  }
  return undefined;
}

/** The number of the only value that can stand in `text` from `from` on; 0 where none can. */
export function candidate({ at, numbers }: Discriminator, text: string, from: number): number {
  const place = from + at;
  return place < text.length ? (numbers[text.charCodeAt(place) & (numbers.length - 1)] as number) : 0;
}
