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
  /** When the request was made or answered, as the log says it: milliseconds since 1970. */
  readonly time?: number | undefined;
}

/** A line of a log that is not in the format of the log. */
export interface MalformedLine {
  /** From 1, over the whole log. For HAR files, and for lists of JSON records, it is the number of the entry. */
  readonly line: number;
  readonly fault: string;
}

/** Lines that are in the format of the log, but hold no request that reached a server. */
export interface SkippedLines {
  /** One of few texts: `a \`data:\` URL`, `answered from the cache`. */
  readonly reason: string;
  readonly lines: number;
}

/** What is wrong with a line. `fields` counts the fields that were read before: the more, the nearer the line is to the format. */
export interface Fault {
  readonly fault: string;
  readonly fields?: number;
}

/** A line without a request that reached a server, and why. */
export interface Skip {
  readonly skipped: string;
}

/** One line of a log as it was read: a visit, nothing (an empty line, a comment), no request, or what is wrong with it. */
export type Entry = Visit | undefined | Fault | Skip;

/** Reads one line of a log, without its end: it stands from `from` up to `to`, or is the whole text. It never throws. */
export type ReadLine = (text: string, from?: number, to?: number) => Entry;

/** Some visits that were read together, in their order. */
export interface Batch {
  readonly visits: readonly Visit[];
  /** Lines that these visits were read from; 0 where they come from no log. */
  readonly lines: number;
  /** Lines that are not in the format, counted from the first of the batch. */
  readonly malformed: readonly MalformedLine[];
  readonly skipped: readonly SkippedLines[];
}
