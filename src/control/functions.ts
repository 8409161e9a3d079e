import { fail, type Input, isAbsent, number, optional, record as readRecord, shown, string } from "../document/index.ts";
import { additionalVersions, checkTriggers } from "./aliases.ts";
import { readParts } from "./body.ts";
import { type Changed, changesOf, type Terms, timestamp } from "./change.ts";
import { Fault } from "./fault.ts";
import type { FunctionDetails, FunctionRecord, VersionRecord } from "./record.ts";
import type { Snapshot } from "./store.ts";
import { type FunctionKey, functionUrn, isFunctionName, isVersionName } from "./urn.ts";

/** Versions that a function has at most, `latest` among them (documented). */
const MOST_VERSIONS = 20;

/** A version of a function as the service answers it. */
export interface FunctionAnswer extends FunctionDetails {
  readonly func_id: string;
  readonly func_urn: string;
  readonly func_name: string;
  readonly namespace: string;
  readonly project_name: string;
  readonly package: string;
  readonly version: string;
  readonly version_description?: string;
  readonly digest?: string;
  readonly last_modified: string;
}

/** A version of a function as the service answers it; `latest` where none is named. */
export function functionAnswer(record: FunctionRecord, version?: VersionRecord): FunctionAnswer {
  const urn = `${functionUrn(record)}:${version?.name ?? "latest"}`;
  return {
    func_id: urn,
    func_urn: urn,
    func_name: record.name,
    namespace: record.project,
    project_name: record.region,
    package: record.package,
    ...record.details,
    version: version?.name ?? "latest",
    ...(version?.description !== undefined && { version_description: version.description }),
    ...(version?.digest !== undefined && { digest: version.digest }),
    last_modified: version?.last_modified ?? record.last_modified,
  };
}

/** The version of that name; undefined for `latest`. */
export function findVersion({ versions }: FunctionRecord, name: string): VersionRecord | undefined {
  if (name === "latest") return undefined;
  const found = versions.find((version) => version.name === name);
  if (found === undefined) throw new Fault("FSS.1052", `the function has no version ${shown(name)}`);
  return found;
}

const TEXTS = ["runtime", "handler", "code_type", "type", "description"] as const;
const NUMBERS = ["timeout", "memory_size"] as const;

/** What a client says to create a function. */
export interface SentFunction extends Pick<FunctionKey, "package" | "name"> {
  readonly details: FunctionDetails;
}

/** Reads the body of CreateFunction. What would be code, or would change how code runs, is refused, because this service runs none. */
export function readFunction(body: string): SentFunction {
  return readParts(body, readSentFunction, { "/func_name": "FSS.1002", "/package": "FSS.1004" });
}

function readSentFunction(input: Input): SentFunction | undefined {
  const fields = readRecord(input, ["func_name", "package", ...TEXTS, ...NUMBERS]);
  if (fields === undefined) return undefined;
  const name = readName(fields.func_name);
  const group = isAbsent(fields.package) ? "default" : readName(fields.package);
  const details = {
    ...Object.fromEntries(TEXTS.map((key) => [key, optional(fields[key], string)] as const).filter(([, text]) => text !== undefined)),
    ...Object.fromEntries(NUMBERS.map((key) => [key, optional(fields[key], number)] as const).filter(([, count]) => count !== undefined)),
  };
  return name === undefined || group === undefined ? undefined : { name, package: group, details };
}

function readName(input: Input): string | undefined {
  const name = string(input);
  if (name === undefined || isFunctionName(name)) return name;
  return fail(input, "function-name", `${shown(name)} is no name of a function`, "a letter, then letters, digits, `_` and `-`; at most 60");
}

/** Creates a function, which has the version `latest`. */
export function createFunction(
  from: Snapshot,
  key: FunctionKey,
  { details, region }: { readonly details: FunctionDetails; readonly region: string },
  terms: Terms,
): Changed<FunctionAnswer> {
  if (from.record !== undefined) throw new Fault("FSS.0409", `there is a function ${shown(key.name)} already`);
  const { project, package: group, name } = key;
  const record: FunctionRecord = {
    project,
    package: group,
    name,
    region,
    details,
    last_modified: timestamp(terms.now),
    versions: [],
    aliases: [],
    triggers: [],
  };
  return {
    record,
    changes: changesOf(from, terms, [{ action: "create", what: "function", name }]),
    answer: functionAnswer(record),
  };
}

