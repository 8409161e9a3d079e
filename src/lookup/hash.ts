/**
 * A way to tell texts apart by their length and a few of their units: found when an alias is compiled, so that a decision
 * neither hashes a whole string nor compares it with more than, as a rule, one value.
 */
export interface Hash {
  /** The values' shortest and longest length. */
  readonly min: number;
  readonly max: number;
  /** Which units count: from the start where not negative, from the end otherwise. All lie within the shortest value. */
  readonly positions: Int32Array;
  /** Open addressing: `index` has the number of a value plus 1, or 0 where a cell is free; `hashes` has the value's hash. */
  readonly index: Int32Array;
  readonly hashes: Int32Array;
  readonly values: readonly string[];
}

/** At most so many values may have the same hash, for each costs a comparison; beyond, a `Map` is the better choice. */
const MAX_ALIKE = 4;

/** At most so many units are looked at: each costs about 1.5 ns, and a `Map` on fresh strings 45. */
const MAX_POSITIONS = 8;

/** Positions are sought among so many units from each end. */
const REACH = 24;

/** A hash for these values, which are distinct; undefined where a few units do not tell them apart, or one is empty. */
export function findHash(values: readonly string[]): Hash | undefined {
  const lengths = values.map((value) => value.length);
  const min = lengths.reduce((a, b) => Math.min(a, b), Infinity);
  if (min === 0 || values.length === 0) return undefined;
  const max = lengths.reduce((a, b) => Math.max(a, b), 0);
  const positions = findPositions(values, min);
  if (positions === undefined) return undefined;
  let size = 4;
  while (size < values.length * 2) size *= 2;
  const index = new Int32Array(size);
  const hashes = new Int32Array(size);
  values.forEach((value, number) => {
    const hash = hashOf(positions, value, 0, value.length);
    let cell = hash & (size - 1);
    while (index[cell] !== 0) cell = (cell + 1) & (size - 1);
    index[cell] = number + 1;
    hashes[cell] = hash;
  });
  return { min, max, positions, index, hashes, values };
}

/** Adds, one at a time, the position that tells most values apart. */
function findPositions(values: readonly string[], min: number): Int32Array | undefined {
  const candidates: number[] = [];
  for (let at = 0; at < Math.min(min, REACH); at++) candidates.push(at, -1 - at);
  let chosen: readonly number[] = [];
  let best = values.length;
  let worst = mostAlike(values, []);
  while (worst > 1 && chosen.length < MAX_POSITIONS) {
    let next: readonly number[] | undefined;
    let fewest = best + 1;
    for (const candidate of candidates) {
      if (chosen.includes(candidate)) continue;
      const positions = [...chosen, candidate];
      const distinct = new Set(values.map((value) => hashOf(positions, value, 0, value.length))).size;
      if (values.length - distinct < fewest) {
        fewest = values.length - distinct;
        next = positions;
        if (fewest === 0) break;
      }
    }
    if (next === undefined || fewest === best) break;
    chosen = next;
    best = fewest;
    worst = mostAlike(values, chosen);
  }
  return worst > MAX_ALIKE ? undefined : Int32Array.from(chosen);
}

function mostAlike(values: readonly string[], positions: readonly number[]): number {
  const counts = new Map<number, number>();
  let most = 0;
  for (const value of values) {
    const hash = hashOf(positions, value, 0, value.length);
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    most = Math.max(most, count);
  }
  return most;
}

/** The hash of `text` from `from` up to `to`, which is as long as any position asks for. */
function hashOf(positions: ArrayLike<number>, text: string, from: number, to: number): number {
  let hash = to - from;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    hash = Math.imul(hash ^ text.charCodeAt(position < 0 ? to + position : from + position), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** The number, from 1, of the value that `text` is; 0 where it is none. */
export function findWhole({ min, max, positions, index, hashes, values }: Hash, text: string): number {
  const length = text.length;
  if (length < min || length > max) return 0;
  const hash = hashOf(positions, text, 0, length);
  for (let cell = hash; ; cell++) {
    cell &= index.length - 1;
    const number = index[cell] as number;
    if (number === 0) return 0;
    if (hashes[cell] === hash && values[number - 1] === text) return number;
  }
}

/** The number, from 1, of the value that stands in `text` from `from` up to `to`; 0 where it is none. */
export function findPart({ min, max, positions, index, hashes, values }: Hash, text: string, from: number, to: number): number {
  const length = to - from;
  if (length < min || length > max) return 0;
  const hash = hashOf(positions, text, from, to);
  for (let cell = hash; ; cell++) {
    cell &= index.length - 1;
    const number = index[cell] as number;
    if (number === 0) return 0;
    const value = values[number - 1] as string;
    if (hashes[cell] === hash && value.length === length && text.startsWith(value, from)) return number;
  }
}
