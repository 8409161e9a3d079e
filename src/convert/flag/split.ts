import { type Pointer, shown } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import { type AliasConfig, parse, SLOTS, type StickyKeyConfig, type Version } from "../../alias/index.ts";
import { keyDraw, planOf, type Run, runsOf, slotOf } from "../../plan/index.ts";
import type { Reading } from "../reading.ts";
import type { Example } from "../report.ts";
import { aliasFromRoutes, type Destination, type RouteEntry, ruleOf } from "../routes.ts";

/** What a flag does with a request that no rule takes: it draws by a key. */
export interface FlagSplit {
  readonly at: Pointer;
  /** Versions with their weights, in the order in which a draw meets them. */
  readonly regions: readonly Destination[];
  readonly key: { readonly field: Field; readonly at: Pointer };
  readonly seed: string;
  /** The hash of the flag where it is not the alias's. */
  readonly hash?: string;
  /** The draw of a key, in [0, 1). */
  readonly drawOf: (key: string) => number;
  /** The version of a request without the key. */
  readonly missing: Version;
  /** The version that is to be the primary, where it is among the regions. */
  readonly primary: Version;
}

/**
 * An alias from a flag: rules, and then a version or a split. Users stay where they are if the hash is the same and the order of the regions can
 * be said; otherwise a key is searched for that shows it.
 */
export function aliasFromFlag(
  name: string,
  rules: readonly RouteEntry[],
  split: FlagSplit | Version,
  versions: readonly Version[],
  reading: Reading,
): AliasConfig | undefined {
  const regions = typeof split === "string" ? [{ version: split, weight: 1 }] : split.regions.filter(({ weight }) => weight > 0);
  const at = typeof split === "string" ? "" : split.at;
  const primary = typeof split === "string" ? split : primaryOf(split, regions);
  if (primary === undefined) return reading.refuse(at, "split", "no version has a weight above 0", "give one of them a weight");
  if (new Set(regions.map(({ version }) => version)).size < regions.length)
    return reading.refuse(at, "split", "a version is there twice", "add its weights");
  const rest: RouteEntry = { at, alternatives: [[]], destinations: [{ version: primary, weight: 1 }] };
  const isName = parse({ name, version: "1" }).ok;
  const ruled = aliasFromRoutes(isName ? name : undefined, [...rules, rest], reading.refusals, reading.lossy);
  if (ruled === undefined || typeof split === "string" || reading.refusals.all.length > 0) return ruled;
  const wanted = runsIn(regions);
  const config: AliasConfig = {
    ...ruled,
    additional_version_weights: weightsOf(wanted, primary),
    stickiness: { keys: [keyOf(split.key.field)], seed: split.seed, on_missing: "primary" },
  };
  tellRounding(split, regions, wanted, reading);
  const placed = placedAs(config, wanted, primary, versions);
  tellKeys(placed, split, regions, reading);
  return placed;
}

function primaryOf({ primary }: FlagSplit, regions: readonly Destination[]): Version | undefined {
  return (regions.find(({ version }) => version === primary) ?? regions.toSorted((a, b) => b.weight - a.weight)[0])?.version;
}

/** The regions as runs of slots: bounds are rounded, so that no error adds up. */
function runsIn(regions: readonly Destination[]): readonly Run[] {
  const total = regions.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  return regions.map(({ version, weight }) => {
    sum += weight;
    return { until: Math.round((sum * SLOTS) / total), version };
  });
}

function weightsOf(runs: readonly Run[], primary: Version): Readonly<Record<Version, number>> {
  const percents = runs.map(({ until, version }, index) => [version, (until - (runs[index - 1]?.until ?? 0)) / 100] as const);
  return Object.fromEntries(percents.filter(([version]) => version !== primary));
}

function keyOf(field: Field): StickyKeyConfig {
  const { rule_type, param } = ruleOf({ field, value: "" });
  return { rule_type, param };
}

/** The config with an order that puts the versions into the wanted slots; as it is where there is none. Versions without a share may take a rank. */
function placedAs(config: AliasConfig, wanted: readonly Run[], primary: Version, versions: readonly Version[]): AliasConfig {
  const others = wanted.map(({ version }) => version).filter((version) => version !== primary);
  const [first = "", ...behind] = others;
  const last = others.at(-1) ?? "";
  const [spare] = versions.filter((version) => version !== primary && !others.includes(version));
  const orders = [
    undefined,
    [first, ...(others.length > 1 ? [last] : []), ...behind.slice(0, -1)],
    ...(spare === undefined
      ? []
      : [
          [first, spare, ...behind],
          [spare, last, ...others.slice(0, -1)],
        ]),
  ];
  for (const order of orders) {
    const ruled = config.additional_version_order ?? [];
    const made =
      order === undefined ? config : { ...config, additional_version_order: [...order, ...ruled.filter((each) => !order.includes(each))] };
    if (hasRules(made, config) && sameRuns(made, wanted)) return made;
  }
  return config;
}