/** Deletes a function with everything that hangs on it. */
export function deleteFunction(from: Snapshot, record: FunctionRecord, terms: Terms): Changed<undefined> {
  const aliases = record.aliases.map((alias) => ({ action: "delete", what: "alias", name: alias.name, before: alias.body }) as const);
  return {
    record: undefined,
    changes: changesOf(from, terms, [...aliases, { action: "delete", what: "function", name: record.name }]),
    answer: undefined,
  };
}

interface SentVersion {
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly digest: string | undefined;
}

/** Publishes a version from the body of CreateFunctionVersion; without a name it gets one from the time. */
export function publishVersion(from: Snapshot, record: FunctionRecord, body: string, terms: Terms): Changed<FunctionAnswer> {
  const sent = readParts(body, (input) => readVersion(input, terms), { "/version": "FSS.1015", "/description": "FSS.1019" });
  const name = sent.version ?? `v${terms.now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}`;
  return addVersions(from, record, [{ ...sent, version: name }], terms);
}

/** Publishes versions, all or none. The answer is the last one. */
export function addVersions(
  from: Snapshot,
  record: FunctionRecord,
  sent: readonly (Partial<SentVersion> & { readonly version: string })[],
  terms: Terms,
): Changed<FunctionAnswer> {
  const versions = [...record.versions];
  for (const { version: name, description, digest } of sent) {
    if (!isVersionName(name, terms.profile)) throw new Fault("FSS.1015", `${shown(name)} is no name for a version`);
    if (versions.some((each) => each.name === name)) throw new Fault("FSS.1062", `the function has a version ${shown(name)} already`);
    versions.push({
      name,
      ...(description !== undefined && { description }),
      ...(digest !== undefined && { digest }),
      last_modified: timestamp(terms.now),
    });
  }
  if (versions.length >= MOST_VERSIONS) {
    throw new Fault("FSS.0403", `a function has at most ${MOST_VERSIONS} versions, \`latest\` among them`);
  }
  const next = { ...record, versions };
  const made = sent.map(({ version }) => ({ action: "create", what: "version", name: version }) as const);
  return { record: next, changes: changesOf(from, terms, made), answer: functionAnswer(next, versions.at(-1)) };
}

function readVersion(input: Input, { profile }: Terms): SentVersion | undefined {
  const fields = readRecord(input, ["version", "description", "digest"]);
  if (fields === undefined) return undefined;
  const version = optional(fields.version, string);
  if (version !== undefined && version !== "" && !isVersionName(version, profile)) {
    return fail(
      fields.version,
      "version-name",
      `${shown(version)} is no name for a version`,
      "letters, digits, `.`, `_` and `-`; at most 42",
    );
  }
  const description = optional(fields.description, string);
  if (description !== undefined && [...description].length > 512) {
    return fail(fields.description, "description-length", "the description has more than 512 characters", "shorten it");
  }
  return {
    version: version === "" ? undefined : version,
    description: description === "" ? undefined : description,
    digest: optional(fields.digest, string) || undefined,
  };
}

/** Deletes a version, and the alias whose primary it is; a version that is someone's additional one stays. */
export function deleteVersion(from: Snapshot, record: FunctionRecord, name: string, terms: Terms): Changed<undefined> {
  if (name === "latest") throw new Fault("FSS.1015", "`latest` cannot be deleted alone: leave it out to delete the function");
  const version = findVersion(record, name);
  const user = record.aliases.find(({ body }) => body.version !== name && additionalVersions(body).includes(name));
  if (user !== undefined) {
    throw new Fault("FSS.1094", `${shown(name)} is an additional version of the alias ${shown(user.name)}`);
  }
  const alias = record.aliases.find(({ body }) => body.version === name);
  if (alias !== undefined) checkTriggers(record, alias.name);
  const gone = alias === undefined ? [] : [{ action: "delete", what: "alias", name: alias.name, before: alias.body } as const];
  const next = {
    ...record,
    versions: record.versions.filter((each) => each !== version),
    aliases: record.aliases.filter((each) => each !== alias),
  };
  return { record: next, changes: changesOf(from, terms, [...gone, { action: "delete", what: "version", name }]), answer: undefined };
}
