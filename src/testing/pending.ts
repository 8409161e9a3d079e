import { fail, type Input, isAbsent, type Pointer, shown } from "../document/index.ts";

/** A case or a law that is not run. */
export interface Pending {
  /** Where it stands in the suite. */
  readonly at: Pointer;
  readonly title: string;
  /** Left out for now, or still to be written. */
  readonly kind: "skip" | "todo";
  readonly reason: string | undefined;
}

/** Reads `skip` and `todo`: true, or why. Undefined where the case is run. */
export function readPending(skip: Input, todo: Input): Pick<Pending, "kind" | "reason"> | undefined {
  const [skipped, open] = [readReason(skip), readReason(todo)];
  if (skipped !== undefined && open !== undefined)
    return fail(todo, "case-pending", "both `skip` and `todo`", "keep one: what is still to be written is not run either");
  if (skipped !== undefined) return { kind: "skip", reason: skipped.reason };
  return open && { kind: "todo", reason: open.reason };
}

function readReason(input: Input): { readonly reason: string | undefined } | undefined {
  const { value } = input;
  if (isAbsent(input) || value === false) return undefined;
  if (value === true) return { reason: undefined };
  if (typeof value === "string" && value.trim() !== "") return { reason: value.trim() };
  const found = typeof value === "string" || typeof value === "number" ? `, found ${shown(String(value))}` : "";
  return fail(input, "case-pending", `expected true or a reason${found}`, "write `true`, or a text that says why");
}
