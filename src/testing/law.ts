import { each, fail, type Input, isAbsent, list, number, optional, type Pointer, record, shown, string } from "../document/index.ts";
import { type Field, fieldFromText, fieldName, fieldOf, isPossible } from "../request/index.ts";
import { SLOTS, slotsOfPercent, type Version } from "../alias/index.ts";
import type { Match, Plan } from "../plan/index.ts";
import type { Law } from "../prove/index.ts";
import { type Pending, readPending } from "./pending.ts";
import { isKnown, readMap, texts } from "./reading.ts";

/** Requests that have all of these values. Header names are in any case. */
export interface ConditionConfig {
  readonly headers?: { readonly [name: string]: string };
  readonly cookies?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  readonly attributes?: { readonly [name: string]: string };
  readonly method?: string;
  /** Without the query. */
  readonly path?: string;
}

/** Which requests a law is about. Without `when` it is about all; those of `unless`, or of one of its conditions, are left out. */
export interface ScopeConfig {
  readonly when?: ConditionConfig;
  readonly unless?: ConditionConfig | readonly ConditionConfig[];
}

/** What must be true of every request, and not only of those that a case has. Exactly one of `always`, `never`, `at_most` and `keeps`. */
export interface LawConfig {
  /** A number or word for reports and references. */
  readonly id?: string;
  readonly name?: string;
  readonly alias?: object | string;
  /** The request gets this version, for every draw. */
  readonly always?: ScopeConfig & { readonly version: Version };
  /** No request gets this version, for any draw. */
  readonly never?: ScopeConfig & { readonly version: Version };
  /** `share` in percent, in steps of 0.01. Of a sticky key the share is that of all keys. */
  readonly at_most?: ScopeConfig & { readonly version: Version; readonly share: number };
  /** Requests with one value of the key get one version, whatever else they have. A field as `header x-user-id`, `cookie id` or `:path`. */
  readonly keeps?: ScopeConfig & { readonly key: string };
  /** Whether the law passes where it is neither proved nor refuted. */
  readonly allow_unknown?: boolean;
  /** The law is not proved: true, or why. */
  readonly skip?: boolean | string;
  /** The law is still to be written, and not proved: true, or why. It may then say nothing. */
  readonly todo?: boolean | string;
}

/** A law of a suite once it is read. */
export interface SuiteLaw {
  /** Where it stands in the suite. */
  readonly at: Pointer;
  /** `id: name`, as far as there are any, or else what it says. */
  readonly title: string;
  /** Undefined if neither the law nor the suite has an alias. */
  readonly plan: Plan | undefined;
  readonly law: Law;
  readonly allowUnknown: boolean;
}

const KINDS = ["always", "never", "at_most", "keeps"] as const;

/** Reads a law. `aliasOf` gives the alias of its own, or that of the suite. One that is not proved is added to `pending`. */
export function readLaw(input: Input, aliasOf: (own: Input) => Plan | undefined, pending: Pending[]): SuiteLaw | undefined {
  const fields = record(input, ["id", "name", "alias", ...KINDS, "allow_unknown", "skip", "todo"]);
  if (fields === undefined) return undefined;
  const names = [optional(fields.id, string), optional(fields.name, string)].filter((name) => name !== undefined);
  const plan = aliasOf(fields.alias);
  const [kind, another] = KINDS.filter((each) => !isAbsent(fields[each]));
  const allowUnknown = optional(fields.allow_unknown, boolean) ?? false;
  const why = readPending(fields.skip, fields.todo);
  const at = `/laws/${input.key}`;
  const postpone = (otherwise: string): undefined => {
    if (why !== undefined) pending.push({ at, title: names.length === 0 ? otherwise : names.join(": "), ...why });
  };
  if (kind === undefined && why?.kind === "todo") return postpone(`law ${Number(input.key) + 1}`);
  if (kind === undefined) return fail(input, "law", "no law", "write `always`, `never`, `at_most` or `keeps`");
  if (another !== undefined) return fail(input, "law", `both \`${kind}\` and \`${another}\``, "write a law for each");
  const law = readKind(fields[kind], kind, plan);
  if (law === undefined) return undefined;
  if (why !== undefined) return postpone(lawText(law));
  return { at, title: names.length === 0 ? lawText(law) : names.join(": "), plan, law, allowUnknown };
}

function boolean(input: Input): boolean | undefined {
  if (typeof input.value === "boolean") return input.value;
  return fail(input, "wrong-type", `expected true or false, found ${shown(String(input.value))}`);
}

