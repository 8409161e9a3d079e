import { toRequest } from "../../reader/request.ts";
import type { Entry } from "./visit.ts";

type Values = string | readonly string[];
type HeadersLogged = { readonly [name: string]: Values } | readonly (readonly [string, Values])[];

const TEXTS = ["method", "url", "path", "query", "host", "user", "session"] as const;

/**
 * Reads one line of a log of JSON objects: `headers` (an object or pairs, names in any case), `method`, `url` (or `path` and
 * `query`), `host`, `attributes`, `draw`, `user` and `session`. Each may be left out or null; other keys are the log's own, of
 * which `served` may name the one that holds the version that answered.
 */
export function readEntry(line: string, served?: string): Entry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return { fault: "not JSON" };
  }
  if (!isRecord(entry)) return { fault: "not an object" };
  for (const key of TEXTS) {
    const text = entry[key];
    if (text !== undefined && text !== null && typeof text !== "string") return { fault: `\`${key}\` is not a string` };
  }
  const headers = entry["headers"] ?? {};
  if (!isHeaders(headers)) return { fault: "`headers` is not an object or a list of pairs, of strings" };
  const attributes = entry["attributes"] ?? {};
  if (!isAttributes(attributes)) return { fault: "`attributes` is not an object of strings" };

  const texts = entry as { readonly [Key in (typeof TEXTS)[number]]?: string | null };
  const method = texts.method ?? "GET";
  const query = texts.query ?? "";
  const url = texts.url ?? (texts.path ?? "/") + (query === "" || query.startsWith("?") ? query : `?${query}`);
  const request = toRequest({ headers, url, method, attributes });
  const host = texts.host ?? undefined;
  const named = host === undefined || "host" in request.headers ? request : { ...request, headers: { ...request.headers, host } };
  const version = served === undefined ? undefined : entry[served];
  return {
    request: named,
    user: texts.user ?? undefined,
    session: texts.session ?? undefined,
    draw: (entry["draw"] ?? undefined) as number | undefined,
    served: typeof version === "string" ? version : undefined,
  };
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
