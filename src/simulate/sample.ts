import { murmur3 } from "../plan/index.ts";

/**
 * The most keys in a sample. With their histories they take about 10 MB. A sample holds at least half as many, so a share of 1 % is
 * known to ±0.1 %.
 */
const CAPACITY = 65_536;

/** The seed of the hash for sampling. Draws use 0. With another seed the sample does not depend on the split. */
const SEED = 0x5eed_1e55;

/**
 * What is known of each key, for all keys, or for an even sample of them once there are more than fit (adaptive sampling,
 * Wegman; Flajolet, Computing 43, 1990). A key is in the sample of level n where the last n bits of its hash are 0; the level
 * rises as often as it must. So the sample depends on the set of keys only, and neither on their order nor on who found
 * them, and what is known of a key in it is complete.
 */
export class Sample<T> {
  readonly #join: (before: T, after: T) => T;
  readonly #capacity: number;
  readonly #kept = new Map<string, T>();
  #level = 0;

  /** `join` combines two values of the same key, the earlier first. */
  constructor(join: (before: T, after: T) => T, capacity: number = CAPACITY) {
    this.#join = join;
    this.#capacity = capacity;
  }

  add(key: string, value: T): void {
    if (!isSampled(key, this.#level)) return;
    const before = this.#kept.get(key);
    if (before === undefined) this.#kept.set(owned(key), value);
    else this.#kept.set(key, this.#join(before, value));
    while (this.#kept.size > this.#capacity) {
      this.#level++;
      for (const other of this.#kept.keys()) if (!isSampled(other, this.#level)) this.#kept.delete(other);
    }
  }

  /** 0 if every key is held, n if one in 2^n is. */
  get level(): number {
    return this.#level;
  }

  get size(): number {
    return this.#kept.size;
  }

  values(): IterableIterator<T> {
    return this.#kept.values();
  }
}

/** The keys that are in the sample of a level, with their values. A worker does not send the others. */
export function sampled<T>(known: ReadonlyMap<string, T>, level: number): ReadonlyMap<string, T> {
  return level === 0 ? known : new Map([...known].filter(([key]) => isSampled(key, level)));
}

function isSampled(key: string, level: number): boolean {
  return level === 0 || (murmur3(key, SEED) & (2 ** level - 1)) === 0;
}

/**
 * The same text in memory of its own. A text that was cut from a piece of a log keeps all of the piece in memory (V8 makes
 * slices of 13 characters and more), which must not outlive the piece. A longer text is made, and all but its first unit cut from it.
 */
export function owned(text: string): string {
  return ` ${text}`.slice(1);
}
