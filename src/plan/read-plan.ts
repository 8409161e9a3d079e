import {
  type Checked,
  type Code,
  type Input as DocumentInput,
  each,
  fail,
  isAbsent,
  list,
  type Most,
  number,
  optional,
  overBudget,
  type Pointer,
  readInput,
  record,
  shown,
  string,
} from "../document/index.ts";
import { type Field, isField } from "../request/index.ts";
import { BUDGETS, type Budgets, SLOTS, STICKY_HASHES, type StickyHash, type Version } from "../alias/index.ts";
import { type Arm, type Match, type Outcome, type Plan, REASONS, type Rule, type Split, type Sticky } from "./plan.ts";

/** Whether something claims to be a plan; a config cannot, for it has no such key. What cannot be read claims nothing. */
export function isPlan(value: unknown): value is Plan {
  try {
    return Object.hasOwn(value as object, "kind") && (value as { readonly kind?: unknown }).kind === "plan";
  } catch {
    return false;
  }
}

const sound = new WeakSet<Plan>();

/** Whether the plan was made here, by `toPlan` or `readPlan`: it is frozen, and need not be read again. */
export function isSound(plan: Plan): boolean {
  return sound.has(plan);
}

/** Freezes a plan with all its parts, and remembers it as sound. */
export function asSound(plan: Plan): Plan {
  freeze(plan);
  sound.add(plan);
  return plan;
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  if (Array.isArray(value)) for (const part of value) freeze(part);
  else for (const key in value) freeze((value as Readonly<Record<string, unknown>>)[key]);
}

/** What is known of a plan while it is read. */
interface PlanState {
  readonly budgets: Budgets;
  versions: readonly Version[];
  outcomes: number;
  matches: number;
  values: number;
}

type Input = DocumentInput<PlanState>;

/**
 * Reads a plan that came from elsewhere, a file or another thread, into a fresh and frozen one, or says everything that is
 * wrong with it. Each property is read once. A plan that is read can be compiled: it names only outcomes that it has, its arms
 * cover every slot once, and it is within the budgets of a config.
 */
export function readPlan(value: unknown, budgets: Budgets = BUDGETS): Checked<Plan> {
  const state: PlanState = { budgets, versions: [], outcomes: 0, matches: 0, values: 0 };
  const checked = readInput<Plan, PlanState>(value, readWhole, { budgets, state });
  return checked.ok ? { ...checked, value: asSound(checked.value) } : checked;
}

const HELP = "take plans only from `plan`, as they are";

function damaged(input: Input, message: string, code: Code = "plan"): undefined {
  return fail(input, code, message, HELP);
}

function readWhole(input: Input): Plan | undefined {
  const { state } = input.reading;
  const { budgets } = state;
  const fields = record(input, ["kind", "name", "versions", "outcomes", "rules", "split", "error"]);
  if (fields === undefined) return undefined;
  const most = (what: string, spare: number): Most => ({
    limit: budgets.versions + spare,
    what,
    budget: { name: "versions", limit: budgets.versions },
  });
  const name = optional(fields.name, string);
  state.versions = each(list(fields.versions, most("versions", 1)) ?? [], string);
  // A strategy and a weight for each version, the primary's share, a missing key, and the error.
  const outcomeInputs = list(fields.outcomes, most("outcomes", budgets.versions + 5)) ?? [];
  state.outcomes = outcomeInputs.length;
  const outcomes = each(outcomeInputs, readOutcome);
  const rules = each(list(fields.rules, most("rules", 1)) ?? [], readRule);
  const split = readSplit(fields.split);
  const error = readOutcomeIndex(fields.error);
  if (split === undefined || error === undefined) return undefined;
  return { kind: "plan", name, versions: state.versions, outcomes, rules, split, error };
}

function readOutcome(input: Input): Outcome | undefined {
  const fields = record(input, ["version", "reason", "at", "index"]);
  if (fields === undefined) return undefined;
  const [version, reason, at, index] = [string(fields.version), string(fields.reason), string(fields.at), number(fields.index)];
  if (version === undefined || reason === undefined || at === undefined || index === undefined) return undefined;
  if (!input.reading.state.versions.includes(version)) return damaged(fields.version, `the plan has no version ${shown(version)}`);
  const known = REASONS.find((each) => each === reason);
  if (known === undefined) return damaged(fields.reason, `${shown(reason)} is no reason`);
  if (index !== input.key) return damaged(fields.index, `the index ${shown(index)} is not the outcome's place, ${input.key}`);
  return { version, reason: known, at, index };
}

/** The number of an outcome that the plan has. */
function readOutcomeIndex(input: Input): number | undefined {
  const index = number(input);
  if (index === undefined) return undefined;
  if (Number.isInteger(index) && index >= 0 && index < input.reading.state.outcomes) return index;
  return damaged(input, `there is no outcome ${shown(index)}`);
}

