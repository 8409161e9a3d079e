import { type Field, fieldName } from "../request/index.ts";
import type { Alphabet } from "./alphabet.ts";
import { ABSENT, OTHER, type Range, stemOf } from "./letters.ts";
import { COOKIE_LINE } from "./links.ts";

/** A request as a test or a person writes it: only what matters is there. */
export interface Witness {
  readonly headers?: { readonly [name: string]: string };
  readonly cookies?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  readonly attributes?: { readonly [name: string]: string };
  readonly method?: string;
  readonly path?: string;
}

/** A value for each field; undefined, or no entry, for one that the request must not have. */
export type Values = ReadonlyMap<Field, string | undefined>;

/**
 * The values of some letters, one for each field: one that no plan mentions, or the first that is mentioned. Fields that are absent
 * have no entry. Where the Cookie line is one that is mentioned, it has the cookies.
 */
export function valuesOf({ fields, ranges }: Alphabet, letters: Int32Array): Values {
  const line = ranges.get(COOKIE_LINE);
  const hasCookies = line !== undefined && (letters[line.index] ?? ABSENT) > OTHER;
  const values = new Map<Field, string | undefined>();
  // A request has few of many fields.
  for (let index = 0; index < letters.length; index++) {
    const letter = letters[index] as number;
    if (letter === ABSENT) continue;
    const range = fields[index] as Range;
    if (hasCookies && range.field.kind === "cookie") continue;
    values.set(range.field, letter === OTHER ? unmentioned(range, 1)[0] : range.letters[letter - 2]?.[0]);
  }
  return values;
}

/** Values that the field can hold and no plan mentions. */
export function unmentioned(range: Range, count: number): readonly string[] {
  const isMentioned = mentionedIn(range);
  const stem = stemOf(range.field);
  const values: string[] = [];
  for (let number = 0; values.length < count; number++) {
    const value = number === 0 ? stem : `${stem}-${number}`;
    if (!isMentioned(value)) values.push(value);
  }
  return values;
}

/**
 * Whether some plan mentions a value. Of a Cookie line, the value is what stands behind the cookies, so nothing counts that a
 * mentioned line ends with.
 */
export function mentionedIn(range: Range): (value: string) => boolean {
  const mentioned = mentionedValues.get(range) ?? new Set(range.letters.flat());
  mentionedValues.set(range, mentioned);
  if (fieldName(range.field) !== COOKIE_LINE) return (value) => mentioned.has(value);
  return (value) => [...mentioned].some((line) => line.endsWith(value));
}

/** Lists can be long, and one is asked of again and again. */
const mentionedValues = new WeakMap<Range, ReadonlySet<string>>();

/** One thing that a request says: a value by its name in a group, or the method or path, whose names are empty. */
type Part = readonly [group: keyof Witness, name: string, value: string];

/** The request that has these values. Cookies are written ahead of a Cookie line that has a value of its own. */
export function witnessOf(values: Values): Witness {
  const named = new Map([...values].map(([field, value]) => [fieldName(field), value] as const));
  const line = named.get(COOKIE_LINE);
  const parts: Part[] = [];
  for (const [field, value] of values) {
    if (value === undefined || (field.kind === "cookie" && line !== undefined)) continue;
    const own = fieldName(field) === COOKIE_LINE ? cookiesAhead(values) + value : value;
    parts.push([...placeOf(field, named.has("header host")), own]);
  }
  return joined(parts);
}

/** The cookies of a request as they stand ahead of what else its Cookie line has. */
export function cookiesAhead(values: Values): string {
  return [...values].map(([field, value]) => (field.kind === "cookie" && value !== undefined ? `${field.name}=${value}; ` : "")).join("");
}

/** Where a field is written. The authority is that of the Host field, unless a rule asks for the field itself. */
function placeOf(field: Field, hasHost: boolean): readonly [group: keyof Witness, name: string] {
  switch (field.kind) {
    case "header":
      return ["headers", field.name];
    case "cookie":
      return ["cookies", field.name];
    case "query":
      return ["query", field.name];
    case "attribute":
      return ["attributes", field.name];
    case "authority":
      return ["headers", hasHost ? ":authority" : "host"];
    case "method":
    case "path":
      return [field.kind, ""];
  }
}

const GROUPS = ["headers", "cookies", "query", "attributes", "method", "path"] as const;

/** A request of its parts; `__proto__` is a name like others. */
function joined(parts: readonly Part[]): Witness {
  const groups = GROUPS.flatMap((group): (readonly [string, unknown])[] => {
    const own = parts.filter((part) => part[0] === group);
    if (own.length === 0) return [];
    const [[, , value]] = own as [Part];
    return [[group, group === "method" || group === "path" ? value : Object.fromEntries(own.map(([, name, each]) => [name, each]))]];
  });
  return Object.fromEntries(groups);
}

/** A request with more parts stays as it is: nobody reads it, and the time goes with the square of their number, 20 s for 3,000. */
const MOST_PARTS = 200;

/**
 * The smallest request that one finds by taking parts away, one after the other, for as long as something stays true of it
 * and a round takes any.
 */
export function smallest(witness: Witness, stays: (smaller: Witness) => boolean): Witness {
  let parts: readonly Part[] = Object.entries(witness).flatMap(([group, value]: [string, unknown]): readonly Part[] =>
    typeof value === "string"
      ? [[group as keyof Witness, "", value]]
      : Object.entries(value as object).map(([name, each]: [string, string]): Part => [group as keyof Witness, name, each]),
  );
  if (parts.length > MOST_PARTS) return witness;
  for (;;) {
    const before = parts.length;
    for (const part of parts) {
      const rest = parts.filter((each) => each !== part);
      if (stays(joined(rest))) parts = rest;
    }
    if (parts.length === before) return joined(parts);
  }
}
