import { createHash } from "node:crypto";
import { shown } from "../document/index.ts";
import { type AliasAnswer, type AliasChange, answerOf, createAlias, deleteAlias, findAlias, updateAlias } from "./aliases.ts";
import type { Changed, Terms } from "./change.ts";
import { Fault } from "./fault.ts";
import {
  addVersions,
  createFunction,
  deleteFunction,
  deleteVersion,
  findVersion,
  functionAnswer,
  type FunctionAnswer,
  publishVersion,
  readFunction,
} from "./functions.ts";
import type { Change, FunctionRecord } from "./record.ts";
import { serializer } from "./serial.ts";
import type { Snapshot, Store } from "./store.ts";
import { createTrigger, deleteTrigger, type TriggerAnswer, triggerAnswer } from "./triggers.ts";
import { type FunctionKey, type FunctionUrn, readUrn } from "./urn.ts";

/** How a change is to be made. */
export interface ChangeOptions {
  /** Answers what would be, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** The alias must have this tag, or, for `*`, be there at all. */
  readonly ifMatch?: string | undefined;
}

/**
 * What the service does, for one project and in the terms of one request. Each call throws a `Fault` where the service refuses it. A URN
 * may have every form that `readUrn` takes.
 */
export interface Service {
  readonly createAlias: (urn: string, body: string, options?: ChangeOptions) => Promise<AliasChange>;
  readonly updateAlias: (urn: string, name: string, body: string, options?: ChangeOptions) => Promise<AliasChange>;
  readonly showAlias: (urn: string, name: string) => Promise<AliasAnswer>;
  readonly listAliases: (urn: string) => Promise<readonly AliasAnswer[]>;
  readonly deleteAlias: (urn: string, name: string, options?: ChangeOptions) => Promise<void>;
  /** The changes of an alias, the newest first. */
  readonly aliasHistory: (urn: string, name: string, limit: number, before?: number) => Promise<readonly Change[]>;
  readonly createFunction: (body: string) => Promise<FunctionAnswer>;
  /** Makes the function where it is not there, and publishes those of the versions that it has not. */
  readonly prepareFunction: (urn: string, versions: readonly string[]) => Promise<FunctionRecord>;
  readonly showFunction: (urn: string) => Promise<FunctionAnswer>;
  readonly listFunctions: () => Promise<readonly FunctionAnswer[]>;
  /** Deletes the version that the URN names, or the function. */
  readonly deleteFunction: (urn: string) => Promise<void>;
  readonly publishVersion: (urn: string, body: string) => Promise<FunctionAnswer>;
  readonly listVersions: (urn: string) => Promise<readonly FunctionAnswer[]>;
  readonly createTrigger: (urn: string, body: string) => Promise<TriggerAnswer>;
  readonly listTriggers: (urn: string) => Promise<readonly TriggerAnswer[]>;
  readonly deleteTrigger: (urn: string, type: string, id: string) => Promise<void>;
}

/** Makes services that share a store; changes of one function are made one after the other. */
export type Services = (project: string, terms: Terms) => Service;

/** How often a change is tried again, where others change the same function at the same moment. */
const MOST_TRIES = 200;

