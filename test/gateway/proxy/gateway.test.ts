import { mkdirSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseGateway } from "../../../src/gateway/proxy/index.ts";
import { scratch } from "../../support/command.ts";
import { until } from "../../support/daemon.ts";
import { namedUpstream, type Running, runGateway, writeAliases } from "../../support/gateway.ts";

const { folder } = scratch();
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

let count = 0;

/** A directory with `aliases` in it. */
function newBase(aliases: Readonly<Record<string, unknown>>): string {
  const base = join(folder, `gateway-${count++}`);
  mkdirSync(join(base, "aliases"), { recursive: true });
  writeAliases(join(base, "aliases"), aliases);
  return base;
}

async function start(base: string, config: Readonly<Record<string, unknown>>): Promise<Running> {
  const running = await runGateway(base, { aliases: "./aliases", ...config });
  cleanups.push(() => running.gateway.close());
  return running;
}

async function upstreams(...names: readonly string[]) {
  const made = await Promise.all(names.map(namedUpstream));
  for (const { close } of made) cleanups.push(close);
  return Object.fromEntries(names.map((name, index) => [name, made[index]?.url ?? ""]));
}

const text = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text();
const json = async (url: string, init?: RequestInit): Promise<unknown> => (await fetch(url, init)).json();

describe("a gateway", () => {
  test("serves what its directory has, takes changes while requests flow, and logs the decision of each", async () => {
    const base = newBase({ shop: { version: "v1" } });
    const { url, lines, table, gateway } = await start(base, { routes: [{ alias: "shop", upstreams: await upstreams("v1", "v2") }] });
    await until(() => table.get("shop") !== undefined);
    const answers: string[] = [];
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) answers.push(await text(url));
    })();
    for (let round = 1; round <= 10; round++) {
      const version = round % 2 === 0 ? "v1" : "v2";
      const { revision } = table;
      writeAliases(join(base, "aliases"), { shop: { version } });
      await until(() => table.revision > revision);
      expect(await text(url)).toBe(version);
    }
    over.abort();
    await asking;
    expect(new Set(answers)).toEqual(new Set(["v1", "v2"]));
    const request = lines.find((line) => line["event"] === "request");
    expect(request).toMatchObject({
      level: "info",
      alias: "shop",
      version: "v1",
      reason: "default",
      at: "/version",
      status: 200,
      path: "/",
    });
    expect(lines.filter((line) => line["level"] === "error")).toEqual([]);
    expect([...table.counts()].reduce((sum, each) => sum + each.count, 0)).toBe(answers.length + 10);
    expect(gateway.status()).toMatchObject({ state: "healthy", revision: table.revision });
  });

  test("keeps an alias that would send requests where it has no upstream, until its routes have one", async () => {
    const base = newBase({ shop: { version: "v1" } });
    const all = await upstreams("v1", "v2");
    const routes = (...versions: readonly string[]) => [
      { alias: "shop", upstreams: Object.fromEntries(versions.map((version) => [version, all[version]])) },
    ];
    const { url, table, gateway, admin, lines } = await start(base, { routes: routes("v1") });
    await until(() => table.get("shop") !== undefined);
    writeAliases(join(base, "aliases"), { shop: { version: "v2" } });
    await until(() => gateway.status().state === "degraded");
    expect(await text(url)).toBe("v1");
    expect(await json(`${admin}/aliases`)).toMatchObject({
      source: { state: "degraded", reason: "refused, and kept as before: `shop`" },
      rejected: [
        { alias: "shop", diagnostics: [{ code: "upstream", message: "a route of this gateway has no upstream for version `v2`" }] },
      ],
    });
    expect(lines.find((line) => line["event"] === "alias_rejected")).toMatchObject({ level: "warn", alias: "shop", kept: true });
    const next = parseGateway({ listen: "127.0.0.1:0", admin: "127.0.0.1:0", aliases: "./aliases", routes: routes("v1", "v2") });
    if (!next.ok) throw new Error("not read");
    expect(await gateway.reload(next.value)).toEqual([]);
    await until(() => gateway.status().state === "healthy");
    expect(await text(url)).toBe("v2");
    expect(await json(`${admin}/aliases`)).toMatchObject({ rejected: [] });
  });

  test("starts from its snapshot while the source is down, and says so; without one it is not ready", async () => {
    const base = newBase({ shop: { version: "v1" } });
    const config = { snapshot: "./last-good.json", routes: [{ alias: "shop", upstreams: await upstreams("v1") }] };
    const first = await start(base, config);
    await until(() => first.gateway.status().state === "healthy");
    await first.gateway.close();
    rmSync(join(base, "aliases"), { recursive: true });
    const second = await start(base, config);
    await until(() => second.table.get("shop") !== undefined);
    expect(await text(second.url)).toBe("v1");
    await until(() => second.gateway.status().reason?.includes("ENOENT") === true);
    expect(await json(`${second.admin}/readyz`)).toEqual({ ready: true, reasons: [] });
    rmSync(join(base, "last-good.json"));
    const third = await start(base, config);
    const answer = await fetch(`${third.admin}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([503, { ready: false, reasons: ["the alias `shop` is not there"] }]);
    expect((await fetch(third.url)).status).toBe(503);
    expect(await text(`${third.admin}/healthz`)).toBe("ok\n");
  });

  test("holds back a set that changes more than it may", async () => {
    const aliases = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`a${index}`, { version: "v1" }]));
    const base = newBase(aliases);
    const config = { routes: [{ alias: "a0", upstreams: await upstreams("v1", "v2") }], guard: { max_changed: 6 } };
    const { table, gateway } = await start(base, config);
    await until(() => table.size === 6);
    const more = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`b${index}`, { version: "v1" }]));
    writeAliases(join(base, "aliases"), more);
    await until(() => gateway.status().state === "degraded");
    expect(table.size).toBe(6);
  });

  test("tells which keys of a new config wait for a restart", async () => {
    const base = newBase({});
    const routes = [{ alias: "shop", upstreams: await upstreams("v1") }];
    const { gateway } = await start(base, { routes });
    const next = parseGateway({ listen: "127.0.0.1:1", admin: "127.0.0.1:0", aliases: "./aliases", routes, limits: { head: 2_048 } });
    if (!next.ok) throw new Error("not read");
    expect(await gateway.reload(next.value)).toEqual(["listen", "limits.head"]);
  });
});

describe("its admin listener", () => {
  async function running(config: Readonly<Record<string, unknown>> = {}): Promise<Running> {
    const sticky = { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "random" };
    const base = newBase({
      shop: { version: "v1", additional_version_weights: { v2: 10 } },
      sticky: { name: "sticky", version: "v1", additional_version_weights: { v2: 25 }, stickiness: sticky },
    });
    const all = await upstreams("v1", "v2");
    const routes = [
      { alias: "shop", upstreams: all },
      { path: "/sticky", alias: "sticky", upstreams: all },
    ];
    const made = await start(base, { routes, ...config });
    await until(() => made.table.size === 2);
    return made;
  }

  test("has the metrics of decisions, splits, requests and the source", async () => {
    const { admin, url } = await running();
    for (let index = 0; index < 20; index++) await text(url);
    await text(`${url}/sticky`);
    const answer = await fetch(`${admin}/metrics`);
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await answer.text()).split("\n");
    const sum = lines.filter((line) => line.startsWith("canary_router_decisions_total{") && line.includes('alias="shop"'));
    expect(sum.map((line) => Number(line.split(" ").at(-1))).reduce((one, other) => one + other, 0)).toBe(20);
    for (const line of [
      'canary_router_split_ratio{alias="shop",version="v1"} 0.9',
      'canary_router_split_ratio{alias="sticky",version="v2"} 0.25',
      'canary_router_split_sticky{alias="shop"} 0',
      'canary_router_split_sticky{alias="sticky"} 1',
      "canary_router_source_healthy 1",
      "canary_router_request_seconds_count 21",
      "canary_router_active_requests 0",
    ])
      expect(lines).toContain(line);
    expect(lines.some((line) => /^canary_router_requests_total\{alias="shop",version="v1",code="200"\} \d+$/.test(line))).toBe(true);
    expect(lines.some((line) => /^canary_router_source_age_seconds \d/.test(line))).toBe(true);
    expect(lines.some((line) => line.startsWith("process_cpu_seconds_total "))).toBe(true);
  });

  test("explains a request without counting it", async () => {
    const { admin, table } = await running();
    const asked = { alias: "sticky", request: { headers: { "X-User": "u-1" }, path: "/a" } };
    const init = (body: unknown, headers = {}): RequestInit => ({ method: "POST", body: JSON.stringify(body), headers });
    const found = (await json(`${admin}/explain`, init(asked))) as {
      readonly decision: { readonly reason: string };
      readonly draw: object;
    };
    expect(found.decision.reason).toBe("split");
    expect(found.draw).toMatchObject({ from: { kind: "sticky", key: "u-1" } });
    expect(await text(`${admin}/explain`, init({ ...asked, draw: 0 }, { accept: "text/plain" }))).toContain("given by the caller");
    for (const [body, said] of [
      [{ ...asked, alias: "nothing" }, "the alias nothing is not there"],
      [{ ...asked, draw: 1 }, "`draw` is not from 0 up to 1"],
      [{ ...asked, user: 1 }, "unknown key `user`"],
      [{ alias: "shop" }, "`request` is no object"],
      [{ alias: "shop", request: { method: "G T" } }, "`method` is not a method"],
      [[], "`alias` is no text"],
    ] as const)
      expect(await text(`${admin}/explain`, init(body))).toContain(said);
    expect((await fetch(`${admin}/explain`, { method: "POST", body: "{" })).status).toBe(400);
    expect((await fetch(`${admin}/explain`, { method: "POST", body: "x".repeat(70_000) })).status).toBe(413);
    expect([...table.counts()].every((each) => each.count === 0)).toBe(true);
  });

  test("asks for its token, but for what probes ask", async () => {
    const { admin } = await running({ admin: { listen: "127.0.0.1:0", token: "a-token" } });
    const status = async (path: string, token?: string): Promise<number> =>
      (await fetch(`${admin}${path}`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await Promise.all([status("/healthz"), status("/readyz"), status("/metrics"), status("/aliases", "another")])).toEqual([
      200, 200, 401, 401,
    ]);
    expect(await Promise.all([status("/metrics", "a-token"), status("/nothing", "a-token")])).toEqual([200, 404]);
  });

  test("answers this machine only, whatever name led a browser here, and only as it is asked", async () => {
    const { admin } = await running();
    const port = Number(new URL(admin).port);
    const status = (host: string): Promise<number | undefined> =>
      new Promise(
        (resolve) =>
          void request({ port, host: "127.0.0.1", path: "/aliases", headers: { host } }, (answer) =>
            resolve(answer.resume().statusCode),
          ).end(),
      );
    expect(await Promise.all([status(`127.0.0.1:${port}`), status("localhost"), status("[::1]:1"), status("evil.example")])).toEqual([
      200, 200, 200, 403,
    ]);
    const wrong = await fetch(`${admin}/explain`);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await fetch(`${admin}/aliases`, { method: "DELETE" })).status).toBe(405);
  });
});
