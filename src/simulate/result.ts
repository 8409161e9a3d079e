import type { Pointer } from "../document/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Reason } from "../backend/index.ts";
import { type Draws, drawReport, type Slotted } from "./draws.ts";
import { type Exposure, exposureOf, part } from "./exposure.ts";
import type { FieldOption } from "./matches.ts";
import { type Served, servedOf } from "./served/report.ts";
import { drawnSlots } from "./split.ts";
import type { Totals } from "./totals.ts";
import type { LogFormat } from "./traffic/traffic.ts";
import type { MalformedLine, SkippedLines } from "./traffic/visit.ts";

/** The requests of a version. Shares are parts of 1. */
export interface VersionShare {
  readonly version: Version;
  readonly requests: number;
  readonly share: number;
  /**
   * The share if the draw divided the requests that reach it exactly by the weights. Requests that a rule or a default decides count
   * as they are.
   */
  readonly expected: number;
  /** How many of the requests the draw decided. */
  readonly drawn: number;
}

/** One strategy in the order in which they are tried. */
export interface FunnelStep {
  readonly at: Pointer;
  readonly version: Version;
  /** Requests for which it was tried, because no earlier strategy held. */
  readonly reached: number;
  /** Requests that it held for. */
  readonly held: number;
}

/** The result of traffic on an alias. Plain data. The same seed gives the same result. */
export interface Simulation {
  readonly seed: string;
  readonly plan: Plan;
  readonly requests: number;
  /** Whether it was stopped before the traffic had ended. */
  readonly partial: boolean;
  readonly lines: Lines;
  /** The format of the log; undefined if the traffic is no log or nothing was read. */
  readonly format: LogFormat | undefined;
  /** Options whose field no request has: `user`, `session`, `segment`, `served`. */
  readonly unmatched: readonly FieldOption[];
  readonly versions: readonly VersionShare[];
  readonly reasons: readonly { readonly version: Version; readonly reason: Reason; readonly at: Pointer; readonly requests: number }[];
  readonly funnel: readonly FunnelStep[];
  /** The most frequent value first. `value` is undefined for requests without one. `rest` marks the sum of all values after the first thousand. */
  readonly segments: readonly {
    readonly value: string | undefined;
    readonly rest: boolean;
    readonly requests: number;
    readonly versions: readonly VersionShare[];
  }[];
  /** Random draws, sticky ones, or both where a missing key is drawn at random. */
  readonly draws: readonly Draws[];
  /** Undefined if the traffic does not identify users. */
  readonly users: Exposure | undefined;
  readonly sessions: Exposure | undefined;
  /** The versions that answered; undefined if the traffic does not record them. Of a rollout, only in the first stage. */
  readonly served: Served | undefined;
}

/** The lines of a log. All counts are 0 for other traffic. */
export interface Lines {
  readonly read: number;
  /** Lines that are not in the format of the log, and the first of them. */
  readonly malformed: number;
  readonly first: readonly MalformedLine[];
  /** The share of malformed lines. Empty lines and comments do not count. */
  readonly share: number;
  /** Lines in the format without a request that reached a server, by reason, the most frequent first. */
  readonly skipped: number;
  readonly skippedFor: readonly SkippedLines[];
}

/** The parts of a result that are not in the totals. */
export interface ReportContext {
  readonly seed: string;
  readonly partial: boolean;
  readonly lines: Lines;
  readonly format: LogFormat | undefined;
  readonly unmatched: readonly FieldOption[];
  readonly risk: number;
}

/** Makes the result from the totals. */
export function reportOf(totals: Totals, { seed, partial, lines, format, unmatched, risk }: ReportContext): Simulation {
  const { plan, counts, requests } = totals;
  const segments = [...totals.segments].map(([value, each]) => segment(plan, value, each, false));
  const rest = segment(plan, undefined, totals.others, true);
  return {
    seed,
    plan,
    requests,
    partial,
    lines,
    format,
    unmatched,
    versions: versionShares(plan, counts),
    reasons: plan.outcomes.map(({ version, reason, at, index }) => ({ version, reason, at, requests: counts[index] ?? 0 })),
    funnel: funnelOf(plan, counts, requests),
    segments: [...segments.toSorted((a, b) => b.requests - a.requests), ...(rest.requests > 0 ? [rest] : [])],
    draws: drawReports(totals, risk),
    users: exposureOf(plan, plan.versions, totals.users.close()),
    sessions: exposureOf(plan, plan.versions, totals.sessions.close()),
    served: servedOf(totals.served, requests, risk),
  };
}

function segment(plan: Plan, value: string | undefined, counts: readonly number[], rest: boolean): Simulation["segments"][number] {
  return { value, rest, requests: sum(counts), versions: versionShares(plan, counts) };
}

function versionShares(plan: Plan, counts: readonly number[]): readonly VersionShare[] {
  const requests = sum(counts);
  const slots = drawnSlots(plan);
  const of = (wanted: (outcome: Plan["outcomes"][number]) => boolean): number =>
    plan.outcomes.reduce((total, outcome) => (wanted(outcome) ? total + (counts[outcome.index] ?? 0) : total), 0);
  const allDrawn = of(({ reason }) => reason === "split");
  return plan.versions.map((version) => {
    const got = of((outcome) => outcome.version === version);
    const drawn = of((outcome) => outcome.version === version && outcome.reason === "split");
    const expected = got - drawn + (allDrawn * (slots.get(version) ?? 0)) / SLOTS;
    return { version, requests: got, share: part(got, requests), expected: part(expected, requests), drawn };
  });
}

/** No strategy is tried for a request that cannot be read. */
function funnelOf({ rules, outcomes, error }: Plan, counts: readonly number[], requests: number): readonly FunnelStep[] {
  let reached = requests - (counts[error] ?? 0);
  return rules.flatMap(({ outcome: index }) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return [];
    const held = counts[index] ?? 0;
    const step = { at: outcome.at, version: outcome.version, reached, held };
    reached -= held;
    return [step];
  });
}

function drawReports(totals: Totals, risk: number): readonly Draws[] {
  const { plan, drawOutcomes, random, keyTest, recordedDraws } = totals;
  if (drawOutcomes === undefined) return [];
  const given = drawOutcomes.outcomes.map((outcome, index): Slotted => {
    const { version = "", at = "" } = plan.outcomes[outcome] ?? {};
    return { version, at, slots: drawOutcomes.slots[index] ?? 0 };
  });
  const { counts, sampled } = totals.countKeys();
  return [
    drawReport({ unit: "key", sampled, recorded: 0 }, given, counts, keyTest, risk),
    drawReport({ unit: "request", sampled: 1, recorded: recordedDraws }, given, random.counts, random, risk),
  ].filter(({ count }) => count > 0);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