function readKind(input: Input, kind: (typeof KINDS)[number], plan: Plan | undefined): Law | undefined {
  switch (kind) {
    case "always":
    case "never": {
      const fields = record(input, ["when", "unless", "version"]);
      const version = fields && readVersion(fields.version, plan);
      return fields === undefined || version === undefined ? undefined : { kind, version, ...readScope(fields.when, fields.unless) };
    }
    case "at_most": {
      const fields = record(input, ["when", "unless", "version", "share"]);
      if (fields === undefined) return undefined;
      const version = readVersion(fields.version, plan);
      const share = number(fields.share);
      const slots = share === undefined ? undefined : slotsOfPercent(share);
      if (share !== undefined && (slots === undefined || slots === SLOTS))
        fail(fields.share, "law", `${shown(share)} is no share`, "write percent, from 0 to less than 100, in steps of 0.01");
      return version === undefined || slots === undefined
        ? undefined
        : { kind: "at-most", version, slots, ...readScope(fields.when, fields.unless) };
    }
    case "keeps": {
      const fields = record(input, ["when", "unless", "key"]);
      const key = fields && readKey(fields.key);
      return fields === undefined || key === undefined ? undefined : { kind, key, ...readScope(fields.when, fields.unless) };
    }
  }
}

function readVersion(input: Input, plan: Plan | undefined): Version | undefined {
  const version = string(input);
  if (version !== undefined) isKnown(input, version, plan);
  return version;
}

function readScope(when: Input, unless: Input): Pick<Law, "when" | "unless"> {
  const conditions = optional(unless, (given) =>
    Array.isArray(given.value)
      ? each(list(given, { limit: MOST_CONDITIONS, what: "conditions" }) ?? [], readCondition)
      : [readCondition(given)],
  );
  return { when: optional(when, readCondition) ?? [], unless: (conditions ?? []).filter((condition) => condition !== undefined) };
}

/** Conditions of one law. */
const MOST_CONDITIONS = 100;

function readCondition(input: Input): readonly Match[] | undefined {
  const fields = record(input, ["headers", "cookies", "query", "attributes", "method", "path"]);
  if (fields === undefined) return undefined;
  const at = "";
  const matches: Match[] = [];
  const add = (from: Input, field: Field, value: string): void => {
    if (!isPossible(field, value))
      fail(from, "law", `no request can have ${shown(value)} as ${fieldName(field)}`, "write a value that a request can have");
    matches.push({ field, values: [value], at });
  };
  for (const [group, type] of GROUPS) {
    const from = fields[group];
    for (const [param, value] of Object.entries(optional(from, (given) => readMap(given, texts[group], string)) ?? {}))
      add(from, fieldOf({ type, param: type === "Header" ? param.toLowerCase() : param }), value);
  }
  for (const kind of ["method", "path"] as const) {
    const value = optional(fields[kind], string);
    if (value !== undefined) add(fields[kind], { kind }, value);
  }
  if (matches.length === 0) return fail(input, "law", "an empty condition", "name a value that requests have, or leave it out");
  return matches;
}

const GROUPS = [
  ["headers", "Header"],
  ["cookies", "Cookie"],
  ["query", "Query"],
  ["attributes", "Attribute"],
] as const;

/** Reads a field as reports write it. */
function readKey(input: Input): Field | undefined {
  const text = string(input);
  if (text === undefined) return undefined;
  const field = fieldFromText(text);
  if (field !== undefined) return field;
  return fail(
    input,
    "law",
    `${shown(text)} is no field`,
    "write it as `header x-user-id`, `cookie id`, `query q`, `attribute tenant` or `:path`",
  );
}

/** A law in one line. */
export function lawText(law: Law): string {
  const scope = [
    ...(law.when.length === 0 ? [] : [`when ${conditionText(law.when)}`]),
    ...law.unless.map((matches) => `unless ${conditionText(matches)}`),
  ];
  return [claimText(law), ...scope].join(" ");
}

function claimText(law: Law): string {
  switch (law.kind) {
    case "always":
    case "never":
      return `${law.kind} ${law.version}`;
    case "at-most":
      return `at most ${law.slots / 100} % ${law.version}`;
    case "keeps":
      return `one version for each ${fieldName(law.key)}`;
  }
}

function conditionText(matches: readonly Match[]): string {
  return matches.map(({ field, values }) => `${fieldName(field)} = ${values.map(shown).join(" or ")}`).join(" and ");
}
