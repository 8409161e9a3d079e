import { nodeReader, toRequest } from "../request/index.ts";
import { isAlias } from "../alias/index.ts";
import { type Compilable, drawAt, isPlan, type Outcome, type Plan, planOf } from "../plan/index.ts";
import { type Decision, interpret } from "../backend/index.ts";
import { EFFORT, lettersLeft, search, valuesOf, type Witness, witnessOf } from "../prove/index.ts";
import { type Goal, goalName, goalsOf, keyedOf, metBy, pivotsOf } from "./goals.ts";
import { survivorsOf } from "./mutate.ts";
import { type CaseConfig, MOST_CASES, parseSuite, type SuiteConfig } from "./suite.ts";
import { answerOf, rowOf, subjectFor } from "./variant.ts";
import { type Judge, judgeOf } from "./verify.ts";

/**
 * A small suite in which, as far as some request can show it: every strategy decides and fails, every rule holds
 * and fails and at least once makes the difference, each sticky key counts, both ends of every arm are drawn, and the mistakes
 * of `mutate` are noticed. It expects what the config does now: read it before you trust it.
 * @throws ConfigError with everything that is wrong with the config
 */
export function suggestCases(config: Compilable): SuiteConfig & { readonly cases: readonly CaseConfig[] } {
  const plan = planOf(config);
  const judge = judgeOf(plan);
  const decided = (candidate: Request): Request & { readonly decision: Decision } => ({
    ...candidate,
    decision: judge.route(toRequest(candidate.request), candidate.draw),
  });
  const found = fits(fewest(candidatesOf(plan)));
  const written = found.map((candidate, index) => caseOf(judge, decided(candidate), index));
  // What an alias or a plan was read from is not known, so no mistake can be made in it.
  const added = isPlan(config) || isAlias(config) || written.length === 0 ? [] : survivorsOf(config, { cases: written });
  const cases = fits([...found, ...added])
    .map(decided)
    .toSorted((a, b) => a.decision.index - b.decision.index || (a.draw ?? -1) - (b.draw ?? -1))
    .map((candidate, index) => caseOf(judge, candidate, index));
  return { ...(plan.name !== undefined && { title: plan.name }), cases };
}

/** A request, perhaps with a draw. */
type Request = Pick<Candidate, "request" | "draw">;

/** Characters of all cases together as JSON: as YAML a suite of them has less than the 32 Mi that `test` reads. */
const MOST_CHARACTERS = 16 * 1_048_576;
/** What a case says beside its request. */
const CASE_CHARACTERS = 150;

/** Requests, from the first, that `parseSuite` takes, and as many as it takes in one suite. */
function fits(found: readonly Request[]): readonly Request[] {
  let left = MOST_CHARACTERS;
  return found.slice(0, MOST_CASES).filter(({ request }) => {
    // Not every value of a rule can be written in a suite: a method, for one, has to be a token.
    if (!parseSuite({ cases: [{ request, expect: { reason: "rule" } }] }).ok) return false;
    // The name of a case has the names of its fields once more.
    left -= CASE_CHARACTERS + 2 * JSON.stringify(request).length;
    return left >= 0;
  });
}

/** A request, perhaps with a draw, and the names of what it shows. One that is `needed` is taken whatever else it shows. */
interface Candidate {
  readonly request: Witness;
  readonly draw: number | undefined;
  readonly shows: ReadonlySet<string>;
  readonly needed: boolean;
}

function candidatesOf(plan: Plan): readonly Candidate[] {
  const effort = { left: EFFORT };
  const found: Candidate[] = [];
  const nothing: ReadonlySet<string> = new Set();
  const needed: Witness[] = [];
  const need = (request: Witness): void => {
    needed.push(request);
    found.push({ request, draw: undefined, shows: nothing, needed: true });
  };
  for (const pivot of pivotsOf(plan)) {
    const region = search(pivot, effort);
    if (region.kind === "found") need(witnessOf(valuesOf(pivot.alphabet, region.left)));
  }
  for (const { field, region } of keyedOf(plan)) {
    const reached = search(region, effort);
    if (reached.kind !== "found") continue;
    const values = new Map(valuesOf(region.alphabet, reached.left));
    const { place, values: keys } = lettersLeft(region.alphabet, reached.left, field, MOST_KEYS);
    const request = (key: string): Witness => witnessOf(new Map([...values, [place, key]]));
    const judge = judgeOf(plan);
    const rare = keys.find((key) => judge.route(toRequest(request(key))).version !== plan.versions[0]);
    need(request(rare ?? keys[0] ?? ""));
  }
  const shown = new Set(shownByAll(plan, needed));
  const before: ReadonlySet<string> = new Set(shown);
  // What is hardest to reach comes first: a request that comes to a late strategy sees the earlier ones fail.
  for (const goal of goalsOf(plan).toReversed()) {
    const draws = goalDraws(goal).filter((draw) => !shown.has(wanted(goal, draw)));
    const region = draws.length === 0 ? undefined : goal.region();
    const reached = region && search(region, effort);
    if (region === undefined || reached?.kind !== "found") continue;
    const request = witnessOf(valuesOf(region.alphabet, reached.left));
    for (const draw of draws) {
      const shows = new Set([...shownBy(plan, request, draw)].filter((name) => !before.has(name)));
      found.push({ request, draw, shows, needed: false });
      for (const name of shows) shown.add(name);
    }
  }
  return found;
}

