/** What carries the headers of a request as node gives it; undefined where it has none. */
function headersOf(request: { readonly headers: unknown }): object | undefined {
  const { headers } = request;
  return typeof headers === "object" && headers !== null ? headers : undefined;
}

/**
 * The headers of a request as node gives them. Those of the fetch standard are refused, because no property of theirs is a field;
 * a function that somebody has put on every object makes none.
 */
export function nodeHeaders(request: { readonly headers: unknown }): object | undefined {
  const headers = headersOf(request);
  const get = headers === undefined ? undefined : named(headers).get;
  if (typeof get === "function" && get !== named(Object.prototype).get)
    throw new TypeError("the headers have a function `get`, as those of the fetch standard: read them by `fetchReader`");
  return headers;
}

/** The headers of a request of the fetch standard; an object without their function `get` is refused. */
export function fetchHeaders(request: { readonly headers: unknown }): object | undefined {
  const headers = headersOf(request);
  if (headers !== undefined && typeof named(headers).get !== "function")
    throw new TypeError("the headers have no function `get`, as those of node: read them by `nodeReader`");
  return headers;
}

/** A string as it is, a list of strings joined with `, `; undefined for anything else. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : value === undefined ? undefined : joined(value, ", ");
}

/** The list of strings as one; undefined for anything else, and for an empty list. Nothing of a list's items is called. */
export function joined(value: unknown, separator: string): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  let whole = "";
  for (let at = 0; at < value.length; at++) {
    const item: unknown = value[at];
    if (typeof item !== "string") return undefined;
    whole = at === 0 ? item : whole + separator + item;
  }
  return whole;
}

/**
 * An object as properties that are read by names which the source has: V8 finds such a property in 8 ns where shapes vary, and by a name that
 * varies, as in `property`, one that is not there in 25.
 */
function named(object: object): { readonly get?: unknown; readonly cookie?: unknown; readonly attributes?: unknown } {
  return object;
}

/** The property of that name, inherited or not. */
export function property(carrier: object, name: string): unknown {
  return (carrier as { readonly [name: string]: unknown })[name];
}

/** The Cookie field of headers as node gives them, inherited or not, with several lines joined by `; `. */
export function cookiesOf(carrier: object): string | undefined {
  const line = named(carrier).cookie;
  return typeof line === "string" ? line : line === undefined ? undefined : joined(line, "; ");
}

/** The authority of headers as node gives them: HTTP/2's `:authority`, otherwise the Host field. */
export function ownAuthority(carrier: object): string | undefined {
  return ownField(carrier, ":authority") ?? ownField(carrier, "host");
}

/** The Host field of headers as node gives them; the authority stands for it where there is none (RFC 9113, 8.3.1). */
export function ownHost(carrier: object): string | undefined {
  return ownField(carrier, "host") ?? ownField(carrier, ":authority");
}

/** A field of headers as node gives them, where it is their own. */
export function ownField(carrier: object, name: string): string | undefined {
  return Object.hasOwn(carrier, name) ? stringOf(property(carrier, name)) : undefined;
}

/** An attribute that the host has put on the request. */
export function ownAttribute(request: object, name: string): string | undefined {
  const { attributes } = named(request);
  if (typeof attributes !== "object" || attributes === null) return undefined;
  if (name === "__proto__" && !Object.hasOwn(attributes, name)) return undefined;
  const value = property(attributes, name);
  return typeof value === "string" && Object.hasOwn(attributes, name) ? value : undefined;
}
