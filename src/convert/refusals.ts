import { type Pointer, shown } from "../document/index.ts";
import { fieldName } from "../request/index.ts";
import { type FieldUse, fieldUses, type Plan } from "../plan/index.ts";
import type { Refused } from "./report.ts";

/** Collects what cannot be said, each part once. */
export class Refusals {
  readonly #refused: Map<string, Refused> = new Map();

  add(at: Pointer, construct: string, why: string, help: string): void {
    this.#refused.set(`${at}\n${why}`, { at, construct, why, help });
  }

  get all(): readonly Refused[] {
    return [...this.#refused.values()];
  }
}

/** The fields that a plan asks for, each once, in the order in which it asks. */
export function fieldsOf(plan: Plan): readonly FieldUse[] {
  const asked = new Map<string, FieldUse>();
  for (const use of fieldUses(plan)) if (!asked.has(fieldName(use.field))) asked.set(fieldName(use.field), use);
  return [...asked.values()];
}

/** Refuses attributes, which only a host that calls this library can put on a request. */
export function refuseAttributes(plan: Plan, refusals: Refusals): void {
  for (const { field, at } of fieldsOf(plan)) {
    if (field.kind !== "attribute") continue;
    const help = "let a trusted hop write it into a header, and ask for that header";
    refusals.add(at, fieldName(field), `the attribute ${shown(field.name)} is put on a request by the host, and no router has it`, help);
  }
}

/** Refuses names of query parameters that may be written in several ways, for routers that do not decode them. */
export function refuseQueryNames(plan: Plan, refusals: Refusals, router: string): void {
  for (const { field, at } of fieldsOf(plan))
    if (field.kind === "query" && !/^[0-9A-Za-z._-]+$/.test(field.name))
      refusals.add(at, fieldName(field), `${router} does not decode the names of parameters`, "rename the parameter");
}

/** Refuses U+FFFD in the names and values of query parameters, for routers that compare what is written with what it may be written as. */
export function refuseReplacement({ rules, split }: Plan, refusals: Refusals, instead: string): void {
  const keys = split.kind === "arms" ? (split.sticky?.keys ?? []) : [];
  const asked = [...rules.flatMap(({ test }) => test.matches), ...keys.map((key) => ({ ...key, values: [] as readonly string[] }))];
  for (const { field, at, values } of asked)
    if (field.kind === "query" && [field.name, ...values].some((text) => text.includes("\ufffd")))
      refusals.add(at, fieldName(field), "U+FFFD stands for any bytes that are no UTF-8", `use ${instead}`);
}

/** Refuses a sticky split, for routers that have none of the hashes. */
export function refuseHash({ split }: Plan, refusals: Refusals, router: string, instead: string): void {
  if (split.kind === "arms" && split.sticky !== undefined)
    refusals.add("/stickiness", "stickiness", `${router} has none of the hashes`, `use ${instead}, or take \`stickiness\` out`);
}

/** Refuses a sticky split, for routers that draw each request at random. */
export function refuseStickiness({ split }: Plan, refusals: Refusals, router: string, instead: string): void {
  if (split.kind === "arms" && split.sticky !== undefined)
    refusals.add("/stickiness", "stickiness", `${router} draws each request at random`, `take \`stickiness\` out${instead}`);
}

/** Refuses the names of versions that would have to be quoted where a router has no quoting that holds. */
export function refuseVersions({ versions }: Plan, refusals: Refusals, router: string): void {
  for (const version of versions) {
    if (/^[A-Za-z0-9][\w.:@+~-]*$/.test(version)) continue;
    const help = "rename the version with letters, digits and `._:@+~-`";
    refusals.add("/version", `version ${version}`, `the directives of ${router} give a meaning to characters of ${shown(version)}`, help);
  }
}
