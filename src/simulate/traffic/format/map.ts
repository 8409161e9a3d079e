import { shown } from "../../../document/index.ts";
import { isNothing, requestOf, textIn } from "../../../request/index.ts";
import { isRecord, type JSONRecord } from "../record.ts";
import type { Entry, Fault } from "../visit.ts";
import { endpointAddress, isAddress, isAuthority } from "./address.ts";
import { instantOf } from "./instant.ts";
import { pathReader, type ReadValue } from "./path.ts";
import { meant } from "./pattern.ts";
import { isMethod, isTarget, hostOf } from "./request-line.ts";
import { lastForwarded, userText } from "./scan.ts";

/** Which value of a record each part of a visit is: targets to paths. Of several paths the first with a value counts. */
export interface FieldMap {
  readonly [target: string]: string | readonly string[];
}

/** The targets that stand alone, and what they are. */
const TARGETS: Readonly<Record<string, string>> = {
  ":method": "the method",
  ":path": "the path, which may have the query behind it, or a whole URL",
  ":authority": "the host that the client named",
  request: "method, target and protocol in one text, as in an access log",
  query: "the query as text, or an object of decoded values",
  headers: "an object of names and values, or a list of pairs",
  cookies: "the same, or the text of a Cookie field",
  attributes: "an object of names and values",
  remote_addr: "the address of the client, which becomes the attribute of that name",
  status: "the status, which becomes the attribute of that name",
  time: "when: RFC 3339, as in an access log, or since 1970 in seconds, milliseconds, microseconds or nanoseconds",
  user: "the user's id",
  session: "the session's id",
  served: "the version that answered",
  draw: "the recorded draw, from 0 up to, not including, 1",
};

/** The targets with a name behind them. */
const NAMED_TARGETS: readonly string[] = ["header", "cookie", "query", "attribute"];

/** Targets from which a request can be made. */
const OF_A_REQUEST: ReadonlySet<string> = new Set([
  ":method",
  ":path",
  ":authority",
  "request",
  "query",
  "headers",
  "cookies",
  "attributes",
  "remote_addr",
]);

function isOfRequest(target: string): boolean {
  return OF_A_REQUEST.has(target) || target.includes(" ");
}

/** What is wrong with a map, target by target; empty where nothing is. */
export function mapFaults(
  map: unknown,
): readonly { readonly target: string | undefined; readonly message: string; readonly help: string }[] {
  if (!isRecord(map)) return [{ target: undefined, message: "the map is not an object", help: 'write `{ ":path": "req.uri" }`' }];
  const faults: { target: string | undefined; message: string; help: string }[] = [];
  const targets = Object.keys(map);
  for (const target of targets) {
    const paths = map[target];
    const [kind = "", name] = target.split(/ (.*)/s);
    const known = name === undefined ? Object.hasOwn(TARGETS, target) : NAMED_TARGETS.includes(kind) && name !== "";
    if (!known) {
      const help = meant(
        target,
        [...Object.keys(TARGETS), ...NAMED_TARGETS.map((each) => `${each} NAME`)],
        `known: ${[...Object.keys(TARGETS), ...NAMED_TARGETS.map((each) => `${each} NAME`)].map(shown).join(", ")}`,
      );
      faults.push({ target, message: `${shown(target)} is no part of a visit`, help });
    }
    const isPath = (path: unknown): boolean => typeof path === "string" && path !== "";
    if (!isPath(paths) && !(Array.isArray(paths) && paths.length > 0 && paths.every(isPath)))
      faults.push({
        target,
        message: `the path of ${shown(target)} is not text`,
        help: "write the keys that lead to the value, with dots between them",
      });
  }
  if (faults.length === 0 && !targets.some(isOfRequest))
    faults.push({
      target: undefined,
      message: "the map has no part of a request",
      help: "map at least `:path`, a header, a cookie or an attribute",
    });
  return faults;
}

