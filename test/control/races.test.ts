import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as control from "../../src/control/index.ts";
import { etcdStore } from "../../src/control/etcd.ts";
import { lmdbStore } from "../../src/control/lmdb.ts";
import { scratch } from "../support/command.ts";
import { freePort, isInstalled, startDaemon } from "../support/daemon.ts";

type Race = (
  from: typeof control,
  stores: readonly control.Store[],
  options: { readonly runs: number; readonly seed: string; readonly functions?: number },
) => Promise<Readonly<Record<"created" | "updated" | "deleted" | "refused", number>>>;

const { race }: { readonly race: Race } = await import(new URL("../nightly/alias-races.mjs", import.meta.url).href);
const { folder } = scratch();

describe("writers at once lose nothing and break no rule: a short run of test/nightly/alias-races.mjs", () => {
  test("in memory", async () => {
    const store = control.memoryStore();
    const found = await race(control, [store, store], { runs: 2_000, seed: "memory" });
    expect(Math.min(found.created, found.updated, found.deleted, found.refused)).toBeGreaterThan(50);
  });

  test("in LMDB", async () => {
    const stores = [lmdbStore(join(folder, "races.db")), lmdbStore(join(folder, "races.db"))];
    const found = await race(control, stores, { runs: 1_000, seed: "lmdb" });
    expect(Math.min(found.created, found.updated, found.deleted, found.refused)).toBeGreaterThan(20);
    for (const store of stores) await store.close();
  });

  test.skipIf(!isInstalled("etcd"))("in etcd", async () => {
    const [port, peer] = [await freePort(), await freePort()];
    const data = join(folder, "etcd");
    mkdirSync(data);
    const url = `http://127.0.0.1:${port}`;
    const own = `http://127.0.0.1:${peer}`;
    const args = [
      "--data-dir",
      data,
      "--listen-client-urls",
      url,
      "--advertise-client-urls",
      url,
      "--listen-peer-urls",
      own,
      "--initial-advertise-peer-urls",
      own,
      "--initial-cluster",
      `default=${own}`,
    ];
    const daemon = await startDaemon("etcd", [...args, "--log-level", "error"], async () => (await fetch(`${url}/health`)).ok);
    try {
      const stores = [etcdStore({ endpoints: url, timeout: 30_000 }), etcdStore({ endpoints: url, timeout: 30_000 })];
      const found = await race(control, stores, { runs: 600, seed: "etcd", functions: 3 });
      expect(Math.min(found.created, found.updated, found.deleted, found.refused)).toBeGreaterThan(10);
      const [store] = stores as [control.Store, control.Store];

      // What a store of any kind does.
      const records = await store.list("races");
      expect(records.map(({ name }) => name)).toEqual(["fetcd0", "fetcd1", "fetcd2"]);
      for (const record of records) expect((await store.read(record)).record).toEqual(record);

      // A watch tells of a change, and a source of it to a gateway.
      const seen: control.Notice[][] = [];
      const stop = new AbortController();
      let isPublished = false;
      const key = { project: "races", package: "default", name: "fetcd0" };
      for await (const notices of etcdStore({ endpoints: url, interval: 20 }).watch(stop.signal)) {
        if (notices.length > 0 || seen.length === 0) seen.push([...notices]);
        if (notices.length > 0) stop.abort();
        else if (seen.length === 1 && !isPublished) {
          isPublished = true;
          await control
            .services(store)("races", { profile: "functiongraph", region: "r", now: new Date(), who: "w" })
            .publishVersion("fetcd0", '{"version":"new"}');
        }
      }
      expect(seen).toEqual([[], [{ key }]]);

      // An alias that is too large for etcd, and an etcd that is gone.
      const terms = { profile: "extended", region: "r", now: new Date(), who: "w" } as const;
      await daemon.kill("SIGKILL");
      await expect(control.services(store)("races", terms).showFunction("fetcd0")).rejects.toMatchObject({ code: "FSS.0503" });
    } finally {
      await daemon.kill("SIGKILL");
    }
  });
});
