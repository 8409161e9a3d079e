import { type Field, fieldName, isPossible, valueIn } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import { type Match, type Plan, runsOf } from "../plan/index.ts";
import { versionOfKey } from "./key.ts";
import { ABSENT, lettersOf, type Literal, literalOf, otherLetters, type Range } from "./letters.ts";
import { COOKIE_LINE, linesByCookie, type Links, linksOf } from "./links.ts";

/** The letters of every field that some plans ask. They are finitely many, so whatever a plan does with requests can be decided. */
export interface Alphabet {
  /** By the names of fields, and in the order of their positions. */
  readonly ranges: ReadonlyMap<string, Range>;
  readonly fields: readonly Range[];
  /** Words of a region. */
  readonly words: number;
  /** What fields that stand in one text of the request force on each other. */
  readonly links: Links;
  /** The letters that satisfy a match of these plans, or all others. */
  readonly literal: (match: Match, holds?: boolean) => Literal;
  /** The letters of a sticky key that is none: absent, and empty. */
  readonly keyless: (field: Field) => Literal;
  /** The letters of mentioned values of a sticky key, by the version that a plan draws for them. Only in an alphabet `withDraws`. */
  readonly drawn: (plan: Plan, field: Field) => readonly (readonly [Version, Literal])[];
}

/** A field, and the sets of values whose members a plan tells from other values, by name. */
interface Asked {
  readonly field: Field;
  readonly sets: Map<string, readonly string[]>;
}

/**
 * The alphabet of some plans. Values that a field cannot hold are no letters. `withDraws` tells values of a sticky key apart
 * that draw different versions.
 */
export function alphabetOf(plans: readonly Plan[], withDraws = false): Alphabet {
  const asked = askedBy(plans);
  askCookiesOfLines(asked);
  const drawn = new Map(withDraws ? plans.map((plan, index) => [plan, askDraws(asked, plan, index)]) : []);
  const ranges = new Map<string, Range>();
  const literals = new Map<string, readonly [holds: Literal, fails: Literal]>();
  let words = 0;
  const letter = (name: string, { field, sets }: Asked): void => {
    const { letters, members } = lettersOf([...sets.values()]);
    const range: Range = { field, letters, index: ranges.size, at: words, words: (letters.length + 2 + 31) >> 5 };
    ranges.set(name, range);
    words += range.words;
    [...sets.keys()].forEach((set, index) => {
      const literal = literalOf(range, members[index] ?? []);
      literals.set(`${name} ${set}`, [literal, otherLetters(literal)]);
    });
  };
  // A line says what its cookies are, so lines are told apart by the letters of the cookies.
  const line = asked.get(COOKIE_LINE);
  for (const [name, each] of asked) if (each !== line) letter(name, each);
  if (line !== undefined) {
    const lines = valuesOf(line);
    for (const range of ranges.values())
      if (range.field.kind === "cookie") for (const [set, some] of linesByCookie(range, lines)) line.sets.set(set, some);
    letter(COOKIE_LINE, line);
  }
  const pair = (field: Field, set: string): readonly [Literal, Literal] =>
    literals.get(`${fieldName(field)} ${set}`) as readonly [Literal, Literal];
  // The names of long lists are long: each match is looked up by its name once.
  const known = new Map<Match, readonly [Literal, Literal]>();
  return {
    ranges,
    fields: [...ranges.values()],
    words,
    links: linksOf(ranges),
    literal: (match, holds = true) => {
      const both = known.get(match) ?? pair(match.field, setName(match.values));
      known.set(match, both);
      return both[holds ? 0 : 1];
    },
    keyless: (field) => {
      const [{ range, bits }] = pair(field, setName([""]));
      return { range, bits: literalOf(range, [ABSENT]).bits.map((word, index) => word | (bits[index] ?? 0)) };
    },
    drawn: (plan, field) => (drawn.get(plan)?.get(fieldName(field)) ?? []).map(([version, set]) => [version, pair(field, set)[0]]),
  };
}

function askedBy(plans: readonly Plan[]): Map<string, Asked> {
  const asked = new Map<string, Asked>();
  const ask = (field: Field, values: readonly string[]): void => {
    const name = fieldName(field);
    const known = asked.get(name) ?? { field, sets: new Map<string, readonly string[]>() };
    asked.set(name, known);
    known.sets.set(
      setName(values),
      values.filter((value) => isPossible(field, value)),
    );
  };
  for (const { rules, split } of plans) {
    for (const { test } of rules) for (const { field, values } of test.matches) ask(field, values);
    if (split.kind === "arms") for (const { field } of split.sticky?.keys ?? []) ask(field, [""]);
  }
  return asked;
}

/** Asks for the cookies of mentioned lines: a line has one of the values that a rule does not tell apart. */
function askCookiesOfLines(asked: ReadonlyMap<string, Asked>): void {
  const line = asked.get(COOKIE_LINE);
  if (line === undefined) return;
  for (const { field, sets } of asked.values())
    if (field.kind === "cookie")
      for (const each of valuesOf(line)) {
        const value = valueIn(field, each);
        if (value !== undefined && isPossible(field, value)) sets.set(setName([value]), [value]);
      }
}

/** Asks what a plan draws for the mentioned values of its sticky keys: for each key, the sets by version. */
function askDraws(asked: Map<string, Asked>, plan: Plan, index: number): ReadonlyMap<string, readonly (readonly [Version, string])[]> {
  const drawn = new Map<string, readonly (readonly [Version, string])[]>();
  const { split } = plan;
  if (split.kind === "fixed" || split.sticky === undefined || runsOf(plan).length === 1) return drawn;
  const versionOf = versionOfKey(plan, split.sticky);
  for (const { field } of split.sticky.keys) {
    const each = asked.get(fieldName(field)) as Asked;
    const byVersion = new Map<Version, string[]>();
    for (const value of valuesOf(each)) {
      if (value === "") continue;
      const version = versionOf(value);
      const known = byVersion.get(version);
      if (known === undefined) byVersion.set(version, [value]);
      else known.push(value);
    }
    const sets = [...byVersion].map(([version, values]) => [version, `drawn by ${index}: ${version}`, values] as const);
    for (const [, set, values] of sets) each.sets.set(set, values);
    drawn.set(
      fieldName(field),
      sets.map(([version, set]) => [version, set]),
    );
  }
  return drawn;
}

/** Every value that some set of a field has. */
function valuesOf({ sets }: Asked): ReadonlySet<string> {
  return new Set([...sets.values()].flat());
}

function setName(values: readonly string[]): string {
  return JSON.stringify(values);
}
