/** So many integers are moved by one call of `tidy`, and one program more at most: 16 kB. */
const STEP = 4_096;

/** What looking at a program that is gone counts of these. */
const GLANCE = 16;

/** The shortest array. */
const SHORTEST = 1_024;

/**
 * Programs, one behind the other in one array. A program is a run of integers: its length, its place, and what else it has. The place is a
 * number that stays the same while the program is there; `offsets` says where the program begins, which changes.
 *
 * A program that is removed leaves a gap. Once gaps are a quarter of what is used, they are closed from the front, in steps: so that no
 * call takes long, and the array is never more than about twice as long as what is in it.
 */
export class Store {
  /** Replaced by a longer or shorter one; what has been read of the old one stays right while nothing is tidied. */
  code: Int32Array = new Int32Array(SHORTEST);
  /** By place. */
  offsets: Int32Array = new Int32Array(SHORTEST);
  readonly #free: number[] = [];
  #places = 0;
  #end = 0;
  /** Integers of programs that are gone. */
  #gone = 0;
  /** Where tidying writes and reads; both -1 where it is not under way. */
  #to = -1;
  #from = -1;

  /** Takes a program: `words` behind its length and place. Returns its place. */
  add(words: readonly number[]): number {
    const size = words.length + 2;
    const place = this.#free.pop() ?? this.#places++;
    if (place >= this.offsets.length) this.offsets = resized(this.offsets, this.offsets.length * 2, place);
    if (this.#end + size > this.code.length) this.code = resized(this.code, Math.max(this.code.length * 1.5, this.#end + size), this.#end);
    this.code[this.#end] = size;
    this.code[this.#end + 1] = place;
    this.code.set(words, this.#end + 2);
    this.offsets[place] = this.#end;
    this.#end += size;
    return place;
  }

  /** Gives a program up. Its integers stay where they are until the store is tidied. */
  remove(place: number): void {
    const at = this.offsets[place] as number;
    const size = this.code[at] as number;
    this.code[at] = -size;
    this.#gone += size;
    this.#free.push(place);
  }

  /** Goes on closing gaps, or begins where they have become too many. Programs are moved: nothing may be reading one. */
  tidy(): void {
    if (this.#from === -1) {
      if (this.#gone < Math.max(SHORTEST, this.#end / 4)) return;
      this.#to = this.#from = 0;
    }
    for (let left = STEP; left > 0 && this.#from < this.#end;) {
      const size = this.code[this.#from] as number;
      if (size < 0) {
        this.#from -= size;
        this.#gone += size;
        left -= GLANCE;
        continue;
      }
      if (this.#to < this.#from) {
        this.code.copyWithin(this.#to, this.#from, this.#from + size);
        this.offsets[this.code[this.#to + 1] as number] = this.#to;
      }
      this.#to += size;
      this.#from += size;
      left -= size;
    }
    if (this.#from < this.#end) return;
    this.#end = this.#to;
    this.#to = this.#from = -1;
    if (this.code.length > SHORTEST && this.code.length > this.#end * 4)
      this.code = resized(this.code, Math.max(SHORTEST, this.#end * 1.5), this.#end);
  }

  /** Integers that are used, those of gaps included, and the length of the array. */
  get size(): { readonly used: number; readonly length: number } {
    return { used: this.#end, length: this.code.length };
  }
}

function resized(array: Int32Array, length: number, used: number): Int32Array {
  const other = new Int32Array(Math.ceil(length));
  other.set(array.subarray(0, used));
  return other;
}
