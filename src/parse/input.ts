import type { Version } from "../config.ts";
import { pointer, shown } from "../diagnostic.ts";
import type { Code, Diagnostic, Pointer, Severity } from "../diagnostic.ts";
import { nearest } from "../nearest.ts";
import type { ProfileRules } from "./profile.ts";

/** Bounds on the work that a config can cause. Lengths count UTF-16 units. */
export interface Budgets {
  /** The JSON text; a config that is none may have as much in all its `in` lists together. */
  readonly text: number;
  /** Versions beside the primary. */
  readonly versions: number;
  /** Rules of all strategies, and sticky keys. */
  readonly rules: number;
  /** Items of all `in` lists, the empty ones too. */
  readonly items: number;
  /** One value or list item, one param, one key, the seed. */
  readonly value: number;
  /** Lists and objects within each other in a JSON text, the outermost counted; a text is never read deeper than 500. */
  readonly depth: number;
  readonly diagnostics: number;
}

/** The budgets where the options name none. */
export const BUDGETS: Budgets = {
  text: 1_048_576,
  versions: 64,
  rules: 10_000,
  items: 100_000,
  value: 4_096,
  depth: 8,
  diagnostics: 100,
};

/** One reading: what it allows, what it has found, and what it has spent. */
export interface Reading {
  readonly profile: ProfileRules;
  readonly unknownKeys: Severity;
  readonly budgets: Budgets;
  /** One more than the budget allows, where there are more. */
  readonly diagnostics: Diagnostic[];
  readonly additional: Set<Version>;
  rules: number;
  items: number;
  /** UTF-16 units of `in` lists. */
  listed: number;
}

/** A value that nobody vouches for, and where it stands. What is not there has the value `undefined`. */
export interface Input {
  readonly value: unknown;
  readonly key: string | number;
  readonly parent: Input | undefined;
  readonly reading: Reading;
}

/** Stands for a property that threw: it has been reported, and nothing more is said about it. */
const UNREADABLE: unique symbol = Symbol("unreadable");

/** Adds a complaint. */
function report(input: Input, severity: Severity, code: Code, message: string, help: string | undefined): void {
  if (isFull(input.reading)) return;
  input.reading.diagnostics.push({ code, severity, at: pointerTo(input), message, ...(help !== undefined && { help }) });
}

function isFull({ diagnostics, budgets }: Reading): boolean {
  return diagnostics.length > budgets.diagnostics;
}

export function fail(input: Input, code: Code, message: string, help?: string): undefined {
  report(input, "error", code, message, help);
}

export function warn(input: Input, code: Code, message: string, help: string): void {
  report(input, "warning", code, message, help);
}

export function overBudget(input: Input, budget: keyof Budgets, what: string): undefined {
  return fail(
    input,
    "over-budget",
    `more than ${input.reading.budgets[budget]} ${what}`,
    `make it smaller, or raise the budget \`${budget}\``,
  );
}

/** Where an input stands in what is read. */
export function pointerTo({ parent, key }: Input): Pointer {
  return parent === undefined ? "" : pointer(pointerTo(parent), key);
}

export function isAbsent({ value }: Input): boolean {
  return value === undefined || value === null;
}

/** Reads what may be left out: `null` is as good as absent. */
export function optional<T>(input: Input, read: (input: Input) => T | undefined): T | undefined {
  return isAbsent(input) ? undefined : read(input);
}

/** What could be read of every input, frozen; nothing more is read once there is no room for complaints. */
export function each<T>(inputs: readonly Input[], read: (input: Input) => T | undefined): readonly T[] {
  const values: T[] = [];
  for (const input of inputs) {
    if (isFull(input.reading)) break;
    const value = read(input);
    if (value !== undefined) values.push(value);
  }
  return Object.freeze(values);
}

/** The kinds of values, where `object` is a plain one: of `{}`, of `JSON.parse`, or without a prototype. */
type Kind =
  | "undefined"
  | "null"
  | "boolean"
  | "number"
  | "bigint"
  | "string"
  | "symbol"
  | "function"
  | "list"
  | "object"
  | "instance"
  | "unreadable";

/** The plain object's own prototype has none, in whichever realm it was made. */
function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  try {
    if (Array.isArray(value)) return "list";
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null ? "object" : "instance";
  } catch {
    return "unreadable";
  }
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  undefined: "undefined",
  null: "null",
  boolean: "a boolean",
  number: "a number",
  bigint: "a bigint",
  string: "a string",
  symbol: "a symbol",
  function: "a function",
  list: "a list",
  object: "an object",
  instance: "an object of a class",
  unreadable: "what cannot be read",
};

/** Whether the value is of the kind; complains where it is not. */
function is(input: Input, wanted: Kind): boolean {
  const { value, key, parent } = input;
  if (value === UNREADABLE) return false;
  const kind = kindOf(value);
  if (kind === wanted) return true;
  if (kind === "unreadable") {
    unreadable(input);
  } else if (kind === "undefined" && parent !== undefined && typeof key === "string") {
    fail(input, "missing-key", `the key ${shown(key)} is missing`, `add it, with ${KIND_WORDS[wanted]}`);
  } else {
    const found = typeof value === "string" || typeof value === "number" ? `the ${kind} ${shown(value)}` : KIND_WORDS[kind];
    fail(input, "wrong-type", `expected ${KIND_WORDS[wanted]}, found ${found}`, wrongTypeHelp(value, kind, wanted));
  }
  return false;
}

