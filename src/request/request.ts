/**
 * A request of node's `http` server: an `IncomingMessage`, or an object literal in a test. Header names are in lower case;
 * `toRequest` makes such a request from names in any case.
 */
export interface NodeRequest {
  readonly headers: { readonly [name: Lowercase<string>]: string | readonly string[] | undefined };
  /** The request target, as on the request line: path and query. */
  readonly url?: string | undefined;
  readonly method?: string | undefined;
  /** Strings that the host sets: a tenant, a country, a verified claim. */
  readonly attributes?: { readonly [name: string]: string | undefined } | undefined;
}

/**
 * How to read one string of a request: as a function, and as the text of the same expression for back ends that generate code.
 * `carrier` is what `Reader.open` returned.
 */
export interface Access<R> {
  /** The value; undefined if the request has none. */
  readonly get: (carrier: object, request: R) => string | undefined;
  /**
   * Whether the value is the request's own and not inherited from a prototype; asked only once a value would count,
   * because most values do not. Left out where `get` never returns an inherited value.
   */
  readonly owns?: (carrier: object, request: R) => boolean;
  /**
   * `get` as an expression over `carrier`, `request` and the reader's parts. It may yield anything where the request has no
   * string, and a list of strings where `list` is the separator that joins it.
   */
  readonly text: () => string;
  readonly list?: string;
  /** `owns` as such an expression, over a value that was read and is not undefined; there exactly where `owns` is. */
  readonly ownsText?: () => string;
}

/** How to read a request of type `R`. */
export interface Reader<R> {
  /** What carries the headers, or undefined where the request cannot be read. May throw. */
  readonly open: (request: R) => object | undefined;
  /** `open` as an expression over `request` and the reader's parts; it may yield anything where `open` yields undefined. */
  readonly openText: string;
  /** `name` is lower case, and not `cookie`. Repeated fields are joined with `, `. */
  readonly header: (name: string) => Access<R>;
  /** The whole Cookie field; several are joined with `; `. */
  readonly cookies: Access<R>;
  /** The request target: path and query, perhaps with an origin before them. */
  readonly url: Access<R>;
  readonly method: Access<R>;
  readonly authority: Access<R>;
  readonly attribute: (name: string) => Access<R>;
  /** The functions that the texts call, by the names they call them. */
  readonly parts: { readonly [name: string]: (...args: never[]) => unknown };
}
