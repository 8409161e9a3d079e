import type { Field, Plan } from "../plan.ts";
import { isCookieValue } from "../reader/cookie.ts";
import { rewrite } from "./rewrite.ts";

/** `field in {a, b}` becomes `field in {a}` where the field cannot hold b. */
export function hold(plan: Plan): Plan {
  return rewrite(plan, ({ kind, matches }) => ({
    kind,
    matches: matches.map((match) => ({ ...match, values: match.values.filter((value) => canHold(match.field, value)) })),
  }));
}

/** Whether any request can have this value in this field. */
export function canHold(field: Field, value: string): boolean {
  switch (field.kind) {
    case "cookie":
      return isCookieValue(value);
    case "query":
      return !/\p{Surrogate}/u.test(value);
    case "path":
      return !/[?#]/.test(value);
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return true;
  }
}
