/** How a value is kept in whole numbers of 32 bits, `words` of them, all 0 before the first value is written. */
export interface Row<T> {
  readonly words: number;
  readonly write: (value: T, rows: Int32Array, at: number) => void;
  readonly read: (rows: Int32Array, at: number) => T;
}

/** A row of one whole number of 32 bits. */
export const NUMBER: Row<number> = {
  words: 1,
  write: (value, rows, at) => {
    rows[at] = value;
  },
  read: (rows, at) => rows[at] as number,
};

/** A row of different whole numbers from 0 up to `size`, one bit for each. They are read in order. */
export function numberSet(size: number): Row<readonly number[]> {
  const words = Math.ceil(size / 32);
  return {
    words,
    write: (numbers, rows, at) => {
      rows.fill(0, at, at + words);
      for (const number of numbers) {
        const word = at + (number >>> 5);
        rows[word] = (rows[word] as number) | (1 << (number & 31));
      }
    },
    read: (rows, at) => {
      const numbers: number[] = [];
      for (let word = 0; word < words; word++)
        for (let bits = rows[at + word] as number; bits !== 0; bits &= bits - 1) numbers.push(word * 32 + 31 - Math.clz32(bits & -bits));
      return numbers;
    },
  };
}
