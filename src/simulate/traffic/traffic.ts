import type { Field } from "../../request/index.ts";
import { readerOf, type ReadField } from "../field.ts";
import { meanOf, type Population } from "../population.ts";
import { type ChunkStream, decoded, plainStream } from "./bytes.ts";
import { recordsOf } from "./document.ts";
import { TrafficError } from "./error.ts";
import { detect, LINES_LOOKED_AT } from "./format/detect.ts";
import { formats, type LineFormat, lineReader } from "./format/formats.ts";
import { fieldsOf, FIELDS_PREFIX, lacksRequest } from "./format/w3c.ts";
import { blocksOf, LONGEST_LINE } from "./lines.ts";
import { checkServed, type LogOptions, type Wanted, wantedBy } from "./log-options.ts";
import { modelReader, usersPerBlock } from "./model.ts";
import type { Batch, MalformedLine, ReadLine, Visit } from "./visit.ts";

/** The format that a log was read in. */
export interface LogFormat {
  /** One of `formats`, or `nginx`, `apache` or `map`. */
  readonly name: string;
  /** What loggers had put before each line. */
  readonly prefix?: string | undefined;
  /** Whether it was found from the first lines, and not named by the options. */
  readonly detected: boolean;
}

/** How pieces of traffic become visits: plain data, for a worker is told it too. */
export type TrafficSource =
  | { readonly kind: "log"; readonly options: Pick<LogOptions, "user" | "session" | "served"> }
  | { readonly kind: "population"; readonly population: Population }
  | { readonly kind: "visits"; readonly contiguous: boolean };

/** Lines of a log, and how they are read. */
interface LogPiece {
  readonly text: string;
  readonly format: LineFormat;
  readonly detected: boolean;
}

/** A piece of traffic: lines of a log, the number of a task, or visits as they are. */
export type Piece = LogPiece | number | readonly Visit[];

/** Traffic: a way to read, and what to read, piece by piece, as fast as it is asked for. */
export interface Traffic {
  readonly source: TrafficSource;
  readonly pieces: Iterable<Piece> | AsyncIterable<Piece>;
}

/**
 * The requests of a log. `stream` gives its bytes or its text, in chunks of any size; a stream of node is one. Bytes may be compressed with
 * gzip. The pieces throw a `TrafficError` where the format is to be found and is not known.
 * @throws TrafficError with everything that is wrong with the options
 */
export function logTraffic(stream: ChunkStream, options: LogOptions = {}): Traffic {
  const wanted = wantedBy(options);
  const { user, session, served, live = false } = options;
  return { source: { kind: "log", options: { user, session, served } }, pieces: piecesOf(stream, wanted, served, live) };
}

/** What comes of a line: a request, no request, or a fault. Empty lines and comments are left out. */
export type LogLine = { readonly line: number } & ({ readonly visit: Visit } | { readonly skipped: string } | { readonly fault: string });

/**
 * The lines of a log one by one, as `logTraffic` reads them. `onFormat` is told the format before the first line.
 * @throws TrafficError as `logTraffic` and its pieces do
 */
export async function* readLog(
  stream: ChunkStream,
  options: LogOptions = {},
  onFormat?: (format: LogFormat) => void,
): AsyncGenerator<LogLine, void, undefined> {
  yield* linesOf(logTraffic(stream, options), onFormat);
}

/** The lines of traffic that is a log, one by one; of other traffic there are none. */
export async function* linesOf(
  { source, pieces }: Traffic,
  onFormat?: (format: LogFormat) => void,
): AsyncGenerator<LogLine, void, undefined> {
  if (source.kind !== "log") return;
  const readLines = linesReader(source.options);
  let before = 0;
  let told = false;
  for await (const piece of pieces) {
    const format = formatOf(piece);
    if (!told && format !== undefined) onFormat?.(format);
    told = true;
    const found: LogLine[] = [];
    before += readLines(piece, (entry, at) => {
      const line = before + at;
      if ("request" in entry) found.push({ line, visit: entry });
      else if ("fault" in entry) found.push({ line, fault: entry.fault });
      else found.push({ line, skipped: entry.skipped });
    });
    yield* found;
  }
}

/** The format that a piece of a log is read in; undefined for other traffic. */
export function formatOf(piece: Piece): LogFormat | undefined {
  if (typeof piece !== "object" || !("format" in piece)) return undefined;
  const { format, detected } = piece;
  return { name: format.name, ...(format.prefix !== undefined && { prefix: format.prefix }), detected };
}

async function* piecesOf(
  stream: ChunkStream,
  { sought, otherwise }: Wanted,
  served: string | undefined,
  live: boolean,
): AsyncGenerator<LogPiece, void, undefined> {
  const { head, rest } = await headOf(plainStream(stream), (text) => live && detect(text, sought).ok);
  if (head.trim() === "") return;
  const checked = detect(head, sought);
  const format = checked.ok ? checked.value : otherwise;
  if (format === undefined) throw new TrafficError(checked.diagnostics);
  if (served !== undefined) checkServed(format, served);
  const detected = checked.ok && typeof sought === "string";
  const records = format.shape === undefined ? rest : recordsOf(decoded(rest), format.shape);
  const namesFields = format.fields !== undefined || formats.some(({ name, kind }) => kind === "fields" && name === format.name);
  let current = format;
  for await (const text of blocksOf(records, live)) {
    if (!namesFields) {
      yield { text, format, detected };
      continue;
    }
    for (const section of sectionsOf(text)) {
      const [first = "", next] = section.split("\n", 3);
      const fields = fieldsOf(first.trimEnd(), next);
      if (fields !== undefined) current = { ...format, fields: lacksRequest(fields.fields) ? undefined : fields };
      yield { text: section, format: current, detected };
    }
  }
}

