import { type Diagnostic, shown } from "../document/index.ts";
import { type SentAlias, readAlias } from "./body.ts";
import { type Changed, changesOf, type Terms, timestamp } from "./change.ts";
import { Fault } from "./fault.ts";
import { checkMoved, movedBy } from "./moved.ts";
import type { AliasBody, AliasRecord, FunctionRecord, Moved } from "./record.ts";
import type { Snapshot } from "./store.ts";
import { functionUrn } from "./urn.ts";

/** Aliases that a function has at most (documented). */
const MOST_ALIASES = 10;

/** An alias as the service answers it: what is not set is left out. */
export interface AliasAnswer extends AliasBody {
  readonly name: string;
  readonly last_modified: string;
  readonly alias_urn: string;
}

/** What a change of an alias makes of it, and how much that moves. */
export interface AliasChange {
  readonly alias: AliasAnswer;
  readonly moved: Moved | undefined;
  readonly warnings: readonly Diagnostic[];
}

/** An alias as the service answers it. */
export function answerOf(record: FunctionRecord, { name, body, last_modified }: AliasRecord): AliasAnswer {
  return { name, ...body, last_modified, alias_urn: `${functionUrn(record)}:!${name}` };
}

/** The alias of that name. */
export function findAlias({ aliases }: FunctionRecord, name: string): AliasRecord {
  const found = aliases.find((alias) => alias.name === name);
  if (found === undefined) throw new Fault("FSS.1053", `the function has no alias ${shown(name)}`);
  return found;
}

/** Creates an alias from the body of a POST. */
export function createAlias(from: Snapshot, record: FunctionRecord, body: string, terms: Terms): Changed<AliasChange> {
  const sent = readAlias(body, terms.profile);
  const { name } = sent;
  if (name === undefined) throw new Fault("FSS.1014", "/name: the alias needs a name");
  if (record.aliases.some((alias) => alias.name === name)) throw new Fault("FSS.1063", `the function has an alias ${shown(name)} already`);
  if (record.aliases.length >= MOST_ALIASES) throw new Fault("FSS.1043", `the function has ${MOST_ALIASES} aliases already`);
  checkVersions(record, name, sent);
  const alias: AliasRecord = { name, body: sent.body, last_modified: timestamp(terms.now) };
  const next = { ...record, aliases: [...record.aliases, alias] };
  const changes = changesOf(from, terms, [{ action: "create", what: "alias", name, after: alias.body }]);
  return { record: next, changes, answer: { alias: answerOf(next, alias), moved: undefined, warnings: sent.warnings } };
}

/** Puts the body of a PUT in the place of what an alias says: a key that is left out is not set any more. */
export function updateAlias(from: Snapshot, record: FunctionRecord, name: string, body: string, terms: Terms): Changed<AliasChange> {
  const before = findAlias(record, name);
  const sent = readAlias(body, terms.profile, name);
  if (sent.name !== undefined && sent.name !== name) {
    throw new Fault("FSS.1014", `/name: an alias keeps its name: the path has ${shown(name)}, the body ${shown(sent.name)}`);
  }
  checkVersions(record, name, sent);
  const moved = movedBy(name, before.body, sent.body);
  checkMoved(moved, terms.maxMoved);
  const alias: AliasRecord = { name, body: sent.body, last_modified: timestamp(terms.now) };
  const next = { ...record, aliases: record.aliases.map((each) => (each === before ? alias : each)) };
  const changes = changesOf(from, terms, [{ action: "update", what: "alias", name, before: before.body, after: alias.body, moved }]);
  return { record: next, changes, answer: { alias: answerOf(next, alias), moved, warnings: sent.warnings } };
}

/** Deletes an alias that no trigger calls. */
export function deleteAlias(from: Snapshot, record: FunctionRecord, name: string, terms: Terms): Changed<undefined> {
  const alias = findAlias(record, name);
  checkTriggers(record, name);
  const next = { ...record, aliases: record.aliases.filter((each) => each !== alias) };
  return {
    record: next,
    changes: changesOf(from, terms, [{ action: "delete", what: "alias", name, before: alias.body }]),
    answer: undefined,
  };
}

/** Refuses to delete an alias that triggers call. */
export function checkTriggers({ triggers }: FunctionRecord, name: string): void {
  if (triggers.some(({ alias }) => alias === name))
    throw new Fault("FSS.1154", `triggers call the alias ${shown(name)}: delete them first`);
}

/** The versions beside the primary that an alias may send requests to. */
export function additionalVersions({ additional_version_weights, additional_version_strategy }: AliasBody): readonly string[] {
  return [...new Set([...Object.keys(additional_version_weights ?? {}), ...Object.keys(additional_version_strategy ?? {})])];
}

/** The versions of an alias are published, and its primary is no other alias's. */
function checkVersions({ versions, aliases }: FunctionRecord, name: string, { body }: SentAlias): void {
  const has = (version: string): boolean => version === "latest" || versions.some((each) => each.name === version);
  if (!has(body.version)) throw new Fault("FSS.1052", `/version: the function has no version ${shown(body.version)}`);
  const missing = additionalVersions(body).find((version) => !has(version));
  if (missing !== undefined) throw new Fault("FSS.1091", `the function has no version ${shown(missing)} to be an additional one`);
  const other = aliases.find((each) => each.name !== name && each.body.version === body.version);
  if (other !== undefined) {
    throw new Fault("FSS.1066", `/version: ${shown(body.version)} is the primary version of the alias ${shown(other.name)}`);
  }
}
