import type { Pointer } from "../document/index.ts";
import { type Field, fieldName, nodeReader, type NodeRequest, textOf, toRequest, valueIn } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { all, type Match, type Plan, slotsOf, type Test } from "../plan/index.ts";
import { testHolds } from "../backend/index.ts";
import { alphabetOf } from "./alphabet.ts";
import { type Answers, answersOf } from "./difference.ts";
import { keyedValues } from "./keyed-values.ts";
import { type Literal, literalOf, OTHER, otherLetters } from "./letters.ts";
import { type Part, partsOf } from "./overlay.ts";
import { constrain, type Effort, everything, narrow, type Region, search } from "./region.ts";
import { smallest, valuesOf, type Witness, witnessOf } from "./witness.ts";

/** Which requests a law is about: those with every value of `when`, and without those that have every value of one of `unless`. */
export interface Scope {
  readonly when: readonly Match[];
  readonly unless: readonly (readonly Match[])[];
}

/** What must be true of every request in its scope, for every draw that the alias takes itself. */
export type Law = Scope &
  (
    | { readonly kind: "always" | "never"; readonly version: Version }
    /** `slots` of 10,000 at most. Of a sticky key the share is that of all keys. */
    | { readonly kind: "at-most"; readonly version: Version; readonly slots: number }
    /** Two requests with one value of the key get one version, whatever else they have. */
    | { readonly kind: "keeps"; readonly key: Field }
  );

/** A request that refutes a law, and what it gets: slots of 10,000 by version. */
export interface LawExample {
  readonly request: Witness;
  readonly got: Readonly<Record<Version, number>>;
}

/**
 * What is known of a law. `proved`: it is true of every request; `at` are the places that decide some of them. `refuted`: false of
 * these requests, which were run: one, or two with the same key. `vacuous`: no request is in its scope. `unknown`: neither was found.
 */
export type LawResult =
  | { readonly kind: "proved"; readonly at: readonly Pointer[] }
  | { readonly kind: "refuted"; readonly examples: readonly LawExample[] }
  | { readonly kind: "vacuous" | "unknown" };

/** Proves or refutes laws of a plan. `effort` is for each of them. */
export function judgeLaws(plan: Plan, laws: readonly Law[], effort: number): readonly LawResult[] {
  const alphabet = alphabetOf([plan, asPlan(plan, laws)], true);
  const answers = answersOf(plan, plan);
  return laws.map((law): LawResult => {
    const judging: Judging = { plan, law, answers, effort: { left: effort } };
    const scope = scopeOf(law, everything(alphabet));
    return scope === undefined
      ? { kind: "vacuous" }
      : law.kind === "keeps"
        ? judgeKeeps(judging, law.key, scope)
        : judgeEach(judging, scope);
  });
}

interface Judging {
  readonly plan: Plan;
  readonly law: Law;
  readonly answers: Answers;
  readonly effort: Effort;
}

/** A plan that asks what laws ask, so that its values are letters. */
function asPlan(plan: Plan, laws: readonly Law[]): Plan {
  const tests = laws.flatMap(({ when, unless }) => [when, ...unless]).map((matches) => ({ test: all(...matches), outcome: plan.error }));
  const keys = laws.flatMap((law) => (law.kind === "keeps" ? [{ field: law.key, at: "" }] : []));
  const arms = [{ until: SLOTS, outcome: plan.error }];
  return { ...plan, rules: tests, split: { kind: "arms", arms, sticky: { keys, seed: "", hash: "murmur3", missing: "random" } } };
}

function scopeOf({ when, unless }: Scope, within: Region): Region | undefined {
  const start: Region | undefined = narrow(within, all(...when), true);
  return unless.reduce((region, matches) => region && narrow(region, all(...matches), false), start);
}

/** The parts of a scope that some request comes to, each with its letters; `unsure` where the effort did not do. */
function reachedIn(
  { plan, effort }: Judging,
  scope: Region,
): { readonly parts: readonly (readonly [Part, Int32Array])[]; readonly unsure: boolean } {
  let unsure = false;
  const parts: (readonly [Part, Int32Array])[] = [];
  for (const part of partsOf(plan, scope)) {
    const found = search(part.region, effort);
    if (found.kind === "found") parts.push([part, found.letters]);
    else if (found.kind === "unknown") unsure = true;
  }
  return { parts, unsure };
}

