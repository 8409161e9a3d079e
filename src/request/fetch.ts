import { quote } from "../document/index.ts";
import type { Access, Reader } from "./request.ts";
import { targetAuthority } from "./target.ts";
import { fetchHeaders, joined, ownAttribute, stringOf } from "./value.ts";

/** A request of the fetch standard: Workers, Deno, Bun, service workers. `attributes` may be put on it by the host. */
export interface FetchRequest {
  readonly headers: { get(name: string): string | null };
  readonly url: string;
  readonly method: string;
  readonly attributes?: { readonly [name: string]: string | undefined } | undefined;
}

/** The Host field, or where there is none the authority of the URL. */
const HOST: Access<FetchRequest> = { get: fetchedAuthority, text: () => "fetchedAuthority(carrier, request)" };

/**
 * Reads a `Request`. Its URL is absolute: the path and, without a Host field, the authority are taken from there. Headers without a
 * function `get` are answered with the reason `error`, and `onError` is told.
 */
export const fetchReader: Reader<FetchRequest> = {
  open: fetchHeaders,
  openText: "fetchHeaders(request)",
  header: (name) => (name === "host" ? HOST : { get: (carrier) => fetched(carrier, name), text: () => `fetched(carrier, ${quote(name)})` }),
  cookies: { get: (carrier) => fetched(carrier, "cookie"), text: () => `fetched(carrier, "cookie")` },
  url: { get: (_, request) => stringOf(request.url), text: () => "request.url", list: ", " },
  method: { get: (_, request) => stringOf(request.method), text: () => "request.method", list: ", " },
  authority: HOST,
  attribute: (name) => ({ get: (_, request) => ownAttribute(request, name), text: () => `ownAttribute(request, ${quote(name)})` }),
  parts: { joined, fetched, fetchHeaders, fetchedAuthority, ownAttribute },
};

function fetched(carrier: { readonly get?: unknown }, name: string): string | undefined {
  const value: unknown = typeof carrier.get === "function" ? carrier.get(name) : undefined;
  return typeof value === "string" ? value : undefined;
}

function fetchedAuthority(carrier: object, request: FetchRequest): string | undefined {
  return fetched(carrier, "host") ?? (typeof request.url === "string" ? targetAuthority(request.url) : undefined);
}
