import { createHash } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect as connectHttp2, constants } from "node:http2";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { compile } from "../../../src/index.ts";
import { type GatewayConfig, parseGateway } from "../../../src/gateway/proxy/config.ts";
import { type Listener, listen } from "../../../src/gateway/proxy/listener.ts";
import { createProxy, type Exchange, type Proxy } from "../../../src/gateway/proxy/proxy.ts";
import { freePort, until } from "../../support/daemon.ts";
import { open, sendRaw } from "../../support/socket.ts";

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** What an upstream got of a request. */
interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  body: string;
  readonly port: number | undefined;
}

interface Upstream {
  readonly url: string;
  readonly server: Server;
  readonly got: Got[];
}

/** An upstream that answers with its name and the body of the request, unless `answer` does something else. */
async function upstream(name: string, answer?: (request: IncomingMessage, response: ServerResponse) => void): Promise<Upstream> {
  const got: Got[] = [];
  const server = createServer((incoming, response) => {
    const { method = "", url = "", headers, socket } = incoming;
    const entry: Got = { method, url, headers, body: "", port: socket.remotePort };
    got.push(entry);
    incoming.on("data", (chunk: Buffer) => (entry.body += chunk.toString()));
    if (answer !== undefined) return answer(incoming, response);
    incoming.on("end", () => response.setHeader("x-upstream", name).end(`${name} ${entry.body}`));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`, server, got };
}

const shop = compile({
  version: "v1",
  additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "on" }] } },
});

interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly exchanges: Exchange[];
  readonly failures: Exchange[];
  readonly proxy: Proxy;
  readonly listener: Listener;
}

async function gateway(routes: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): Promise<Gateway> {
  const checked = parseGateway({ listen: "127.0.0.1:0", aliases: "./aliases", routes, ...more });
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  const config: GatewayConfig = checked.value;
  const [exchanges, failures]: [Exchange[], Exchange[]] = [[], []];
  const proxy = createProxy(config, {
    choose: (alias, incoming) => {
      const decision = alias === "shop" ? shop(incoming) : undefined;
      return { served: decision && { alias, version: decision.version, by: "alias", decision }, vary: [], cookie: undefined };
    },
    onExchange: (exchange) => exchanges.push(exchange),
    onFailure: (exchange) => failures.push({ ...exchange }),
  });
  const listener = await listen(config.listen, config, proxy);
  const { port } = listener.address;
  cleanups.push(async () => {
    proxy.close();
    await listener.close(0);
  });
  return { url: `http://127.0.0.1:${port}`, port, exchanges, failures, proxy, listener };
}

const alias = (v1: Upstream, v2: Upstream = v1): unknown => ({ alias: "shop", upstreams: { v1: v1.url, v2: v2.url } });

describe("what is passed on", () => {
  test("a request goes to the upstream of its version, which is told it", async () => {
    const [v1, v2] = [await upstream("one"), await upstream("two")];
    const { url, exchanges } = await gateway([alias(v1, v2)]);
    expect(await (await fetch(`${url}/a?b=1`)).text()).toBe("one ");
    const answer = await fetch(`${url}/a`, { headers: { "X-Beta": "on", "X-CFF-Func-Version": "v9" }, method: "POST", body: "body" });
    expect([answer.headers.get("x-upstream"), await answer.text()]).toEqual(["two", "two body"]);
    expect(v1.got[0]).toMatchObject({ url: "/a?b=1", headers: { "x-cff-func-version": "v1" } });
    expect(v2.got[0]?.headers["x-cff-func-version"]).toBe("v2");
    await until(() => exchanges.length === 2);
    expect(exchanges[1]).toMatchObject({
      alias: "shop",
      served: { version: "v2", by: "alias", decision: { version: "v2", reason: "rule" } },
      status: 200,
      upstream: v2.url,
      path: "/a",
    });
  });

  test("the client is told of, and what it says of itself is not believed unless it is trusted", async () => {
    const v1 = await upstream("one");
    const headers = { "x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https", forwarded: "for=192.0.2.1" };
    const plain = await gateway([alias(v1)]);
    await fetch(plain.url, { headers });
    expect(v1.got[0]?.headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": `127.0.0.1:${plain.port}`,
    });
    expect(v1.got[0]?.headers).not.toHaveProperty("forwarded");
    const trusting = await gateway([alias(v1)], { trust_forwarded: true });
    await fetch(trusting.url, { headers });
    expect(v1.got[1]?.headers).toMatchObject({
      "x-forwarded-for": "192.0.2.1, 127.0.0.1",
      "x-forwarded-proto": "https",
      forwarded: "for=192.0.2.1",
    });
  });

  test("routes are found by host, then by the longest path; a path is a prefix by segments", async () => {
    const [shopAll, shopApi, all] = [await upstream("shop"), await upstream("api"), await upstream("all")];
    const { url } = await gateway([
      { path: "/other", upstream: all.url },
      { host: "Shop.Example", upstream: shopAll.url },
      { host: "shop.example", path: "/api/", upstream: shopApi.url },
    ]);
    const ask = async (host: string, path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        get(`${url}${path}`, { headers: { host } }, (response) => {
          let text = "";
          response
            .on("data", (chunk: Buffer) => (text += chunk.toString()))
            .on("end", () => resolve(`${response.statusCode} ${text.trim()}`));
        }).on("error", reject);
      });
    expect(await ask("shop.example:80", "/apis")).toBe("200 shop");
    expect(await ask("SHOP.example", "/api?x")).toBe("200 api");
    expect(await ask("shop.example", "/api/v1")).toBe("200 api");
    expect(await ask("a.example", "/other")).toBe("200 all");
    expect(await ask("a.example", "/")).toMatch(/^404 \{"error":"no_route"/);
  });

  test("an alias that is not there, and a version without an upstream, are 503 with a reason", async () => {
    const v1 = await upstream("one");
    const { url, exchanges } = await gateway([
      { path: "/a", alias: "nothing", upstreams: { v1: v1.url } },
      { path: "/b", alias: "shop", upstreams: { v1: v1.url } },
    ]);
    expect(await (await fetch(`${url}/a`)).json()).toEqual({ error: "no_alias", message: "the alias nothing is not there yet" });
    const answer = await fetch(`${url}/b`, { headers: { "x-beta": "on" } });
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { error: "no_upstream", message: "this gateway has no upstream for version v2 of shop" },
    ]);
    await until(() => exchanges.length === 2);
    expect(exchanges.map(({ fault }) => fault)).toEqual(["no_alias", "no_upstream"]);
  });

  test("bodies stream, both ways at once, and connections are kept on both sides", async () => {
    const v1 = await upstream("echo", (incoming, response) => {
      response.flushHeaders();
      incoming.pipe(response);
    });
    const { port } = await gateway([alias(v1)]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    cleanups.push(() => agent.destroy());
    for (let round = 0; round < 3; round++) {
      const asked = request({ port, host: "127.0.0.1", method: "POST", agent });
      asked.flushHeaders();
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      for (const word of ["one", "two", "three"]) {
        asked.write(word);
        expect(String((await once(response, "data"))[0])).toBe(word);
      }
      asked.end();
      response.resume();
      await once(response, "end");
    }
    expect(new Set(v1.got.map((each) => each.port)).size).toBe(1);
  });

  test("a WebSocket goes both ways, to the upstream of its version", async () => {
    const [v1, v2] = [await upstream("one"), await upstream("two")];
    const seen: IncomingMessage[] = [];
    v2.server.on("upgrade", (incoming: IncomingMessage, socket: Duplex) => {
      seen.push(incoming);
      const accept = createHash("sha1")
        .update(`${incoming.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest("base64");
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.pipe(socket);
      socket.on("error", () => {});
    });
    const { port, exchanges, proxy } = await gateway([alias(v1, v2)]);
    const { socket, received } = open(port);
    socket.write(
      "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nX-Beta: on\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await until(() => received().includes("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    socket.write("ping");
    await until(() => received().endsWith("ping"));
    expect(seen[0]?.headers).toMatchObject({ "x-cff-func-version": "v2", upgrade: "websocket" });
    expect(proxy.active()).toBe(1);
    socket.end();
    await until(() => exchanges.length === 1);
    expect(exchanges[0]).toMatchObject({ status: 101, served: { version: "v2" } });
    expect(proxy.active()).toBe(0);
  });

  test("a WebSocket that the upstream refuses, or whose upstream is down, gets an answer", async () => {
    const v1 = await upstream("one", (_, response) => void response.writeHead(403).end("no"));
    const { port, exchanges } = await gateway([
      { path: "/refused", alias: "shop", upstreams: { v1: v1.url } },
      { path: "/down", alias: "shop", upstreams: { v1: `http://127.0.0.1:${await freePort()}` } },
    ]);
    const asked = (path: string): string =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    expect(await sendRaw(port, asked("/refused"))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await sendRaw(port, asked("/down"))).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n[^]*"upstream_unreachable"/);
    await until(() => exchanges.length === 2);
    expect(exchanges.map(({ status }) => status)).toEqual([403, 502]);
  });
});

