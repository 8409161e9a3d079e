import type { Field } from "../request/index.ts";
import { SLOTS } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { bounces } from "./forecast.ts";
import type { FieldOption } from "./matches.ts";
import { Memory } from "./sample.ts";
import type { ServedTally } from "./served/count.ts";
import { sameVersionProbability } from "./split.ts";
import { emptySummary, type Summary } from "./summary.ts";
import type { Times } from "./times.ts";
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
  /**
   * Requests by what each plan decides, in the order of the plans: undefined where only a random draw decides, and none is recorded. These
   * are divided by the weights.
   */
  readonly requests: readonly { readonly outcomes: readonly (number | undefined)[]; readonly requests: number }[];
  readonly plans: readonly PlanGroups[];
  /** The most frequent values of the segment, and with `rest` the requests with any other value. */
  readonly segments: readonly {
    readonly value: string | undefined;
    readonly rest: boolean;
    readonly outcomes: readonly (number | undefined)[];
    readonly requests: number;
  }[];
  /** Users that the next plan gives another version, from each plan to the next: those of the traffic, or else sticky keys. */
  readonly movers: readonly (number | undefined)[];
  /** The spans of time that the requests are in; undefined if the traffic does not say when they were made. */
  readonly times: Times | undefined;
  /** The versions that answered, beside the first plan; undefined if the traffic does not record them. */
  readonly served: ServedGroups | undefined;
  /** Options whose field no request has. */
  readonly unmatched: readonly FieldOption[];
}

/** A count for each span of time and each of the things that are counted: `counts[span * things + thing]`. Empty if there are no spans. */
type TimedCounts = readonly number[];

/** What is counted for one plan. */
export interface PlanGroups {
  /** Requests with a recorded draw that decided, by outcome; and in each span. */
  readonly recorded: readonly number[];
  readonly recordedTimes: TimedCounts;
  /** Different sticky keys that come to the split, by outcome; and in the span in which each comes first. */
  readonly keys: readonly number[];
  readonly keyTimes: TimedCounts;
  /** Undefined where the traffic does not tell them apart, or a random draw that is not recorded decides. */
  readonly users: CrowdGroups | undefined;
  readonly sessions: CrowdGroups | undefined;
}

/**
 * What is counted of the versions that answered. A version is its index in the plan, or one more for all that the plan does not have; an
 * outcome is its index, or one more where a random draw decides that is not recorded.
 */
