import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parseGateway, tryGateway } from "../../../src/gateway/proxy/index.ts";
import { scratch } from "../../support/command.ts";
import { until } from "../../support/daemon.ts";
import { namedUpstream, type Running, runGateway, writeAliases } from "../../support/gateway.ts";

const { folder } = scratch();
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const KEY = "a secret of at least thirty-two bytes";
const HALF = { name: "shop", version: "v1", additional_version_weights: { v2: 50 } };
let count = 0;

async function start(
  alias: object,
  config: Readonly<Record<string, unknown>>,
  answer?: (q: IncomingMessage, s: ServerResponse) => void,
): Promise<Running & { readonly base: string }> {
  const base = join(folder, `visitors-${count++}`);
  mkdirSync(join(base, "aliases"), { recursive: true });
  writeAliases(join(base, "aliases"), { shop: alias });
  writeFileSync(join(base, "key"), `${KEY}\n`);
  writeFileSync(join(base, "token"), "let me in\n");
  const upstreams: Record<string, string> = {};
  for (const name of ["v1", "v2", "v3"]) {
    if (answer === undefined) {
      const { url, close } = await namedUpstream(name);
      upstreams[name] = url;
      cleanups.push(close);
    } else {
      const server = createServer(answer).listen(0, "127.0.0.1");
      await once(server, "listening");
      cleanups.push(() => void server.close().closeAllConnections());
      upstreams[name] = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
    }
  }
  const running = await runGateway(base, { aliases: "./aliases", routes: [{ alias: "shop", upstreams }], ...config });
  cleanups.push(() => running.gateway.close());
  await until(() => running.table.has("shop"));
  return { ...running, base };
}

const cookieOf = (answer: Response): string | undefined => answer.headers.getSetCookie()[0]?.split(";")[0];
const events = ({ table }: Running): Readonly<Record<string, number>> =>
  Object.fromEntries([...table.events()].map((each) => [each.event, each.count]));

describe("affinity", () => {
  test("visitors of the canary and of the primary keep their version, and the share stays", async () => {
    const running = await start(HALF, { affinity: { key_files: ["./key"], max_age: 3_600, secure: false } });
    const visitors: { readonly version: string; readonly cookie: string }[] = [];
    for (let visitor = 0; visitor < 40; visitor++) {
      const answer = await fetch(running.url);
      const cookie = cookieOf(answer);
      expect(answer.headers.get("vary")).toBe("cookie");
      expect(answer.headers.getSetCookie()[0]).toMatch(/; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
      visitors.push({ version: await answer.text(), cookie: cookie ?? "" });
    }
    expect(new Set(visitors.map(({ version }) => version))).toEqual(new Set(["v1", "v2"]));
    for (const { version, cookie } of visitors) {
      const again = await fetch(running.url, { headers: { cookie } });
      expect([await again.text(), again.headers.getSetCookie()]).toEqual([version, []]);
    }
    expect(events(running)).toEqual({ affinity: 40 });
    await until(() => running.lines.filter((line) => line["event"] === "request").length === 80);
    expect(running.lines.filter((line) => line["by"] === "affinity")).toHaveLength(40);
  });

  test("the cookie stands beside those of the upstream, and `Vary` behind its own", async () => {
    const { url } = await start(
      { ...HALF, additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "X-Beta", op: "=", value: "on" }] } } },
      { affinity: { key_files: ["./key"] } },
      (_, response) =>
        response
          .writeHead(
            200,
            [
              ["set-cookie", "a=1"],
              ["set-cookie", "b=2"],
              ["vary", "Accept-Encoding"],
            ].flat(),
          )
          .end(),
    );
    const answer = await fetch(url);
    expect(answer.headers.get("vary")).toBe("Accept-Encoding, x-beta, cookie");
    expect(answer.headers.getSetCookie().map((cookie) => cookie.split("=")[0])).toEqual(["a", "b", "canary-shop"]);
  });

  test("a cookie with a wrong signature is a new visitor, and counted; one of an older key is signed anew", async () => {
    const old = await start(HALF, { affinity: { keys: [`${KEY} of last year`] } });
    const cookie = cookieOf(await fetch(old.url)) ?? "";
    const other = await start(HALF, { affinity: { key_files: ["./key"] } });
    expect(cookieOf(await fetch(other.url, { headers: { cookie } }))).toMatch(/^canary-shop=/);
    expect(events(other)).toEqual({ "affinity-invalid": 1 });
    const both = await start(HALF, { affinity: { keys: [KEY, `${KEY} of last year`] } });
    const signed = cookieOf(await fetch(both.url, { headers: { cookie } }));
    expect(signed?.slice(0, 44)).toBe(cookie.slice(0, 44));
    expect(signed).not.toBe(cookie);
  });

  test("the decision service gives the cookie to the gateway that asks", async () => {
    const { gateway } = await start(HALF, { decisions: "127.0.0.1:0", affinity: { key_files: ["./key"] } });
    const url = `http://127.0.0.1:${gateway.addresses.decisions?.port}/decide/shop`;
    const first = await fetch(url);
    const cookie = cookieOf(first) ?? "";
    const again = await fetch(url, { headers: { cookie } });
    expect(again.headers.get("x-cff-func-version")).toBe(first.headers.get("x-cff-func-version"));
    expect([first.headers.get("vary"), again.headers.get("x-canary-reason")]).toEqual(["cookie", "affinity"]);
  });
});

