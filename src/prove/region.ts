import type { Match, Test } from "../plan/index.ts";
import type { Alphabet } from "./alphabet.ts";
import {
  type Clause,
  everyLetter,
  hasLetter,
  lettersIn,
  type Literal,
  literalOf,
  lowestLetter,
  otherLetters,
  unionByField,
} from "./letters.ts";
import type { Links } from "./links.ts";

/**
 * Requests that some tests hold or do not hold for: the letters that are left to each field, and clauses, of each of which
 * one literal at least must be true. Together with the links of the alphabet this is exact: each choice of letters that
 * satisfies every clause and every link is the choice of some request.
 */
export interface Region {
  readonly alphabet: Alphabet;
  readonly left: Int32Array;
  /** The lowest letter that is left to each field: absent wherever it can be, and otherwise a value that nobody mentions. */
  readonly least: Int32Array;
  readonly clauses: Clauses | undefined;
}

/** Clauses with those that a region had before, by the fields that they are about, so that only what changes is looked at. */
interface Clauses {
  readonly own: readonly Clause[];
  readonly of: ReadonlyMap<number, readonly Clause[]>;
  readonly before: Clauses | undefined;
}

/**
 * One letter for each field, by its position, which some request has; none, by these cases: each in turn true, and then false, until nothing is left; or
 * nothing found within the effort.
 */
export type Found =
  | { readonly kind: "found"; readonly letters: Int32Array }
  | { readonly kind: "empty"; readonly cases: readonly Case[] }
  | { readonly kind: "unknown" };

/** A literal that a search took for true, and the cases that it went by then. */
export interface Case {
  readonly literal: Literal;
  readonly cases: readonly Case[];
}

/** Branches that a search may still take; spent as it goes. */
export interface Effort {
  left: number;
}

