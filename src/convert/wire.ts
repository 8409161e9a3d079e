import { type Field, isSingle, rawReader, type RawRequest, textOf, valueIn } from "../request/index.ts";
import type { Witness } from "../prove/index.ts";

/** A request as it stands on the wire, in the form of HTTP/1.1. A unit of its texts is a byte, as node has it: 0 to 255. */
export interface WireRequest {
  readonly method: string;
  /** The request target, such as `/path?query`. */
  readonly target: string;
  /** Fields in their order, with names as they are written, and with the blanks around a value that are not part of it. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A request as node's HTTP parser gives it: spaces and tabs around a value are gone. */
function rawOf({ method, target, headers }: WireRequest): RawRequest {
  return { method, url: target, rawHeaders: headers.flatMap(([name, value]) => [name, trimmed(value)]) };
}

/** The value of a field, as this library reads it of a request that node has parsed. */
export function readByNode(field: Field, request: WireRequest): string | undefined {
  const raw = rawOf(request);
  const text = textOf(rawReader, field, raw.rawHeaders, raw);
  return text === undefined ? undefined : valueIn(field, text);
}

/** The value of a query parameter as it is written, with its escapes; empty where it has none. */
export function rawParameter(field: Field, request: WireRequest): string | undefined {
  const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(request.target) ?? [];
  const pair = query.split("&").find((each) => each !== "" && readByNode(field, { ...request, target: `/?${each}` }) !== undefined);
  return pair === undefined ? undefined : pair.includes("=") ? pair.slice(pair.indexOf("=") + 1) : "";
}

/** The values of a header, without the spaces and tabs around them. `name` is in lower case. */
export function linesOf({ headers }: WireRequest, name: string): readonly string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => trimmed(value));
}

/** What stands between the values of a repeated header where node makes one of them; undefined where it takes the first alone. */
export function separatorOf(name: string): string | undefined {
  return name === "cookie" ? "; " : isSingle(name) ? undefined : ", ";
}

/** The text without spaces and tabs at its ends. */
function trimmed(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** A token of HTTP (RFC 9110, section 5.6.2): a method, or the name of a header. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Whether a header can carry a value: it is of bytes, without control characters but tabs, and without blanks at its ends. */
function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && trimmed(value) === value;
}

/** Whether any request on the wire can have this value in this field. */
export function isOnWire(field: Field, value: string): boolean {
  switch (field.kind) {
    case "header":
    case "cookie":
    case "authority":
      return isHeaderValue(value);
    case "method":
      return TOKEN.test(value);
    case "path":
      return /^[\x21-\x7e\x80-\xff]+$/.test(value);
    case "query":
    case "attribute":
      return true;
  }
}

/** The request of a witness on the wire; undefined where it has an attribute, or something that no wire carries. */
export function wireOf({
  headers = {},
  cookies = {},
  query = {},
  attributes,
  method = "GET",
  path = "/",
}: Witness): WireRequest | undefined {
  const line = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  const fields = [...Object.entries(headers), ...(line.length === 0 ? [] : [["cookie", line.join("; ")] as const])];
  const search = new URLSearchParams(Object.entries(query)).toString();
  const request = { method, target: search === "" ? path : `${path}?${search}`, headers: fields };
  return attributes === undefined && isWire(request) ? request : undefined;
}

/** Whether a request can be sent: its texts are of bytes and have nothing that ends a line or a word. */
export function isWire({ method, target, headers }: WireRequest): boolean {
  return (
    TOKEN.test(method) &&
    /^[\x21-\x7e\x80-\xff]+$/.test(target) &&
    headers.every(([name, value]) => TOKEN.test(name) && isHeaderValue(trimmed(value)))
  );
}

/** A request as it is sent, for people. Units above 126 and tabs are escaped as `\xHH`. */
export function formatWire({ method, target, headers }: WireRequest): string {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  return lines
    .map((line) => line.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, "0")}`))
    .join("\n");
}
