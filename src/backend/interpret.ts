import { type Field, type Reader, sourceName, textOf, valueIn } from "../request/index.ts";
import { absorbSeed, type Arm, hashKey, type Outcome, type Plan, type Rule, slotOf, type Sticky } from "../plan/index.ts";
import type { ArmStep, DrawSource, Explanation, Step, StrategyStep } from "./decision.ts";

/** What a field is found to be: its value, nothing, or not to be read. */
type FieldReading = Pick<Step, "actual" | "failure">;

/**
 * Decides a request from the plan as it stands, and tells everything that led there: the reference for every other way to
 * run a plan, written to be read and not to be fast. Rules are tried in turn, the matches of each from left to right and
 * no further than needed; a field that fails where it is needed makes the decision an error. `random` is called at most once.
 */
export function interpret<R>(plan: Plan, reader: Reader<R>, request: R, draw: number | undefined, random: () => number): Explanation {
  const fields = readings(reader, request);
  const steps: StrategyStep[] = [];
  let failure = fields.failure;
  let chosen: Outcome | undefined;
  for (const rule of plan.rules) {
    const tried = chosen === undefined && failure === undefined;
    const seen = tryRule(plan, rule, fields.read);
    steps.push({ ...seen.step, tried });
    if (!tried) continue;
    failure = seen.failure;
    if (seen.step.holds) chosen = outcome(plan, rule.outcome);
  }
  const rest = { steps, arms: armSteps(plan) };
  const answer = (taken: Outcome, drawn: Explanation["draw"]): Explanation => ({ decision: taken, draw: drawn, ...rest });
  const fail = (why: string, drawn?: Explanation["draw"]): Explanation => ({ ...answer(outcome(plan, plan.error), drawn), failure: why });

  if (failure !== undefined) return fail(failure);
  if (chosen !== undefined) return answer(chosen, undefined);
  const { split } = plan;
  if (split.kind === "fixed") return answer(outcome(plan, split.outcome), undefined);

  let value: unknown = draw;
  let from: DrawSource = { kind: "given" };
  if (draw === undefined) {
    const key = split.sticky === undefined ? undefined : stickyKey(split.sticky, fields.read);
    if (typeof key === "string") return fail(key);
    if (key !== undefined) {
      value = key.hash / 2 ** 32;
      from = key;
    } else if (split.sticky !== undefined && split.sticky.missing !== "random")
      return answer(outcome(plan, split.sticky.missing), undefined);
    else {
      value = random();
      from = { kind: "random" };
    }
  }
  if (typeof value !== "number" || !(value >= 0 && value < 1))
    return fail("the draw is not a number in [0, 1)", { value, slot: undefined, from });
  const slot = slotOf(value);
  const arm = split.arms.find(({ until }) => slot < until) as Arm;
  return answer(outcome(plan, arm.outcome), { value: value + 0, slot, from });
}

/** Reads each text of the request once, when it is first asked for. */
function readings<R>(
  reader: Reader<R>,
  request: R,
): { readonly read: (field: Field) => FieldReading; readonly failure: string | undefined } {
  const known = new Map<string, FieldReading>();
  const opened = open(reader, request);
  const fetch = (field: Field): FieldReading => {
    if ("failure" in opened) return { actual: undefined, ...opened };
    try {
      return { actual: textOf(reader, field, opened.carrier, request) };
    } catch (error) {
      return { actual: undefined, failure: reasonOf(error) };
    }
  };
  return {
    failure: "failure" in opened ? opened.failure : undefined,
    read: (field) => {
      const name = sourceName(field);
      const text = known.get(name) ?? fetch(field);
      known.set(name, text);
      return text.actual === undefined ? text : { actual: valueIn(field, text.actual) };
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

function tryRule(
  plan: Plan,
  { test, outcome: index }: Rule,
  read: (field: Field) => FieldReading,
): { readonly step: Omit<StrategyStep, "tried">; readonly failure: string | undefined } {
  let settled: boolean | undefined;
  let failure: string | undefined;
  const rules = test.matches.map(({ field, values, at }): Step => {
    const reading = read(field);
    const holds = reading.actual !== undefined && values.includes(reading.actual);
    if (settled === undefined && failure === undefined) {
      if (reading.failure !== undefined) failure = reading.failure;
      else if (holds === (test.kind === "any")) settled = holds;
    }
    return { at, field, expected: values, holds, ...reading };
  });
  const { at, version } = outcome(plan, index);
  return {
    step: {
      at,
      version,
      combine: test.kind === "all" ? "and" : "or",
      holds: failure === undefined && (settled ?? test.kind === "all"),
      rules,
    },
    failure,
  };
}

/** The sticky key of a request; why it cannot be read; or undefined where there is none. */
function stickyKey(
  { keys, seed }: Sticky,
  read: (field: Field) => FieldReading,
): Extract<DrawSource, { kind: "sticky" }> | string | undefined {
  for (const { field, at } of keys) {
    const { actual, failure } = read(field);
    if (failure !== undefined) return failure;
    if (actual !== undefined && actual !== "")
      return { kind: "sticky", at, field, key: actual, seed, hash: hashKey(absorbSeed(seed), actual) };
  }
  return undefined;
}

function armSteps({ split, outcomes }: Plan): readonly ArmStep[] {
  if (split.kind === "fixed") return [];
  return split.arms.map(({ until, outcome: index }, i) => {
    const { version, at } = outcomes[index] as Outcome;
    return { version, at, from: split.arms[i - 1]?.until ?? 0, until };
  });
}

function outcome(plan: Plan, index: number): Outcome {
  return plan.outcomes[index] as Outcome;
}

function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return "an error that cannot be shown";
  }
}
