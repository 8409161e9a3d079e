import { toRequest } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { type Plan, type Run, runsOf, slotsOf } from "../plan/index.ts";
import type { Decision } from "../backend/index.ts";
import { compile } from "../route/index.ts";
import { smallest, type Witness } from "./witness.ts";

/** A request, and a draw if one is needed, for which two configs decide differently. */
export interface Difference {
  readonly request: Witness;
  /** The draw to pass to the route; undefined if the difference is seen without one. */
  readonly draw: number | undefined;
  /** The exact shares before and after, in slots of 10,000. Versions without a share are not listed. */
  readonly before: Shares;
  readonly after: Shares;
}

type Shares = Readonly<Record<Version, number>>;

/** What a plan answers to a request: what it decides for the lowest draw, and what it gives over all draws. */
export interface Answer {
  readonly decision: Decision;
  readonly shares: Shares;
  readonly runs: readonly Run[];
}

/** What two plans answer. They are compiled when they are first asked. */
export interface Answers {
  readonly before: (request: Witness, draw?: number) => Answer;
  readonly after: (request: Witness, draw?: number) => Answer;
}

/** What two plans answer. */
export function answersOf(before: Plan, after: Plan): Answers {
  return { before: answering(before), after: answering(after) };
}

function answering(plan: Plan): (request: Witness, draw?: number) => Answer {
  let compiled: ((request: Witness, draw?: number) => Answer) | undefined;
  const make = (): ((request: Witness, draw?: number) => Answer) => {
    let isRandom = false;
    const random = (): number => {
      isRandom = true;
      return 0;
    };
    const route = compile(plan, { random });
    const runs = runsOf(plan);
    const split = sharesIn(slotsOf(runs));
    return (request, draw) => {
      isRandom = false;
      const decision = route(toRequest(request), draw);
      if (isRandom) return { decision, shares: split, runs };
      const { version } = decision;
      return { decision, shares: { [version]: SLOTS }, runs: [{ until: SLOTS, version }] };
    };
  };
  return (request, draw) => (compiled ??= make())(request, draw);
}

/** Shares by the names of versions, so that the same ones are the same text. */
function sharesIn(slots: ReadonlyMap<Version, number>): Shares {
  return Object.fromEntries([...slots].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The difference of two plans at a request and draw, at the smallest request found that shows it and of which something else
 * is true; undefined where there is none.
 */
export function differenceAt(
  { before, after }: Answers,
  request: Witness,
  draw: number | undefined,
  also: (before: Answer, after: Answer, request: Witness) => boolean = () => true,
): ({ readonly kind: "different" } & Difference) | undefined {
  const differs = (witness: Witness): boolean => {
    const [one, other] = [before(witness, draw), after(witness, draw)];
    return JSON.stringify(one.shares) !== JSON.stringify(other.shares) && also(one, other, witness);
  };
  if (!differs(request)) return undefined;
  const least = smallest(request, differs);
  return { kind: "different", request: least, draw, before: before(least, draw).shares, after: after(least, draw).shares };
}
