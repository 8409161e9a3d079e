import { type Field, fieldName, toRequest } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { drawAt, type Match, movesOf, type Run, runsOf, type Test } from "../plan/index.ts";
import {
  alphabetOf,
  type Difference,
  EFFORT,
  everything,
  narrow,
  type Region,
  search,
  smallest,
  valuesOf,
  type Witness,
  witnessOf,
} from "../prove/index.ts";
import { type Edit, type Row, rowOf, type Subject, sharesIn, type Variant, answerOf } from "./variant.ts";

/** Finds requests that tell a variant from the config by changing a field or two of requests that are known. */
export interface Examples {
  /** A request that shows the difference, run on both; undefined where none of those that were tried does. Made small when it is asked for. */
  readonly difference: (variant: Variant) => (() => Difference) | undefined;
}

/** A value for each field that is present, by the name of the field. */
type Parts = ReadonlyMap<string, readonly [field: Field, value: string]>;

/** Fields of requests that are made to try them, over all variants: 0.3 µs each, so 15 s. */
const TRIED_FIELDS = 50_000_000;

/** So many values of a match are tried, and so many values of a sticky key: a weight of 1 % is missed by 1 in 100 such keys. */
const TRIED_VALUES = 16;
const TRIED_KEYS = 460;

/** The examples of a subject. The searches for the first requests begin when one is needed. */
export function examplesOf(subject: Subject): Examples {
  let known: Known | undefined;
  let left = TRIED_FIELDS;
  return {
    difference: (variant) => {
      known ??= knownOf(subject);
      for (const parts of triesFor(subject, known, variant)) {
        left -= parts.size + 1;
        if (left < 0) return undefined;
        const request = requestOf(parts);
        const draw = drawFor(subject, variant, request);
        if (draw !== "alike") return () => differenceOf(subject, variant, request, draw);
      }
      return undefined;
    },
  };
}

/** Requests that are known: for each test one that comes to it and for which it holds, and one for which it fails, and one that comes to the split. */
interface Known {
  readonly held: readonly (Parts | undefined)[];
  readonly failed: readonly (Parts | undefined)[];
  readonly split: Parts | undefined;
}

function knownOf({ plan, tests }: Subject): Known {
  const effort = { left: EFFORT };
  const partsIn = (region: Region | undefined): Parts | undefined => {
    const found = region && search(region, effort);
    if (region === undefined || found?.kind !== "found") return undefined;
    const values = [...valuesOf(region.alphabet, found.letters)];
    return new Map(values.flatMap(([field, value]) => (value === undefined ? [] : [[fieldName(field), [field, value] as const]])));
  };
  let coming: Region | undefined = everything(alphabetOf([plan]));
  const held: (Parts | undefined)[] = [];
  const failed: (Parts | undefined)[] = [];
  for (const test of tests) {
    held.push(partsIn(coming && narrow(coming, test, true)));
    coming = coming && narrow(coming, test, false);
    failed.push(partsIn(coming));
  }
  return { held, failed, split: partsIn(coming) };
}

function changed(parts: Parts, ...changes: readonly (readonly [field: Field, value: string | undefined])[]): Parts {
  const made = new Map(parts);
  for (const [field, value] of changes) {
    if (value === undefined) made.delete(fieldName(field));
    else made.set(fieldName(field), [field, value]);
  }
  return made;
}

function* triesFor(subject: Subject, known: Known, variant: Variant): Generator<Parts> {
  const { edit } = variant;
  if (edit?.kind === "match") yield* triesForMatch(subject, known, edit);
  else if (edit?.kind === "combine") yield* triesForCombine(subject, known, edit.test);
  else {
    if (edit === undefined) yield* triesForRules(known, variant);
    if (known.split === undefined) return;
    const here = edit === undefined ? subject.keys : [subject.keys[edit.index], edit.field].filter((field) => field !== undefined);
    for (let number = 0; number < TRIED_KEYS; number++)
      for (const field of here) yield changed(known.split, [field, `${field.kind === "path" ? "/" : ""}other-${number}`]);
  }
}

