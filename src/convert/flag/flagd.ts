import { fieldName } from "../../request/index.ts";
import { pointer, type Pointer, shown } from "../../document/index.ts";
import type { AliasConfig, Version } from "../../alias/index.ts";
import type { Plan, Test } from "../../plan/index.ts";
import { keyDraw, runsOf } from "../../plan/index.ts";
import { AT_RANDOM, libraryModel } from "../decide.ts";
import type { Document } from "../documents.ts";
import type { Target, Written } from "../format.ts";
import { type Fields, isFields, type Reading, type Source } from "../reading.ts";
import { Refusals } from "../refusals.ts";
import { type Condition, type Destination, productOf, type RouteEntry } from "../routes.ts";
import { contextField, contextName } from "./context.ts";
import { aliasFromFlag, type FlagSplit } from "./split.ts";

/**
 * flagd: a flag whose variants are the versions. Its evaluation has what a host puts into the context: `header.x-user`, `cookie.beta`,
 * `query.preview`, and attributes by their names. Its fractions hash the flag's key and the targeting key as this library does.
 */
export const flagd: Target & Source = {
  name: "flagd",
  says: "flagd: a flag with a variant for each version",
  standalone: false,
  isOne: (document) => flagsIn(document).some(([, flag]) => isFields(flag) && isFields(flag["variants"])),
  read,
  write,
};

function flagsIn({ flags }: Fields): readonly (readonly [string, unknown])[] {
  return isFields(flags) ? Object.entries(flags) : [];
}

function write(plan: Plan): Written {
  const refusals = new Refusals();
  const { split, rules, versions } = plan;
  const key = plan.split.kind === "arms" ? (plan.split.sticky?.seed ?? plan.name ?? "alias") : (plan.name ?? "alias");
  const [primary = ""] = versions;
  if (split.kind === "arms") {
    const { sticky } = split;
    if (sticky === undefined)
      refusals.add("/additional_version_weights", "split", "flagd draws by a key, and not at random", "add `stickiness`");
    else {
      if (sticky.hash !== "murmur3") refusals.add("/stickiness/hash", `hash ${sticky.hash}`, "flagd hashes by murmur3", "leave `hash` out");
      if (sticky.missing === "random")
        refusals.add("/stickiness/on_missing", "no sticky key", "flagd does not draw at random", "write `primary`");
      const [, second] = sticky.keys;
      if (second !== undefined) refusals.add(second.at, `sticky key ${fieldName(second.field)}`, "flagd has one key", "keep one key");
    }
  }
  const rest = split.kind === "fixed" ? (plan.outcomes[split.outcome]?.version ?? primary) : fractionOf(plan);
  const targeting = rules.toReversed().reduce<unknown>((otherwise, { test, outcome }) => {
    return { if: [conditionOf(test), plan.outcomes[outcome]?.version ?? "", otherwise] };
  }, rest);
  const flag = {
    flags: {
      [key]: {
        state: "ENABLED",
        variants: Object.fromEntries(versions.map((version) => [version, version])),
        defaultVariant: primary,
        ...(typeof targeting === "object" && { targeting }),
      },
    },
  };
  return { text: `${JSON.stringify(flag, null, 2)}\n`, refused: refusals.all, model: libraryModel(plan) };
}

/** Values are always a list: within a text, `in` looks for a part. */
function conditionOf({ kind, matches }: Test): unknown {
  const each = matches.map(({ field, values }) => ({ in: [{ var: contextName(field) }, values] }));
  return each.length === 1 ? each[0] : { [kind === "all" ? "and" : "or"]: each };
}

/** Regions in the order of slots. Without the key, the fraction is null, and the default variant is the primary. */
function fractionOf(plan: Plan): unknown {
  const { split } = plan;
  const field = split.kind === "arms" ? split.sticky?.keys[0]?.field : undefined;
  const runs = runsOf(plan);
  const regions = runs.map(({ until, version }, index) => [version, until - (runs[index - 1]?.until ?? 0)]);
  if (field === undefined) return AT_RANDOM;
  const path = { var: contextName(field) };
  return { if: [path, { fractional: [{ cat: [{ var: "$flagd.flagKey" }, path] }, ...regions] }, plan.versions[0]] };
}

