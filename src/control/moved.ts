import { formatPercent } from "../document/index.ts";
import { SLOTS } from "../alias/index.ts";
import { movement } from "../prove/index.ts";
import { Fault } from "./fault.ts";
import type { AliasBody, Moved } from "./record.ts";

/** Cases that the proofs of one change may look at, so that no body keeps the server busy for long. */
const EFFORT = 20_000;

/** What moves when an alias says something else. Its name is the seed of its stickiness. */
export function movedBy(name: string, before: AliasBody, after: AliasBody): Moved {
  const { moved, least, redrawn, shifts, unchanged, undecided } = movement({ name, ...before }, { name, ...after }, { effort: EFFORT });
  return { slots: redrawn ? SLOTS : moved, least, redrawn, shifts: shifts.length, unchanged, undecided };
}

/**
 * Refuses a change that moves a larger share of the split than the limit, in percent. Requests that rules decide are not counted, because
 * nobody knows how many there are.
 * @throws Fault FSS.0428
 */
export function checkMoved({ slots, redrawn }: Moved, limit: number | undefined): void {
  if (limit === undefined || slots <= limit * (SLOTS / 100)) return;
  const what = redrawn ? "every user is drawn again" : `${formatPercent(slots / SLOTS)} of the split would move`;
  throw new Fault("FSS.0428", `${what}, and this service lets one change move ${limit} %: move in smaller steps`);
}
