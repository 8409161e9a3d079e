import { type Code, type Diagnostic, formatPercent, plural, type Pointer, shown } from "../document/index.ts";
import { SLOTS } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";
import { EFFORT, judgeLaws, type Movement } from "../prove/index.ts";

/** Limits on what one update may do. None holds where it is left out. */
export interface GuardRails {
  /**
   * The largest share of the split that one update of an alias may move, in percent. Where every user is drawn again, all of it
   * counts as moved. Requests that rules decide are not counted, because nobody knows how many there are.
   */
  readonly maxMoved?: number;
  /** The most aliases that one update may change, add or remove. An update with more is held as a whole. */
  readonly maxChanged?: number;
  /** Whether an alias that no request can get the primary version of is refused. It is, too, where the effort for the proof does not do. */
  readonly keepPrimary?: boolean;
}

/** @throws RangeError for a limit that is no number in its range */
export function checkRails({ maxMoved, maxChanged }: GuardRails): void {
  if (maxMoved !== undefined && !(maxMoved >= 0 && maxMoved <= 100)) throw new RangeError("`maxMoved` is a percentage, from 0 to 100");
  if (maxChanged !== undefined && !(Number.isSafeInteger(maxChanged) && maxChanged >= 0))
    throw new RangeError("`maxChanged` is a whole number of aliases, from 0");
}

/** What `maxMoved` says about a change; undefined where it lets it through. The movement is computed only where there is a limit. */
export function movedTooMuch({ maxMoved }: GuardRails, movementOf: () => Movement): Diagnostic | undefined {
  if (maxMoved === undefined) return undefined;
  const { moved, redrawn } = movementOf();
  const slots = redrawn ? SLOTS : moved;
  if (slots <= maxMoved * (SLOTS / 100)) return undefined;
  const what = redrawn ? "every user is drawn again" : `${formatPercent(slots / SLOTS)} of the split would move`;
  return held(
    "moves-too-many",
    "",
    `${what}, and \`maxMoved\` is ${maxMoved} %`,
    "move in smaller steps, or raise `maxMoved` for this one",
  );
}

/** What `keepPrimary` says about an alias. */
export function losesPrimary({ keepPrimary }: GuardRails, plan: Plan): Diagnostic | undefined {
  if (keepPrimary !== true) return undefined;
  const [primary = ""] = plan.versions;
  const [result] = judgeLaws(plan, [{ kind: "never", version: primary, when: [], unless: [] }], EFFORT);
  if (result?.kind === "refuted") return undefined;
  const message =
    result?.kind === "unknown"
      ? `it is not known whether a request gets the primary ${shown(primary)}`
      : `no request gets the primary ${shown(primary)}`;
  return held("primary-unreachable", "/version", message, "leave the primary a part of the split, or a strategy");
}

/** What `maxChanged` says about an update that changes so many aliases. */
export function changedTooMany({ maxChanged }: GuardRails, changed: number, removed: number): Diagnostic | undefined {
  if (maxChanged === undefined || changed <= maxChanged) return undefined;
  const gone = removed === 0 ? "" : ` (it would remove ${removed})`;
  const message = `the update changes ${plural(changed, "alias", "aliases")}${gone}, and \`maxChanged\` is ${maxChanged}`;
  return held("changes-too-many", "", message, "change fewer at once, or raise `maxChanged` for this one");
}

function held(code: Code, at: Pointer, message: string, help: string): Diagnostic {
  return { code, severity: "error", at, message, help };
}