/** How records are read, beside the map. */
export interface MapOptions {
  /** The path of the version that answered, in place of the map's own. */
  readonly served?: string | undefined;
  /** Headers that have no path of their own. */
  readonly more?: (record: JSONRecord) => readonly (readonly [string, unknown])[];
  /** Whether an object of the query has its values as they stood in it, and not decoded. */
  readonly rawQuery?: boolean;
}

/** Makes the function that reads records by a map. */
export function mapReader(map: FieldMap, { served, more, rawQuery = false }: MapOptions = {}): (record: JSONRecord) => Entry {
  const at = (target: string): ReadValue => firstOf(map[target]);
  const named = (kind: string): readonly (readonly [string, ReadValue])[] =>
    Object.keys(map)
      .filter((target) => target.startsWith(`${kind} `))
      .map((target) => [target.slice(kind.length + 1), at(target)]);
  const [method, path, host, line] = [at(":method"), at(":path"), at(":authority"), at("request")];
  const [query, headers, cookies, attributes] = [at("query"), at("headers"), at("cookies"), at("attributes")];
  const [address, status, time, user, session, draw] = [at("remote_addr"), at("status"), at("time"), at("user"), at("session"), at("draw")];
  const version = served === undefined ? at("served") : pathReader(served);
  const [headerPaths, cookiePaths, queryPaths, attributePaths] = NAMED_TARGETS.map(named) as [Paths, Paths, Paths, Paths];
  const needsMethod = map[":method"] !== undefined;
  const needsPath = map[":path"] !== undefined || map["request"] !== undefined;
  const asked = Object.keys(map).filter(isOfRequest).map(at);

  return (record) => {
    const wanted = { method: method(record), url: path(record) };
    const whole = line(record);
    if (isGiven(whole)) {
      const parts = typeof whole === "string" ? /^(\S+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(whole) : null;
      if (parts === null) return wrong("request", whole, "a method, a target and a protocol");
      wanted.method = isGiven(wanted.method) ? wanted.method : parts[1];
      wanted.url = isGiven(wanted.url) ? wanted.url : parts[2];
    }
    if (isGiven(wanted.method) && !(typeof wanted.method === "string" && isMethod(wanted.method)))
      return wrong("method", wanted.method, "a method");
    const url = isGiven(wanted.url) ? wanted.url : undefined;
    if (url !== undefined && !(typeof url === "string" && isTarget(url, String(wanted.method))))
      return wrong("path", url, "a path or a URL");
    // What a record does not have is not made up: neither GET nor `/`.
    if (needsMethod && !isGiven(wanted.method)) return missing("method", record);
    if (needsPath && url === undefined) return missing("path", record);
    if (!needsPath && !asked.some((read) => isGiven(read(record)))) return missing("part of a request", record);
    const authority = isGiven(host(record)) ? host(record) : url !== undefined && !url.startsWith("/") ? hostOf(url) : undefined;
    if (authority !== undefined && !(typeof authority === "string" && isAuthority(authority))) return wrong("host", authority, "a host");

    const known: [string, unknown][] = attributePaths.map(([name, read]) => [name, given(read(record))]);
    const from = given(address(record));
    let client: string | undefined;
    if (from !== undefined) {
      client = typeof from !== "string" ? undefined : isAddress(from) ? from : endpointAddress(from);
      if (client === undefined) return wrong("address", from, "an address");
    }
    const code = given(status(record));
    if (code !== undefined && !/^[1-5]\d\d$|^0+$/.test(String(code))) return wrong("status", code, "a status from 100 to 599");
    if (code !== undefined && !/^0+$/.test(String(code))) known.push(["status", code]);
    const when = given(time(record));
    const instant = when === undefined ? undefined : instantOf(when);
    if (Number.isNaN(instant)) return wrong("time", when, "a time");
    const drawn = draw(record);
    if (!isNothing(drawn) && typeof drawn !== "number") return wrong("draw", drawn, "a number");

    const extra: (readonly [string, unknown])[] = headerPaths.map(([name, read]) => [name, given(read(record))] as const);
    if (more !== undefined) extra.push(...more(record));
    const request = requestOf({
      method: given(wanted.method),
      url,
      host: authority,
      headers: joined(headers(record), extra),
      cookies: joined(
        cookies(record),
        cookiePaths.map(([name, read]) => [name, given(read(record))] as const),
      ),
      query:
        url?.includes("?") === true && queryPaths.length === 0
          ? undefined
          : joined(
              rawQuery ? rawText(given(query(record))) : given(query(record)),
              queryPaths.map(([name, read]) => [name, read(record)] as const),
              "&",
            ),
      attributes: withAll(attributes(record), known),
    });
    if ("fault" in request) return request;
    const forwarded =
      more === undefined && map["header x-forwarded-for"] !== undefined && client === undefined
        ? request.headers["x-forwarded-for"]
        : undefined;
    if (typeof forwarded === "string") client = lastForwarded(forwarded);
    const placed = client === undefined ? request : { ...request, attributes: { ...request.attributes, remote_addr: client } };
    const who = { user: user(record), session: session(record) };
    for (const [key, value] of Object.entries(who)) if (!isNothing(value) && textIn(value) === undefined) return wrong(key, value, "text");
    const agent = request.headers["user-agent"];
    return {
      request: placed,
      user:
        textIn(given(who.user)) ?? request.attributes?.["remote_user"] ?? userText(client, typeof agent === "string" ? agent : undefined),
      session: textIn(given(who.session)),
      draw: typeof drawn === "number" ? drawn : undefined,
      served: textIn(given(version(record))),
      time: instant,
    };
  };
}

type Paths = readonly (readonly [string, ReadValue])[];

function firstOf(paths: string | readonly string[] | undefined): ReadValue {
  if (paths === undefined) return () => undefined;
  const readers = (typeof paths === "string" ? [paths] : paths).map(pathReader);
  const [only] = readers;
  if (readers.length === 1 && only !== undefined) return only;
  return (record) => {
    for (const read of readers) {
      const value = read(record);
      if (isGiven(value)) return value;
    }
    return undefined;
  };
}

/** Whether there is a value: what servers write for none are null, an empty text and `-`. */
function isGiven(value: unknown): boolean {
  return !isNothing(value) && value !== "" && value !== "-";
}

function given(value: unknown): unknown {
  return isGiven(value) ? value : undefined;
}

function wrong(what: string, value: unknown, wanted: string): Fault {
  const text = typeof value === "string" || typeof value === "number" ? `: ${shown(value)}` : "";
  return { fault: `the ${what} is not ${wanted}${text}` };
}

/** A query from names and values that stood in one as they are. */
function rawText(query: unknown): unknown {
  if (!isRecord(query)) return query;
  return Object.entries(query)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((each) => `${name}=${isNothing(each) ? "" : String(each)}`),
    )
    .join("&");
}

function missing(what: string, record: JSONRecord): Fault {
  const keys = Object.keys(record).slice(0, 5).map(shown).join(", ");
  return { fault: keys === "" ? `no ${what}: the record is empty` : `no ${what} where it should stand: the record has ${keys}` };
}

/** Names and values from one object, list or text, and others. */
function joined(whole: unknown, extra: readonly (readonly [string, unknown])[], separator = "; "): unknown {
  const some = extra.filter(([, value]) => !isNothing(value));
  if (some.length === 0) return whole;
  if (isNothing(whole)) return some;
  if (typeof whole === "string") return [whole, ...some.map(([name, value]) => `${name}=${String(value)}`)].join(separator);
  return [...(Array.isArray(whole) ? (whole as readonly unknown[]) : isRecord(whole) ? Object.entries(whole) : []), ...some];
}

function withAll(whole: unknown, known: readonly (readonly [string, unknown])[]): unknown {
  if (!isNothing(whole) && !isRecord(whole)) return whole;
  const attributes: { [name: string]: unknown } = Object.create(null);
  for (const [name, value] of isRecord(whole) ? Object.entries(whole) : []) attributes[name] = value;
  for (const [name, value] of known) if (value !== undefined) attributes[name] = value;
  return attributes;
}
