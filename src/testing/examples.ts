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
import { type Edit, type Row, rowOf, rowWith, type Subject, lackedBy, sharesIn, type Variant, answerOf } from "./variant.ts";

/** Finds requests that tell a variant from the config by changing a field or two of requests that are known. */
export interface Examples {
  /**
   * A request that shows the difference, run on both; undefined where none of those that were tried does. Made small when it is asked for;
   * then the variant is made again.
   */
  readonly difference: (variant: Variant, remade: () => Variant | undefined) => (() => Difference) | undefined;
}

/** A value for each field that is present, by the name of the field. */
type Parts = ReadonlyMap<string, readonly [field: Field, value: string]>;

/** A request that is known, and how the tests see it. */
interface Known {
  readonly parts: Parts;
  readonly row: Row;
}

type FieldChange = readonly [field: Field, value: string | undefined];

/** A request to try: one that is known, with some fields changed. */
interface Try {
  readonly known: Known;
  readonly changes: readonly FieldChange[];
}

/** Fields of requests that are made to try them, over all variants. Of 100 headers each took 1.1 µs on a busy core, so these take 27 s there. */
const TRIED_FIELDS = 25_000_000;
/** A field of a request whose row is made from a known one counts so many times less: it took 0.08 µs. */
const COPIED = 14;

/** So many values of a match are tried, and so many values of a sticky key: a weight of 1 % is missed by 1 in 100 such keys. */
const TRIED_VALUES = 16;
const TRIED_KEYS = 460;

/** The examples of a subject. The searches for the first requests begin when one is needed. */
export function examplesOf(subject: Subject): Examples {
  let requests: Requests | undefined;
  let left = TRIED_FIELDS;
  return {
    difference: (variant, remade) => {
      requests ??= requestsOf(subject);
      let number = 0;
      for (const each of triesFor(subject, requests, variant)) {
        const size = each.known.parts.size + 1;
        left -= standAlone(each) ? Math.ceil(size / COPIED) : size;
        if (left < 0) return undefined;
        const draw = drawFor(subject, variant, rowFor(subject, each));
        if (draw !== "alike") return again(subject, requests, remade, number);
        number++;
      }
      return undefined;
    },
  };
}

/**
 * Makes a difference when it is asked for, from the number of its try: of 200,000 variants that survive, to keep the request and the
 * variant of each took 500 MB.
 */
function again(subject: Subject, requests: Requests, remade: () => Variant | undefined, number: number): () => Difference {
  return () => {
    const variant = remade();
    const found = variant && nth(triesFor(subject, requests, variant), number);
    if (variant === undefined || found === undefined) throw new RangeError("a mutant is no longer what it was");
    const request = requestOf(partsOf(found));
    const draw = drawFor(subject, variant, rowOf(subject, toRequest(request)));
    return differenceOf(subject, variant, request, draw === "alike" ? undefined : draw);
  };
}

function nth<T>(items: Iterable<T>, number: number): T | undefined {
  let left = number;
  for (const item of items) if (left-- === 0) return item;
  return undefined;
}

/** Requests that are known: for each test one that comes to it and for which it holds, and one for which it fails, and one that comes to the split. */
interface Requests {
  readonly held: readonly (Known | undefined)[];
  readonly failed: readonly (Known | undefined)[];
  readonly split: Known | undefined;
}

function requestsOf(subject: Subject): Requests {
  const { plan, tests } = subject;
  const effort = { left: EFFORT };
  const knownIn = (region: Region | undefined): Known | undefined => {
    const found = region && search(region, effort);
    if (region === undefined || found?.kind !== "found") return undefined;
    const values = [...valuesOf(region.alphabet, found.letters)];
    return knownOf(
      subject,
      new Map(values.flatMap(([field, value]) => (value === undefined ? [] : [[fieldName(field), [field, value] as const]]))),
    );
  };
  let coming: Region | undefined = everything(alphabetOf([plan]));
  const held: (Known | undefined)[] = [];
  const failed: (Known | undefined)[] = [];
  for (const test of tests) {
    held.push(knownIn(coming && narrow(coming, test, true)));
    coming = coming && narrow(coming, test, false);
    failed.push(knownIn(coming));
  }
  return { held, failed, split: knownIn(coming) };
}

function knownOf(subject: Subject, parts: Parts): Known {
  return { parts, row: rowOf(subject, toRequest(requestOf(parts))) };
}

