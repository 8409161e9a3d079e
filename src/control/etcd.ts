/**
 * The store of a fleet: etcd 3.4 or later, by its JSON gateway, which needs no package. A function is one key, each of its aliases is another,
 * and both change in one transaction, which etcd takes only where the function is as it was read. Gateways follow the aliases of a project by
 * `canary-router/gateway/etcd` with the prefix `<prefix>aliases/<project>/`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { answerOf } from "./aliases.ts";
import { Fault } from "./fault.ts";
import type { AliasRecord, Change, FunctionRecord } from "./record.ts";
import type { HistoryQuery, Notice, Snapshot, Store } from "./store.ts";
import type { FunctionKey } from "./urn.ts";

/** Where etcd is, and where in it the store is. Times are in milliseconds. */
export interface EtcdStoreOptions {
  /** One URL or several of one cluster, which are tried in turn; `http://127.0.0.1:2379` where left out. */
  readonly endpoints?: string | readonly string[];
  /** What every key begins with; `canary/` where left out. */
  readonly prefix?: string;
  readonly username?: string;
  readonly password?: string;
  /** For one answer; 5,000 where left out. */
  readonly timeout?: number;
  /** How often `watch` looks for changes; 200 where left out. */
  readonly interval?: number;
}

interface KeyValue {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
}

interface RangeAnswer {
  readonly header?: { readonly revision?: string };
  readonly kvs?: readonly KeyValue[];
  readonly more?: boolean;
}

interface TxnAnswer {
  readonly succeeded?: boolean;
  readonly responses?: readonly { readonly response_range?: RangeAnswer }[];
}

/** A function as it stands under its key. The bodies of its aliases stand under keys of their own. */
interface Stored {
  readonly revision: number;
  /** Left out where the function was deleted, so that its revisions go on. */
  readonly record?: Omit<FunctionRecord, "aliases"> & { readonly aliases: readonly Pick<AliasRecord, "name" | "last_modified">[] };
}

/** Keys of one answer. */
const PAGE = 500;

/** gRPC `INVALID_ARGUMENT`, which etcd gives a request that is too large, and `UNAUTHENTICATED`. */
const INVALID_ARGUMENT = 3;
const UNAUTHENTICATED = 16;

/** Opens the store; nothing is asked before it is used. Where etcd does not answer, calls throw a `Fault` FSS.0503. */
export function etcdStore(options: EtcdStoreOptions = {}): Store {
  const { prefix = "canary/", interval = 200 } = options;
  const etcd = new Etcd(options);
  const functionName = ({ project, package: group, name }: FunctionKey): string => `${prefix}functions/${project}/${group}/${name}`;
  const aliasPrefix = ({ project, package: group, name }: FunctionKey): string => `${prefix}aliases/${project}/${group}/${name}/`;
  const historyPrefix = ({ project, package: group, name }: FunctionKey): string => `${prefix}history/${project}/${group}/${name}/`;
  /** What the function's key had when a snapshot was read: what a commit is compared with. */
  const modified = new WeakMap<Snapshot, string>();

  return {
    read: async (key) => {
      const { responses = [] } = await etcd.ask<TxnAnswer>("kv/txn", {
        success: [{ request_range: { key: encode(functionName(key)) } }, { request_range: rangeOf(aliasPrefix(key)) }],
      });
      const [found] = responses[0]?.response_range?.kvs ?? [];
      const snapshot = snapshotOf(found, responses[1]?.response_range?.kvs ?? []);
      modified.set(snapshot, found?.mod_revision ?? "0");
      return snapshot;
    },
    commit: async (key, from, record, changes) => {
      const name = functionName(key);
      const stored: Stored = {
        revision: changes.at(-1)?.revision ?? from.revision,
        ...(record !== undefined && { record: withoutBodies(record) }),
      };
      const { succeeded = false } = await etcd.ask<TxnAnswer>("kv/txn", {
        compare: [{ key: encode(name), target: "MOD", result: "EQUAL", mod_revision: modified.get(from) ?? "0" }],
        success: [
          put(name, stored),
          ...aliasChanges(aliasPrefix(key), from.record, record),
          ...changes.map((change) => put(`${historyPrefix(key)}${numbered(change.revision)}`, change)),
        ],
      });
      return succeeded;
    },
    list: async (project) => {
      const { kvs, revision } = await etcd.all(`${prefix}functions/${project}/`);
      const { kvs: aliases } = await etcd.all(`${prefix}aliases/${project}/`, revision);
      const byFunction = new Map<string, KeyValue[]>();
      for (const alias of aliases) {
        const name = decode(alias.key)
          .slice(`${prefix}aliases/`.length)
          .replace(/\/[^/]*$/, "");
        byFunction.set(name, [...(byFunction.get(name) ?? []), alias]);
      }
      return kvs.flatMap((kv) => {
        const { record } = snapshotOf(kv, byFunction.get(decode(kv.key).slice(`${prefix}functions/`.length)) ?? []);
        return record === undefined ? [] : [record];
      });
    },
    history: async (key, query) => historyOf(etcd, historyPrefix(key), query),
    watch: (signal) => watching(etcd, `${prefix}functions/`, interval, signal),
    close: async () => Promise.resolve(),
  };
}

