import { readInput, sound } from "../document/index.ts";
import { type Field, fieldName, fieldOf, type NodeRequest, readFieldConfig, valueIn } from "../request/index.ts";
import { type AliasConfig, parse, SLOTS, type Version } from "../alias/index.ts";
import { type Match, type Outcome, type Plan, runsOf, slotsOf, type Test, toPlan } from "../plan/index.ts";
import { decide, drawOfKey } from "../backend/index.ts";
import { type FieldValues, fieldsOf } from "./fields.ts";
import type { Change } from "./mutants.ts";

/** A plan prepared for many requests and many mistakes: what each value of each field satisfies, by its name. */
export interface Subject {
  readonly plan: Plan;
  readonly tests: readonly Test[];
  /** The test of the strategy for a version. */
  readonly testOf: ReadonlyMap<Version, number>;
  readonly satisfied: ReadonlyMap<string, ReadonlyMap<string, readonly (readonly [test: number, match: number])[]>>;
  readonly keys: readonly Field[];
  /** The numbers of the sticky keys that are this field. */
  readonly keysOf: ReadonlyMap<string, readonly number[]>;
  readonly original: Variant;
}

/** A plan with one mistake, told by what differs: whole tests are never copied. */
export interface Variant {
  /** Its rules have the tests that `tests` names; what their own `test` is does not matter. */
  readonly plan: Plan;
  /** For each rule the number of its test in the original. */
  readonly tests: readonly number[];
  /** For each test of the original the rule that has it, -1 where none has. */
  readonly ruleOf: readonly number[];
  readonly slots: ReadonlyMap<Version, number>;
  readonly edit: Edit | undefined;
}

/** A match of a test, or how it combines them, or a sticky key, that is another one or gone. */
export type Edit =
  | {
      readonly kind: "match";
      readonly test: number;
      readonly index: number;
      readonly match: Match | undefined;
    }
  | { readonly kind: "combine"; readonly test: number; readonly combine: Test["kind"] }
  | { readonly kind: "key"; readonly index: number; readonly field: Field | undefined };

/** A request as some matches see it. */
export interface Row {
  readonly values: FieldValues;
  /** For each test with a match that holds how many do, and the sum of their numbers, which tells the only one that does not. */
  readonly tallies: ReadonlyMap<number, { readonly count: number; readonly sum: number }>;
  /** The tests that hold, in their order. */
  readonly holding: readonly number[];
}

/** What a plan answers: an outcome, or one for each slot where the draw was random. */
export interface Answer {
  readonly outcome: Outcome;
  readonly drawn: boolean;
}

/**
 * A config as a subject of mistakes.
 * @throws ConfigError with everything that is wrong with the config
 */
export function subjectOf(config: AliasConfig): Subject {
  const alias = sound(parse(config));
  return subjectFor(toPlan(alias), alias.stickiness?.keys.map(fieldOf) ?? []);
}

/** A plan as a subject, with the sticky keys that its alias has: a plan with nothing to split does not say them. */
export function subjectFor(plan: Plan, keys: readonly Field[]): Subject {
  const tests = plan.rules.map(({ test }) => test);
  const satisfied = new Map<string, Map<string, (readonly [number, number])[]>>();
  tests.forEach(({ matches }, test) =>
    matches.forEach(({ field, values }, index) => {
      const byValue = entry(satisfied, fieldName(field), () => new Map<string, (readonly [number, number])[]>());
      for (const value of values) entry(byValue, value, () => []).push([test, index]);
    }),
  );
  const keysOf = new Map<string, number[]>();
  keys.forEach((field, index) => entry(keysOf, fieldName(field), () => []).push(index));
  const numbers = tests.map((_, index) => index);
  return {
    plan,
    tests,
    testOf: new Map(plan.rules.map(({ outcome }, test) => [(plan.outcomes[outcome] as Outcome).version, test])),
    satisfied,
    keys,
    keysOf,
    original: {
      plan,
      tests: numbers,
      ruleOf: numbers,
      slots: slotsOf(runsOf(plan)),
      edit: undefined,
    },
  };
}

/** The value of a key, made where there is none. */
export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  map.set(key, fresh);
  return fresh;
}

/** Stands for a strategy whose rules are not read again. Of sticky keys the first stands for all: `splitFor` puts those of a request in its place. */
const STAND_IN = { rules: [{ rule_type: "Attribute", param: "x", op: "=", value: "x" }] };

