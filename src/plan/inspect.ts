import type { Diagnostic } from "../document/index.ts";
import { isField } from "../request/index.ts";
import { SLOTS } from "../alias/index.ts";
import type { Arm, Match, Plan, Rule, Split } from "./plan.ts";

/** Whether something claims to be a plan; a config cannot, for it has no such key. What cannot be read claims nothing. */
export function isPlan(value: unknown): value is Plan {
  try {
    return (value as { readonly kind?: unknown }).kind === "plan";
  } catch {
    return false;
  }
}

/**
 * What is wrong with a plan that came from elsewhere, a file or another thread. A plan without complaint can be compiled: it
 * names only outcomes that it has, its arms cover every slot once, and its error outcome is there.
 */
export function inspect(plan: Plan): readonly Diagnostic[] {
  try {
    const complaint = firstComplaint(plan);
    return complaint === undefined ? [] : [faulty(...complaint)];
  } catch {
    return [faulty("", "a part of the plan is missing or cannot be read")];
  }
}

function faulty(at: string, message: string): Diagnostic {
  return { code: "plan", severity: "error", at, message, help: "take plans only from `plan`, as they are" };
}

type Complaint = readonly [at: string, message: string];

function firstComplaint({ versions, outcomes, rules, split, error }: Plan): Complaint | undefined {
  const hasOutcome = (index: unknown): boolean => Number.isInteger(index) && outcomes[index as number] !== undefined;
  const outcome = outcomes.findIndex(
    ({ version, reason, at, index }, place) =>
      !versions.includes(version) || !REASONS.has(reason) || typeof at !== "string" || index !== place,
  );
  if (outcome !== -1) return [`/outcomes/${outcome}`, "the outcome is malformed, or of a version that the plan does not name"];
  if (!hasOutcome(error)) return ["/error", "there is no such outcome"];
  const rule = rules.findIndex((each) => !hasOutcome(each.outcome) || !isTest(each));
  if (rule !== -1) return [`/rules/${rule}`, "the rule is malformed, or its outcome is missing"];
  return splitComplaint(split, hasOutcome);
}

const REASONS: ReadonlySet<unknown> = new Set(["rule", "split", "default", "error"]);

function isTest({ test }: Rule): boolean {
  return (test.kind === "all" || test.kind === "any") && Array.isArray(test.matches) && test.matches.every(isMatch);
}

function isMatch({ field, values, at }: Match): boolean {
  const isValue = (value: unknown): boolean => typeof value === "string" && (value !== "" || field.kind === "query");
  return isField(field) && Array.isArray(values) && values.every(isValue) && typeof at === "string";
}

function splitComplaint(split: Split, hasOutcome: (index: unknown) => boolean): Complaint | undefined {
  switch (split.kind) {
    case "fixed":
      return hasOutcome(split.outcome) ? undefined : ["/split/outcome", "there is no such outcome"];
    case "arms": {
      const { arms, sticky } = split;
      const arm = arms.findIndex(({ until, outcome }, place) => !hasOutcome(outcome) || !isNext(arms, until, place));
      if (arm !== -1 || arms.at(-1)?.until !== SLOTS) return ["/split/arms", `the arms do not cover ${SLOTS} slots in rising order`];
      if (sticky === undefined) return undefined;
      if (typeof sticky.seed !== "string" || !(sticky.missing === "random" || hasOutcome(sticky.missing)))
        return ["/split/sticky", "the seed or what happens without a key is malformed"];
      return sticky.keys.every(({ field, at }) => isField(field) && typeof at === "string")
        ? undefined
        : ["/split/sticky/keys", "a key is malformed"];
    }
    default:
      return ["/split/kind", "there is no such split"];
  }
}

function isNext(arms: readonly Arm[], until: unknown, place: number): boolean {
  return Number.isInteger(until) && (until as number) > (arms[place - 1]?.until ?? 0);
}
