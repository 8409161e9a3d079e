import {
  bounded,
  type Checked,
  type Diagnostic,
  type Input as DocumentInput,
  each,
  entries,
  fail,
  isAbsent,
  keysOf,
  list,
  type Most,
  number,
  optional,
  overBudget,
  readInput,
  record,
  type RefusedKeys,
  shown,
  string,
  suggestion,
  type Text,
  warn,
  word,
} from "../document/index.ts";
import { isPossible, readFieldConfig, readParam, readRuleType, type RuleType } from "../request/index.ts";
import { type Budgets, BUDGETS } from "./budgets.ts";
import type { Alias, AliasConfig, AliasRule, Combine, Stickiness, StickyHash, StickyKey, Strategy, Version, Weight } from "./config.ts";
import { foreignKeyHelp } from "./foreign-keys.ts";
import { type Profile, type ProfileRules, PROFILES } from "./profile.ts";
import { SLOTS } from "./slots.ts";
import { STICKY_HASHES } from "./sticky-hashes.ts";

/** How to read a config. */
export interface ParseOptions {
  /** `extended` where left out. */
  readonly profile?: Profile;
  /** The severity of a key that no alias has: `error` where left out. */
  readonly unknownKeys?: "error" | "warn";
  readonly budgets?: Partial<Budgets>;
}

/**
 * The reader of aliases, which is also a Standard Schema (https://standardschema.dev, version 1): libraries that take one
 * take `parse` itself. Its issues are the errors only; in `path`, list indices are written as strings.
 */
export interface Parse {
  (value: unknown, options?: ParseOptions): Checked<Alias>;
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "canary-router";
    readonly validate: (
      value: unknown,
    ) =>
      | { readonly value: Alias; readonly issues?: undefined }
      | { readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[] };
    readonly types?: { readonly input: AliasConfig; readonly output: Alias };
  };
}

/**
 * Reads a config into a fresh, frozen alias, or says everything that is wrong with it. Never throws. Each property of the
 * input is read at most once, and only where an alias has one.
 */
export const parse: Parse = Object.assign(
  (value: unknown, options: ParseOptions = {}): Checked<Alias> => parseWritten(value, options, undefined),
  {
    "~standard": {
      version: 1,
      vendor: "canary-router",
      validate: (value: unknown) => {
        const checked = parse(value);
        if (checked.ok) return { value: checked.value };
        return { issues: checked.diagnostics.filter(({ severity }) => severity === "error").map(issue) };
      },
    },
  } as const,
);

function issue({ at, message, help }: Diagnostic): { readonly message: string; readonly path: readonly string[] } {
  return { message: help === undefined ? message : `${message} (${help})`, path: keysOf(at) };
}

/** The same for a value that came from a text; `written` gives a number as it is written there. */
export function parseWritten(value: unknown, options: ParseOptions, written: Text["written"] | undefined): Checked<Alias> {
  const budgets = { ...BUDGETS, ...options.budgets };
  const state = {
    profile: PROFILES[options.profile ?? "extended"],
    budgets,
    additional: new Set<Version>(),
    rules: 0,
    items: 0,
    listed: 0,
  };
  const unknownKeys = options.unknownKeys === "warn" ? "warning" : "error";
  const checked = readInput(value, readAlias, { budgets, unknownKeys, state, written });
  if (checked.ok) parsed.add(checked.value);
  return checked;
}

/** What is known of an alias while it is read. */
interface AliasState {
  readonly profile: ProfileRules;
  readonly budgets: Budgets;
  /** Versions beside the primary that have been named so far. */
  readonly additional: Set<Version>;
  rules: number;
  items: number;
  /** UTF-16 units of `in` lists. */
  listed: number;
}

type Input = DocumentInput<AliasState>;

const parsed = new WeakSet<object>();

/** Whether the value is an alias that `parse` has made: a look-alike, such as a copy through JSON, is none. */
export function isAlias(value: unknown): value is Alias {
  return typeof value === "object" && value !== null && parsed.has(value);
}