/** A revision as keys sort it. */
function numbered(revision: number): string {
  return String(revision).padStart(16, "0");
}

function withoutBodies(record: FunctionRecord): NonNullable<Stored["record"]> {
  return { ...record, aliases: record.aliases.map(({ name, last_modified }) => ({ name, last_modified })) };
}

/** The function of its key and of those of its aliases. An alias whose key somebody has deleted is gone. */
function snapshotOf(found: KeyValue | undefined, aliases: readonly KeyValue[]): Snapshot {
  if (found === undefined) return { revision: 0, record: undefined };
  const { revision, record } = valueOf<Stored>(found);
  if (record === undefined) return { revision, record: undefined };
  const bodies = new Map(aliases.map((kv) => [decode(kv.key).replace(/^.*\//, ""), kv] as const));
  const read = record.aliases.flatMap(({ name, last_modified }): readonly AliasRecord[] => {
    const kv = bodies.get(name);
    if (kv === undefined) return [];
    const { name: _name, last_modified: _time, alias_urn: _urn, ...body } = valueOf<ReturnType<typeof answerOf>>(kv);
    return [{ name, body, last_modified }];
  });
  return { revision, record: { ...record, aliases: read } };
}

/** What changes of the aliases' own keys. Each has what the API answers, so it is a config that a gateway can read. */
function aliasChanges(prefix: string, before: FunctionRecord | undefined, after: FunctionRecord | undefined): readonly object[] {
  const known = new Map(before?.aliases.map((alias) => [alias.name, alias] as const));
  const changes: object[] = [];
  for (const alias of after?.aliases ?? []) {
    if (after !== undefined && known.get(alias.name) !== alias) changes.push(put(`${prefix}${alias.name}`, answerOf(after, alias)));
    known.delete(alias.name);
  }
  for (const name of known.keys()) changes.push({ request_delete_range: { key: encode(`${prefix}${name}`) } });
  return changes;
}

async function historyOf(etcd: Etcd, prefix: string, { alias, before, limit }: HistoryQuery): Promise<readonly Change[]> {
  const found: Change[] = [];
  let end = before === undefined ? rangeOf(prefix).range_end : encode(`${prefix}${numbered(before)}`);
  for (;;) {
    const asked = { key: encode(prefix), range_end: end, limit: PAGE, sort_target: "KEY", sort_order: "DESCEND" };
    const { kvs = [], more } = await etcd.ask<RangeAnswer>("kv/range", asked);
    for (const kv of kvs) {
      const change = valueOf<Change>(kv);
      if (alias === undefined || (change.what === "alias" && change.name === alias)) found.push(change);
      if (found.length === limit) return found;
    }
    const last = kvs.at(-1);
    if (more !== true || last === undefined) return found;
    end = last.key;
  }
}

async function* watching(etcd: Etcd, prefix: string, interval: number, signal: AbortSignal): AsyncGenerator<readonly Notice[]> {
  let seen = (await etcd.all(prefix)).revision;
  yield [];
  while (!signal.aborted) {
    await sleep(interval, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const { kvs, revision } = await etcd.all(prefix, undefined, BigInt(seen) + 1n);
    seen = revision;
    const keys = kvs.map(({ key }): Notice => {
      const [project = "", group = "", name = ""] = decode(key).slice(prefix.length).split("/");
      return { key: { project, package: group, name } };
    });
    yield keys;
  }
}

/** One cluster, asked at one of its endpoints until that does not answer. */
class Etcd {
  readonly #endpoints: readonly string[];
  readonly #options: EtcdStoreOptions;
  #turn = 0;
  #token: Promise<string> | undefined;

  constructor(options: EtcdStoreOptions) {
    this.#endpoints = [options.endpoints ?? "http://127.0.0.1:2379"].flat().map((endpoint) => endpoint.replace(/\/+$/, ""));
    this.#options = options;
  }

  /** Everything under a prefix, of one revision, that is not older than `least`. */
  async all(prefix: string, at?: string, least?: bigint): Promise<{ readonly kvs: readonly KeyValue[]; readonly revision: string }> {
    const kvs: KeyValue[] = [];
    let revision = at;
    let { key, range_end } = rangeOf(prefix);
    for (;;) {
      const asked = {
        key,
        range_end,
        limit: PAGE,
        ...(revision !== undefined && { revision }),
        ...(least !== undefined && { min_mod_revision: String(least) }),
      };
      const answer = await this.ask<RangeAnswer>("kv/range", asked);
      revision ??= answer.header?.revision ?? "0";
      kvs.push(...(answer.kvs ?? []));
      const last = answer.kvs?.at(-1);
      if (answer.more !== true || last === undefined) return { kvs, revision };
      key = Buffer.concat([Buffer.from(last.key, "base64"), Buffer.of(0)]).toString("base64");
    }
  }

  /**
   * One question and its answer. It is not asked again where no answer came, because what it asked may have been done.
   * @throws Fault FSS.0503 where there is none, FSS.0413 where it is too large
   */
  async ask<Answer>(path: string, body: object, again = true): Promise<Answer> {
    const endpoint = this.#endpoints[this.#turn % this.#endpoints.length] ?? "";
    let failure: { readonly code?: number; readonly message: string };
    try {
      const response = await fetch(`${endpoint}/v3/${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(this.#options.username !== undefined && { authorization: await this.#login(endpoint) }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#options.timeout ?? 5_000),
      });
      if (response.ok) return (await response.json()) as Answer;
      failure = failureOf(await response.text(), response.status);
    } catch (error) {
      this.#turn++;
      this.#token = undefined;
      throw error instanceof Fault ? error : new Fault("FSS.0503", "the store does not answer", { cause: error });
    }
    if (failure.code === UNAUTHENTICATED && again && this.#options.username !== undefined) {
      this.#token = undefined;
      return this.ask(path, body, false);
    }
    if (failure.code === INVALID_ARGUMENT && failure.message.includes("too large"))
      throw new Fault("FSS.0413", "the alias is too large for the store");
    throw new Fault("FSS.0503", "the store refuses what it is asked", { cause: new Error(`${endpoint}: ${failure.message}`) });
  }

  async #login(endpoint: string): Promise<string> {
    const { username: name, password = "", timeout = 5_000 } = this.#options;
    this.#token ??= fetch(`${endpoint}/v3/auth/authenticate`, {
      method: "POST",
      body: JSON.stringify({ name, password }),
      signal: AbortSignal.timeout(timeout),
    }).then(async (response) => {
      const { token, message } = (await response.json()) as { readonly token?: string; readonly message?: string };
      if (token === undefined) throw new Fault("FSS.0503", "the store does not let this service in", { cause: new Error(message) });
      return token;
    });
    return this.#token;
  }
}

function failureOf(text: string, status: number): { readonly code?: number; readonly message: string } {
  try {
    const { code, message, error } = JSON.parse(text) as { readonly code?: number; readonly message?: string; readonly error?: string };
    return { ...(code !== undefined && { code }), message: message ?? error ?? `it answers ${status}` };
  } catch {
    return { message: `it answers ${status}` };
  }
}

function put(name: string, value: unknown): object {
  return { request_put: { key: encode(name), value: encode(JSON.stringify(value)) } };
}

function valueOf<T>({ value = "" }: KeyValue): T {
  return JSON.parse(decode(value)) as T;
}

/** All keys that begin with a prefix; keys of this store are ASCII, so the last byte can be counted up. */
function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  return { key: encode(prefix), range_end: encode(end) };
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}

function decode(text: string): string {
  return Buffer.from(text, "base64").toString();
}