describe("overrides", () => {
  const ALIAS = { version: "v1", additional_version_weights: { v2: 0 } };

  test("a version is forced by who is trusted, by address and token; anyone else is ignored and counted", async () => {
    const got: IncomingMessage["headers"][] = [];
    const running = await start(
      ALIAS,
      { override: { header: "X-Version", query: "version", trusted: { addresses: ["127.0.0.0/8"], token_file: "./token" } } },
      (request, response) => {
        got.push(request.headers);
        response.end(String(request.headers["x-cff-func-version"]));
      },
    );
    const ask = async (headers: Record<string, string>, path = "/"): Promise<string> =>
      (await fetch(`${running.url}${path}`, { headers })).text();
    const token = "let me in";
    expect(await ask({ "x-version": "v2", "x-canary-token": token })).toBe("v2");
    expect(got[0]).not.toHaveProperty("x-canary-token");
    expect(await ask({ "x-canary-token": token }, "/?version=v2")).toBe("v2");
    expect(await ask({ "x-version": "v2" })).toBe("v1");
    expect(await ask({ "x-version": "v2", "x-canary-token": "let me" })).toBe("v1");
    expect(await ask({ "x-version": "v9", "x-canary-token": token })).toBe("v1");
    // What tells the upstream is not what asks, though a client may send it.
    expect(await ask({ "x-cff-func-version": "v2", "x-canary-token": token })).toBe("v1");
    expect(events(running)).toEqual({ override: 2, "override-untrusted": 2, "override-unknown": 1 });
    expect([...running.table.counts()].reduce((sum, each) => sum + each.count, 0)).toBe(4);
    const metrics = await (await fetch(`${running.admin}/metrics`)).text();
    expect(metrics).toMatch(/event="override-untrusted".* 2\n/);
    expect(metrics).toContain('canary_router_requests_total{alias="shop",version="v2",code="200"} 2');
    expect((await fetch(running.url)).headers.get("vary")).toBe("x-version");
  });

  test("an address counts as the proxy before the gateway says it, and only where that is trusted", async () => {
    const override = { query: "v", trusted: { addresses: ["192.0.2.0/24", "2001:db8::/32"] } };
    const ask = async ({ url }: Running, forwarded?: string): Promise<string> =>
      (await fetch(`${url}/?v=v2`, { headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded } })).text();
    const plain = await start(ALIAS, { override });
    expect(await ask(plain, "192.0.2.7")).toBe("v1");
    const trusting = await start(ALIAS, { override, trust_forwarded: true });
    expect(await ask(trusting, "203.0.113.1, 192.0.2.7")).toBe("v2");
    expect(await ask(trusting, "2001:db8::1")).toBe("v2");
    // What a client says of itself stands in front.
    expect(await ask(trusting, "192.0.2.7, 203.0.113.1")).toBe("v1");
    expect(await ask(trusting, "no address")).toBe("v1");
    expect(await ask(trusting)).toBe("v1");
    expect(events(trusting)).toEqual({ override: 2, "override-untrusted": 3 });
  });
});

test("changes of both take effect while requests flow; a secret that is missing or short is refused", async () => {
  const { url, gateway, base } = await start({ version: "v1", additional_version_weights: { v2: 0 } }, {});
  const ask = async (): Promise<string> => (await fetch(`${url}/?v=v2`)).text();
  expect(await ask()).toBe("v1");
  const configOf = (more: object) => {
    const routes = [{ alias: "shop", upstreams: { v1: "http://127.0.0.1:1", v2: "http://127.0.0.1:2" } }];
    const checked = parseGateway({ listen: "127.0.0.1:0", admin: "127.0.0.1:0", aliases: "./aliases", routes, ...more });
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
    return checked.value;
  };
  writeFileSync(join(base, "short"), "short\n");
  for (const [file, said] of [
    ["./none", /ENOENT/],
    ["./short", "`./short` has a secret of 5 bytes, and at least 32 are needed"],
  ] as const) {
    const next = configOf({ affinity: { key_files: [file] } });
    await expect(gateway.reload(next)).rejects.toThrow(said);
    await expect(tryGateway(next, { base }, AbortSignal.timeout(10_000))).rejects.toThrow(said);
  }
  expect(await ask()).toBe("v1");
  await gateway.reload(configOf({ override: { query: "v", trusted: { addresses: ["127.0.0.1"] } } }));
  // The upstream of version 2 does not listen.
  expect(JSON.parse(await ask())).toMatchObject({ error: "upstream_unreachable", message: expect.stringContaining("version v2") });
});
