import { type NodeRequest, toRequest } from "../../request/index.ts";
import { shown } from "../../document/index.ts";
import type { Fault } from "./visit.ts";

/** An object of JSON. */
export interface JSONRecord {
  readonly [key: string]: unknown;
}

/** The parts of a request as some log, event or archive has them: nothing of them is checked yet, and null is as good as absent. */
export interface LooseParts {
  /** An object of names and values, or a list of pairs or of objects with `name` and `value`. Values: text, numbers, null, or lists of them. */
  readonly headers?: unknown;
  /** The same, or text as in a Cookie field, or a list of such texts. */
  readonly cookies?: unknown;
  /** Text with or without `?`, or the same as `headers`, of decoded values. */
  readonly query?: unknown;
  readonly url?: unknown;
  readonly path?: unknown;
  readonly method?: unknown;
  readonly host?: unknown;
  readonly authority?: unknown;
  /** An object of names and values. */
  readonly attributes?: unknown;
}

export function isRecord(value: unknown): value is JSONRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text with which no value of JSON begins, and an object that does not end: V8 takes 8 µs to throw, twice as long as a record is read in. */
const NO_JSON = /^[^\s{["\dtfn-]|^\{.*[^}\s]$/s;

/** Reads a line that is an object of JSON; text says why it is none. */
export function readRecord(line: string): JSONRecord | string {
  if (NO_JSON.test(line)) return "not JSON";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON";
  }
  return isRecord(value) ? value : "not an object";
}

/**
 * Text as it is; a number as it is written. Undefined where there is neither, and for whole numbers beyond 2^53: JSON's reader has
 * rounded them, so that two users would have one id.
 */
export function textIn(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" && Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value))
    ? String(value)
    : undefined;
}

/** Whether there is nothing: null is as good as absent. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

type Values = string | readonly string[];
type Pairs = readonly (readonly [string, Values])[];

/** Says what is wrong; the first of several counts. */
type Fail = (fault: string) => undefined;

/**
 * A request from its parts, or what is wrong with the first part that is none. This is the one way in which records of logs, events,
 * archives and witnesses are read. Without a method it is GET, and without a path `/`.
 */
export function requestOf(parts: LooseParts): NodeRequest | Fault {
  let fault: string | undefined;
  const fail: Fail = (message) => {
    fault ??= message;
  };
  const texts = textsOf(parts, fail);
  const headers = namesOf(parts.headers, "headers", fail) ?? [];
  const cookies = cookiesOf(parts.cookies, fail);
  const query = queryOf(parts.query, fail);
  const attributes = attributesOf(parts.attributes, fail);
  if (fault !== undefined) return { fault };

  const { fields, pseudo } = hasPseudo(headers) ? withoutPseudo(headers) : { fields: headers, pseudo: NOTHING };
  const method = texts.method ?? pseudo.method ?? "GET";
  if (!TOKEN.test(method)) return { fault: `\`method\` is not a method: ${shown(method)}` };
  const target = texts.url ?? texts.path ?? pseudo.path ?? "/";
  const url = query === undefined || query === "" ? target : withQuery(target, query);
  const request = toRequest({ headers: fields as Pairs, url, method, attributes });

  const held: { [name: string]: Values | undefined } = request.headers;
  const authority = texts.authority ?? pseudo.authority;
  const host = authority ?? texts.host;
  if (held["host"] === undefined && host !== undefined && host !== "") held["host"] = host;
  else if (authority !== undefined && held["host"] !== authority) held[":authority"] = authority;
  if (cookies !== undefined && cookies !== "")
    held["cookie"] = held["cookie"] === undefined ? cookies : `${String(held["cookie"])}; ${cookies}`;
  return request;
}

/** A token of HTTP (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

interface Texts {
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  readonly host?: string | undefined;
  readonly authority?: string | undefined;
}

const NOTHING: Texts = {};

function textsOf({ url, path, method, host, authority }: LooseParts, fail: Fail): Texts {
  const text = (value: unknown, name: string): string | undefined =>
    typeof value === "string" ? value : isAbsent(value) ? undefined : fail(`\`${name}\` is not text`);
  return {
    url: text(url, "url"),
    path: text(path, "path"),
    method: text(method, "method"),
    host: text(host, "host"),
    authority: text(authority, "authority"),
  };
}

function hasPseudo(headers: Pairs | JSONRecord): boolean {
  if (isPairs(headers)) return headers.some(([name]) => name.startsWith(":"));
  for (const name in headers) if (name.charCodeAt(0) === 58) return true;
  return false;
}

/** The names that HTTP/2 begins with a colon are no headers. */
function withoutPseudo(headers: Pairs | JSONRecord): { readonly fields: Pairs; readonly pseudo: Texts } {
  const pairs = pairsIn(headers);
  const valueOf = (wanted: string): string | undefined => {
    const value = pairs.find(([name]) => name.toLowerCase() === wanted)?.[1];
    return typeof value === "string" ? value : value?.[0];
  };
  return {
    fields: pairs.filter(([name]) => !name.startsWith(":")),
    pseudo: { method: valueOf(":method"), path: valueOf(":path"), authority: valueOf(":authority") },
  };
}

function withQuery(target: string, query: string): string {
  const hash = target.indexOf("#");
  const whole = hash === -1 ? target : target.slice(0, hash);
  return `${whole}${whole.includes("?") ? "&" : "?"}${query}${hash === -1 ? "" : target.slice(hash)}`;
}

function isPairs(names: Pairs | JSONRecord): names is Pairs {
  return Array.isArray(names);
}

/** An object all of whose values are text is one already. */
function pairsIn(names: Pairs | JSONRecord): Pairs {
  return isPairs(names) ? names : (Object.entries(names) as unknown as Pairs);
}

/** Names with values: an object as it is where all of its values are text, or else pairs without those that are absent. */
function namesOf(value: unknown, part: string, fail: Fail): Pairs | JSONRecord | undefined {
  if (isAbsent(value)) return undefined;
  if (isRecord(value)) return isPlain(value) ? value : checkedPairs(Object.entries(value), part, fail);
  if (!Array.isArray(value)) return fail(`\`${part}\` is not an object or a list`);
  const pairs: (readonly [unknown, unknown])[] = [];
  for (const item of value as readonly unknown[]) {
    if (Array.isArray(item) && item.length === 2) pairs.push([item[0], item[1]]);
    else if (isRecord(item) && Object.hasOwn(item, "name")) pairs.push([item["name"], item["value"]]);
    else return fail(`an item of \`${part}\` is not a name and a value`);
  }
  return checkedPairs(pairs, part, fail);
}

function isPlain(value: JSONRecord): boolean {
  for (const name in value) if (typeof value[name] !== "string") return false;
  return true;
}

function checkedPairs(pairs: readonly (readonly [unknown, unknown])[], part: string, fail: Fail): Pairs | undefined {
  const result: [string, Values][] = [];
  for (const [name, value] of pairs) {
    if (typeof name !== "string") return fail(`a name in \`${part}\` is not text`);
    if (isAbsent(value)) continue;
    const values = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter((each) => !isAbsent(each)).map(textIn);
    if (!values.every((text) => text !== undefined)) return fail(`the value of ${shown(name)} in \`${part}\` is not text`);
    if (values.length > 0) result.push([name, values.length === 1 ? (values[0] as string) : values]);
  }
  return result;
}

/** Each value with its name. */
function spread(names: Pairs | JSONRecord): readonly (readonly [string, string])[] {
  return pairsIn(names).flatMap(([name, value]) => (typeof value === "string" ? [value] : value).map((each) => [name, each] as const));
}

function cookiesOf(value: unknown, fail: Fail): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join("; ");
  const names = namesOf(value, "cookies", fail);
  return (
    names &&
    spread(names)
      .map(([name, text]) => `${name}=${text}`)
      .join("; ")
  );
}

function queryOf(value: unknown, fail: Fail): string | undefined {
  if (typeof value === "string") return value.startsWith("?") ? value.slice(1) : value;
  const names = namesOf(value, "query", fail);
  return names && new URLSearchParams(spread(names).map(([name, text]): [string, string] => [name, text])).toString();
}

function attributesOf(value: unknown, fail: Fail): { readonly [name: string]: string } | undefined {
  if (isAbsent(value)) return {};
  if (!isRecord(value)) return fail("`attributes` is not an object");
  if (isPlain(value)) return value as { readonly [name: string]: string };
  const attributes: { [name: string]: string } = Object.create(null);
  for (const [name, attribute] of Object.entries(value)) {
    if (isAbsent(attribute)) continue;
    const text = textIn(attribute);
    if (text === undefined) return fail(`the attribute ${shown(name)} is not text`);
    attributes[name] = text;
  }
  return attributes;
}