/** Whether the strategies of two configs are tried in the same order. */
function hasRules(made: AliasConfig, config: AliasConfig): boolean {
  const targets = (one: AliasConfig): string => JSON.stringify(rulesIn(one));
  return targets(made) === targets(config);
}

function rulesIn(config: AliasConfig): readonly (string | undefined)[] | undefined {
  const checked = parse(config);
  if (!checked.ok) return undefined;
  const { rules, outcomes } = planOf(checked.value);
  return rules.map(({ outcome }) => outcomes[outcome]?.version);
}

function sameRuns(config: AliasConfig, wanted: readonly Run[]): boolean {
  if (!parse(config).ok) return false;
  return (
    JSON.stringify(runsOf(planOf(config))) === JSON.stringify(wanted.filter(({ until }, index) => until > (wanted[index - 1]?.until ?? 0)))
  );
}

/** Tells of shares that are rounded. */
function tellRounding({ at }: FlagSplit, regions: readonly Destination[], wanted: readonly Run[], reading: Reading): void {
  const total = regions.reduce((sum, { weight }) => sum + weight, 0);
  for (const [index, { version, weight }] of regions.entries()) {
    const exact = (100 * weight) / total;
    const slots = (wanted[index]?.until ?? 0) - (wanted[index - 1]?.until ?? 0);
    if (Math.abs(exact * 100 - slots) <= 1e-6) reading.keeps(at, `weight of ${version}`);
    else
      reading.lossy.push({
        at,
        construct: `weight of ${version}`,
        why: "a share that is no step of 0.01 %",
        example: {
          request: { method: "GET", target: "/", headers: [] },
          alias: `${version} for ${slots / 100} %`,
          other: `${version} for ${exact.toPrecision(8)} %`,
        },
      });
  }
}

/** So many keys are tried: one in 10,000 shows that regions part at a slot. */
const MOST_KEYS = 50_000;

/** Tells of a key, or a request without one, that the flag and the alias decide otherwise. */
function tellKeys(config: AliasConfig, split: FlagSplit, regions: readonly Destination[], reading: Reading): void {
  const checked = parse(config);
  if (!checked.ok) return;
  const runs = runsOf(planOf(checked.value));
  const { key, seed, hash, drawOf, missing } = split;
  const ownDraw = keyDraw({ hash: "murmur3", seed });
  const total = regions.reduce((sum, { weight }) => sum + weight, 0);
  const there = (text: string): Version | undefined => {
    const draw = drawOf(text) * total;
    let sum = 0;
    return (regions.find(({ weight }) => draw < (sum += weight)) ?? regions.at(-1))?.version;
  };
  const here = (text: string): Version | undefined => runs.find(({ until }) => slotOf(ownDraw(text)) < until)?.version;
  const construct = hash === undefined ? `sticky key ${fieldName(key.field)}` : `hash ${hash}`;
  let told = false;
  for (let number = 0; number < MOST_KEYS && !told; number++) {
    const text = `user-${number}`;
    const [alias = "", other = ""] = [here(text), there(text)];
    if (alias === other) continue;
    const why = hash === undefined ? "a key in a region that stands elsewhere" : "any key";
    reading.lossy.push({ at: key.at, construct, why, example: exampleOf(key.field, text, alias, other) });
    told = true;
  }
  if (!told) reading.keeps(key.at, construct);
  if (missing !== config.version)
    reading.lossy.push({
      at: key.at,
      construct: "no sticky key",
      why: `no ${shown(fieldName(key.field))}`,
      example: { request: { method: "GET", target: "/", headers: [] }, alias: config.version, other: missing },
    });
}

/** A request that has a key. */
function exampleOf(field: Field, key: string, alias: Version, other: Version): Example {
  const request = { method: "GET", target: "/", headers: [] };
  switch (field.kind) {
    case "header":
      return { request: { ...request, headers: [[field.name, key]] }, alias, other };
    case "cookie":
      return { request: { ...request, headers: [["cookie", `${field.name}=${key}`]] }, alias, other };
    case "query":
      return { request: { ...request, target: `/?${new URLSearchParams([[field.name, key]]).toString()}` }, alias, other };
    case "path":
      return { request: { ...request, target: key }, alias, other };
    case "method":
      return { request: { ...request, method: key }, alias, other };
    case "authority":
      return { request: { ...request, headers: [["host", key]] }, alias, other };
    case "attribute":
      return { request, attributes: { [field.name]: key }, alias, other };
  }
}
