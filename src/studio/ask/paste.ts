import { type LooseParts, requestOf, visible } from "../../index.ts";
import type { Row } from "../state.ts";

/** A pasted text as a request: what it was taken for, its rows, and what of it says nothing of the request. */
export type Pasted =
  | { readonly kind: "curl" | "HAR" | "JSON" | "HTTP"; readonly rows: readonly Row[]; readonly left: readonly string[] }
  | { readonly fault: string };

/** Reads a request that was copied from a terminal, a browser or a log. What it is shows in its first letters. */
export function readPaste(text: string): Pasted {
  const trimmed = text.trim();
  if (trimmed === "") return { fault: "the text is empty" };
  if (/^curl(?:\.exe)?\s/.test(trimmed)) return readCurl(trimmed);
  if (/^[[{]/.test(trimmed)) return readJSON(trimmed);
  return readHTTP(trimmed);
}

/** Options of curl with a value that says nothing of what a rule looks at. */
const CURL_IGNORED: ReadonlySet<string> = new Set(
  "-o --output -m --max-time --connect-timeout --retry -w --write-out --cacert --cert --key -x --proxy --resolve --limit-rate -E".split(
    " ",
  ),
);

/** Options of curl that send a body. */
const CURL_BODY: ReadonlySet<string> = new Set(
  "-d --data --data-raw --data-binary --data-ascii --data-urlencode --json -F --form -T --upload-file".split(" "),
);

/** Letters of curl whose value may stand in the same word. */
const CURL_SHORT = /^-[XHAbeudoFTmwxE]./;

function readCurl(text: string): Pasted {
  const words = shellWords(text);
  if (words === undefined) return { fault: "a quote is not closed" };
  const rows: Row[] = [];
  const left: string[] = [];
  let method: string | undefined;
  let url: string | undefined;
  let body = false;
  let get = false;
  for (let index = 1; index < words.length; index++) {
    let word = words[index] as string;
    let value: string | undefined;
    if (CURL_SHORT.test(word)) [word, value] = [word.slice(0, 2), word.slice(2)];
    else if (/^--[\w-]+=/.test(word)) [word, value] = [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)];
    const argument = (): string => value ?? words[++index] ?? "";
    if (word === "-X" || word === "--request") method = argument();
    else if (word === "-H" || word === "--header") {
      const row = headerRow(argument());
      if (row !== undefined) rows.push(...row);
    } else if (word === "-A" || word === "--user-agent") rows.push({ part: "header", name: "user-agent", value: argument() });
    else if (word === "-e" || word === "--referer") rows.push({ part: "header", name: "referer", value: argument() });
    else if (word === "-b" || word === "--cookie") rows.push(...cookieRows(argument()));
    else if (word === "-u" || word === "--user") rows.push({ part: "header", name: "authorization", value: `Basic ${basic(argument())}` });
    else if (word === "--url") url = argument();
    else if (CURL_BODY.has(word)) {
      argument();
      body = true;
      left.push(word);
    } else if (CURL_IGNORED.has(word)) {
      argument();
      left.push(word);
    } else if (word === "-I" || word === "--head") method ??= "HEAD";
    else if (word === "-G" || word === "--get") get = true;
    else if (word.startsWith("-")) left.push(word);
    else url ??= word;
  }
  if (url === undefined) return { fault: "the command has no URL" };
  const target = targetRows(url);
  if (target === undefined) return { fault: `\`${visible(url)}\` is no URL` };
  return done(
    "curl",
    [{ part: "method", name: "", value: method ?? (body && !get ? "POST" : "GET") }, ...withoutDouble(target, rows), ...rows],
    left,
  );
}

/** A host of the URL gives way to a Host header that is given. */
function withoutDouble(target: readonly Row[], rows: readonly Row[]): readonly Row[] {
  return rows.some(({ part }) => part === "host") ? target.filter(({ part }) => part !== "host") : target;
}

/** The words of a command as a shell would make them: quotes, `$'…'`, escapes, and lines that end with a backslash. */
function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const line = text.replaceAll(/\\\r?\n/g, " ").replaceAll(/\^\r?\n/g, " ");
  const pieces = /\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)|(\s+)/g;
  let word: string | undefined;
  let end = 0;
  for (const { 0: piece, 1: ansi, 2: single, 3: double, 4: escaped, 5: bare, 6: blank, index } of line.matchAll(pieces)) {
    if (index !== end) return undefined;
    end = index + piece.length;
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const said =
      ansi === undefined
        ? (single ?? (double === undefined ? (escaped ?? bare ?? "") : double.replaceAll(/\\(["\\$`])/g, "$1")))
        : unescaped(ansi);
    word = (word ?? "") + said;
  }
  if (end !== line.length) return undefined;
  return word === undefined ? words : [...words, word];
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([^]))/gi,
    (_, byte: string | undefined, unit: string | undefined, letter: string) =>
      byte !== undefined || unit !== undefined ? String.fromCharCode(Number.parseInt(byte ?? unit ?? "", 16)) : (ESCAPES[letter] ?? letter),
  );
}

function basic(user: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(user)));
}

