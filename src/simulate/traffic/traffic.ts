import type { Field } from "../../request/index.ts";
import { readerOf, type ReadField } from "../field.ts";
import { meanOf, type Population } from "../population.ts";
import { readLogLine } from "./access-log.ts";
import { entriesOf, readHarEntry } from "./har.ts";
import { blocksOf, LONGEST_LINE } from "./lines.ts";
import { modelReader, usersPerBlock } from "./model.ts";
import { readEntry } from "./ndjson.ts";
import type { Batch, Entry, MalformedLine, Visit } from "./visit.ts";

/** The form of a log: JSON objects on lines, HTTP Archive, or the combined log format. */
export type LogForm = "ndjson" | "har" | "access-log";

/** How a log is read. Plain data. */
export interface LogOptions {
  readonly form: LogForm;
  /** Where a user's id stands. What the log itself says of the user counts where a request has nothing there. */
  readonly user?: Field | undefined;
  /** Where a session's id stands. */
  readonly session?: Field | undefined;
  /** For `ndjson`: the key of a line that holds the version that answered. */
  readonly served?: string | undefined;
}

/** How pieces of traffic become visits: plain data, for a worker is told it too. */
export type TrafficSource =
  | { readonly kind: "log"; readonly options: LogOptions }
  | { readonly kind: "population"; readonly population: Population }
  | { readonly kind: "visits"; readonly contiguous: boolean };

/** A piece of traffic: lines of a log, the number of a task, or visits as they are. */
export type Piece = string | number | readonly Visit[];

/** Traffic: a way to read, and what to read, piece by piece, as fast as it is asked for. */
export interface Traffic {
  readonly source: TrafficSource;
  readonly pieces: Iterable<Piece> | AsyncIterable<Piece>;
}

/** The requests of a log. `stream` gives its bytes or its text, in chunks of any size; a stream of node is one. */
export function logTraffic(stream: AsyncIterable<Uint8Array | string>, options: LogOptions): Traffic {
  return { source: { kind: "log", options }, pieces: blocksOf(options.form === "har" ? entriesOf(stream) : stream) };
}

/** The requests that a population makes, or, where a number is given, about so many by as many users as it takes. */
export function populationTraffic(population: Population, requests?: number): Traffic {
  const each = meanOf(population.sessions) * meanOf(population.requests);
  const users = requests === undefined ? population.users : Math.max(1, Math.round(requests / each));
  const sized = { ...population, users };
  return { source: { kind: "population", population: sized }, pieces: numbers(Math.ceil(users / usersPerBlock(sized))) };
}

/**
 * Requests that are there already, or that a generator makes. `contiguous` promises that all requests of a user follow each other, in
 * one batch, and so do those of a session; where no user is told and the draw is sticky, its key tells. Then all of them are
 * counted, and they need not be remembered. A promise that is not kept makes `simulate` throw in one batch of sixteen, and is not
 * noticed in the others: who comes twice counts twice, and so does a sticky key that is one user's own id and comes with another's.
 */
export function visitTraffic(
  batches: Iterable<readonly Visit[]> | AsyncIterable<readonly Visit[]>,
  { contiguous = false }: { readonly contiguous?: boolean } = {},
): Traffic {
  return { source: { kind: "visits", contiguous }, pieces: batches };
}

/** Whether all requests of a user, and of a session, follow each other in one piece of the traffic. */
export function isContiguous(source: TrafficSource): boolean {
  switch (source.kind) {
    case "log":
      return false;
    case "population":
      return true;
    case "visits":
      return source.contiguous;
  }
}

function* numbers(count: number): Generator<number, void, undefined> {
  for (let number = 0; number < count; number++) yield number;
}

/** The function that reads pieces of a source. */
export function pieceReader(source: TrafficSource, seed: string): (piece: Piece) => Batch {
  switch (source.kind) {
    case "log": {
      const read = blockReader(source.options);
      return (piece) => read(piece as string);
    }
    case "population": {
      const read = modelReader(source.population, seed);
      return (piece) => read(piece as number);
    }
    case "visits":
      return (piece) => ({ visits: piece as readonly Visit[], lines: 0, malformed: [] });
  }
}

/** Reads a text of whole lines. */
function blockReader({ form, user, session, served }: LogOptions): (text: string) => Batch {
  const read = lineReader(form, served);
  const userOf = user && readerOf(user);
  const sessionOf = session && readerOf(session);
  return (text) => {
    const visits: Visit[] = [];
    const malformed: MalformedLine[] = [];
    let lines = 0;
    let from = 0;
    while (from < text.length) {
      const found = text.indexOf("\n", from);
      const end = found === -1 ? text.length : found;
      lines++;
      const entry = end - from > LONGEST_LINE ? TOO_LONG : read(withoutReturn(text, from, end));
      from = end + 1;
      if (entry === undefined) continue;
      if ("fault" in entry) malformed.push({ line: lines, fault: entry.fault });
      else visits.push(userOf || sessionOf ? identified(entry, userOf, sessionOf) : entry);
    }
    return { visits, lines, malformed };
  };
}

const TOO_LONG = { fault: `longer than ${LONGEST_LINE} characters` };

function withoutReturn(text: string, from: number, end: number): string {
  return text.slice(from, end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
}

function identified(visit: Visit, userOf: ReadField | undefined, sessionOf: ReadField | undefined): Visit {
  return {
    request: visit.request,
    user: userOf?.(visit.request) ?? visit.user,
    session: sessionOf?.(visit.request) ?? visit.session,
    draw: visit.draw,
    served: visit.served,
  };
}

/** Empty lines say nothing, and neither do the comments that access logs of some servers begin with. */
function lineReader(form: LogForm, served: string | undefined): (line: string) => Entry {
  switch (form) {
    case "ndjson":
      return (line) => (line.trim() === "" ? undefined : readEntry(line, served));
    case "har":
      return (line) => (line.trim() === "" ? undefined : readHarEntry(line));
    case "access-log":
      return (line) => (line === "" || line.startsWith("#") ? undefined : readLogLine(line));
  }
}
