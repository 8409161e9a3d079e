import {
  bounded,
  type Checked,
  each,
  entries,
  fail,
  type Input,
  isAbsent,
  list,
  number,
  optional,
  readPlain,
  record,
  shown,
  sound,
  suggestion,
  word,
} from "../document/index.ts";
import type { Field } from "../request/index.ts";
import { fieldIn } from "./field.ts";
import { checkWhole } from "./share-sum.ts";

/** How many of something each has: always so many, by listed shares, or by a geometric distribution that begins at 1. */
export type Count =
  | { readonly kind: "fixed"; readonly count: number }
  | { readonly kind: "geometric"; readonly mean: number }
  /** `until[i]` is the share of all that have at most `counts[i]`, 1 at the end. */
  | { readonly kind: "listed"; readonly counts: readonly number[]; readonly until: readonly number[] };

/** Fields whose values are drawn together, and how often: anew for each user, session or request. */
export interface Trait {
  readonly fields: readonly Field[];
  readonly per: "user" | "session" | "request";
  /** A value for each field, undefined where it is absent. */
  readonly values: readonly (readonly (string | undefined)[])[];
  /** `until[i]` is the share of all that have one of the values up to the one of index i, 1 at the end. */
  readonly until: readonly number[];
}

/** A model of who makes requests. Plain data. */
export interface Population {
  readonly users: number;
  /** Sessions of a user. */
  readonly sessions: Count;
  /** Requests of a session. */
  readonly requests: Count;
  /** Where a user's id stands in the requests; undefined where it does not. */
  readonly identity: Field | undefined;
  /** Where a session's id stands in the requests. */
  readonly session: Field | undefined;
  readonly traits: readonly Trait[];
}

/** Of one user's sessions, and of one session's requests. A thousand would already be a robot's. */
export const MOST_EACH = 10_000;

/**
 * Requests of one user, as many as one in 20,000 users may have, times the fields that are anew in each. All requests of a user are made
 * at once: so many take 200 MB.
 */
const MOST_OF_USER = 2_000_000;

/** Shares of one list: the values of a field, or the counts of sessions. */
const MOST_SHARES = 100_000;

/** Users of a model. */
const MOST_USERS = 1_000_000_000;

const KEYS = ["users", "sessions", "requests", "identity", "session", "traits"] as const;
const PER = ["user", "session", "request"] as const;

/**
 * Reads a population file, or says everything that is wrong with it:
 *
 *     users: 20000
 *     sessions: { mean: 3 }                 # of each user, at least one; or a number
 *     requests: { 1: 30, 5: 50, 20: 20 }    # of each session; percent that have so many
 *     identity: { rule_type: Header, param: X-User-Id }
 *     session: { rule_type: Cookie, param: sid }
 *     traits:
 *       - field: { rule_type: Attribute, param: country }
 *         values: { DE: 60, FR: 30 }
 *         absent: 10
 *       - fields: [{ rule_type: Cookie, param: beta }, { rule_type: Attribute, param: role }]
 *         per: session
 *         values: [{ of: ["on", staff], share: 1 }, { of: [null, customer], share: 99 }]
 *
 * Traits are independent of each other; what depends on each other is listed jointly, in one trait.
 */
export function parsePopulation(value: unknown): Checked<Population> {
  return readPlain(value, readPopulation);
}

/**
 * The population that a value describes.
 * @throws ConfigError with everything that is wrong
 */
export function population(value: unknown): Population {
  return sound(parsePopulation(value));
}

