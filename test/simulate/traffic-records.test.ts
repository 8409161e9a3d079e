import { describe, expect, test } from "vitest";
import { analyze } from "../../src/index.ts";
import { type LogLine, requestOf } from "../../src/simulate/index.ts";
import { readAll, sampleOf } from "../support/logs.ts";

/** What came of a log of records. */
async function read(...records: readonly (object | string)[]): Promise<readonly LogLine[]> {
  return (await readAll(records.map((record) => `${typeof record === "string" ? record : JSON.stringify(record)}\n`).join(""))).lines;
}

/** The requests of a log, and what is wrong with its other lines. */
async function requests(...records: readonly (object | string)[]): Promise<readonly unknown[]> {
  return (await read(...records)).map((line) =>
    "visit" in line ? line.visit.request : "fault" in line ? line.fault : `skipped: ${line.skipped}`,
  );
}

describe("this library's own form", () => {
  test("everything that a record can say", async () => {
    const [line] = await read(sampleOf("json"));
    expect(line).toMatchObject({
      visit: {
        request: {
          method: "GET",
          url: "/cart?x=1",
          headers: { "x-user-id": "u1", host: "shop.example", cookie: "beta=on" },
          attributes: { tenant: "acme" },
        },
        user: "u1",
        session: "s1",
        draw: 0.25,
      },
    });
  });

  test("null is absent, and numbers are text, everywhere alike", async () => {
    const url = "/cart";
    expect(
      await requests(
        { url, headers: { "x-canary": null, host: "shop.example" } },
        { url, headers: { "content-length": 12, "x-list": ["a", null, 7] } },
        { url, attributes: { tenant: null, userId: 42 } },
        {
          url,
          headers: null,
          cookies: { a: null, b: 1 },
          query: { c: null, d: 2, e: ["x", "y"] },
          method: null,
          host: null,
          attributes: null,
        },
        { url, cookies: [{ name: "beta", value: "on" }], headers: [["Cookie", "a=b"]] },
        { url, cookies: ["a=b", "c=d"], query: "?x=1" },
        { url, cookies: "a=b" },
      ),
    ).toMatchObject([
      { headers: { host: "shop.example" } },
      { headers: { "content-length": "12", "x-list": "a, 7" } },
      { attributes: { userId: "42" } },
      { url: "/cart?d=2&e=x&e=y", headers: { cookie: "b=1" } },
      { headers: { cookie: "a=b; beta=on" } },
      { url: "/cart?x=1", headers: { cookie: "a=b; c=d" } },
      { headers: { cookie: "a=b" } },
    ]);
    expect(await read({ url, user: 42, session: 7 })).toMatchObject([{ visit: { user: "42", session: "7" } }]);
  });

  test("`authority`, `host` and the names with a colon are one host", async () => {
    expect(
      await requests(
        { url: "/", authority: "a.example" },
        { url: "/", host: "a.example" },
        { headers: { ":authority": "a.example", ":path": "/x", ":method": "POST" } },
        { url: "/", host: "b.example", headers: { Host: "a.example" } },
        { url: "/", authority: "b.example", headers: { Host: "a.example" } },
      ),
    ).toMatchObject([
      { headers: { host: "a.example" } },
      { headers: { host: "a.example" } },
      { method: "POST", url: "/x", headers: { host: "a.example" } },
      { headers: { host: "a.example" } },
      { headers: { host: "a.example", ":authority": "b.example" } },
    ]);
  });

  test("a witness of `analyze` is a record, and so is the request of a suite", async () => {
    const alias = {
      version: "v1",
      additional_version_strategy: {
        v2: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] },
        v3: {
          combine_type: "and",
          rules: [
            { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
            { rule_type: "Query", param: "p", op: "=", value: "1" },
          ],
        },
      },
    } as const;
    const witnesses = analyze(alias).flatMap((found) => ("witness" in found && found.witness !== undefined ? [found.witness] : []));
    expect(witnesses.length).toBeGreaterThan(0);
    for (const line of await read(...witnesses)) expect(line).toHaveProperty("visit.request.headers.cookie", "beta=on");
    expect(await requests({ request: { path: "/a", cookies: { b: "c" } }, draw: 0.5 })).toMatchObject([
      { url: "/a", headers: { cookie: "b=c" } },
    ]);
  });

  test.each<[object | string, string]>([
    ["{", "not JSON"],
    ["null", "not an object"],
    ['{"url":"/"} trailing', "not JSON"],
    [{ url: 1 }, "`url` is not text"],
    [{ url: "/", user: {} }, "`user` is not text"],
    ['{"url":"/","user":12345678901234567890}', "`user` is not text"],
    ['{"url":"/","user":1e999}', "`user` is not text"],
    [{ headers: [["a"]] }, "an item of `headers` is not a name and a value"],
    [{ headers: { a: {} } }, "the value of `a` in `headers` is not text"],
    [{ headers: "a: b" }, "`headers` is not an object or a list"],
    [{ attributes: { a: true } }, "the attribute `a` is not text"],
    [{ url: "/", method: "a b" }, "`method` is not a method: `a b`"],
    [{}, "no key of a request: the record is empty"],
    [{ level: "info", host: "web-1", message: "started" }, "no key of a request: it has `level`, `host`, `message`"],
    [{ level: "info", query: "SELECT 1" }, "no key of a request: it has `level`, `query`"],
    [{ path: "C:\\log", size: 1 }, "no key of a request: it has `path`, `size`"],
    [{ request: { id: 7 } }, "no key of a request: it has `request`"],
    [{ method: "Cart.Get", ms: 7 }, "no key of a request: it has `method`, `ms`"],
  ])("%j is malformed", async (record, fault) => {
    expect(await requests({ url: "/" }, record)).toEqual([expect.objectContaining({ url: "/" }), fault]);
  });

  test("names that objects have by birth are names like others", async () => {
    const [line] = await requests('{"url":"/","headers":{"__proto__":"a","constructor":"b","fault":"c"},"attributes":{"__proto__":1}}');
    const { headers, attributes } = line as { headers: object; attributes: object };
    expect(Object.entries(headers)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["fault", "c"],
    ]);
    expect(Object.entries(attributes)).toEqual([["__proto__", "1"]]);
  });

  test("`requestOf` is the one way to read parts", () => {
    expect(requestOf({ path: "/a#b", query: { c: "d e" } })).toMatchObject({ url: "/a?c=d+e#b", method: "GET" });
    expect(requestOf({ query: 7 })).toEqual({ fault: "`query` is not an object or a list" });
  });
});

