import {
  type Checked,
  type Diagnostic,
  each,
  entries,
  fail,
  type Input,
  isAbsent,
  isList,
  isObject,
  list,
  lowerAscii,
  number,
  optional,
  overBudget,
  type Pointer,
  pointerTo,
  type Reading,
  readInput,
  record,
  shown,
  string,
  suggestion,
  word,
  words,
} from "../document/index.ts";
import { type LooseParts, type NodeRequest, readRequest, REQUEST_KEYS, type RequestParts } from "../request/index.ts";
import { type AliasConfig, parse, SLOTS, type Version } from "../alias/index.ts";
import { isDraw, type Plan, planOf, REASONS } from "../plan/index.ts";
import type { Reason } from "../backend/index.ts";
import { type LawConfig, readLaw, type SuiteLaw } from "./law.ts";
import { isKnown, MOST_VALUES } from "./reading.ts";

/** A suite as it is written, in YAML or JSON: an alias and cases. */
export interface SuiteConfig {
  readonly title?: string;
  /** The alias of every case that has none of its own: a config, or the path of a file with one. */
  readonly alias?: AliasConfig | string;
  /** At least one case, or one law. */
  readonly cases?: readonly CaseConfig[];
  /** What must be true of every request. */
  readonly laws?: readonly LawConfig[];
}

/** A request and what is expected of it. */
export interface CaseConfig {
  /** A number or word for reports and references. */
  readonly id?: string;
  readonly name?: string;
  readonly alias?: AliasConfig | string;
  /** The default is a request without headers. */
  readonly request?: RequestParts;
  /** The draw that is passed to the route: from 0 up to, not including, 1. */
  readonly draw?: number;
  readonly expect: ExpectationConfig;
}

/** What a case expects: a version or a split, not both. What is left out is not checked. */
export interface ExpectationConfig {
  /** For the given draw, or for every draw if none is given. */
  readonly version?: Version;
  /** Percent of the draws for each version, in steps of 0.01; they sum to 100. */
  readonly split?: { readonly [version: Version]: number };
  readonly reason?: Reason;
  /** The place in the config that decides. */
  readonly at?: Pointer;
}

/** A suite once it is read. */
export interface Suite {
  readonly title: string | undefined;
  readonly cases: readonly Case[];
  readonly laws: readonly SuiteLaw[];
}

/** A case once it is read: with the plan of its alias, and the request as node has it. */
export interface Case {
  /** Where it stands in the suite. */
  readonly at: Pointer;
  /** `id: name`, as far as there are any, or else its number, from 1. */
  readonly title: string;
  /** Undefined if neither the case nor the suite has an alias; `verify` is then given one. */
  readonly plan: Plan | undefined;
  readonly request: NodeRequest;
  readonly draw: number | undefined;
  readonly expect: Expectation;
}

/** What a case expects, with shares in slots of 10,000. */
export interface Expectation {
  readonly version: Version | undefined;
  readonly split: ReadonlyMap<Version, number> | undefined;
  readonly reason: Reason | undefined;
  readonly at: Pointer | undefined;
}

/** How to read a suite. */
export interface SuiteOptions {
  /** The alias for cases without one. */
  readonly alias?: Plan | undefined;
  /** Reads the alias of a path; without it, paths are errors. */
  readonly load?: (path: string) => Checked<Plan>;
  /** A number as it is written, where the suite came from a text: what `readText` and `readYaml` give. */
  readonly written?: (at: Pointer) => string | undefined;
}

/** A suite of the project's own has some hundreds; a generated one with more should be several files. */
export const MOST_CASES = 100_000;
/** Names and values of all requests of a suite, and their characters: a suite file has at most 32 Mi of them, without anchors. */
const MOST_IN_ALL: Room = { values: 4_000_000, characters: 33_554_432 };
/** Each law is proved by itself. */
const MOST_LAWS = 1_000;

/** Reads a suite, or says everything that is wrong with it, the alias included. Never throws. */
export function parseSuite(value: unknown, options: SuiteOptions = {}): Checked<Suite> {
  const checked = readInput(value, (input: Input) => readSuite(input, new Aliases(options, input.reading)), {
    state: undefined,
    written: options.written,
  });
  if (checked.ok) read.add(checked.value);
  return checked;
}

const read = new WeakSet<object>();

/** Whether the value is a suite that `parseSuite` has made. */
export function isSuite(value: unknown): value is Suite {
  return typeof value === "object" && value !== null && read.has(value);
}

/** The plans of the aliases of a suite; one that many cases share is read once. */
class Aliases {
  readonly #options: SuiteOptions;
  readonly #reading: Reading;
  readonly #known = new Map<unknown, Plan | undefined>();

  constructor(options: SuiteOptions, reading: Reading) {
    this.#options = options;
    this.#reading = reading;
  }

