import { join } from "node:path";
import { expect, test } from "vitest";
import { memoryStore, services, type Store, storeSource } from "../../src/control/index.ts";
import { lmdbStore } from "../../src/control/lmdb.ts";
import { scratch } from "../support/command.ts";
import { prepare, PROJECT, URN } from "../support/control.ts";

const { folder } = scratch();
const terms = { profile: "extended", region: "r", now: new Date(), who: "tests" } as const;

test.each<[string, () => { readonly writer: Store; readonly reader: Store }]>([
  [
    "in memory",
    () => {
      const store = memoryStore();
      return { writer: store, reader: store };
    },
  ],
  [
    "in LMDB, by another process's handle",
    () => ({ writer: lmdbStore(join(folder, "s.db")), reader: lmdbStore(join(folder, "s.db"), { interval: 10 }) }),
  ],
])("a gateway is told of the aliases of a project, and of what changes: %s", async (_, open) => {
  const { writer, reader } = open();
  await prepare(writer);
  const service = services(writer)(PROJECT, terms);
  await service.createAlias(URN, '{"name":"live","version":"v1"}');
  const events: unknown[] = [];
  const source = storeSource(reader, PROJECT)[Symbol.asyncIterator]();
  const next = async (): Promise<void> => {
    for (;;) {
      const { value } = (await source.next()) as { readonly value: object };
      if ("confirmed" in value) continue;
      events.push(value);
      return;
    }
  };
  await next();
  await service.updateAlias(URN, "live", '{"version":"v1","additional_version_weights":{"v2":5}}');
  await next();
  await prepare(writer, ["v1"], URN.replace(PROJECT, "other"));
  await service.deleteAlias(URN, "live");
  await next();
  const alias = { name: "live", version: "v1", alias_urn: `${URN}:!live` };
  expect(events).toMatchObject([
    { revision: 1, aliases: { "default/shop/live": alias }, restored: true },
    { revision: 2, changes: { "default/shop/live": { ...alias, additional_version_weights: { v2: 5 } } } },
    { revision: 3, changes: { "default/shop/live": null } },
  ]);
  await source.return?.();
  await writer.close();
  if (reader !== writer) await reader.close();
});

test("a store that fails is asked again, and the gateway is told; it is closed with the reader where that is asked for", async () => {
  const store = memoryStore();
  await prepare(store);
  let asked = 0;
  let isClosed = false;
  const failing: Store = {
    ...store,
    watch: (signal) => {
      if (asked++ === 0) throw new Error("the disk is gone");
      return store.watch(signal);
    },
    close: async () => {
      isClosed = true;
    },
  };
  const source = storeSource(failing, PROJECT, { closes: true, retry: 1 })[Symbol.asyncIterator]();
  expect((await source.next()).value).toEqual({ problem: "the disk is gone" });
  expect((await source.next()).value).toEqual({ revision: 1, aliases: {}, restored: true });
  await source.return?.();
  expect([asked, isClosed]).toEqual([2, true]);
});