/** A flag that is read, with the variants that it may name and the expressions that it may refer to. */
interface Flag {
  readonly key: string;
  readonly variants: readonly Version[];
  readonly defaultVariant: Version;
  readonly evaluators: Fields;
}

function read({ value, at }: Document, reading: Reading): AliasConfig | undefined {
  const { $evaluators: evaluators } = reading.fields(value, at, ["flags", "$evaluators"], ["$schema", "metadata"]);
  const [first, second] = flagsIn(value);
  if (first === undefined) return undefined;
  if (second !== undefined)
    return reading.refuse(`${at}/flags`, "flags", `there are ${flagsIn(value).length} flags`, "keep the one that is to be converted");
  const [key, written] = first;
  const place = pointer(`${at}/flags`, key);
  const fields = reading.fields(written, place, ["state", "variants", "defaultVariant", "targeting"], ["metadata"]);
  if (fields["state"] === "DISABLED")
    return reading.refuse(`${place}/state`, "state", "the flag is disabled: each caller has its own default", "write `ENABLED`");
  const variants = isFields(fields["variants"]) ? Object.keys(fields["variants"]) : [];
  const defaultVariant = reading.text(fields["defaultVariant"], `${place}/defaultVariant`);
  if (defaultVariant === undefined || !variants.includes(defaultVariant)) {
    const why = defaultVariant === undefined ? "there is no default variant" : `${shown(defaultVariant)} is none of the variants`;
    return reading.refuse(`${place}/defaultVariant`, "variant", why, `write one of ${variants.map((each) => shown(each)).join(", ")}`);
  }
  reading.keeps(`${place}/defaultVariant`, "default variant");
  const flag = { key, variants, defaultVariant, evaluators: isFields(evaluators) ? evaluators : {} };
  const routes: RouteEntry[] = [];
  const rest = targetingOf(fields["targeting"], `${place}/targeting`, flag, routes, reading);
  if (rest === undefined || reading.refusals.all.length > 0) return undefined;
  return aliasFromFlag(key, routes, rest, variants, reading);
}

/** What is left when no route holds: a variant, or a split. Adds the routes that come ahead of it. */
function targetingOf(value: unknown, at: Pointer, flag: Flag, routes: RouteEntry[], reading: Reading): FlagSplit | Version | undefined {
  const [operator, args] = operationOf(value, flag);
  if (operator === undefined) return variantOf(value, at, flag, reading);
  if (operator === "fractional") return fractionalOf(args, `${at}/fractional`, flag, reading);
  if (operator !== "if") return reading.refuse(at, `operator ${operator}`, "an alias has no such expression", "write `if` or `fractional`");
  const items = reading.items(args, `${at}/if`);
  const guarded = guardedOf(items, flag, reading);
  if (guarded !== undefined) return guarded;
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [condition, place] = items[index] as (typeof items)[number];
    const [then, where] = items[index + 1] as (typeof items)[number];
    const alternatives = alternativesOf(condition, place, flag, reading);
    const version = operationOf(then, flag)[0] === undefined ? variantOf(then, where, flag, reading) : undefined;
    if (version === undefined && operationOf(then, flag)[0] !== undefined)
      return reading.refuse(where, "then", "a rule of an alias leads to one version", "write a variant");
    if (version === undefined) return undefined;
    reading.keeps(place, "rule");
    routes.push({ at: place, alternatives, destinations: [{ version, weight: 1 }] });
  }
  const [last, where] = items.length % 2 === 1 ? (items.at(-1) as (typeof items)[number]) : [undefined, at];
  return targetingOf(last, where, flag, routes, reading);
}