  read(input: Input): Plan | undefined {
    if (!this.#known.has(input.value)) this.#known.set(input.value, this.#read(input));
    return this.#known.get(input.value);
  }

  #read(input: Input): Plan | undefined {
    if (typeof input.value !== "string") {
      const checked = parse(input.value);
      this.#complain(input, checked.diagnostics);
      return checked.ok ? planOf(checked.value) : undefined;
    }
    const { load } = this.#options;
    if (load === undefined)
      return fail(input, "wrong-type", `expected a config, found the path ${shown(input.value)}`, "paths are read by `canary-router test`");
    const loaded = load(input.value);
    for (const { severity, message, at, help } of loaded.diagnostics) {
      const where = at === "" ? "" : ` at ${at}`;
      if (severity === "error") fail(input, "unreadable", `the alias ${shown(input.value)}${where}: ${message}`, help);
    }
    return loaded.ok ? loaded.value : undefined;
  }

  get given(): Plan | undefined {
    return this.#options.alias;
  }

  /** The complaints about a config within the suite, at their places there. Warnings are `check`'s to tell. */
  #complain(input: Input, diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics)
      if (diagnostic.severity === "error") this.#reading.diagnostics.push({ ...diagnostic, at: pointerTo(input) + diagnostic.at });
  }
}

function readSuite(input: Input, aliases: Aliases): Suite | undefined {
  const fields = record(input, ["title", "alias", "cases", "laws"]);
  if (fields === undefined) return undefined;
  const title = optional(fields.title, string);
  const shared = isAbsent(fields.alias) ? undefined : aliases.read(fields.alias);
  const laws = optional(fields.laws, (given) => list(given, { limit: MOST_LAWS, what: "laws" })) ?? [];
  const inputs = laws.length > 0 && isAbsent(fields.cases) ? [] : list(fields.cases, { limit: MOST_CASES, what: "cases" });
  if (inputs?.length === 0 && laws.length === 0)
    return fail(fields.cases, "case-expect", "there are no cases", "add one, or let `canary-router suggest` write them");
  const room = { ...MOST_IN_ALL };
  const ids = new Map<string, Pointer>();
  const cases = each(inputs ?? [], (one) => readCase(one, shared ?? aliases.given, aliases, room, ids));
  const aliasOf = (own: Input): Plan | undefined => (isAbsent(own) ? (shared ?? aliases.given) : aliases.read(own));
  return { title, cases, laws: each(laws, (one) => readLaw(one, aliasOf)) };
}

function readCase(input: Input, shared: Plan | undefined, aliases: Aliases, room: Room, ids: Map<string, Pointer>): Case | undefined {
  const fields = record(input, ["id", "name", "alias", "request", "draw", "expect"]);
  if (fields === undefined) return undefined;
  const names = [optional(fields.id, (id) => readId(id, ids)), optional(fields.name, string)].filter((name) => name !== undefined);
  const alias = isAbsent(fields.alias) ? shared : aliases.read(fields.alias);
  const request = optional(fields.request, (value) => readParts(value, room)) ?? { headers: {} };
  const draw = optional(fields.draw, readDraw);
  const expect = readExpectation(fields.expect, alias);
  if (expect === undefined) return undefined;
  const title = names.length === 0 ? `case ${Number(input.key) + 1}` : names.join(": ");
  return { at: `/cases/${input.key}`, title, plan: alias, request, draw, expect };
}

/** Reads an id, which no other case of the suite has. */
function readId(input: Input, ids: Map<string, Pointer>): string | undefined {
  const id = string(input);
  if (id === undefined) return undefined;
  const other = ids.get(id);
  if (other !== undefined) return fail(input, "case-id", `${other} has the id ${shown(id)} too`, "give each case an id of its own");
  ids.set(id, pointerTo(input));
  return id;
}

function readDraw(input: Input): number | undefined {
  const draw = number(input);
  if (draw === undefined || isDraw(draw)) return draw;
  return fail(input, "case-draw", `${shown(draw)} is no draw`, "write a number from 0 up to, not including, 1");
}

/** The names that HTTP/2 puts beside headers (RFC 9113, section 8.3.1). */
const PSEUDO: readonly string[] = [":method", ":path", ":authority", ":scheme"];

/** Reads a request as the records of logs are read, but for what it leaves out: that, the request does not have. */
function readParts(input: Input, room: Room): NodeRequest | undefined {
  const fields = record(input, REQUEST_KEYS);
  if (fields === undefined) return undefined;
  if (!isAbsent(fields.path) && !isAbsent(fields.url))
    fail(fields.path, "case-expect", "both `path` and `url`", "keep one: `url` has the query too");
  const parts: LooseParts = Object.fromEntries(REQUEST_KEYS.map((key) => [key, plain(fields[key], key, room)]));
  for (const name of isObject({ value: parts.headers }) ? Object.keys(parts.headers as object) : [])
    if (name.startsWith(":") && !PSEUDO.includes(lowerAscii(name)))
      fail(
        { value: undefined, key: name, parent: fields.headers, reading: input.reading },
        "unknown-key",
        `unknown key ${shown(name)}`,
        suggestion(name, PSEUDO, `known here: ${words(PSEUDO, "and")}`),
      );
  return readRequest(parts, (fault, ...keys) => {
    let place: Input = input;
    let value: unknown = parts;
    for (const key of keys) {
      value = (value as { readonly [key: string]: unknown })[key];
      place = { value, key, parent: place, reading: input.reading };
    }
    return fail(place, "wrong-type", fault, typeof value === "boolean" ? `write \`"${value}"\`, in quotes` : undefined);
  });
}