/**
 * The variant of a mistake; undefined where the config with it is refused. Only what the mistake touches is read: the rule, the
 * key, or everything but rules.
 */
export function variantOf(subject: Subject, change: Change, config: () => AliasConfig): Variant | undefined {
  const { plan, original, testOf } = subject;
  const edited = (edit: Edit): Variant => ({ ...original, edit });
  switch (change.kind) {
    case "strategy": {
      const test = testOf.get(change.version) as number;
      return withRules(plan, plan.rules.toSpliced(test, 1), original.tests.toSpliced(test, 1), original);
    }
    case "combine":
      return edited({
        kind: "combine",
        test: testOf.get(change.version) as number,
        combine: change.combine === "and" ? "all" : "any",
      });
    case "rule": {
      const { index, rule } = change;
      const test = testOf.get(change.version) as number;
      if (rule === undefined) return edited({ kind: "match", test, index, match: undefined });
      const read = parse({ version: "1", additional_version_strategy: { 2: { rules: [rule] } } });
      const match = read.ok ? toPlan(read.value).rules[0]?.test.matches[0] : undefined;
      return match && edited({ kind: "match", test, index, match });
    }
    case "key": {
      if (change.key === undefined) return edited({ kind: "key", index: change.index, field: undefined });
      const read = readInput(change.key, (input) => readFieldConfig(input), { state: undefined });
      return read.ok ? edited({ kind: "key", index: change.index, field: fieldOf(read.value) }) : undefined;
    }
    case "rest": {
      const made = config();
      const { additional_version_strategy: strategies, stickiness } = made;
      const read = parse({
        ...made,
        ...(strategies != null && {
          additional_version_strategy: Object.fromEntries(Object.keys(strategies).map((version) => [version, STAND_IN])),
        }),
        ...(stickiness != null && {
          stickiness: { ...stickiness, keys: stickiness.keys.slice(0, 1) },
        }),
      });
      if (!read.ok) return undefined;
      const varied = toPlan(read.value);
      const tests = varied.rules.map(
        ({ outcome }) => testOf.get(change.strategyOf((varied.outcomes[outcome] as Outcome).version)) as number,
      );
      return withRules(varied, varied.rules, tests, original);
    }
  }
}

function withRules(plan: Plan, rules: Plan["rules"], tests: readonly number[], original: Variant): Variant {
  const ruleOf = original.tests.map(() => -1);
  tests.forEach((test, rule) => (ruleOf[test] = rule));
  const varied = { ...plan, rules };
  return { plan: varied, tests, ruleOf, slots: slotsOf(runsOf(varied)), edit: undefined };
}

/** How the tests of a subject see a request. */
export function rowOf(subject: Subject, request: NodeRequest): Row {
  const values = fieldsOf(request);
  const tallies: Tallies = new Map();
  for (const [name, value] of values) count(subject, tallies, name, value, 1);
  return { values, tallies, holding: holdingOf(subject, tallies) };
}

/** The row of a request that differs from another one in some fields, none of which says anything of another field. */
export function rowWith(subject: Subject, row: Row, changes: readonly (readonly [field: Field, value: string | undefined])[]): Row {
  const values = new Map(row.values);
  const tallies: Tallies = new Map([...row.tallies].map(([test, tally]) => [test, { ...tally }]));
  for (const [field, text] of changes) {
    const name = fieldName(field);
    const before = values.get(name);
    if (before !== undefined) count(subject, tallies, name, before, -1);
    values.delete(name);
    const value = text === undefined ? undefined : valueIn(field, text);
    if (value === undefined) continue;
    values.set(name, value);
    count(subject, tallies, name, value, 1);
  }
  return { values, tallies, holding: holdingOf(subject, tallies) };
}

type Tallies = Map<number, { count: number; sum: number }>;

/** Adds to the tallies, or takes from them, what a value satisfies. */
function count({ satisfied }: Subject, tallies: Tallies, name: string, value: string, sign: 1 | -1): void {
  for (const [test, index] of satisfied.get(name)?.get(value) ?? []) {
    const tally = entry(tallies, test, () => ({ count: 0, sum: 0 }));
    tally.count += sign;
    tally.sum += sign * index;
    if (tally.count === 0) tallies.delete(test);
  }
}

