import { type Field, fieldName, nodeReader, toRequest } from "../request/index.ts";
import type { ParseOptions, StickyHash, Version } from "../alias/index.ts";
import { type Compilable, type Decider, drawAt, movesOf, type Outcome, type Plan, planOf, type Run, runsOf } from "../plan/index.ts";
import { compile, sharesOf } from "../route/index.ts";
import { alphabetOf, otherLetters } from "./alphabet.ts";
import { constrain, type Effort, everything, narrow, type Region, search } from "./region.ts";
import { lettersLeft, smallest, valuesOf, type Witness, witnessOf } from "./witness.ts";

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

/** Bounds the time of a proof. For 64 strategies of 16 rules `analyze` takes between 5,000 and 20,000 cases, and 0.12 s with everything else. */
export const EFFORT = 50_000;

const EQUIVALENT: Equivalence = { kind: "equivalent" };
const UNDECIDED: Equivalence = { kind: "unknown", why: "the search took more than its effort" };
const DEPENDENT: Equivalence = {
  kind: "unknown",
  why: "two fields read the same part of a request, and what was found cannot be made of it",
};
const UNTOLD: Equivalence = { kind: "unknown", why: "no key was found that the two sticky draws tell apart" };
const MANY_KEYS: Equivalence = { kind: "unknown", why: "there are too many sticky keys to try each with and without" };

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
  let unknown: Equivalence | undefined;
  for (const overlay of overlays(before, after)) {
    const compared = compareOverlay(before, after, overlay, effort);
    if (compared.kind === "different") return compared;
    if (compared.kind === "unknown") unknown ??= compared;
  }
  return unknown ?? EQUIVALENT;
}

/** What decides in each of two plans, and the requests that may come to both. */
export interface Overlay {
  readonly region: Region;
  readonly before: Decider;
  readonly after: Decider;
}

/** Every overlay of two plans that is not plainly empty. Together they hold every request. */
export function* overlays(before: Plan, after: Plan): Generator<Overlay> {
  for (const [region, one] of deciders(before, everything(alphabetOf([before, after]))))
    for (const [both, other] of deciders(after, region)) yield { region: both, before: one, after: other };
}

/** Each rule, and the split, with the requests of a region that may come to it. */
function* deciders({ rules }: Plan, within: Region): Generator<readonly [Region, Decider]> {
  let rest: Region | undefined = within;
  for (const rule of rules) {
    const held = narrow(rest, rule.test, true);
    if (held !== undefined) yield [held, rule];
    rest = narrow(rest, rule.test, false);
    if (rest === undefined) return;
  }
  yield [rest, "split"];
}

/** How a decider takes a draw of its own, for requests that have some keys and not others. */
type Draw =
  | { readonly kind: "none"; readonly version: Version }
  | { readonly kind: "random" }
  | { readonly kind: "sticky"; readonly seed: string; readonly hash: StickyHash; readonly field: Field };

function compareOverlay(before: Plan, after: Plan, { region, before: one, after: other }: Overlay, effort: Effort): Equivalence {
  const [left, right] = [runsOf(before, one), runsOf(after, other)];
  const slot = movesOf(left, right).find(({ from, to }) => from !== to)?.first;
  if (slot === undefined && sameDraws(before, after, one, other)) return EQUIVALENT;
  if (slot === undefined) return compareDraws(before, after, one, other, region, effort);
  const draw = left.length > 1 || right.length > 1 ? drawAt(slot) : undefined;
  return show(before, after, region, draw, effort);
}

/** A request of the region as a difference, once it has been run. */
function show(before: Plan, after: Plan, region: Region, draw: number | undefined, effort: Effort): Equivalence {
  const found = search(region, effort);
  if (found.kind === "empty") return EQUIVALENT;
  if (found.kind === "unknown") return UNDECIDED;
  const request = witnessOf(valuesOf(region.alphabet, found.left));
  return differenceAt(before, after, request, draw) ?? differenceAt(before, after, request, undefined) ?? DEPENDENT;
}

/** Whether two deciders with one layout plainly draw alike, whatever keys a request has. */
function sameDraws(before: Plan, after: Plan, one: Decider, other: Decider): boolean {
  return JSON.stringify(drawKinds(before, one)) === JSON.stringify(drawKinds(after, other));
}

/** How a decider comes to its draw: the sticky keys in their order, and what a request without any gets. */
function drawKinds(plan: Plan, decider: Decider): readonly Draw[] {
  const runs = runsOf(plan, decider);
  const { split, outcomes } = plan;
  if (decider !== "split" || split.kind === "fixed" || split.sticky === undefined) return [settled({ kind: "random" }, runs)];
  const { keys, seed, hash, missing } = split.sticky;
  const last: Draw = missing === "random" ? { kind: "random" } : { kind: "none", version: (outcomes[missing] as Outcome).version };
  const draws = [...keys.map(({ field }): Draw => ({ kind: "sticky", seed, hash, field })), last];
  const versions = new Set(draws.map((draw) => JSON.stringify(settled(draw, runs))));
  return versions.size === 1 ? [settled(last, runs)] : draws;
}

