import type { Pointer } from "../document/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Reason } from "../backend/index.ts";
import type { Span } from "./course.ts";
import { drawnSlots } from "./split.ts";
import { binomialTest } from "./statistics/binomial.ts";
import { chiSquareTest } from "./statistics/chi-square.ts";
import { type Interval, wilson } from "./statistics/interval.ts";
import type { Sequential } from "./statistics/sequential.ts";
import { type Summary, WITHIN } from "./summary.ts";
import type { Totals } from "./totals.ts";
import type { LogFormat } from "./traffic/traffic.ts";
import type { MalformedLine, SkippedLines } from "./traffic/visit.ts";

/** What a version got, in requests. Shares are parts of 1. */
export interface VersionShare {
  readonly version: Version;
  readonly requests: number;
  readonly share: number;
  /**
   * The share if the requests that came to the draw were divided exactly by the weights; what leaves nothing to chance counts
   * as it is.
   */
  readonly expected: number;
  /** How many of them the draw gave it. */
  readonly drawn: number;
}

/** One strategy in the order in which they are tried. */
export interface FunnelStep {
  readonly at: Pointer;
  readonly version: Version;
  /** Requests that came to it: none before it held. */
  readonly reached: number;
  /** Requests that it held for. */
  readonly held: number;
}

/** Whether what was observed is what the weights say. */
export interface Verdict {
  /** `binomial` is exact and for two arms; `chi-square` is for more. */
  readonly test: "binomial" | "chi-square";
  readonly p: number;
  /** Whether p is at least the risk: no more than chance. */
  readonly chance: boolean;
}

/** The draws of one kind, beside the weights. */
export interface Draws {
  /** What one draw is taken for: a request where it is random, a key where it is sticky. That is what the tests count. */
  readonly unit: "request" | "key";
  /** The units that were tested. Of keys that memory would have to hold and does not, these are a sample: `sampled` is then below 1. */
  readonly count: number;
  readonly sampled: number;
  readonly arms: readonly Arm[];
  readonly verdict: Verdict;
  /** The test that may be looked at at any time. `alarm` where it has ever reached the risk. */
  readonly sequential: Sequential & { readonly alarm: boolean };
  /**
   * The same draws one stretch of traffic after the other, at most 24 of them: how many each of `arms` got in it, and how many
   * requests there had been at its end. Stretches without a draw are left out. A key counts where it comes first; beyond what
   * memory holds of keys there is no more.
   */
  readonly course: readonly Span[];
}

/** One of what a draw can give. */
export interface Arm {
  readonly version: Version;
  readonly at: Pointer;
  /** Of 10,000: its exact share. */
  readonly slots: number;
  readonly count: number;
  readonly share: number;
  /** Wilson's, at 95 %. */
  readonly interval: Interval;
}

/** Which versions users, or sessions, were exposed to. */
export interface Exposure {
  /** All of them. Where memory does not hold them it is an estimate from an even sample, of which `counted` tells the size. */
  readonly count: number;
  readonly counted: number;
  /** The parts of them that a version answered at least once: they may sum to more than 1. */
  readonly versions: readonly { readonly version: Version; readonly count: number; readonly share: number; readonly interval: Interval }[];
  /** The part that more than one version answered, by rules or by the draw. */
  readonly several: Share;
  /** Of those that came to the draw, the part that it gave more than one version: they are mixed. */
  readonly mixed: Share & {
    /** That part if every draw is taken anew: 1 − Σ pᵢⁿ for n draws. Undefined where the draw is sticky. */
    readonly expected: number | undefined;
  };
  /** The same of those with at least `within` draws, and within these. */
  readonly curve: readonly (Share & { readonly within: number; readonly expected: number | undefined })[];
}

/** A part of a whole. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly share: number;
  readonly interval: Interval;
}

/** What came of traffic and an alias. Plain data; the same seed gives the same. */
export interface Simulation {
  readonly seed: string;
  readonly plan: Plan;
  readonly requests: number;
  /** Whether it was stopped before the traffic had ended. */
  readonly partial: boolean;
  readonly lines: Lines;
  /** The format of the log; undefined where the traffic is no log, or nothing was read of it. */
  readonly format: LogFormat | undefined;
  readonly versions: readonly VersionShare[];
  readonly reasons: readonly { readonly version: Version; readonly reason: Reason; readonly at: Pointer; readonly requests: number }[];
  readonly funnel: readonly FunnelStep[];
  /** The most frequent first. `value` is undefined for requests without one; `rest` marks all those beyond the first thousand values. */
  readonly segments: readonly {
    readonly value: string | undefined;
    readonly rest: boolean;
    readonly requests: number;
    readonly versions: readonly VersionShare[];
  }[];
  /** Random draws, sticky ones, or both where a missing key is drawn at random. */
  readonly draws: readonly Draws[];
  /** Undefined where the traffic does not tell users apart. */
  readonly users: Exposure | undefined;
  readonly sessions: Exposure | undefined;
  /** What the log says was answered; undefined where it does not say. */
  readonly recorded: RecordedReport | undefined;
}

/** The lines of a log, empty ones and comments too; all 0 for other traffic. */
export interface Lines {
  readonly read: number;
  /** Lines that are not in the format of the log, and the first of them. */
  readonly malformed: number;
  readonly first: readonly MalformedLine[];
  /** The malformed lines as a part of all but empty lines and comments. */
  readonly share: number;
  /** Lines that are in the format but hold no request that reached a server, and why: those with most lines first. */
  readonly skipped: number;
  readonly skippedFor: readonly SkippedLines[];
}

