import { atMost, type Checked, type Code, type Diagnostic, type Pointer, pointer, type Severity } from "./diagnostic.ts";
import { nearest } from "./nearest.ts";
import { shown } from "./show.ts";
import { lowerAscii } from "./text.ts";

/** Bounds on the work that a document of any kind can cause. Lengths count UTF-16 units. */
export interface DocumentBudgets {
  /** The text. */
  readonly text: number;
  /** One string, and one key. */
  readonly value: number;
  /** Lists and objects within each other in a text, the outermost counted; a text is never read deeper than 500. */
  readonly depth: number;
  readonly diagnostics: number;
}

/** The budgets where the options name none. */
export const DOCUMENT_BUDGETS: DocumentBudgets = { text: 1_048_576, value: 4_096, depth: 8, diagnostics: 100 };

/** One reading: what it allows, and what it has found. `state` is what the reader of one kind of document keeps meanwhile. */
export interface Reading<State = undefined> {
  readonly unknownKeys: Severity;
  readonly budgets: Pick<DocumentBudgets, "value" | "diagnostics">;
  /** One more than the budget allows, where there are more. */
  readonly diagnostics: Diagnostic[];
  readonly state: State;
  /** A number as it is written, where the value came from a text: help quotes `1.10`, which is not `1.1`. */
  readonly written?: ((at: Pointer) => string | undefined) | undefined;
}

/** A value that nobody vouches for, and where it stands. What is not there has the value `undefined`. */
export interface Input<State = undefined> {
  readonly value: unknown;
  readonly key: string | number;
  readonly parent: Input<State> | undefined;
  readonly reading: Reading<State>;
}

/**
 * Reads a value from outside with a reader of its parts, or says everything that is wrong with it. Never throws, unless `read`
 * does for a reason of its own.
 */
export function readInput<T, State>(
  value: unknown,
  read: (input: Input<State>) => T | undefined,
  { budgets = DOCUMENT_BUDGETS, unknownKeys = "error", state, written }: Partial<Reading<State>> & { readonly state: State },
): Checked<T> {
  const reading: Reading<State> = { unknownKeys, budgets, diagnostics: [], state, written };
  const result = read({ value, key: "", parent: undefined, reading });
  const diagnostics = atMost(reading.diagnostics, budgets.diagnostics);
  if (result === undefined || diagnostics.some(({ severity }) => severity === "error")) return { ok: false, diagnostics };
  return { ok: true, value: result, diagnostics };
}

/** Stands for a property that threw: it has been reported, and nothing more is said about it. */
const UNREADABLE: unique symbol = Symbol("unreadable");

/** Adds a complaint. */
function report(input: Input<unknown>, severity: Severity, code: Code, message: string, help: string | undefined): void {
  if (isFull(input.reading)) return;
  input.reading.diagnostics.push({ code, severity, at: pointerTo(input), message, ...(help !== undefined && { help }) });
}

function isFull({ diagnostics, budgets }: Reading<unknown>): boolean {
  return diagnostics.length > budgets.diagnostics;
}

export function fail(input: Input<unknown>, code: Code, message: string, help?: string): undefined {
  report(input, "error", code, message, help);
}

export function warn(input: Input<unknown>, code: Code, message: string, help: string): void {
  report(input, "warning", code, message, help);
}

/** Complains of more than a bound allows; `budget` names the option that raises it, where there is one. */
export function overBudget(input: Input<unknown>, limit: number, what: string, budget?: string): undefined {
  const help = budget === undefined ? "make it smaller" : `make it smaller, or raise the budget \`${budget}\``;
  return fail(input, "over-budget", `more than ${limit} ${what}`, help);
}

/** Where an input stands in what is read. */
export function pointerTo({ parent, key }: Pick<Input<unknown>, "parent" | "key">): Pointer {
  return parent === undefined ? "" : pointer(pointerTo(parent), key);
}

export function isAbsent({ value }: Pick<Input<unknown>, "value">): boolean {
  return value === undefined || value === null;
}

/** Reads what may be left out: `null` is as good as absent. */
export function optional<T, State>(input: Input<State>, read: (input: Input<State>) => T | undefined): T | undefined {
  return isAbsent(input) ? undefined : read(input);
}

