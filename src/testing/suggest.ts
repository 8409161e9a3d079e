import { type Pointer, sound } from "../document/index.ts";
import { toRequest } from "../request/index.ts";
import { type AliasConfig, isAlias, type Version } from "../alias/index.ts";
import { type Compilable, isPlan, type Plan, planOf } from "../plan/index.ts";
import type { Decision } from "../backend/index.ts";
import type { Witness } from "../prove/index.ts";
import { candidatesOf, type Request } from "./candidates.ts";
import { casesAbout, type CompletionOptions, type MutationOptions, survivorsOf } from "./mutate.ts";
import { type Omission, type Room, roomOf } from "./room.ts";
import { type Case, type CaseConfig, parseSuite, type Suite, type SuiteConfig } from "./suite.ts";
import { type Judge, judgeOf, suiteOf } from "./verify.ts";

/** A suite that was made from an alias, and what it leaves out. */
export interface Suggestion {
  readonly suite: SuiteConfig & { readonly cases: readonly CaseConfig[] };
  /** What wanted a case that the suite does not have: each place once for each reason. */
  readonly omitted: readonly Omission[];
  /** Whether the mistakes of `mutate` were looked at: not those of a plan, and not more than 20,000 where they were not asked for. */
  readonly complete: boolean;
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
export function suggestSuite(config: Compilable, options: CompletionOptions = {}): Suggestion {
  const plan = planOf(config);
  const room = roomOf();
  const judge = judgeOf(plan);
  const found = candidatesOf(plan, room).map((candidate) => decided(judge, candidate));
  const wanted = room.omitted.splice(0);
  // What an alias or a plan was read from is not known, so no mistake can be made in it.
  const isWritten = !isPlan(config) && !isAlias(config);
  const { added, complete } = isWritten ? survivorsOf(config, casesOf(plan, found), room, options) : { added: [], complete: false };
  const all = [...found, ...added.map((candidate) => decided(judge, candidate))];
  const cases = inOrder(all).map((each, index) => ({ id: String(index + 1), ...each }));
  return { suite: { ...(plan.name !== undefined && { title: plan.name }), cases }, omitted: omittedOf(wanted, added, room), complete };
}

/** What a suite lacks. */
export interface Completion {
  /** The cases to add. They have no ids. */
  readonly cases: readonly CaseConfig[];
  readonly omitted: readonly Omission[];
  /** The cases that fail on the config as it is. They stay as they are, and what they would notice counts as not noticed. */
  readonly failing: readonly Case[];
}

/**
 * The cases that a suite lacks to show what one of `suggestSuite` shows, and to notice every mistake of `mutate` for which a request is found.
 * Cases with an alias of their own count only if it is the same.
 * @throws ConfigError with everything that is wrong with the config or the suite
 */
export function completeSuite(config: AliasConfig, suite: SuiteConfig | Suite, options: MutationOptions = {}): Completion {
  const plan = planOf(config);
  const judge = judgeOf(plan);
  const read = suiteOf(config, suite);
  const given = casesAbout(config, plan, [read]);
  const room = roomOf(read.cases.length);
  const found = candidatesOf(plan, room, given).map((candidate) => decided(judge, candidate));
  const wanted = room.omitted.splice(0);
  const { added, failing } = survivorsOf(config, [...given, ...casesOf(plan, found)], room, { ...options, complete: true });
  const cases = inOrder([...found, ...added.map((candidate) => decided(judge, candidate))]);
  return { cases, omitted: omittedOf(wanted, added, room), failing };
}

function casesOf(alias: Plan, found: readonly Decided[]): readonly Case[] {
  return found.length === 0 ? [] : sound(parseSuite({ cases: found.map(caseOf) }, { alias })).cases;
}

/** Cases in the order of what decides them. */
function inOrder(found: readonly Decided[]): readonly CaseConfig[] {
  return found.toSorted((a, b) => a.decision.index - b.decision.index || (a.draw ?? -1) - (b.draw ?? -1)).map(caseOf);
}

function omittedOf(wanted: readonly Omission[], added: readonly { readonly at: Pointer }[], room: Room): readonly Omission[] {
  // A place that gets its case after all is not left out.
  const given = new Set(added.map(({ at }) => at));
  return distinct([...wanted.filter(({ at }) => !given.has(at)), ...room.omitted]);
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
