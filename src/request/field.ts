import { bounded, fail, type Input, lowerAscii, readInput, record, shown, word, words } from "../document/index.ts";
import { cookieValue, isCookieValue } from "./cookie.ts";
import { queryDecoded } from "./query.ts";
import type { Access, Reader } from "./request.ts";
import { pathEnd, pathStart } from "./target.ts";

/** Which part of the request a field is in, as a config names it. Compared case-insensitively on reading. */
export type RuleType = "Header" | "Cookie" | "Query" | "Attribute";

/** The one spelling that each has inside. */
const RULE_TYPES: readonly RuleType[] = ["Header", "Cookie", "Query", "Attribute"];

/** One value that a request may have: what a match compares, and what a sticky draw is taken from. */
export type Field =
  | { readonly kind: "header" | "cookie" | "query" | "attribute"; readonly name: string }
  | { readonly kind: "method" | "path" | "authority" };

/** A field in one line, and the same for two fields exactly where they are the same field: `header x-user`, `:path`. */
export function fieldName(field: Field): string {
  switch (field.kind) {
    case "header":
    case "cookie":
    case "query":
    case "attribute":
      return `${field.kind} ${field.name}`;
    case "method":
    case "path":
    case "authority":
      return `:${field.kind}`;
  }
}

/** Which fields a config may name. */
export interface FieldSyntax {
  /** The profile that says so, for messages. */
  readonly name: string;
  readonly ruleTypes: readonly RuleType[];
  readonly headerName: RegExp;
  readonly headerHelp: string;
}

/** Every field that this library can read: RFC 9110 tokens for headers, and the parts of the request line. */
export const ANY_FIELD: FieldSyntax = {
  name: "extended",
  ruleTypes: RULE_TYPES,
  headerName: /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|:(?:method|path|authority))$/i,
  headerHelp: "a header name has letters, digits and `` !#$%&'*+-.^_`|~ `` only; the request line is `:method`, `:path`, `:authority`",
};

/** A token of RFC 9110: the name of a header, and of a cookie (RFC 6265). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A field as a config writes it. */
export interface FieldConfig {
  readonly type: RuleType;
  /** A header's name is in lower case. */
  readonly param: string;
}

/** Reads the type of a field. */
export function readRuleType(input: Input<unknown>, { ruleTypes, name }: FieldSyntax): RuleType | undefined {
  const type = word(input, RULE_TYPES, "rule-type", "rule type", ruleTypes);
  if (type === undefined || ruleTypes.includes(type)) return type;
  const help = `the \`${name}\` profile has ${words(ruleTypes, "and")} only, the \`extended\` profile all`;
  return fail(input, "rule-type", `${shown(type)} is not in the \`${name}\` profile`, help);
}

/**
 * Reads the name of a field. A header is known by its name in lower case. That goes for `:path` too: a param of `Header` is one
 * kind of name, and no header can have the others. Where the type is not known, any name is taken.
 */
export function readParam(input: Input<unknown>, type: RuleType | undefined, { headerName, headerHelp }: FieldSyntax): string | undefined {
  const param = bounded(input);
  if (param === undefined) return undefined;
  if (param === "") return fail(input, "param", "the param is empty", "write the name of what the rule looks at");
  switch (type) {
    case "Header":
      return headerName.test(param) ? lowerAscii(param) : fail(input, "param", `${shown(param)} is no header name`, headerHelp);
    case "Cookie": {
      if (TOKEN.test(param)) return param;
      return fail(input, "param", `${shown(param)} is no cookie name`, "a cookie name has letters, digits and `` !#$%&'*+-.^_`|~ `` only");
    }
    case "Query":
    case "Attribute":
    case undefined:
      return param;
  }
}

/** Reads `{ rule_type, param }`: a field where it stands alone, as a sticky key does. */
export function readFieldConfig<State>(input: Input<State>, syntax: FieldSyntax = ANY_FIELD): FieldConfig | undefined {
  const fields = record(input, ["rule_type", "param"]);
  if (fields === undefined) return undefined;
  const type = readRuleType(fields.rule_type, syntax);
  const param = readParam(fields.param, type, syntax);
  return type === undefined || param === undefined ? undefined : { type, param };
}

