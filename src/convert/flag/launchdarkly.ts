import { pointer, type Pointer, shown } from "../../document/index.ts";
import { fieldName } from "../../request/index.ts";
import type { AliasConfig, Version } from "../../alias/index.ts";
import type { Document } from "../documents.ts";
import { type Fields, isFields, type Reading, type Source } from "../reading.ts";
import { type Condition, type Destination, productOf, type RouteEntry } from "../routes.ts";
import { contextField } from "./context.ts";
import { aliasFromFlag, type FlagSplit } from "./split.ts";
import { sha1 } from "./sha1.ts";

/**
 * A flag of LaunchDarkly, as its REST API gives it for one environment, or as its SDKs have it. Targets come first, then rules in their order,
 * then the fallthrough. A rollout hashes the key with SHA-1.
 */
export const launchdarkly: Source = {
  name: "launchdarkly",
  says: "LaunchDarkly: a flag of one environment, from its REST API or the data of its SDKs",
  isOne: (document) => isFlag(document) || flagsIn(document).some(([, flag]) => isFlag(flag)),
  read,
};

function isFlag(value: unknown): value is Fields {
  return (
    isFields(value) && Array.isArray(value["variations"]) && ("fallthrough" in value || "environments" in value || "offVariation" in value)
  );
}

function flagsIn({ flags }: Fields): readonly (readonly [string, unknown])[] {
  return isFields(flags) ? Object.entries(flags) : [];
}

const EVENTS = ["trackEvents", "trackEventsFallthrough", "debugEventsUntilDate", "_debugEventsUntilDate"];

/** Keys of a flag that say nothing about who gets what. */
const ASIDE = [
  ...EVENTS,
  "name",
  "description",
  "tags",
  "temporary",
  "creationDate",
  "maintainerId",
  "maintainerTeamKey",
  "includeInSnippet",
  "archivedDate",
  "_maintainer",
  "_maintainerTeam",
  "_links",
  "_version",
  "_purpose",
  "goalIds",
  "experiments",
  "customProperties",
  "migrationSettings",
  "variationJsonSchema",
  "defaults",
  "deprecated",
  "deprecatedDate",
  "clientSide",
  "clientSideAvailability",
  "clientSideExperimentation",
  "excludeFromSummaries",
  "samplingRatio",
  "migration",
  "_site",
  "_environmentName",
  "_summary",
  "lastModified",
  "sel",
  "kind",
];

const TARGETING = [
  "on",
  "targets",
  "contextTargets",
  "rules",
  "fallthrough",
  "offVariation",
  "prerequisites",
  "salt",
  "version",
  "archived",
  "deleted",
];

/** A flag with its targeting, which stands in an environment or in the flag itself. */
interface Flag {
  readonly key: string;
  readonly versions: readonly (Version | undefined)[];
  readonly targeting: Fields;
  readonly at: Pointer;
}

function read({ value, at }: Document, reading: Reading): AliasConfig | undefined {
  const flag = flagOf(value, at, reading);
  if (flag === undefined) return undefined;
  const { key, versions, targeting, at: place } = flag;
  const off = versionAt(targeting["offVariation"], `${place}/offVariation`, flag, reading);
  if (targeting["archived"] === true || targeting["deleted"] === true)
    return reading.refuse(place, `flag ${key}`, "the flag is archived", "convert one that is in use");
  if (reading.items(targeting["prerequisites"], `${place}/prerequisites`).length > 0)
    return reading.refuse(`${place}/prerequisites`, "prerequisites", "an alias does not look at another flag", "take them out");
  if (targeting["on"] !== true) {
    reading.note(`${place}/on`, "key on", "the flag is off: every request gets the off variation, and its rules are not used");
    if (off === undefined && reading.refusals.all.length === 0)
      return reading.refuse(`${place}/offVariation`, "variation", "the flag is off, and has no variation for that", "write `offVariation`");
    return off === undefined ? undefined : aliasFromFlag(key, [], off, [], reading);
  }
  const routes = [
    ...["targets", "contextTargets"].flatMap((name) => targetsIn(targeting[name], `${place}/${name}`, flag, reading)),
    ...reading.items(targeting["rules"], `${place}/rules`).flatMap(([rule, where]) => ruleIn(rule, where, flag, reading) ?? []),
  ];
  const rest = fallthroughOf(targeting, flag, off, reading);
  if (rest === undefined || reading.refusals.all.length > 0) return undefined;
  const known = versions.filter((version) => version !== undefined);
  return aliasFromFlag(key, routes, rest, known, reading);
}

