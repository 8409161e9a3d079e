import type { Field } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import { Memory } from "./sample.ts";
import { sameVersionProbability } from "./split.ts";
import { emptySummary, type Summary } from "./summary.ts";
import { Totals } from "./totals.ts";

/** Traffic that is counted where it is, such as the rows of a warehouse: only the counts come here. */
export interface GroupedTraffic {
  readonly kind: "grouped";
  /** Decides the requests by every plan, and counts them. Draws are those of the traffic, so no seed is needed. */
  readonly group: (plans: readonly Plan[], options: GroupOptions) => Promise<Groups>;
}

/** What to count apart, and the signal that ends the work. */
export interface GroupOptions {
  readonly segment: Field | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The counts of traffic. Outcomes are indices into the outcomes of a plan. */
export interface Groups {
  /** Requests by what each plan decides, in the order of the plans. */
  readonly requests: readonly { readonly outcomes: readonly number[]; readonly requests: number }[];
  readonly plans: readonly PlanGroups[];
  /** The most frequent values of the segment, and with `rest` the requests with any other value. */
  readonly segments: readonly {
    readonly value: string | undefined;
    readonly rest: boolean;
    readonly outcomes: readonly number[];
    readonly requests: number;
  }[];
  /** Users that the next plan gives another version, from each plan to the next: those of the traffic, or else sticky keys. */
  readonly movers: readonly (number | undefined)[];
  /** Options whose field no request has. */
  readonly unmatched: readonly ("user" | "session" | "segment")[];
}

/** What is counted for one plan. */
export interface PlanGroups {
  /** Requests with a recorded draw that decided, by outcome. */
  readonly recorded: readonly number[];
  /** Different sticky keys that come to the split, by outcome. */
  readonly keys: readonly number[];
  readonly users: CrowdGroups | undefined;
  readonly sessions: CrowdGroups | undefined;
}

/** Users, or sessions, grouped by how the draw treated them. */
export interface CrowdGroups {
  /** How many of them each version answered, in the order of the plan's versions. */
  readonly exposed: readonly number[];
  readonly groups: readonly CrowdGroup[];
}

/** Users with the same number of draws. */
export interface CrowdGroup {
  readonly count: number;
  /** Their requests, and the squares of the requests of each. */
  readonly requests: number;
  readonly squares: number;
  /** Requests of each that the draw decided. */
  readonly draws: number;
  /** Whether more than one version answered them, and whether the draw gave them more than one. */
  readonly several: boolean;
  readonly turned: boolean;
}

/** The totals of each plan. What needs the order of requests is absent: the course of draws, and the draws until a user is mixed. */
export function totalsOf(plans: readonly Plan[], { requests, plans: counted, segments }: Groups): readonly Totals[] {
  return plans.map((plan, index) => {
    // Keys, users and sessions come as sums, so there is nothing to hold.
    const totals = new Totals(plan, plans.length, new Memory(0));
    const add = (counts: number[], outcomes: readonly number[], some: number): void => {
      const outcome = outcomes[index] ?? 0;
      counts[outcome] = (counts[outcome] ?? 0) + some;
    };
    const counts = plan.outcomes.map(() => 0);
    for (const { outcomes, requests: some } of requests) add(counts, outcomes, some);
    const { recorded = [], keys = [], users, sessions } = counted[index] ?? {};
    totals.add(
      {
        requests: requests.reduce((sum, each) => sum + each.requests, 0),
        counts,
        random: recorded,
        recordedDraws: recorded.reduce((sum, count) => sum + count, 0),
        keys: new Map(),
        ownKeys: keys,
        outcomes: undefined,
        users: summaryOf(plan, users),
        sessions: summaryOf(plan, sessions),
        served: undefined,
      },
      undefined,
    );
    for (const { value, rest, outcomes, requests: some } of segments) {
      const known = rest ? totals.others : (totals.segments.get(value) ?? plan.outcomes.map(() => 0));
      if (!rest) totals.segments.set(value, known);
      add(known, outcomes, some);
    }
    return totals;
  });
}

function summaryOf(plan: Plan, crowd: CrowdGroups | undefined): Summary {
  const summary = emptySummary(plan.versions.length);
  const repeat = sameVersionProbability(plan);
  for (const { count, requests, squares, draws, several, turned } of crowd?.groups ?? []) {
    summary.count += count;
    summary.requests += requests;
    summary.squares += squares;
    if (several) summary.several += count;
    if (draws === 0) continue;
    summary.drawn += count;
    if (turned) summary.turned += count;
    summary.expected += count * (1 - repeat(draws));
  }
  for (const [version, count] of (crowd?.exposed ?? []).entries()) summary.exposed[version] = count;
  return summary;
}

/** Requests that each plan gives another version than the one before, by the versions, and those that change and return. */
export function changesOf(plans: readonly Plan[], { requests }: Groups): { readonly changes: readonly Change[]; readonly bounced: number } {
  const versions = requests.map(({ outcomes, requests: count }) => ({
    path: outcomes.map((outcome, index) => plans[index]?.outcomes[outcome]?.version ?? ""),
    count,
  }));
  const changes = plans.slice(1).map((_, index): Change => {
    const cells = new Map<string, { from: string; to: string; requests: number }>();
    for (const { path, count } of versions) {
      const [from = "", to = ""] = path.slice(index, index + 2);
      if (from === to) continue;
      const name = JSON.stringify([from, to]);
      cells.set(name, { from, to, requests: (cells.get(name)?.requests ?? 0) + count });
    }
    return [...cells.values()];
  });
  const bounces = (path: readonly string[]): boolean =>
    path.some((version, at) => path[at + 1] !== version && path.includes(version, at + 1));
  return { changes, bounced: versions.reduce((sum, { path, count }) => (bounces(path) ? sum + count : sum), 0) };
}

/** Requests that get another version, by the two versions. */
type Change = readonly { readonly from: string; readonly to: string; readonly requests: number }[];
