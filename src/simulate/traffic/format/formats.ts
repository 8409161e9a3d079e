import type { Entry, ReadLine } from "../visit.ts";
import { COMPLAINT, type DocumentShape } from "../document.ts";
import { readHarEntry } from "../har.ts";
import { type JSONRecord, readRecord } from "../record.ts";
import { ACCESS_FORMATS } from "./access.ts";
import { readApachePattern } from "./apache.ts";
import { JSON_FORMATS } from "./json.ts";
import type { Layout } from "./layout.ts";
import { type FieldMap, mapReader } from "./map.ts";
import { readNginxPattern } from "./nginx.ts";
import type { PatternResult } from "./pattern.ts";
import { type PrefixName, PREFIXES } from "./prefix.ts";
import { quickReader } from "./quick.ts";
import { layoutReader, restChecker } from "./scan.ts";
import { type FieldsLine, FIELDS_PREFIX, w3cLayout } from "./w3c.ts";

/** A format of one's own, in the syntax of nginx's `log_format` or of Apache's `LogFormat`. */
export type LogPattern = { readonly nginx: string } | { readonly apache: string };

/** How the lines of a log are read, once it is known. Plain data: a worker is told it with the lines. */
export interface LineFormat {
  /** One of `formats`; `nginx` or `apache` for a pattern, and `map` for records that are read by a map. */
  readonly name: string;
  readonly prefix?: PrefixName | undefined;
  /** The fields that a W3C log named last. */
  readonly fields?: FieldsLine | undefined;
  readonly pattern?: LogPattern | undefined;
  readonly map?: FieldMap | undefined;
  /** The records of a document are told apart before they are read. */
  readonly shape?: DocumentShape | undefined;
}

/** A format of logs. */
export interface FormatInfo {
  readonly name: string;
  readonly description: string;
  /** `text`: fields in places; `fields`: a line of the log names them; `json`: objects on lines, in a list or one after the other; `document`: one JSON document. */
  readonly kind: "text" | "fields" | "json" | "document";
}

/** Every format that can be named or detected, the more particular before the more general. */
export const formats: readonly FormatInfo[] = [
  ...ACCESS_FORMATS.map(({ name, description }) => ({ name, description, kind: "text" as const })),
  { name: "cloudfront", description: "Amazon CloudFront, with its `#Fields` line", kind: "fields" },
  { name: "w3c", description: "IIS and others in the W3C extended format, with its `#Fields` line", kind: "fields" },
  ...JSON_FORMATS.map(({ name, description }) => ({ name, description, kind: "json" as const })),
  { name: "har", description: "HTTP Archive 1.2, as browsers save it", kind: "document" },
];

/** Reads a pattern. */
export function readPattern(pattern: LogPattern): PatternResult {
  return "nginx" in pattern ? readNginxPattern(pattern.nginx) : readApachePattern(pattern.apache);
}

/** The layout of lines, where the format is one of text and known to be sound. */
export function layoutIn({ name, fields, pattern }: LineFormat): Layout | undefined {
  if (pattern !== undefined) {
    const read = readPattern(pattern);
    return read.ok ? read.layout : undefined;
  }
  if (fields !== undefined) return w3cLayout(fields);
  return ACCESS_FORMATS.find((format) => format.name === name)?.layout;
}

/** Makes the function that reads lines of a format. `served` names the field, or the path, of the version that answered. */
export function lineReader(format: LineFormat, served?: string): ReadLine {
  const read = bareReader(format, served);
  const strip = PREFIXES.find(({ name }) => name === format.prefix)?.strip;
  if (strip === undefined) return read;
  const fault = { fault: `the line does not begin as the others do: no prefix of \`${format.prefix}\`` };
  return cutOut((line) => {
    if (isEmpty(line)) return undefined;
    const rest = strip(line);
    return rest === undefined ? fault : read(rest);
  });
}

/** Most readers take a line apart that was cut out of its text. */
function cutOut(read: (line: string) => Entry): ReadLine {
  return (text, from, to) => read(text.slice(from, to));
}

/** The formats whose usual lines are read faster, and the last field of these that says something of the request, or is `bytes`. */
const QUICK: ReadonlyMap<string, "bytes" | "user_agent"> = new Map([
  ["common", "bytes"],
  ["combined", "user_agent"],
  ["ingress-nginx", "user_agent"],
]);

function bareReader(format: LineFormat, served: string | undefined): ReadLine {
  if (format.name === "har")
    return cutOut((line) => (isEmpty(line) ? undefined : line.startsWith(COMPLAINT) ? complaintIn(line) : readHarEntry(line)));
  const layout = layoutIn(format);
  if (layout !== undefined) {
    const read = layoutReader(layout, served);
    // Comments, which some servers begin their logs with, say nothing.
    const slow = (line: string): Entry => (line === "" || line.charCodeAt(0) === 35 ? undefined : read(line));
    const last = QUICK.get(format.name);
    const fitsRest = last === undefined || served !== undefined ? undefined : restChecker(layout, last);
    return fitsRest === undefined ? cutOut(slow) : quickReader(last === "user_agent", fitsRest, slow);
  }
  if (formats.some(({ name, kind }) => name === format.name && kind === "fields"))
    return cutOut((line) =>
      line === "" || line.charCodeAt(0) === 35
        ? undefined
        : { fault: `no line with \`${FIELDS_PREFIX}\` and the field of a path stands before it` },
    );
  const read = recordReader(format, served);
  return cutOut((line) => {
    if (isEmpty(line)) return undefined;
    if (line.startsWith(COMPLAINT)) return complaintIn(line);
    const record = readRecord(line);
    return typeof record === "string" ? { fault: record } : read(record);
  });
}

/** Makes the function that reads records of a format. */
function recordReader({ name, map }: LineFormat, served: string | undefined): (record: JSONRecord) => Entry {
  if (map !== undefined) return mapReader(map, { served });
  const format = JSON_FORMATS.find((each) => each.name === name) ?? JSON_FORMATS.at(-1);
  return format === undefined ? () => undefined : format.reader(served);
}

function complaintIn(line: string): Entry {
  return { fault: line.slice(COMPLAINT.length) };
}

function isEmpty(line: string): boolean {
  return line === "" || /^\s*$/.test(line);
}
