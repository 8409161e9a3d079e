import { fieldName, nodeReader, toRequest } from "../request/index.ts";
import { type Compilable, drawAt, type Plan, planOf } from "../plan/index.ts";
import { type Decision, interpret } from "../backend/index.ts";
import { EFFORT, lettersLeft, search, valuesOf, type Witness, witnessOf } from "../prove/index.ts";
import { type Goal, goalName, goalsOf, keyedOf, metBy, pivotsOf } from "./goals.ts";
import type { CaseConfig, SuiteConfig } from "./suite.ts";
import { type Judge, judgeOf } from "./verify.ts";

/**
 * The smallest suite it finds in which, as far as some request can show it: every strategy decides and fails, every rule holds
 * and fails and at least once makes the difference, each sticky key counts, and both ends of every arm are drawn. It expects
 * what the config does now: read it before you trust it.
 * @throws ConfigError with everything that is wrong with the config
 */
export function suggestCases(config: Compilable): SuiteConfig & { readonly cases: readonly CaseConfig[] } {
  const plan = planOf(config);
  const judge = judgeOf(plan);
  const cases = fewest(candidatesOf(plan))
    .map((candidate) => ({ ...candidate, decision: judge.route(toRequest(candidate.request), candidate.draw) }))
    .toSorted((a, b) => a.decision.index - b.decision.index || (a.draw ?? -1) - (b.draw ?? -1))
    .map((candidate, index) => caseOf(judge, candidate, index));
  return { ...(plan.name !== undefined && { title: plan.name }), cases };
}

/** A request, perhaps with a draw, and the names of what it shows. */
interface Candidate {
  readonly request: Witness;
  readonly draw: number | undefined;
  readonly shows: ReadonlySet<string>;
}

function candidatesOf(plan: Plan): readonly Candidate[] {
  const effort = { left: EFFORT };
  const found: Candidate[] = [];
  const shown = new Set<string>();
  const add = (request: Witness, draw: number | undefined, own?: string): void => {
    const shows = new Set([...shownBy(plan, request, draw), ...(own === undefined ? [] : [own])]);
    found.push({ request, draw, shows });
    for (const name of shows) shown.add(name);
  };
  for (const pivot of pivotsOf(plan)) {
    const region = search(pivot, effort);
    if (region.kind === "found") add(witnessOf(valuesOf(pivot.alphabet, region.left)), undefined, `pivot ${found.length}`);
  }
  // What is hardest to reach comes first: a request that comes to a late strategy sees the earlier ones fail.
  for (const goal of goalsOf(plan).toReversed()) {
    const draws = goalDraws(goal).filter((draw) => !shown.has(wanted(goal, draw)));
    const region = draws.length === 0 ? undefined : goal.region();
    const reached = region && search(region, effort);
    if (region === undefined || reached?.kind !== "found") continue;
    const request = witnessOf(valuesOf(region.alphabet, reached.left));
    for (const draw of draws) add(request, draw);
  }
  for (const { field, region } of keyedOf(plan)) {
    const reached = search(region, effort);
    if (reached.kind !== "found") continue;
    const values = new Map(valuesOf(region.alphabet, reached.left));
    const { place, values: keys } = lettersLeft(region.alphabet, reached.left, field, MOST_KEYS);
    const request = (key: string): Witness => witnessOf(new Map([...values, [place, key]]));
    const judge = judgeOf(plan);
    const rare = keys.find((key) => judge.route(toRequest(request(key))).version !== plan.versions[0]);
    add(request(rare ?? keys[0] ?? ""), undefined, `key ${fieldName(field)}`);
  }
  return found;
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
 * Candidates that together show all that all of them show: again and again the one that adds most (the greedy cover), and
 * then without those that others made needless.
 */
function fewest(found: readonly Candidate[]): readonly Candidate[] {
  const left = new Set(found.flatMap(({ shows }) => [...shows]));
  const gain = ({ shows }: Candidate): number => [...shows].filter((name) => left.has(name)).length;
  // What a candidate adds only shrinks, so one that is asked again at what it may still add need not be asked before.
  const byBound: Candidate[][] = [];
  const file = (candidate: Candidate, bound: number): void => void (byBound[bound] ??= []).push(candidate);
  for (const candidate of found) file(candidate, candidate.shows.size);
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
  return withoutNeedless(taken);
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

function caseOf(judge: Judge, { request, draw, decision }: Candidate & { readonly decision: Decision }, index: number): CaseConfig {
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

const PARTS: Readonly<Record<string, string>> = { headers: "header", cookies: "cookie", attributes: "attribute" };
