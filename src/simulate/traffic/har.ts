import { toRequest } from "../../request/index.ts";
import type { Entry } from "./visit.ts";

/**
 * Makes lines of a HAR file (HTTP Archive 1.2): each entry of `log.entries` on one line, as the stream brings it, so that a
 * file of any size passes through. The last line of a file that breaks off is the part of an entry that is there.
 */
export async function* entriesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const scan = scanner();
  for await (const chunk of stream) {
    const lines = scan.take(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    if (lines !== "") yield lines;
  }
  const rest = scan.end();
  if (rest !== "") yield rest;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/** Where entries stand: in the list that is the value of `entries`, in the object that is the value of `log`. */
const WAY: readonly string[] = ["log", "entries"];

/** Follows the nesting of brackets and the strings of a JSON text, and knows no more of JSON. */
function scanner(): { readonly take: (text: string) => string; readonly end: () => string } {
  let depth = 0;
  /** How far the way to the entries has been gone: brackets opened on it. 3 is within the list. */
  let along = 0;
  let quoted = false;
  let escaped = false;
  let found = false;
  /** The string that was read last, to know a key. */
  let word = "";
  let entry = "";

  const take = (text: string): string => {
    let lines = "";
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (quoted) {
        if (escaped) escaped = false;
        else if (unit === BACKSLASH) escaped = true;
        else if (unit === QUOTE) quoted = false;
        if (quoted && along < 3 && word.length < 16) word += text[at];
      } else if (unit === QUOTE) {
        quoted = true;
        word = "";
      } else if (OPENING.has(unit)) {
        if (along === 3 && depth === 3) from = at;
        if (along === depth && along < 3 && (along === 0 || word === WAY[along - 1])) along++;
        found ||= along === 3;
        depth++;
      } else if (CLOSING.has(unit)) {
        depth--;
        if (along === 3 && depth === 3) {
          lines += `${flat(entry + text.slice(from, at + 1))}\n`;
          entry = "";
        }
        along = Math.min(along, depth);
      }
    }
    if (along === 3 && depth > 3) entry += text.slice(from);
    return lines;
  };
  return { take, end: () => (found ? flat(entry) : "not a HAR file: there is no list `log.entries`") };
}

/** Line breaks in JSON stand between its words, never in a string. */
function flat(text: string): string {
  return /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]+/g, " ") : text;
}

/**
 * Reads one entry of a HAR file: its request. The names that HTTP/2 begins with a colon are no headers; `:authority` is the
 * host.
 */
export function readHarEntry(line: string): Entry {
  let entry: { readonly request?: HarRequest } | null;
  try {
    entry = JSON.parse(line);
  } catch {
    return { fault: line.startsWith("{") ? "not a whole entry" : line.slice(0, 80) };
  }
  const { method, url, headers } = entry?.request ?? {};
  if (typeof url !== "string" || typeof method !== "string") return { fault: "no request with `method` and `url` in the entry" };
  if (!Array.isArray(headers)) return { fault: "`request.headers` is not a list" };
  const pairs: [string, string][] = [];
  for (const header of headers as readonly ({ readonly name?: unknown; readonly value?: unknown } | null)[]) {
    if (typeof header?.name !== "string" || typeof header.value !== "string") return { fault: "a header is not a name and a value" };
    if (header.name === ":authority") pairs.push(["host", header.value]);
    else if (!header.name.startsWith(":")) pairs.push([header.name, header.value]);
  }
  return { request: toRequest({ headers: pairs, url, method }), user: undefined, session: undefined, draw: undefined, served: undefined };
}

interface HarRequest {
  readonly method?: unknown;
  readonly url?: unknown;
  readonly headers?: unknown;
}
