import { fieldName } from "../request/index.ts";
import type { ParseOptions } from "../alias/index.ts";
import { type Compilable, drawAt, leastMoves, movesOf, type Plan, planOf, type Run, slotsOf } from "../plan/index.ts";
import { type Answer, type Answers, answersOf, type Difference, differenceAt } from "./difference.ts";
import { keyedValues } from "./keyed-values.ts";
import { type Draw, type Overlay, overlays, type Part } from "./overlay.ts";
import { type Effort, search } from "./region.ts";
import { type Values, valuesOf, witnessOf } from "./witness.ts";

/**
 * Whether two configs route alike. `equivalent` is a proof: for every request that can be read, both name the same version for
 * every draw that is given, and have the same shares without one. `different` has a request that was run on both. `unknown`:
 * neither a proof nor a request was found.
 */
export type Equivalence =
  | { readonly kind: "equivalent" }
  | ({ readonly kind: "different" } & Difference)
  | { readonly kind: "unknown"; readonly why: string };

/** How to read the configs, and how much work a proof may take. */
export interface ProofOptions extends ParseOptions {
  /** The number of cases that all searches together may look at. The default is 50,000. */
  readonly effort?: number;
}

/** Bounds the time of a proof. For 64 `and` strategies of 16 or 156 rules over distinct headers, `analyze` takes no case at all. */
export const EFFORT = 50_000;

const EQUIVALENT: Equivalence = { kind: "equivalent" };
const UNDECIDED: Equivalence = { kind: "unknown", why: "the search took more than its effort" };
const UNSHOWN: Equivalence = { kind: "unknown", why: "no key was found that the two sticky draws tell apart" };

/**
 * Proves that two configs route alike, or finds a small request that shows they do not. Only versions are compared; names,
 * reasons and pointers may differ.
 * @throws ConfigError with everything that is wrong with a config
 */
export function equivalent(before: Compilable, after: Compilable, options: ProofOptions = {}): Equivalence {
  return compare(planOf(before, options), planOf(after, options), { left: options.effort ?? EFFORT });
}

/** The same for plans, within an effort that others may share. */
export function compare(before: Plan, after: Plan, effort: Effort): Equivalence {
  const answers = answersOf(before, after);
  let unknown: Equivalence | undefined;
  for (const overlay of overlays(before, after)) {
    const { given, own } = compareOverlay(answers, overlay, effort);
    for (const compared of [given, own]) {
      if (compared.kind === "different") return compared;
      if (compared.kind === "unknown") unknown ??= compared;
    }
  }
  return unknown ?? EQUIVALENT;
}

/** Two parts of plans, compared for draws that the caller gives, and for draws of the routes' own. */
export interface ComparedOverlay {
  readonly given: Equivalence;
  readonly own: Equivalence;
}

/**
 * Compares what two plans do with the requests that come to one part of each. A difference is the smallest request found that
 * shows it; with `stays`, the smallest that comes to these parts.
 */
export function compareOverlay(answers: Answers, overlay: Overlay, effort: Effort, stays = false): ComparedOverlay {
  const { region, before, after } = overlay;
  const slot = firstMove(before.given, after.given);
  const differs = canDiffer(before, after);
  if (slot === undefined && !differs) return { given: EQUIVALENT, own: EQUIVALENT };
  const found = search(region, effort);
  if (found.kind === "empty") return { given: EQUIVALENT, own: EQUIVALENT };
  if (found.kind === "unknown") return { given: slot === undefined ? EQUIVALENT : UNDECIDED, own: differs ? UNDECIDED : EQUIVALENT };
  const values = valuesOf(region.alphabet, found.letters);
  return {
    given: slot === undefined ? EQUIVALENT : givenDifference(answers, overlay, values, slot),
    own: differs ? ownDifference(answers, overlay, values, stays) : EQUIVALENT,
  };
}

/** The first slot whose version changes. */
function firstMove(before: readonly Run[], after: readonly Run[]): number | undefined {
  return movesOf(before, after).find(({ from, to }) => from !== to)?.first;
}

/** Whether some draw of the routes' own can differ. */
function canDiffer({ draw: one, drawn }: Part, { draw: other, drawn: next }: Part): boolean {
  if (one.kind === "certain" && other.kind === "certain") return one.version !== other.version;
  // Where the slots of a version are does not matter at random.
  if (one.kind === "random" && other.kind === "random") return leastMoves(slotsOf(drawn), slotsOf(next)) > 0;
  if (one.kind !== "key" || other.kind !== "key" || drawsOtherwise(one, other)) return true;
  return firstMove(drawn, next) !== undefined;
}

/** Whether two keys have slots of their own: they are of two fields, or hashed otherwise. */
export function drawsOtherwise(one: Draw & { readonly kind: "key" }, other: Draw & { readonly kind: "key" }): boolean {
  return fieldName(one.field) !== fieldName(other.field) || one.sticky.seed !== other.sticky.seed || one.sticky.hash !== other.sticky.hash;
}

/** The difference for a draw in a slot; seen without one where neither part has anything to draw. */
function givenDifference(answers: Answers, { before, after }: Overlay, values: Values, slot: number): Equivalence {
  const request = witnessOf(values);
  const draws = [drawAt(slot), undefined];
  if (before.given.length === 1 && after.given.length === 1) draws.reverse();
  return differenceAt(answers, request, draws[0]) ?? differenceAt(answers, request, draws[1]) ?? UNSHOWN;
}

function ownDifference(answers: Answers, overlay: Overlay, values: Values, stays: boolean): Equivalence {
  const { before, after } = overlay;
  const isHere = (one: Answer, other: Answer): boolean =>
    before.outcomes.includes(one.decision.index) && after.outcomes.includes(other.decision.index);
  for (const keyed of keyedValues(overlay, values)) {
    const difference = differenceAt(answers, witnessOf(keyed), undefined, stays ? isHere : undefined);
    if (difference !== undefined) return difference;
  }
  return UNSHOWN;
}