/** What some requests without a draw show together. It is counted, for each of 10,000 requests shows 10,000 things. */
function shownByAll(plan: Plan, requests: readonly Witness[]): readonly string[] {
  const subject = subjectFor(plan, plan.split.kind === "arms" ? (plan.split.sticky?.keys.map(({ field }) => field) ?? []) : []);
  const names = new Set<string>();
  const came = subject.tests.map(() => 0);
  const held = subject.tests.map(({ matches }) => matches.map(() => 0));
  for (const request of requests) {
    const row = rowOf(subject, toRequest(request));
    const first = row.holding[0] ?? subject.tests.length;
    for (let test = 0; test <= first && test < came.length; test++) came[test] = (came[test] as number) + 1;
    for (const [name, value] of row.values)
      for (const [test, match] of subject.satisfied.get(name)?.get(value) ?? [])
        if (test <= first) (held[test] as number[])[match] = (held[test]?.[match] ?? 0) + 1;
    plan.rules.slice(0, first + 1).forEach(({ outcome }, test) => {
      const { at } = plan.outcomes[outcome] as Outcome;
      names.add(goalName({ at, sight: test === first ? "decided" : "failed" }));
    });
    const { outcome, drawn } = answerOf(subject, subject.original, row, undefined);
    if (drawn && plan.split.kind === "arms")
      for (const arm of plan.split.arms) names.add(goalName({ at: (plan.outcomes[arm.outcome] as Outcome).at, sight: "decided" }));
    else if (outcome.reason === "split" || outcome.reason === "default") names.add(goalName({ at: outcome.at, sight: "decided" }));
  }
  subject.tests.forEach(({ matches }, test) =>
    matches.forEach(({ at }, index) => {
      const count = held[test]?.[index] ?? 0;
      if (count > 0) names.add(goalName({ at, sight: "held" }));
      if (count < (came[test] ?? 0)) names.add(goalName({ at, sight: "failed" }));
    }),
  );
  return [...names];
}

/** So many keys are tried for one that does not get the primary: a weight of 1 % is met by 99 in 100 such searches. */
const MOST_KEYS = 460;

/** The draws at both ends of an arm, in the middles of their slots: exact bounds are at the mercy of rounding. */
function goalDraws({ slots }: Goal): readonly (number | undefined)[] {
  if (slots === undefined) return [undefined];
  const [from, until] = slots;
  return [...new Set([from, until - 1])].map(drawAt);
}

function wanted(goal: Goal, draw: number | undefined): string {
  return draw === undefined ? goalName(goal) : `${goalName(goal)} at ${draw}`;
}

function shownBy(plan: Plan, request: Witness, draw: number | undefined): ReadonlySet<string> {
  const explained = interpret(plan, nodeReader, toRequest(request), draw, () => 0);
  const met = metBy(explained, explained.draw?.from.kind === "random");
  const drawn = explained.draw?.from.kind === "given" ? [`${goalName({ at: explained.decision.at, sight: "decided" })} at ${draw}`] : [];
  return new Set([...met, ...drawn]);
}

/**
 * The candidates that are needed, and others that show all the rest: again and again the one that adds most (the greedy cover), and
 * then without those that others made needless.
 */
function fewest(found: readonly Candidate[]): readonly Candidate[] {
  const optional = found.filter(({ needed }) => !needed);
  const left = new Set(optional.flatMap(({ shows }) => [...shows]));
  const gain = ({ shows }: Candidate): number => [...shows].filter((name) => left.has(name)).length;
  // What a candidate adds only shrinks, so one that is asked again at what it may still add need not be asked before.
  const byBound: Candidate[][] = [];
  const file = (candidate: Candidate, bound: number): void => void (byBound[bound] ??= []).push(candidate);
  for (const candidate of optional) file(candidate, candidate.shows.size);
  const taken: Candidate[] = [];
  for (let bound = byBound.length - 1; bound > 0; bound--) {
    const here = byBound[bound] ?? [];
    for (let candidate = here.pop(); candidate !== undefined; candidate = here.pop()) {
      const now = gain(candidate);
      if (now < bound) file(candidate, now);
      else {
        taken.push(candidate);
        for (const name of candidate.shows) left.delete(name);
      }
    }
  }
  return [...found.filter(({ needed }) => needed), ...withoutNeedless(taken)];
}

function withoutNeedless(taken: readonly Candidate[]): readonly Candidate[] {
  const times = new Map<string, number>();
  for (const { shows } of taken) for (const name of shows) times.set(name, (times.get(name) ?? 0) + 1);
  return taken.toReversed().filter(({ shows }) => {
    if (![...shows].every((name) => (times.get(name) ?? 0) > 1)) return true;
    for (const name of shows) times.set(name, (times.get(name) ?? 0) - 1);
    return false;
  });
}

function caseOf(judge: Judge, { request, draw, decision }: Request & { readonly decision: Decision }, index: number): CaseConfig {
  judge.drawn = false;
  judge.route(toRequest(request), draw);
  const random = judge.drawn && judge.shares.size > 1;
  const { version, reason, at } = decision;
  return {
    id: String(index + 1),
    name: nameOf(random ? "split at random" : `${version} by ${reason === "default" ? "default" : `the ${reason}`}`, request, draw),
    ...(Object.keys(request).length > 0 && { request }),
    ...(draw !== undefined && { draw }),
    expect: random ? { split: Object.fromEntries([...judge.shares].map(([each, slots]) => [each, slots / 100])) } : { version, reason, at },
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
