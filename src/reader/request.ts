import type { NodeRequest } from "../request.ts";

/** Headers in whatever form a host or a test has them: names in any case. */
export type HeadersLike =
  | Iterable<readonly [string, string | readonly string[]]>
  | { readonly [name: string]: string | readonly string[] | undefined };

/** The parts of a request. */
export interface RequestParts {
  readonly headers?: HeadersLike | undefined;
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  readonly attributes?: { readonly [name: string]: string | undefined } | undefined;
}

/**
 * A request as node would give it, from headers with names in any case: an object, pairs, a `Map` or `Headers`. Names are
 * folded by ASCII; fields that fold to one name are joined in their order, with `, ` or, for Cookie, `; `.
 */
export function toRequest({ headers = {}, ...rest }: RequestParts): NodeRequest {
  const folded: { [name: string]: string } = Object.create(null);
  const pairs = Symbol.iterator in headers ? (headers as Iterable<readonly [string, string | readonly string[]]>) : Object.entries(headers);
  for (const [name, values] of pairs) {
    const key = name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    for (const value of typeof values === "string" ? [values] : (values ?? [])) {
      const before = folded[key];
      folded[key] = before === undefined ? value : before + (key === "cookie" ? "; " : ", ") + value;
    }
  }
  return { headers: folded, ...rest };
}
