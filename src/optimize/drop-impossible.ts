import { isPossible } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import { rewrite } from "./rewrite.ts";

/** `field in {a, b}` becomes `field in {a}` where the field cannot hold b. */
export function dropImpossible(plan: Plan): Plan {
  return rewrite(plan, ({ kind, matches }) => ({
    kind,
    matches: matches.map((match) => ({ ...match, values: match.values.filter((value) => isPossible(match.field, value)) })),
  }));
}
