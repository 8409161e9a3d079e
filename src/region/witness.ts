import { fieldName, type Field } from "../plan.ts";
import { ABSENT, OTHER, type Alphabet, type Range } from "./alphabet.ts";

/** A request as a test or a person writes it: only what matters is there. */
export interface Witness {
  readonly headers?: { readonly [name: string]: string };
  readonly cookies?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  readonly attributes?: { readonly [name: string]: string };
  readonly method?: string;
  readonly path?: string;
}

/** A value for each field that is present. */
export type Values = ReadonlyMap<Field, string>;

/**
 * A value for each field out of the letters that are left to it: none where it may be absent, one that no plan mentions where
 * it may have another, and else the first that is mentioned.
 */
export function valuesOf({ ranges }: Alphabet, left: Int32Array): Values {
  const values = new Map<Field, string>();
  for (const range of ranges.values()) {
    const letter = firstLetter(range, left);
    if (letter === ABSENT) continue;
    values.set(range.field, letter === OTHER ? (unmentioned(range, 1)[0] ?? "") : (range.letters[letter - 2]?.[0] ?? ""));
  }
  return values;
}

/** Values that a region leaves to a field that is there: up to `most`, and whether these are all. `place` is the field as the alphabet has it. */
export function lettersLeft(
  { ranges }: Alphabet,
  left: Int32Array,
  field: Field,
  most: number,
): { readonly place: Field; readonly values: readonly string[]; readonly finite: boolean } {
  const range = ranges.get(fieldName(field)) as Range;
  const has = (letter: number): boolean => ((left[range.at + (letter >> 5)] ?? 0) & (1 << (letter & 31))) !== 0;
  const mentioned = range.letters.flatMap((values, index) => (has(index + 2) ? values : [])).filter((value) => value !== "");
  const others = has(OTHER) ? unmentioned(range, most - Math.min(most, mentioned.length)) : [];
  return { place: range.field, values: [...mentioned, ...others].slice(0, most), finite: !has(OTHER) && mentioned.length <= most };
}

/** The lowest letter that is left to a field. */
function firstLetter({ at, words }: Range, left: Int32Array): number {
  for (let word = 0; word < words; word++) {
    const bits = left[at + word] ?? 0;
    if (bits !== 0) return 32 * word + 31 - Math.clz32(bits & -bits);
  }
  return OTHER;
}

/** Values that the field can hold and no plan mentions. */
function unmentioned({ field, letters }: Range, count: number): readonly string[] {
  const mentioned = new Set(letters.flat());
  const stem = field.kind === "path" ? "/other" : field.kind === "method" ? "OTHER" : "other";
  const values: string[] = [];
  for (let number = 0; values.length < count; number++) {
    const value = number === 0 ? stem : `${stem}-${number}`;
    if (!mentioned.has(value)) values.push(value);
  }
  return values;
}

/** The request that has these values. */
export function witnessOf(values: Values): Witness {
  const groups: { [group in "headers" | "cookies" | "query" | "attributes"]: [string, string][] } = {
    headers: [],
    cookies: [],
    query: [],
    attributes: [],
  };
  let method: string | undefined;
  let path: string | undefined;
  const names = new Set([...values.keys()].map((field) => (field.kind === "header" ? field.name : "")));
  for (const [field, value] of values) {
    switch (field.kind) {
      case "header":
        groups.headers.push([field.name, value]);
        break;
      case "cookie":
        groups.cookies.push([field.name, value]);
        break;
      case "query":
        groups.query.push([field.name, value]);
        break;
      case "attribute":
        groups.attributes.push([field.name, value]);
        break;
      case "authority":
        groups.headers.push([names.has("host") ? ":authority" : "host", value]);
        break;
      case "method":
        method = value;
        break;
      case "path":
        path = value;
        break;
    }
  }
  return {
    ...Object.fromEntries(Object.entries(groups).flatMap(([group, pairs]) => (pairs.length === 0 ? [] : [[group, record(pairs)]]))),
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
  };
}

/** An object without surprises: `__proto__` is a name like others. */
function record(pairs: readonly (readonly [string, string])[]): { readonly [name: string]: string } {
  return Object.fromEntries(pairs);
}

/** The requests that are this one without one of its parts. */
function smaller(witness: Witness): readonly Witness[] {
  const { method: _method, path: _path, ...groups } = witness;
  const without: Witness[] = [];
  if (witness.method !== undefined) without.push(omit(witness, "method"));
  if (witness.path !== undefined) without.push(omit(witness, "path"));
  for (const [group, members] of Object.entries(groups)) {
    for (const name of Object.keys(members)) {
      const rest = Object.entries(members).filter(([each]) => each !== name);
      without.push(rest.length === 0 ? omit(witness, group as keyof Witness) : { ...witness, [group]: record(rest) });
    }
  }
  return without;
}

function omit(witness: Witness, key: keyof Witness): Witness {
  return Object.fromEntries(Object.entries(witness).filter(([each]) => each !== key));
}

/** The smallest request that one finds by taking parts away for as long as something stays true of it. */
export function smallest(witness: Witness, stays: (smaller: Witness) => boolean): Witness {
  let least = witness;
  for (;;) {
    const next = smaller(least).find(stays);
    if (next === undefined) return least;
    least = next;
  }
}
