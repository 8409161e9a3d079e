import type { Version } from "../../alias/index.ts";
import { type Compilable, planOf } from "../../plan/index.ts";
import type { Reason } from "../../backend/index.ts";
import { drawReport } from "../draws.ts";
import { emptyTest, lookAgain } from "../draw-test.ts";
import { SLOTS } from "../../alias/index.ts";
import { judged, type ServedDraws, type Way } from "./report.ts";
import { armsOf } from "./totals.ts";

/** How often a version answered. */
export interface ServedCount {
  readonly version: Version;
  /** Of users where the split is sticky, of requests where it is random: what one draw is taken for. A whole number, from 0. */
  readonly count: number;
  /** Why the alias decided so. Only `split` is compared with the weights. */
  readonly reason?: Reason;
  /** What the alias decides for these, where single answers were recorded. */
  readonly decided?: Version;
}

/** What counts say of an alias. */
export interface CountVerdict {
  /** What came to the split, beside the weights. Undefined where nothing did. */
  readonly split: ServedDraws | undefined;
  /** Counts that rules or defaults decided, and that are not compared with the weights. */
  readonly others: number;
  /** Counts of versions that the alias does not have, and these versions. */
  readonly unknown: { readonly count: number; readonly versions: readonly Version[] };
  /** From what the alias decides to what was served, where the counts tell. */
  readonly ways: readonly Way[];
  /** Of these, those that the alias leaves nothing to chance, and those that got its version. */
  readonly compared: number;
  readonly agreed: number;
  /** Whether nothing speaks against the alias: the split fits, every version is known, and what is compared agrees. */
  readonly fits: boolean;
}

/** Thrown for counts that cannot be compared with an alias. */
export class CountError extends Error {
  override readonly name: string = "CountError";
}

/**
 * Judges counts of what was served. Without reasons, versions that the split cannot give are taken for those of rules.
 * `risk` is the p-value below which a difference is no chance; the default is 0.0005, as for `simulate`.
 * @throws CountError where a rule gives a version of the split too and no reason tells the two apart, or nothing was counted
 * @throws ConfigError with everything that is wrong with the config
 */
export function judgeCounts(
  config: Compilable,
  counts: readonly ServedCount[],
  { risk = 0.0005 }: { readonly risk?: number } = {},
): CountVerdict {
  const plan = planOf(config);
  const arms = armsOf(plan);
  const inSplit = new Set(arms.map(({ version }) => version));
  const told = counts.some(({ reason }) => reason !== undefined);
  const both = plan.rules.map(({ outcome }) => plan.outcomes[outcome]?.version ?? "").find((version) => inSplit.has(version));
  if (!told && both !== undefined) throw new CountError(`a strategy and the split both give \`${both}\`, and no reason tells them apart`);
  if (counts.every(({ count }) => count === 0)) throw new CountError("nothing was counted");

  const isKnown = ({ version }: ServedCount): boolean => plan.versions.includes(version);
  const isDrawn = (each: ServedCount): boolean => (told ? each.reason === "split" : inSplit.has(each.version));
  const drawn = counts.filter((each) => isKnown(each) && isDrawn(each));
  const byArm = arms.map(({ version }) => total(drawn.filter((each) => each.version === version)));
  const impossible = total(drawn.filter(({ version }) => !inSplit.has(version)));
  const test = emptyTest(arms.length);
  lookAgain(
    test,
    total(drawn),
    byArm,
    arms.map(({ slots }) => slots / SLOTS),
    undefined,
  );
  const unit = plan.split.kind === "arms" && plan.split.sticky !== undefined ? "key" : "request";
  const split =
    drawn.length === 0 || total(drawn) === 0
      ? undefined
      : judged(drawReport({ unit, sampled: 1, recorded: 0 }, arms, byArm, test, risk), impossible, risk);

  const unknown = counts.filter((each) => !isKnown(each) && each.count > 0);
  const ways = waysOf(counts, new Set(plan.versions));
  const certain = ways.filter(({ from }) => from !== undefined);
  const compared = sum(certain.map(({ requests }) => requests));
  const agreed = sum(certain.filter(({ from, to }) => from?.version === to).map(({ requests }) => requests));
  return {
    split,
    others: total(counts.filter((each) => isKnown(each) && !isDrawn(each))),
    unknown: { count: total(unknown), versions: [...new Set(unknown.map(({ version }) => version))] },
    ways,
    compared,
    agreed,
    fits: split?.fits !== false && unknown.length === 0 && agreed === compared,
  };
}

/** Counts that tell what the alias decides; where they tell no reason, it is taken for a rule's. */
function waysOf(counts: readonly ServedCount[], versions: ReadonlySet<Version>): readonly Way[] {
  return counts.flatMap(({ version, count, reason = "rule", decided }) =>
    decided === undefined || count === 0
      ? []
      : [{ from: { version: decided, reason }, to: versions.has(version) ? version : undefined, requests: count }],
  );
}

function total(counts: readonly ServedCount[]): number {
  return sum(counts.map(({ count }) => count));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