function holdingOf({ tests }: Subject, tallies: Tallies): readonly number[] {
  const holding = [...tallies].flatMap(([test, { count }]) => {
    const { kind, matches } = tests[test] as Test;
    return kind === "any" || count === matches.length ? [test] : [];
  });
  return holding.toSorted((a, b) => a - b);
}

/**
 * The values that another list lacks; the values of a list differ from each other. The lists of a mutant are alike but for a few places, so
 * what both begin or end with is passed over without a table.
 */
export function lackedBy(others: readonly string[], values: readonly string[]): readonly string[] {
  const most = Math.min(others.length, values.length);
  let start = 0;
  while (start < most && values[start] === others[start]) start++;
  let end = 0;
  while (end < most - start && values[values.length - 1 - end] === others[others.length - 1 - end]) end++;
  const left = new Set(others.slice(start, others.length - end));
  return values.slice(start, values.length - end).filter((value) => !left.has(value));
}

/** Whether a match holds for the values of a request. */
function matchHolds({ field, values }: Match, row: Row): boolean {
  const value = row.values.get(fieldName(field));
  return value !== undefined && values.includes(value);
}

/** Whether a test holds with the edit that it has. */
function holdsEdited({ tests }: Subject, edit: Exclude<Edit, { readonly kind: "key" }>, row: Row): boolean {
  const { kind, matches } = tests[edit.test] as Test;
  const count = row.tallies.get(edit.test)?.count ?? 0;
  if (edit.kind === "combine") return edit.combine === "all" ? count === matches.length : count > 0;
  const before = matchHolds(matches[edit.index] as Match, row) ? 1 : 0;
  const after = edit.match !== undefined && matchHolds(edit.match, row) ? 1 : 0;
  const now = count - before + after;
  return kind === "all" ? now === matches.length - (edit.match === undefined ? 1 : 0) : now > 0;
}

/** What a variant answers. `draw` is the one that the caller gives. */
export function answerOf(subject: Subject, { plan, ruleOf, edit }: Variant, row: Row, draw: number | undefined): Answer {
  const edited = edit === undefined || edit.kind === "key" ? undefined : edit;
  const own = edited !== undefined && holdsEdited(subject, edited, row) ? (ruleOf[edited.test] as number) : -1;
  let first = own === -1 ? Infinity : own;
  for (const test of row.holding) {
    const rule = ruleOf[test] as number;
    if (rule !== -1 && rule < first && test !== edited?.test) first = rule;
  }
  const rule = plan.rules[first];
  if (rule !== undefined) return { outcome: plan.outcomes[rule.outcome] as Outcome, drawn: false };
  const { outcome, draw: taken } = decide(
    { ...plan, rules: [], split: splitFor(subject, plan, edit, row) },
    (name) => row.values.get(name),
    draw,
    () => 0,
    drawOfKey(plan),
  );
  return { outcome: plan.outcomes[outcome] as Outcome, drawn: taken?.from === "random" };
}

/** The split with the sticky keys that a request has: of 10,000 keys it is asked for a few. Fields are told by their names. */
function splitFor(
  { keysOf }: Subject,
  { split }: Plan,
  edit: Edit | undefined,
  { values }: Row,
): Parameters<typeof decide<string>>[0]["split"] {
  if (split.kind === "fixed" || split.sticky === undefined) return split as Extract<typeof split, { readonly kind: "fixed" }>;
  const { sticky } = split;
  const gone = edit?.kind === "key" ? edit.index : -1;
  const here = [...values.keys()].flatMap((name) =>
    (keysOf.get(name) ?? []).filter((index) => index !== gone).map((index) => [index, name] as const),
  );
  const other = edit?.kind === "key" && edit.field !== undefined ? fieldName(edit.field) : undefined;
  if (other !== undefined && values.has(other)) here.push([gone, other]);
  const keys = here.toSorted(([one], [another]) => one - another).map(([, field]) => ({ field }));
  return { ...split, sticky: { ...sticky, keys } };
}

/** The slots of each version for a request. */
export function sharesIn(subject: Subject, variant: Variant, row: Row, draw: number | undefined): ReadonlyMap<Version, number> {
  const { outcome, drawn } = answerOf(subject, variant, row, draw);
  return drawn ? variant.slots : new Map([[outcome.version, SLOTS]]);
}
