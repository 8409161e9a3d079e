import { shown } from "../document/index.ts";
import { isPossible } from "../request/index.ts";
import type { Match } from "../plan/index.ts";
import {
  type Analysis,
  type Claim,
  claim,
  find,
  firstOf,
  matchHoldsFor,
  note,
  type Strategy,
  witnessIn,
  witnessOfMatch,
} from "./analysis.ts";
import { hasLetter, type Literal, literalOf } from "./letters.ts";
import { constrain, narrowMatches, replaceEach, searchLetters } from "./region.ts";

/**
 * The rules of a strategy as literals: those without which it holds for the same of the requests that come to it are gone.
 * All of them could be dropped together. The last are tried first: of two that are alike, one has to stay.
 */
export function withoutIdleRules(analysis: Analysis, { rule, coming, outcome }: Strategy): readonly (Literal | undefined)[] {
  const { kind, matches } = rule.test;
  const literals = matches.map((match) => analysis.all.alphabet.literal(match));
  let left = literals.length;
  let isSure = true;
  // Of `and`, requests that only one rule keeps out; of `or`, those that only one lets in.
  return replaceEach(coming, literals, kind === "all", (literal, index, besides) => {
    const match = matches[index] as Match;
    if (!isSure || left === 1 || !isEverPossible(match)) return literal;
    const apart = besides && narrowMatches(besides, [[match, kind !== "all"]]);
    const found = find(analysis, apart, outcome, `whether ${match.at} changes anything`);
    isSure = found !== "unknown";
    if (found !== "empty") return literal;
    left--;
    return undefined;
  });
}

/** Rules without which the strategy holds for the same of the requests that come to it. */
export function idleRules(analysis: Analysis, strategy: Strategy, kept: readonly (Literal | undefined)[]): readonly Claim[] {
  const { rule, outcome } = strategy;
  const why =
    rule.test.kind === "all"
      ? "it matches wherever the others do"
      : "an earlier strategy or another rule takes every request that it matches";
  return rule.test.matches.flatMap((match, index) => {
    if (kept[index] !== undefined) return [];
    const message = `the rule changes nothing of the strategy for ${shown(outcome.version)}: ${why}`;
    return [claim("rule-idle", match.at, message, "drop it", witnessOfMatch(analysis, strategy, match))];
  });
}

/**
 * Items without which the strategy holds for the same of the requests that come to it, in rules that are needed. All of them
 * could be dropped together, and with the rules that are idle.
 */
export function idleItems(analysis: Analysis, strategy: Strategy, kept: readonly (Literal | undefined)[]): readonly Claim[] {
  const claims: Claim[] = [];
  withoutIdleItems(analysis, strategy, kept, (match, gone) => claims.push(idleItemsClaim(analysis, strategy, match, gone)));
  return claims.toReversed();
}

/** The rules of a strategy without those items. `onIdle` is told the letters that are gone from a rule. */
export function withoutIdleItems(
  analysis: Analysis,
  { rule, coming, outcome }: Strategy,
  kept: readonly (Literal | undefined)[],
  onIdle: (match: Match, gone: Literal) => void,
): readonly (Literal | undefined)[] {
  const { kind, matches } = rule.test;
  const { effort, undecided } = analysis;
  let isSure = !undecided.has(outcome);
  return replaceEach(coming, kept, kind === "all", (literal, index, besides) => {
    const match = matches[index] as Match;
    if (!isSure || match.values.length < 2 || !isEverPossible(match)) return literal;
    const idle: number[] = [];
    for (const [letter, found] of besides === undefined ? [] : searchLetters(besides, literal, effort)) {
      if (found === "empty") idle.push(letter);
      if (found !== "unknown") continue;
      note(undecided, outcome, `whether each item of ${match.at} changes anything`);
      isSure = false;
      break;
    }
    if (!isSure || idle.length === 0) return literal;
    const gone = literalOf(literal.range, idle);
    onIdle(match, gone);
    return { range: literal.range, bits: literal.bits.map((word, at) => word & ~(gone.bits[at] ?? 0)) };
  });
}

/** `gone` has the letters of the items. */
function idleItemsClaim(analysis: Analysis, { rule, outcome }: Strategy, match: Match, gone: Literal): Claim {
  const { at, values } = match;
  const { letters } = gone.range;
  const isGone = new Set(letters.flatMap((each, index) => (hasLetter(gone.bits, index + 2) ? each : [])));
  const items = values.filter((value) => isGone.has(value));
  const found = find(analysis, constrain(analysis.all, [[gone]]), outcome, `whether ${at} can match`);
  const witness = typeof found === "string" ? undefined : witnessIn(analysis, found, (each) => matchHoldsFor(analysis, rule, match, each));
  const verb = items.length === 1 ? "changes" : "change";
  const message = `${firstOf(items)} in the list ${verb} nothing of the strategy for ${shown(outcome.version)}: other rules or strategies decide every request that has ${items.length === 1 ? "it" : "one of them"}`;
  return claim("list-item-idle", `${at}/value`, message, "drop what is not needed", witness);
}

/** Whether the field can have one of the values. A rule of which that is not so has a claim of its own. */
function isEverPossible({ field, values }: Match): boolean {
  return values.some((value) => isPossible(field, value));
}