describe("HTTP/2 without TLS", () => {
  test("from a client that knows of it, with a body of unknown length", async () => {
    const v1 = await upstream("one");
    const { url, exchanges } = await gateway([alias(v1)]);
    const session = connectHttp2(url);
    cleanups.push(() => void session.close());
    const ask = async (headers: Readonly<Record<string, string>>, body?: string): Promise<string> => {
      const stream = session.request(headers, { endStream: body === undefined });
      if (body !== undefined) stream.end(body);
      let text = "";
      for await (const chunk of stream) text += String(chunk);
      return text;
    };
    expect(await Promise.all([ask({ ":path": "/a" }), ask({ ":path": "/b", ":method": "POST", cookie: "a=1" }, "body")])).toEqual([
      "one ",
      "one body",
    ]);
    // Of these node would write the body without a frame.
    expect(await ask({ ":path": "/c", ":method": "DELETE" }, "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")).toContain("one GET /smuggled");
    expect(v1.got.map(({ url: target }) => target).toSorted()).toEqual(["/a", "/b", "/c"]);
    expect(v1.got.find(({ url: target }) => target === "/b")?.headers).toMatchObject({ host: url.slice(7), cookie: "a=1" });
    await until(() => exchanges.length === 3);
  });

  test("a client that would rather have it, as Java's does, is answered by HTTP/1.1", async () => {
    const v1 = await upstream("one");
    const { port } = await gateway([alias(v1)]);
    const answer = await sendRaw(
      port,
      "POST /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 4\r\n\r\nbodyGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(v1.got.map(({ url, body }) => [url, body])).toEqual([
      ["/a", "body"],
      ["/b", ""],
    ]);
    expect(v1.got[0]?.headers).not.toHaveProperty("http2-settings");
  });

  test("an upstream that is down is 502 there too", async () => {
    const { url } = await gateway([{ alias: "shop", upstreams: { v1: `http://127.0.0.1:${await freePort()}` } }]);
    const session = connectHttp2(url);
    cleanups.push(() => void session.close());
    const stream = session.request({ ":path": "/" });
    const [headers] = (await once(stream, "response")) as [Readonly<Record<string, unknown>>];
    expect(headers[constants.HTTP2_HEADER_STATUS]).toBe(502);
    stream.close();
  });
});

