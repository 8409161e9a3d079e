import {
  type Checked,
  type Diagnostic,
  each,
  entries,
  fail,
  type Input,
  isAbsent,
  list,
  number,
  optional,
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
import type { NodeRequest, RequestParts } from "../request/index.ts";
import { type AliasConfig, parse, SLOTS, slotsOfPercent, type Version } from "../alias/index.ts";
import { isDraw, type Plan, planOf, REASONS } from "../plan/index.ts";
import type { Reason } from "../backend/index.ts";
import { expand, type ExpansionRoom, MOST_MADE, tellOnce } from "./expand.ts";
import { type LawConfig, readLaw, type SuiteLaw } from "./law.ts";
import { type Pending, readPending } from "./pending.ts";
import { isKnown, MOST_VALUES } from "./reading.ts";
import { MOST_IN_ALL, readParts, type Room } from "./request.ts";

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

/**
 * A request and what is expected of it. With `each` it is a table: a case for each row, where `$column` in the texts of the case stands
 * for the value of the row.
 */
export interface CaseConfig {
  /** A number or word for reports and references. */
  readonly id?: string;
  readonly name?: string;
  readonly alias?: AliasConfig | string;
  /** The default is a request without headers. */
  readonly request?: RequestParts;
  /** The draw that is passed to the route: from 0 up to, not including, 1. In a table it may be a placeholder. */
  readonly draw?: number | `$${string}`;
  /** May be left out of a case that is `todo`. */
  readonly expect?: ExpectationConfig;
  /** The case is not run: true, or why. */
  readonly skip?: boolean | string;
  /** The case is still to be written, and not run: true, or why. */
  readonly todo?: boolean | string;
  /** Rows: values by the names that placeholders have. */
  readonly each?: readonly { readonly [column: string]: string | number | boolean | null }[];
}

/** What a case expects: a version or a split, not both. What is left out is not checked. */
export interface ExpectationConfig {
  /** For the given draw, or for every draw if none is given. */
  readonly version?: Version;
  /** Percent of the draws for each version, in steps of 0.01; they sum to 100. */
  readonly split?: { readonly [version: Version]: number | `$${string}` };
  readonly reason?: Reason | `$${string}`;
  /** The place in the config that decides. */
  readonly at?: Pointer;
}

/** A suite once it is read. */
export interface Suite {
  readonly title: string | undefined;
  readonly cases: readonly Case[];
  readonly laws: readonly SuiteLaw[];
  /** Cases and laws that are not run. */
  readonly pending: readonly Pending[];
}

/** A case once it is read: with the plan of its alias, and the request as node has it. */
export interface Case {
  /** Where it stands in the suite; of a case of a table, its row. */
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
/** Each law is proved by itself. */
const MOST_LAWS = 1_000;

/** Reads a suite, or says everything that is wrong with it, the alias included. Never throws. */
export function parseSuite(value: unknown, options: SuiteOptions = {}): Checked<Suite> {
  const checked = readInput(value, (input: Input) => readSuite(input, new Aliases(options, input.reading)), {
    state: undefined,
    written: options.written,
  });
  if (checked.ok) for (const each of [...checked.value.cases, ...checked.value.laws]) read.add(each);
  return checked;
}

/** Cases and laws that were read. */
const read = new WeakSet<object>();

/** Whether the value is a suite that `parseSuite` has made, or some of the cases and laws of one. */
export function isSuite(value: unknown): value is Suite {
  if (typeof value !== "object" || value === null || !("pending" in value)) return false;
  const { cases, laws } = value as Partial<Suite>;
  return [cases, laws].every((list) => Array.isArray(list) && list.every((each) => read.has(each as object)));
}

/** A suite that was read, with this alias for the cases and laws that have none. */
export function withAlias(suite: Suite, alias: Plan | undefined): Suite {
  const completed = <T extends Case | SuiteLaw>(each: T): T => {
    if (each.plan !== undefined) return each;
    const made = { ...each, plan: alias };
    read.add(made);
    return made;
  };
  return { ...suite, cases: suite.cases.map(completed), laws: suite.laws.map(completed) };
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
  const pending: Pending[] = [];
  const reading: CaseReading = {
    shared: shared ?? aliases.given,
    aliases,
    room: { ...MOST_IN_ALL },
    made: { ...MOST_MADE },
    left: MOST_CASES,
    ids: new Map(),
    pending,
  };
  const cases = Object.freeze(each(inputs ?? [], (one) => readCases(one, reading)).flat());
  const aliasOf = (own: Input): Plan | undefined => (isAbsent(own) ? (shared ?? aliases.given) : aliases.read(own));
  return { title, cases, laws: each(laws, (one) => readLaw(one, aliasOf, pending)), pending };
}

/** What the cases of one suite share while they are read. */
interface CaseReading {
  readonly shared: Plan | undefined;
  readonly aliases: Aliases;
  readonly room: Room;
  readonly made: ExpansionRoom;
  /** Rows that tables may still have. */
  left: number;
  readonly ids: Map<string, Pointer>;
  readonly pending: Pending[];
}

const CASE_KEYS = ["id", "name", "alias", "request", "draw", "expect", "skip", "todo", "each"] as const;
type CaseFields = Readonly<Record<(typeof CASE_KEYS)[number], Input>>;

/** Reads a case, or the cases of a table. */
function readCases(input: Input, reading: CaseReading): readonly Case[] | undefined {
  const fields = record(input, CASE_KEYS);
  if (fields === undefined) return undefined;
  const place = `/cases/${input.key}`;
  const title = `case ${Number(input.key) + 1}`;
  if (isAbsent(fields.each)) {
    const one = readCase(fields, reading, place, title);
    return one && [one];
  }
  const { diagnostics } = input.reading;
  const told = new Set<string>();
  const rows = expand(fields, fields.each, reading.left, reading.made);
  reading.left -= rows.length;
  return rows.flatMap((row, index) => {
    const before = diagnostics.length;
    const one = row && readCase(row, reading, `${place}/each/${index}`, `${title}, row ${index + 1}`);
    tellOnce(diagnostics, before, told);
    return one === undefined ? [] : [one];
  });
}

function readCase(
  fields: CaseFields,
  { shared, aliases, room, ids, pending }: CaseReading,
  at: Pointer,
  otherwise: string,
): Case | undefined {
  const names = [optional(fields.id, (id) => readId(id, ids)), optional(fields.name, string)].filter((name) => name !== undefined);
  const alias = isAbsent(fields.alias) ? shared : aliases.read(fields.alias);
  const request = optional(fields.request, (value) => readParts(value, room)) ?? { headers: {} };
  const draw = optional(fields.draw, readDraw);
  const why = readPending(fields.skip, fields.todo);
  const expect = why?.kind === "todo" && isAbsent(fields.expect) ? undefined : readExpectation(fields.expect, alias);
  const title = names.length === 0 ? otherwise : names.join(": ");
  if (why !== undefined) pending.push({ at, title, ...why });
  return why !== undefined || expect === undefined ? undefined : { at, title, plan: alias, request, draw, expect };
}

/** Reads an id, which no other case of the suite has. */
function readId(input: Input, ids: Map<string, Pointer>): string | undefined {
  const id = string(input);
  if (id === undefined) return undefined;
  const other = ids.get(id);
  if (other !== undefined)
    return fail(
      input,
      "case-id",
      `${other} has the id ${shown(id)} too`,
      "give each case an id of its own; in a table, with a placeholder",
    );
  ids.set(id, pointerTo(input));
  return id;
}

function readDraw(input: Input): number | undefined {
  const draw = number(input);
  if (draw === undefined || isDraw(draw)) return draw;
  return fail(input, "case-draw", `${shown(draw)} is no draw`, "write a number from 0 up to, not including, 1");
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
    const slots = percent === undefined ? undefined : slotsOfPercent(percent);
    if (slots !== undefined) split.set(String(entry.key), slots);
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
