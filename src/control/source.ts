import { setTimeout } from "node:timers/promises";
import { type AliasSource, type Emit, sourceOf } from "../gateway/index.ts";
import { answerOf } from "./aliases.ts";
import type { FunctionRecord } from "./record.ts";
import type { Store } from "./store.ts";

/** How a store is followed. */
export interface StoreSourceOptions {
  /** Whether the store is closed when the reader of the source leaves. It is not, where left out. */
  readonly closes?: boolean;
  /** Milliseconds before a store that has failed is asked again; 1,000 where left out. */
  readonly retry?: number;
}

/**
 * The aliases of a project as a source of a gateway, which follows the store while the alias API changes it. An alias is named
 * `<package>/<function>/<alias>`: `default/shop/live`.
 */
export function storeSource(store: Store, project: string, { closes = false, retry = 1_000 }: StoreSourceOptions = {}): AliasSource {
  return sourceOf(async (emit, signal) => {
    let revision = 0;
    const next = (): number => ++revision;
    try {
      while (!signal.aborted) {
        await followStore(store, project, next, emit, signal).catch(async (error: unknown) => {
          if (signal.aborted) return;
          await emit({ problem: error instanceof Error ? error.message : String(error) });
          await setTimeout(retry, undefined, { signal }).catch(() => {});
        });
      }
    } finally {
      if (closes) await store.close();
    }
  });
}

async function followStore(store: Store, project: string, next: () => number, emit: Emit, signal: AbortSignal): Promise<void> {
  const known = new Map<string, ReadonlyMap<string, string>>();
  let isFirst = true;
  for await (const notices of store.watch(signal)) {
    if (isFirst) {
      isFirst = false;
      await emit({ revision: next(), aliases: await everything(store, project, known), restored: true });
      continue;
    }
    const changes: Record<string, unknown> = {};
    for (const { key } of notices) {
      if (key.project !== project) continue;
      const { record } = await store.read(key);
      Object.assign(changes, changesOf(`${key.package}/${key.name}`, record, known));
    }
    await tell(changes, next, emit);
  }
}

async function tell(changes: Readonly<Record<string, unknown>>, next: () => number, emit: Emit): Promise<void> {
  if (Object.keys(changes).length > 0) await emit({ revision: next(), changes });
  else await emit({ confirmed: true });
}

async function everything(
  store: Store,
  project: string,
  known: Map<string, ReadonlyMap<string, string>>,
): Promise<Record<string, unknown>> {
  const aliases: Record<string, unknown> = {};
  for (const record of await store.list(project)) Object.assign(aliases, changesOf(`${record.package}/${record.name}`, record, known));
  return aliases;
}

/** What has changed of a function's aliases; `null` stands for one that was deleted. */
function changesOf(
  name: string,
  record: FunctionRecord | undefined,
  known: Map<string, ReadonlyMap<string, string>>,
): Record<string, unknown> {
  const before = known.get(name) ?? new Map<string, string>();
  const now = new Map(record?.aliases.map((alias): [string, string] => [`${name}/${alias.name}`, JSON.stringify(answerOf(record, alias))]));
  if (now.size > 0) known.set(name, now);
  else known.delete(name);
  const changed = [...now]
    .filter(([key, text]) => before.get(key) !== text)
    .map(([key, text]): [string, unknown] => [key, JSON.parse(text)]);
  const gone = [...before.keys()].filter((key) => !now.has(key)).map((key): [string, unknown] => [key, null]);
  return Object.fromEntries([...changed, ...gone]);
}
