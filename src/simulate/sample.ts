import { murmur3 } from "../plan/index.ts";
import type { Row } from "./row.ts";

/**
 * Bytes that the samples of a simulation take together: 3.1 million users with their histories, and as many sticky keys. While a
 * sample grows, it is there twice: a process takes some 450 MB then.
 */
export const SAMPLE_BYTES = 268_435_456;

/** The seed of the hash for sampling. Draws use 0. With another seed the sample does not depend on the split. */
export const SEED = 0x5eed_1e55;

/** The seed of the hash for the place of a key. Both hashes together stand for the key: of 4 million keys, two share them once in two million times. */
export const PLACE_SEED = 0x91ac_e5ed;

/**
 * Places that are looked at side by side, which is quick, before a leap as wide as the other hash says. Someone can make keys that all have one
 * place; these leap to different ones. Of 4,000 such keys each looks at 46 places while the table grows, and at 3,500 without leaps.
 */
const NEIGHBOURS = 16;

/** Rows of a sample with few keys. */
const FEW = 256;

/** Memory that samples share. */
export class Memory {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Takes so many bytes, if they are at most half of what is left: what comes late finds some, too. */
  take(bytes: number): boolean {
    if (bytes > this.#left / 2) return false;
    this.#left -= bytes;
    return true;
  }
}

/**
 * What is known of each key, for all keys, or for an even sample of them once there are more than fit (adaptive sampling,
 * Wegman; Flajolet, Computing 43, 1990). A key is in the sample of level n where the last n bits of its hash are 0; the level
 * rises as often as it must. So a sample of a level depends on the set of keys only, and neither on their order nor on who found
 * them, and what is known of a key in it is complete. Keys are not kept, but two hashes of each: open addressing in one array.
 */
export class Sample<T> {
  readonly #row: Row<T>;
  readonly #join: (before: T, after: T) => T;
  readonly #memory: Memory;
  /** For each place the hash of the place, which is odd, or 0 if it is free; the hash for sampling; and the value. */
  #rows = new Int32Array(0);
  #size = 0;
  #level = 0;
  #probes = 0;

  /** `join` combines two values of the same key, the earlier first. */
  constructor(row: Row<T>, join: (before: T, after: T) => T, memory: Memory) {
    this.#row = row;
    this.#join = join;
    this.#memory = memory;
  }

  add(key: string, value: T): void {
    const hash = murmur3(key, SEED) | 0;
    if (!isInLevel(hash, this.#level)) return;
    if (this.#rows.length === 0) this.#rows = new Int32Array(FEW * this.#width);
    const rows = this.#rows;
    const place = murmur3(key, PLACE_SEED) | 1;
    const at = this.#find(rows, place, hash);
    if (rows[at] !== 0) {
      this.#row.write(this.#join(this.#row.read(rows, at + 2), value), rows, at + 2);
      return;
    }
    rows[at] = place;
    rows[at + 1] = hash;
    this.#row.write(value, rows, at + 2);
    this.#size++;
    if (!this.#isFull()) return;
    if (this.#memory.take(rows.byteLength)) this.#move(2 * rows.length);
    else for (; this.#isFull(); this.#move(rows.length)) this.#level++;
  }

  /** 0 if every key is held, n if one in 2^n is. */
  get level(): number {
    return this.#level;
  }

  get size(): number {
    return this.#size;
  }

  /** How many places were looked at, in all. */
  get probes(): number {
    return this.#probes;
  }

  *values(): Generator<T, void, undefined> {
    for (let at = 0; at < this.#rows.length; at += this.#width) if (this.#rows[at] !== 0) yield this.#row.read(this.#rows, at + 2);
  }

  get #width(): number {
    return this.#row.words + 2;
  }

  /** Three quarters: then a key that is new is compared with eight others, on average. */
  #isFull(): boolean {
    return this.#size * this.#width * 4 > this.#rows.length * 3;
  }

  /** Where a key is, or where it belongs. */
  #find(rows: Int32Array, place: number, hash: number): number {
    const width = this.#width;
    const places = rows.length / width;
    let at = (place >>> 1) & (places - 1);
    for (let probe = 1; ; probe++) {
      const found = rows[at * width];
      if (found === 0 || (found === place && rows[at * width + 1] === hash)) {
        this.#probes += probe;
        return at * width;
      }
      // From neighbours to neighbours it is an odd way, leap and steps together, so in time every place is looked at.
      at = (at + (probe % NEIGHBOURS === 0 ? hash & -2 : 1)) & (places - 1);
    }
  }

  /** Moves the keys of this level to an array of another length. */
  #move(length: number): void {
    const from = this.#rows;
    const rows = new Int32Array(length);
    this.#size = 0;
    for (let at = 0; at < from.length; at += this.#width) {
      const place = from[at] as number;
      const hash = from[at + 1] as number;
      if (place === 0 || !isInLevel(hash, this.#level)) continue;
      rows.set(from.subarray(at, at + this.#width), this.#find(rows, place, hash));
      this.#size++;
    }
    this.#rows = rows;
  }
}

/** The keys that are in the sample of a level, with their values. A worker does not send the others. */
export function sampled<T>(known: ReadonlyMap<string, T>, level: number): ReadonlyMap<string, T> {
  return level === 0 ? known : new Map([...known].filter(([key]) => isSampled(key, level)));
}

function isSampled(key: string, level: number): boolean {
  return level === 0 || isInLevel(murmur3(key, SEED), level);
}

function isInLevel(hash: number, level: number): boolean {
  return (hash & (2 ** level - 1)) === 0;
}

/**
 * The same text in memory of its own. A text that was cut from a piece of a log keeps all of the piece in memory (V8 makes
 * slices of 13 characters and more), which must not outlive the piece. A longer text is made, and all but its first unit cut from it.
 */
export function owned(text: string): string {
  return ` ${text}`.slice(1);
}
