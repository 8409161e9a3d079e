import type { Version } from "../alias/index.ts";
import { type Analysis, type Claim, claim, find, firstOf, holdsFor, type Letters, note, type Strategy, witnessIn } from "./analysis.ts";
import { narrow } from "./region.ts";

/** Strategies that can hold for one request, where nobody said which of them is to decide. */
export function overlapClaims(analysis: Analysis, order: readonly Version[]): readonly Claim[] {
  const { strategies, undecided } = analysis;
  const stated = new Set(order);
  return strategies.flatMap((later, index) => {
    if (later.state !== "reached") return [];
    let first: { readonly rival: Strategy; readonly letters: Letters } | undefined;
    const rivals: Version[] = [];
    for (const rival of strategies.slice(0, index)) {
      if (stated.has(rival.outcome.version) && stated.has(later.outcome.version)) continue;
      const what = `whether it can hold together with ${rival.outcome.at}`;
      if (rival.state === "unknown") note(undecided, later.outcome, what);
      if (rival.state !== "reached") continue;
      const taken = rival.coming && narrow(rival.coming, rival.rule.test, true);
      const letters = find(analysis, taken && narrow(taken, later.rule.test, true), later.outcome, what);
      if (typeof letters === "string") continue;
      first ??= { rival, letters };
      rivals.push(rival.outcome.version);
    }
    return first === undefined ? [] : [overlapClaim(analysis, later, rivals, first)];
  });
}

function overlapClaim(
  analysis: Analysis,
  { rule, outcome }: Strategy,
  rivals: readonly Version[],
  { rival, letters }: { readonly rival: Strategy; readonly letters: Letters },
): Claim {
  const whose = rivals.length === 1 ? "its name" : "their names";
  const message = `can hold for the same request as the strategy for ${firstOf(rivals)}, tried first only because of ${whose}`;
  const witness = witnessIn(analysis, letters, (each) => analysis.decidedBy(each) === rival.outcome.at && holdsFor(analysis, rule, each));
  return claim("strategies-overlap", outcome.at, message, "state the order in `additional_version_order`", witness);
}