/** A law that says something of each request by itself. */
function judgeEach(judging: Judging, scope: Region): LawResult {
  const { parts, unsure } = reachedIn(judging, scope);
  let open = unsure;
  for (const [part, left] of parts) {
    if (!canBreak(judging.law, part)) continue;
    const example = exampleIn(judging, part, left);
    if (example !== undefined) return { kind: "refuted", examples: [example] };
    open = true;
  }
  if (open) return { kind: "unknown" };
  return parts.length === 0 ? { kind: "vacuous" } : { kind: "proved", at: placesOf(parts) };
}

function placesOf(parts: readonly (readonly [Part, Int32Array])[]): readonly Pointer[] {
  return [...new Set(parts.map(([{ at }]) => at))];
}

/** The share of each version that the requests of a part get. Of a sticky key, those of all keys for `at-most`, else of some. */
function sharesOfPart({ draw, drawn }: Part): ReadonlyMap<Version, number> {
  return draw.kind === "certain" ? new Map([[draw.version, SLOTS]]) : slotsOf(drawn);
}

function canBreak(law: Law, part: Part): boolean {
  return law.kind === "at-most" ? breaks(law, allKeys(part)) : breaks(law, sharesOfPart(part));
}

function allKeys(part: Part): ReadonlyMap<Version, number> {
  return part.byRule ? sharesOfPart(part) : slotsOf(part.drawn);
}

/** Whether shares are what a law forbids. */
function breaks(law: Law, shares: ReadonlyMap<Version, number>): boolean {
  switch (law.kind) {
    case "always":
      return shares.get(law.version) !== SLOTS;
    case "never":
      return (shares.get(law.version) ?? 0) > 0;
    case "at-most":
      return (shares.get(law.version) ?? 0) > law.slots;
    case "keeps":
      return shares.size > 1;
  }
}

/** The smallest request found in a part that breaks the law when it is run. */
function exampleIn(judging: Judging, part: Part, left: Int32Array): LawExample | undefined {
  const { law, answers } = judging;
  const got = (request: Witness): ReadonlyMap<Version, number> => {
    const { decision, shares } = answers.before(request);
    // A share over all keys is that of the part, where the request is drawn in it.
    if (law.kind === "at-most" && !part.byRule && part.outcomes.includes(decision.index)) return allKeys(part);
    return new Map(Object.entries(shares));
  };
  const isExample = (request: Witness): boolean => isInScope(law, request) && breaks(law, got(request));
  for (const values of keyedValues({ region: part.region, before: part, after: part }, valuesOf(part.region.alphabet, left))) {
    const request = witnessOf(values);
    if (!isExample(request)) continue;
    const least = smallest(request, isExample);
    return { request: least, got: Object.fromEntries(got(least)) };
  }
  return undefined;
}

/** Whether a law is about a request. One of `keeps` is about those that have the key. */
function isInScope(law: Law, witness: Witness): boolean {
  const { when, unless } = law;
  const request = toRequest(witness);
  if (law.kind === "keeps" && (readField(law.key, request) ?? "") === "") return false;
  return holdsFor(all(...when), request) && !unless.some((matches) => holdsFor(all(...matches), request));
}

function holdsFor(test: Test, request: NodeRequest): boolean {
  return testHolds(test, (field) => readField(field, request));
}

function readField(field: Field, request: NodeRequest): string | undefined {
  const text = textOf(nodeReader, field, request.headers, request);
  return text === undefined ? undefined : valueIn(field, text);
}

/**
 * A law about two requests with one value of a key. For each class of values, all parts that it comes to must have one version, or
 * draw by that key alone.
 */
function judgeKeeps(judging: Judging, key: Field, scope: Region): LawResult {
  const { alphabet } = scope;
  const present = constrain(scope, [[otherLetters(alphabet.keyless(key))]]);
  if (present === undefined) return { kind: "vacuous" };
  const { parts, unsure } = reachedIn(judging, present);
  const { range } = alphabet.keyless(key);
  let open = unsure;
  for (const [part, left] of parts) {
    if (part.draw.kind !== "random") continue;
    const example = exampleIn(judging, part, left);
    if (example !== undefined) return { kind: "refuted", examples: [example] };
    open = true;
  }
  const empty = alphabet.keyless(key).bits;
  for (let letter = OTHER; letter < range.letters.length + 2; letter++) {
    if (((empty[letter >> 5] ?? 0) & (1 << (letter & 31))) !== 0) continue;
    const compared = sameVersion(judging, key, literalOf(range, [letter]), parts);
    if (compared === "unknown") open = true;
    else if (compared !== "same") return { kind: "refuted", examples: compared };
  }
  if (open) return { kind: "unknown" };
  return parts.length === 0 ? { kind: "vacuous" } : { kind: "proved", at: placesOf(parts) };
}