function readPopulation(input: Input): Population | undefined {
  const fields = record(input, KEYS);
  if (fields === undefined) return undefined;
  const users = whole(fields.users, MOST_USERS);
  const sessions = optional(fields.sessions, readCount) ?? ONE;
  const requests = optional(fields.requests, readCount) ?? ONE;
  const identity = optional(fields.identity, fieldIn);
  const session = optional(fields.session, fieldIn);
  const traits = optional(fields.traits, (traitsInput) => each(list(traitsInput, { limit: 1_000, what: "traits" }) ?? [], readTrait)) ?? [];
  if (users === undefined) return undefined;
  const population: Population = { users, sessions, requests, identity, session, traits };
  if (valuesOfUser(population) <= MOST_OF_USER) return population;
  return fail(
    isAbsent(fields.requests) ? fields.sessions : fields.requests,
    "count",
    "the requests of one user are too many",
    `have at most ${MOST_OF_USER} in all sessions of a user, fewer where each has many fields of its own`,
  );
}

/** All fields of its requests. */
export function fieldsOf({ identity, session, traits }: Population): readonly Field[] {
  return [...(identity ? [identity] : []), ...(session ? [session] : []), ...traits.flatMap(({ fields }) => fields)];
}

/** The values that are made for the requests of one user, at most: what is the same in several requests is made once. */
function valuesOfUser(population: Population): number {
  const { sessions, requests, session, traits } = population;
  const has = (per: Trait["per"]): boolean => traits.some((trait) => trait.per === per);
  const fields = fieldsOf(population).length;
  const inSession = session !== undefined || has("session") ? fields : 0;
  return mostOf(sessions) * (inSession + meanOf(requests) * (1 + (has("request") ? fields : 0)));
}

/** A count that is exceeded never, or by one in 20,000. */
function mostOf(count: Count): number {
  switch (count.kind) {
    case "fixed":
      return count.count;
    case "geometric":
      return Math.min(MOST_EACH, count.mean * 10);
    case "listed":
      return Math.max(...count.counts.filter((_, index) => (count.until[index] ?? 1) > (count.until[index - 1] ?? 0)));
  }
}

const ONE: Count = { kind: "fixed", count: 1 };

function whole(input: Input, most: number): number | undefined {
  const count = number(input);
  if (count === undefined || (Number.isInteger(count) && count >= 1 && count <= most)) return count;
  return fail(input, "count", `${shown(count)} is no count`, `write a whole number from 1 to ${most}`);
}

/** A number, `{ mean }`, or a map from counts to percent. */
function readCount(input: Input): Count | undefined {
  if (typeof input.value === "number") {
    const count = whole(input, MOST_EACH);
    return count === undefined ? undefined : { kind: "fixed", count };
  }
  const parts = entries(input, { limit: MOST_SHARES, what: "shares" });
  if (parts === undefined) return undefined;
  const [first, second] = parts;
  if (first?.key === "mean" && second === undefined) {
    const mean = number(first);
    if (mean === undefined || (mean >= 1 && mean <= MOST_EACH / 20)) return mean === undefined ? undefined : { kind: "geometric", mean };
    return fail(first, "count", `${shown(mean)} is no mean`, `write a number from 1 to ${MOST_EACH / 20}`);
  }
  const listed = each(parts, (part) => {
    const count = /^\d+$/.test(String(part.key)) ? Number(part.key) : NaN;
    if (!(Number.isInteger(count) && count >= 1 && count <= MOST_EACH)) {
      const help = `write whole numbers from 1 to ${MOST_EACH}, or \`mean\` alone`;
      const misspelt = part.key === "mean" ? help : suggestion(String(part.key), ["mean"], help);
      return fail(part, "count", `${shown(part.key)} is no count`, misspelt);
    }
    const share = readShare(part);
    return share === undefined ? undefined : { count, share };
  });
  const shares = listed.map(({ share }) => share);
  if (!checkWhole(input, shares, parts.length)) return undefined;
  return { kind: "listed", counts: listed.map(({ count }) => count), until: cumulated(shares) };
}

function readShare(input: Input): number | undefined {
  const share = number(input);
  if (share === undefined || (share >= 0 && share <= 100)) return share;
  return fail(input, "share", `${shown(share)} is no share`, "write percent, from 0 to 100");
}