/** The operator of an expression and its arguments; a reference is what it refers to. No operator for a value. */
function operationOf(value: unknown, { evaluators }: Flag): readonly [operator: string | undefined, args: unknown] {
  if (!isFields(value)) return [undefined, value];
  const [entry, another] = Object.entries(value);
  if (entry === undefined) return [undefined, undefined];
  if (another !== undefined) return ["", value];
  const [operator, args] = entry;
  const reference = operator === "$ref" && typeof args === "string" ? evaluators[args] : undefined;
  const [target] = isFields(reference) ? Object.entries(reference) : [];
  return target === undefined || target[0] === "$ref" ? entry : target;
}

function variantOf(value: unknown, at: Pointer, { variants, defaultVariant }: Flag, reading: Reading): Version | undefined {
  if (value === undefined || value === null || (isFields(value) && Object.keys(value).length === 0)) return defaultVariant;
  if ((typeof value === "string" || typeof value === "boolean") && variants.includes(String(value))) return String(value);
  const known = variants.map((each) => shown(each)).join(", ");
  return reading.refuse(at, "variant", `${shown(JSON.stringify(value))} is none of the variants`, `write one of ${known}`);
}

/** The name of the variable that an expression is. */
function variableOf(value: unknown): string | undefined {
  if (!isFields(value) || Object.keys(value).length !== 1) return undefined;
  const { var: name } = value as { readonly var?: unknown };
  const [only, more] = Array.isArray(name) ? (name as readonly unknown[]) : [name];
  return typeof only === "string" && more === undefined ? only : undefined;
}

/** A condition, as alternatives of which each is a list of fields with their values. */
function alternativesOf(value: unknown, at: Pointer, flag: Flag, reading: Reading): readonly (readonly Condition[])[] {
  const [operator = "", args] = operationOf(value, flag);
  const place = pointer(at, operator);
  switch (operator) {
    case "and": {
      const each = reading.items(args, place).map(([item, where]) => alternativesOf(item, where, flag, reading));
      return each.reduce<readonly (readonly Condition[])[]>(
        (found, more) => found.flatMap((before) => more.map((conditions) => [...before, ...conditions])),
        [[]],
      );
    }
    case "or":
      return reading.items(args, place).flatMap(([item, where]) => alternativesOf(item, where, flag, reading));
    case "==":
    case "===":
    case "in":
      return productOf([comparedIn(operator, args, place, reading)]);
    default:
      reading.refuse(at, `operator ${operator}`, "an alias compares whole texts", "write `==`, or `in` with a list");
      return [];
  }
}

/** A comparison of a variable, once for each of its values. Within a text, `in` looks for a part. */
function comparedIn(operator: string, args: unknown, at: Pointer, reading: Reading): readonly Condition[] {
  const [left, right] = Array.isArray(args) ? (args as readonly unknown[]) : [];
  const name = variableOf(left) ?? (operator === "in" ? undefined : variableOf(right));
  const other = variableOf(left) === undefined ? left : right;
  if (name === undefined) {
    const help = 'write `{ "==": [{ "var": "country" }, "FR"] }`, or `in` with a list';
    return reading.refuse(at, `operator ${operator}`, "it does not compare a variable with texts", help) ?? [];
  }
  if (operator === "in" && !Array.isArray(other))
    return reading.refuse(`${at}/1`, `operator ${operator}`, "within a text, it looks for a part of it", "write a list") ?? [];
  const field = contextField(name);
  const values = operator === "in" ? (other as readonly unknown[]) : [other];
  return values.flatMap((value): readonly Condition[] => {
    if (typeof value === "string") return [{ field, value }];
    return reading.refuse(at, fieldName(field), `${shown(JSON.stringify(value))} is no text`, "compare with a text") ?? [];
  });
}

