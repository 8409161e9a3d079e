import { type Field, fieldName } from "../request/index.ts";
import { asBytes } from "./bytes.ts";
import { linesOf, readByNode, type WireRequest } from "./wire.ts";

/** What requests may have that routers read in different ways. */
export interface Oddity {
  /** As the rest of a sentence: `requests with …`. */
  readonly why: string;
  /** Requests with the oddity, made of one that has a value in the field. */
  readonly of: (request: WireRequest, field: Field, value: string) => readonly WireRequest[];
}

/** The oddities of a field, by what it is in. */
export function odditiesOf(field: Field): readonly Oddity[] {
  switch (field.kind) {
    case "header":
      return field.name === "cookie" ? COOKIE_LINE : HEADER;
    case "cookie":
      return COOKIE;
    case "query":
      return QUERY;
    case "path":
      return PATH;
    case "method":
      return METHOD;
    case "authority":
      return AUTHORITY;
    case "attribute":
      return [];
  }
}

/** A value that no rule is likely to ask for. */
const OTHER = "other-0";

function swapCase(text: string): string {
  return text.replaceAll(/[A-Za-z]/g, (letter) => (letter < "a" ? letter.toLowerCase() : letter.toUpperCase()));
}

/** Every byte of a text as an escape of a query or path. */
function escaped(text: string): string {
  return text.replaceAll(/[^]/g, encodeUnit);
}

