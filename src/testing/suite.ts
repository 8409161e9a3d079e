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
  word,
} from "../document/index.ts";
import { type NodeRequest, type RequestParts, toRequest } from "../request/index.ts";
import { type AliasConfig, parse, SLOTS, type Version } from "../alias/index.ts";
import { isDraw, type Plan, planOf, REASONS } from "../plan/index.ts";
import type { Reason } from "../backend/index.ts";

/** A suite as it is written, in YAML or JSON: an alias and cases. */
export interface SuiteConfig {
  readonly title?: string;
  /** The alias of every case that has none of its own: a config, or the path of a file with one. */
  readonly alias?: AliasConfig | string;
  readonly cases: readonly CaseConfig[];
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
}

/** A suite of the project's own has some hundreds; a generated one with more should be several files. */
const MOST_CASES = 100_000;
/** Headers, cookies, parameters or attributes of a request, values of one header, and versions of a split. */
const MOST_VALUES = 1_000;

/** Reads a suite, or says everything that is wrong with it, the alias included. Never throws. */
export function parseSuite(value: unknown, options: SuiteOptions = {}): Checked<Suite> {
  const checked = readInput(value, (input: Input) => readSuite(input, new Aliases(options, input.reading)), { state: undefined });
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
  const fields = record(input, ["title", "alias", "cases"]);
  if (fields === undefined) return undefined;
  const title = optional(fields.title, string);
  const shared = isAbsent(fields.alias) ? undefined : aliases.read(fields.alias);
  const inputs = list(fields.cases, { limit: MOST_CASES, what: "cases" });
  if (inputs?.length === 0)
    return fail(fields.cases, "case-expect", "there are no cases", "add one, or let `canary-router suggest` write them");
  const cases = each(inputs ?? [], (one) => readCase(one, shared ?? aliases.given, aliases));
  return { title, cases };
}

function readCase(input: Input, shared: Plan | undefined, aliases: Aliases): Case | undefined {
  const fields = record(input, ["id", "name", "alias", "request", "draw", "expect"]);
  if (fields === undefined) return undefined;
  const names = [optional(fields.id, string), optional(fields.name, string)].filter((name) => name !== undefined);
  const alias = isAbsent(fields.alias) ? shared : aliases.read(fields.alias);
  const request = optional(fields.request, readRequest) ?? {};
  const draw = optional(fields.draw, readDraw);
  const expect = readExpectation(fields.expect, alias);
  if (expect === undefined) return undefined;
  const title = names.length === 0 ? `case ${Number(input.key) + 1}` : names.join(": ");
  return { at: `/cases/${input.key}`, title, plan: alias, request: toRequest(request), draw, expect };
}

function readDraw(input: Input): number | undefined {
  const draw = number(input);
  if (draw === undefined || isDraw(draw)) return draw;
  return fail(input, "case-draw", `${shown(draw)} is no draw`, "write a number from 0 up to, not including, 1");
}

function readRequest(input: Input): RequestParts | undefined {
  const fields = record(input, ["headers", "cookies", "query", "attributes", "method", "path", "url"]);
  if (fields === undefined) return undefined;
  const headers = optional(fields.headers, (value) => readMap(value, "headers", readValues));
  const texts = (of: Input, what: string): { readonly [name: string]: string } | undefined =>
    optional(of, (value) => readMap(value, what, string));
  const cookies = texts(fields.cookies, "cookies");
  const query = texts(fields.query, "parameters");
  const attributes = texts(fields.attributes, "attributes");
  const [method, path, url] = [optional(fields.method, string), optional(fields.path, string), optional(fields.url, string)];
  if (path !== undefined && url !== undefined)
    fail(fields.path, "case-expect", "both `path` and `url`", "keep one: `url` has the query too");
  return {
    ...(headers !== undefined && { headers }),
    ...(cookies !== undefined && { cookies }),
    ...(query !== undefined && { query }),
    ...(attributes !== undefined && { attributes }),
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(url !== undefined && { url }),
  };
}

/** A map of names; `null` stands for one that is not there. `what` names them. */
function readMap<T>(input: Input, what: string, read: (input: Input) => T | undefined): { readonly [name: string]: T } | undefined {
  return Object.fromEntries(
    (entries(input, { limit: MOST_VALUES, what }) ?? []).flatMap((entry) => {
      const value = optional(entry, read);
      return value === undefined ? [] : [[entry.key, value]];
    }),
  ) as { readonly [name: string]: T };
}

function readValues(input: Input): string | readonly string[] | undefined {
  return Array.isArray(input.value) ? each(list(input, { limit: MOST_VALUES, what: "values" }) ?? [], string) : string(input);
}

function readExpectation(input: Input, alias: Plan | undefined): Expectation | undefined {
  const fields = record(input, ["version", "split", "reason", "at"]);
  if (fields === undefined) return undefined;
  const version = optional(fields.version, string);
  if (version !== undefined) isKnown(fields.version, version, alias);
  const split = optional(fields.split, (value) => readSplit(value, alias));
  const reason = optional(fields.reason, (value) => word(value, REASONS, "case-expect", "reason"));
  const at = optional(fields.at, string);
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

function isKnown(input: Input, version: Version, alias: Plan | undefined): void {
  if (alias === undefined || alias.versions.includes(version)) return;
  fail(input, "case-version", `the alias has no version ${shown(version)}`, `it has ${alias.versions.slice(0, 10).map(shown).join(", ")}`);
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
