import { type Checked, type Diagnostic, shown } from "../../../document/index.ts";
import type { DocumentShape } from "../document.ts";
import { isRecord, type JSONRecord, readRecord } from "../record.ts";
import type { Entry, ReadLine } from "../visit.ts";
import { ACCESS_FORMATS } from "./access.ts";
import { formats, layoutIn, type LineFormat, lineReader } from "./formats.ts";
import { JSON_FORMATS } from "./json.ts";
import { PREFIXES, type PrefixName } from "./prefix.ts";
import { type FieldsLine, fieldsOf, isCloudFront, lacksRequest } from "./w3c.ts";

/** Lines that are looked at. More than a screen, because containers write what they do at the start before the first request. */
export const LINES_LOOKED_AT = 100;

/** The least part of those that a format must read to be that of the log. One format in a file of something else is chance. */
const LEAST_SHARE = 0.1;

/** A more general format is preferred only where it reads so much more. */
const AS_GOOD_AS = 0.9;

/** Which formats are looked for: all of them, those of access logs, those of JSON, or one. */
export type Sought = "auto" | "access-log" | "json" | LineFormat;

/** The first lines of a log, without prefix, and what they are. */
interface Sample {
  readonly prefix: PrefixName | undefined;
  readonly lines: readonly string[];
  /** Lines before the prefix was taken off, also those without one. */
  readonly all: number;
  readonly records: readonly (JSONRecord | undefined)[];
}

/**
 * Finds the format of a log from its beginning, which may break off within a line. The format with most lines is taken; of two that
 * are about as good, the more particular. Prefixes of loggers are looked for as well.
 */
export function detectFormat(text: string): Checked<LineFormat> {
  return detect(text, "auto");
}

/** The same for some of the formats. */
export function detect(text: string, sought: Sought): Checked<LineFormat> {
  const head = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const fixed = typeof sought === "object" ? sought : undefined;
  const json =
    fixed === undefined
      ? sought !== "access-log"
      : fixed.map !== undefined || formats.some(({ name, kind }) => name === fixed.name && kind === "json");
  if (fixed?.name === "har" || (sought === "auto" && isHar(head))) return found({ name: "har", shape: "har" });
  const shape = json ? shapeOf(head) : undefined;
  if (shape !== undefined) {
    const sample = sampleOf(undefined, recordTexts(head, shape));
    const format = jsonFormat([sample], sought);
    if (format !== undefined) return found({ ...format, shape });
    // A list of nothing, or of records that are not in the format which is named.
    if (sought !== "auto" || /^\s*\[\s*\]\s*$/.test(head)) return found({ ...(fixed ?? { name: "json" }), shape });
    return { ok: false, diagnostics: [unknown(head, linesOf(head), [sample], sought)] };
  }

  const lines = linesOf(head);
  const samples = [undefined, ...PREFIXES].map((prefix) => {
    const stripped = prefix === undefined ? lines : lines.map(prefix.strip).filter((line) => line !== undefined && line !== "");
    return sampleOf(prefix?.name, stripped as readonly string[], lines.length);
  });
  const candidates = samples.filter((sample) => sample.lines.length > 0).flatMap((sample) => candidatesOf(sample, sought));
  const best = Math.max(0, ...candidates.map(({ read }) => read));
  const format = candidates.find(({ read, all }) => read > 0 && read >= best * AS_GOOD_AS && read >= all * LEAST_SHARE)?.format;
  return format === undefined ? { ok: false, diagnostics: [unknown(head, lines, samples, sought)] } : found(format);
}

function found(value: LineFormat): Checked<LineFormat> {
  return { ok: true, value, diagnostics: [] };
}

function sampleOf(prefix: PrefixName | undefined, lines: readonly string[], all = lines.length): Sample {
  const records = lines.map((line) => {
    const record = line.startsWith("{") ? readRecord(line) : undefined;
    return typeof record === "object" ? record : undefined;
  });
  return { prefix, lines, all, records };
}

interface Candidate {
  readonly format: LineFormat;
  /** Lines that it reads, of those that were looked at. */
  readonly read: number;
  readonly all: number;
}

function candidatesOf(sample: Sample, sought: Sought): readonly Candidate[] {
  const { prefix, lines, records, all } = sample;
  const count = (read: ReadLine): number => lines.filter((line) => isRead(read(line))).length;
  const placed = (format: LineFormat): LineFormat => (prefix === undefined ? format : { ...format, prefix });
  const candidates: Candidate[] = [];
  const add = (format: LineFormat, read: number): void => {
    candidates.push({ format: placed(format), read, all });
  };
  const fixed = typeof sought === "object" ? sought : undefined;
  const wants = (name: string): boolean => fixed === undefined || fixed.name === name;

  if (fixed?.map !== undefined) add(fixed, count(lineReader(fixed)));
  else if (fixed?.pattern !== undefined) add(fixed, count(lineReader(fixed)));
  else {
    const named = sought === "json" ? undefined : fieldsIn(lines);
    if (named !== undefined && !lacksRequest(named.fields)) {
      const format = { name: isCloudFront(named.fields) ? "cloudfront" : "w3c", fields: named };
      // A log of an idle server has the line with the fields and no other.
      const read = lines.every((line) => line.startsWith("#")) ? lines.length : count(lineReader(format));
      if (wants(format.name)) add(format, read);
    }
    if (sought !== "json") for (const { name } of ACCESS_FORMATS) if (wants(name)) add({ name }, count(lineReader({ name })));
    if (sought !== "access-log") {
      for (const { name, fits } of JSON_FORMATS)
        if (wants(name)) add({ name }, records.filter((record) => record !== undefined && fits(record)).length);
    }
  }
  return candidates;
}