describe("formats of others", () => {
  test.each([
    ["nginx-json", { headers: { "user-agent": "curl/8", cookie: "beta=on", host: "shop.example" } }],
    ["caddy", { headers: { "x-canary": "always", "user-agent": "curl/8", host: "shop.example" } }],
    ["traefik", { headers: { "user-agent": "curl/8", host: "shop.example" } }],
    ["envoy-json", { headers: { "user-agent": "curl/8", host: "shop.example", "x-forwarded-for": "192.0.2.7" } }],
    ["cloudflare", { headers: { "user-agent": "curl/8", host: "shop.example" }, attributes: { country: "de" } }],
    ["gcp", { headers: { "user-agent": "curl/8", host: "shop.example" } }],
    ["apig", { headers: { "user-agent": "curl/8", host: "shop.example" } }],
    ["lambda", { headers: { host: "shop.example", "x-canary": "always" } }],
    ["lambda-v2", { headers: { host: "shop.example", cookie: "beta=on; a=b" } }],
  ])("%s: address, time and headers", async (name, request) => {
    const [line] = await read(sampleOf(name));
    expect(line).toMatchObject({ visit: { request } });
    expect(line).toHaveProperty("visit.request.attributes.remote_addr", "192.0.2.7");
    if (name === "apig") return;
    expect(line).toMatchObject({ visit: { time: expect.any(Number) } });
    expect(Math.floor(Number(line !== undefined && "visit" in line ? line.visit.time : 0) / 1000)).toBe(Date.UTC(2026, 10, 24, 12) / 1000);
  });

  test.each<[string, (record: Record<string, unknown>) => object, string]>([
    ["nginx-json", (record) => ({ ...record, remote_addr: "web-1" }), "the address is not an address: `web-1`"],
    ["nginx-json", (record) => ({ ...record, status: "2000" }), "the status is not a status from 100 to 599: `2000`"],
    [
      "nginx-json",
      (record) => ({ ...record, request: "cart", status: "200" }),
      "the request is not a method, a target and a protocol: `cart`",
    ],
    ["traefik", (record) => ({ ...record, RequestMethod: "G T" }), "the method is not a method: `G T`"],
    ["traefik", (record) => ({ ...record, RequestPath: "cart" }), "the path is not a path or a URL: `cart`"],
    ["cloudflare", (record) => ({ ...record, ClientRequestHost: "a b" }), "the host is not a host: `a b`"],
    ["cloudflare", (record) => ({ ...record, EdgeStartTimestamp: "noon" }), "the time is not a time: `noon`"],
    [
      "caddy",
      (record) => ({ ...record, request: { remote_ip: "192.0.2.7", method: "GET" } }),
      "no path where it should stand: the record has `level`, `ts`, `logger`, `msg`, `request`",
    ],
    ["cloudflare", (record) => ({ ...record, EdgeStartTimestamp: 1e300 }), "the time is not a time: `1e+300`"],
    ["gcp", () => ({ textPayload: "started" }), "no key of a request: it has `textPayload`"],
    ["apig", () => ({ trigger: "timer" }), "no key of a request: it has `trigger`"],
  ])("%s: a record that nearly fits is malformed", async (name, change, fault) => {
    const sample = sampleOf(name);
    expect((await requests(sample, sample, change(JSON.parse(sample))))[2]).toBe(fault);
  });

  test.each<[string, object, string]>([
    [
      "envoy-json",
      { start_time: "2026-11-24T12:00:00.000Z", method: null, path: null, authority: null, response_code: 0 },
      "a connection without an HTTP request",
    ],
    [
      "envoy-json",
      { start_time: "2026-11-24T12:00:00.000Z", method: "-", path: "-", authority: "-", response_code: "0" },
      "a connection without an HTTP request",
    ],
    ["nginx-json", { remote_addr: "192.0.2.7", request: "\u0016\u0003", status: "400" }, "a connection without an HTTP request"],
    ["caddy", { level: "info", ts: 1, logger: "admin", msg: "stopped" }, "a message of the server about itself"],
    ["traefik", { level: "info", msg: "started" }, "a message of the server about itself"],
  ])("%s: %j holds no request and is skipped", async (name, record, reason) => {
    expect((await requests(sampleOf(name), sampleOf(name), record))[2]).toBe(`skipped: ${reason}`);
  });

  test("FunctionGraph's own event has a method and a query", async () => {
    const event = (httpMethod: string, queryStringParameters: object) => ({
      body: "",
      requestContext: { apiId: "a", requestId: "r", stage: "RELEASE" },
      queryStringParameters,
      httpMethod,
      pathParameters: {},
      headers: { host: "shop.example", "user-agent": "a" },
      path: "/cart",
      isBase64Encoded: true,
    });
    expect(await requests(event("GET", { preview: "v2" }), event("POST", {}))).toMatchObject([
      { method: "GET", url: "/cart?preview=v2", headers: { host: "shop.example" } },
      { method: "POST", url: "/cart" },
    ]);
  });

  test("the query of a load balancer's event is as it stood, that of an API's is decoded", async () => {
    const query = { q: "a%20b" };
    const balancer = { requestContext: { elb: {} }, httpMethod: "GET", path: "/", headers: {}, queryStringParameters: query };
    expect(await requests(balancer)).toMatchObject([{ url: "/?q=a%20b" }]);
    expect(await requests({ httpMethod: "GET", path: "/", headers: {}, queryStringParameters: query })).toMatchObject([
      { url: "/?q=a%2520b" },
    ]);
  });

  test("nginx's `uri` and `args` are a target where nothing says it whole", async () => {
    const record = { remote_addr: "192.0.2.7", status: 200, request_method: "GET", uri: "/cart", args: "x=1", cookie_beta: "on" };
    expect(await requests(record, { ...record, request_uri: "/cart?x=2" })).toMatchObject([
      { url: "/cart?x=1", headers: { cookie: "beta=on" } },
      { url: "/cart?x=2" },
    ]);
  });
});

