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
  const merged = new Map<string, Match>();
  for (const match of matches) {
    const name = fieldName(match.field);
    const earlier = merged.get(name);
    if (earlier === undefined) merged.set(name, match);
    else
      merged.set(name, {
        ...earlier,
        values: kind === "all" ? intersection(earlier.values, match.values) : union(earlier.values, match.values),
      });
  }
  return { kind, matches: [...merged.values()] };
}

function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  const inB = new Set(b);
  return a.filter((value) => inB.has(value));
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