export interface ServedGroups {
  /** Requests by version and outcome: `cells[version * (outcomes + 1) + outcome]`. */
  readonly cells: readonly number[];
  /** Of these, the requests without a sticky key that no rule claims, by version; and in each span. */
  readonly split: readonly number[];
  readonly splitTimes: TimedCounts;
  /**
   * Different sticky keys that come to the split: at `2 * version` those that only this version answered, and behind it those that others
   * answered after it. `keyTimes` has all of them by version, in the span in which each comes first.
   */
  readonly keys: readonly number[];
  readonly keyTimes: TimedCounts;
  /** `exposed` has one more than the plan has versions. */
  readonly users: CrowdGroups | undefined;
  readonly sessions: CrowdGroups | undefined;
  /** Some of the versions that the plan does not have, with their requests. */
  readonly unknown: ReadonlyMap<string, number>;
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

/**
 * The totals of each plan. What needs the order of the requests of a user is absent: the draws until a user is mixed. So is the course of draws
 * where the traffic does not say when requests were made.
 */
export function totalsOf(plans: readonly Plan[], { requests, plans: counted, segments, times, served }: Groups): readonly Totals[] {
  return plans.map((plan, index) => {
    // Keys, users and sessions come as sums, so there is nothing to hold.
    const totals = new Totals(plan, plans.length, new Memory(0));
    const add = (counts: number[], outcomes: readonly number[], some: number): void => {
      const outcome = outcomes[index] ?? 0;
      counts[outcome] = (counts[outcome] ?? 0) + some;
    };
    const counts = plan.outcomes.map(() => 0);
    for (const { outcomes, requests: some } of divided(plans, requests)) add(counts, outcomes, some);
    const { recorded = [], recordedTimes = [], keys = [], keyTimes = [], users, sessions } = counted[index] ?? {};
    totals.add(
      {
        requests: requests.reduce((sum, each) => sum + each.requests, 0),
        counts,
        random: recorded,
        randomTimes: recordedTimes,
        recordedDraws: recorded.reduce((sum, count) => sum + count, 0),
        keys: new Map(),
        ownKeys: keys,
        ownKeyTimes: keyTimes,
        outcomes: undefined,
        users: summaryOf(plan, users, plan.versions.length),
        sessions: summaryOf(plan, sessions, plan.versions.length),
        served: index === 0 && served !== undefined ? servedTally(plan, served) : undefined,
      },
      undefined,
      times,
    );
    for (const { value, rest, outcomes, requests: some } of divided(plans, segments)) {
      const known = rest ? totals.others : (totals.segments.get(value) ?? plan.outcomes.map(() => 0));
      if (!rest) totals.segments.set(value, known);
      add(known, outcomes, some);
    }
    return totals;
  });
}

function servedTally(plan: Plan, { cells, split, splitTimes, keys, keyTimes, users, sessions, unknown }: ServedGroups): ServedTally {
  const versions = plan.versions.length + 1;
  return {
    cells,
    split,
    splitTimes,
    keys: new Map(),
    ownKeys: keys,
    ownKeyTimes: keyTimes,
    users: summaryOf(plan, users, versions),
    sessions: summaryOf(plan, sessions, versions),
    unknown,
  };
}

/**
 * Requests with what each plan decides. Those that only a random draw decides are divided by the weights, as nearly as whole requests can be:
 * each slot of the draw is as likely as any other, and gives every plan one outcome.
 */
function divided<T extends { readonly outcomes: readonly (number | undefined)[]; readonly requests: number }>(
  plans: readonly Plan[],
  groups: readonly T[],
): readonly (Omit<T, "outcomes"> & { readonly outcomes: readonly number[] })[] {
  const isDecided = (group: T): group is T & { readonly outcomes: readonly number[] } => !group.outcomes.includes(undefined);
  const paths = new Map<string, readonly Path[]>();
  return groups.flatMap((group) => {
    if (isDecided(group)) return [group];
    const drawn = plans.map((plan, index) => (group.outcomes[index] === undefined ? plan : undefined));
    const name = drawn.map((plan) => (plan === undefined ? 0 : 1)).join("");
    const known = paths.get(name) ?? pathsOf(drawn);
    paths.set(name, known);
    let slots = 0;
    let given = 0;
    return known.map((path) => {
      slots += path.slots;
      const until = Math.round((group.requests * slots) / SLOTS);
      const requests = until - given;
      given = until;
      return { ...group, outcomes: group.outcomes.map((outcome, index) => outcome ?? path.outcomes[index] ?? 0), requests };
    });
  });
}

/** The outcomes of several draws by one number, and how many slots have these. */
interface Path {
  readonly outcomes: readonly (number | undefined)[];
  slots: number;
}

function pathsOf(drawn: readonly (Plan | undefined)[]): readonly Path[] {
  const bySlot = drawn.map((plan) => plan && outcomesOfSlots(plan));
  const paths = new Map<string, Path>();
  for (let slot = 0; slot < SLOTS; slot++) {
    const outcomes = bySlot.map((each) => each?.[slot]);
    const name = outcomes.join();
    const known = paths.get(name) ?? { outcomes, slots: 0 };
    paths.set(name, known);
    known.slots++;
  }
  return [...paths.values()];
}

/** The outcome of each slot of a plan's draw; empty if nothing is split. */
function outcomesOfSlots({ split }: Plan): readonly number[] {
  if (split.kind === "fixed") return [];
  let from = 0;
  return split.arms.flatMap(({ until, outcome }) => {
    const width = until - from;
    from = until;
    return Array.from({ length: width }, () => outcome);
  });
}

/** The sums of users or sessions, for so many versions. */
function summaryOf(plan: Plan, crowd: CrowdGroups | undefined, versions: number): Summary {
  const summary = emptySummary(versions);
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
export function changesOf(
  plans: readonly Plan[],
  { requests }: Pick<Groups, "requests">,
): { readonly changes: readonly Change[]; readonly bounced: number } {
  const versions = divided(plans, requests).map(({ outcomes, requests: count }) => ({
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
  return { changes, bounced: versions.reduce((sum, { path, count }) => (bounces(path) ? sum + count : sum), 0) };
}

/** Requests that get another version, by the two versions. */
type Change = readonly { readonly from: string; readonly to: string; readonly requests: number }[];
