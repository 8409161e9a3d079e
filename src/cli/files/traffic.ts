import { formatCount } from "../../alias/surface.ts";
import { type LogOptions, logTraffic, type MalformedLine, type Traffic, TrafficError } from "../../simulate/index.ts";
import { formatPercent } from "../../alias/surface.ts";
import { hasTooMany, MAX_MALFORMED } from "../traffic.ts";
import { type Opened, openInput } from "./open.ts";
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
  const { stream, size } = await opened(path, host);
  let read = 0;
  const counted = (bytes: number): void => {
    read += bytes;
  };
  try {
    const traffic = logTraffic(wholeLines(stream, counted, host.interrupted), {
      ...options,
      live: options.live === true && size === undefined,
    });
    return { name, traffic, size, read: () => read, close: () => stream.destroy() };
  } catch (error) {
    stream.destroy();
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

/** Opens an input. Throws a `Refusal` if it cannot be. */
async function opened(path: string, host: Terminal): Promise<Opened> {
  try {
    return await openInput(path, host);
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