/** What the requests of one suite may still hold. Anchors of YAML make much of little text. */
interface Room {
  values: number;
  characters: number;
}

/**
 * A value as plain data, with numbers as the text that the suite has: `1.10` is not `1.1`. `what` names the values of a map or list.
 * Nothing of a request stands deeper than three lists and maps; what does is left as it is, and is not looked into.
 */
function plain(input: Input, what: string, room: Room, depth = 0): unknown {
  const { value } = input;
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean": {
      const text = typeof value === "number" ? (input.reading.written?.(pointerTo(input)) ?? value) : value;
      if (isSpent(input, room, typeof text === "string" ? text.length : 0)) return undefined;
      return text;
    }
    case "undefined":
      return undefined;
    default: {
      if (value === null || depth === 3) return value;
      const most = { limit: MOST_VALUES, what };
      if (isList(input)) return (list(input, most) ?? []).map((item) => plain(item, what, room, depth + 1));
      const named = entries(input, most);
      if (named === undefined) return undefined;
      const values: { [key: string]: unknown } = Object.create(null);
      for (const entry of named)
        if (!isSpent(entry, room, String(entry.key).length)) values[entry.key] = plain(entry, what, room, depth + 1);
      return values;
    }
  }
}

/** Takes a value of so many characters from what is left, and complains once there is no room. */
function isSpent(input: Input, room: Room, characters: number): boolean {
  if (room.values < 0 || room.characters < 0) return true;
  room.values -= 1;
  room.characters -= characters;
  if (room.values < 0) overBudget(input, MOST_IN_ALL.values, "values in the requests of a suite");
  else if (room.characters < 0) overBudget(input, MOST_IN_ALL.characters, "characters in the requests of a suite");
  return room.values < 0 || room.characters < 0;
}

/** Complains of a place that no outcome of the alias has. */
function isAnswered(input: Input, at: Pointer, alias: Plan | undefined): void {
  const places = [...new Set(alias?.outcomes.map((outcome) => outcome.at))];
  if (alias === undefined || places.includes(at)) return;
  const help = suggestion(at, places, `it decides at ${words(places.slice(0, 10).map(shown), "and")}`);
  fail(input, "case-at", `the alias never decides at ${shown(at)}`, help);
}

function readExpectation(input: Input, alias: Plan | undefined): Expectation | undefined {
  const fields = record(input, ["version", "split", "reason", "at"]);
  if (fields === undefined) return undefined;
  const version = optional(fields.version, string);
  if (version !== undefined) isKnown(fields.version, version, alias);
  const split = optional(fields.split, (value) => readSplit(value, alias));
  const reason = optional(fields.reason, (value) => word(value, REASONS, "case-expect", "reason"));
  const at = optional(fields.at, string);
  if (at !== undefined) isAnswered(fields.at, at, alias);
  if (!isAbsent(fields.version) && !isAbsent(fields.split))
    return fail(
      input,
      "case-expect",
      "both a `version` and a `split`",
      "keep one: a version is expected for every draw, a split for shares of them",
    );
  if ([fields.version, fields.split, fields.reason, fields.at].every(isAbsent))
    return fail(input, "case-expect", "nothing is expected", "write a `version`, a `split`, a `reason` or an `at`");
  return { version, split, reason, at };
}

function readSplit(input: Input, alias: Plan | undefined): ReadonlyMap<Version, number> | undefined {
  const inputs = entries(input, { limit: MOST_VALUES, what: "versions" });
  if (inputs === undefined) return undefined;
  const split = new Map<Version, number>();
  let valid = true;
  for (const entry of inputs) {
    isKnown(entry, String(entry.key), alias);
    const percent = number(entry);
    // 0.29 * 100 is not 29 in doubles: rounded, and compared with what was written.
    const slots = percent === undefined ? Number.NaN : Math.round(percent * 100);
    if (slots >= 0 && slots / 100 === percent) split.set(String(entry.key), slots);
    else {
      valid = false;
      if (percent !== undefined)
        fail(entry, "case-expect", `${shown(percent)} is no share`, "write percent, from 0 to 100, in steps of 0.01");
    }
  }
  const sum = [...split.values()].reduce((total, slots) => total + slots, 0);
  if (valid && sum !== SLOTS)
    return fail(input, "case-expect", `the split sums to ${sum / 100}, not 100`, "list every version that gets some");
  return split;
}
