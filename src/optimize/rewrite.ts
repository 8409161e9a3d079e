import type { Plan, Test } from "../plan/index.ts";

/** The plan with each of its tests rewritten. */
export function rewrite(plan: Plan, change: (test: Test) => Test): Plan {
  return { ...plan, rules: plan.rules.map(({ test, outcome }) => ({ test: change(test), outcome })) };
}