/** `{ if: [key, { fractional }, variant] }`, which is a split with a variant for requests without the key. */
function guardedOf(items: readonly (readonly [unknown, Pointer])[], flag: Flag, reading: Reading): FlagSplit | undefined {
  const [condition, then, otherwise, more] = items;
  if (condition === undefined || then === undefined || otherwise === undefined || more !== undefined) return undefined;
  const name = variableOf(condition[0]);
  const [operator, args] = operationOf(then[0], flag);
  if (name === undefined || operator !== "fractional") return undefined;
  const split = fractionalOf(args, `${then[1]}/fractional`, flag, reading);
  const missing = variantOf(otherwise[0], otherwise[1], flag, reading);
  if (split === undefined || missing === undefined) return undefined;
  if (fieldName(contextField(name)) !== fieldName(split.key.field))
    return reading.refuse(
      condition[1],
      "if",
      "the split is by another variable than the one that is asked for",
      "ask for the same variable",
    );
  return { ...split, missing };
}

/** A split by murmur3 of a key. Without an expression for it, the key is the flag's and then the targeting key. */
function fractionalOf(args: unknown, at: Pointer, flag: Flag, reading: Reading): FlagSplit | undefined {
  const items = reading.items(args, at);
  const [first] = items;
  const by = first !== undefined && !Array.isArray(first[0]) ? first : undefined;
  const regions = items.slice(by === undefined ? 0 : 1).flatMap(([item, place]): readonly Destination[] => {
    const [variant, weight = 1, more] = Array.isArray(item) ? (item as readonly unknown[]) : [];
    const version = variantOf(variant, `${place}/0`, flag, reading);
    const share = reading.number(weight, `${place}/1`);
    if (variant === undefined || more !== undefined)
      return reading.refuse(place, "fraction", "expected a variant and its weight", 'write `["blue", 50]`') ?? [];
    return version === undefined || share === undefined ? [] : [{ version, weight: share }];
  });
  const key = by === undefined ? { seed: flag.key, name: "targetingKey", isNullable: true } : keyOf(by[0], flag);
  if (key === undefined)
    return reading.refuse(
      by?.[1] ?? at,
      "fraction",
      "the key is no variable, with texts ahead of it",
      'write `{ "cat": [{ "var": "$flagd.flagKey" }, { "var": "email" }] }`',
    );
  const drawOf = keyDraw({ hash: "murmur3", seed: key.seed });
  const total = regions.reduce((sum, { weight }) => sum + weight, 0);
  const versionOf = (text: string): Version => {
    let sum = 0;
    return regions.find(({ weight }) => drawOf(text) * total < (sum += weight))?.version ?? flag.defaultVariant;
  };
  // Where texts are joined, a missing variable is `undefined` in JavaScript and nothing in Go: all such requests then have one draw.
  const joined = ["undefined", ""].map(versionOf);
  const missing = key.isNullable ? flag.defaultVariant : (joined.find((each) => each !== flag.defaultVariant) ?? flag.defaultVariant);
  return {
    at,
    regions,
    key: { field: contextField(key.name), at: by?.[1] ?? at },
    seed: key.seed,
    drawOf,
    missing,
    primary: flag.defaultVariant,
  };
}

/** The seed and the variable of an expression for a key; undefined for another expression. */
function keyOf(value: unknown, flag: Flag): { readonly seed: string; readonly name: string; readonly isNullable: boolean } | undefined {
  const name = variableOf(value);
  if (name !== undefined) return { seed: "", name, isNullable: true };
  const [operator, args] = operationOf(value, flag);
  if (operator !== "cat" || !Array.isArray(args)) return undefined;
  const parts = args as readonly unknown[];
  const last = variableOf(parts.at(-1));
  const seeds = parts.slice(0, -1).map((part) => (variableOf(part) === "$flagd.flagKey" ? flag.key : part));
  if (last === undefined || last.startsWith("$flagd.") || !seeds.every((part) => typeof part === "string")) return undefined;
  return { seed: seeds.join(""), name: last, isNullable: false };
}