describe("how records stand", () => {
  const list = [
    { method: "GET", url: "/cart", headers: { "x-canary": "always" } },
    { method: "GET", url: "/list" },
  ];

  test.each([
    ["a list over several lines", JSON.stringify(list, undefined, 2)],
    ["a list on one line", JSON.stringify(list)],
    ["records over several lines", list.map((each) => JSON.stringify(each, undefined, 2)).join("\n")],
    ["records on lines", list.map((each) => JSON.stringify(each)).join("\n")],
  ])("%s", async (_, text) => {
    for (const size of [1, 7, text.length]) {
      const chunks = Array.from({ length: Math.ceil(text.length / size) }, (__, at) => text.slice(at * size, (at + 1) * size));
      const { format, lines } = await readAll(chunks);
      expect(format).toEqual({ name: "json", detected: true });
      expect(lines).toMatchObject([
        { line: 1, visit: { request: { url: "/cart" } } },
        { line: 2, visit: { request: { url: "/list" } } },
      ]);
    }
  });

  test("what is no record in a list is malformed, and so is one that breaks off", async () => {
    const { lines } = await readAll('[{"url":"/a"}, 7, "x", [1], {"url":"/b"}, {"url":"/c"');
    expect(lines.map((line) => ("fault" in line ? line.fault : "read"))).toEqual([
      "read",
      "not an object",
      "not an object",
      "not an object",
      "read",
      "not JSON",
    ]);
  });

  test("a list of nothing has nothing", async () => {
    expect((await readAll("[]", { format: "json" })).lines).toEqual([]);
  });
});

