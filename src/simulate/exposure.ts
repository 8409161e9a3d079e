import { SLOTS, type Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { drawnSlots, drawOutcomesOf } from "./split.ts";
import { type Interval, wilson } from "./statistics/interval.ts";
import { type Summary, WITHIN } from "./summary.ts";

/** Which versions users, or sessions, were exposed to. */
export interface Exposure {
  /** All of them. Where memory does not hold them it is an estimate from an even sample, of which `counted` tells the size. */
  readonly count: number;
  readonly counted: number;
  /** Requests of one: the mean, and the mean weighted by them, Σ m² / Σ m, which the design effect takes. */
  readonly requestsEach: { readonly mean: number; readonly weighted: number };
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

/** The exposure of all in a summary, or of one in 2^`level`. `versions` are those of the summary, by their index. */
export function exposureOf(
  plan: Plan,
  versions: readonly Version[],
  { summary, level }: { readonly summary: Summary; readonly level: number },
): Exposure | undefined {
  if (summary.count === 0) return undefined;
  const drawOutcomes = drawOutcomesOf(plan);
  const anew = drawOutcomes !== undefined && drawOutcomes.keys.length === 0;
  const slots = [...drawnSlots(plan).values()];
  const repeat = (draws: number): number => slots.reduce((total, width) => total + (width / SLOTS) ** draws, 0);
  return {
    count: summary.count * 2 ** level,
    counted: summary.count,
    requestsEach: { mean: part(summary.requests, summary.count), weighted: part(summary.squares, summary.requests) },
    versions: versions.map((version, index) => {
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

/** A part of a whole; 0 where there is none. */
export function part(count: number, whole: number): number {
  return whole === 0 ? 0 : count / whole;
}
