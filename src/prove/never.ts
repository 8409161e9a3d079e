import { shown } from "../document/index.ts";
import { fieldName, isPossible, sourceName } from "../request/index.ts";
import type { Match } from "../plan/index.ts";
import { type Analysis, type Claim, claim, find, firstOf, holdsFor, note, type Strategy, witnessIn, witnessOfMatch } from "./analysis.ts";
import { narrow, narrowMatches } from "./region.ts";
import type { Witness } from "./witness.ts";

/** A strategy whose every request is taken by earlier ones: by those that decide some request that it holds for. */
export function shadowedClaim(analysis: Analysis, { rule, outcome }: Strategy, earlier: readonly Strategy[]): Claim {
  const { at, version } = outcome;
  const found = earlier.map((other) => {
    const decided = other.coming && narrow(other.coming, other.rule.test, true);
    return find(analysis, decided && narrow(decided, rule.test, true), outcome, `whether ${other.outcome.at} takes its requests`);
  });
  const takers = earlier.filter((_, index) => typeof found[index] !== "string").map((other) => other.outcome);
  const isTaken = (each: Witness): boolean =>
    takers.some((taker) => taker.at === analysis.decidedBy(each)) && holdsFor(analysis, rule, each);
  const taken = found.find((each) => typeof each !== "string");
  const witness = taken === undefined ? undefined : witnessIn(analysis, taken, isTaken);
  const names = found.includes("unknown") ? "earlier strategies" : firstOf(takers.map((taker) => taker.version));
  const verb = takers.length === 1 && !found.includes("unknown") ? "takes" : "take";
  const message = `the strategy for ${shown(version)} decides nothing: ${names} ${verb} every request that it holds for`;
  return claim("strategy-shadowed", at, message, "rank it earlier in `additional_version_order`, or drop it", witness);
}

/** A strategy that never holds: the first rule of an `and` that never matches together with an earlier one, where there is one. */
export function neverClaims(analysis: Analysis, strategy: Strategy): readonly Claim[] {
  const { rule, outcome } = strategy;
  const { kind, matches } = rule.test;
  if (kind === "any")
    return [claim("strategy-never", outcome.at, `no rule of the strategy for ${shown(outcome.version)} can match`, "see its rules")];
  const conflict = conflictOf(analysis, strategy);
  if (conflict === "unknown") return [];
  if (conflict === undefined) {
    const message = `the rules of the strategy for ${shown(outcome.version)} can never match together`;
    return [claim("strategy-never", outcome.at, message, "drop what cannot match")];
  }
  const [earlier, later] = conflict.map((index) => matches[index] as Match) as [Match, Match];
  const [one, other] = [earlier, later].map(
    ({ values }) => values.slice(0, 3).map(shown).join(" or ") + (values.length > 3 ? " or another" : ""),
  );
  const isOneField = fieldName(earlier.field) === fieldName(later.field);
  const what = isOneField
    ? `${fieldName(later.field)} cannot be ${one} and ${other} at once`
    : `${fieldName(later.field)} is never ${other} where ${fieldName(earlier.field)} is ${one}`;
  const help = isOneField ? "use `or`, or one `in` with both values" : "drop one of the two";
  const witness = witnessOfMatch(analysis, strategy, later);
  return [claim("rule-never", later.at, `never matches together with ${earlier.at}: ${what}`, help, witness)];
}

/** What comparing two lists costs of the effort, beside a case of a search: 50 million comparisons take half a second. */
const PAIR = 1 / 1024;

/** The first two rules that never match together, the later one first to be found. Only fields of one text can be in each other's way. */
function conflictOf(analysis: Analysis, { rule, outcome }: Strategy): readonly [number, number] | "unknown" | undefined {
  const { all, effort, undecided } = analysis;
  const { matches } = rule.test;
  const bySource = new Map<string, number[]>();
  for (const [later, match] of matches.entries()) {
    if (!match.values.some((value) => isPossible(match.field, value))) continue;
    const near = bySource.get(sourceName(match.field)) ?? [];
    bySource.set(sourceName(match.field), near);
    const literal = all.alphabet.literal(match);
    for (const earlier of near) {
      const other = matches[earlier] as Match;
      const { range, bits } = all.alphabet.literal(other);
      effort.left -= PAIR * bits.length;
      if (effort.left < 0) {
        note(undecided, outcome, "which of its rules never match together");
        return "unknown";
      }
      if (range === literal.range) {
        if (bits.every((word, index) => (word & (literal.bits[index] ?? 0)) === 0)) return [earlier, later];
        continue;
      }
      const both = narrowMatches(all, [
        [other, true],
        [match, true],
      ]);
      const found = find(analysis, both, outcome, `whether ${match.at} and ${other.at} match together`);
      if (found === "empty") return [earlier, later];
      if (found === "unknown") return found;
    }
    near.push(later);
  }
  return undefined;
}
