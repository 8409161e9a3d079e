import type { Match, Test } from "../plan/index.ts";
import type { Alphabet } from "./alphabet.ts";
import { type Clause, everyLetter, hasLetter, type Literal, lowestLetter, otherLetters } from "./letters.ts";
import type { Links } from "./links.ts";

/**
 * Requests that some tests hold or do not hold for: the letters that are left to each field, and clauses, of each of which
 * one literal at least must be true. Together with the links of the alphabet this is exact: each choice of letters that
 * satisfies every clause and every link is the choice of some request.
 */
export interface Region {
  readonly alphabet: Alphabet;
  readonly left: Int32Array;
  readonly clauses: readonly Clause[];
}

/** One letter for each field, which some request has; none; or nothing found within the effort. */
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
  for (const [match, besides] of eachBesides(region, matches, others)) yield [match, besides && narrowMatches(besides, [[match, !others]])];
}

/** For each match, in order, the requests of a region for which all others hold, or fail where `others` is false. */
function* eachBesides(
  region: Region | undefined,
  matches: readonly Match[],
  others: boolean,
): Generator<readonly [Match, Region | undefined]> {
  const [only] = matches;
  if (only === undefined) return;
  if (matches.length === 1) {
    yield [only, region];
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
  yield* eachBesides(besides(halves[1]), halves[0], others);
  yield* eachBesides(besides(halves[0]), halves[1], others);
}

/** The requests of a region of which each clause holds. */
export function constrain(region: Region, clauses: readonly Clause[]): Region | undefined {
  const left = region.left.slice();
  const open = propagate(region.alphabet.links, left, [...region.clauses, ...clauses]);
  return open === undefined ? undefined : { alphabet: region.alphabet, left, clauses: open };
}

/** Literals of one field as one. */
function union(literals: readonly Literal[]): Clause {
  const byField = new Map<number, Literal>();
  for (const { range, bits } of literals) {
    const known = byField.get(range.index);
    byField.set(
      range.index,
      known === undefined ? { range, bits } : { range, bits: known.bits.map((word, index) => word | (bits[index] ?? 0)) },
    );
  }
  return [...byField.values()];
}

/**
 * Takes from `left` the letters that no choice can have, until nothing changes: where all literals of a clause but one are
 * false, that one is true (unit propagation). Links are asked where one of their fields has changed. Returns the clauses that
 * are still open, or undefined where one is false.
 */
function propagate(links: Links, left: Int32Array, clauses: readonly Clause[]): readonly Clause[] | undefined {
  let open = clauses;
  for (;;) {
    const next: Clause[] = [];
    const changed: number[] = [];
    for (const clause of open) {
      const state = stateOfClause(left, clause);
      if (state === "false") return undefined;
      if (state === "open") next.push(clause);
      else if (state !== "true") changed.push(keep(left, state));
    }
    // What a link changes is looked at in turn: the list grows as it is walked.
    for (const index of changed)
      for (const link of links.of.get(index) ?? []) {
        const state = stateOfClause(left, link);
        if (state === "false") return undefined;
        if (state !== "open" && state !== "true") changed.push(keep(left, state));
      }
    open = next;
    if (changed.length === 0) return open;
  }
}

/** What is known of a clause: the one literal that is left, where it must be true. */
function stateOfClause(left: Int32Array, clause: Clause): "true" | "false" | "open" | Literal {
  let last: Literal | undefined;
  let possible = 0;
  for (const literal of clause) {
    const state = stateOf(left, literal);
    if (state === "true") return state;
    if (state === "false") continue;
    possible++;
    last = literal;
  }
  return last === undefined ? "false" : possible > 1 ? "open" : last;
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

/** Keeps the letters of a literal, and says of which field. */
function keep(left: Int32Array, { range, bits }: Literal): number {
  for (let word = 0; word < bits.length; word++) left[range.at + word] = (left[range.at + word] as number) & (bits[word] as number);
  return range.index;
}

/**
 * Looks for a request of a region. Rules ask for values, so a request that has as little as the region allows satisfies nearly
 * every clause: it is tried first. Otherwise one goes by cases on the literals of a clause that it does not satisfy, each
 * first true and then false (Davis, Logemann and Loveland 1962, with letters of a field in place of truth values). Complete:
 * `empty` is a proof.
 */
export function search(region: Region, effort: Effort): Found {
  const { alphabet, left, clauses } = region;
  const least = leastOf(alphabet, left);
  const failing = shortestFailing(left, clauses, least) ?? shortestFailing(left, alphabet.links.all, least);
  if (failing === undefined) return { kind: "found", left: leftOf(alphabet, least) };
  if (effort.left-- <= 0) return { kind: "unknown" };
  let rest = region;
  for (const literal of failing) {
    const taken = constrain(rest, [[literal]]);
    const found = taken === undefined ? EMPTY : search(taken, effort);
    if (found.kind !== "empty") return found;
    const others = constrain(rest, [[otherLetters(literal)]]);
    if (others === undefined) return EMPTY;
    rest = others;
  }
  return EMPTY;
}

const EMPTY: Found = { kind: "empty" };

/** The lowest letter that is left to each field: absent wherever it can be, and otherwise a value that nobody mentions. */
function leastOf({ ranges }: Alphabet, left: Int32Array): Int32Array {
  const least = new Int32Array(ranges.size);
  for (const { index, at, words } of ranges.values()) least[index] = lowestLetter(left, at, words);
  return least;
}

/** A choice of letters as a region has them. */
function leftOf({ ranges, words }: Alphabet, letters: Int32Array): Int32Array {
  const left = new Int32Array(words);
  for (const { index, at } of ranges.values()) {
    const letter = letters[index] as number;
    left[at + (letter >> 5)] = 1 << (letter & 31);
  }
  return left;
}

/** Of the clauses that a choice of letters does not satisfy, the literals of the one that has the fewest open ones. */
function shortestFailing(left: Int32Array, clauses: readonly Clause[], letters: Int32Array): readonly Literal[] | undefined {
  let best: readonly Literal[] | undefined;
  for (const clause of clauses) {
    if (clause.some(({ range, bits }) => hasLetter(bits, letters[range.index] as number))) continue;
    const open = clause.filter((literal) => stateOf(left, literal) === "open");
    if (best === undefined || open.length < best.length) best = open;
    if (best.length === 2) break;
  }
  return best;
}