/** `cookie-value` of RFC 6265: cookie-octets, perhaps in double quotes. */
const COOKIE_VALUE = /^(?:[!#-+\--:<-[\]-~]*|"[!#-+\--:<-[\]-~]*")$/;
const ALIAS_NAME = /^[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/;

/** The keys that the service does not know. */
const OWN_KEYS = ["additional_version_order", "stickiness"] as const;
const ALIAS_KEYS = [
  "name",
  "version",
  "description",
  "additional_version_weights",
  "additional_version_strategy",
  ...OWN_KEYS,
  "last_modified",
  "alias_urn",
] as const;
const COMBINES: readonly Combine[] = ["and", "or"];
const OPS: readonly AliasRule["op"][] = ["=", "in"];

function readAlias(input: Input): Alias | undefined {
  const { profile, budgets } = input.reading.state;
  const refused: RefusedKeys<(typeof ALIAS_KEYS)[number]> = {
    keys: profile.ownKeys ? [] : OWN_KEYS,
    code: "own-key",
    why: `is not in the \`${profile.name}\` profile`,
    help: "remove it, or read the alias in the `extended` profile",
    foreign: foreignKeyHelp,
  };
  const fields = record(input, ALIAS_KEYS, refused);
  if (fields === undefined) return undefined;

  const name = optional(fields.name, readAliasName);
  const primary = readPrimary(fields.version);
  const description = optional(fields.description, readDescription);

  const versions = (map: Input): readonly Input[] | undefined => entries(map, namedVersions(budgets));
  const weightInputs = optional(fields.additional_version_weights, versions) ?? [];
  const strategyInputs = optional(fields.additional_version_strategy, versions) ?? [];
  if (!profile.weightsAndStrategy && weightInputs.length > 0 && strategyInputs.length > 0) {
    fail(
      fields.additional_version_strategy,
      "weights-and-strategy",
      "weights and a strategy together are not in the `functiongraph` profile",
      "keep one of the two; the `extended` profile tries the strategy first, then the weights",
    );
  }
  const weights = each(weightInputs, (weight) => readWeight(weight, primary));
  checkSum(fields.additional_version_weights, weights, weightInputs.length);
  const strategies = each(strategyInputs, (strategy) => readStrategy(strategy, primary));

  const order = optional(fields.additional_version_order, (versions) => readOrder(versions, primary)) ?? Object.freeze([]);
  const stickiness = optional(fields.stickiness, (sticky) => readStickiness(sticky, name, isAbsent(fields.name)));

  if (primary === undefined) return undefined;
  return Object.freeze({
    name,
    primary,
    description,
    weights,
    strategies,
    order,
    stickiness,
    carried: Object.freeze({
      ...(typeof fields.last_modified.value === "string" && { last_modified: fields.last_modified.value }),
      ...(typeof fields.alias_urn.value === "string" && { alias_urn: fields.alias_urn.value }),
    }),
  });
}

function readAliasName(input: Input): string | undefined {
  const name = string(input);
  if (name === undefined) return undefined;
  if (!ALIAS_NAME.test(name)) {
    const help = "a letter, then letters, digits, `_` and `-`, a letter or digit at the end; at most 64 characters";
    return fail(input, "alias-name", `${shown(name)} is no alias name`, help);
  }
  if (name.length === 64) {
    const message = "the alias name has 64 characters: the service's documents disagree about whether 63 or 64 are allowed";
    warn(input, "alias-name-length", message, "use at most 63 characters");
  }
  return name;
}

function readPrimary(input: Input): Version | undefined {
  const version = string(input);
  if (version === undefined) return undefined;
  const { profile } = input.reading.state;
  if (profile.versionName.test(version)) return version;
  return fail(input, "version-name", `${shown(version)} is no version name`, profile.versionHelp);
}

/** Characters are code points, as in JSON Schema. */
function readDescription(input: Input): string | undefined {
  const text = string(input);
  if (text === undefined) return undefined;
  if (text.length <= 1024 && [...text].length <= 512) return text;
  return fail(input, "description-length", "the description has more than 512 characters", "shorten it");
}

/** How many versions one map or list may name: one more than the budget, for the primary may be among them. */
function namedVersions({ versions }: Budgets): Most {
  return { limit: versions + 1, what: "additional versions", budget: { name: "versions", limit: versions } };
}

/** Checks the name of a version that is named beside the primary; the input is where it is named. */
function isVersion(input: Input, version: Version, primary: Version | undefined): boolean {
  const { profile, additional, budgets } = input.reading.state;
  if (version === primary) return true;
  if (!profile.versionName.test(version)) {
    fail(input, "additional-version-name", `${shown(version)} is no version name`, profile.versionHelp);
    return false;
  }
  if (version === "latest" && !profile.latest) {
    const message = "`latest` cannot be an additional version in the `functiongraph` profile";
    fail(input, "additional-version-latest", message, "publish a version and name it");
    return false;
  }
  if (additional.has(version)) return true;
  additional.add(version);
  if (additional.size === profile.additional + 1) {
    const message = `${shown(version)} is a second additional version: the \`functiongraph\` profile has one at most`;
    fail(input, "additional-versions", message, "the `extended` profile has any number");
  }
  if (additional.size === budgets.versions + 1) overBudget(input, budgets.versions, "additional versions", "versions");
  return true;
}

function readWeight(input: Input, primary: Version | undefined): Weight | undefined {
  const version = String(input.key);
  const named = isVersion(input, version, primary);
  const slots = readSlots(input);
  if (version === primary) {
    const message = `${shown(version)} is the primary version, which has no weight of its own`;
    return fail(input, "primary-weight", message, "leave it out: the primary gets what the others leave");
  }
  return named && slots !== undefined ? Object.freeze({ version, slots }) : undefined;
}

/** Percent to slots. A weight is a step where dividing gives the very number back, so rounding hides nothing; `-0` is 0. */
function readSlots(input: Input): number | undefined {
  const weight = number(input);
  if (weight === undefined) return undefined;
  const { step, name } = input.reading.state.profile;
  const what = `the weight ${shown(weight)}`;
  if (!Number.isFinite(weight)) return fail(input, "weight", `${what} is not a finite number`, "write a number from 0 to 100");
  if (weight < 0) return fail(input, "weight", `${what} is negative`, "write a number from 0 to 100");
  if (weight > 100) return fail(input, "weight", `${what} is over 100`, "write at most 100: weights are percent");
  const slots = Math.round((weight * 100) / step) * step;
  if (slots / 100 === weight) return Math.abs(slots);
  const unit = step === 1 ? "a step of 0.01" : `a whole number, as the \`${name}\` profile has them`;
  const percent = Math.round(weight * 100);
  const isFraction = step > 1 && weight < 1 && percent / 100 === weight;
  const help = isFraction ? `weights are percent: for ${percent} % write \`${percent}\`` : `the nearest is \`${slots / 100}\``;
  return fail(input, "weight", `${what} is not ${unit}`, help);
}

function checkSum(input: Input, weights: readonly Weight[], declared: number): void {
  const sum = weights.reduce((slots, weight) => slots + weight.slots, 0);
  if (sum > SLOTS) {
    const help = "lower some by the difference; the primary gets what is left of 100";
    fail(input, "weight-sum", `the weights add up to \`${sum / 100}\`, more than 100`, help);
  } else if (sum === SLOTS && weights.length === declared) {
    const help = "intended at the end of a roll-out; then make the new version the primary";
    warn(input, "weight-full", "the weights add up to 100: the primary version gets nothing of the split", help);
  }
}

function readStrategy(input: Input, primary: Version | undefined): Strategy | undefined {
  const { state } = input.reading;
  const { profile, budgets } = state;
  const version = String(input.key);
  const named = isVersion(input, version, primary);
  if (version === primary && !profile.primaryStrategy) {
    const message = `${shown(version)} is the primary version, which has no strategy in the \`functiongraph\` profile`;
    fail(input, "primary-strategy", message, "name another version; the `extended` profile allows it");
  }
  const fields = record(input, ["combine_type", "rules"]);
  if (fields === undefined) return undefined;
  const combine = optional(fields.combine_type, (type) => word(type, COMBINES, "combine-type", "combine type"));
  if (fields.rules.value === undefined) return rulesEmpty(fields.rules);
  const rules = list(fields.rules, { limit: budgets.rules - state.rules, what: "rules", budget: { name: "rules", limit: budgets.rules } });
  if (rules === undefined) return undefined;
  if (rules.length === 0) return rulesEmpty(fields.rules);
  state.rules += rules.length;
  if (rules.length > 1 && isAbsent(fields.combine_type)) {
    const help = "write `and` where every rule must hold, `or` where one is enough";
    fail(fields.combine_type, "combine-type", `${rules.length} rules need a \`combine_type\``, help);
  }
  const strategy: Strategy = { version, combine: combine ?? "and", rules: each(rules, readRule) };
  return named ? Object.freeze(strategy) : undefined;
}

function rulesEmpty(input: Input): undefined {
  return fail(input, "rules-empty", "a strategy without rules", "add a rule, or remove the strategy: no rule would match every request");
}

function readRule(input: Input): AliasRule | undefined {
  const fields = record(input, ["rule_type", "param", "op", "value"]);
  if (fields === undefined) return undefined;
  const { profile } = input.reading.state;
  const type = readRuleType(fields.rule_type, profile);
  const param = readParam(fields.param, type, profile);
  const op = word(fields.op, OPS, "rule-op", "op");
  const values = op === "in" ? readItems(fields.value) : readValue(fields.value, type, op);
  if (values === undefined || type === undefined) return undefined;
  checkValues(fields.value, type, values);
  return param === undefined || op === undefined ? undefined : Object.freeze({ type, param, op, values });
}

/** The value of `=`, or of an op that is none. */
function readValue(input: Input, type: RuleType | undefined, op: "=" | undefined): readonly string[] | undefined {
  const value = bounded(input);
  if (value === undefined) return undefined;
  if (value === "" && op === "=" && type !== undefined && type !== "Query") {
    const help = "write the value to compare with; only a `Query` can be compared with the empty value";
    return fail(input, "value-empty", "the value is empty", help);
  }
  return Object.freeze([value]);
}

/** The items of the value of `in` as they are compared; repeats are left in. */
export function itemsOf(value: string): readonly string[] {
  return value
    .split(",")
    .map(trim)
    .filter((item) => item !== "");
}

/** The items of an `in` list: trimmed, without empty ones and repeats. */
function readItems(input: Input): readonly string[] | undefined {
  const { state } = input.reading;
  const { budgets } = state;
  const value = string(input);
  if (value === undefined) return undefined;
  state.listed += value.length;
  if (state.listed > budgets.text) return overBudget(input, budgets.text, "characters in `in` lists", "text");
  const raw = value.split(",");
  state.items += raw.length;
  if (state.items > budgets.items) return overBudget(input, budgets.items, "items in `in` lists", "items");

  const trimmed = raw.map(trim);
  const items = trimmed.filter((item) => item !== "");
  if (items.some((item) => item.length > budgets.value)) return overBudget(input, budgets.value, "characters in an item", "value");
  if (items.length === 0) return fail(input, "list-empty", "the list has no items", "write the items with commas between them");
  const blank = raw.findIndex((item, index) => item !== trimmed[index] && trimmed[index] !== "");
  if (blank !== -1) {
    const message = `the item ${shown(raw[blank] ?? "")} is read as ${shown(trimmed[blank] ?? "")}`;
    warn(input, "list-item-trimmed", message, "write no spaces around the commas");
  }
  if (items.length < raw.length) {
    const count = raw.length - items.length;
    const message = count === 1 ? "an empty item is left out" : `${count} empty items are left out`;
    warn(input, "list-item-dropped", message, "remove the comma too many");
  }
  return Object.freeze([...new Set(items)]);
}

/** Warns of values that no request can have. */
function checkValues(input: Input, type: RuleType, values: readonly string[]): void {
  if (type === "Cookie") {
    const wrong = values.find((value) => !COOKIE_VALUE.test(value));
    if (wrong === undefined) return;
    const message = isPossible({ kind: "cookie", name: "" }, wrong)
      ? `the cookie value ${shown(wrong)} has characters that RFC 6265 does not allow`
      : `no cookie has the value ${shown(wrong)}: a \`;\` ends a value, and blanks around it are not part of it`;
    const help = `browsers and libraries send it percent-encoded: write ${shown(percentEncoded(wrong))}, for nothing is decoded`;
    warn(input, "cookie-value", message, help);
  } else if (type === "Header") {
    for (const value of values) {
      const problem = headerProblem(value);
      if (problem === undefined) continue;
      warn(input, "header-value", ...problem);
      return;
    }
  }
}

/** What is wrong with a header value, and what to do about it. */
function headerProblem(value: string): [message: string, help: string] | undefined {
  const isTrimmed = value === trim(value);
  if (isTrimmed && !/[\r\n\0]|[^\0-\x7f]/.test(value)) return undefined;
  const never = `a header cannot have the value ${shown(value)}`;
  if (!isTrimmed) return [never, "hosts remove spaces and tabs around a value: remove them here"];
  if (/[\r\n\0]/.test(value)) return [never, "hosts refuse line ends and NUL"];
  if (/[\u2018\u2019\u201c\u201d]/.test(value)) return [never, 'its quotes are typographic: write `"`, or none'];
  const bytes = percentEncoded(value).replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return [
    /[^\0-\xff]/.test(value) ? never : `the header value ${shown(value)} is not ASCII`,
    `hosts hand out the bytes of a header as latin1: where it is sent as UTF-8, write ${shown(bytes)}`,
  ];
}

/** UTF-8 in percent-encoding; a lone surrogate is sent as U+FFFD. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\uFFFD"));
}

function readOrder(input: Input, primary: Version | undefined): readonly Version[] | undefined {
  const { budgets } = input.reading.state;
  const inputs = list(input, namedVersions(budgets));
  if (inputs === undefined) return undefined;
  const seen = new Set<Version>();
  return each(inputs, (item) => {
    const version = string(item);
    if (version === undefined || !isVersion(item, version, primary)) return undefined;
    if (seen.has(version)) return fail(item, "order-repeat", `${shown(version)} is listed already`, "list each version once");
    seen.add(version);
    return version;
  });
}

/** The seed is the alias's name where it is left out; a name that is there but wrong has been complained of already. */
function readStickiness(input: Input, name: string | undefined, nameless: boolean): Stickiness | undefined {
  const fields = record(input, ["keys", "seed", "hash", "on_missing"]);
  if (fields === undefined) return undefined;
  const keys = readStickyKeys(fields.keys);
  const seed = isAbsent(fields.seed) ? name : bounded(fields.seed);
  if (isAbsent(fields.seed) && nameless) {
    const help = "give the alias a `name`, or write a `seed`: it keeps the splits of two aliases independent";
    fail(fields.seed, "sticky-seed", "stickiness without a `seed`, in an alias without a `name`", help);
  }
  const hash = isAbsent(fields.hash) ? "murmur3" : readStickyHash(fields.hash);
  const onMissing = readOnMissing(fields.on_missing);
  if (keys === undefined || seed === undefined || hash === undefined || onMissing === undefined) return undefined;
  return Object.freeze({ keys, seed, hash, onMissing });
}

function readStickyKeys(input: Input): readonly StickyKey[] | undefined {
  const { profile, budgets, rules } = input.reading.state;
  const most: Most = { limit: budgets.rules - rules, what: "rules and sticky keys", budget: { name: "rules", limit: budgets.rules } };
  const inputs = input.value === undefined ? [] : list(input, most);
  if (inputs === undefined) return undefined;
  if (inputs.length === 0) {
    return fail(
      input,
      "sticky-keys",
      "stickiness without keys",
      "name what identifies a user, such as a cookie; the first that is present counts",
    );
  }
  return each(inputs, (item) => {
    const key = readFieldConfig(item, profile);
    return key && Object.freeze(key);
  });
}

function readStickyHash(input: Input): StickyHash | undefined {
  const text = string(input);
  if (text === undefined) return undefined;
  const found = STICKY_HASHES.find((hash) => hash === text);
  const help = `write ${STICKY_HASHES.map((hash) => `\`${hash}\``).join(", ")}; without \`hash\` it is \`murmur3\``;
  return found ?? fail(input, "sticky-hash", `${shown(text)} is no hash of sticky draws`, suggestion(text, STICKY_HASHES, help));
}

function readOnMissing(input: Input): "primary" | "random" | undefined {
  const help = "write `primary` or `random`: what a request without any of the keys gets";
  if (input.value === undefined) return fail(input, "on-missing", "stickiness without `on_missing`", help);
  const text = string(input);
  if (text === undefined || text === "primary" || text === "random") return text;
  return fail(input, "on-missing", `${shown(text)} is no \`on_missing\``, suggestion(text, ["primary", "random"], help));
}

/** Without spaces and tabs at both ends; a loop, because a regular expression takes quadratic time on spaces within. */
function trim(text: string): string {
  let from = 0;
  let until = text.length;
  while (from < until && isBlank(text.charCodeAt(from))) from++;
  while (from < until && isBlank(text.charCodeAt(until - 1))) until--;
  return text.slice(from, until);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}
