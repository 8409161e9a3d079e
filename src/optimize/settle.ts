import { all, any, type Plan } from "../plan/index.ts";
import { rewrite } from "./rewrite.ts";

/**
 * A match without values never holds: `all(…, never)` becomes `any()`, `any(…, never)` loses it. A test of one match is
 * written `all`.
 */
export function settle(plan: Plan): Plan {
  return rewrite(plan, (test) => {
    const possible = test.matches.filter(({ values }) => values.length > 0);
    if (test.kind === "all" && possible.length < test.matches.length) return any();
    return possible.length === 1 ? all(...possible) : { kind: test.kind, matches: possible };
  });
}
