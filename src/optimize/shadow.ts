import { fieldName } from "../request/index.ts";
import type { Plan, Rule, Test } from "../plan/index.ts";
import { mergeTest } from "./merge.ts";

/** A rule goes whose test cannot hold unless an earlier rule's does, as far as comparing match by match shows. */
export function shadow(plan: Plan): Plan {
  const kept: Rule[] = [];
  const claims: FieldSets[] = [];
  for (const rule of plan.rules) {
    const claim = claimOf(rule.test);
    if (claims.some((earlier) => implies(claim, earlier))) continue;
    kept.push(rule);
    claims.push(claim);
  }
  return { ...plan, rules: kept };
}

/** A test whose fields are asked once each, by field. */
interface FieldSets {
  readonly kind: Test["kind"];
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

function claimOf(test: Test): FieldSets {
  const { kind, matches } = mergeTest(test);
  return { kind, values: new Map(matches.map(({ field, values }) => [fieldName(field), new Set(values)])) };
}

/** Whether one test holds only where the other does. Never claims too much; a subtler implication may escape it. */
function implies(narrow: FieldSets, wide: FieldSets): boolean {
  const inside = [...narrow.values].filter(([field, values]) => isSubset(values, wide.values.get(field))).length;
  if (narrow.kind === "any") return wide.kind === "any" && inside === narrow.values.size;
  return wide.kind === "any" ? inside > 0 : inside === wide.values.size;
}

function isSubset(values: ReadonlySet<string>, wider: ReadonlySet<string> | undefined): boolean {
  if (wider === undefined) return false;
  for (const value of values) if (!wider.has(value)) return false;
  return true;
}