function jsonFormat(samples: readonly Sample[], sought: Sought): LineFormat | undefined {
  const candidates = samples.flatMap((sample) => candidatesOf(sample, sought)).filter(({ format }) => format.fields === undefined);
  const best = Math.max(0, ...candidates.map(({ read }) => read));
  return candidates.find(({ read }) => read > 0 && read >= best * AS_GOOD_AS)?.format;
}

function isRead(entry: Entry): boolean {
  return entry !== undefined && !("fault" in entry);
}

/** The fields that the first line with fields names. */
function fieldsIn(lines: readonly string[]): FieldsLine | undefined {
  for (const [index, line] of lines.entries()) {
    const named = fieldsOf(
      line,
      lines.slice(index + 1).find((next) => !next.startsWith("#")),
    );
    if (named !== undefined) return named;
  }
  return undefined;
}

/** The first lines that are not empty. The last counts only where nothing but it is there: it may break off. */
function linesOf(head: string): readonly string[] {
  const lines = head.split(/\r?\n/, LINES_LOOKED_AT + 1);
  const whole = lines.length > 1 && !head.endsWith("\n") && lines.length <= LINES_LOOKED_AT ? lines.slice(0, -1) : lines;
  const some = whole.filter((line) => line.trim() !== "");
  return some.length > 0 ? some.slice(0, LINES_LOOKED_AT) : lines.filter((line) => line.trim() !== "");
}

/** `{"log":{…`, where Docker's records have a text: `{"log":"…`. */
function isHar(head: string): boolean {
  return /^\s*\{\s*"log"\s*:\s*\{/.test(head);
}

/** Whether a text is a list of records, or has records over several lines. */
function shapeOf(head: string): Exclude<DocumentShape, "har"> | undefined {
  if (/^\s*\[\s*(?:[{\]]|$)/.test(head)) return "array";
  if (!/^\s*\{/.test(head)) return undefined;
  const lines = linesOf(head);
  const isWhole = lines.some((line) => line.startsWith("{") && typeof readRecord(line) === "object");
  return !isWhole && /^\s*\{(?:.*[,{[])?\s*$/.test(lines[0] ?? "") ? "values" : undefined;
}

/** The first records of a document, as far as they are whole. */
function recordTexts(head: string, shape: DocumentShape): readonly string[] {
  const texts: string[] = [];
  let depth = 0;
  let start = -1;
  const base = shape === "array" ? 1 : 0;
  for (const { 0: token, index } of head.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === "{" || token === "[") {
      if (depth === base) start = index;
      depth++;
    } else if (token === "}" || token === "]") {
      depth--;
      if (depth === base && start !== -1) texts.push(head.slice(start, index + 1).replaceAll(/[\r\n]+/g, " "));
      if (texts.length >= LINES_LOOKED_AT) break;
    }
  }
  return texts;
}

const KNOWN = `known: ${formats.map(({ name }) => `\`${name}\``).join(", ")}`;

/** The complaint about a log of which nothing is known, with a guess at what it is. */
function unknown(head: string, lines: readonly string[], samples: readonly Sample[], sought: Sought): Diagnostic {
  const what =
    typeof sought === "object"
      ? `no line is in the format ${shown(sought.name)}`
      : sought === "auto"
        ? "the format of the log is not known"
        : sought === "json"
          ? "no line is a record of a request"
          : "no line is in a known format of access logs";
  const guess = guessOf(head, lines, samples);
  const help = `${guess === undefined ? "" : `${guess}; `}name the format, describe it (nginx's \`log_format\`, Apache's \`LogFormat\`), or map the keys of JSON records; ${KNOWN}`;
  return { code: "log-format", severity: "error", at: "", message: what, help };
}

/** Whether no text has this character. */
function isBinary(character: string): boolean {
  const unit = character.charCodeAt(0);
  return unit < 9 || (unit > 13 && unit < 27);
}

function guessOf(head: string, lines: readonly string[], samples: readonly Sample[]): string | undefined {
  if (lines.length === 0) return "there is no line in it";
  if (Array.from(head.slice(0, 1_000)).some(isBinary)) return "these are no lines of text";
  for (const { records, prefix } of samples) {
    const record = records.find((each) => each !== undefined);
    if (record === undefined || (prefix === undefined && isRecord(record) && typeof record["log"] === "string")) continue;
    const keys = Object.keys(record).slice(0, 6).map(shown).join(", ");
    if (keys === "") return "these lines look like JSON without a key";
    return `these lines look like JSON with the keys ${keys}, of which none is of a request`;
  }
  const first = lines[0] ?? "";
  if (first.includes("\t") || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S/.test(first))
    return "these lines look like W3C or CloudFront without their `#Fields` line";
  let best: { readonly share: number; readonly text: string } | undefined;
  for (const sample of samples) {
    for (const { name } of ACCESS_FORMATS) {
      const read = lineReader({ name });
      const fields = layoutIn({ name })?.tokens.filter((token) => typeof token !== "string").length ?? 1;
      for (const line of sample.lines.slice(0, 10)) {
        const entry = read(line);
        if (entry === undefined || !("fault" in entry)) continue;
        const share = (entry.fields ?? 0) / fields;
        if (share < 0.2 || share <= (best?.share ?? 0)) continue;
        const behind = sample.prefix === undefined ? "" : ` behind a prefix of \`${sample.prefix}\``;
        best = { share, text: `these lines look like \`${name}\`${behind}, but ${entry.fault}` };
      }
    }
  }
  return best?.text;
}
