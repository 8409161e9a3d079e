import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { rmSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { etcd } from "../../../src/gateway/source/etcd.ts";
import { scratch } from "../../support/command.ts";
import { type Daemon, freePort, isInstalled, startDaemon, until } from "../../support/daemon.ts";
import { type Read, readSource } from "../../support/source.ts";

const { folder } = scratch();
const running = new Set<Daemon>();
const reading = new Set<Read>();

afterEach(async () => {
  await Promise.all([...reading].map((each) => each.stop()));
  await Promise.all([...running].map((each) => each.kill("SIGKILL")));
  reading.clear();
  running.clear();
});

interface Etcd {
  readonly endpoint: string;
  readonly daemon: () => Daemon;
  readonly start: () => Promise<void>;
  readonly ask: (path: string, body: object) => Promise<Record<string, unknown>>;
  readonly put: (key: string, value: string) => Promise<void>;
  readonly wipe: () => void;
}

let count = 0;

async function newEtcd(): Promise<Etcd> {
  const [port, peer] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${port}`;
  const data = join(folder, `etcd-${count++}`);
  let daemon: Daemon | undefined;
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${endpoint}/v3/${path}`, { method: "POST", body: JSON.stringify(body) });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const start = async (): Promise<void> => {
    const peers = `http://127.0.0.1:${peer}`;
    const args = Object.entries({
      "data-dir": data,
      "listen-client-urls": endpoint,
      "advertise-client-urls": endpoint,
      "listen-peer-urls": peers,
      "initial-advertise-peer-urls": peers,
      "initial-cluster": `default=${peers}`,
    }).flatMap(([name, value]) => [`--${name}`, value]);
    args.push("--unsafe-no-fsync");
    daemon = await startDaemon("etcd", args, async () => (await fetch(`${endpoint}/health`)).ok);
    running.add(daemon);
  };
  await start();
  return {
    endpoint,
    daemon: () => daemon as Daemon,
    start,
    ask,
    put: async (key, value) => void (await ask("kv/put", { key: encoded(key), value: encoded(value) })),
    wipe: () => rmSync(data, { recursive: true }),
  };
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

function read(options: Parameters<typeof etcd>[0]): Read {
  const found = readSource(etcd({ timeout: 2_000, ...options }));
  reading.add(found);
  return found;
}

const V1 = { version: "v1" };
const V2 = { version: "v2" };

describe.skipIf(!isInstalled("etcd"))("etcd", () => {
  test("what is there is told at once, and each change after it, JSON and YAML alike", async () => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    await store.put("canary/b", "version: v2\n");
    await store.put("other", "is not read");
    const source = read({ endpoints: store.endpoint });
    await source.has({ a: V1, b: V2 });
    const [first] = source.events;
    expect(first).toMatchObject({ revision: 4, restored: true });
    await store.put("canary/a", '{"version":"v2"}');
    await source.has({ a: V2, b: V2 });
    await store.ask("kv/deleterange", { key: encoded("canary/b") });
    await source.has({ a: V2 });
    expect(source.revision()).toBe(6);
    expect(source.problems()).toEqual([]);
  });

  test("a transaction is one update, and a text that cannot be read is told apart", async () => {
    const store = await newEtcd();
    const source = read({ endpoints: store.endpoint });
    await until(() => source.events.length >= 2);
    const put = (key: string, value: string): object => ({ requestPut: { key: encoded(key), value: encoded(value) } });
    await store.ask("kv/txn", {
      success: [put("canary/a", '{"version":"v1"}'), put("canary/b", '{"version":"v1",'), put("canary/c", "[é")],
    });
    await until(() => source.events.some((event) => "changes" in event));
    const changes = source.events.filter((event) => "changes" in event);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ revision: 2, changes: { a: V1 }, unreadable: { b: [{ code: "syntax" }], c: [{ code: "syntax" }] } });
  });

  test("a set of many answers is of one revision, though it is written meanwhile", async () => {
    const store = await newEtcd();
    for (let from = 0; from < 600; from += 100) {
      const puts = Array.from({ length: 100 }, (_, at) => ({
        requestPut: { key: encoded(`canary/k${from + at}`), value: encoded(JSON.stringify({ version: `v${from + at}` })) },
      }));
      await store.ask("kv/txn", { success: puts });
    }
    const source = read({ endpoints: store.endpoint });
    await until(() => source.events.length > 0);
    expect(Object.keys(source.aliases())).toHaveLength(600);
    expect(source.revision()).toBe(7);
  });

  test.each(["SIGKILL", "SIGTERM"] as const)("killed with %s and started again, it ends at the newest revision", async (signal) => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    const source = read({ endpoints: store.endpoint });
    await source.has({ a: V1 });
    await store.daemon().kill(signal);
    await until(() => source.problems().length > 0);
    expect(source.aliases()).toEqual({ a: V1 });
    await store.start();
    await store.put("canary/a", '{"version":"v2"}');
    await source.has({ a: V2 });
    expect(source.events.at(-1)).not.toHaveProperty("problem");
  });

  test("what was compacted while it was away is read anew", async () => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    const proxy = await interruptible(store.endpoint);
    const source = read({ endpoints: proxy.endpoint });
    await source.has({ a: V1 });
    await until(() => source.events.length >= 2);
    proxy.close();
    for (let at = 0; at < 5; at++) await store.put("canary/b", JSON.stringify({ version: `v${at}` }));
    await store.ask("kv/deleterange", { key: encoded("canary/a") });
    await store.ask("kv/compaction", { revision: "8" });
    await proxy.open();
    await source.has({ b: { version: "v4" } });
    expect(source.revision()).toBe(8);
    await store.put("canary/b", '{"version":"v9"}');
    await source.has({ b: { version: "v9" } });
    await proxy.end();
  });

  test("a watch that ends quietly goes on where it ended, even past a compaction", async () => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    const proxy = await interruptible(store.endpoint);
    const source = read({ endpoints: proxy.endpoint });
    await until(() => source.events.length >= 2);
    proxy.drop();
    await store.put("canary/a", '{"version":"v2"}');
    await source.has({ a: V2 });
    expect(source.events.filter((event) => "aliases" in event)).toHaveLength(1);
    const release = proxy.hold();
    proxy.drop();
    for (let at = 0; at < 5; at++) await store.put("canary/b", JSON.stringify({ version: `v${at}` }));
    await store.ask("kv/compaction", { revision: "6" });
    release();
    await source.has({ a: V2, b: { version: "v4" } });
    expect(source.events.filter((event) => "aliases" in event)).toHaveLength(2);
    expect(source.problems()).toEqual([]);
    await proxy.end();
  });

  test("a store that was wiped is read anew, though its revisions begin again", async () => {
    const store = await newEtcd();
    for (let at = 0; at < 10; at++) await store.put("canary/a", '{"version":"v1"}');
    const source = read({ endpoints: store.endpoint });
    await source.has({ a: V1 });
    expect(source.revision()).toBe(11);
    await store.daemon().kill("SIGKILL");
    store.wipe();
    await store.start();
    await source.has({});
    expect(source.events.at(-1)).not.toHaveProperty("problem");
    expect(source.events.findLast((event) => "aliases" in event)).toMatchObject({ revision: 1, restored: true });
    await store.put("canary/a", '{"version":"v2"}');
    await source.has({ a: V2 });
    expect(source.revision()).toBe(2);
  });

  test("a store that hangs is a problem, and is read where it goes on", async () => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    const source = read({ endpoints: store.endpoint, timeout: 400, interval: 200 });
    await source.has({ a: V1 });
    await store.daemon().kill("SIGSTOP");
    await until(() => source.problems().length > 0);
    expect(source.problems().join()).toContain("no answer within 0.4 s");
    await store.daemon().kill("SIGCONT");
    await store.put("canary/a", '{"version":"v2"}');
    await source.has({ a: V2 });
  });

  test("with passwords on: none, a wrong one, and the right one", async () => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    await store.ask("auth/user/add", { name: "root", password: "secret" });
    await store.ask("auth/user/grant", { user: "root", role: "root" });
    await store.ask("auth/enable", {});
    const without = read({ endpoints: store.endpoint });
    const wrong = read({ endpoints: store.endpoint, username: "root", password: "wrong" });
    const right = read({ endpoints: store.endpoint, username: "root", password: "secret" });
    await right.has({ a: V1 });
    await until(() => without.problems().length > 0 && wrong.problems().length > 0);
    expect(without.problems().join()).toMatch(/user name is empty|invalid auth token/);
    expect(wrong.problems().join()).toContain("authentication failed");
    expect(wrong.problems().join()).not.toContain("wrong,");
    expect(right.problems()).toEqual([]);
  });

  test("of several endpoints one that is down is passed over", async () => {
    const store = await newEtcd();
    await store.put("canary/a", '{"version":"v1"}');
    const source = read({ endpoints: [`http://127.0.0.1:${await freePort()}`, store.endpoint] });
    await source.has({ a: V1 });
    expect(source.problems()).toHaveLength(1);
  });
});

/** A proxy before an endpoint, which can break off what goes through it, or be away. */
async function interruptible(target: string): Promise<{
  readonly endpoint: string;
  readonly drop: () => void;
  /** What is asked from now on waits until the function is called that is returned. */
  readonly hold: () => () => void;
  readonly close: () => void;
  readonly open: () => Promise<void>;
  readonly end: () => Promise<void>;
}> {
  const { createServer } = await import("node:http");
  let away = false;
  let held = Promise.resolve();
  const server = createServer(async (incoming, outgoing) => {
    await held;
    if (away) return void outgoing.destroy();
    const { method, headers, url } = incoming;
    const asked = request(`${target}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      answer.on("error", () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    asked.on("error", () => outgoing.destroy());
    outgoing.on("close", () => asked.destroy());
    incoming.pipe(asked);
  }).listen(0, "127.0.0.1");
  while (!server.listening) await sleep(5);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`,
    drop: () => server.closeAllConnections(),
    hold: () => {
      let release = (): void => {};
      held = new Promise((resolve) => (release = resolve));
      return release;
    },
    close: () => {
      away = true;
      server.closeAllConnections();
    },
    open: async () => void (away = false),
    end: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
