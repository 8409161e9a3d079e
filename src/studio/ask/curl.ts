import { visible } from "../../index.ts";
import type { Row } from "../state.ts";
import { cookieRows, done, headerRows, type Pasted, targetRows, withoutDouble } from "./pasted.ts";

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

/** Options of curl without a value that say nothing of what a rule looks at. */
const CURL_FLAGS: ReadonlySet<string> = new Set(
  "-s --silent -S --show-error -L --location -k --insecure -v --verbose -i --include -f --fail -N --no-buffer -g --globoff -n --netrc -O --remote-name -# --progress-bar -q -4 --ipv4 -6 --ipv6 -j --junk-session-cookies -0 --http1.0 --http1.1 --http2 --http3 --compressed --path-as-is --no-keepalive --tlsv1.2 --tlsv1.3 --fail-with-body --no-progress-meter".split(
    " ",
  ),
);

/** Options without a value that the request follows from. */
const CURL_SWITCHES: ReadonlySet<string> = new Set(["-I", "--head", "-G", "--get"]);

/** Options with a value that the request follows from, and the one word for each. */
const CURL_READ: ReadonlyMap<string, "method" | "header" | "agent" | "referer" | "cookie" | "user" | "url"> = new Map([
  ["-X", "method"],
  ["--request", "method"],
  ["-H", "header"],
  ["--header", "header"],
  ["-A", "agent"],
  ["--user-agent", "agent"],
  ["-e", "referer"],
  ["--referer", "referer"],
  ["-b", "cookie"],
  ["--cookie", "cookie"],
  ["-u", "user"],
  ["--user", "user"],
  ["--url", "url"],
]);

interface CurlOption {
  /** Undefined for a word that is no option. */
  readonly name: string | undefined;
  readonly value: string;
}

/** The options of a command. Letters may stand together, and a value with its option. */
function* curlOptions(words: readonly string[]): Generator<CurlOption> {
  const isAlone = (name: string): boolean => CURL_FLAGS.has(name) || CURL_SWITCHES.has(name);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (!word.startsWith("-") || word === "-") {
      yield { name: undefined, value: word };
      continue;
    }
    const [, long, given] = /^(--[^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (long !== undefined) {
      yield { name: long, value: isAlone(long) ? "" : (given ?? words[++index] ?? "") };
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const name = `-${word[at]}`;
      if (isAlone(name)) {
        yield { name, value: "" };
        continue;
      }
      yield { name, value: at === word.length - 1 ? (words[++index] ?? "") : word.slice(at + 1) };
      break;
    }
  }
}

/** A command of curl. An option that is not known is refused: what follows it may be its value, or the URL. */
export function readCurl(text: string): Pasted {
  const words = shellWords(text);
  if (words === undefined) return { fault: "a quote is not closed" };
  const rows: Row[] = [];
  const left: string[] = [];
  const bodies: string[] = [];
  let method: string | undefined;
  let url: string | undefined;
  let isGet = false;
  for (const { name, value } of curlOptions(words.slice(1))) {
    if (name === undefined) url ??= value;
    else if (name === "-I" || name === "--head") method ??= "HEAD";
    else if (name === "-G" || name === "--get") isGet = true;
    else if (CURL_FLAGS.has(name) || CURL_IGNORED.has(name)) left.push(name);
    else if (CURL_BODY.has(name)) {
      bodies.push(value);
      left.push(name);
    } else {
      switch (CURL_READ.get(name)) {
        case "method":
          method = value;
          break;
        case "header":
          rows.push(...(headerRows(value) ?? []));
          break;
        case "agent":
          rows.push({ part: "header", name: "user-agent", value });
          break;
        case "referer":
          rows.push({ part: "header", name: "referer", value });
          break;
        case "cookie":
          rows.push(...cookieRows(value));
          break;
        case "user":
          rows.push({ part: "header", name: "authorization", value: `Basic ${basic(value)}` });
          break;
        case "url":
          url = value;
          break;
        case undefined:
          return { fault: `\`${visible(name)}\` is an option that is not read here` };
      }
    }
  }
  if (url === undefined) return { fault: "the command has no URL" };
  const target = targetRows(url);
  if (target === undefined) return { fault: `\`${visible(url)}\` is no URL` };
  // With -G the data is the query, and there is no body.
  const query = isGet ? [...new URLSearchParams(bodies.join("&"))].map(([name, value]): Row => ({ part: "query", name, value })) : [];
  const sent = method ?? (bodies.length > 0 && !isGet ? "POST" : "GET");
  return done(
    "curl",
    [{ part: "method", name: "", value: sent }, ...withoutDouble(target, rows), ...query, ...rows],
    isGet ? left.filter((name) => !CURL_BODY.has(name)) : left,
  );
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
