import { fieldName } from "../request/index.ts";
import type { Match, Plan, Test } from "../plan/index.ts";
import { rewrite } from "./rewrite.ts";

/**
 * `all(f in A, f in B)` becomes `all(f in A ∩ B)`, and `any(f in A, f in B)` becomes `any(f in A ∪ B)`: afterwards a test
 * asks each field once.
 */
export function merge(plan: Plan): Plan {
  return rewrite(plan, mergeTest);
}

/** One test in which each field is asked once. */
export function mergeTest({ kind, matches }: Test): Test {
  const byField = new Map<string, Match[]>();
  for (const match of matches) {
    const name = fieldName(match.field);
    const known = byField.get(name);
    if (known === undefined) byField.set(name, [match]);
    else known.push(match);
  }
  const combine = kind === "all" ? intersection : union;
  return { kind, matches: [...byField.values()].map((alike) => (alike.length === 1 ? alike[0] : combined(alike, combine)) as Match) };
}

function combined([first, ...others]: readonly Match[], combine: (lists: readonly (readonly string[])[]) => readonly string[]): Match {
  const { values } = first as Match;
  return { ...(first as Match), values: combine([values, ...others.map((match) => match.values)]) };
}

/** Values that every list has. Each list is looked at once. */
function intersection([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  return others.reduce((left, list) => {
    const known = new Set(list);
    return left.filter((value) => known.has(value));
  }, first);
}

/** Values that some list has, each once. */
function union(lists: readonly (readonly string[])[]): readonly string[] {
  const all = new Set<string>();
  for (const list of lists) for (const value of list) all.add(value);
  return [...all];
}
