import { SLOTS, type Version } from "../alias/index.ts";
import { leastMoves, movesOf, ownersOf, type Run, runsOf, slotsOf } from "../plan/index.ts";
import { type Assumptions, assumptionsOf } from "./assumptions.ts";
import type { Mark, Rollout, Stage } from "../rollout/index.ts";
import { designEffect, sizeForTwoSamples } from "./statistics/power.ts";

/** Assumptions about the traffic and the fault to detect. Results that depend on a missing one are undefined. */
export interface ForecastOptions extends Partial<Assumptions> {
  /** Requests a second that reach the split. */
  readonly requestsPerSecond?: number;
  /** Requests of one user in an hour. */
  readonly requestsPerUserHour?: number;
}

/** What moves from one stage to the next, in slots of 10,000. A slot is 0.01 % of the users, if users keep their draws. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly moved: number;
  /** The least number that must move to reach these shares: half the sum of the differences. */
  readonly minimum: number;
  readonly matrix: readonly { readonly from: Version; readonly to: Version; readonly slots: number }[];
  /** Slots that move to the canary, and away from it. */
  readonly joined: number;
  readonly left: number;
  /** Slots that return to a version that they had in an earlier stage. */
  readonly returned: number;
}

/** The forecast of one stage. */
export interface StageForecast {
  readonly name: string;
  readonly seconds: number | undefined;
  /** What happens meanwhile that does not split requests. */
  readonly marks: readonly Mark[];
  /** The slots of each version. Requests that a rule decides are not counted. */
  readonly slots: Readonly<Record<Version, number>>;
  /** The canary's slots. */
  readonly canary: number;
  /** Requests in this stage. */
  readonly requests: number | undefined;
  /** For a random split with a cookie that keeps users on a version. */
  readonly affinity: Affinity | undefined;
  /** Undefined if one of the two versions has no traffic. */
  readonly detection: Detection | undefined;
}

/** Users who are on the canary at the end of a stage if a random split sets a cookie, as parts of 1. */
export interface Affinity {
  /** Requests of a user within the stage. */
  readonly requests: number;
  /** If only the canary sets the cookie, so that everyone who draws it stays: 1 − Π (1 − w)^k over the stages so far. */
  readonly canaryCookie: number;
  /** If both versions set it: a user who is there from the first stage on keeps the version of the first draw. */
  readonly bothCookies: number;
}

/** When the difference in the error rate can be detected. */
export interface Detection {
  /** The needed requests to the split, and how many of them reach the canary. Rounded up. */
  readonly requests: number;
  readonly canary: number;
  /**
   * By how much they grow because the requests of a user are alike: 1 + (m − 1) ρ. It is 1 if the draw is random: the requests of
   * a user are then on both sides of the comparison.
   */
  readonly designEffect: number;
  readonly seconds: number | undefined;
  /** Whether the stage is long enough; undefined if its length or the rate is not known. */
  readonly within: boolean | undefined;
}

/** The forecast of a rollout, for requests that reach the split. Plain data. */
export interface Forecast {
  /** Whether users keep their draws. If not, every request is drawn again, and shares move, not users. */
  readonly sticky: boolean;
  /** Whether a stage has a draw that users keep: only there does the design effect count. */
  readonly clustered: boolean;
  /** What each `detection` rests on. */
  readonly assumptions: Assumptions;
  readonly stages: readonly StageForecast[];
  readonly transitions: readonly Transition[];
  /** Slots that move, over all transitions. */
  readonly moved: number;
  /** The sum of the least that each transition must move. */
  readonly minimum: number;
  /** The least that must move in a single step from the first stage to the last. */
  readonly direct: number;
  /** Slots that leave a version and come back to it: A → B → A. */
  readonly bounced: number;
  /** Seconds of all stages; undefined if a person must resume one. */
  readonly seconds: number | undefined;
}

/**
 * Computes what can be said about a rollout without a simulation.
 * @throws RangeError with every assumption that is out of range
 */