/** What could be read of every input, frozen; nothing more is read once there is no room for complaints. */
export function each<T, State>(inputs: readonly Input<State>[], read: (input: Input<State>) => T | undefined): readonly T[] {
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
function is(input: Input<unknown>, wanted: Kind): boolean {
  const { value, key, parent } = input;
  if (value === UNREADABLE) return false;
  const kind = kindOf(value);
  if (kind === wanted) return true;
  if (kind === "unreadable") {
    unreadable(input);
  } else if (kind === "undefined" && parent !== undefined && typeof key === "string") {
    fail(input, "missing-key", `the key ${shown(key)} is missing`, `add it, with ${KIND_WORDS[wanted]}`);
  } else {
    const text = typeof value === "number" ? (input.reading.written?.(pointerTo(input)) ?? String(value)) : value;
    const found = typeof text === "string" ? `the ${kind} ${shown(text)}` : KIND_WORDS[kind];
    const glued = kind === "null" && typeof key === "string" ? /^([^\s:]+):(\S+)$/.exec(key) : null;
    const help = glued ? `YAML wants a space behind the colon: write \`${glued[1]}: ${glued[2]}\`` : wrongTypeHelp(text, kind, wanted);
    fail(input, "wrong-type", `expected ${KIND_WORDS[wanted]}, found ${found}`, help);
  }
  return false;
}

/** `text` is the value, or the number as it is written. */
function wrongTypeHelp(text: unknown, kind: Kind, wanted: Kind): string | undefined {
  if (wanted === "number" && typeof text === "string" && /^\d{1,3}(?:\.\d{1,15})?$/.test(text)) return `write \`${text}\` without quotes`;
  if (wanted === "string" && kind === "number") return `write \`"${String(text)}"\`, in quotes`;
  if (wanted === "object" && kind === "instance") return "give a plain object, such as `JSON.parse` or `{ ...value }` makes";
  return undefined;
}

function unreadable(input: Input<unknown>): undefined {
  const what = input.parent === undefined ? "the config" : shown(input.key);
  return fail(input, "unreadable", `${what} cannot be read: reading it throws`, "give plain data, without getters or proxies that throw");
}

/** Whether the value is a list; nothing is said where it is none. */
export function isList(input: Pick<Input<unknown>, "value">): boolean {
  return kindOf(input.value) === "list";
}

/** Whether the value is a plain object; nothing is said where it is none. */
export function isObject(input: Pick<Input<unknown>, "value">): boolean {
  return kindOf(input.value) === "object";
}

export function string(input: Input<unknown>): string | undefined {
  return is(input, "string") ? (input.value as string) : undefined;
}

export function number(input: Input<unknown>): number | undefined {
  return is(input, "number") ? (input.value as number) : undefined;
}

/** A string within the budget of one value. */
export function bounded(input: Input<unknown>): string | undefined {
  const text = string(input);
  if (text === undefined || text.length <= input.reading.budgets.value) return text;
  return overBudget(input, input.reading.budgets.value, "characters", "value");
}

/** One of some words, in any case of ASCII letters; help offers `offered`. */
export function word<Word extends string>(
  input: Input<unknown>,
  known: readonly Word[],
  code: Code,
  what: string,
  offered: readonly Word[] = known,
): Word | undefined {
  const text = string(input);
  if (text === undefined) return undefined;
  // Most are written as they are known.
  if (known.includes(text as Word)) return text as Word;
  const found = known.find((candidate) => candidate.length === text.length && lowerAscii(candidate) === lowerAscii(text));
  return found ?? fail(input, code, `${shown(text)} is no ${what}`, suggestion(text, offered, `write ${words(offered, "or")}`));
}

/** The help for a word that is none of the known ones. */
export function suggestion(text: string, known: readonly string[], otherwise: string): string {
  const near = nearest(text, known);
  return near === undefined ? otherwise : `did you mean \`${near}\`?`;
}

/** `a`, `b` or `c`. */
export function words(known: readonly string[], last: "and" | "or"): string {
  const quoted = known.map(shown);
  return [quoted.slice(0, -1).join(", "), quoted.at(-1)].filter((part) => part !== "").join(` ${last} `);
}

function place<State>(parent: Input<State>, key: string | number, value: unknown): Input<State> {
  return { value, key, parent, reading: parent.reading };
}

/** One property of the input's own, read once. */
function child<State>(parent: Input<State>, key: string | number): Input<State> {
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
function keysOf(input: Input<unknown>): readonly string[] | undefined {
  if (!is(input, "object")) return undefined;
  try {
    return Object.keys(input.value as object);
  } catch {
    return unreadable(input);
  }
}

/** Complains of the object, not of the key: a pointer to it would be as long. */
function isTooLong(input: Input<unknown>, key: string): boolean {
  if (key.length <= input.reading.budgets.value) return false;
  overBudget(input, input.reading.budgets.value, "characters in a key", "value");
  return true;
}

/** What makes a text a key that nobody knows, where the text shows it. */
function causeOf(key: string): string | undefined {
  if (key === "<<") return "merge keys of YAML are not read: write the keys out";
  if (/[\u00a0\u2000-\u200b\u202f\u3000\ufeff]/.test(key)) return "there is a space in it that is no ordinary one: write an ordinary space";
  if (/[\u2018\u2019\u201c\u201d]/.test(key)) return 'its quotes are typographic: write `"`';
  return undefined;
}

/** Keys that are known and refused, and why: `message` begins with the key itself. */
export interface RefusedKeys<Key extends string> {
  readonly keys: readonly Key[];
  readonly code: Code;
  readonly why: string;
  readonly help: string;
  /** The help for an unknown key that is known elsewhere, in place of the nearest known one. */
  readonly foreign?: (key: string) => string | undefined;
}

/** The known properties of a plain object. Every other one is complained of and not read; the refused are complained of where they have a value. */
export function record<Key extends string, State>(
  input: Input<State>,
  known: readonly Key[],
  refused?: RefusedKeys<Key>,
): Readonly<Record<Key, Input<State>>> | undefined {
  const keys = keysOf(input);
  if (keys === undefined) return undefined;
  const fields = Object.create(null) as Record<Key, Input<State>>;
  for (const key of known) fields[key] = keys.includes(key) ? child(input, key) : place(input, key, undefined);
  if (refused !== undefined) {
    for (const key of refused.keys) {
      if (isAbsent(fields[key])) continue;
      fail(fields[key], refused.code, `${shown(key)} ${refused.why}`, refused.help);
      fields[key] = place(input, key, undefined);
    }
  }
  const allowed: readonly string[] = known.filter((key) => refused?.keys.includes(key) !== true);
  for (const key of keys) {
    if (Object.hasOwn(fields, key)) continue;
    if (isFull(input.reading)) break;
    if (isTooLong(input, key)) continue;
    const help = causeOf(key) ?? refused?.foreign?.(key) ?? suggestion(key, allowed, `known here: ${words(allowed, "and")}`);
    report(place(input, key, undefined), input.reading.unknownKeys, "unknown-key", `unknown key ${shown(key)}`, help);
  }
  return fields;
}

/** How many of something a reader takes: `what` names them in the complaint. */
export interface Most {
  readonly limit: number;
  readonly what: string;
  /** The option that raises it, where there is one, and its value, of which some may be spent already. */
  readonly budget?: { readonly name: string; readonly limit: number };
}

function overMost(input: Input<unknown>, { limit, what, budget }: Most): undefined {
  return overBudget(input, budget?.limit ?? limit, what, budget?.name);
}

/** The properties of a map whose keys are names; none of them is read where there are more than the limit. */
export function entries<State>(input: Input<State>, most: Most): readonly Input<State>[] | undefined {
  const keys = keysOf(input);
  if (keys === undefined) return undefined;
  if (keys.length > most.limit) return overMost(input, most);
  return keys.filter((key) => !isTooLong(input, key)).map((key) => child(input, key));
}

/** The items of a list, none of which is read where there are more than the limit. */
export function list<State>(input: Input<State>, most: Most): readonly Input<State>[] | undefined {
  if (!is(input, "list")) return undefined;
  const length = property(input.value as object, "length");
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0) return unreadable(input);
  if (length > most.limit) return overMost(input, most);
  return Array.from({ length }, (_, index) => child(input, index));
}
