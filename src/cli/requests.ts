import { type NodeRequest, toRequest } from "../index.ts";

/** One line of a request log. */
export type Entry =
  | {
      readonly kind: "request";
      readonly request: NodeRequest;
      /** The recorded draw, undefined where there is none; whether it is a draw is the route's to say. */
      readonly draw: unknown;
    }
  | { readonly kind: "torn"; readonly fault: string };

type Values = string | readonly string[];
type HeadersLogged = { readonly [name: string]: Values } | readonly (readonly [string, Values])[];

/**
 * Reads one line of a log: a JSON object with `headers` (an object or pairs, names in any case), `method`, `url` (or `path`
 * and `query`), `host`, `attributes` and `draw`. Each may be left out or null; other keys are the log's own.
 */
export function readEntry(line: string): Entry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return torn("not JSON");
  }
  if (!isRecord(entry)) return torn("not an object");
  const texts: { [key: string]: string } = {};
  for (const key of ["method", "url", "path", "query", "host"]) {
    const text = entry[key] ?? undefined;
    if (typeof text === "string") texts[key] = text;
    else if (text !== undefined) return torn(`\`${key}\` is not a string`);
  }
  const headers = entry["headers"] ?? {};
  if (!isHeaders(headers)) return torn("`headers` is not an object or a list of pairs, of strings");
  const attributes = entry["attributes"] ?? {};
  if (!isAttributes(attributes)) return torn("`attributes` is not an object of strings");

  const { method = "GET", path = "/", query = "", host } = texts;
  const { url = path + (query === "" || query.startsWith("?") ? query : `?${query}`) } = texts;
  const request = toRequest({ headers, url, method, attributes });
  const named = host === undefined || "host" in request.headers ? request : { ...request, headers: { ...request.headers, host } };
  return { kind: "request", request: named, draw: entry["draw"] ?? undefined };
}

function torn(fault: string): Entry {
  return { kind: "torn", fault };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHeaders(value: unknown): value is HeadersLogged {
  if (!Array.isArray(value)) return isRecord(value) && Object.values(value).every(isValues);
  return value.every((pair: unknown) => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string" && isValues(pair[1]));
}

function isValues(value: unknown): value is Values {
  return typeof value === "string" || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}

function isAttributes(value: unknown): value is { readonly [name: string]: string } {
  return isRecord(value) && Object.values(value).every((attribute) => typeof attribute === "string");
}
