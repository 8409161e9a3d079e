import type { Field } from "../request/index.ts";
import { readerOf } from "./field.ts";
import type { TrafficSource } from "./traffic/traffic.ts";
import type { Visit } from "./traffic/visit.ts";

/** The options that name a field of the requests. */
export type FieldOption = "user" | "session" | "served" | "segment";

/** The fields that options name, but the version that answered, which is no part of a request. */
export function namedFields(source: TrafficSource, segment: Field | undefined): Readonly<Partial<Record<FieldOption, Field>>> {
  const { user, session } = source.kind === "log" ? source.options : {};
  return { ...(user && { user }), ...(session && { session }), ...(segment && { segment }) };
}

/**
 * Makes the function that tells which of the fields any of the visits so far has had. A field that has been found is not read again, so
 * that it costs nothing where an option is right.
 */
export function fieldFinder(fields: Readonly<Partial<Record<FieldOption, Field>>>): (visits: readonly Visit[]) => readonly FieldOption[] {
  let sought = Object.entries(fields).map(([name, field]) => ({ name: name as FieldOption, read: readerOf(field) }));
  const found: FieldOption[] = [];
  return (visits) => {
    if (sought.length === 0) return found;
    sought = sought.filter(({ name, read }) => {
      const there = visits.some(({ request }) => read(request) !== undefined);
      if (there) found.push(name);
      return !there;
    });
    return [...found];
  };
}
