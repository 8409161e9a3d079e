import { lowerAscii } from "../document/index.ts";
import type { NodeRequest } from "./request.ts";

/** Headers in whatever form a host or a test has them: names in any case. */
export type HeadersLike =
  | Iterable<readonly [string, string | readonly string[]]>
  | { readonly [name: string]: string | readonly string[] | undefined };

/** The parts of a request. What a test, a log or a person has of it, in whatever form is nearest. Null is as good as absent: events of AWS have it. */
export interface RequestParts {
  readonly headers?: HeadersLike | null | undefined;
  /** Put behind a Cookie field of `headers`, as they are: by their names, or as the text of such a field, or of several. */
  readonly cookies?: { readonly [name: string]: string | readonly string[] } | string | readonly string[] | null | undefined;
  readonly url?: string | undefined;
  /** The part of the target ahead of the query, where `url` is left out. */
  readonly path?: string | undefined;
  /** Put behind a query that is there already: values by their names, which are percent-encoded, or text with or without `?`, as it is. */
  readonly query?: { readonly [name: string]: string | readonly string[] } | string | null | undefined;
  readonly method?: string | undefined;
  /** The Host field, where `headers` have none. */
  readonly host?: string | undefined;
  /** What HTTP/2 calls `:authority`; it counts where the Host field is another. */
  readonly authority?: string | undefined;
  readonly attributes?: { readonly [name: string]: string | undefined } | undefined;
}

/**
 * A request as node would give it, from headers with names in any case: an object, pairs, a `Map` or `Headers`. Names are
 * folded by ASCII; fields that fold to one name are joined in their order, with `, ` or, for Cookie, `; `. Where the parts have no
 * target or method, `:path` and `:method` among the headers give them, as the `stream` event of `node:http2` has them.
 */
export function toRequest({
  headers: given,
  cookies,
  path,
  query,
  url: whole = path,
  host,
  authority,
  ...rest
}: RequestParts): NodeRequest {
  const headers = given ?? {};
  const folded: { [name: string]: string } = Object.create(null);
  const pairs = Symbol.iterator in headers ? (headers as Iterable<readonly [string, string | readonly string[]]>) : Object.entries(headers);
  const add = (name: string, value: string): void => {
    const before = folded[name];
    folded[name] = before === undefined ? value : before + (name === "cookie" ? "; " : ", ") + value;
  };
  for (const [name, values] of pairs) {
    const key = lowerAscii(name);
    for (const value of typeof values === "string" ? [values] : (values ?? [])) add(key, value);
  }
  const line = cookies === undefined || cookies === null ? "" : cookieText(cookies);
  if (line !== "") add("cookie", line);
  const named = authority ?? host;
  if (named !== undefined && named !== "" && folded["host"] === undefined) folded["host"] = named;
  else if (authority !== undefined && authority !== folded["host"]) folded[":authority"] = authority;
  const parameters = query === undefined || query === null ? "" : queryText(query);
  const { ":path": pathField, ":method": method } = folded;
  // Deleting makes an object slow, so it is done only where there is something.
  if (pathField !== undefined) delete folded[":path"];
  if (method !== undefined) delete folded[":method"];
  const url = whole ?? pathField;
  const target = parameters === "" ? url : withQuery(url, parameters);
  return {
    headers: folded,
    ...(target !== undefined && { url: target }),
    ...(method !== undefined && { method }),
    ...rest,
  };
}

/** Each value with its name. */
function spread(names: { readonly [name: string]: string | readonly string[] }): readonly [string, string][] {
  return Object.entries(names).flatMap(([name, values]) =>
    (typeof values === "string" ? [values] : values).map((value): [string, string] => [name, value]),
  );
}

function cookieText(cookies: NonNullable<RequestParts["cookies"]>): string {
  if (typeof cookies === "string") return cookies;
  const texts = isTexts(cookies) ? cookies : spread(cookies).map(([name, value]) => `${name}=${value}`);
  return texts.join("; ");
}

function isTexts(cookies: object): cookies is readonly string[] {
  return Array.isArray(cookies);
}

function queryText(query: NonNullable<RequestParts["query"]>): string {
  if (typeof query === "string") return query.startsWith("?") ? query.slice(1) : query;
  return new URLSearchParams([...spread(query)]).toString();
}

function withQuery(url: string | undefined, query: string): string {
  const [target = "/", ...fragment] = (url ?? "/").split("#");
  return [`${target}${target.includes("?") ? "&" : "?"}${query}`, ...fragment].join("#");
}