function encodeUnit(unit: string): string {
  return `%${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** A text as a query has it: what is no letter or digit is escaped. */
function encoded(text: string): string {
  return asBytes(text).replaceAll(/[^0-9A-Za-z]/g, encodeUnit);
}

const headerName = (field: Field): string => (field.kind === "authority" ? "host" : fieldName(field).replace(/^header /, ""));

/** The request with other lines of a header, where the first of them stood. */
function withLines(request: WireRequest, name: string, lines: readonly (readonly [string, string])[]): WireRequest {
  const others = request.headers.filter(([each]) => each.toLowerCase() !== name);
  return { ...request, headers: [...others, ...lines] };
}

const header =
  (...linesOfValue: readonly ((value: string, name: string) => readonly (readonly [string, string])[])[]): Oddity["of"] =>
  (request, field, value) => {
    const name = headerName(field);
    return linesOfValue.map((lines) => withLines(request, name, lines(value, name)));
  };

const HEADER: readonly Oddity[] = [
  {
    why: "a header that is repeated",
    of: header(
      (value, name) => [
        [name, value],
        [name, OTHER],
      ],
      (value, name) => [
        [name, OTHER],
        [name, value],
      ],
      (value, name) => value.split(", ").map((part) => [name, part] as const),
      (value, name) => value.split(",").map((part) => [name, part] as const),
    ),
  },
  {
    why: "a header with commas in its value",
    of: header(
      (value, name) => [[name, `${value}, ${OTHER}`]],
      (value, name) => [[name, `${OTHER},${value}`]],
    ),
  },
  {
    why: "blanks around the value of a header",
    of: header(
      (value, name) => [[name, `${value}\t`]],
      (value, name) => [[name, `\t${value}`]],
      (value, name) => [[name, `${value} \t `]],
    ),
  },
  { why: "`_` in place of `-` in the name of a header", of: header((value, name) => [[name.replaceAll("-", "_"), value]]) },
  { why: "letters of a value in the other case", of: header((value, name) => [[name, swapCase(value)]]) },
  {
    why: "more ahead of a value, or behind it",
    of: header(
      (value, name) => [[name, `x${value}`]],
      (value, name) => [[name, `${value}x`]],
    ),
  },
  { why: "a header that is there and empty", of: header((_, name) => [[name, ""]]) },
];

const COOKIE_LINE: readonly Oddity[] = [
  {
    why: "several Cookie lines",
    of: header(
      (value, name) => [
        [name, value],
        [name, OTHER],
      ],
      (value, name) => value.split("; ").map((part) => [name, part] as const),
    ),
  },
  { why: "letters of a value in the other case", of: header((value, name) => [[name, swapCase(value)]]) },
];

const cookie =
  (...linesOfPair: readonly ((value: string, name: string) => readonly string[])[]): Oddity["of"] =>
  (request, field, value) => {
    if (field.kind !== "cookie") return [];
    // The first pair alone is changed: the others belong to other rules.
    const rest = linesOf(request, "cookie")
      .join("; ")
      .split("; ")
      .filter((pair) => pair !== "" && pair !== `${field.name}=${value}`);
    return linesOfPair.map((lines) => {
      const made = lines(value, field.name);
      const ends = made.map((line, index) => (index === made.length - 1 ? [line, ...rest].join("; ") : line));
      return withLines(
        request,
        "cookie",
        ends.map((line) => ["cookie", line] as const),
      );
    });
  };

const COOKIE: readonly Oddity[] = [
  {
    why: "a cookie that is there twice",
    of: cookie(
      (value, name) => [`${name}=${value}; ${name}=${OTHER}`],
      (value, name) => [`${name}=${OTHER}; ${name}=${value}`],
    ),
  },
  {
    why: "several Cookie lines",
    of: cookie(
      (value, name) => [`${name}=${value}`, `${name}=${OTHER}`],
      (value, name) => [`${name}=${OTHER}`, `${name}=${value}`],
      (value, name) => [`x0=1`, `${name}=${value}`],
      (value, name) => [`${name}=${value}`, `x0=1`],
    ),
  },
  { why: "letters of the name of a cookie in the other case", of: cookie((value, name) => [`${swapCase(name)}=${value}`]) },
  { why: "letters of a value in the other case", of: cookie((value, name) => [`${name}=${swapCase(value)}`]) },
  { why: "the value of a cookie in double quotes", of: cookie((value, name) => [`${name}="${value}"`]) },
  { why: "escapes in the value of a cookie", of: cookie((value, name) => [`${name}=${escaped(value)}`]) },
  {
    why: "blanks around the name or the value of a cookie",
    of: cookie(
      (value, name) => [`x0=1 ;\t${name} =\t${value} `],
      (value, name) => [`${name}\t=${value}\t;x0=1`],
    ),
  },
  {
    why: "a cookie without `=`",
    of: cookie(
      (value, name) => [`${name}; ${name}=${value}`],
      (value, name) => [`x0;${name}=${value}`],
      (_, name) => [name],
    ),
  },
  {
    why: "more ahead of a value or name, or behind it",
    of: cookie(
      (value, name) => [`x${name}=${value}`],
      (value, name) => [`${name}=${value}x`],
      (value, name) => [`${name}=${value}=x`],
      (value, name) => [`${name}=x${value}`],
      (value, name) => [`x0=${name}=${value}`],
    ),
  },
];

const query =
  (...searchesOf: readonly ((value: string, name: string, written: string) => string)[]): Oddity["of"] =>
  (request, field, value) => {
    if (field.kind !== "query") return [];
    const [path = "/", ...search] = request.target.split("?");
    const [name, plain] = [encoded(field.name), encoded(value)];
    const rest = search
      .join("?")
      .split("&")
      .filter((pair) => pair !== "" && readByNode(field, { ...request, target: `/?${pair}` }) === undefined);
    return searchesOf.map((made) => ({ ...request, target: `${path}?${[made(plain, name, asBytes(value)), ...rest].join("&")}` }));
  };

const QUERY: readonly Oddity[] = [
  {
    why: "a query parameter that is there twice",
    of: query(
      (value, name) => `${name}=${value}&${name}=${OTHER}`,
      (value, name) => `${name}=${OTHER}&${name}=${value}`,
    ),
  },
  { why: "escapes in the value of a query parameter", of: query((_, name, bytes) => `${name}=${escaped(bytes)}`) },
  {
    why: "escapes in the name of a query parameter",
    of: (request, field, value) =>
      field.kind === "query" ? query((plain) => `${escaped(asBytes(field.name))}=${plain}`)(request, field, value) : [],
  },
  {
    why: "`+` for a space in a query",
    of: query(
      (value, name) => `${name}=${value.replaceAll("%20", "+")}`,
      (value, name) => `${name}=${value}+`,
    ),
  },
  { why: "letters of the name of a query parameter in the other case", of: query((value, name) => `${swapCase(name)}=${value}`) },
  { why: "letters of a value in the other case", of: query((value, name) => `${name}=${swapCase(value)}`) },
  {
    why: "`;` or a second `?` in a query",
    of: query(
      (value, name) => `x0=1;${name}=${value}`,
      (value, name) => `${name}=${value};x0=1`,
      (value, name) => `?${name}=${value}`,
      (value, name) => `x0=1?${name}=${value}`,
    ),
  },
  {
    why: "a query parameter without a value",
    of: query(
      (value, name) => `${name}&${name}=${value}`,
      (_, name) => `${name}=`,
      (_, name) => name,
      (value, name) => `&&${name}=${value}&`,
    ),
  },
  {
    why: "escapes in a query that are none",
    of: query(
      (value, name) => `%=%zz&${name}=${value}`,
      (value, name) => `${name}=${value}%`,
    ),
  },
  {
    why: "more ahead of a value or name, or behind it",
    of: query(
      (value, name) => `x${name}=${value}`,
      (value, name) => `${name}=${value}x`,
      (value, name) => `${name}=x${value}`,
      (value, name) => `${name}=${value}=`,
    ),
  },
];

const target =
  (...targetsOf: readonly ((path: string, search: string) => string)[]): Oddity["of"] =>
  (request) => {
    const [path = "/", ...search] = request.target.split("?");
    const behind = search.length === 0 ? "" : `?${search.join("?")}`;
    return targetsOf.map((made) => ({ ...request, target: made(path, behind) }));
  };

const PATH: readonly Oddity[] = [
  { why: "a query behind the path", of: target((path, search) => `${path}${search === "" ? "?" : search}&x0=/`) },
  { why: "escapes in the path", of: target((path, search) => `/${escaped(path.slice(1))}${search}`) },
  { why: "letters of the path in the other case", of: target((path, search) => `${swapCase(path)}${search}`) },
  {
    why: "a path that is normalized by some",
    of: target(
      (path, search) => `/${path}${search}`,
      (path, search) => `/x0/..${path}${search}`,
      (path, search) => `/.${path}${search}`,
    ),
  },
  {
    why: "more behind the path",
    of: target(
      (path, search) => `${path}/${search}`,
      (path, search) => `${path}x${search}`,
      (path, search) => `${path};x${search}`,
    ),
  },
];

const METHOD: readonly Oddity[] = [
  { why: "a method in lower case", of: (request) => [{ ...request, method: request.method.toLowerCase() }] },
];

const AUTHORITY: readonly Oddity[] = [
  { why: "letters of the host in the other case", of: header((value, name) => [[name, swapCase(value)]]) },
  { why: "a port behind the host", of: header((value, name) => [[name, `${value}:80`]]) },
];