function readTrait(input: Input): Trait | undefined {
  const parts = record(input, ["field", "fields", "per", "values", "absent"]);
  if (parts === undefined) return undefined;
  const per = optional(parts.per, (perInput) => word(perInput, PER, "trait", "period")) ?? "user";
  const single = isAbsent(parts.fields);
  if (!single && !isAbsent(parts.field)) {
    return fail(input, "trait", "`field` and `fields` are both there", "keep `field` for one, or `fields` for several listed jointly");
  }
  const table = single ? readValues(parts.values, parts.absent) : readJoint(parts.values, parts.absent, parts.fields);
  const listed = single ? undefined : list(parts.fields, { limit: 100, what: "fields" });
  if (listed?.length === 0) fail(parts.fields, "trait", "the trait has no field", "name one or more, or remove the trait");
  const fields = single ? each([parts.field], fieldIn) : each(listed ?? [], fieldIn);
  if (table === undefined || fields.length === 0) return undefined;
  const shares = table.map(({ share }) => share);
  return { fields, per, values: table.map(({ of }) => of), until: cumulated(shares) };
}

interface Row {
  readonly of: readonly (string | undefined)[];
  readonly share: number;
}

/** The values of one field: a map to percent, and the percent of those without. */
function readValues(input: Input, absent: Input): readonly Row[] | undefined {
  const parts = entries(input, { limit: MOST_SHARES, what: "shares" });
  const missing = optional(absent, readShare);
  if (parts === undefined) return undefined;
  const rows = each(parts, (part): Row | undefined => {
    const share = readShare(part);
    return share === undefined ? undefined : { of: [String(part.key)], share };
  });
  const all: readonly Row[] = missing === undefined ? rows : [...rows, { of: [undefined], share: missing }];
  const declared = parts.length + (isAbsent(absent) ? 0 : 1);
  return checkWhole(
    input,
    all.map(({ share }) => share),
    declared,
    "make them 100 % together, with `absent` for those without a value",
  )
    ? all
    : undefined;
}

/** The values of several fields: a list of `{ of, share }`, with a value or null for each field. */
function readJoint(input: Input, absent: Input, fieldsInput: Input): readonly Row[] | undefined {
  if (!isAbsent(absent)) fail(absent, "trait", "`absent` is for a single field", "list a row of nulls");
  const parts = list(input, { limit: 100_000, what: "values" });
  if (parts === undefined) return undefined;
  const width = Array.isArray(fieldsInput.value) ? fieldsInput.value.length : undefined;
  const rows = each(parts, (part): Row | undefined => {
    const row = record(part, ["of", "share"]);
    if (row === undefined) return undefined;
    const share = readShare(row.share);
    const cells = list(row.of, { limit: 100, what: "values" });
    if (cells !== undefined && width !== undefined && cells.length !== width) {
      return fail(
        row.of,
        "trait",
        `expected a value for each field, found ${cells.length} for ${width}`,
        "write a value for each field, null where it is absent",
      );
    }
    const of = cells?.map((cell) => optional(cell, bounded));
    return share === undefined || of === undefined ? undefined : { of, share };
  });
  return checkWhole(
    input,
    rows.map(({ share }) => share),
    parts.length,
  )
    ? rows
    : undefined;
}

/** Shares in percent, summed up as parts of 1. It is exactly 1 from the last share above 0 on, so that the others have nothing. */
function cumulated(shares: readonly number[]): readonly number[] {
  const last = shares.findLastIndex((share) => share > 0);
  let sum = 0;
  return shares.map((share, index) => (index >= last ? 1 : (sum += share) / 100));
}

/** The mean of a count. */
export function meanOf(count: Count): number {
  switch (count.kind) {
    case "fixed":
      return count.count;
    case "geometric":
      return count.mean;
    case "listed":
      return count.counts.reduce((sum, each, index) => sum + each * ((count.until[index] ?? 1) - (count.until[index - 1] ?? 0)), 0);
  }
}
