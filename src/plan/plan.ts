import type { Pointer } from "../document/index.ts";
import type { Field } from "../request/index.ts";
import type { StickyHash, Version } from "../alias/index.ts";

/** Holds if the field is present and equals one of the values. `at` points to the rule of the config. */
export interface Match {
  readonly field: Field;
  readonly values: readonly string[];
  readonly at: Pointer;
}

/** A list of matches: every one of them must hold (`all`), or at least one (`any`). An alias cannot express more. */
export interface Test {
  readonly kind: "all" | "any";
  readonly matches: readonly Match[];
}

/** Why a route answers as it does, in the order in which it comes to them. */
export const REASONS: readonly Outcome["reason"][] = ["rule", "split", "default", "error"];

/** One answer that a route can give, with the reason. `at` points to the part of the config that decides. */
export interface Outcome {
  readonly version: Version;
  readonly reason: "rule" | "split" | "default" | "error";
  readonly at: Pointer;
  /** The position in `Plan.outcomes`. */
  readonly index: number;
}

/** If the test holds, the outcome with this number is the answer. */
export interface Rule {
  readonly test: Test;
  readonly outcome: number;
}

/** Consecutive slots with one outcome: from the end of the arm before it up to, not including, `until`. */
export interface Arm {
  readonly until: number;
  readonly outcome: number;
}

/** A sticky draw: the first field that is present and not empty is hashed after the seed, by the hash that the alias names. */
export interface Sticky {
  readonly keys: readonly { readonly field: Field; readonly at: Pointer }[];
  readonly seed: string;
  readonly hash: StickyHash;
  /** The outcome of a request without any of the keys, or a random draw. */
  readonly missing: number | "random";
}

/** What is left to decide where no rule holds: nothing, or which arm the draw falls into. */
export type Split =
  | { readonly kind: "fixed"; readonly outcome: number }
  | { readonly kind: "arms"; readonly arms: readonly Arm[]; readonly sticky: Sticky | undefined };

/**
 * What an alias means: a list of rules and then a split. The first rule that holds names the outcome; otherwise the draw
 * picks an arm. Plain data: it can be printed, sent as JSON, structured-cloned, and compiled elsewhere.
 */
export interface Plan {
  readonly kind: "plan";
  readonly name: string | undefined;
  /** Every version that the alias names: the primary, then the others by rank. */
  readonly versions: readonly Version[];
  readonly outcomes: readonly Outcome[];
  readonly rules: readonly Rule[];
  readonly split: Split;
  /** The outcome of a request that cannot be read, and of a draw that is not valid. */
  readonly error: number;
}

/** One match. */
export function match(field: Field, values: readonly string[], at: Pointer): Match {
  return { field, values, at };
}

/** A test that holds where every match does; without matches, always. */
export function all(...matches: readonly Match[]): Test {
  return { kind: "all", matches };
}

/** A test that holds where at least one match does; without matches, never. */
export function any(...matches: readonly Match[]): Test {
  return { kind: "any", matches };
}

/** Whether two plans are the same, part by part. */
export function isSamePlan(one: Plan, other: Plan): boolean {
  return isSame(one, other);
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const parts = Object.entries(one);
  return (
    parts.length === Object.keys(other).length &&
    parts.every(([key, part]) => isSame(part, (other as { readonly [key: string]: unknown })[key]))
  );
}