/** Servers name the fields again when they start, perhaps others: each section begins with such a line, but the first. */
function* sectionsOf(text: string): Generator<string, void, undefined> {
  let from = 0;
  for (;;) {
    const next = text.indexOf(`\n${FIELDS_PREFIX}`, from);
    if (next === -1) break;
    if (next + 1 > from) yield text.slice(from, next + 1);
    from = next + 1;
  }
  if (from < text.length) yield text.slice(from);
}

/** Bytes of the first lines of a log, at most, unless one line is longer. */
const HEAD = 131_072;

/** The first lines of a stream as text, until they are enough, and the whole stream again. */
async function headOf(
  stream: ChunkStream,
  isEnough: (wholeLines: string) => boolean,
): Promise<{ readonly head: string; readonly rest: ChunkStream }> {
  const source = stream[Symbol.asyncIterator]();
  const taken: (Uint8Array | string)[] = [];
  const decoder = new TextDecoder();
  let head = "";
  let lines = 0;
  while (lines <= LINES_LOOKED_AT && (head.length < HEAD || (lines === 0 && head.length <= LONGEST_LINE))) {
    const next = await source.next();
    if (next.done === true) break;
    taken.push(next.value);
    const text = typeof next.value === "string" ? next.value : decoder.decode(next.value, { stream: true });
    head += text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
    if (text.includes("\n") && isEnough(head.slice(0, head.lastIndexOf("\n") + 1))) break;
  }
  async function* whole(): AsyncGenerator<Uint8Array | string, void, undefined> {
    try {
      yield* taken.splice(0);
      for (;;) {
        const next = await source.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await source.return?.();
    }
  }
  return { head, rest: whole() };
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
    case "log":
      return logReader(source.options);
    case "population": {
      const read = modelReader(source.population, seed);
      return (piece) => read(piece as number);
    }
    case "visits":
      return (piece) => ({ visits: piece as readonly Visit[], lines: 0, malformed: [], skipped: [] });
  }
}

type LogSource = Extract<TrafficSource, { readonly kind: "log" }>["options"];

/** Reads the lines of a piece, tells what each is, and returns their number. */
function linesReader(options: LogSource): (piece: Piece, found: (entry: ReadEntry, line: number) => void) => number {
  const readersOf = lineReaders(options);
  const identify = identifier(options);
  return (piece, found) => {
    const { text, format } = piece as LogPiece;
    const read = readersOf(format);
    if (identify === undefined) return eachLine(text, read, found);
    return eachLine(text, read, (entry, line) => found("request" in entry ? identify(entry) : entry, line));
  };
}

/** What a line is told to be; others are left out. */
type ReadEntry = NonNullable<ReturnType<ReadLine>>;

/** Reads texts of whole lines. */
function logReader(options: LogSource): (piece: Piece) => Batch {
  const readLines = linesReader(options);
  return (piece) => {
    const visits: Visit[] = [];
    const malformed: MalformedLine[] = [];
    const skipped = new Map<string, number>();
    const lines = readLines(piece, (entry, line) => {
      if ("request" in entry) visits.push(entry);
      else if ("fault" in entry) malformed.push({ line, fault: entry.fault });
      else skipped.set(entry.skipped, (skipped.get(entry.skipped) ?? 0) + 1);
    });
    return { visits, lines, malformed, skipped: Array.from(skipped, ([reason, count]) => ({ reason, lines: count })) };
  };
}

/** Reads every line of a text, and returns their number. */
function eachLine(text: string, read: ReadLine, found: (entry: ReadEntry, line: number) => void): number {
  let lines = 0;
  let from = 0;
  while (from < text.length) {
    const next = text.indexOf("\n", from);
    const end = next === -1 ? text.length : next;
    lines++;
    const entry = end - from > LONGEST_LINE ? TOO_LONG : read(text, from, beforeReturn(text, from, end));
    from = end + 1;
    if (entry !== undefined) found(entry, lines);
  }
  return lines;
}

/** Makes readers of lines, one for each format that comes: most logs have one. */
function lineReaders({ served }: LogSource): (format: LineFormat) => ReadLine {
  let last: string | undefined;
  let read: ReadLine | undefined;
  return (format) => {
    const key = JSON.stringify(format);
    if (read === undefined || key !== last) read = lineReader(format, served);
    last = key;
    return read;
  };
}

const TOO_LONG = { fault: `longer than ${LONGEST_LINE} characters` };

/** The end of a line without the CR that stands before its LF. */
function beforeReturn(text: string, from: number, end: number): number {
  return end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
}

/** Gives visits the user and the session that stand in the fields which the options name. */
function identifier({ user, session }: LogSource): ((visit: Visit) => Visit) | undefined {
  if (user === undefined && session === undefined) return undefined;
  // An empty text is nobody's id.
  const idOf = (field: Field | undefined): ReadField => {
    if (field === undefined) return () => undefined;
    const read = readerOf(field);
    return (request) => {
      const id = read(request);
      return id === "" ? undefined : id;
    };
  };
  const [userOf, sessionOf] = [idOf(user), idOf(session)];
  return (visit) => ({
    request: visit.request,
    user: userOf(visit.request) ?? visit.user,
    session: sessionOf(visit.request) ?? visit.session,
    draw: visit.draw,
    served: visit.served,
    time: visit.time,
  });
}