/** Whether each changed field says nothing of another one, so that a row can be made from the known one. */
function standAlone({ changes }: Try): boolean {
  return changes.every(([field]) => field.kind === "attribute" || (field.kind === "header" && !LINKED.test(field.name)));
}

/** Header fields that other fields are read from. */
const LINKED = /^(?::|cookie$|host$)/;

function rowFor(subject: Subject, each: Try): Row {
  return standAlone(each) ? rowWith(subject, each.known.row, each.changes) : rowOf(subject, toRequest(requestOf(partsOf(each))));
}

function partsOf({ known, changes }: Try): Parts {
  const made = new Map(known.parts);
  for (const [field, value] of changes) {
    if (value === undefined) made.delete(fieldName(field));
    else made.set(fieldName(field), [field, value]);
  }
  return made;
}

function* triesFor(subject: Subject, requests: Requests, variant: Variant): Generator<Try> {
  const { edit } = variant;
  const { split } = requests;
  if (edit?.kind === "match") yield* triesForMatch(subject, requests, edit);
  else if (edit?.kind === "combine") yield* triesForCombine(subject, requests, edit.test);
  else {
    if (edit === undefined) yield* triesForRules(subject, requests, variant);
    if (split === undefined) return;
    const here = edit === undefined ? subject.keys : [subject.keys[edit.index], edit.field].filter((field) => field !== undefined);
    for (let number = 0; number < TRIED_KEYS; number++)
      for (const field of here) yield { known: split, changes: [[field, `${field.kind === "path" ? "/" : ""}other-${number}`]] };
  }
}

function* triesForMatch({ tests }: Subject, { held, failed }: Requests, edit: Extract<Edit, { readonly kind: "match" }>): Generator<Try> {
  const { kind, matches } = tests[edit.test] as Test;
  const match = matches[edit.index] as Match;
  const other = edit.match;
  // Of `all` every other match has to hold for this one to count, of `any` none.
  const known = kind === "all" ? held[edit.test] : failed[edit.test];
  if (known === undefined) return;
  const withChanges = (...changes: readonly FieldChange[]): Try => ({ known, changes });
  const same = other !== undefined && fieldName(other.field) === fieldName(match.field);
  if (other === undefined && kind === "all") {
    yield withChanges([match.field, undefined]);
    yield withChanges([match.field, "other"]);
  }
  for (const value of some(match.values, same ? other.values : []))
    yield withChanges(...(same || other === undefined ? [] : [[other.field, undefined] as const]), [match.field, value]);
  if (other === undefined) return;
  // The field that is asked for in place of this one may be asked for by another match too.
  if (kind === "all") yield withChanges();
  for (const value of some(other.values, same ? match.values : [])) yield withChanges([match.field, undefined], [other.field, value]);
}

/** The first values that are not among others. */
function some(values: readonly string[], others: readonly string[]): readonly string[] {
  return (others.length === 0 ? values : lackedBy(others, values)).slice(0, TRIED_VALUES);
}

function* triesForCombine({ tests }: Subject, { held, failed }: Requests, test: number): Generator<Try> {
  const { kind, matches } = tests[test] as Test;
  for (const { field, values } of matches.slice(0, TRIED_VALUES)) {
    const known = kind === "all" ? held[test] : failed[test];
    if (known !== undefined) yield { known, changes: [[field, kind === "all" ? undefined : values[0]]] };
  }
}

function* triesForRules(subject: Subject, { held, split }: Requests, { tests }: Variant): Generator<Try> {
  if (split !== undefined) yield { known: split, changes: [] };
  for (const known of held) if (known !== undefined) yield { known, changes: [] };
  for (const [rule, test] of tests.entries()) {
    const next = tests[rule + 1];
    const [one, other] = [held[test], next === undefined ? undefined : held[next]];
    // Two strategies that have changed places differ where both hold.
    if (next === undefined || next > test || one === undefined || other === undefined) continue;
    yield { known: knownOf(subject, new Map([...one.parts, ...other.parts])), changes: [] };
    yield { known: knownOf(subject, new Map([...other.parts, ...one.parts])), changes: [] };
  }
}

function requestOf(parts: Parts): Witness {
  return witnessOf(new Map(parts.values()));
}

/** The draw that tells two variants apart for a request, undefined where they are told apart without one. */
function drawFor(subject: Subject, variant: Variant, row: Row): number | undefined | "alike" {
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