/** Recorded answers beside the alias's. */
export interface RecordedReport {
  /** Requests of which the alias leaves nothing to chance, and those of them that got the alias's version. */
  readonly compared: number;
  readonly agreed: number;
  /** Requests that come to a random draw, by the recorded version, beside the weights. `slots` is 0 for a version the draw cannot give. */
  readonly drawn: readonly { readonly version: Version; readonly count: number; readonly slots: number }[];
  readonly verdict: Verdict | undefined;
}

/** What is known beside the totals. */
export interface ReportContext {
  readonly seed: string;
  readonly partial: boolean;
  readonly lines: Lines;
  readonly format: LogFormat | undefined;
  readonly risk: number;
}

/** The totals as they are reported. */
export function reportOf(totals: Totals, { seed, partial, lines, format, risk }: ReportContext): Simulation {
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
    versions: versionShares(plan, counts),
    reasons: plan.outcomes.map(({ version, reason, at, index }) => ({ version, reason, at, requests: counts[index] ?? 0 })),
    funnel: funnelOf(plan, counts, requests),
    segments: [...segments.toSorted((a, b) => b.requests - a.requests), ...(rest.requests > 0 ? [rest] : [])],
    draws: drawReports(totals, risk),
    users: exposureOf(totals, totals.users.close()),
    sessions: exposureOf(totals, totals.sessions.close()),
    recorded: recordedOf(totals, risk),
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

/** Requests that cannot be read come to no strategy. */
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
  const { drawOutcomes, random, keyTest } = totals;
  if (drawOutcomes === undefined) return [];
  const found: Draws[] = [];
  const add = (unit: Draws["unit"], counts: readonly number[], sampled: number, { test, course }: Totals["random"]): void => {
    const count = sum(counts);
    if (count === 0) return;
    const arms = drawOutcomes.outcomes.map((outcome, index): Arm => {
      const { version = "", at = "" } = totals.plan.outcomes[outcome] ?? {};
      const got = counts[index] ?? 0;
      return { version, at, slots: drawOutcomes.slots[index] ?? 0, count: got, share: got / count, interval: wilson(got, count) };
    });
    const sequential = { ...test, alarm: test.p <= risk };
    found.push({ unit, count, sampled, arms, verdict: verdictOf(counts, drawOutcomes.shares, risk), sequential, course: course.spans() });
  };
  const { counts, sampled } = totals.countKeys();
  add("key", counts, sampled, keyTest);
  add("request", random.counts, 1, random);
  return found;
}

/** Compares counts with shares that sum to 1: exactly where there are two. */
function verdictOf(counts: readonly number[], shares: readonly number[], risk: number): Verdict {
  const [first = 0] = counts;
  const [share = 1] = shares;
  if (shares.length <= 2) {
    const p = binomialTest(first, sum(counts), share);
    return { test: "binomial", p, chance: p >= risk };
  }
  const { p } = chiSquareTest(counts, shares);
  return { test: "chi-square", p, chance: p >= risk };
}

function exposureOf(totals: Totals, { summary, level }: { readonly summary: Summary; readonly level: number }): Exposure | undefined {
  if (summary.count === 0) return undefined;
  const { plan, drawOutcomes } = totals;
  const anew = drawOutcomes !== undefined && drawOutcomes.keys.length === 0;
  const slots = [...drawnSlots(plan).values()];
  const repeat = (draws: number): number => slots.reduce((total, width) => total + (width / SLOTS) ** draws, 0);
  return {
    count: summary.count * 2 ** level,
    counted: summary.count,
    versions: plan.versions.map((version, index) => {
      const count = summary.exposed[index] ?? 0;
      return { version, count: count * 2 ** level, share: part(count, summary.count), interval: wilson(count, summary.count) };
    }),
    several: shareOf(summary.several, summary.count),
    mixed: { ...shareOf(summary.turned, summary.drawn), expected: anew ? part(summary.expected, summary.drawn) : undefined },
    curve: WITHIN.flatMap((within, index) => {
      const of = summary.reached[index] ?? 0;
      if (of === 0) return [];
      return [{ within, ...shareOf(summary.turnedBy[index] ?? 0, of), expected: anew ? 1 - repeat(within) : undefined }];
    }),
  };
}

function shareOf(count: number, of: number): Share {
  return { count, of, share: part(count, of), interval: wilson(count, of) };
}

function recordedOf({ recorded, plan, drawOutcomes }: Totals, risk: number): RecordedReport | undefined {
  const { compared, agreed, drawn } = recorded;
  if (compared === 0 && drawn.size === 0) return undefined;
  const slots = drawnSlots(plan);
  const versions = new Set([...plan.versions.filter((version) => (slots.get(version) ?? 0) > 0), ...drawn.keys()]);
  const rows = [...versions].map((version) => ({ version, count: drawn.get(version) ?? 0, slots: slots.get(version) ?? 0 }));
  const tested = drawOutcomes === undefined || drawn.size === 0 ? undefined : rows;
  const verdict =
    tested &&
    verdictOf(
      tested.map(({ count }) => count),
      tested.map((row) => row.slots / SLOTS),
      risk,
    );
  return { compared, agreed, drawn: drawn.size === 0 ? [] : rows, verdict };
}

function part(count: number, whole: number): number {
  return whole === 0 ? 0 : count / whole;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
