import type { Plan } from "../plan/index.ts";
import { dropImpossible } from "./drop-impossible.ts";
import { merge } from "./merge.ts";
import { order } from "./order.ts";
import { prune } from "./prune.ts";
import { settle } from "./settle.ts";
import { shadow } from "./shadow.ts";

/** A rewrite that keeps the decision for every request that can be read, and that changes nothing when run again. */
export interface Pass {
  readonly name: string;
  readonly run: (plan: Plan) => Plan;
}

/** The passes in the order in which they help one another. */
export const passes: readonly Pass[] = [dropImpossible, merge, settle, prune, shadow, order].map((run) => ({ name: run.name, run }));

/** The plan after every pass: the same decisions from fewer and simpler tests. The outcomes keep their numbers. */
export function optimize(plan: Plan): Plan {
  return passes.reduce((optimized, { run }) => run(optimized), plan);
}
