import { LONGEST_LINE } from "./lines.ts";

/** How records stand in a JSON document: as a list; one after the other, each over several lines; or as the entries of a HAR file. */
export type DocumentShape = "array" | "values" | "har";

/** What begins a line that is no record but says what was wrong where one should be. No record begins with it. */
export const COMPLAINT = "! ";

/** Characters of one entry that are passed over at most. No text can be longer in V8, so what wrote such an entry is no browser. */
const LONGEST_ENTRY = 512 * 2 ** 20;

/** The keys that lead to the records: an empty one stands for the outermost value. */
const WAYS: Readonly<Record<DocumentShape, readonly string[]>> = { array: [""], values: [], har: ["", "log", "entries"] };

/** What is kept of an entry of a HAR file, and of its parts. Bodies, timings and certificates may be of any size, and are passed over. */
const KEPT: ReadonlySet<string> = new Set(["request", "response", "startedDateTime", "_fromCache", "_resourceType"]);
const KEPT_PARTS: Readonly<Record<string, ReadonlySet<string> | undefined>> = {
  request: new Set(["method", "url", "headers", "cookies"]),
  response: new Set(["status"]),
};

/**
 * Makes lines of a JSON document: each record on one line, as the stream brings it, so that a document of any size passes through.
 * The last line of a document that breaks off is the part of a record that is there.
 */
export async function* recordsOf(stream: AsyncIterable<string>, shape: DocumentShape): AsyncGenerator<string, void, undefined> {
  const scan = scanner(shape);
  for await (const chunk of stream) {
    const lines = scan.take(chunk);
    if (lines !== "") yield lines;
  }
  const rest = scan.end();
  if (rest !== "") yield rest;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;

function isOpening(unit: number): boolean {
  return unit === 91 || unit === 123;
}

function isClosing(unit: number): boolean {
  return unit === 93 || unit === 125;
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 10 || unit === 13 || unit === 9;
}

/** Follows the nesting of brackets and the strings of a JSON text, and knows no more of JSON. */
function scanner(shape: DocumentShape): { readonly take: (text: string) => string; readonly end: () => string } {
  const way = WAYS[shape];
  /** The depth at which records stand. */
  const base = way.length;
  let depth = 0;
  /** How far the way to the records has been gone: brackets opened on it. */
  let along = 0;
  let found = base === 0;
  let quoted = false;
  /** Backslashes that stand at the end of what was read of a string. */
  let backslashes = 0;
  /** The string that was read last, as far as it is needed to know a key. */
  let word = "";
  /** The key of the part of a HAR entry in which we are. */
  let part = "";
  /** The depth of the key whose value is being passed over; 0 where none is. */
  let dropping = 0;
  let record = "";
  let size = 0;
  let stray = false;

  const keep = (text: string): void => {
    size += text.length;
    if (dropping === 0 && record.length <= LONGEST_LINE) record += text;
  };
  const finish = (): string => {
    const line =
      size > LONGEST_ENTRY
        ? `${COMPLAINT}an entry longer than 512 MiB`
        : record.length > LONGEST_LINE
          ? `${COMPLAINT}an entry longer than ${LONGEST_LINE} characters`
          : flat(record);
    record = "";
    size = 0;
    dropping = 0;
    return `${line}\n`;
  };
  const complain = (): string => {
    if (!stray) return "";
    stray = false;
    return `${COMPLAINT}not an object\n`;
  };
  const drops = (): boolean => {
    if (shape !== "har") return false;
    if (depth === base + 1) {
      part = word;
      return !KEPT.has(word);
    }
    return depth === base + 2 && KEPT_PARTS[part]?.has(word) === false;
  };

  const take = (text: string): string => {
    let lines = "";
    /** Where what is to be kept begins. */
    let from = 0;
    let at = 0;
    while (at < text.length) {
      if (quoted) {
        const quote = text.indexOf('"', at);
        const end = quote === -1 ? text.length : quote;
        let run = 0;
        while (end - run > at && text.charCodeAt(end - run - 1) === BACKSLASH) run++;
        backslashes = run === end - at ? backslashes + run : run;
        if (word.length < 32) word += text.slice(at, Math.min(end, at + 32));
        if (quote === -1) break;
        at = quote + 1;
        if (backslashes % 2 === 0) quoted = false;
        backslashes = 0;
        continue;
      }
      const unit = text.charCodeAt(at);
      const inside = along === base && depth > base;
      if (unit === QUOTE) {
        quoted = true;
        backslashes = 0;
        word = "";
        if (along === base && depth === base) stray = true;
      } else if (isOpening(unit)) {
        if (along === base && depth === base) {
          lines += complain();
          // A list is no record, but it is passed over like one.
          from = at;
        } else if (along === depth && along < base && (along === 0 || word === way[along])) {
          along++;
          found ||= along === base;
        }
        depth++;
      } else if (isClosing(unit)) {
        if (inside && dropping === depth) {
          keep(text.slice(from, at));
          dropping = 0;
          from = at;
        }
        depth = Math.max(0, depth - 1);
        if (inside && depth === base) {
          keep(text.slice(from, at + 1));
          lines += finish();
          from = at + 1;
        } else if (depth < along) {
          lines += complain();
          along = depth;
        }
      } else if (inside) {
        if (unit === COLON && dropping === 0 && drops()) {
          keep(`${text.slice(from, at + 1)}null`);
          dropping = depth;
          from = at + 1;
        } else if (unit === COMMA && dropping === depth) {
          keep(text.slice(from, at));
          dropping = 0;
          from = at;
        }
      } else if (along === base && depth === base) {
        if (unit === COMMA) lines += complain();
        else if (!isBlank(unit)) stray = true;
      } else if (shape === "array" && depth === 0 && !isBlank(unit)) {
        stray = true;
      }
      at++;
    }
    if (along === base && depth > base) keep(text.slice(from));
    return lines;
  };
  return {
    take,
    end: () => {
      if (!found) return `${COMPLAINT}not a HAR file: there is no list \`log.entries\`\n`;
      return complain() + (record === "" ? "" : finish());
    },
  };
}

/** Line breaks in JSON stand between its words, never in a string. */
function flat(text: string): string {
  return /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+/g, " ") : text;
}
