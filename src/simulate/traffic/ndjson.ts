import { type NodeRequest, toRequest } from "../../request/index.ts";
import type { Entry } from "./visit.ts";

type Values = string | readonly string[];
type HeadersLogged = { readonly [name: string]: Values } | readonly (readonly [string, Values])[];

/** A line of a log as an object, and the request that it holds. */
export interface Logged {
  readonly entry: { readonly [key: string]: unknown };
  readonly request: NodeRequest;
}

/**
 * Reads one line of a log of JSON objects: `headers` (an object or pairs, names in any case), `method`, `url` (or `path` and
 * `query`), `host` and `attributes`. Each may be left out or null; other keys are not looked at.
 */
export function readLogged(line: string): Logged | { readonly fault: string } {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return { fault: "not JSON" };
  }
  if (!isRecord(entry)) return { fault: "not an object" };
  const wrong = notText(entry, ["method", "url", "path", "query", "host"]);
  if (wrong !== undefined) return wrong;
  const headers = entry["headers"] ?? {};
  if (!isHeaders(headers)) return { fault: "`headers` is not an object or a list of pairs, of strings" };
  const attributes = entry["attributes"] ?? {};
  if (!isAttributes(attributes)) return { fault: "`attributes` is not an object of strings" };

  const texts = entry as { readonly [key: string]: string | null | undefined };
  const query = texts["query"] ?? "";
  const url = texts["url"] ?? (texts["path"] ?? "/") + (query === "" || query.startsWith("?") ? query : `?${query}`);
  const request = toRequest({ headers, url, method: texts["method"] ?? "GET", attributes });
  const host = texts["host"] ?? undefined;
  const named = host === undefined || "host" in request.headers ? request : { ...request, headers: { ...request.headers, host } };
  return { entry, request: named };
}

/** The same with who made the request: `user`, `session`, `draw`, and the version that answered, where `served` is its key. */
export function readEntry(line: string, served?: string): Entry {
  const logged = readLogged(line);
  if ("fault" in logged) return logged;
  const { entry, request } = logged;
  const wrong = notText(entry, ["user", "session"]);
  if (wrong !== undefined) return wrong;
  const version = served === undefined ? undefined : entry[served];
  return {
    request,
    user: (entry["user"] ?? undefined) as string | undefined,
    session: (entry["session"] ?? undefined) as string | undefined,
    draw: (entry["draw"] ?? undefined) as number | undefined,
    served: typeof version === "string" ? version : undefined,
  };
}

function notText(entry: Logged["entry"], keys: readonly string[]): { readonly fault: string } | undefined {
  const wrong = keys.find((key) => (entry[key] ?? undefined) !== undefined && typeof entry[key] !== "string");
  return wrong === undefined ? undefined : { fault: `\`${wrong}\` is not a string` };
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