/** The service over a store. */
export function services(store: Store): Services {
  const serialize = serializer();

  /** Reads, applies the rules, and commits what they make; again where another process was faster. */
  async function change<T>(
    key: FunctionKey,
    rules: (from: Snapshot) => Changed<T>,
    { dryRun = false }: Pick<ChangeOptions, "dryRun"> = {},
  ): Promise<T> {
    return serialize(JSON.stringify([key.project, key.package, key.name]), async () => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const from = await store.read(key);
        const { record, changes, answer } = rules(from);
        if (dryRun || changes.length === 0 || (await store.commit(key, from, record, changes))) return answer;
      }
      throw new Fault("FSS.0503", "too many changes of one function at once: try again");
    });
  }

  return (project, terms) => {
    const find = async (text: string): Promise<{ readonly urn: FunctionUrn; readonly record: FunctionRecord }> => {
      const urn = readUrn(text, project);
      const { record } = await store.read(urn);
      return { urn, record: checked(urn, record) };
    };
    const changeFound = async <T>(
      text: string,
      rules: (from: Snapshot, record: FunctionRecord, urn: FunctionUrn) => Changed<T>,
      options: ChangeOptions = {},
    ): Promise<T> => {
      const urn = readUrn(text, project);
      return change(urn, (from) => rules(from, checked(urn, from.record), urn), options);
    };

    return {
      createAlias: async (urn, body, options) => changeFound(urn, (from, record) => createAlias(from, record, body, terms), options),
      updateAlias: async (urn, name, body, options) =>
        changeFound(
          urn,
          (from, record) => {
            checkTag(record, name, options?.ifMatch);
            return updateAlias(from, record, name, body, terms);
          },
          options,
        ),
      showAlias: async (urn, name) => {
        const { record } = await find(urn);
        return answerOf(record, findAlias(record, name));
      },
      listAliases: async (urn) => {
        const { record } = await find(urn);
        return record.aliases.map((alias) => answerOf(record, alias));
      },
      deleteAlias: async (urn, name, options) =>
        changeFound(
          urn,
          (from, record) => {
            checkTag(record, name, options?.ifMatch);
            return deleteAlias(from, record, name, terms);
          },
          options,
        ),
      aliasHistory: async (text, name, limit, before) => {
        // The history outlives the function.
        const changes = await store.history(readUrn(text, project), { alias: name, limit, ...(before !== undefined && { before }) });
        if (changes.length === 0 && before === undefined) throw new Fault("FSS.1053", `there never was an alias ${shown(name)}`);
        return changes;
      },
      createFunction: async (body) => {
        const sent = readFunction(body);
        const key = { project, package: sent.package, name: sent.name };
        return change(key, (from) => createFunction(from, key, { details: sent.details, region: terms.region }, terms));
      },
      prepareFunction: async (text, versions) => {
        const urn = readUrn(text, project);
        return change(urn, (from) => prepare(from, urn, versions, terms));
      },
      showFunction: async (text) => {
        const { urn, record } = await find(text);
        return functionAnswer(record, urn.qualifier?.kind === "version" ? findVersion(record, urn.qualifier.name) : undefined);
      },
      listFunctions: async () => (await store.list(project)).map((record) => functionAnswer(record)),
      deleteFunction: async (text) =>
        changeFound(text, (from, record, { qualifier }) => {
          if (qualifier?.kind === "alias") throw new Fault("FSS.1309", "the URN names an alias: delete it by the route of aliases");
          return qualifier === undefined ? deleteFunction(from, record, terms) : deleteVersion(from, record, qualifier.name, terms);
        }),
      publishVersion: async (urn, body) => changeFound(urn, (from, record) => publishVersion(from, record, body, terms)),
      listVersions: async (text) => {
        const { record } = await find(text);
        return [functionAnswer(record), ...record.versions.map((version) => functionAnswer(record, version))];
      },
      createTrigger: async (text, body) =>
        changeFound(text, (from, record, { qualifier }) => createTrigger(from, record, qualifier, body, terms)),
      listTriggers: async (text) => {
        const { urn, record } = await find(text);
        const alias = urn.qualifier?.kind === "alias" ? urn.qualifier.name : undefined;
        return record.triggers.filter((trigger) => urn.qualifier === undefined || trigger.alias === alias).map(triggerAnswer);
      },
      deleteTrigger: async (text, type, id) => changeFound(text, (from, record) => deleteTrigger(from, record, type, id, terms)),
    };
  };
}

/** The function of a URN, with the version or alias that it names. */
function checked({ region, name, qualifier }: FunctionUrn, record: FunctionRecord | undefined): FunctionRecord {
  if (record === undefined || (region !== undefined && region !== record.region)) {
    throw new Fault("FSS.1051", `there is no function ${shown(name)}${region === undefined ? "" : ` in ${shown(region)}`}`);
  }
  if (qualifier?.kind === "version") findVersion(record, qualifier.name);
  if (qualifier?.kind === "alias") findAlias(record, qualifier.name);
  return record;
}

function prepare(from: Snapshot, urn: FunctionUrn, versions: readonly string[], terms: Terms): Changed<FunctionRecord> {
  const region = urn.region ?? terms.region;
  const made = from.record === undefined ? createFunction(from, urn, { details: {}, region }, terms) : undefined;
  const record = checked({ ...urn, qualifier: undefined }, made?.record ?? from.record);
  const missing = versions.filter((name) => name !== "latest" && record.versions.every((version) => version.name !== name));
  const changes = made?.changes ?? [];
  const behind = { revision: from.revision + changes.length, record };
  const added = addVersions(
    behind,
    record,
    missing.map((version) => ({ version })),
    terms,
  );
  const next = added.record ?? record;
  return { record: next, changes: [...changes, ...added.changes], answer: next };
}

/** Names what an alias says, so that a client can ask that nobody has changed it since. */
export function tagOf(alias: AliasAnswer): string {
  return `"${createHash("sha256").update(JSON.stringify(alias)).digest("hex").slice(0, 32)}"`;
}

function checkTag(record: FunctionRecord, name: string, ifMatch: string | undefined): void {
  if (ifMatch === undefined) return;
  const tag = tagOf(answerOf(record, findAlias(record, name)));
  if (ifMatch.trim() === "*" || ifMatch.split(",").some((each) => each.trim() === tag)) return;
  throw new Fault("FSS.0428", `the alias ${shown(name)} is not as \`If-Match\` has it: read it again`, {
    status: 412,
    headers: { etag: tag },
  });
}