function wrongTypeHelp(value: unknown, kind: Kind, wanted: Kind): string | undefined {
  if (wanted === "number" && typeof value === "string" && /^\d{1,3}(?:\.\d{1,15})?$/.test(value))
    return `write \`${value}\` without quotes`;
  if (wanted === "string" && typeof value === "number") return `write \`"${value}"\`, in quotes`;
  if (wanted === "object" && kind === "instance") return "give a plain object, such as `JSON.parse` or `{ ...value }` makes";
  return undefined;
}

function unreadable(input: Input): undefined {
  const what = input.parent === undefined ? "the config" : shown(input.key);
  return fail(input, "unreadable", `${what} cannot be read: reading it throws`, "give plain data, without getters or proxies that throw");
}

export function string(input: Input): string | undefined {
  return is(input, "string") ? (input.value as string) : undefined;
}

export function number(input: Input): number | undefined {
  return is(input, "number") ? (input.value as number) : undefined;
}

/** A string within the budget of one value. */
export function bounded(input: Input): string | undefined {
  const text = string(input);
  if (text === undefined || text.length <= input.reading.budgets.value) return text;
  return overBudget(input, "value", "characters");
}

/** One of some words, in any case of ASCII letters; help offers `offered`. */
export function word<Word extends string>(
  input: Input,
  known: readonly Word[],
  code: Code,
  what: string,
  offered: readonly Word[] = known,
): Word | undefined {
  const text = string(input);
  if (text === undefined) return undefined;
  const found = known.find((candidate) => candidate.length === text.length && lower(candidate) === lower(text));
  return found ?? fail(input, code, `${shown(text)} is no ${what}`, suggestion(text, offered, `write ${words(offered, "or")}`));
}

/** The help for a word that is none of the known ones. */
export function suggestion(text: string, known: readonly string[], otherwise: string): string {
  const near = nearest(text, known);
  return near === undefined ? otherwise : `did you mean \`${near}\`?`;
}

/** Only ASCII letters: `toLowerCase` makes a `k` of the Kelvin sign. */
export function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** `a`, `b` or `c`. */
export function words(known: readonly string[], last: "and" | "or"): string {
  const quoted = known.map(shown);
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((part) => part !== "").join(` ${last} `);
}

function place(parent: Input, key: string | number, value: unknown): Input {
  return { value, key, parent, reading: parent.reading };
}

/** One property of the input's own, read once. */
function child(parent: Input, key: string | number): Input {
  const input = place(parent, key, property(parent.value as object, key));
  if (input.value === UNREADABLE) unreadable(input);
  return input;
}

function property(value: object, key: string | number): unknown {
  try {
    return Object.hasOwn(value, key) ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
  } catch {
    return UNREADABLE;
  }
}

/** The names of a plain object's own enumerable properties. */
function keysOf(input: Input): readonly string[] | undefined {
  if (!is(input, "object")) return undefined;
  try {
    return Object.keys(input.value as object);
  } catch {
    return unreadable(input);
  }
}

/** Complains of the object, not of the key: a pointer to it would be as long. */
function isTooLong(input: Input, key: string): boolean {
  if (key.length <= input.reading.budgets.value) return false;
  overBudget(input, "value", "characters in a key");
  return true;
}

/** The known properties of a plain object. Every other one is complained of and not read; the refused are complained of where they have a value. */
export function record<Key extends string>(
  input: Input,
  known: readonly Key[],
  refused: readonly Key[] = [],
): Readonly<Record<Key, Input>> | undefined {
  const keys = keysOf(input);
  if (keys === undefined) return undefined;
  const fields = Object.create(null) as Record<Key, Input>;
  for (const key of known) fields[key] = keys.includes(key) ? child(input, key) : place(input, key, undefined);
  for (const key of refused) {
    if (isAbsent(fields[key])) continue;
    const help = "remove it, or read the alias in the `extended` profile";
    fail(fields[key], "own-key", `${shown(key)} is not in the \`${input.reading.profile.name}\` profile`, help);
    fields[key] = place(input, key, undefined);
  }
  const allowed: readonly string[] = known.filter((key) => !refused.includes(key));
  for (const key of keys) {
    if (Object.hasOwn(fields, key)) continue;
    if (isFull(input.reading)) break;
    if (isTooLong(input, key)) continue;
    const help = suggestion(key, allowed, `known here: ${words(allowed, "and")}`);
    report(place(input, key, undefined), input.reading.unknownKeys, "unknown-key", `unknown key ${shown(key)}`, help);
  }
  return fields;
}

/** The properties of a map from versions; one may be the primary. */
export function entries(input: Input): readonly Input[] | undefined {
  const keys = keysOf(input);
  if (keys === undefined) return undefined;
  if (keys.length > input.reading.budgets.versions + 1) return overBudget(input, "versions", "additional versions");
  return keys.filter((key) => !isTooLong(input, key)).map((key) => child(input, key));
}

/** The items of a list, none of which is read where there are more than the limit. */
export function list(input: Input, limit: number, budget: keyof Budgets, what: string): readonly Input[] | undefined {
  if (!is(input, "list")) return undefined;
  const length = property(input.value as object, "length");
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0) return unreadable(input);
  if (length > limit) return overBudget(input, budget, what);
  return Array.from({ length }, (_, index) => child(input, index));
}