/** The one flag of a document. */
function flagOf(value: Fields, at: Pointer, reading: Reading): Flag | undefined {
  if (!isFlag(value)) {
    reading.fields(value, at, ["flags"], ["segments", "$schema"]);
    const [first, second] = flagsIn(value);
    if (first === undefined) return undefined;
    if (second !== undefined)
      return reading.refuse(`${at}/flags`, "flags", `there are ${flagsIn(value).length} flags`, "keep the one that is to be converted");
    const place = pointer(`${at}/flags`, first[0]);
    return flagOf({ key: first[0], ...(isFields(first[1]) ? first[1] : {}) }, place, reading);
  }
  const { environments } = value;
  const fields = reading.fields(
    value,
    at,
    ["key", "variations", ...(environments === undefined ? TARGETING : ["environments", "archived"])],
    ASIDE,
  );
  const key = reading.text(fields["key"], `${at}/key`);
  if (key === undefined) return reading.refuse(`${at}/key`, "flag", "the flag has no key", "write `key`");
  const versions = reading.items(fields["variations"], `${at}/variations`).map(([variation, place], index) => {
    const version = versionOf(variation, index);
    if (version === undefined) reading.refuse(place, "variation", "a variation without a text or a name", "give it a `name`");
    return version;
  });
  if (environments === undefined) return { key, versions, targeting: fields, at };
  const [first, second] = isFields(environments) ? Object.entries(environments) : [];
  if (first === undefined || second !== undefined) {
    const names = isFields(environments) ? Object.keys(environments).map(shown).join(", ") : "none";
    return reading.refuse(`${at}/environments`, "environments", `one environment is converted, and there are ${names}`, "keep one of them");
  }
  const place = pointer(`${at}/environments`, first[0]);
  return { key, versions, targeting: reading.fields(first[1], place, TARGETING, ASIDE), at: place };
}

/** A variation is named by its value, or by its name where that is an object. */
function versionOf(variation: unknown, index: number): Version | undefined {
  const wrapped = isFields(variation) && "value" in variation;
  const value = wrapped ? variation["value"] : variation;
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return String(value);
  const name = wrapped ? variation["name"] : undefined;
  return typeof name === "string" ? name : isFields(value) || Array.isArray(value) ? `variation-${index}` : undefined;
}

function versionAt(index: unknown, at: Pointer, { versions }: Flag, reading: Reading): Version | undefined {
  const number = reading.number(index, at);
  if (number === undefined) return undefined;
  const version = versions[number];
  return (
    version ?? reading.refuse(at, "variation", `there is no variation ${number}`, `they are numbered from 0 to ${versions.length - 1}`)
  );
}

/** The name of an attribute: the kind of its context ahead of it, unless that is a user. */
function attributeOf(name: string, kind: unknown): string {
  return kind === undefined || kind === "user" ? name : `${String(kind)}.${name}`;
}

/** Keys that get a variation ahead of every rule. */
function targetsIn(value: unknown, at: Pointer, flag: Flag, reading: Reading): readonly RouteEntry[] {
  return reading.items(value, at).flatMap(([target, place]) => {
    const { values, variation, contextKind } = reading.fields(target, place, ["values", "variation", "contextKind"]);
    const version = versionAt(variation, `${place}/variation`, flag, reading);
    const field = contextField(attributeOf("key", contextKind));
    const keys = textsIn(values, `${place}/values`, fieldName(field), reading);
    // A target of users without keys stands for one of `targets`.
    if (version === undefined || keys.length === 0) return [];
    reading.keeps(place, `target ${fieldName(field)}`);
    return [{ at: place, alternatives: keys.map((key) => [{ field, value: key }]), destinations: [{ version, weight: 1 }] }];
  });
}

function textsIn(values: unknown, at: Pointer, construct: string, reading: Reading): readonly string[] {
  return reading.items(values, at).flatMap(([value, place]) => {
    if (typeof value === "string") return [value];
    return reading.refuse(place, construct, "an alias compares texts, and this is none", "compare with a text") ?? [];
  });
}

function ruleIn(rule: unknown, at: Pointer, flag: Flag, reading: Reading): RouteEntry | undefined {
  const known = ["_id", "id", "variation", "rollout", "clauses"];
  const fields = reading.fields(rule, at, known, ["trackEvents", "description", "ref", "_generation", "_deactivated", "_key"]);
  const clauses = reading.items(fields["clauses"], `${at}/clauses`);
  if (clauses.length === 0) return reading.refuse(`${at}/clauses`, "rule", "a rule without a clause", "write clauses");
  const conditions = clauses.map(([clause, place]) => conditionsIn(clause, place, reading));
  const split = fields["rollout"];
  const destinations =
    split === undefined
      ? destinationAt(fields["variation"], `${at}/variation`, flag, reading)
      : rolloutIn(split, `${at}/rollout`, flag, reading).regions;
  if (destinations === undefined) return undefined;
  reading.keeps(at, "rule");
  return { at, alternatives: productOf(conditions), destinations };
}