function* triesForMatch({ tests }: Subject, known: Known, edit: Extract<Edit, { readonly kind: "match" }>): Generator<Parts> {
  const { kind, matches } = tests[edit.test] as Test;
  const match = matches[edit.index] as Match;
  const other = edit.match;
  // Of `all` every other match has to hold for this one to count, of `any` none.
  const base = kind === "all" ? known.held[edit.test] : known.failed[edit.test];
  if (base === undefined) return;
  const same = other !== undefined && fieldName(other.field) === fieldName(match.field);
  const without = new Set(same ? other.values : []);
  if (other === undefined && kind === "all") {
    yield changed(base, [match.field, undefined]);
    yield changed(base, [match.field, "other"]);
  }
  for (const value of some(match.values, without))
    yield changed(base, ...(same || other === undefined ? [] : [[other.field, undefined] as const]), [match.field, value]);
  if (other === undefined) return;
  const before = new Set(same ? match.values : []);
  for (const value of some(other.values, before)) yield changed(base, [match.field, undefined], [other.field, value]);
}

/** The first values that are not among others. */
function some(values: readonly string[], without: ReadonlySet<string>): readonly string[] {
  const found: string[] = [];
  for (const value of values) {
    if (found.length === TRIED_VALUES) break;
    if (!without.has(value)) found.push(value);
  }
  return found;
}

function* triesForCombine({ tests }: Subject, known: Known, test: number): Generator<Parts> {
  const { kind, matches } = tests[test] as Test;
  for (const { field, values } of matches.slice(0, TRIED_VALUES)) {
    const base = kind === "all" ? known.held[test] : known.failed[test];
    if (base !== undefined) yield changed(base, [field, kind === "all" ? undefined : values[0]]);
  }
}

function* triesForRules({ held, split }: Known, { tests }: Variant): Generator<Parts> {
  if (split !== undefined) yield split;
  for (const parts of held) if (parts !== undefined) yield parts;
  for (const [rule, test] of tests.entries()) {
    const next = tests[rule + 1];
    const [one, other] = [held[test], next === undefined ? undefined : held[next]];
    // Two strategies that have changed places differ where both hold.
    if (next === undefined || next > test || one === undefined || other === undefined) continue;
    yield new Map([...one, ...other]);
    yield new Map([...other, ...one]);
  }
}

function requestOf(parts: Parts): Witness {
  return witnessOf(new Map(parts.values()));
}

/** The draw that tells two variants apart for a request, undefined where they are told apart without one. */
function drawFor(subject: Subject, variant: Variant, witness: Witness): number | undefined | "alike" {
  const row = rowOf(subject, toRequest(witness));
  if (differs(subject, variant, row, undefined)) return undefined;
  const [one, other] = [subject.original, variant].map((each) => runsFor(subject, each, row)) as [readonly Run[], readonly Run[]];
  const slot = movesOf(one, other).find(({ from, to }) => from !== to)?.first;
  return slot === undefined ? "alike" : drawAt(slot);
}

/** What each draw gives. */
function runsFor(subject: Subject, variant: Variant, row: Row): readonly Run[] {
  const { outcome } = answerOf(subject, variant, row, 0);
  return outcome.reason === "rule" ? [{ until: SLOTS, version: outcome.version }] : runsOf(variant.plan);
}

function differs(subject: Subject, variant: Variant, row: Row, draw: number | undefined): boolean {
  const [one, other] = [sharesIn(subject, subject.original, row, draw), sharesIn(subject, variant, row, draw)];
  return one.size !== other.size || [...one].some(([version, slots]) => other.get(version) !== slots);
}

function differenceOf(subject: Subject, variant: Variant, witness: Witness, draw: number | undefined): Difference {
  const request = smallest(witness, (smaller) => differs(subject, variant, rowOf(subject, toRequest(smaller)), draw));
  const row = rowOf(subject, toRequest(request));
  return {
    request,
    draw,
    before: sorted(sharesIn(subject, subject.original, row, draw)),
    after: sorted(sharesIn(subject, variant, row, draw)),
  };
}

function sorted(shares: ReadonlyMap<Version, number>): Readonly<Record<Version, number>> {
  return Object.fromEntries([...shares].filter(([, slots]) => slots > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
