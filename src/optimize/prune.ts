import type { Plan, Test } from "../plan/index.ts";

/** A rule that never holds goes; so does every rule behind one that always holds. */
export function prune(plan: Plan): Plan {
  const possible = plan.rules.filter(({ test }) => !(test.kind === "any" && test.matches.length === 0));
  const end = possible.findIndex(({ test }) => isAlways(test));
  return { ...plan, rules: end === -1 ? possible : possible.slice(0, end + 1) };
}

/** Whether a test holds for every request. */
function isAlways(test: Test): boolean {
  return test.kind === "all" && test.matches.length === 0;
}