export function forecast({ stages, canary }: Rollout, options: ForecastOptions = {}): Forecast {
  const assumptions = assumptionsOf(options);
  const versions = [...new Set(stages.flatMap(({ plan }) => plan.versions))];
  const runs = stages.map(({ plan }) => runsOf(plan));
  const slots = runs.map(slotsOf);
  const layouts = runs.map(ownersOf);
  const transitions = stages.slice(1).map(({ name }, index): Transition => {
    const [before, after] = [runs[index] ?? [], runs[index + 1] ?? []];
    const earlier = layouts.slice(0, index + 1);
    return {
      from: stages[index]?.name ?? "",
      to: name,
      ...moved(before, after, canary),
      returned: (layouts[index + 1] ?? []).filter(
        (to, slot) => to !== earlier.at(-1)?.[slot] && earlier.some((layout) => layout[slot] === to),
      ).length,
    };
  });
  const paths = Array.from({ length: SLOTS }, (_, slot) => layouts.map((layout) => layout[slot]));
  const inner = stages.slice(1).filter(({ name }) => name !== "promoted");
  return {
    sticky: stages.every(({ plan: { split } }) => split.kind === "fixed" || split.sticky !== undefined),
    clustered: stages.some(({ plan: { split } }) => split.kind === "arms" && split.sticky !== undefined),
    assumptions,
    stages: forecastStages(stages, slots, versions, canary, assumptions, options),
    transitions,
    moved: total(transitions.map((each) => each.moved)),
    minimum: total(transitions.map(({ minimum }) => minimum)),
    direct: leastMoves(slots[0] ?? new Map(), slots.at(-1) ?? new Map()),
    bounced: paths.filter(bounces).length,
    seconds: inner.some(({ seconds }) => seconds === undefined) ? undefined : total(inner.map(({ seconds }) => seconds ?? 0)),
  };
}

/**
 * The share of users on the canary after k requests each, if every request is drawn with the share w and only the canary sets a
 * cookie that keeps its users: 1 − (1 − w)^k. The share grows: with w = 10 % it is 88 % after 20 requests.
 */
export function affinityShare(weight: number, requests: number): number {
  return -Math.expm1(requests * Math.log1p(-weight));
}

/** What moves between two layouts, and the least that must move. */
function moved(before: readonly Run[], after: readonly Run[], canary: Version): Omit<Transition, "from" | "to" | "returned"> {
  const matrix = movesOf(before, after).flatMap(({ from, to, slots }) => (from === to ? [] : [{ from, to, slots }]));
  const sum = (moves: typeof matrix): number => total(moves.map(({ slots }) => slots));
  return {
    moved: sum(matrix),
    minimum: leastMoves(slotsOf(before), slotsOf(after)),
    matrix,
    joined: sum(matrix.filter(({ to }) => to === canary)),
    left: sum(matrix.filter(({ from }) => from === canary)),
  };
}

/** Whether a sequence of versions returns to one that it had left. */
export function bounces(path: readonly unknown[]): boolean {
  return path.some((version, index) => index > 0 && version !== path[index - 1] && path.indexOf(version) < index);
}

function forecastStages(
  stages: readonly Stage[],
  slots: readonly ReadonlyMap<Version, number>[],
  versions: readonly Version[],
  canary: Version,
  assumptions: Assumptions,
  options: ForecastOptions,
): readonly StageForecast[] {
  const { requestsPerSecond, requestsPerUserHour } = options;
  let untouched = 1;
  let first: number | undefined;
  return stages.map((stage, index) => {
    const { name, seconds, marks } = stage;
    const own = slots[index];
    const canarySlots = own?.get(canary) ?? 0;
    const share = canarySlots / SLOTS;
    const requests = seconds === undefined || requestsPerUserHour === undefined ? undefined : (requestsPerUserHour * seconds) / 3_600;
    if (index > 0 && requests !== undefined && requests > 0) first ??= share;
    if (requests !== undefined) untouched *= 1 - affinityShare(share, requests);
    return {
      name,
      seconds,
      marks,
      slots: Object.fromEntries(versions.map((version) => [version, own?.get(version) ?? 0])),
      canary: canarySlots,
      requests: seconds === undefined || requestsPerSecond === undefined ? undefined : seconds * requestsPerSecond,
      affinity: requests === undefined ? undefined : { requests, canaryCookie: 1 - untouched, bothCookies: first ?? share },
      detection: detectionOf(share, stage, assumptions, requestsPerSecond),
    };
  });
}

function detectionOf(
  share: number,
  { plan: { split }, seconds }: Stage,
  { errorRate, difference, alpha, power, correlation, requestsPerUser }: Assumptions,
  requestsPerSecond: number | undefined,
): Detection | undefined {
  if (share <= 0 || share >= 1) return undefined;
  const effect = split.kind === "arms" && split.sticky !== undefined ? designEffect(requestsPerUser, correlation) : 1;
  const size = effect * sizeForTwoSamples(errorRate + difference, errorRate, { alpha, power }, (1 - share) / share);
  const requests = Math.ceil(size / share);
  const needed = requestsPerSecond === undefined ? undefined : requests / requestsPerSecond;
  const within = needed === undefined || seconds === undefined ? undefined : needed <= seconds;
  return { requests, canary: Math.ceil(size), designEffect: effect, seconds: needed, within };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