function readRule(input: Input): Rule | undefined {
  const fields = record(input, ["test", "outcome"]);
  if (fields === undefined) return undefined;
  const outcome = readOutcomeIndex(fields.outcome);
  const test = record(fields.test, ["kind", "matches"]);
  if (test === undefined) return undefined;
  const kind = string(test.kind);
  if (kind === undefined) return undefined;
  if (kind !== "all" && kind !== "any") return damaged(test.kind, `${shown(kind)} is no kind of test`);
  const { state } = input.reading;
  const { rules: limit } = state.budgets;
  const inputs = list(test.matches, { limit: limit - state.matches, what: "matches", budget: { name: "rules", limit } }) ?? [];
  state.matches += inputs.length;
  const matches = each(inputs, readMatch);
  return outcome === undefined ? undefined : { test: { kind, matches }, outcome };
}

function readMatch(input: Input): Match | undefined {
  const fields = record(input, ["field", "values", "at"]);
  if (fields === undefined) return undefined;
  const field = readField(fields.field);
  const at = string(fields.at);
  const { state } = input.reading;
  const { items, value: longest } = state.budgets;
  const inputs = list(fields.values, { limit: items, what: "values", budget: { name: "items", limit: items } }) ?? [];
  state.values += inputs.length;
  // A match of `=` has one value, which is no item of a list.
  if (state.values > items + state.matches) return overBudget(fields.values, items, "values", "items");
  const values = each(inputs, (one) => {
    const text = string(one);
    if (text === "" && field?.kind !== "query") return damaged(one, "the value is empty, which only a query parameter can be");
    return text !== undefined && text.length > longest ? overBudget(one, longest, "characters", "value") : text;
  });
  return field === undefined || at === undefined ? undefined : { field, values, at };
}

function readField(input: Input): Field | undefined {
  const fields = record(input, ["kind", "name"]);
  if (fields === undefined) return undefined;
  const field = isAbsent(fields.name) ? { kind: fields.kind.value } : { kind: fields.kind.value, name: fields.name.value };
  return isField(field) ? field : damaged(input, "there is no such field");
}

function readSplit(input: Input): Split | undefined {
  const fields = record(input, ["kind", "outcome", "arms", "sticky"]);
  if (fields === undefined) return undefined;
  switch (fields.kind.value) {
    case "fixed": {
      const outcome = readOutcomeIndex(fields.outcome);
      return outcome === undefined ? undefined : { kind: "fixed", outcome };
    }
    case "arms": {
      const arms = readArms(fields.arms);
      const sticky = optional(fields.sticky, readSticky);
      return arms === undefined ? undefined : { kind: "arms", arms, sticky };
    }
    default:
      return damaged(fields.kind, "there is no such split");
  }
}

function readArms(input: Input): readonly Arm[] | undefined {
  const inputs = list(input, { limit: SLOTS, what: "arms" });
  if (inputs === undefined) return undefined;
  const arms = each(inputs, (one): Arm | undefined => {
    const fields = record(one, ["until", "outcome"]);
    const until = fields && number(fields.until);
    const outcome = fields && readOutcomeIndex(fields.outcome);
    return until === undefined || outcome === undefined ? undefined : { until, outcome };
  });
  if (arms.length < inputs.length) return undefined;
  const rising = arms.every(({ until }, place) => Number.isInteger(until) && until > (arms[place - 1]?.until ?? 0));
  if (rising && arms.at(-1)?.until === SLOTS) return arms;
  return damaged(input, `the arms do not cover ${SLOTS} slots in rising order`);
}

function readSticky(input: Input): Sticky | undefined {
  const fields = record(input, ["keys", "seed", "hash", "missing"]);
  if (fields === undefined) return undefined;
  const { state } = input.reading;
  const { rules: limit, value: longest } = state.budgets;
  const inputs = list(fields.keys, { limit: limit - state.matches, what: "rules and sticky keys", budget: { name: "rules", limit } });
  if (inputs?.length === 0) return damaged(fields.keys, "a sticky draw without keys");
  const keys = each(inputs ?? [], (one): { readonly field: Field; readonly at: Pointer } | undefined => {
    const key = record(one, ["field", "at"]);
    const field = key && readField(key.field);
    const at = key && string(key.at);
    return field === undefined || at === undefined ? undefined : { field, at };
  });
  const seed = string(fields.seed);
  if (seed !== undefined && seed.length > longest) return overBudget(fields.seed, longest, "characters", "value");
  // Plans of version 0.1 name no hash.
  const hash = fields.hash.value === undefined ? "murmur3" : readHash(fields.hash);
  const missing = fields.missing.value === "random" ? "random" : readOutcomeIndex(fields.missing);
  return seed === undefined || hash === undefined || missing === undefined ? undefined : { keys, seed, hash, missing };
}

function readHash(input: Input): StickyHash | undefined {
  return STICKY_HASHES.find((hash) => hash === input.value) ?? damaged(input, "there is no such hash");
}
