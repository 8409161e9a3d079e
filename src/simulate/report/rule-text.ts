import { fieldName } from "../../request/index.ts";
import type { Test } from "../../plan/index.ts";

/** Values, and matches, that a text names. */
const SHOWN = 4;

/** Of which requests a test holds, in words: `header x-canary is never or cookie beta is off`. */
export function ruleText({ kind, matches }: Test): string {
  if (matches.length === 0) return kind === "all" ? "every request" : "no request";
  const said = matches.slice(0, SHOWN).map(({ field, values }) => `${fieldName(field)} is ${valuesText(values)}`);
  const more = matches.length > SHOWN ? [`${matches.length - SHOWN} more`] : [];
  return [...said, ...more].join(kind === "all" ? " and " : " or ");
}

function valuesText(values: readonly string[]): string {
  if (values.length === 1) return values[0] === "" ? "empty" : String(values[0]);
  const more = values.length > SHOWN ? [`${values.length - SHOWN} more`] : [];
  return `one of ${[...values.slice(0, SHOWN), ...more].join(", ")}`;
}
