import { type Code, type Diagnostic, type Pointer, shown } from "../document/index.ts";
import { nodeReader, toRequest } from "../request/index.ts";
import { type Match, type Outcome, type Plan, type Rule } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { compile } from "../route/index.ts";
import { alphabetOf } from "./alphabet.ts";
import { type Effort, everything, type Found, narrow, narrowMatches, type Region, search } from "./region.ts";
import { smallest, valuesOf, type Witness, witnessOf } from "./witness.ts";

/** A diagnostic that is proved: true of every request, or shown by one. */
export interface Claim extends Diagnostic {
  /** A request of which the message is true, run by the library before it was given; left out where no request could show it. */
  readonly witness?: Witness;
}

/** What is known of a plan while it is analyzed. */
export interface Analysis {
  readonly plan: Plan;
  readonly strategies: readonly Strategy[];
  readonly all: Region;
  readonly effort: Effort;
  /** What decides a request, for the lowest draw. */
  readonly decidedBy: (witness: Witness) => Pointer;
  /** What could not be decided within the effort, by the strategy that it is about. */
  readonly undecided: Map<Outcome, string[]>;
}

/** A strategy, the requests that come to it, and whether one of them can hold. */
export interface Strategy {
  readonly rule: Rule;
  readonly outcome: Outcome;
  /** The requests that no earlier strategy holds for; undefined where there are none. */
  readonly coming: Region | undefined;
  readonly state: "reached" | "shadowed" | "impossible" | "unknown";
}

/** Looks at the strategies of a plan: which of them decide something. */
export function analysisOf(plan: Plan, effort: Effort): Analysis {
  const route = compile(plan);
  const strategies: Strategy[] = [];
  const all = everything(alphabetOf([plan]));
  const decidedBy = (witness: Witness): Pointer => route(toRequest(witness), 0).at;
  const analysis: Analysis = { plan, strategies, all, effort, decidedBy, undecided: new Map() };
  let coming: Region | undefined = all;
  for (const rule of plan.rules) {
    const outcome = plan.outcomes[rule.outcome] as Outcome;
    const here: Region | undefined = coming;
    strategies.push({ rule, outcome, coming: here, state: stateOf(analysis, rule, outcome, here) });
    coming = here && narrow(here, rule.test, false);
  }
  return analysis;
}

function stateOf(analysis: Analysis, { test }: Rule, outcome: Outcome, coming: Region | undefined): Strategy["state"] {
  const found = find(analysis, coming && narrow(coming, test, true), outcome, "whether a request can come to it and hold");
  if (found === "unknown") return found;
  if (found !== "empty") return "reached";
  const alone = find(analysis, narrow(analysis.all, test, true), outcome, "whether it can hold");
  return alone === "unknown" ? alone : alone === "empty" ? "impossible" : "shadowed";
}

/** Letters of a request. */
export type Letters = Found & { readonly kind: "found" };

/** A request of a region, as far as the effort goes; what is not known is noted. */
export function find(
  { effort, undecided }: Analysis,
  region: Region | undefined,
  about: Outcome,
  what: string,
): Letters | "empty" | "unknown" {
  if (region === undefined) return "empty";
  const found = search(region, effort);
  if (found.kind === "found") return found;
  if (found.kind === "unknown") note(undecided, about, what);
  return found.kind;
}

/** Notes what could not be decided. */
export function note(undecided: Analysis["undecided"], about: Outcome, what: string): void {
  const known = undecided.get(about);
  if (known === undefined) undecided.set(about, [what]);
  else known.push(what);
}

/** What could not be decided, in one claim for each strategy. */
export function undecidedClaims({ undecided }: Analysis): readonly Claim[] {
  return [...undecided].map(([{ at, version }, [first = "", ...others]]) => {
    const more = others.length === 0 ? "" : ` and ${others.length} more ${others.length === 1 ? "question" : "questions"}`;
    const message = `of the strategy for ${shown(version)} it was not decided ${first}${more}`;
    return claim("undecided", at, message, "raise `effort`, or make the strategies simpler");
  });
}

/** A claim as a diagnostic. */
export function claim(code: Code, at: Pointer, message: string, help: string, witness?: Witness): Claim {
  return { code, severity: "warning", at, message, help, ...(witness !== undefined && { witness }) };
}

/** The smallest request found in a region of which something is true when it is run. */
export function witnessIn({ all }: Analysis, { letters }: Letters, holds: (witness: Witness) => boolean): Witness | undefined {
  const witness = witnessOf(valuesOf(all.alphabet, letters));
  return holds(witness) ? smallest(witness, holds) : undefined;
}

/** A request for which a match of a rule holds. */
export function witnessOfMatch(analysis: Analysis, { rule, outcome }: Strategy, match: Match): Witness | undefined {
  const found = find(analysis, narrowMatches(analysis.all, [[match, true]]), outcome, `whether ${match.at} can match`);
  return typeof found === "string" ? undefined : witnessIn(analysis, found, (each) => matchHoldsFor(analysis, rule, match, each));
}

/** Whether a rule of the plan holds for a request. */
export function holdsFor({ plan }: Analysis, rule: Rule, witness: Witness): boolean {
  const { steps } = interpret({ ...plan, rules: [rule] }, nodeReader, toRequest(witness), undefined, () => 0);
  return steps.some(({ holds }) => holds);
}

/** Whether one match of a rule holds for a request. The others, which may be thousands, are not run. */
export function matchHoldsFor(analysis: Analysis, rule: Rule, match: Match, witness: Witness): boolean {
  return holdsFor(analysis, { ...rule, test: { ...rule.test, matches: [match] } }, witness);
}

/** The first three of some texts, and how many more there are. */
export function firstOf(texts: readonly string[]): string {
  return texts.slice(0, 3).map(shown).join(", ") + (texts.length > 3 ? ` and ${texts.length - 3} more` : "");
}
