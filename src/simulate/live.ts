import { SLOTS, type Version } from "../alias/index.ts";
import { look, type Sequential, UNSEEN } from "./statistics/sequential.ts";

/** Requests that the draw gave a version, since its gateway began. */
export interface LiveCount {
  /** Whatever tells one gateway from another; "" where there is one. */
  readonly gateway: string;
  readonly version: Version;
  readonly count: number;
}

/** What the counters of gateways say of one alias at one moment. */
export interface LiveSample {
  readonly counts: readonly LiveCount[];
  /** The slots of each version, which are 10,000 together, in all of the gateways. */
  readonly slots: ReadonlyMap<Version, number>;
}

/** A split that is looked at while traffic flows: what was drawn since its weights were first seen. */
export interface LiveSplit {
  /** Of the weights that are tested. */
  readonly slots: ReadonlyMap<Version, number>;
  readonly drawn: ReadonlyMap<Version, number>;
  /** The test that may be looked at as often as one likes. `p` is the smallest so far. */
  readonly test: Sequential;
  /** Draws of versions that have no slot. */
  readonly impossible: number;
  /** How often the weights have changed, which begins the test anew. */
  readonly changes: number;
  /** The counters at the last look, by gateway and then by version. */
  readonly last: ReadonlyMap<string, ReadonlyMap<Version, number>>;
}

/**
 * One more look at a split. What was drawn between two looks with the same weights was drawn by them. So the first look, one with other
 * weights, and the first at a gateway only say where counting begins; and a gateway with a counter that is lower than before has begun anew,
 * perhaps with older weights.
 */
export function lookLive(before: LiveSplit | undefined, { slots, counts }: LiveSample): LiveSplit {
  const last = new Map<string, Map<Version, number>>();
  for (const { gateway, version, count } of counts)
    last.set(gateway, (last.get(gateway) ?? new Map<Version, number>()).set(version, count));
  if (before === undefined || !haveSameWeights(before.slots, slots))
    return { slots, drawn: new Map(), test: UNSEEN, impossible: 0, changes: before === undefined ? 0 : before.changes + 1, last };
  const drawn = new Map(before.drawn);
  for (const [gateway, now] of last) {
    const then = before.last.get(gateway);
    if (then === undefined || [...then].some(([version, count]) => (now.get(version) ?? 0) < count)) continue;
    for (const [version, count] of now) {
      const fresh = count - (then.get(version) ?? 0);
      if (fresh > 0) drawn.set(version, (drawn.get(version) ?? 0) + fresh);
    }
  }
  const arms = [...slots].filter(([, width]) => width > 0);
  const seen = arms.map(([version]) => drawn.get(version) ?? 0);
  const shares = arms.map(([, width]) => width / SLOTS);
  const all = [...drawn.values()].reduce((sum, count) => sum + count, 0);
  const possible = seen.reduce((sum, count) => sum + count, 0);
  const test = arms.length > 1 && possible > before.test.count ? look(before.test, seen, shares) : before.test;
  return { slots, drawn, test, impossible: all - possible, changes: before.changes, last };
}

/** The risk of a false alarm over all aliases and for ever, in parts of 1: that of `simulate`. */
export const LIVE_RISK = 0.0005;

/**
 * Whether a split does not fit its weights, or gave a version that has none. The risk is divided by the number of splits that are judged,
 * so that all of them together have the whole (Bonferroni).
 */
export function isAlarm({ impossible, test }: LiveSplit, judged: number): boolean {
  return impossible > 0 || test.p <= LIVE_RISK / Math.max(1, judged);
}

/** Whether the same versions have the same slots; one without slots is as good as none. */
export function haveSameWeights(one: ReadonlyMap<Version, number>, other: ReadonlyMap<Version, number>): boolean {
  const weights = (slots: ReadonlyMap<Version, number>): string => JSON.stringify([...slots].filter(([, width]) => width > 0).toSorted());
  return weights(one) === weights(other);
}
