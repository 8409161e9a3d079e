import type { Diagnostic } from "../document/index.ts";
import { type AliasConfig, parse, type Version } from "../alias/index.ts";
import { parseRollout, type RolloutConfig, rolloutConfigOf } from "../rollout/index.ts";
import { type Document, documentsOf, isKind, titleOf } from "./documents.ts";
import { SOURCES } from "./formats.ts";
import { type ImportOptions, readAlias } from "./import.ts";
import { type Fields, isFields } from "./reading.ts";
import type { Lossless, Note, Refused, Report } from "./report.ts";

/** What a rollout can be read from. */
export interface RolloutSource {
  readonly name: string;
  readonly says: string;
  readonly isOne: (document: Fields) => boolean;
  /** The versions, as their routers name them. */
  readonly versionsOf: (spec: Fields) => Versions;
}

interface Versions {
  readonly stable: Version;
  readonly canary: Version;
}

/** Argo names the versions by subsets of Istio or by services, where it has them. */
const argo: RolloutSource = {
  name: "argo",
  says: "Argo Rollouts: a Rollout with canary steps",
  isOne: (document) => isKind(document, "argoproj.io/", "Rollout"),
  versionsOf: ({ strategy }) => {
    const canary = fieldsAt(strategy, "canary");
    const subsets = fieldsAt(fieldsAt(fieldsAt(canary, "trafficRouting"), "istio"), "destinationRule");
    return versionsIn([
      [subsets["stableSubsetName"], subsets["canarySubsetName"]],
      [canary["stableService"], canary["canaryService"]],
    ]);
  },
};

/** Flagger makes the services of both versions of the name of what it is to roll out. */
const flagger: RolloutSource = {
  name: "flagger",
  says: "Flagger: a Canary with its analysis",
  isOne: (document) => isKind(document, "flagger.app/", "Canary"),
  versionsOf: (spec) => {
    const { name } = fieldsAt(spec, "targetRef");
    const service = fieldsAt(spec, "service")["name"] ?? name;
    return versionsIn(typeof service === "string" ? [[`${service}-primary`, `${service}-canary`]] : []);
  },
};

/** What a rollout can be read from. */
export const ROLLOUT_SOURCES: readonly RolloutSource[] = [argo, flagger];

function fieldsAt(value: unknown, key: string): Fields {
  const inner = isFields(value) ? value[key] : undefined;
  return isFields(inner) ? inner : {};
}

/** The first pair of names that is one. */
function versionsIn(pairs: readonly (readonly [stable: unknown, canary: unknown])[]): Versions {
  for (const [stable, canary] of pairs)
    if (typeof stable === "string" && typeof canary === "string" && stable !== canary) return { stable, canary };
  return { stable: "stable", canary: "canary" };
}

/** A rollout that was read from another form. */
export interface ImportedRollout {
  /** The name of the format. */
  readonly from: string;
  /** Undefined where a part is refused. */
  readonly config: RolloutConfig | undefined;
  /** What is no split, such as an analysis, is in its notes. */
  readonly report: Report;
}

/** The format of a rollout that is among the documents of a file; undefined where there is none. */
export function detectRollout(value: unknown): string | undefined {
  const documents = documentsOf(value);
  return ROLLOUT_SOURCES.find(({ isOne }) => documents.some((each) => isOne(each.value)))?.name;
}

/**
 * Reads a rollout of Argo Rollouts or of Flagger, and writes it in the words of this library. The alias as it is before is read of another
 * document of the file, such as a VirtualService; where there is none, all requests go to the stable version.
 * @throws RangeError where no document is such a rollout
 */
export function importRollout(value: unknown, { from }: ImportOptions = {}): ImportedRollout {
  const documents = documentsOf(value);
  const source = ROLLOUT_SOURCES.find(
    ({ name, isOne }) => (from === undefined || name === from) && documents.some((each) => isOne(each.value)),
  );
  const document = source && documents.find((each) => source.isOne(each.value));
  if (source === undefined || document === undefined)
    throw new RangeError(`no document is a rollout that is known: ${ROLLOUT_SOURCES.map(({ name }) => name).join(", ")}`);
  const others = documents.filter((each) => !ROLLOUT_SOURCES.some(({ isOne }) => isOne(each.value)));
  const versions = source.versionsOf(fieldsAt(document.value, "spec"));
  const before = aliasBefore(document, others, versions);
  if (before.config === undefined) return { from: source.name, config: undefined, report: before.report };
  const declared = otherVersions(before.config);
  const canary = declared.size === 0 || declared.has(versions.canary) ? versions.canary : undefined;
  const checked = parseRollout(value, { alias: before.config, canary });
  const refused = checked.diagnostics.filter(isRefused).map(refusedOf);
  const notes = checked.diagnostics
    .filter((each) => !isRefused(each))
    .map(({ at, code, message }) => ({ at, construct: code, why: message }));
  const stages = checked.ok ? checked.value.stages : [];
  const marks = stages
    .flatMap((stage) => stage.marks)
    .filter(({ kind }) => !CONVERTED.includes(kind))
    .map(({ at, kind, text }): Note => ({ at, construct: kind, why: text }));
  const steps = stages.flatMap(({ at, name }): readonly Lossless[] => (at === "" ? [] : [{ at, construct: name }]));
  const report: Report = {
    lossless: [...before.report.lossless, ...steps],
    lossy: before.report.lossy,
    refused,
    notes: [...(before.report.notes ?? []), ...marks, ...notes],
  };
  return { from: source.name, config: checked.ok && refused.length === 0 ? rolloutConfigOf(checked.value) : undefined, report };
}

/** The alias as it is before the rollout, and what is told of the documents beside it. */
function aliasBefore(
  { value: { metadata } }: Document,
  others: readonly Document[],
  { stable }: Versions,
): { readonly config: AliasConfig | undefined; readonly report: Report } {
  const source = SOURCES.find(({ isOne }) => others.some(({ value }) => isOne(value)));
  if (source !== undefined) return readAlias(others, source);
  const name = fieldsAt({ metadata }, "metadata")["name"];
  const notes = others.map(({ at, value }): Note => ({
    at,
    construct: titleOf(value),
    why: "it chooses no version, and is left out",
  }));
  // Not every name of Kubernetes is one of an alias.
  const isName = typeof name === "string" && parse({ name, version: stable }).ok;
  return { config: { ...(isName && { name }), version: stable }, report: { lossless: [], lossy: [], refused: [], notes } };
}

/** The versions that an alias has beside its own. */
function otherVersions({
  version,
  additional_version_weights: weights,
  additional_version_strategy: strategies,
}: AliasConfig): ReadonlySet<Version> {
  return new Set([...Object.keys(weights ?? {}), ...Object.keys(strategies ?? {})].filter((other) => other !== version));
}

/** Kinds of marks that are steps of what is written. */
const CONVERTED: readonly string[] = ["pause", "setHeaderRoute"];

/** Whether a complaint means that requests are split otherwise than the rollout says: an error, and a route that is left out. */
function isRefused({ severity, code }: Diagnostic): boolean {
  return severity === "error" || code === "header-route";
}

function refusedOf({ severity, at, code, message, help }: Diagnostic): Refused {
  return {
    at,
    construct: code,
    why: message,
    // The help of a warning says that the route is not simulated.
    help: severity === "warning" ? "write the whole value, as `exact`" : (help ?? "change the document"),
  };
}