describe("upstreams that fail", () => {
  test("one that is down is 502, in words that say nothing of where it is", async () => {
    const port = await freePort();
    const { url, exchanges, failures } = await gateway([{ alias: "shop", upstreams: { v1: `http://127.0.0.1:${port}` } }]);
    const answer = await fetch(url);
    const text = await answer.text();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([502, "application/json"]);
    expect(JSON.parse(text)).toEqual({
      error: "upstream_unreachable",
      message: "the upstream of version v1 of shop cannot be reached, or broke the connection off",
    });
    expect(text).not.toContain(String(port));
    await until(() => exchanges.length === 1);
    expect(exchanges[0]).toMatchObject({ status: 502, fault: "upstream_unreachable", attempts: 2, error: { code: "ECONNREFUSED" } });
    expect(failures.map(({ attempts }) => attempts)).toEqual([1, 2]);
  });

  test("a request that changes nothing is sent again, and no other", async () => {
    let broken = 0;
    const v1 = await upstream("flaky", (incoming, response) => {
      if (broken-- > 0) return void incoming.socket.destroy();
      incoming.resume().on("end", () => response.end("well"));
    });
    const { url } = await gateway([alias(v1)]);
    const tried = async (method: string, body?: string): Promise<readonly [number, number]> => {
      broken = 1;
      const before = v1.got.length;
      const { status } = await fetch(url, { method, ...(body !== undefined && { body }) });
      broken = 0;
      return [status, v1.got.length - before];
    };
    expect(await tried("GET")).toEqual([200, 2]);
    expect(await tried("HEAD")).toEqual([200, 2]);
    expect(await tried("OPTIONS")).toEqual([200, 2]);
    expect(await tried("POST", "x")).toEqual([502, 1]);
    expect(await tried("PUT", "x")).toEqual([502, 1]);
    expect(await tried("DELETE")).toEqual([502, 1]);
    broken = 2;
    expect((await fetch(url)).status).toBe(502);
    expect(v1.got[1]?.headers["x-forwarded-for"]).toBe("127.0.0.1");
    const without = await gateway([alias(v1)], { retries: 0 });
    broken = 1;
    expect((await fetch(without.url)).status).toBe(502);
  });

  test("one that does not answer is 504, though not while the client still sends", async () => {
    const v1 = await upstream("slow", (incoming, response) => {
      if (incoming.method === "POST") incoming.on("end", () => response.end("got it"));
    });
    const { url, port, exchanges } = await gateway([alias(v1)], { timeouts: { response: 0.2 } });
    const answer = await fetch(url);
    expect([answer.status, (await answer.json()) as unknown]).toEqual([
      504,
      { error: "upstream_timeout", message: "the upstream of version v1 of shop did not answer in time" },
    ]);
    await until(() => exchanges.length === 1);
    expect(exchanges[0]?.attempts).toBe(1);
    const asked = request({ port, host: "127.0.0.1", method: "POST" });
    for (let part = 0; part < 5; part++) {
      asked.write("part");
      await sleep(100);
    }
    asked.end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  test("a response that is broken off is broken off for the client, and never looks whole", async () => {
    const v1 = await upstream("breaking", (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("half");
      setTimeout(() => response.destroy(), 50);
    });
    const { url, exchanges } = await gateway([alias(v1)]);
    await expect((await fetch(url)).text()).rejects.toThrow();
    await until(() => exchanges.length === 1);
    expect(exchanges[0]?.error?.message).toMatch(/broke|aborted/);
  });

  test("a client that goes away takes the request to the upstream with it", async () => {
    let gone = false;
    const v1 = await upstream("patient", (incoming) => void incoming.socket.on("close", () => (gone = true)));
    const { url, exchanges } = await gateway([alias(v1)]);
    const leaving = new AbortController();
    const asked = fetch(url, { signal: leaving.signal }).catch(() => {});
    await until(() => v1.got.length === 1);
    leaving.abort();
    await asked;
    await until(() => gone && exchanges.length === 1);
    expect(exchanges[0]?.status).toBe(499);
  });

  test("one that answers before the body has come, and one that answers with headers of the connection", async () => {
    const v1 = await upstream("early", (_, response) => {
      response
        .writeHead(401, { "keep-alive": "timeout=1", connection: "keep-alive, x-private", "x-private": "1", "content-length": "2" })
        .end("no");
    });
    const { port } = await gateway([alias(v1)]);
    const text = await sendRaw(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc");
    expect(text).toMatch(/^HTTP\/1\.1 401 /);
    expect(text).not.toContain("x-private");
    expect(text).not.toContain("timeout=1");
  });
});

describe("what is not passed on", () => {
  const cases: readonly (readonly [name: string, text: string, status: number])[] = [
    [
      "a length beside a transfer coding",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400],
    ["a length that is none", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400],
    ["another transfer coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501],
    ["a transfer coding with a blank before the colon", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400],
    ["a transfer coding that looks like one", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501],
    ["a header on several lines", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\nTransfer-Encoding\r\n : chunked\r\n\r\n", 400],
    ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", 400],
    ["a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["a target with a password", "GET http://me:secret@a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["a carriage return alone", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rTransfer-Encoding: chunked\r\n\r\n", 400],
    ["a chunk whose size is none", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400],
    ["headers over the limit", `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    ["a body over the limit", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", 413],
    [
      "a body over the limit in chunks",
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${"a".repeat(1_001)}\r\n0\r\n\r\n`,
      413,
    ],
    ["another expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: the worst\r\nContent-Length: 0\r\n\r\n", 417],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00", 400],
  ];

  test.each(cases)("%s", async (_, text, status) => {
    const v1 = await upstream("one");
    const { port } = await gateway([alias(v1)], { limits: { body: 1_000 } });
    const answer = await sendRaw(port, text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    await sleep(20);
    // A request may have begun whose body turned out to be too large, but it never ends.
    expect(
      v1.got.filter(({ body }) => status !== 413 || body.length > 1_000).filter(() => status !== 400 || !text.includes("0x3")),
    ).toEqual([]);
  });

  test("the body of a DELETE stays its body", async () => {
    const v1 = await upstream("one");
    const { port } = await gateway([alias(v1)]);
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`;
    for (const method of ["DELETE", "OPTIONS", "GET"]) {
      const answer = await sendRaw(port, `${method} /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`);
      expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    }
    await sleep(50);
    expect(v1.got.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["DELETE", "/a", smuggled],
      ["OPTIONS", "/a", smuggled],
      ["GET", "/a", smuggled],
    ]);
  });

  test("headers of the connection, and those that it names; it cannot name those that frame a body or name the host", async () => {
    const v1 = await upstream("one");
    const { port } = await gateway([alias(v1)]);
    await sendRaw(
      port,
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: x-secret, content-length, host\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: trailers\r\nContent-Length: 2\r\n\r\nok",
    );
    expect(v1.got[0]).toMatchObject({ body: "ok", headers: { host: "a", "content-length": "2" } });
    for (const name of ["x-secret", "keep-alive", "proxy-connection", "te"]) expect(v1.got[0]?.headers).not.toHaveProperty(name);
  });

  test("a header that `Connection` names does not decide either, for the upstream would not see it", async () => {
    const [v1, v2] = [await upstream("one"), await upstream("two")];
    const { port } = await gateway([alias(v1, v2)]);
    expect(await sendRaw(port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: x-beta\r\nX-Beta: on\r\n\r\n")).toContain("x-upstream: one");
  });

  test("a target with a host counts before the header, for the route and for the upstream", async () => {
    const [a, b] = [await upstream("a"), await upstream("b")];
    const { port } = await gateway([
      { host: "a.example", upstream: a.url },
      { host: "b.example", upstream: b.url },
    ]);
    expect(await sendRaw(port, "GET http://a.example/x?y HTTP/1.1\r\nHost: b.example\r\n\r\n")).toContain("x-upstream: a");
    expect(a.got[0]).toMatchObject({ url: "/x?y", headers: { host: "a.example" } });
  });

  test("headers that do not come in time", async () => {
    const v1 = await upstream("one");
    const { port } = await gateway([alias(v1)], { timeouts: { head: 0.3 } });
    expect(await sendRaw(port, "GET / HTTP/1.1\r\nHost:", 3_000)).toMatch(/^HTTP\/1\.1 408 /);
    const silent = open(port);
    await once(silent.socket, "close");
    expect(silent.received()).toBe("");
  });

  test("more connections than the limit are closed", async () => {
    const v1 = await upstream("one");
    const { port } = await gateway([alias(v1)], { limits: { connections: 2 } });
    const opened = [open(port), open(port), open(port)];
    await Promise.race(opened.map(({ socket }) => once(socket, "close")));
    expect(opened.filter(({ socket }) => !socket.destroyed)).toHaveLength(2);
    for (const { socket } of opened) socket.destroy();
  });
});

describe("changing and ending", () => {
  test("requests that have begun end with the config that they began with", async () => {
    let release = (): void => {};
    const v1 = await upstream("old", (_, response) => void (release = () => response.end("old")));
    const other = await upstream("new");
    const { url, proxy } = await gateway([alias(v1)]);
    const slow = fetch(url);
    await until(() => v1.got.length === 1);
    const checked = parseGateway({ listen: "127.0.0.1:0", aliases: "./aliases", routes: [alias(other)] });
    if (!checked.ok) throw new Error("not read");
    proxy.configure(checked.value);
    expect(await (await fetch(url)).text()).toBe("new ");
    release();
    expect(await (await slow).text()).toBe("old");
  });

  test("ending waits for what is under way, closes kept connections, and takes no more", async () => {
    const v1 = await upstream("slow", (_, response) => void setTimeout(() => response.end("done"), 200));
    const { url, port, proxy, listener } = await gateway([alias(v1)]);
    const idle = open(port);
    idle.socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await until(() => idle.received().includes("done"));
    const slow = fetch(url);
    await until(() => v1.got.length === 2);
    proxy.drain();
    const closed = listener.close(5);
    const answer = await slow;
    expect([await answer.text(), answer.headers.get("connection")]).toEqual(["done", "close"]);
    await closed;
    await expect(fetch(url)).rejects.toThrow();
  });

  test("ending breaks off what takes longer than it may", async () => {
    const v1 = await upstream("never", () => {});
    const { url, listener, proxy } = await gateway([alias(v1)]);
    const slow = fetch(url);
    await until(() => v1.got.length === 1);
    proxy.drain();
    await listener.close(0.1);
    await expect(slow).rejects.toThrow();
  });
});
