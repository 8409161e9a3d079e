import type { NodeRequest } from "./request.ts";

/** Headers in whatever form a host or a test has them: names in any case. */
export type HeadersLike =
  | Iterable<readonly [string, string | readonly string[]]>
  | { readonly [name: string]: string | readonly string[] | undefined };

/** The parts of a request. What a test, a log or a person has of it, in whatever form is nearest. */
export interface RequestParts {
  readonly headers?: HeadersLike | undefined;
  /** Put behind a Cookie field of `headers`, name and value as they are. */
  readonly cookies?: { readonly [name: string]: string } | undefined;
  readonly url?: string | undefined;
  /** The part of the target ahead of the query, where `url` is left out. */
  readonly path?: string | undefined;
  /** Put behind a query that is there already, percent-encoded. */
  readonly query?: { readonly [name: string]: string } | undefined;
  readonly method?: string | undefined;
  readonly attributes?: { readonly [name: string]: string | undefined } | undefined;
}

/**
 * A request as node would give it, from headers with names in any case: an object, pairs, a `Map` or `Headers`. Names are
 * folded by ASCII; fields that fold to one name are joined in their order, with `, ` or, for Cookie, `; `.
 */
export function toRequest({ headers = {}, cookies = {}, path, query = {}, url = path, ...rest }: RequestParts): NodeRequest {
  const folded: { [name: string]: string } = Object.create(null);
  const pairs = Symbol.iterator in headers ? (headers as Iterable<readonly [string, string | readonly string[]]>) : Object.entries(headers);
  const add = (name: string, value: string): void => {
    const before = folded[name];
    folded[name] = before === undefined ? value : before + (name === "cookie" ? "; " : ", ") + value;
  };
  for (const [name, values] of pairs) {
    const key = name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    for (const value of typeof values === "string" ? [values] : (values ?? [])) add(key, value);
  }
  for (const [name, value] of Object.entries(cookies)) add("cookie", `${name}=${value}`);
  const target = Object.keys(query).length === 0 ? url : withQuery(url, new URLSearchParams({ ...query }).toString());
  return { headers: folded, ...(target !== undefined && { url: target }), ...rest };
}

function withQuery(url: string | undefined, query: string): string {
  const [target = "/", ...fragment] = (url ?? "/").split("#");
  return [`${target}${target.includes("?") ? "&" : "?"}${query}`, ...fragment].join("#");
}
