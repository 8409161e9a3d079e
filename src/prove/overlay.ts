import type { Pointer } from "../document/index.ts";
import { type Field, fieldName } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { type Outcome, type Plan, type Run, runsOf, type Sticky } from "../plan/index.ts";
import { alphabetOf } from "./alphabet.ts";
import { literalOf, OTHER, otherLetters } from "./letters.ts";
import { constrain, everything, narrow, type Region } from "./region.ts";

/** Requests that a plan decides alike. */
export interface Part {
  readonly region: Region;
  /** What decides: a pointer to a strategy, or `/version` for the split. */
  readonly at: Pointer;
  readonly byRule: boolean;
  /** The numbers of the outcomes that these requests can have. */
  readonly outcomes: readonly number[];
  /** What each draw gets that the caller gives. */
  readonly given: readonly Run[];
  /** What a draw of the route's own gets. Of a sticky key, over all keys. */
  readonly drawn: readonly Run[];
  readonly draw: Draw;
  /** So many of the plan's sticky keys, from the first on, have none of these requests. */
  readonly passed: number;
}

/** How a request comes to its version without a draw that is given. */
export type Draw =
  /** It is certain: by a rule, by a key that the plan mentions, or because there is nothing to draw. */
  | { readonly kind: "certain"; readonly version: Version }
  | { readonly kind: "random" }
  /** By a key that no plan mentions: there is one for every slot. */
  | { readonly kind: "key"; readonly field: Field; readonly sticky: Sticky };

/** What decides in each of two plans, and the requests that come to both. */
export interface Overlay {
  readonly region: Region;
  readonly before: Part;
  readonly after: Part;
}

/**
 * Every overlay of two plans that is not plainly empty. Together they hold every request, each once. Those of two splits are left out from when
 * `isSettled` says so.
 */
export function* overlays(before: Plan, after: Plan, isSettled: () => boolean = () => false): Generator<Overlay> {
  // Of 10,000 keys, each would be looked for among all of the other plan.
  const shared = sharedKeys(keysOf(before), keysOf(after));
  for (const one of partsOf(before, everything(alphabetOf([before, after], true))))
    for (const other of partsOf(after, one.region, Math.min(one.passed, shared))) {
      if (!one.byRule && !other.byRule && isSettled()) break;
      yield { region: other.region, before: one, after: other };
    }
}

function keysOf({ split }: Plan): readonly Field[] {
  return split.kind === "arms" ? (split.sticky?.keys ?? []).map(({ field }) => field) : [];
}

/** How many keys two lists begin with alike. */
function sharedKeys(ones: readonly Field[], others: readonly Field[]): number {
  const differing = ones.findIndex((field, index) => {
    const other = others[index];
    return other === undefined || fieldName(field) !== fieldName(other);
  });
  return differing === -1 ? ones.length : differing;
}

/** The requests of a region, by what decides them. `passed` tells how many of the first sticky keys none of them has. */
export function* partsOf(plan: Plan, within: Region, passed = 0): Generator<Part> {
  let rest: Region | undefined = within;
  for (const rule of plan.rules) {
    const { at, version } = plan.outcomes[rule.outcome] as Outcome;
    const region = narrow(rest, rule.test, true);
    const runs = runsOf(plan, rule);
    const outcomes = [rule.outcome];
    if (region !== undefined)
      yield { region, at, byRule: true, outcomes, given: runs, drawn: runs, draw: { kind: "certain", version }, passed: 0 };
    rest = narrow(rest, rule.test, false);
    if (rest === undefined) return;
  }
  yield* splitParts(plan, rest, passed);
}

/** The requests that come to the split: by each key, those that the plans mention and others, and without a key. */
function* splitParts(plan: Plan, within: Region, passed: number): Generator<Part> {
  const { split } = plan;
  const given = runsOf(plan);
  const sticky = split.kind === "arms" ? split.sticky : undefined;
  const ends = split.kind === "arms" ? split.arms.map(({ outcome }) => outcome) : [split.outcome];
  const keys = sticky?.keys ?? [];
  let key = passed;
  const part = (region: Region, draw: Draw, drawn = given, outcomes = ends): Part => ({
    region,
    at: "/version",
    byRule: false,
    outcomes,
    given,
    drawn,
    draw,
    passed: key,
  });
  const [only, another] = given;
  const sure: Draw | undefined = only !== undefined && another === undefined ? { kind: "certain", version: only.version } : undefined;
  let rest = within;
  for (; key < keys.length; key++) {
    const { field } = keys[key] as (typeof keys)[number];
    const keyless = rest.alphabet.keyless(field);
    const keyed = constrain(rest, [[otherLetters(keyless)]]);
    if (keyed !== undefined && sure !== undefined) yield part(keyed, sure);
    else if (keyed !== undefined && sticky !== undefined) {
      for (const [version, literal] of rest.alphabet.drawn(plan, field)) {
        const mentioned = constrain(keyed, [[literal]]);
        if (mentioned !== undefined) yield part(mentioned, { kind: "certain", version });
      }
      const others = constrain(keyed, [[literalOf(keyless.range, [OTHER])]]);
      if (others !== undefined) yield part(others, { kind: "key", field, sticky });
    }
    const without = constrain(rest, [[keyless]]);
    if (without === undefined) return;
    rest = without;
  }
  if (typeof sticky?.missing !== "number") yield part(rest, sure ?? { kind: "random" });
  else {
    const { version } = plan.outcomes[sticky.missing] as Outcome;
    yield part(rest, { kind: "certain", version }, [{ until: SLOTS, version }], [sticky.missing]);
  }
}
