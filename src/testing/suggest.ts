import { toRequest } from "../request/index.ts";
import { isAlias, type Version } from "../alias/index.ts";
import { type Compilable, isPlan, planOf } from "../plan/index.ts";
import type { Decision } from "../backend/index.ts";
import type { Witness } from "../prove/index.ts";
import { candidatesOf, type Request } from "./candidates.ts";
import { survivorsOf } from "./mutate.ts";
import { type Omission, roomOf, takes } from "./room.ts";
import type { CaseConfig, SuiteConfig } from "./suite.ts";
import { type Judge, judgeOf } from "./verify.ts";

/** A suite that was made from an alias, and what it leaves out. */
export interface Suggestion {
  readonly suite: SuiteConfig & { readonly cases: readonly CaseConfig[] };
  /** What wanted a case that the suite does not have: each place once for each reason. */
  readonly omitted: readonly Omission[];
}

/**
 * A small suite in which, as far as some request can show it: every strategy decides and fails, every rule holds
 * and fails and at least once makes the difference, each sticky key counts, both ends of every arm are drawn, and the mistakes
 * of `mutate` are noticed. It expects what the config does now: read it before you trust it. `suggestSuite` says what it leaves out.
 * @throws ConfigError with everything that is wrong with the config
 */
export function suggestCases(config: Compilable): Suggestion["suite"] {
  return suggestSuite(config).suite;
}

/**
 * The suite of `suggestCases`, and what it leaves out: an alias with many rules can want more than a suite may have.
 * @throws ConfigError with everything that is wrong with the config
 */
export function suggestSuite(config: Compilable): Suggestion {
  const plan = planOf(config);
  const room = roomOf();
  const judge = judgeOf(plan);
  const decide = (candidate: Request): Decided => decided(judge, candidate);
  const found = candidatesOf(plan, room).map(decide);
  // What an alias or a plan was read from is not known, so no mistake can be made in it.
  const added = isPlan(config) || isAlias(config) || found.length === 0 ? [] : survivorsOf(config, { cases: found.map(caseOf) });
  const wanted = room.omitted.splice(0);
  const taken = added.filter(({ at, request }) => takes(room, at, request) === "taken");
  // A place that gets its case after all is not left out.
  const given = new Set(taken.map(({ at }) => at));
  const omitted = distinct([...wanted.filter(({ at }) => !given.has(at)), ...room.omitted]);
  const cases = [...found, ...taken.map(decide)]
    .toSorted((a, b) => a.decision.index - b.decision.index || (a.draw ?? -1) - (b.draw ?? -1))
    .map((each, index) => numbered(caseOf(each), index));
  return { suite: { ...(plan.name !== undefined && { title: plan.name }), cases }, omitted };
}

/** Each place once for each reason: a rule can want several cases. */
function distinct(omitted: readonly Omission[]): readonly Omission[] {
  return [...new Map(omitted.map((each) => [`${each.why} ${each.at}`, each])).values()];
}

/** A request and what it gets; `split` where the draw is random and not certain. */
interface Decided extends Request {
  readonly decision: Decision;
  readonly split: ReadonlyMap<Version, number> | undefined;
}

function decided(judge: Judge, { request, draw }: Request): Decided {
  judge.drawn = false;
  const decision = judge.route(toRequest(request), draw);
  return { request, draw, decision, split: judge.drawn && judge.shares.size > 1 ? judge.shares : undefined };
}

/** A request as a case that expects what it gets. */
function caseOf({ request, draw, decision: { version, reason, at }, split }: Decided): CaseConfig {
  const what = split === undefined ? `${version} by ${reason === "default" ? "default" : `the ${reason}`}` : "split at random";
  return {
    name: nameOf(what, request, draw),
    ...(Object.keys(request).length > 0 && { request }),
    ...(draw !== undefined && { draw }),
    expect:
      split === undefined ? { version, reason, at } : { split: Object.fromEntries([...split].map(([each, slots]) => [each, slots / 100])) },
  };
}

function numbered(each: CaseConfig, index: number): CaseConfig {
  return { id: String(index + 1), ...each };
}

/** What the case shows, in a few words: a person will put better ones in their place. */
function nameOf(what: string, request: Witness, draw: number | undefined): string {
  const given = Object.entries(request).flatMap(([part, value]: [string, unknown]) =>
    typeof value === "string" ? [`${part} ${value}`] : Object.keys(value as object).map((name) => `${PARTS[part] ?? part} ${name}`),
  );
  const by = given.length === 0 ? "nothing that a rule asks for" : given.join(", ");
  return `${by}${draw === undefined ? "" : ` at the draw ${draw}`}: ${what}`;
}

const PARTS: Readonly<Record<string, string>> = {
  headers: "header",
  cookies: "cookie",
  attributes: "attribute",
};
