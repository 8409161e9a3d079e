import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import { redis } from "../../../src/gateway/source/redis.ts";
import { scratch } from "../../support/command.ts";
import { type Daemon, freePort, isInstalled, startDaemon, until } from "../../support/daemon.ts";
import { type Read, readSource } from "../../support/source.ts";

const { folder } = scratch();
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

interface Redis {
  readonly url: string;
  readonly daemon: () => Daemon;
  readonly start: (...args: readonly string[]) => Promise<void>;
  /** Sets fields (`null` deletes one), counts the revision up, and publishes. */
  readonly write: (fields: Readonly<Record<string, string | null>>, how?: { readonly publish?: boolean }) => Promise<void>;
  readonly ask: (...args: string[]) => Promise<unknown>;
}

async function newRedis(...args: readonly string[]): Promise<Redis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let daemon: Daemon | undefined;
  const start = async (...more: readonly string[]): Promise<void> => {
    const all = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder, ...args, ...more];
    const started = await startDaemon("redis-server", all, ({ output }) => output().includes("Ready to accept connections"));
    daemon = started;
    cleanups.push(() => started.kill("SIGKILL"));
  };
  await start();
  const newClient = () => createClient({ url, socket: { reconnectStrategy: false } });
  const connected = async <T>(work: (client: ReturnType<typeof newClient>) => Promise<T>): Promise<T> => {
    const client = newClient();
    client.on("error", () => {});
    await client.connect();
    try {
      return await work(client);
    } finally {
      client.destroy();
    }
  };
  return {
    url,
    start,
    daemon: () => daemon as Daemon,
    ask: (...words) => connected((client) => client.sendCommand(words)),
    write: (fields, { publish = true } = {}) =>
      connected(async (client) => {
        const changes = client.multi().incr("canary:aliases:revision");
        for (const [name, text] of Object.entries(fields)) {
          if (text === null) changes.hDel("canary:aliases", name);
          else changes.hSet("canary:aliases", name, text);
        }
        await changes.exec();
        if (publish) await client.publish("canary:aliases", "changed");
      }),
  };
}

function read(options: Parameters<typeof redis>[0]): Read {
  const found = readSource(redis({ timeout: 1_000, ...options }));
  cleanups.push(() => found.stop());
  return found;
}

const V1 = { version: "v1" };
const V2 = { version: "v2" };

describe.skipIf(!isInstalled("redis-server"))("Redis", () => {
  test("what is there is told at once, and each change that is published", async () => {
    const store = await newRedis();
    await store.write({ a: '{"version":"v1"}', b: "version: v1" });
    const source = read({ url: store.url });
    await source.has({ a: V1, b: V1 });
    await store.write({ a: '{"version":"v2"}', b: null });
    await source.has({ a: V2 });
    expect(source.revision()).toBe(2);
    await store.write({ c: "version: [" });
    await until(() => source.revision() === 3);
    expect(source.events.at(-1)).toMatchObject({ aliases: { a: V2 }, unreadable: { c: [{ code: "syntax" }] } });
    expect(source.problems()).toEqual([]);
  });

  test("without a count the time stands for the revision, and what is published twice is told once", async () => {
    const store = await newRedis();
    await store.ask("HSET", "canary:aliases", "a", '{"version":"v1"}');
    const source = read({ url: store.url });
    await source.has({ a: V1 });
    const first = source.revision();
    expect(Math.abs(first - Date.now())).toBeLessThan(60_000);
    await store.ask("PUBLISH", "canary:aliases", "nothing has changed");
    await until(() => source.events.length === 2);
    expect(source.events[1]).toEqual({ confirmed: true });
    await store.ask("HSET", "canary:aliases", "a", '{"version":"v2"}');
    await store.ask("PUBLISH", "canary:aliases", "");
    await source.has({ a: V2 });
    expect(source.revision()).toBeGreaterThan(first);
  });

  test("what nobody published is found by the interval", async () => {
    const store = await newRedis();
    const source = read({ url: store.url, interval: 100 });
    await until(() => source.events.length > 0);
    await store.write({ a: "version: v1" }, { publish: false });
    await source.has({ a: V1 });
  });

  test("killed and started again with what it had saved: what changed while it was away is read", async () => {
    const store = await newRedis("--appendonly", "yes", "--appendfsync", "always");
    await store.write({ a: "version: v1" });
    const source = read({ url: store.url });
    await source.has({ a: V1 });
    await store.daemon().kill("SIGKILL");
    await until(() => source.problems().length > 0);
    await store.start();
    await store.write({ a: "version: v2" }, { publish: false });
    await source.has({ a: V2 });
    expect(source.events.at(-1)).not.toHaveProperty("problem");
  });

  test("killed and started again empty, it says that it is empty, and nothing of what it had is made up", async () => {
    const store = await newRedis();
    await store.write({ a: "version: v1" });
    const source = read({ url: store.url });
    await source.has({ a: V1 });
    await store.daemon().kill("SIGKILL");
    await until(() => source.problems().length > 0);
    await store.start();
    await source.has({});
  });

  test("a server that hangs is a problem, and is read where it goes on", async () => {
    const store = await newRedis();
    await store.write({ a: "version: v1" });
    const source = read({ url: store.url, timeout: 300, interval: 100 });
    await source.has({ a: V1 });
    await store.daemon().kill("SIGSTOP");
    await until(() => source.problems().length > 0);
    await store.daemon().kill("SIGCONT");
    await store.write({ a: "version: v2" }, { publish: false });
    await source.has({ a: V2 });
  });

  test("passwords and keys of another kind are problems in words, without the password", async () => {
    const store = await newRedis("--requirepass", "secret");
    const authenticated = store.url.replace("//", "//:secret@");
    const without = read({ url: store.url });
    const wrong = read({ url: store.url.replace("//", "//:guessed@") });
    const right = read({ url: authenticated });
    await until(() => right.events.length > 0 && without.problems().length > 0 && wrong.problems().length > 0);
    expect(right.problems()).toEqual([]);
    expect(without.problems().join()).toContain("NOAUTH");
    expect(wrong.problems().join()).toContain("WRONGPASS");
    expect(wrong.problems().join()).not.toContain("guessed");
    const client = createClient({ url: authenticated });
    await client.connect();
    await client.set("text", "no hash");
    client.destroy();
    const kind = read({ url: authenticated, key: "text" });
    await until(() => kind.problems().length > 0);
    expect(kind.problems().join()).toContain("WRONGTYPE");
  });

  test("a reader that leaves does not wait", async () => {
    const source = read({ url: `redis://127.0.0.1:${await freePort()}` });
    await until(() => source.problems().length > 0);
    await sleep(50);
    await source.stop();
  });
});
