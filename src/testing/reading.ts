import { entries, fail, type Input, optional, shown } from "../document/index.ts";
import type { Version } from "../alias/index.ts";
import type { Plan } from "../plan/index.ts";

/** Headers, cookies, parameters or attributes of a request, values of one header, and versions of a split: as many as rules of an alias. */
export const MOST_VALUES = 10_000;

/** What the names of a map are, for messages. */
export const texts = { headers: "headers", cookies: "cookies", query: "parameters", attributes: "attributes" } as const;

/** A map of names; `null` stands for one that is not there. `what` names them. */
export function readMap<T>(input: Input, what: string, read: (input: Input) => T | undefined): { readonly [name: string]: T } | undefined {
  return Object.fromEntries(
    (entries(input, { limit: MOST_VALUES, what }) ?? []).flatMap((entry) => {
      const value = optional(entry, read);
      return value === undefined ? [] : [[entry.key, value]];
    }),
  ) as { readonly [name: string]: T };
}

/** Complains about a version that the alias does not have. */
export function isKnown(input: Input, version: Version, alias: Plan | undefined): void {
  if (alias === undefined || alias.versions.includes(version)) return;
  fail(input, "case-version", `the alias has no version ${shown(version)}`, `it has ${alias.versions.slice(0, 10).map(shown).join(", ")}`);
}
