import type { NodeRequest } from "../../request/index.ts";
import { recordReader } from "./format/formats.ts";
import { type JSONRecord, readRecord } from "./record.ts";
import type { Fault } from "./visit.ts";

/** A line of a log as an object, and the request that it holds. */
export interface Logged {
  readonly entry: JSONRecord;
  readonly request: NodeRequest;
}

const read = recordReader({ name: "json" }, undefined);

/**
 * Reads one line of a log of JSON records in this library's own form.
 * @deprecated `readLog` reads whole logs, in every format
 */
export function readLogged(line: string): Logged | Fault {
  const entry = readRecord(line.startsWith("\uFEFF") ? line.slice(1) : line);
  if (typeof entry === "string") return { fault: entry };
  const found = read(entry);
  if (found === undefined || !("request" in found)) return found !== undefined && "fault" in found ? found : { fault: "no request" };
  return { entry, request: found.request };
}
