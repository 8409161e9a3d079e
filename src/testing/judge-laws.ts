import { visible } from "../document/index.ts";
import { nodeReader, toRequest } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { formatExplanation, formatShares, sharesOf } from "../route/index.ts";
import { EFFORT, judgeLaws, type Law, type LawExample, type LawResult } from "../prove/index.ts";
import { lawText, type SuiteLaw } from "./law.ts";
import type { CaseConfig } from "./suite.ts";

/** A law of a suite, and what is known of it. */
export interface JudgedLaw {
  readonly law: SuiteLaw;
  readonly result: LawResult;
}

const known = new WeakMap<SuiteLaw, LawResult>();

/** What is known of each law that has an alias. The laws of one alias share its letters; each is proved once. */
export function judgeAll(laws: readonly SuiteLaw[]): readonly JudgedLaw[] {
  const open = new Map<Plan, SuiteLaw[]>();
  for (const law of laws) {
    if (law.plan === undefined || known.has(law)) continue;
    const group = open.get(law.plan);
    if (group === undefined) open.set(law.plan, [law]);
    else group.push(law);
  }
  for (const [plan, group] of open) {
    const results = judgeLaws(
      plan,
      group.map(({ law }) => law),
      EFFORT,
    );
    group.forEach((law, index) => known.set(law, results[index] as LawResult));
  }
  return laws.flatMap((law) => {
    const result = known.get(law);
    return result === undefined ? [] : [{ law, result }];
  });
}

/** Why a law fails; undefined where it does not. */
export function lawFailure(
  { plan, law, allowUnknown }: SuiteLaw,
  result: LawResult,
): { readonly message: string; readonly explanation: string } | undefined {
  const message = (text: string): string => `expected ${lawText(law)}\n     ${text}`;
  switch (result.kind) {
    case "proved":
      return undefined;
    case "unknown":
      return allowUnknown ? undefined : { message: message("got neither a proof nor a request that refutes it"), explanation: "" };
    case "vacuous":
      return { message: message("got no request that the law is about"), explanation: "" };
    case "refuted": {
      const shows = result.examples.map((example) => `got ${gotText(law, example)} for: - ${JSON.stringify(caseOf(plan, example))}`);
      const [first] = result.examples;
      const explanation =
        plan === undefined || first === undefined
          ? ""
          : formatExplanation(interpret(plan, nodeReader, toRequest(first.request), undefined, () => 0));
      return { message: message(shows.join("\n     ")), explanation };
    }
  }
}

function gotText(law: Law, { got }: LawExample): string {
  return law.kind === "at-most" ? `${visible(law.version)} ${(got[law.version] ?? 0) / 100} %` : formatShares(Object.entries(got));
}

/** The request as a case of a suite, which expects what the alias does now. */
function caseOf(plan: Plan | undefined, { request, got }: LawExample): CaseConfig {
  const shares = plan === undefined ? got : sharesOf(plan, nodeReader, toRequest(request));
  const some = Object.entries(shares).filter(([, slots]) => slots > 0);
  const [only, another] = some;
  const split = (): { readonly [version: string]: number } => Object.fromEntries(some.map(([version, slots]) => [version, slots / 100]));
  return { request, expect: only !== undefined && another === undefined ? { version: only[0] } : { split: split() } };
}
