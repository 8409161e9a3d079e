import type { Pointer } from "../document/index.ts";
import type { Field } from "../request/index.ts";
import type { Plan } from "./plan.ts";

/** A field that a plan reads, and the place in the alias that asks for it. */
export interface FieldUse {
  readonly field: Field;
  readonly at: Pointer;
}

/** What a plan reads, in the order in which it asks: the fields of the rules, then the sticky keys. A field may come more than once. */
export function fieldUses({ rules, split }: Pick<Plan, "rules" | "split">): readonly FieldUse[] {
  const keys = split.kind === "arms" ? (split.sticky?.keys ?? []) : [];
  return [...rules.flatMap(({ test }) => test.matches), ...keys];
}
