/**
 * What many aliases share, held once under a number. What is held no more is given up, and its number is used again. The key of an item tells it
 * from all others of the pool.
 */
export class Pool<T> {
  /** The items by their numbers; undefined where a number is free. */
  readonly items: (T | undefined)[] = [];
  readonly #holders: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #free: number[] = [];

  /** The number of the item with this key, held once more. `make` makes the item where it is not there. */
  acquire(key: string, make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      this.#holders[known] = (this.#holders[known] as number) + 1;
      return known;
    }
    const number = this.#free.pop() ?? this.items.length;
    this.items[number] = make();
    this.#holders[number] = 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** The same number, held once less. The key is one that is held. */
  release(key: string): number {
    const number = this.#numbers.get(key) as number;
    const holders = (this.#holders[number] as number) - 1;
    this.#holders[number] = holders;
    if (holders === 0) {
      this.items[number] = undefined;
      this.#numbers.delete(key);
      this.#free.push(number);
    }
    return number;
  }

  /** How many items are held. */
  get size(): number {
    return this.#numbers.size;
  }
}