/** The path, the query and the host of a URL or a target. */
function targetRows(url: string): readonly Row[] | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : url.startsWith("/") ? `http://placeholder.invalid${url}` : `http://${url}`;
  if (!URL.canParse(whole)) return undefined;
  const { host, pathname, searchParams } = new URL(whole);
  return [
    { part: "path", name: "", value: pathname },
    ...(host === "placeholder.invalid" ? [] : [{ part: "host", name: "", value: host } as const]),
    ...[...searchParams].map(([name, value]): Row => ({ part: "query", name, value })),
  ];
}

/** A header line as rows; undefined for one without a value, with which curl takes a header away. */
function headerRow(line: string): readonly Row[] | undefined {
  const [, name = "", value = ""] = /^(:?[^:]+):\s*(.*?)\s*$/s.exec(line) ?? [];
  if (name === "" || value === "") return undefined;
  return namedRows(name.trim(), value);
}

function namedRows(name: string, value: string): readonly Row[] {
  switch (name.toLowerCase()) {
    case "cookie":
      return cookieRows(value);
    case "host":
    case ":authority":
      return [{ part: "host", name: "", value }];
    case ":path":
      return targetRows(value) ?? [];
    case ":method":
      return [{ part: "method", name: "", value }];
    default:
      return name.startsWith(":") ? [] : [{ part: "header", name: name.toLowerCase(), value }];
  }
}

function cookieRows(line: string): readonly Row[] {
  return line.split(";").flatMap((pair): readonly Row[] => {
    const at = pair.indexOf("=");
    return at === -1 ? [] : [{ part: "cookie", name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() }];
  });
}

/** A request line, where there is one, and header lines. */
function readHTTP(text: string): Pasted {
  const lines = text.split(/\r?\n/);
  const rows: Row[] = [];
  const left: string[] = [];
  const [first = ""] = lines;
  const [, method, target] = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first.trim()) ?? [];
  if (method !== undefined && target !== undefined) {
    rows.push({ part: "method", name: "", value: method }, ...(targetRows(target) ?? []));
    lines.shift();
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") {
      if (lines.slice(index).some((rest) => rest.trim() !== "")) left.push("body");
      break;
    }
    const row = headerRow(line.replace(/^[><] /, ""));
    if (row === undefined && !/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+:\s*$/.test(line))
      return { fault: `\`${visible(line.slice(0, 60))}\` is no header line` };
    rows.push(...(row ?? []));
  }
  return rows.length === 0 ? { fault: "there are no headers" } : done("HTTP", rows, left);
}

type Loose = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An entry of an archive, an archive of one entry, or a request as suites and logs have it. */
function readJSON(text: string): Pasted {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : "no JSON" };
  }
  if (!isObject(value)) return { fault: "expected an object" };
  const { log } = value;
  const entries = isObject(log) && Array.isArray(log["entries"]) ? (log["entries"] as readonly unknown[]) : undefined;
  const entry = entries === undefined ? value : entries[0];
  const request = isObject(entry) && isObject(entry["request"]) ? entry["request"] : undefined;
  if (entries !== undefined && request === undefined) return { fault: "the archive has no request" };
  if (request !== undefined && typeof request["url"] === "string" && Array.isArray(request["headers"])) {
    const left = [
      ...(request["postData"] === undefined ? [] : ["postData"]),
      ...((entries?.length ?? 1) > 1 ? [`entries 2–${entries?.length}`] : []),
    ];
    return fromParts(
      "HAR",
      { method: request["method"], url: request["url"], headers: request["headers"], cookies: undefined },
      left,
      request["cookies"],
    );
  }
  return fromParts("JSON", request ?? value, [], undefined);
}

const KEYS = ["headers", "cookies", "query", "attributes", "method", "path", "url", "host", "authority"] as const;

function fromParts(kind: "HAR" | "JSON", parts: Loose, left: readonly string[], archived: unknown): Pasted {
  if (!KEYS.some((key) => parts[key] !== undefined && parts[key] !== null)) return { fault: "it has none of the keys of a request" };
  const unknown = Object.keys(parts).filter((key) => !KEYS.some((known) => known === key));
  const loose: LooseParts = parts;
  const hasCookie =
    Array.isArray(parts["headers"]) && parts["headers"].some((each) => isObject(each) && String(each["name"]).toLowerCase() === "cookie");
  const request = requestOf(kind === "HAR" && !hasCookie ? { ...loose, cookies: archived } : loose);
  if ("fault" in request) return request;
  const { headers, url = "/", method, attributes = {} } = request;
  const rows: Row[] = [
    ...(parts["method"] === undefined ? [] : [{ part: "method", name: "", value: method ?? "GET" } as const]),
    ...(targetRows(url) ?? [{ part: "path", name: "", value: url } as const]),
  ];
  const named = Object.entries(headers).flatMap(([name, value]) =>
    namedRows(name, typeof value === "string" ? value : (value ?? []).join(", ")),
  );
  const said = Object.entries(attributes).map(([name, value]): Row => ({ part: "attribute", name, value: value ?? "" }));
  return done(kind, [...withoutDouble(rows, named), ...named, ...said], [...left, ...(kind === "JSON" ? unknown : [])]);
}

function done(kind: "curl" | "HAR" | "JSON" | "HTTP", rows: readonly Row[], left: readonly string[]): Pasted {
  return { kind, rows, left: [...new Set(left)] };
}