/** The field that a config names. */
export function fieldOf({ type, param }: FieldConfig): Field {
  switch (type) {
    case "Header":
      switch (param) {
        case ":method":
          return { kind: "method" };
        case ":path":
          return { kind: "path" };
        case ":authority":
          return { kind: "authority" };
        default:
          return { kind: "header", name: param };
      }
    case "Cookie":
      return { kind: "cookie", name: param };
    case "Query":
      return { kind: "query", name: param };
    case "Attribute":
      return { kind: "attribute", name: param };
  }
}

/** The text forms that `fieldFromText` takes. */
const FIELD_TEXT = /^(header|cookie|query|attribute) (.+)$/is;

/** The field that a text names as `fieldName` writes it, with the type and a header's name in any case: `header X-User`, `:path`. */
export function fieldFromText(text: string): Field | undefined {
  const [, type, param] = FIELD_TEXT.exec(text) ?? (/^:(?:method|path|authority)$/i.test(text) ? ["", "Header", text] : []);
  if (type === undefined || param === undefined) return undefined;
  const read = readInput({ rule_type: type, param }, (input) => readFieldConfig(input), { state: undefined });
  return read.ok ? fieldOf(read.value) : undefined;
}

/** Whether a value of unknown origin is a field; a header's name is in lower case. */
export function isField(value: unknown): value is Field {
  if (typeof value !== "object" || value === null) return false;
  const { kind, name } = value as { readonly kind?: unknown; readonly name?: unknown };
  switch (kind) {
    case "header":
      return typeof name === "string" && TOKEN.test(name) && name === lowerAscii(name);
    case "cookie":
      return typeof name === "string" && TOKEN.test(name);
    case "query":
    case "attribute":
      return typeof name === "string" && name !== "";
    case "method":
    case "path":
    case "authority":
      return true;
    default:
      return false;
  }
}

/** How the text is reached in which a field stands. */
export function accessOf<R>(reader: Reader<R>, field: Field): Access<R> {
  switch (field.kind) {
    case "header":
      return field.name === "cookie" ? reader.cookies : reader.header(field.name);
    case "attribute":
      return reader.attribute(field.name);
    case "cookie":
      return reader.cookies;
    case "query":
    case "path":
      return reader.url;
    case "method":
      return reader.method;
    case "authority":
      return reader.authority;
  }
}

/** The text of a request in which a field stands: several cookies stand in one. */
export function sourceName(field: Field): string {
  switch (field.kind) {
    case "cookie":
      return "cookies";
    case "query":
    case "path":
      return "url";
    case "header":
      return field.name === "cookie" ? "cookies" : fieldName(field);
    case "attribute":
    case "method":
    case "authority":
      return fieldName(field);
  }
}

/** The value of a field in the text in which it stands. */
export function valueIn(field: Field, text: string): string | undefined {
  switch (field.kind) {
    case "cookie":
      return cookieValue(text, field.name);
    case "query":
      return queryDecoded(text, field.name);
    case "path": {
      const from = pathStart(text);
      return text.slice(from, pathEnd(text, from));
    }
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return text;
  }
}

/**
 * Reads the text in which a field stands, where the request has one of its own. `carrier` is what `reader.open` returned.
 * Throws what reading the request throws.
 */
export function textOf<R>(reader: Reader<R>, field: Field, carrier: object, request: R): string | undefined {
  const { get, owns } = accessOf(reader, field);
  const text = get(carrier, request);
  return text === undefined || owns?.(carrier, request) === false ? undefined : text;
}

/** Whether any request can have this value in this field. */
export function isPossible(field: Field, value: string): boolean {
  switch (field.kind) {
    case "cookie":
      return isCookieValue(value);
    case "query":
      return !/\p{Surrogate}/u.test(field.name) && !/\p{Surrogate}/u.test(value);
    case "path":
      return !/[?#]/.test(value) && pathStart(value) === 0;
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return true;
  }
}

/**
 * Ranks of what reading costs: a property; a property of a property; a short scan; a scan of a field of up to kilobytes
 * (12 ns and 140 ns on the same machine); a query, which may have to be decoded.
 */
const COST: Readonly<Record<Field["kind"], number>> = { method: 0, header: 0, attribute: 1, authority: 1, path: 2, cookie: 3, query: 4 };

/** What reading a field costs, as a rank: the lower, the cheaper. */
export function costOf({ kind }: Field): number {
  return COST[kind];
}