/** Every request. */
export function everything(alphabet: Alphabet): Region {
  const left = new Int32Array(alphabet.words);
  for (const range of alphabet.ranges.values()) left.set(everyLetter(range), range.at);
  return { alphabet, left, least: new Int32Array(alphabet.ranges.size), clauses: undefined };
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
    : constrain(region, [unionByField(literals)]);
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

/**
 * Visits literals, the last first, each with the requests of a region for which all others hold, or fail where `others` is
 * false. From then on, what a visit returns stands for the literal, or nothing. Costs as `eachApart` does.
 */
export function replaceEach(
  region: Region | undefined,
  literals: readonly (Literal | undefined)[],
  others: boolean,
  visit: (literal: Literal, index: number, besides: Region | undefined) => Literal | undefined,
  first = 0,
): readonly (Literal | undefined)[] {
  const [only] = literals;
  if (literals.length <= 1) return only === undefined ? literals : [visit(only, first, region)];
  const middle = literals.length >> 1;
  const besides = (half: readonly (Literal | undefined)[]): Region | undefined => {
    const known = half.filter((literal) => literal !== undefined);
    const clauses = others ? known : unionByField(known).map(otherLetters);
    return (
      region &&
      constrain(
        region,
        clauses.map((literal) => [literal]),
      )
    );
  };
  const front = literals.slice(0, middle);
  const back = replaceEach(besides(front), literals.slice(middle), others, visit, first + middle);
  return [...replaceEach(besides(back), front, others, visit, first), ...back];
}

/**
 * The requests of a region of which each clause holds. Letters that no choice can have are taken away until nothing changes:
 * where all literals of a clause but one are false, that one is true (unit propagation).
 */
export function constrain({ alphabet, ...region }: Region, clauses: readonly Clause[]): Region | undefined {
  const [left, least] = [region.left.slice(), region.least.slice()];
  const changed: number[] = [];
  const isPossible = (clause: Clause, open?: Clause[]): boolean => {
    const state = stateOfClause(left, clause);
    if (state === "open") open?.push(clause);
    else if (state !== "true" && state !== "false") changed.push(keep(left, least, state));
    return state !== "false";
  };
  const open: Clause[] = [];
  for (const clause of clauses) if (!isPossible(clause, open)) return undefined;
  const all = open.length === 0 ? region.clauses : { own: open, of: byField(open), before: region.clauses };
  // What a clause changes is looked at in turn: the list grows as it is walked.
  for (const index of changed) {
    for (const link of alphabet.links.of.get(index) ?? []) if (!isPossible(link)) return undefined;
    for (let each = all; each !== undefined; each = each.before)
      for (const clause of each.of.get(index) ?? []) if (!isPossible(clause)) return undefined;
  }
  return { alphabet, left, least, clauses: all };
}

function byField(clauses: readonly Clause[]): ReadonlyMap<number, readonly Clause[]> {
  const of = new Map<number, Clause[]>();
  for (const clause of clauses)
    for (const { range } of clause) {
      const known = of.get(range.index);
      if (known === undefined) of.set(range.index, [clause]);
      else known.push(clause);
    }
  return of;
}

/** What is known of a clause: the one literal that is left, where it must be true. One of which two may be true counts as open. */
function stateOfClause(left: Int32Array, clause: Clause): "true" | "false" | "open" | Literal {
  let last: Literal | undefined;
  let isTrue = false;
  for (const literal of clause) {
    const state = stateOf(left, literal);
    if (state === "false") continue;
    if (last !== undefined) return "open";
    last = literal;
    isTrue = state === "true";
  }
  return last === undefined ? "false" : isTrue ? "true" : last;
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
function keep(left: Int32Array, least: Int32Array, { range, bits }: Literal): number {
  const { index, at, words } = range;
  for (let word = 0; word < words; word++) left[at + word] = (left[at + word] as number) & (bits[word] as number);
  least[index] = lowestLetter(left, at, words);
  return index;
}

/**
 * Looks for a request of a region. Rules ask for values, so a request that has as little as the region allows satisfies nearly
 * every clause: it is tried first. Otherwise one goes by cases on the literals of a clause that it does not satisfy, each
 * first true and then false (Davis, Logemann and Loveland 1962, with letters of a field in place of truth values). Complete:
 * `empty` is a proof.
 */
export function search(region: Region, effort: Effort): Found {
  const failing = shortestFailing(region);
  if (failing === undefined) return { kind: "found", letters: region.least };
  if (effort.left-- <= 0) return { kind: "unknown" };
  const cases: Case[] = [];
  let rest = region;
  for (const literal of failing) {
    const taken = constrain(rest, [[literal]]);
    const found = taken === undefined ? EMPTY : search(taken, effort);
    if (found.kind !== "empty") return found;
    cases.push({ literal, cases: found.cases });
    const others = constrain(rest, [[otherLetters(literal)]]);
    if (others === undefined) break;
    rest = others;
  }
  return { kind: "empty", cases };
}

const EMPTY = { kind: "empty", cases: [] } as const satisfies Found;

/**
 * For each of some letters of a field, whether a region has a request with it. One that has as little as the region allows is
 * tried for all of them before anything is searched; a search costs as many cases more as the letters of the field have words.
 */
export function* searchLetters(
  region: Region,
  { range, bits }: Literal,
  effort: Effort,
): Generator<readonly [letter: number, Found["kind"]]> {
  const { alphabet, left, clauses } = region;
  const least = region.least.slice();
  const linksHold = alphabet.links.all.every((link) => holdsAt(least, link));
  const near = [...(alphabet.links.of.get(range.index) ?? []), ...everyClause({ all: [], of: new Map() }, clauses)];
  for (const letter of lettersIn(bits)) {
    if (!hasLetter(left, letter, range.at)) {
      yield [letter, "empty"];
      continue;
    }
    least[range.index] = letter;
    if (linksHold && near.every((clause) => holdsAt(least, clause))) {
      yield [letter, "found"];
      continue;
    }
    effort.left -= range.words >> 6;
    const having = effort.left < 0 ? undefined : constrain(region, [[literalOf(range, [letter])]]);
    yield [letter, effort.left < 0 ? "unknown" : having === undefined ? "empty" : search(having, effort).kind];
  }
}

/** Whether a choice of letters satisfies a clause. */
function holdsAt(letters: Int32Array, clause: Clause): boolean {
  return clause.some(({ range, bits }) => hasLetter(bits, letters[range.index] as number));
}

/** Of the clauses that the least request of a region does not satisfy, the open literals of the one that has the fewest. */
function shortestFailing({ alphabet, left, least, clauses }: Region): readonly Literal[] | undefined {
  let best: readonly Literal[] | undefined;
  for (const clause of everyClause(alphabet.links, clauses)) {
    if (holdsAt(least, clause)) continue;
    const open = clause.filter((literal) => stateOf(left, literal) !== "false");
    if (best === undefined || open.length < best.length) best = open;
    if (best.length === 2) break;
  }
  return best;
}

function* everyClause(links: Links, clauses: Clauses | undefined): Generator<Clause> {
  for (let each = clauses; each !== undefined; each = each.before) yield* each.own;
  yield* links.all;
}
