import type { NodeRequest } from "../../request/index.ts";

/** One request as traffic has it, with what is known of who made it. */
export interface Visit {
  readonly request: NodeRequest;
  /** Who: any text that is the same for all requests of one user. Undefined where nobody knows. */
  readonly user?: string | undefined;
  /** Which session of the user, or of anybody: the same text for all of its requests, and for no others. */
  readonly session?: string | undefined;
  /** The recorded draw, where there is one; it takes the place of the alias's own. */
  readonly draw?: number | undefined;
  /** The version that answered, where it was recorded. */
  readonly served?: string | undefined;
}

/** A line of a log that is no request. */
export interface MalformedLine {
  /** From 1, over the whole log. For HAR files it is the number of the entry. */
  readonly line: number;
  readonly fault: string;
}

/** One line of a log as it was read: a visit, nothing (an empty line, a comment), or what is wrong with it. */
export type Entry = Visit | undefined | { readonly fault: string };

/** Some visits that were read together, in their order. */
export interface Batch {
  readonly visits: readonly Visit[];
  /** Lines that these visits were read from; 0 where they come from no log. */
  readonly lines: number;
  /** Lines that are no requests, counted from the first of the batch. */
  readonly malformed: readonly MalformedLine[];
}
