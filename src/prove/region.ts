import type { Match, Test } from "../plan/index.ts";
import { type Alphabet, everyLetter, type Literal } from "./alphabet.ts";

/**
 * Requests that some tests hold or do not hold for: the letters that are left to each field, and clauses, of each of which
 * one literal at least must be true. Fields are taken as independent, so a region may be wider than its requests, and never
 * narrower: what an empty region says of requests is true.
 */
export interface Region {
  readonly alphabet: Alphabet;
  readonly left: Int32Array;
  readonly clauses: readonly Clause[];
}

/** Holds where one of its literals does; at most one for a field. */
type Clause = readonly Literal[];

/** One letter or more for each field, so that every choice of them is in the region; none, or nothing found within the effort. */
export type Found = { readonly kind: "found"; readonly left: Int32Array } | { readonly kind: "empty" } | { readonly kind: "unknown" };

/** Branches that a search may still take; spent as it goes. */
export interface Effort {
  left: number;
}

/** Every request. */
export function everything(alphabet: Alphabet): Region {
  const left = new Int32Array(alphabet.words);
  for (const range of alphabet.ranges.values()) left.set(everyLetter(range), range.at);
  return { alphabet, left, clauses: [] };
}

/** The requests of a region for which a test holds, or does not; undefined where it is plain that there are none. */
export function narrow(region: Region, test: Test, holds: boolean): Region | undefined {
  const literals = test.matches.map((match) => region.alphabet.literal(match, holds));
  // `all` that holds and `any` that does not say something of every match; the others of one at least.
  return (test.kind === "all") === holds
    ? constrain(
        region,
        literals.map((literal) => [literal]),
      )
    : constrain(region, [union(literals)]);
}

/** The requests of a region for which each match holds, or does not. */
export function narrowMatches(region: Region, matches: readonly (readonly [match: Match, holds: boolean])[]): Region | undefined {
  return constrain(
    region,
    matches.map(([match, holds]) => [region.alphabet.literal(match, holds)]),
  );
}

/**
 * For each match, in order, the requests of a region for which it alone fails while the others hold, or the reverse where
 * `others` is false. Halves narrow each other, so n matches cost n · log n and not n².
 */
export function* eachApart(
  region: Region | undefined,
  matches: readonly Match[],
  others: boolean,
): Generator<readonly [Match, Region | undefined]> {
  const [only] = matches;
  if (only === undefined) return;
  if (matches.length === 1) {
    yield [only, region && narrowMatches(region, [[only, !others]])];
    return;
  }
  const middle = matches.length >> 1;
  const halves = [matches.slice(0, middle), matches.slice(middle)] as const;
  const besides = (half: readonly Match[]): Region | undefined =>
    region &&
    narrowMatches(
      region,
      half.map((match) => [match, others]),
    );
  yield* eachApart(besides(halves[1]), halves[0], others);
  yield* eachApart(besides(halves[0]), halves[1], others);
}

/** The requests of a region of which each clause holds. */
export function constrain(region: Region, clauses: readonly Clause[]): Region | undefined {
  const left = region.left.slice();
  const open = propagate(left, [...region.clauses, ...clauses]);
  return open === undefined ? undefined : { alphabet: region.alphabet, left, clauses: open };
}

/** Literals of one field as one. */
function union(literals: readonly Literal[]): Clause {
  const byField = new Map<number, Literal>();
  for (const { range, bits } of literals) {
    const known = byField.get(range.at);
    byField.set(
      range.at,
      known === undefined ? { range, bits } : { range, bits: known.bits.map((word, index) => word | (bits[index] ?? 0)) },
    );
  }
  return [...byField.values()];
}

/**
 * Takes from `left` the letters that no choice can have, until nothing changes: where all literals of a clause but one are
 * false, that one is true (unit propagation). Returns the clauses that are still open, or undefined where one is false.
 */
function propagate(left: Int32Array, clauses: readonly Clause[]): readonly Clause[] | undefined {
  let open = clauses;
  for (;;) {
    const next: Clause[] = [];
    let changed = false;
    for (const clause of open) {
      let last: Literal | undefined;
      let possible = 0;
      let held = false;
      for (const literal of clause) {
        const state = stateOf(left, literal);
        if (state === "true") {
          held = true;
          break;
        }
        if (state === "false") continue;
        possible++;
        last = literal;
      }
      if (held) continue;
      if (last === undefined) return undefined;
      if (possible > 1) next.push(clause);
      else {
        keep(left, last, false);
        changed = true;
      }
    }
    open = next;
    if (!changed) return open;
  }
}

function stateOf(left: Int32Array, { range, bits }: Literal): "true" | "false" | "open" {
  let within = true;
  let meets = false;
  for (let word = 0; word < bits.length; word++) {
    const here = left[range.at + word] as number;
    const both = here & (bits[word] as number);
    if (both !== here) within = false;
    if (both !== 0) meets = true;
  }
  return meets ? (within ? "true" : "open") : "false";
}

/** Keeps the letters of a literal, or takes them away. */
function keep(left: Int32Array, { range, bits }: Literal, without: boolean): void {
  for (let word = 0; word < bits.length; word++) {
    const mask = bits[word] as number;
    left[range.at + word] = (left[range.at + word] as number) & (without ? ~mask : mask);
  }
}

/**
 * Looks for a request of a region: by cases on the literals of the shortest open clause, each first true and then false
 * (Davis, Logemann and Loveland 1962, with letters of a field in place of truth values). Complete: `empty` is a proof.
 */
export function search(region: Region, effort: Effort): Found {
  return branch(region.left, region.clauses, effort);
}

function branch(left: Int32Array, clauses: readonly Clause[], effort: Effort): Found {
  if (clauses.length === 0) return { kind: "found", left };
  if (effort.left-- <= 0) return { kind: "unknown" };
  let rest = left;
  for (const literal of shortest(left, clauses)) {
    if (stateOf(rest, literal) === "false") continue;
    const taken = rest.slice();
    keep(taken, literal, false);
    const open = propagate(taken, clauses);
    const found: Found = open === undefined ? { kind: "empty" } : branch(taken, open, effort);
    if (found.kind !== "empty") return found;
    rest = rest.slice();
    keep(rest, literal, true);
    if (propagate(rest, clauses) === undefined) return found;
  }
  return { kind: "empty" };
}

/** The open literals of the clause that has the fewest; those that leave a field absent first, for they make small requests. */
function shortest(left: Int32Array, clauses: readonly Clause[]): readonly Literal[] {
  let best: readonly Literal[] = [];
  for (const clause of clauses) {
    const open = clause.filter((literal) => stateOf(left, literal) === "open");
    if (best.length === 0 || open.length < best.length) best = open;
    if (best.length === 2) break;
  }
  return best.toSorted((a, b) => ((b.bits[0] ?? 0) & 1) - ((a.bits[0] ?? 0) & 1));
}
