import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { addAbortSignal, type Readable } from "node:stream";
import { formatCount } from "../../alias/surface.ts";
import { type LogOptions, logTraffic, type MalformedLine, type Traffic, TrafficError } from "../../simulate/index.ts";
import { formatPercent } from "../../alias/surface.ts";
import { hasTooMany, MAX_MALFORMED } from "../traffic.ts";
import { failureOf } from "./text.ts";
import { notice, Refusal, type Terminal } from "../terminal/host.ts";
import { plural } from "../terminal/table.ts";

/** A log of requests that is being read. */
export interface Log {
  /** The path as the user wrote it, or `standard input`. */
  readonly name: string;
  readonly traffic: Traffic;
  /** The size in bytes; undefined if it is not a regular file. */
  readonly size: number | undefined;
  /** How many bytes have been read. */
  readonly read: () => number;
  /** Closes the log, so that it does not keep the process running. */
  readonly close: () => void;
}

/**
 * Opens a log, or standard input for `-`. When the command is interrupted, the log ends after the last complete line. Throws a
 * `Refusal` for a file that cannot be read, and for options that are wrong.
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
    const traffic = logTraffic(wholeLines(source, counted, host.interrupted), {
      ...options,
      live: options.live === true && size === undefined,
    });
    return { name, traffic, size, read: () => read, close: () => source.destroy() };
  } catch (error) {
    source.destroy();
    throw logFailure(name, error);
  }
}

/** An error while reading a log: a `Refusal` if the log or the file system is the cause, and otherwise the error itself. */
export function logFailure(name: string, error: unknown): unknown {
  if (error instanceof TrafficError) {
    const [first, ...others] = error.diagnostics;
    const more = others.length === 0 ? "" : `; ${others.map(({ message }) => message).join("; ")}`;
    return new Refusal(`${name}: ${first?.message ?? "it cannot be read"}${more}`, first?.help);
  }
  if ((error as NodeJS.ErrnoException).code === undefined) return error;
  return new Refusal(`${name}: ${failureOf(error)}`);
}

/** The size of a regular file, undefined for others. Throws a `Refusal` if the file cannot be read. */
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
 * Divides the bytes of a stream into chunks that end at line ends. A chunk without a line end is passed on as it is. When the
 * stream is interrupted, the incomplete last line is dropped.
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

/** Reports how many lines of a log are malformed and whether these are too many, and lists the first of them. */
export async function noteMalformed(
  name: string,
  { malformed, share, first }: { readonly malformed: number; readonly share: number; readonly first: readonly MalformedLine[] },
  most: number | undefined,
  host: Terminal,
): Promise<void> {
  if (malformed === 0) return;
  const more = malformed > first.length ? [`and ${formatCount(malformed - first.length)} more`] : [];
  const lines = [...first.map(malformedText), ...more].map((line) => `\n  ${line}`);
  const limit = most ?? MAX_MALFORMED;
  const beyond = hasTooMany(share, most) ? `, ${formatPercent(share)} of all, more than the ${limit} % of \`--max-malformed\`` : "";
  await notice(`${name}: ${plural(malformed, "line is no request", "lines are no requests")}${beyond}${lines.join("")}`, host);
}

/** The refusal of a log that has no request. */
export function noRequests(name: string, [first]: readonly MalformedLine[]): Refusal {
  return new Refusal(`${name}: ${first === undefined ? "the file is empty" : `no line is a request; ${malformedText(first)}`}`);
}

function malformedText({ line, fault }: MalformedLine): string {
  return `line ${formatCount(line)}: ${fault}`;
}
