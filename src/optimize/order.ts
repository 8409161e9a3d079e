import { costOf } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import { rewrite } from "./rewrite.ts";

/** `all(dear, cheap)` becomes `all(cheap, dear)`, and so for `any`: what is quickly read is asked first. */
export function order(plan: Plan): Plan {
  return rewrite(plan, ({ kind, matches }) => ({ kind, matches: matches.toSorted((a, b) => costOf(a.field) - costOf(b.field)) }));
}
