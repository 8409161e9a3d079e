import { parseDictionary } from "structured-headers";
import type { Field } from "../request/index.ts";
import type { Version } from "../alias/index.ts";
import type { HostEvent } from "./events.ts";

/**
 * How a tester asks for a version. Only a version that the alias names is given, and only where `trusted` says so. All else is
 * counted, and decided as if nothing had been asked for. At least one place must be named.
 */
export interface OverrideOptions<Q> {
  /** Whether the request may ask for a version: it comes from the office, or carries a session of a tester. */
  readonly trusted: (request: Q) => boolean;
  /** A header with the name of a version. */
  readonly header?: string;
  /** A header with the versions of several aliases as a dictionary (RFC 8941): `checkout="v2", search="v7"`. The keys are aliases in lower case. */
  readonly dictionary?: string;
  /** A parameter of the query with the name of a version. */
  readonly query?: string;
  /** A cookie with the name of a version, percent-encoded. */
  readonly cookie?: string;
}

/** The version that a request asks for, or why it cannot be told. */
export type Asked = { readonly version: Version } | { readonly fault: HostEvent } | undefined;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads what requests ask for: the header, then the dictionary, the query, the cookie. The first that is there counts. */
export class Overrides {
  readonly #places: readonly {
    readonly field: Field;
    readonly read: (text: string, alias: string, name: string | undefined) => string | undefined | false;
  }[];
  /** The headers that are read. */
  readonly vary: readonly string[];

  /** @throws TypeError for a place that is none, and for none at all */
  constructor({
    header,
    dictionary,
    query,
    cookie,
    trusted,
  }: Pick<OverrideOptions<never>, "header" | "dictionary" | "query" | "cookie" | "trusted">) {
    if (typeof trusted !== "function") throw new TypeError("`override.trusted` is a function of the request");
    for (const [key, name] of Object.entries({ header, dictionary, cookie }))
      if (name !== undefined && !TOKEN.test(name))
        throw new TypeError(`\`override.${key}\` is no name of a ${key === "cookie" ? "cookie" : "header"}`);
    this.#places = [
      ...(header === undefined ? [] : [{ field: headerField(header), read: (text: string) => text }]),
      ...(dictionary === undefined ? [] : [{ field: headerField(dictionary), read: fromDictionary }]),
      ...(query === undefined ? [] : [{ field: { kind: "query", name: query } as const, read: (text: string) => text }]),
      ...(cookie === undefined ? [] : [{ field: { kind: "cookie", name: cookie } as const, read: decoded }]),
    ];
    if (this.#places.length === 0) throw new TypeError("`override` names no place: a header, a dictionary, a query or a cookie");
    this.vary = [header, dictionary, cookie === undefined ? undefined : "cookie"].flatMap((name) =>
      name === undefined ? [] : [name.toLowerCase()],
    );
  }

  /** What a request asks for. `valueOf` gives the value of a field; `name` is that of the alias, where it is not its key. */
  asked(valueOf: (field: Field) => string | undefined, alias: string, name: string | undefined): Asked {
    for (const { field, read } of this.#places) {
      const text = valueOf(field);
      if (text === undefined || text === "") continue;
      const version = read(text, alias, name);
      if (version === false) return { fault: "override-malformed" };
      if (version !== undefined) return { version };
    }
    return undefined;
  }
}

function headerField(name: string): Field {
  return { kind: "header", name: name.toLowerCase() };
}

/** The version of an alias in a dictionary; false where the text is none, or the value no string. */
function fromDictionary(text: string, alias: string, name: string | undefined): string | undefined | false {
  try {
    const members = parseDictionary(text);
    const member = members.get(alias.toLowerCase()) ?? (name === undefined ? undefined : members.get(name.toLowerCase()));
    if (member === undefined) return undefined;
    return typeof member[0] === "string" ? member[0] : false;
  } catch {
    return false;
  }
}

function decoded(text: string): string | false {
  try {
    return decodeURIComponent(text);
  } catch {
    return false;
  }
}
