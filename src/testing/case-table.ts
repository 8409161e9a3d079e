import { fieldName } from "../request/index.ts";
import type { Match, Test } from "../plan/index.ts";
import type { Case } from "./suite.ts";
import { answerOf, entry, type Edit, lackedBy, type Row, rowOf, type Subject, type Variant } from "./variant.ts";
import { meets } from "./verify.ts";

/** A case and how the tests of a plan see its request. */
interface Entry {
  readonly each: Case;
  readonly row: Row;
}

/** Cases by what they can notice, so that a mutant is only judged by those for which it may decide otherwise. */
export interface CaseTable {
  readonly entries: Entry[];
  /** Cases that fail on the plan as it is. They are in none of the lists. */
  readonly failing: Case[];
  readonly byValue: Map<string, Map<string, Entry[]>>;
  /** For each test the cases for which all of its matches hold. */
  readonly wholly: readonly Entry[][];
  /** For each test the cases for which all of its matches hold but one, by the number of that one. */
  readonly nearly: readonly Map<number, Entry[]>[];
  /** The cases that come to the split without a draw, by the number of the sticky key that they are drawn by. */
  readonly keyed: Map<number, Entry[]>;
}

/** A table of the cases of one plan. */
export function tableOf(subject: Subject, cases: readonly Case[]): CaseTable {
  const table: CaseTable = {
    entries: [],
    failing: [],
    byValue: new Map(),
    wholly: subject.tests.map(() => []),
    nearly: subject.tests.map(() => new Map()),
    keyed: new Map(),
  };
  for (const each of cases) addCase(subject, table, each);
  return table;
}

/** Adds a case to a table. */
export function addCase(subject: Subject, { entries, failing, byValue, wholly, nearly, keyed }: CaseTable, each: Case): void {
  const row = rowOf(subject, each.request);
  const made = { each, row };
  if (!holds(subject, subject.original, made)) {
    failing.push(each);
    return;
  }
  entries.push(made);
  for (const [name, value] of row.values) {
    const byText = entry(byValue, name, () => new Map<string, Entry[]>());
    entry(byText, value, () => []).push(made);
  }
  for (const [test, { count, sum }] of row.tallies) {
    const length = (subject.tests[test] as Test).matches.length;
    if (count === length) wholly[test]?.push(made);
    // The numbers of all matches sum to n (n - 1) / 2: what is missing is the number of the one that fails.
    if (count === length - 1) entry(nearly[test] as Map<number, Entry[]>, (length * (length - 1)) / 2 - sum, () => []).push(made);
  }
  if (row.holding.length === 0 && each.draw === undefined) entry(keyed, keyOf(subject, row), () => []).push(made);
}

/** The number of the first sticky key that a request has, -1 where it has none. */
function keyOf({ keysOf }: Subject, { values }: Row): number {
  let first = Infinity;
  for (const [name, value] of values) if (value !== "") for (const index of keysOf.get(name) ?? []) first = Math.min(first, index);
  return first === Infinity ? -1 : first;
}

/** Whether a case passes. */
function holds(subject: Subject, variant: Variant, { each, row }: Entry): boolean {
  const { outcome, drawn } = answerOf(subject, variant, row, each.draw);
  return meets(each.expect, outcome, drawn, variant.slots);
}

/** Whether a case fails on a variant. */
export function kills(subject: Subject, table: CaseTable, variant: Variant): boolean {
  for (const entries of variant.edit === undefined ? [table.entries] : affected(subject, table, variant.edit))
    for (const each of entries) if (!holds(subject, variant, each)) return true;
  return false;
}

/** Lists of the cases that an edit may concern; every other is decided as before. */
function affected(subject: Subject, table: CaseTable, edit: Edit): readonly (readonly Entry[])[] {
  switch (edit.kind) {
    case "combine":
      // `and` and `or` differ where some matches hold.
      return (subject.tests[edit.test] as Test).matches.flatMap((match) => withMatch(table, match));
    case "match": {
      const { kind, matches } = subject.tests[edit.test] as Test;
      const match = matches[edit.index] as Match;
      if (kind === "any")
        return edit.match === undefined
          ? withMatch(table, match)
          : [...withMatch(table, match, edit.match), ...withMatch(table, edit.match, match)];
      // Where another match fails, this one decides nothing.
      const nearly = table.nearly[edit.test]?.get(edit.index) ?? [];
      return edit.match === undefined ? [nearly] : [table.wholly[edit.test] ?? [], nearly];
    }
    case "key": {
      const { field, index } = edit;
      const other = field === undefined ? [] : [...(table.byValue.get(fieldName(field))?.values() ?? [])];
      return [table.keyed.get(index) ?? [], ...other];
    }
  }
}

/** Lists of the cases for which a match holds, and not another one. */
function withMatch({ byValue }: CaseTable, { field, values }: Match, without?: Match): readonly (readonly Entry[])[] {
  const byText = byValue.get(fieldName(field));
  if (byText === undefined) return [];
  const own = without !== undefined && fieldName(without.field) === fieldName(field) ? lackedBy(without.values, values) : values;
  return own.flatMap((value) => [byText.get(value) ?? []]);
}