describe("a map", () => {
  const record = {
    req: { uri: "/cart?x=1", "http.verb": "PUT", args: { b: 1 }, list: [{ id: "s1" }] },
    h: { user: "u1" },
    uid: 42,
    "k8s.pod": "p",
    version: 2,
  };

  test("names where each part stands", async () => {
    const map = {
      ":method": "req.http.verb",
      ":path": "/req/uri",
      "header X-User": "h.user",
      "cookie c": "h.user",
      "query b": "req.args.b",
      "attribute pod": "k8s.pod",
      user: "uid",
      session: "req.list.0.id",
      served: "version",
    };
    const { format, lines } = await readAll(JSON.stringify(record), { map });
    expect(format).toEqual({ name: "map", detected: false });
    expect(lines).toMatchObject([
      {
        visit: {
          request: { method: "PUT", url: "/cart?x=1&b=1", headers: { "x-user": "u1", cookie: "c=u1" }, attributes: { pod: "p" } },
          user: "42",
          session: "s1",
          served: "2",
        },
      },
    ]);
  });

  test.each([
    [{ ":path": "h.user" }, "the path is not a path or a URL: `u1`"],
    [{ ":method": "uid" }, "the method is not a method: `42`"],
    [{ ":path": "req.uri", remote_addr: "h.user" }, "the address is not an address: `u1`"],
    [{ ":path": "req.uri", draw: "h.user" }, "the draw is not a number: `u1`"],
    [{ ":path": "req.uri", user: "req" }, "the user is not text"],
    [{ headers: "uid" }, "`headers` is not an object or a list"],
    [{ ":path": "req.uri", ":method": "none" }, "no method where it should stand: the record has `req`, `h`, `uid`, `k8s.pod`, `version`"],
    [{ "header x": "none" }, "no part of a request where it should stand: the record has `req`, `h`, `uid`, `k8s.pod`, `version`"],
  ])("%j: values are checked", async (map, fault) => {
    expect((await readAll(JSON.stringify(record), { map })).lines).toEqual([{ line: 1, fault }]);
  });

  test("a record in which a map finds nothing is malformed", async () => {
    const { lines } = await readAll('{"a":1}\n', { map: { ":path": "req.uri", user: "uid" } });
    expect(lines).toEqual([{ line: 1, fault: "no path where it should stand: the record has `a`" }]);
  });
});
