import { SLOTS, type Version } from "../../alias/index.ts";
import type { Reason } from "../../backend/index.ts";
import { type Draws, drawReport } from "../draws.ts";
import { type Exposure, exposureOf } from "../exposure.ts";
import { ratioTest } from "../statistics/ratio.ts";
import type { ServedTotals } from "./totals.ts";

/** Which versions answered, beside the alias. Plain data. */
export interface Served {
  /** Requests that tell the version which answered, and those that do not. */
  readonly told: number;
  readonly untold: number;
  /** Requests that were answered by a version which the alias does not have, and up to 20 of these versions. */
  readonly unknown: { readonly requests: number; readonly versions: readonly Version[] };
  /** From what the alias decides to what was served, in the order of the alias. */
  readonly ways: readonly Way[];
  /** Requests of which the alias leaves nothing to chance, and those of them that got the alias's version. */
  readonly compared: number;
  readonly agreed: number;
  /**
   * Requests that no rule claims, beside the weights: a key counts once, with the version that answered it first, and requests
   * without a key count one by one. Where nothing is split, one version has all of the weight.
   */
  readonly draws: readonly ServedDraws[];
  /** Of the sticky keys that come to the split, the number that more than one version answered; undefined where there are none. */
  readonly mixedKeys: { readonly count: number; readonly of: number } | undefined;
  /** The versions that answered users and sessions. The last of `versions` is that of all which the alias does not have, named "". */
  readonly users: Exposure | undefined;
  readonly sessions: Exposure | undefined;
}

/** Requests of which the alias decides one thing and another, or the same, was served. */
export interface Way {
  /** Undefined where a random draw decides, which cannot be made again. */
  readonly from: { readonly version: Version; readonly reason: Reason } | undefined;
  /** Undefined for versions that the alias does not have. */
  readonly to: Version | undefined;
  readonly requests: number;
}

/** What was served at the split. `verdict` and `sequential` compare the versions that the split can give. */
export interface ServedDraws extends Draws {
  /** Keys, or requests, that a version answered which the split cannot give, or which the alias does not have. `count` leaves them out. */
  readonly impossible: number;
  /** Whether what was served is no more than chance from the weights, by both tests, and nothing impossible. */
  readonly fits: boolean;
  /** Whether it would fit whatever had been served: so few cannot refute the weights. */
  readonly tooFew: boolean;
}

/** What was served, as it is reported; undefined where no request tells. `requests` counts all. */
export function servedOf(totals: ServedTotals, requests: number, risk: number): Served | undefined {
  const { plan, cells } = totals;
  const told = sum(cells);
  if (told === 0) return undefined;
  const { versions, outcomes } = plan;
  const width = outcomes.length + 1;
  const names = [...versions, ""];
  const ways = Array.from({ length: width }, (_, from) => from).flatMap((from) =>
    names.flatMap((name, to): readonly Way[] => {
      const outcome = outcomes[from];
      const count = cells[to * width + from] ?? 0;
      if (count === 0) return [];
      const decided = outcome && { version: outcome.version, reason: outcome.reason };
      return [{ from: decided, to: to === versions.length ? undefined : name, requests: count }];
    }),
  );
  const compared = ways.filter(({ from }) => from !== undefined);
  return {
    told,
    untold: requests - told,
    unknown: { requests: sum(cells.slice(versions.length * width)), versions: [...totals.unknown.keys()] },
    ways: summed(ways),
    compared: total(compared),
    agreed: total(compared.filter(({ from, to }) => from?.version === to)),
    ...splitOf(totals, risk),
    users: exposureOf(plan, names, totals.users.close()),
    sessions: exposureOf(plan, names, totals.sessions.close()),
  };
}

/** Several outcomes may have the same version and reason: they are one way. */
function summed(ways: readonly Way[]): readonly Way[] {
  const sums = new Map<string, Way>();
  for (const way of ways) {
    const name = JSON.stringify([way.from, way.to]);
    sums.set(name, { ...way, requests: way.requests + (sums.get(name)?.requests ?? 0) });
  }
  return [...sums.values()];
}

function splitOf(totals: ServedTotals, risk: number): Pick<Served, "draws" | "mixedKeys"> {
  const { arms, keys, keyTest, requestTest } = totals;
  const { observed, mixed, held } = totals.countKeys();
  const ofKeys = totals.armCounts(observed);
  const draws = [
    judged(
      drawReport({ unit: "key", sampled: 2 ** -keys.level, recorded: 0 }, arms, ofKeys.counts, keyTest, risk),
      ofKeys.impossible,
      risk,
    ),
    judged(
      drawReport({ unit: "request", sampled: 1, recorded: 0 }, arms, requestTest.counts, requestTest, risk),
      totals.impossibleRequests,
      risk,
    ),
  ].filter(({ count, impossible }) => count + impossible > 0);
  return { draws, mixedKeys: held === 0 ? undefined : { count: mixed, of: held } };
}

export function judged(draws: Draws, impossible: number, risk: number): ServedDraws {
  const fits = draws.verdict.chance && !draws.sequential.alarm && impossible === 0;
  return { ...draws, impossible, fits, tooFew: fits && isTooFew(draws, risk) };
}

/** Whether not even the unlikeliest, that the smallest arm gets everything, would be more than chance. */
function isTooFew({ arms, count }: Draws, risk: number): boolean {
  if (arms.length < 2) return false;
  const smallest = arms.reduce((least, arm, index) => (arm.slots < (arms[least]?.slots ?? 0) ? index : least), 0);
  return ratioTest(
    arms.map((_, index) => (index === smallest ? count : 0)),
    arms.map(({ slots }) => slots / SLOTS),
    risk,
  ).chance;
}

function total(ways: readonly Way[]): number {
  return sum(ways.map(({ requests }) => requests));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