/** Whether requests with one of these values of the key get one version for each value. */
function sameVersion(
  { law, effort, answers }: Judging,
  key: Field,
  literal: Literal,
  parts: readonly (readonly [Part, Int32Array])[],
): "same" | "unknown" | readonly LawExample[] {
  let open = false;
  let first: { readonly part: Part; readonly left: Int32Array } | undefined;
  for (const [whole] of parts) {
    if (effort.left-- <= 0) return "unknown";
    const region = constrain(whole.region, [[literal]]);
    const found = region === undefined ? { kind: "empty" as const, cases: [] } : search(region, effort);
    if (found.kind === "unknown") open = true;
    if (found.kind !== "found" || region === undefined) continue;
    const part = { ...whole, region };
    first ??= { part, left: found.letters };
    if (alike(first.part, part, key)) continue;
    const pair = pairIn(law, answers, key, [first, { part, left: found.letters }]);
    if (pair !== undefined) return pair;
    open = true;
  }
  return open ? "unknown" : "same";
}

/** Whether two parts plainly give one version for one value of the key. */
function alike({ draw: one }: Part, { draw: other }: Part, key: Field): boolean {
  if (one.kind === "certain" && other.kind === "certain") return one.version === other.version;
  const byKey = (draw: Part["draw"]): boolean => draw.kind === "key" && fieldName(draw.field) === fieldName(key);
  return byKey(one) && byKey(other);
}

/** Two requests with one value of the key that get different versions when they are run. */
function pairIn(
  law: Law,
  answers: Answers,
  key: Field,
  sides: readonly { readonly part: Part; readonly left: Int32Array }[],
): readonly LawExample[] | undefined {
  const requests = sides.map(({ part, left }) => {
    const found: Witness[] = [];
    for (const values of keyedValues({ region: part.region, before: part, after: part }, valuesOf(part.region.alphabet, left)))
      found.push(witnessOf(values));
    return found;
  });
  const [ones = [], others = []] = requests;
  const versionOf = (request: Witness): string => JSON.stringify(answers.before(request).shares);
  const keyOf = (request: Witness): string | undefined => readField(key, toRequest(request));
  const isPair = (one: Witness, other: Witness): boolean =>
    keyOf(one) === keyOf(other) &&
    keyOf(one) !== undefined &&
    isInScope(law, one) &&
    isInScope(law, other) &&
    versionOf(one) !== versionOf(other);
  for (const one of ones)
    for (const other of others) {
      const pair = sameKey(key, one, other).find(([a, b]) => isPair(a, b));
      if (pair === undefined) continue;
      const left = smallest(pair[0], (each) => isPair(each, pair[1]));
      const right = smallest(pair[1], (each) => isPair(left, each));
      return [left, right].map((request) => ({ request, got: answers.before(request).shares }));
    }
  return undefined;
}

/** Two requests as they are, and each with the key of the other where it is a plain part of a request. */
function sameKey(key: Field, one: Witness, other: Witness): readonly (readonly [Witness, Witness])[] {
  return [
    [one, other],
    [one, withKey(key, other, one)],
    [withKey(key, one, other), other],
  ];
}

function withKey(key: Field, request: Witness, from: Witness): Witness {
  switch (key.kind) {
    case "header":
      return withValue(request, from, "headers", key.name);
    case "cookie":
      return withValue(request, from, "cookies", key.name);
    case "query":
      return withValue(request, from, "query", key.name);
    case "attribute":
      return withValue(request, from, "attributes", key.name);
    case "method":
    case "path":
      return from[key.kind] === undefined ? request : { ...request, [key.kind]: from[key.kind] };
    case "authority":
      return request;
  }
}

function withValue(request: Witness, from: Witness, group: "headers" | "cookies" | "query" | "attributes", name: string): Witness {
  const value = from[group]?.[name];
  return value === undefined ? request : { ...request, [group]: { ...request[group], [name]: value } };
}