function destinationAt(index: unknown, at: Pointer, flag: Flag, reading: Reading): readonly Destination[] | undefined {
  if (index === undefined) return reading.refuse(at, "variation", "there is no variation", "write `variation` or `rollout`");
  const version = versionAt(index, at, flag, reading);
  return version === undefined ? undefined : [{ version, weight: 1 }];
}

/** What a clause asks for, once for each of its values. */
function conditionsIn(clause: unknown, at: Pointer, reading: Reading): readonly Condition[] {
  const { attribute, op, values, negate, contextKind } = reading.fields(clause, at, [
    "_id",
    "attribute",
    "op",
    "values",
    "negate",
    "contextKind",
  ]);
  const name = reading.text(attribute, `${at}/attribute`) ?? "";
  const operator = reading.text(op, `${at}/op`) ?? "";
  const field = contextField(attributeOf(name, contextKind));
  const refuse = (place: string, why: string, help: string): readonly Condition[] =>
    reading.refuse(`${at}/${place}`, `clause ${name}`, why, help) ?? [];
  if (operator === "segmentMatch") return refuse("op", "an alias has no segments", "put the segment into an attribute, and ask for it");
  if (operator !== "in")
    return refuse("op", `an alias compares whole texts, and not by ${shown(operator)}`, "write `in` with each of the values");
  if (negate === true) return refuse("negate", "an alias has no negation", "write what is wanted");
  const texts = textsIn(values, `${at}/values`, `clause ${name}`, reading);
  if (texts.length === 0 && reading.refusals.all.length === 0)
    return refuse("values", "a clause without values never holds", "take the rule out");
  return texts.map((value) => ({ field, value }));
}

/** The weights of a rollout are thousandths of a percent. */
function rolloutIn(
  value: unknown,
  at: Pointer,
  flag: Flag,
  reading: Reading,
): { readonly regions: readonly Destination[]; readonly fields: Fields } {
  const fields = reading.fields(value, at, ["variations", "bucketBy", "contextKind", "seed", "kind"], ["experimentAllocation"]);
  const regions = reading.items(fields["variations"], `${at}/variations`).flatMap(([item, place]): readonly Destination[] => {
    const { variation, weight } = reading.fields(item, place, ["variation", "weight"], ["untracked", "_untracked"]);
    const version = versionAt(variation, `${place}/variation`, flag, reading);
    const share = reading.number(weight, `${place}/weight`);
    return version === undefined || share === undefined ? [] : [{ version, weight: share }];
  });
  return { regions, fields };
}

function fallthroughOf(targeting: Fields, flag: Flag, off: Version | undefined, reading: Reading): FlagSplit | Version | undefined {
  const at = `${flag.at}/fallthrough`;
  const fields = reading.fields(targeting["fallthrough"], at, ["variation", "rollout"]);
  if (fields["rollout"] === undefined) {
    const [only] = destinationAt(fields["variation"], `${at}/variation`, flag, reading) ?? [];
    return only?.version;
  }
  const { regions, fields: rollout } = rolloutIn(fields["rollout"], `${at}/rollout`, flag, reading);
  const total = regions.reduce((sum, { weight }) => sum + weight, 0);
  if (total !== 100_000)
    return reading.refuse(
      `${at}/rollout/variations`,
      "rollout",
      `the weights sum to ${total}, and not to 100000`,
      "weights are thousandths of a percent",
    );
  // Of an experiment, LaunchDarkly takes the key whatever stands there.
  const by = rollout["kind"] === "experiment" ? undefined : reading.text(rollout["bucketBy"], `${at}/rollout/bucketBy`);
  const field = contextField(attributeOf(by ?? "key", rollout["contextKind"]));
  const seed = reading.number(rollout["seed"], `${at}/rollout/seed`);
  const salt = reading.text(targeting["salt"], `${flag.at}/salt`) ?? "";
  const prefix = seed === undefined ? `${flag.key}.${salt}` : String(seed);
  return {
    at: `${at}/rollout/variations`,
    regions,
    key: { field, at: `${at}/rollout` },
    seed: flag.key,
    hash: "SHA-1",
    drawOf: (key) => bucketOf(`${prefix}.${key}`),
    // Without the key, the draw is 0.
    missing: regions.find(({ weight }) => weight > 0)?.version ?? "",
    primary: off ?? "",
  };
}

/** The first 15 digits of SHA-1 as a fraction of the largest such number, as all SDKs of LaunchDarkly compute it. */
export function bucketOf(text: string): number {
  return Number.parseInt(sha1(text).slice(0, 15), 16) / (16 ** 15 - 1);
}
