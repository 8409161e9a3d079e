import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Store, storeSource } from "../../src/control/index.ts";
import { etcdStore } from "../../src/control/etcd.ts";
import { lmdbStore } from "../../src/control/lmdb.ts";
import { scratch } from "../support/command.ts";
import { type Listening, listen, prepare, PROJECT, URN } from "../support/control.ts";
import { type Daemon, freePort, isInstalled, startDaemon, until } from "../support/daemon.ts";
import { namedUpstream, type Running, runGateway } from "../support/gateway.ts";
import { sdk } from "../support/sdk.ts";

const { folder } = scratch();
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** The alias API over a store, and gateways that follow it. */
async function start(
  store: Store,
  followed: string,
  gateways: number,
): Promise<{ readonly api: Listening; readonly running: readonly Running[] }> {
  await prepare(store);
  const api = await listen({}, store);
  cleanups.push(api.stop);
  const upstreams: Record<string, string> = {};
  for (const name of ["v1", "v2"]) {
    const { url, close } = await namedUpstream(name);
    upstreams[name] = url;
    cleanups.push(close);
  }
  const config = { aliases: { store: followed, project: PROJECT }, routes: [{ alias: "default/shop/live", upstreams }] };
  const openStore = async (path: string, project: string) => storeSource(lmdbStore(path), project, { closes: true });
  const running: Running[] = [];
  for (let count = 0; count < gateways; count++) {
    const gateway = await runGateway(folder, config, openStore);
    running.push(gateway);
    cleanups.push(() => gateway.gateway.close());
  }
  return { api, running };
}

/** The SDK of the cloud creates, changes and deletes an alias, and every gateway decides live requests by it. */
async function holds({ api, running }: Awaited<ReturnType<typeof start>>): Promise<void> {
  const client = sdk(api.url);
  const answers = async (): Promise<readonly string[]> => Promise.all(running.map(async ({ url }) => (await fetch(url)).text()));
  const become = async (version: string): Promise<void> => until(async () => (await answers()).every((answer) => answer === version));
  const first = await fetch(running[0]?.url ?? "");
  expect([first.status, await first.json()]).toMatchObject([503, { error: "no_alias" }]);
  await client.createVersionAlias({ function_urn: URN, body: { name: "live", version: "v1" } } as never);
  await become("v1");
  const moved = { version: "v1", additional_version_weights: { v2: 100 } };
  await client.updateVersionAlias({ function_urn: URN, alias_name: "live", body: moved } as never);
  await become("v2");
  // An alias for a version that the gateway has no upstream for is made, and is not served.
  await client.updateVersionAlias({ function_urn: URN, alias_name: "live", body: { version: "v3" } } as never);
  for (const { gateway } of running) await until(() => gateway.status().state === "degraded");
  expect(new Set(await answers())).toEqual(new Set(["v2"]));
  await client.updateVersionAlias({ function_urn: URN, alias_name: "live", body: { version: "v1" } } as never);
  await become("v1");
  for (const { gateway } of running) await until(() => gateway.status().state === "healthy");
}

test("an alias that the SDK makes decides live requests of a gateway on this machine", { timeout: 60_000 }, async () => {
  const store = lmdbStore(join(folder, "aliases.db"));
  await holds(await start(store, "./aliases.db", 1));
});

test("a store of the config that is no store is refused", async () => {
  mkdirSync(join(folder, "folder"), { recursive: true });
  await expect(
    runGateway(
      folder,
      { aliases: { store: "./folder", project: PROJECT }, routes: [{ upstream: "http://127.0.0.1:1" }] },
      async (path, project) => storeSource(lmdbStore(path), project),
    ),
  ).rejects.toThrow("is no regular file");
});

test.skipIf(!isInstalled("etcd"))("and of two gateways over etcd", { timeout: 120_000 }, async () => {
  const [port, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const own = `http://127.0.0.1:${peer}`;
  const data = join(folder, "etcd");
  mkdirSync(data);
  const args = ["--data-dir", data, "--listen-client-urls", url, "--advertise-client-urls", url, "--listen-peer-urls", own];
  const rest = ["--initial-advertise-peer-urls", own, "--initial-cluster", `default=${own}`, "--log-level", "error"];
  const daemon: Daemon = await startDaemon("etcd", [...args, ...rest], async () => (await fetch(`${url}/health`)).ok);
  cleanups.push(async () => daemon.kill("SIGKILL"));
  await holds(await start(etcdStore({ endpoints: url }), `etcd://127.0.0.1:${port}/canary/`, 2));
});
