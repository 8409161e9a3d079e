import { type Field, fieldName, isPlain, sourceName } from "../../request/index.ts";
import type { StickyHash } from "../../alias/index.ts";
import { absorbSeed, type Match, type Plan, type Rule, type Sticky } from "../../plan/index.ts";

/**
 * The integers of a program, behind its length and its place:
 *
 *     sheet, head, rule…, split
 *     head   rules << 9 | wide << 8 | memos           `wide`: the rules are a dispatch, kept beside the program
 *     rule   outcome << 2 | wasAny << 1 | any, matches, match…
 *     match  how | memo << 4 | position << 12, field, value or matcher, rule at
 *     split  outcome << 2                              fixed
 *            arms << 2 | sticky << 1 | 1, (outcome << 14 | until)…
 *     sticky missing + 1, keys << 3 | hash, seed, state of the seed (4), key…
 *     key    how | memo << 4, field, key at
 *
 * Fields, texts and matchers are numbers of pools. A memo is the number, from 1, of a text of the request that the program wants more
 * than once; it is read once. A pointer is the number of the rule or key where it is the usual one, and -1 - a text where it is not.
 */
export const MATCH_SIZE = 4;
export const KEY_SIZE = 3;
export const SEED_SIZE = 4;

/** How the value of a field is found in its text: the whole, a cookie, the path, a query where it stands or decoded; by a table. */
export const WHOLE = 0;
export const COOKIE = 1;
export const PATH = 2;
export const QUERY = 3;
export const DECODED = 4;
export const TABLE = 5;

/** The hashes by the number that a program has for them. */
export const HASHES: readonly StickyHash[] = ["murmur3", "murmur2", "xxh32", "sha256"];

/** From so many rules on, of which two ask for the same text, the rules are a dispatch: the cost of a request then does not grow with them. */
const WIDE = 8;

/** A program counts so many texts. */
const MOST_MEMOS = 255;

/** Of a test with more matches it is not asked whether the passes have only reordered them: each is compared with each. */
const MOST_MATCHES = 64;

/** What a program refers to, by number. */
export interface References {
  readonly text: (text: string) => number;
  readonly field: (field: Field) => number;
  readonly matcher: (field: Field, values: readonly string[]) => number;
  readonly sheet: (plan: Plan) => number;
}

/** A program, and whether its plan can be read back from it. */
export interface Encoded {
  readonly words: readonly number[];
  /** The rules are not in the program. */
  readonly isWide: boolean;
  /** The plan that is run says all of the plan as it was. */
  readonly isWhole: boolean;
  /** The texts that rules and sticky keys want, by memo. */
  readonly memos: readonly string[];
}

/** Writes a program. `run` is the plan after the passes. */
export function encode(plan: Plan, run: Plan, refer: References): Encoded {
  const asked = run.rules.flatMap(({ test }) => test.matches.map(({ field }) => sourceName(field)));
  const keys = plan.split.kind === "arms" ? (plan.split.sticky?.keys ?? []).map(({ field }) => sourceName(field)) : [];
  const shared = repeated([...asked, ...keys]);
  const isWide = (run.rules.length > WIDE && repeated(asked).length > 0) || shared.length > MOST_MEMOS;
  const memos = isWide ? shared.filter((source) => asked.includes(source) && keys.includes(source)) : shared;
  const memoOf = (field: Field): number => memos.indexOf(sourceName(field)) + 1;
  const isWhole = !isWide && isReordered(plan, run);
  const rules = isWide ? [] : run.rules;
  const words = [refer.sheet(plan), (rules.length << 9) | (Number(isWide) << 8) | memos.length];
  rules.forEach((rule, index) => {
    const before = isWhole ? (plan.rules[index] as Rule).test : undefined;
    const { kind, matches } = rule.test;
    words.push((rule.outcome << 2) | (Number(before?.kind === "any") << 1) | Number(kind === "any"), matches.length);
    const strategy = `${plan.outcomes[rule.outcome]?.at}/rules/`;
    for (const match of matches) {
      const { field, values, at } = match;
      const [value] = values;
      const isOne = values.length === 1 && value !== undefined;
      const how = isOne ? howOf(field, value) : TABLE;
      const position = before?.matches.findIndex((other) => isSameMatch(match, other)) ?? 0;
      words.push(how | (memoOf(field) << 4) | (position << 12), refer.field(field));
      words.push(isOne ? refer.text(value) : refer.matcher(field, values), pointerTo(strategy, at, refer));
    }
  });
  const { split } = plan;
  if (split.kind === "fixed") words.push(split.outcome << 2);
  else {
    const { arms, sticky } = split;
    words.push((arms.length << 2) | (sticky === undefined ? 1 : 3));
    for (const { outcome, until } of arms) words.push((outcome << 14) | until);
    if (sticky !== undefined) words.push(...stickyWords(sticky, plan.name, memoOf, refer));
  }
  return { words, isWide, isWhole, memos };
}

function stickyWords(
  { keys, seed, hash, missing }: Sticky,
  name: string | undefined,
  memoOf: (field: Field) => number,
  refer: References,
): readonly number[] {
  const state = absorbSeed(seed);
  return [
    missing === "random" ? 0 : missing + 1,
    (keys.length << 3) | HASHES.indexOf(hash),
    seed === name ? -1 : refer.text(seed),
    state.hash,
    state.carry,
    state.bits | (state.lead << 8),
    state.bytes,
    ...keys.flatMap(({ field, at }) => [
      (hash !== "murmur3" && field.kind === "query" ? DECODED : howOf(field, "")) | (memoOf(field) << 4),
      refer.field(field),
      pointerTo("/stickiness/keys/", at, refer),
    ]),
  ];
}

function howOf(field: Field, value: string): number {
  switch (field.kind) {
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return WHOLE;
    case "cookie":
      return COOKIE;
    case "path":
      return PATH;
    case "query":
      return isPlain(field.name) && isPlain(value) ? QUERY : DECODED;
  }
}

function pointerTo(parent: string, at: string, refer: References): number {
  const last = at.slice(parent.length);
  return at.startsWith(parent) && /^(?:0|[1-9]\d{0,8})$/.test(last) ? Number(last) : -1 - refer.text(at);
}

/** What occurs more than once. */
function repeated(names: readonly string[]): readonly string[] {
  const [once, more] = [new Set<string>(), new Set<string>()];
  for (const name of names) (once.has(name) ? more : once).add(name);
  return [...more];
}

/** Whether the passes have only reordered the matches of each test, and perhaps renamed the kind of a test of one match. */
function isReordered(plan: Plan, run: Plan): boolean {
  return (
    plan.rules.length === run.rules.length &&
    plan.rules.every(({ test, outcome }, index) => {
      const other = run.rules[index] as Rule;
      const { matches } = test;
      return (
        other.outcome === outcome &&
        other.test.matches.length === matches.length &&
        matches.length < MOST_MATCHES &&
        (other.test.kind === test.kind || matches.length === 1) &&
        matches.every((before) => other.test.matches.filter((match) => isSameMatch(before, match)).length === 1)
      );
    })
  );
}

function isSameMatch(a: Match, b: Match): boolean {
  if (a === b) return true;
  const isAlike = a.at === b.at && fieldName(a.field) === fieldName(b.field) && a.values.length === b.values.length;
  return isAlike && a.values.every((value, index) => value === b.values[index]);
}
