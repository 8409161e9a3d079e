import type { Pointer } from "../document/index.ts";
import type { Field, NodeRequest } from "../request/index.ts";
import type { StickyHash, Version } from "../alias/index.ts";
import type { Outcome, Plan } from "../plan/index.ts";

/**
 * Why a version was chosen. `rule`: a strategy holds. `split`: the draw picked it. `default`: no strategy holds, and there
 * is nothing to split or no sticky key. `error`: the request cannot be read, or the draw is none.
 */
export type Reason = Outcome["reason"];

/**
 * The answer of a route: frozen, one object for each possible outcome, made when the alias is compiled.
 * `at` points to what decided; `index` numbers the outcomes from 0, for counters.
 */
export interface Decision<V extends Version = Version> {
  readonly version: V;
  readonly reason: Reason;
  readonly at: Pointer;
  readonly index: number;
}

/**
 * A compiled alias. Never throws. `draw`, a number in [0, 1), replaces the alias's own draw; anything else in its place
 * (but undefined) is answered with the primary and the reason `error`, where a draw is needed at all.
 */
export interface Route<R = NodeRequest, V extends Version = Version> {
  (request: R, draw?: number): Decision<V>;
  readonly plan: Plan;
  readonly decisions: readonly Decision<V>[];
}

/** What one rule of a strategy found in the request. */
export interface Step {
  /** The rule. */
  readonly at: Pointer;
  readonly field: Field;
  readonly expected: readonly string[];
  /** The value that the request has; undefined if it has none. */
  readonly actual: string | undefined;
  /** Why the field could not be read. */
  readonly failure?: string;
  readonly holds: boolean;
}

/** What one strategy found in the request. `tried` is false if an earlier strategy, or an error, had already decided. */
export interface StrategyStep {
  readonly at: Pointer;
  readonly version: Version;
  readonly combine: "and" | "or";
  readonly tried: boolean;
  readonly holds: boolean;
  readonly rules: readonly Step[];
}

/** Where a draw came from: the caller, the random source, or the sticky key that was hashed. */
export type DrawSource =
  | { readonly kind: "given" | "random" }
  | {
      readonly kind: "sticky";
      readonly at: Pointer;
      readonly field: Field;
      readonly key: string;
      readonly seed: string;
      /** The hash that the alias names, and the 32 bits that it gave. */
      readonly algorithm: StickyHash;
      readonly hash: number;
    };

/** One arm of the split, in slots from `from` up to, not including, `until`. */
export interface ArmStep {
  readonly version: Version;
  readonly at: Pointer;
  readonly from: number;
  readonly until: number;
}

/** A decision with everything that led to it. Routing the same request with `draw.value` gives the same decision. */
export interface Explanation<V extends Version = Version> {
  readonly decision: Decision<V>;
  /** Undefined if there was no draw. `slot` is undefined if the draw is not valid. */
  readonly draw: { readonly value: unknown; readonly slot: number | undefined; readonly from: DrawSource } | undefined;
  readonly steps: readonly StrategyStep[];
  /** The layout of the split by slots; empty if nothing is split. */
  readonly arms: readonly ArmStep[];
  /** What went wrong, for the reason `error`. */
  readonly failure?: string;
}