/** Where every slot has one version, it does not matter how one is drawn. */
function settled(draw: Draw, runs: readonly Run[]): Draw {
  const [only, another] = runs;
  return draw.kind === "none" || only === undefined || another !== undefined ? draw : { kind: "none", version: only.version };
}

/** So many fields that are keys are tried each with and without. */
const MOST_KEYS = 8;

function compareDraws(before: Plan, after: Plan, one: Decider, other: Decider, region: Region, effort: Effort): Equivalence {
  const [left, right] = [drawKinds(before, one), drawKinds(after, other)];
  const runs = runsOf(before, one);
  const fields = new Map(
    [...left, ...right].flatMap((draw) => (draw.kind === "sticky" ? [[fieldName(draw.field), draw.field] as const] : [])),
  );
  if (fields.size > MOST_KEYS) return MANY_KEYS;
  let unknown: Equivalence | undefined;
  const visit = (within: Region, rest: readonly Field[], absent: ReadonlySet<string>): Equivalence => {
    const [field, ...others] = rest;
    if (field === undefined) {
      const [here, there] = [settled(drawIn(left, absent), runs), settled(drawIn(right, absent), runs)];
      return compareDraw(before, after, here, there, within, effort);
    }
    const missing = within.alphabet.keyless(field);
    for (const [literal, without] of [
      [otherLetters(missing), absent],
      [missing, new Set([...absent, fieldName(field)])],
    ] as const) {
      const part = constrain(within, [[literal]]);
      const compared = part === undefined ? EQUIVALENT : visit(part, others, without);
      if (compared.kind === "different") return compared;
      if (compared.kind === "unknown") unknown ??= compared;
    }
    return EQUIVALENT;
  };
  const compared = visit(region, [...fields.values()], new Set());
  return compared.kind === "different" ? compared : (unknown ?? compared);
}

function drawIn(draws: readonly Draw[], absent: ReadonlySet<string>): Draw {
  return draws.find((draw) => draw.kind !== "sticky" || !absent.has(fieldName(draw.field))) as Draw;
}

/** Keys that are tried where two sticky draws may differ. By chance all agree once in 10^86 for an arm of 1 %, and once in 7 for one slot. */
const TRIED_KEYS = 10_000;

/** Two draws into one layout of more than one version, or into one version and something else. */
function compareDraw(before: Plan, after: Plan, left: Draw, right: Draw, region: Region, effort: Effort): Equivalence {
  if (JSON.stringify(left) === JSON.stringify(right)) return EQUIVALENT;
  if (left.kind !== "sticky" && right.kind !== "sticky") return show(before, after, region, undefined, effort);
  const found = search(region, effort);
  if (found.kind === "empty") return EQUIVALENT;
  if (found.kind === "unknown") return UNDECIDED;
  const keys = [left, right].flatMap((draw) => (draw.kind === "sticky" ? [draw.field] : []));
  const known = new Map(valuesOf(region.alphabet, found.left));
  const lists = keys.map((field) => lettersLeft(region.alphabet, found.left, field, TRIED_KEYS));
  const [one, other] = [compile(before, { random: () => 0 }), compile(after, { random: () => 0 })];
  const drawn = left.kind === "random" || right.kind === "random";
  for (let nth = 0; nth < Math.max(...lists.map(({ values }) => values.length)); nth++) {
    keys.forEach((_, key) => {
      const { values, place } = lists[key] as (typeof lists)[number];
      known.set(place, values[nth % values.length] ?? "");
    });
    const request = witnessOf(known);
    const made = toRequest(request);
    if (!drawn && one(made).version === other(made).version) continue;
    const difference = differenceAt(before, after, request, undefined);
    if (difference !== undefined) return difference;
    if (drawn) break;
  }
  return UNTOLD;
}

/** The difference of two plans at a request and draw, at the smallest request found that shows it; undefined where there is none. */
function differenceAt(before: Plan, after: Plan, request: Witness, draw: number | undefined): Equivalence | undefined {
  const run = (witness: Witness): readonly [Shares, Shares] => {
    const made = toRequest(witness);
    return [sharesOf(before, nodeReader, made, draw), sharesOf(after, nodeReader, made, draw)];
  };
  const differs = (witness: Witness): boolean => {
    const [one, other] = run(witness);
    return JSON.stringify(positive(one)) !== JSON.stringify(positive(other));
  };
  if (!differs(request)) return undefined;
  const least = smallest(request, differs);
  const [one, other] = run(least);
  return { kind: "different", request: least, draw, before: positive(one), after: positive(other) };
}

function positive(shares: Shares): Shares {
  return Object.fromEntries(
    Object.entries(shares)
      .filter(([, slots]) => slots > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
