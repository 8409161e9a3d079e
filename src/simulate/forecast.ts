import { SLOTS, type Version } from "../alias/index.ts";
import { leastMoves, movesOf, ownersOf, type Run, runsOf, slotsOf } from "../plan/index.ts";
import type { Rollout } from "./rollout/rollout.ts";
import type { Mark, Stage } from "./rollout/track.ts";
import { sizeForTwoSamples } from "./statistics/power.ts";

/** What is supposed of the traffic and of the fault that is looked for. All may be left out; what depends on it is then undefined. */
export interface ForecastOptions {
  /** Requests a second that come to the split. */
  readonly requestsPerSecond?: number;
  /** Requests that one user makes in an hour. */
  readonly requestsPerUserHour?: number;
  /** The share of requests that fail as things are, in (0, 1). 0.01 where left out. */
  readonly errorRate?: number;
  /** How much more would fail, as a part of all requests: 0.01 is one percent point. 0.01 where left out. */
  readonly difference?: number;
  /** The risk of an alarm without a cause, two-sided. 0.05 where left out. */
  readonly alpha?: number;
  /** The probability that the difference is seen if it is there. 0.8 where left out. */
  readonly power?: number;
}

/** From one stage to the next, in slots of 10,000: for users who keep a draw, each slot is 0.01 % of them. */
export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly moved: number;
  /** The least that has to move for these shares: half the sum of the differences. */
  readonly minimum: number;
  readonly matrix: readonly { readonly from: Version; readonly to: Version; readonly slots: number }[];
  /** Slots that come to the canary, and that leave it. */
  readonly joined: number;
  readonly left: number;
  /** Slots that return to a version which they had left before. */
  readonly returned: number;
}

/** What one stage means, by arithmetic alone. */
export interface StageForecast {
  readonly name: string;
  readonly seconds: number | undefined;
  /** What happens meanwhile that does not split requests. */
  readonly marks: readonly Mark[];
  /** The slots of each version. Rules come before the split, and whom they claim is not counted here. */
  readonly slots: Readonly<Record<Version, number>>;
  /** The canary's slots. */
  readonly canary: number;
  /** Requests in this stage. */
  readonly requests: number | undefined;
  /** Where users keep a version by a cookie in place of a draw. */
  readonly affinity: Affinity | undefined;
  /** Undefined where there is nothing to compare: one of the two has no traffic. */
  readonly detection: Detection | undefined;
}

/** Users who are on the canary at the end of a stage if a random split sets a cookie, as parts of 1. */
export interface Affinity {
  /** Requests of a user within the stage. */
  readonly requests: number;
  /** Only the canary sets the cookie: everyone who ever drew it stays. 1 − Π (1 − w)^k over the stages so far. */
  readonly canaryCookie: number;
  /** Both versions set one: a user who is there from the first stage on keeps what its first draw was. */
  readonly bothCookies: number;
}

/** When the difference in the error rate is seen. */
export interface Detection {
  /** Requests to the split, to either version, and the canary's part of them. */
  readonly requests: number;
  readonly canary: number;
  readonly seconds: number | undefined;
  /** Whether the stage is long enough; undefined where that is not known. */
  readonly within: boolean | undefined;
}

/** What a rollout means for those who are split. Plain data. */
export interface Forecast {
  /** Whether a user keeps a draw. If not, every request is drawn anew, and what moves is shares, not users. */
  readonly sticky: boolean;
  readonly stages: readonly StageForecast[];
  readonly transitions: readonly Transition[];
  /** Slots that move, over all transitions. */
  readonly moved: number;
  /** The sum of what each transition has to move. */
  readonly minimum: number;
  /** What would have to move in one step from the first stage to the last. */
  readonly direct: number;
  /** Slots that leave a version and come back to it: A → B → A. */
  readonly bounced: number;
  /** Seconds over all stages; undefined where someone has to resume. */
  readonly seconds: number | undefined;
}

/** Everything about a rollout that can be computed and need not be simulated. */
export function forecast({ stages, canary }: Rollout, options: ForecastOptions = {}): Forecast {
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
    stages: forecastStages(stages, slots, versions, canary, options),
    transitions,
    moved: total(transitions.map((each) => each.moved)),
    minimum: total(transitions.map(({ minimum }) => minimum)),
    direct: leastMoves(slots[0] ?? new Map(), slots.at(-1) ?? new Map()),
    bounced: paths.filter(bounces).length,
    seconds: inner.some(({ seconds }) => seconds === undefined) ? undefined : total(inner.map(({ seconds }) => seconds ?? 0)),
  };
}

/**
 * The share of users on the canary after k requests each, where a share of w is drawn anew at every request and only the
 * canary sets a cookie that keeps its users: 1 − (1 − w)^k. It does not stay at w: of 10 % become 88 % after 20 requests.
 */
export function affinityShare(weight: number, requests: number): number {
  return -Math.expm1(requests * Math.log1p(-weight));
}

/** What moves between two layouts, beside the least that must. */
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

/** Whether a version is left and met again later. */
export function bounces(path: readonly unknown[]): boolean {
  return path.some((version, index) => index > 0 && version !== path[index - 1] && path.indexOf(version) < index);
}

function forecastStages(
  stages: readonly Stage[],
  slots: readonly ReadonlyMap<Version, number>[],
  versions: readonly Version[],
  canary: Version,
  options: ForecastOptions,
): readonly StageForecast[] {
  const { requestsPerSecond, requestsPerUserHour } = options;
  let untouched = 1;
  let first: number | undefined;
  return stages.map(({ name, seconds, marks }, index) => {
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
      detection: detectionOf(share, seconds, options),
    };
  });
}

function detectionOf(
  share: number,
  seconds: number | undefined,
  { requestsPerSecond, errorRate = 0.01, difference = 0.01, alpha = 0.05, power = 0.8 }: ForecastOptions,
): Detection | undefined {
  if (share <= 0 || share >= 1) return undefined;
  const canary = sizeForTwoSamples(errorRate + difference, errorRate, { alpha, power }, (1 - share) / share);
  const requests = canary / share;
  const needed = requestsPerSecond === undefined ? undefined : requests / requestsPerSecond;
  return { requests, canary, seconds: needed, within: needed === undefined || seconds === undefined ? undefined : needed <= seconds };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
