import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { formatCount } from "../../alias/surface.ts";
import { type LogOptions, logTraffic, type MalformedLine, type Traffic, TrafficError } from "../../simulate/index.ts";
import { failureOf } from "./text.ts";
import { notice, Refusal, type Terminal } from "../terminal/host.ts";
import { plural } from "../terminal/table.ts";

/** A log of requests that is being read. */
export interface Log {
  /** As it was named, or `standard input`. */
  readonly name: string;
  readonly traffic: Traffic;
  /** The bytes of all of it; undefined where nobody knows. */
  readonly size: number | undefined;
  /** The bytes that were read so far. */
  readonly read: () => number;
  /** Ends the reading, so that the process does not wait for a log that nobody needs any more. */
  readonly close: () => void;
}

/**
 * Opens a log, or standard input for `-`. An interruption ends the log at the last whole line. Throws a `Refusal` for what cannot
 * be read, and for options that cannot be used.
 */
export async function openLog(path: string, options: LogOptions, host: Terminal): Promise<Log> {
  const name = path === "-" ? "standard input" : path;
  const size = path === "-" ? undefined : await sizeOf(path);
  let read = 0;
  const counted = (bytes: number): void => {
    read += bytes;
  };
  const source: Readable = addAbortSignal(host.interrupted, path === "-" ? host.stdin : createReadStream(path));
  try {
    const traffic = logTraffic(wholeLines(source, counted, host.interrupted), options);
    return { name, traffic, size, read: () => read, close: () => source.destroy() };
  } catch (error) {
    source.destroy();
    throw logFailure(name, error);
  }
}

/** What went wrong with a log, as a refusal where it is the log's or the system's fault; anything else as it is. */
export function logFailure(name: string, error: unknown): unknown {
  if (error instanceof TrafficError) {
    const [first, ...others] = error.diagnostics;
    const more = others.length === 0 ? "" : `; ${others.map(({ message }) => message).join("; ")}`;
    return new Refusal(`${name}: ${first?.message ?? "it cannot be read"}${more}`, first?.help);
  }
  if ((error as NodeJS.ErrnoException).code === undefined) return error;
  return new Refusal(`${name}: ${failureOf(error)}`);
}

/** The size of a file, if it has one. Fails before the work where it cannot be read. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const handle = await open(path, "r");
    try {
      const found = await handle.stat();
      if (found.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
      return found.isFile() ? found.size : undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Refusal(`${path}: ${failureOf(error)}`);
  }
}

const LINE_END = 10;

/**
 * The bytes of a stream, cut where lines end, as far as they do: a chunk without a line end is passed on as it is. Where the
 * stream is interrupted, the last line would be half of one, and is left out.
 */
async function* wholeLines(
  source: AsyncIterable<Buffer | string>,
  counted: (bytes: number) => void,
  interrupted: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const each of source) {
      const chunk = typeof each === "string" ? Buffer.from(each) : each;
      counted(chunk.length);
      const end = chunk.lastIndexOf(LINE_END) + 1;
      yield Buffer.concat([rest, end === 0 ? chunk : chunk.subarray(0, end)]);
      rest = end === 0 ? Buffer.alloc(0) : chunk.subarray(end);
    }
  } catch (error) {
    if (interrupted.aborted) return;
    throw error;
  }
  yield rest;
}

/** What is said of the lines of a log that are no requests: how many there are, and the first of them. */
export async function noteMalformed(
  name: string,
  { malformed, first }: { readonly malformed: number; readonly first: readonly MalformedLine[] },
  host: Terminal,
): Promise<void> {
  if (malformed === 0) return;
  const more = malformed > first.length ? [`and ${formatCount(malformed - first.length)} more`] : [];
  const lines = [...first.map(malformedText), ...more].map((line) => `\n  ${line}`);
  await notice(`${name}: ${plural(malformed, "line is no request", "lines are no requests")}${lines.join("")}`, host);
}

/** The refusal of a log that not one request was read from. */
export function noRequests(name: string, [first]: readonly MalformedLine[]): Refusal {
  return new Refusal(`${name}: ${first === undefined ? "the file is empty" : `no line is a request; ${malformedText(first)}`}`);
}

function malformedText({ line, fault }: MalformedLine): string {
  return `line ${formatCount(line)}: ${fault}`;
}
