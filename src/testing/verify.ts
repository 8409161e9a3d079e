import { sound } from "../document/index.ts";
import { nodeReader } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { type Compilable, type Plan, planOf, runsOf, slotsOf } from "../plan/index.ts";
import { type Decision, interpret, type Route } from "../backend/index.ts";
import { compile, formatExplanation, formatShares } from "../route/index.ts";
import { type JudgedLaw, judgeAll, lawFailure } from "./judge-laws.ts";
import type { SuiteLaw } from "./law.ts";
import { type Case, type Expectation, isSuite, parseSuite, type Suite, type SuiteConfig, withAlias } from "./suite.ts";

/** The result of a suite. */
export interface Report {
  readonly suite: Suite;
  /** The number of cases and laws that passed. */
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** What is known of each law of the suite that has an alias. */
  readonly laws: readonly JudgedLaw[];
}

/** A case or a law that failed. */
export interface Failure {
  readonly case: Case | SuiteLaw;
  /** The expected and the actual result, in one line each. */
  readonly message: string;
  /** Which rule decided, and what each rule found in the request. */
  readonly explanation: string;
}

/**
 * Runs the cases of a suite. `config` is the alias of the cases that have none, and may be undefined where all have one.
 * @throws ConfigError with everything that is wrong with the config or the suite
 */
export function verify(config: Compilable | undefined, suite: SuiteConfig | Suite): Report {
  return verifySuite(suiteOf(config, suite));
}

/** A suite that has been read, with the alias for the cases that have none. */
export function suiteOf(config: Compilable | undefined, suite: SuiteConfig | Suite): Suite {
  const alias = config === undefined ? undefined : planOf(config);
  if (isSuite(suite)) return withAlias(suite, alias);
  return sound(parseSuite(suite, { alias }));
}

/**
 * Characters of explanations in one report: of an alias with 10,000 rules, one has 600,000, so that 1,000 failures took 31 s and 3.4 GB.
 * Failures after that have none.
 */
const MOST_EXPLAINED = 4_000_000;

/** What stands in place of the others. */
const UNEXPLAINED = "not explained, because the explanations of the failures above are so long";

/** Runs the cases of a suite that has been read, and proves its laws. What has no alias fails. */
export function verifySuite(suite: Suite): Report {
  const judges = new Map<Plan, Judge>();
  const failures: Failure[] = [];
  let explained = 0;
  for (const each of suite.cases) {
    const judge = each.plan === undefined ? undefined : (judges.get(each.plan) ?? judgeOf(each.plan));
    if (judge === undefined) {
      failures.push({ case: each, message: "there is no alias to ask", explanation: "" });
      continue;
    }
    judges.set(judge.route.plan, judge);
    if (passes(judge, each)) continue;
    const explanation = explained > MOST_EXPLAINED ? UNEXPLAINED : explanationOf(judge, each);
    explained += explanation.length;
    failures.push({ case: each, message: complaint(judge, each), explanation });
  }
  const laws = judgeAll(suite.laws);
  for (const { law, result } of laws) {
    const failure = lawFailure(law, result);
    if (failure !== undefined) failures.push({ case: law, ...failure });
  }
  for (const law of suite.laws)
    if (law.plan === undefined) failures.push({ case: law, message: "there is no alias to ask", explanation: "" });
  return { suite, passed: suite.cases.length + suite.laws.length - failures.length, failures, laws };
}

/** A compiled alias that tells whether a decision took a random draw. */
export interface Judge {
  readonly route: Route;
  /** The slots of each version where the draw is random. */
  readonly shares: ReadonlyMap<Version, number>;
  drawn: boolean;
}

/** A judge of one plan. */
export function judgeOf(plan: Plan): Judge {
  const random = (): number => {
    judge.drawn = true;
    return 0;
  };
  const judge: Judge = { route: compile(plan, { random }), shares: slotsOf(runsOf(plan)), drawn: false };
  return judge;
}

/** Whether a case comes out as it expects. */
function passes(judge: Judge, { request, draw, expect }: Case): boolean {
  judge.drawn = false;
  const decision = judge.route(request, draw);
  return meets(expect, decision, judge.drawn, judge.shares);
}

/** Whether a decision is what a case expects. Where the draw was random, `shares` are the slots of each version. */
export function meets(
  { version, split, reason, at }: Expectation,
  decision: Decision,
  drawn: boolean,
  shares: ReadonlyMap<Version, number>,
): boolean {
  // What a random draw decides is certain where it has one version only.
  const isCertain = !drawn || shares.get(decision.version) === SLOTS;
  if (version !== undefined && (decision.version !== version || !isCertain)) return false;
  if (split !== undefined && !hasShares(drawn, shares, decision, split)) return false;
  return (reason === undefined || decision.reason === reason) && (at === undefined || (decision.at === at && isCertain));
}

function hasShares(
  drawn: boolean,
  shares: ReadonlyMap<Version, number>,
  { version }: Decision,
  expected: ReadonlyMap<Version, number>,
): boolean {
  if (!drawn) return expected.get(version) === SLOTS;
  for (const [each, slots] of expected) if ((shares.get(each) ?? 0) !== slots) return false;
  return true;
}

function complaint(judge: Judge, { request, draw, expect }: Case): string {
  judge.drawn = false;
  const decision = judge.route(request, draw);
  return `expected ${expected(expect)}\n     got ${got(judge, decision)}`;
}

function expected({ version, split, reason, at }: Expectation): string {
  const what = version ?? (split === undefined ? "" : formatShares(split));
  const why = [...(reason === undefined ? [] : [reason]), ...(at === undefined ? [] : [`at ${at === "" ? "the alias as a whole" : at}`])];
  return [what, ...(why.length === 0 ? [] : [`(${why.join(" ")})`])].filter((part) => part !== "").join("  ");
}

function got({ drawn, shares }: Judge, { version, reason, at }: Decision): string {
  const where = at === "" ? "" : ` at ${at}`;
  return drawn && shares.size > 1 ? `${formatShares(shares)}  (${reason}, by the draw)` : `${version}  (${reason}${where})`;
}

function explanationOf({ route }: Judge, { request, draw }: Case): string {
  return formatExplanation(
    interpret(route.plan, nodeReader, request, draw, () => 0),
    true,
  );
}
