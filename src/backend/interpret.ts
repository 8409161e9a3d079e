import { type Field, type Reader, sourceName, textOf, valueIn } from "../request/index.ts";
import { keyDraw, keyHash, type Outcome, type Plan, type Rule, type Split, type Sticky } from "../plan/index.ts";
import { decide, type Decided, testHolds } from "./decide.ts";
import type { ArmStep, DrawSource, Explanation, Step, StrategyStep } from "./decision.ts";

/**
 * Decides a request by the reference, and tells everything that led there: how each rule saw the request, where the draw came
 * from, and the arms. A field that cannot be read where it is needed makes the decision an error. `random` is called once at
 * most.
 */
export function interpret<R>(plan: Plan, reader: Reader<R>, request: R, draw: number | undefined, random: () => number): Explanation {
  const fields = fieldsOf(reader, request);
  const { outcome, draw: drawn, failure } = attempt(plan, fields, draw, random);
  return {
    decision: plan.outcomes[outcome] as Outcome,
    draw: drawn && drawStep(plan, drawn),
    steps: stepsOf(plan, fields),
    arms: armSteps(plan),
    ...(failure !== undefined && { failure }),
  };
}

/** What a field is found to be: its value, nothing, or not to be read. */
type FieldReading = Pick<Step, "actual" | "failure">;

/** The fields of one request. `failure` says why none of them can be read. */
interface Fields {
  readonly failure: string | undefined;
  readonly reading: (field: Field) => FieldReading;
  /** The value of a field. Throws `Unreadable` where it cannot be read. */
  readonly value: (field: Field) => string | undefined;
}

/** Ends a decision that needs a field that cannot be read. */
class Unreadable extends Error {}

/** Reads each text of the request once, when it is first asked for. */
function fieldsOf<R>(reader: Reader<R>, request: R): Fields {
  const texts = new Map<string, FieldReading>();
  const opened = open(reader, request);
  const textIn = (field: Field): FieldReading => {
    if ("failure" in opened) return { actual: undefined, ...opened };
    try {
      return { actual: textOf(reader, field, opened.carrier, request) };
    } catch (error) {
      return { actual: undefined, failure: reasonOf(error) };
    }
  };
  const reading = (field: Field): FieldReading => {
    const name = sourceName(field);
    const text = texts.get(name) ?? textIn(field);
    texts.set(name, text);
    return text.actual === undefined ? text : { actual: valueIn(field, text.actual) };
  };
  return {
    failure: "failure" in opened ? opened.failure : undefined,
    reading,
    value: (field) => {
      const { actual, failure } = reading(field);
      if (failure !== undefined) throw new Unreadable(failure);
      return actual;
    },
  };
}

function open<R>(reader: Reader<R>, request: R): { readonly carrier: object } | { readonly failure: string } {
  try {
    const carrier = reader.open(request);
    return carrier === undefined ? { failure: "the request has no headers" } : { carrier };
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be shown";
  }
}

/** The decision, and why it is an error where it is one. */
function attempt(plan: Plan, { failure, value }: Fields, draw: unknown, random: () => number): Decided & { readonly failure?: string } {
  const failed = (why: string): Decided & { readonly failure: string } => ({ outcome: plan.error, draw: undefined, failure: why });
  if (failure !== undefined) return failed(failure);
  try {
    const decided = decide(plan, value, draw, random, drawOfKey(plan));
    return decided.draw?.slot === -1 ? { ...decided, failure: "the draw is not a number in [0, 1)" } : decided;
  } catch (error) {
    if (error instanceof Unreadable) return failed(error.message);
    throw error;
  }
}

/** The draw of a sticky key; a plan without one is never asked. */
export function drawOfKey({ split }: Plan): (key: string) => number {
  return split.kind === "arms" && split.sticky !== undefined ? keyDraw(split.sticky) : () => Number.NaN;
}

/** How each strategy saw the request: those behind the first that holds, or that cannot be read, are not tried. */
function stepsOf({ rules, outcomes }: Plan, fields: Fields): readonly StrategyStep[] {
  let open = fields.failure === undefined;
  return rules.map(({ test, outcome }): StrategyStep => {
    const tried = open;
    const found = tryTest(test, fields);
    if (found !== false) open = false;
    const { at, version } = outcomes[outcome] as Outcome;
    return {
      at,
      version,
      combine: test.kind === "all" ? "and" : "or",
      tried,
      holds: found === true,
      rules: test.matches.map((match): Step => {
        const reading = fields.reading(match.field);
        const holds = reading.actual !== undefined && match.values.includes(reading.actual);
        return { at: match.at, field: match.field, expected: match.values, holds, ...reading };
      }),
    };
  });
}

/** Whether a test holds; undefined where what it needs cannot be read. */
function tryTest(test: Rule["test"], { value }: Fields): boolean | undefined {
  try {
    return testHolds(test, value);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function drawStep({ split }: Plan, drawn: NonNullable<Decided["draw"]>): NonNullable<Explanation["draw"]> {
  const { value, slot } = drawn;
  const from: DrawSource = drawn.from === "sticky" ? keyOf(split, drawn) : { kind: drawn.from };
  return { value: typeof value === "number" ? value + 0 : value, slot: slot === -1 ? undefined : slot, from };
}

function keyOf(split: Split, { key, text }: Extract<Decided["draw"], { from: "sticky" }>): DrawSource {
  // Only a split with sticky keys has such a draw.
  const { sticky } = split as { readonly sticky: Sticky };
  const { at, field } = sticky.keys[key] as Sticky["keys"][number];
  return { kind: "sticky", at, field, key: text, seed: sticky.seed, algorithm: sticky.hash, hash: keyHash(sticky, text) };
}

function armSteps({ split, outcomes }: Plan): readonly ArmStep[] {
  if (split.kind === "fixed") return [];
  return split.arms.map(({ until, outcome: index }, i) => {
    const { version, at } = outcomes[index] as Outcome;
    return { version, at, from: split.arms[i - 1]?.until ?? 0, until };
  });
}
