import { shown } from "../document/index.ts";
import type { NodeRequest } from "./request.ts";
import { type HeadersLike, toRequest } from "./to-request.ts";

/** The parts of a request as a suite, a log, an event or an archive has them: nothing of them is checked yet, and null is as good as absent. */
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

/** The keys of a request. */
export const REQUEST_KEYS: readonly (keyof LooseParts)[] = [
  "headers",
  "cookies",
  "query",
  "attributes",
  "method",
  "path",
  "url",
  "host",
  "authority",
];

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
export function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Says what is wrong, and under which keys of the parts. */
export type FailPart = (fault: string, ...at: readonly (string | number)[]) => undefined;

/** What a request has where its parts do not say it. */
type Defaults = Partial<Pick<NodeRequest, "method" | "url" | "attributes">>;

const LOGGED: Defaults = { method: "GET", url: "/", attributes: {} };

/**
 * A request from the parts that a record of a log has, or what is wrong with the first part that is none. What it does not say is as
 * `defaults` have it: without a method it is GET, and without a path `/`.
 */
export function requestOf(
  parts: LooseParts,
  defaults: Partial<Pick<NodeRequest, "method" | "url" | "attributes">> = LOGGED,
): NodeRequest | { readonly fault: string } {
  let fault: string | undefined;
  const request = readRequest(
    parts,
    (message) => {
      fault ??= message;
    },
    defaults,
  );
  return request ?? { fault: fault ?? "not a request" };
}

/**
 * A request from its parts; undefined where `fail` was told of a part that is none. This is the one way in which the records of logs,
 * events and archives, the cases of suites, and witnesses are read. What neither the parts nor `defaults` say, the request does not have.
 */
export function readRequest(parts: LooseParts, fail: FailPart, defaults: Defaults = {}): NodeRequest | undefined {
  let failed = false;
  const told: FailPart = (...what) => {
    failed = true;
    return fail(...what);
  };
  const texts = textsOf(parts, told);
  const headers = namesOf(parts.headers, "headers", told) ?? [];
  const cookies = cookiesOf(parts.cookies, told);
  const query = queryOf(parts.query, told);
  const attributes = attributesOf(parts.attributes, told) ?? defaults.attributes;

  const { fields, pseudo } = hasPseudo(headers) ? withoutPseudo(headers) : { fields: headers, pseudo: NOTHING };
  const method = texts.method ?? pseudo.method ?? defaults.method;
  if (method !== undefined && !TOKEN.test(method)) told(`\`method\` is not a method: ${shown(method)}`, "method");
  if (failed) return undefined;
  return toRequest({
    headers: fields as HeadersLike,
    cookies,
    url: texts.url ?? texts.path ?? pseudo.path ?? defaults.url,
    query,
    host: texts.host,
    authority: texts.authority ?? pseudo.authority,
    ...(method !== undefined && { method }),
    ...(attributes !== undefined && { attributes }),
  });
}

/** A token of HTTP (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;

/** An object of JSON. */
interface Names {
  readonly [name: string]: unknown;
}

function isNames(value: unknown): value is Names {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Values = string | readonly string[];
type Pairs = readonly (readonly [string, Values])[];

interface Texts {
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly method?: string | undefined;
  readonly host?: string | undefined;
  readonly authority?: string | undefined;
}

const NOTHING: Texts = {};

function textsOf({ url, path, method, host, authority }: LooseParts, fail: FailPart): Texts {
  const text = (value: unknown, name: string): string | undefined =>
    typeof value === "string" ? value : isNothing(value) ? undefined : fail(`\`${name}\` is not text`, name);
  return {
    url: text(url, "url"),
    path: text(path, "path"),
    method: text(method, "method"),
    host: text(host, "host"),
    authority: text(authority, "authority"),
  };
}

function hasPseudo(headers: Pairs | Names): boolean {
  if (isPairs(headers)) return headers.some(([name]) => name.startsWith(":"));
  for (const name in headers) if (name.charCodeAt(0) === 58) return true;
  return false;
}

/** The names that HTTP/2 begins with a colon are no headers. */
function withoutPseudo(headers: Pairs | Names): { readonly fields: Pairs; readonly pseudo: Texts } {
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

function isPairs(names: Pairs | Names): names is Pairs {
  return Array.isArray(names);
}

/** An object all of whose values are text is one already. */
function pairsIn(names: Pairs | Names): Pairs {
  return isPairs(names) ? names : (Object.entries(names) as unknown as Pairs);
}

/** Names with values: an object as it is where all of its values are text, or else pairs without those that are absent. */
function namesOf(value: unknown, part: string, fail: FailPart): Pairs | Names | undefined {
  if (isNothing(value)) return undefined;
  if (isNames(value))
    return isPlain(value)
      ? value
      : pairsOf(
          Object.entries(value).map(([name, each]) => ({ name, value: each, key: name })),
          part,
          fail,
        );
  if (!Array.isArray(value)) return fail(`\`${part}\` is not an object or a list`, part);
  const named: Named[] = [];
  for (const [key, item] of (value as readonly unknown[]).entries()) {
    if (Array.isArray(item) && item.length === 2) named.push({ name: item[0], value: item[1], key });
    else if (isNames(item) && Object.hasOwn(item, "name")) named.push({ name: item["name"], value: item["value"], key });
    else return fail(`an item of \`${part}\` is not a name and a value`, part, key);
  }
  return pairsOf(named, part, fail);
}

function isPlain(value: Names): boolean {
  for (const name in value) if (typeof value[name] !== "string") return false;
  return true;
}

/** A name and its value, and where they stand in their part. */
interface Named {
  readonly name: unknown;
  readonly value: unknown;
  readonly key: string | number;
}

function pairsOf(named: readonly Named[], part: string, fail: FailPart): Pairs {
  const result: [string, Values][] = [];
  for (const { name, value, key } of named) {
    if (typeof name !== "string") {
      fail(`a name in \`${part}\` is not text`, part, key);
      continue;
    }
    if (isNothing(value)) continue;
    const values = (Array.isArray(value) ? (value as readonly unknown[]) : [value]).filter((each) => !isNothing(each)).map(textIn);
    if (!values.every((text) => text !== undefined)) fail(`the value of ${shown(name)} in \`${part}\` is not text`, part, key);
    else if (values.length > 0) result.push([name, values.length === 1 ? (values[0] as string) : values]);
  }
  return result;
}

/** Each value with its name. */
function spread(names: Pairs | Names): readonly (readonly [string, string])[] {
  return pairsIn(names).flatMap(([name, value]) => (typeof value === "string" ? [value] : value).map((each) => [name, each] as const));
}

function cookiesOf(value: unknown, fail: FailPart): string | undefined {
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

function queryOf(value: unknown, fail: FailPart): string | undefined {
  if (typeof value === "string") return value;
  const names = namesOf(value, "query", fail);
  return names && new URLSearchParams(spread(names).map(([name, text]): [string, string] => [name, text])).toString();
}

function attributesOf(value: unknown, fail: FailPart): { readonly [name: string]: string } | undefined {
  if (isNothing(value)) return undefined;
  if (!isNames(value)) return fail("`attributes` is not an object", "attributes");
  if (isPlain(value)) return value as { readonly [name: string]: string };
  const attributes: { [name: string]: string } = Object.create(null);
  for (const [name, attribute] of Object.entries(value)) {
    if (isNothing(attribute)) continue;
    const text = textIn(attribute);
    if (text === undefined) fail(`the attribute ${shown(name)} is not text`, "attributes", name);
    else attributes[name] = text;
  }
  return attributes;
}
