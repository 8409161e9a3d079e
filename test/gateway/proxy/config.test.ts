import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Code } from "../../../src/document/diagnostic.ts";
import { parseGateway } from "../../../src/gateway/proxy/config.ts";
import { SERVE_CODES } from "../../../src/gateway/proxy/codes.ts";

const schema = JSON.parse(readFileSync(new URL("../../../docs/gateway.schema.json", import.meta.url), "utf8")) as object;
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);

/** What a schema cannot say: secrets of addresses, other listeners and other routes, and which URLs and headers are good for what. */
const BEYOND: ReadonlySet<Code> = new Set<Code>([
  "admin-token",
  "alias-source",
  "route-repeat",
  "address",
  "upstream",
  "upstream-target",
  "affinity",
  "override",
]);

const KEY = "a secret of at least thirty-two bytes";
const ROUTE = { host: "shop.example", path: "/checkout", alias: "checkout", upstreams: { v1: "http://127.0.0.1:9001" } };
const LEAST = { listen: "127.0.0.1:8080", aliases: "./aliases", routes: [ROUTE] };

function complaints(config: unknown): readonly string[] {
  const { ok, diagnostics } = parseGateway(config);
  expect(ok).toBe(diagnostics.length === 0);
  if (ok) expect(validate(config) ? [] : validate.errors).toEqual([]);
  else if (validate(config)) expect(diagnostics.filter(({ code }) => !BEYOND.has(code))).toEqual([]);
  return diagnostics.map(({ code, at, message }) => `${code} ${at}: ${message}`);
}

test("a store in etcd is followed where it keeps aliases, under its own prefix", () => {
  const sourceOf = (store: string): unknown => {
    const { ok, ...rest } = parseGateway({ ...LEAST, aliases: { store, project: "0a1b2c3d" } });
    return ok && "value" in rest ? rest.value.aliases : rest;
  };
  const source = { kind: "etcd", project: "0a1b2c3d", passwordFile: undefined, interval: undefined };
  expect(sourceOf("etcd://one,two:2379/fleet/")).toEqual({ ...source, from: "etcd://one,two:2379/fleet/aliases/0a1b2c3d/" });
  expect(sourceOf("etcds://me@one")).toEqual({ ...source, from: "etcds://me@one/canary/aliases/0a1b2c3d/" });
  expect(sourceOf("./aliases.db")).toEqual({ ...source, kind: "store", from: "./aliases.db" });
});

test("the least, with everything that is left out", () => {
  expect(parseGateway(LEAST)).toEqual({
    ok: true,
    diagnostics: [],
    value: {
      listen: { host: "127.0.0.1", port: 8080 },
      admin: undefined,
      decisions: undefined,
      aliases: { kind: "directory", from: "./aliases", project: undefined, passwordFile: undefined, interval: undefined },
      snapshot: undefined,
      guard: { maxChanged: undefined, maxMoved: undefined, keepPrimary: false },
      routes: [
        {
          host: "shop.example",
          path: "/checkout",
          to: { kind: "alias", alias: "checkout", upstreams: new Map([["v1", "http://127.0.0.1:9001"]]) },
        },
      ],
      header: "x-cff-func-version",
      affinity: undefined,
      override: undefined,
      trustForwarded: false,
      retries: 1,
      timeouts: { head: 60, request: 300, response: 60, idle: 300, keepAlive: 75, shutdown: 30 },
      limits: { head: 16_384, body: 10_485_760, connections: 10_000 },
      log: { level: "info", requests: true },
    },
  });
});

describe("what is read", () => {
  test.each([
    [{ ...LEAST, listen: 8080, admin: "[::1]:9901", decisions: "localhost:0" }],
    [{ ...LEAST, admin: { listen: "0.0.0.0:9901", token_file: "./token" }, snapshot: null }],
    [{ ...LEAST, aliases: { from: "etcd://me@127.0.0.1:2379/canary/", password_file: "./password", interval: 0.5 } }],
    [{ ...LEAST, aliases: "rediss://redis.example:6379/0?key=a" }],
    [{ ...LEAST, aliases: "HTTPS://a.example/aliases" }],
    [{ ...LEAST, routes: [{ upstream: "https://a.example:8443/base/" }, { path: "/a/", upstream: "http://[::1]:1", alias: null }] }],
    [{ ...LEAST, guard: { max_changed: 5, max_moved: 2.5, keep_primary: true }, retries: 0, timeouts: {}, limits: { body: 0 }, log: {} }],
    [{ ...LEAST, aliases: "etcd://one:2379,two,[::1]:2379/canary/" }],
    [{ ...LEAST, aliases: { store: "./aliases.db", project: "0a1b2c3d", from: null } }],
    [{ ...LEAST, aliases: { store: "etcd://me@one:2379,two:2379", project: "0a1b2c3d", password_file: "./p", interval: 5 } }],
    [{ ...LEAST, affinity: { keys: [KEY, KEY], max_age: 60, same_site: "None", path: "/a", domain: "a.example", gone: "primary" } }],
    [{ ...LEAST, affinity: { key_files: ["./key"], cookie: "__Host-canary", weightless: "keep", rule: "keep", secure: null } }],
    [{ ...LEAST, override: { header: "X-V", trusted: { addresses: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7", "::1"] } } }],
    [{ ...LEAST, override: { query: "v", cookie: "v", dictionary: "V-O", trusted: { token_file: "./t", token_header: "X-T" } } }],
    [{ ...LEAST, header: "X-Version", trust_forwarded: true, log: { level: "silent", requests: false } }],
  ])("%j", (config) => {
    expect(complaints(config)).toEqual([]);
  });
});

const cases: readonly (readonly [config: unknown, said: readonly string[]])[] = [
  [[], ["wrong-type : expected an object, found a list"]],
  [
    {},
    [
      "missing-key /listen: the key `listen` is missing",
      "missing-key /aliases: the key `aliases` is missing",
      "missing-key /routes: the key `routes` is missing",
    ],
  ],
  [{ ...LEAST, lisen: 1 }, ["unknown-key /lisen: unknown key `lisen`"]],
  [{ ...LEAST, listen: "127.0.0.1" }, ["address /listen: `127.0.0.1` is no address"]],
  [{ ...LEAST, listen: "127.0.0.1:99999" }, ["address /listen: `127.0.0.1:99999` is no address"]],
  [{ ...LEAST, admin: "127.0.0.1:8080" }, ["address /admin: `127.0.0.1:8080` is the address of another listener"]],
  [{ ...LEAST, admin: "0.0.0.0:9901" }, ["admin-token /admin: `0.0.0.0` can be reached from other machines, and there is no token"]],
  [
    { ...LEAST, admin: { listen: "0.0.0.0:1", token: "a", token_file: "b" } },
    [
      "admin-token /admin/token_file: `token` and `token_file` are both there",
      "admin-token /admin/listen: `0.0.0.0` can be reached from other machines, and there is no token",
    ],
  ],
  [{ ...LEAST, admin: { listen: "127.0.0.1:1", token: " " } }, ["wrong-type /admin/token: the text is empty"]],
  [{ ...LEAST, aliases: "ftp://a" }, ["alias-source /aliases: `ftp://a` is no source of aliases"]],
  [{ ...LEAST, aliases: "http://" }, ["alias-source /aliases: `http://` is no source of aliases"]],
  [{ ...LEAST, aliases: { from: ".", password_file: "x" } }, ["alias-source /aliases/from: a directory has no password"]],
  [{ ...LEAST, aliases: "etcd://one:2379,/canary/" }, ["alias-source /aliases: `etcd://one:2379,/canary/` is no source of aliases"]],
  [{ ...LEAST, aliases: { store: "a.db" } }, ["missing-key /aliases/project: the key `project` is missing"]],
  [{ ...LEAST, aliases: { from: "./a", project: "p" } }, ["alias-source /aliases/project: `project` does nothing without a store"]],
  [{ ...LEAST, aliases: { from: "./a", store: "a.db", project: "p" } }, ["alias-source /aliases/from: `from` and `store` are both there"]],
  [{ ...LEAST, aliases: { store: "a.db", project: "a/b" } }, ["alias-source /aliases/project: `a/b` is no project"]],
  [{ ...LEAST, aliases: { store: "redis://a", project: "p" } }, ["alias-source /aliases/store: `redis://a` is no store"]],
  [
    { ...LEAST, aliases: { store: "a.db", project: "p", interval: 5 } },
    ["alias-source /aliases/store: `interval` does nothing beside a store in a file"],
  ],
  [{ ...LEAST, header: "Host" }, ["upstream /header: `Host` is no header that a gateway can set"]],
  [{ ...LEAST, header: "a b" }, ["upstream /header: `a b` is no header that a gateway can set"]],
  [{ ...LEAST, retries: 1.5 }, ["quantity /retries: `1.5` is out of range"]],
  [
    { ...LEAST, timeouts: { head: 0 }, limits: { head: 1 } },
    ["quantity /timeouts/head: `0` is out of range", "quantity /limits/head: `1` is out of range"],
  ],
  [{ ...LEAST, trust_forwarded: "yes" }, ["wrong-type /trust_forwarded: expected true or false, found `yes`"]],
  [{ ...LEAST, log: { level: "loud" } }, ["wrong-type /log/level: `loud` is no level of a log"]],
  [{ ...LEAST, affinity: {} }, ["affinity /affinity: the cookie has no key"]],
  [{ ...LEAST, affinity: { keys: [KEY], key_files: ["k"] } }, ["affinity /affinity: `keys` and `key_files` are both there"]],
  [{ ...LEAST, affinity: { keys: ["short"] } }, ["affinity /affinity: `affinity.keys` are secrets of at least 32 bytes"]],
  [{ ...LEAST, affinity: { keys: [] } }, ["wrong-type /affinity/keys: the list is empty", "affinity /affinity: the cookie has no key"]],
  [
    { ...LEAST, affinity: { keys: [KEY], cookie: "__Host-c", path: "/a" } },
    ["affinity /affinity: a cookie `__Host-…` is `secure`, with the path `/` and no domain"],
  ],
  [
    { ...LEAST, affinity: { keys: [KEY], same_site: "lax", max_age: 0, gone: "keep" } },
    [
      "quantity /affinity/max_age: `0` is out of range",
      "wrong-type /affinity/same_site: `lax` is no value of SameSite",
      "wrong-type /affinity/gone: `keep` is no outcome",
    ],
  ],
  [{ ...LEAST, override: { trusted: { token: "t" } } }, ["override /override: there is no place where a request could ask"]],
  [
    { ...LEAST, override: { header: "Host", trusted: { token: "t" } } },
    ["upstream /override/header: `Host` is no header that a gateway can set"],
  ],
  [{ ...LEAST, override: { query: "v", trusted: {} } }, ["override /override/trusted: it is not said who may ask for a version"]],
  [{ ...LEAST, override: { query: "v" } }, ["missing-key /override/trusted: the key `trusted` is missing"]],
  [
    { ...LEAST, override: { cookie: "a b", trusted: { addresses: ["10.0.0.0/33", "a.example"], token_header: "X-T" } } },
    [
      "override /override/cookie: `a b` is no name of a cookie",
      "override /override/trusted/addresses/0: `10.0.0.0/33` is no address or network",
      "override /override/trusted/addresses/1: `a.example` is no address or network",
      "override /override/trusted/token_header: `token_header` does nothing without a token",
    ],
  ],
  [{ ...LEAST, routes: [] }, ["route-match /routes: there is no route"]],
  [
    { ...LEAST, routes: [ROUTE, { ...ROUTE, host: "Shop.Example", path: "/checkout/" }] },
    ["route-repeat /routes/1: the host and the path are those of route 0"],
  ],
  [{ ...LEAST, routes: [{ ...ROUTE, host: "a:80" }] }, ["route-match /routes/0/host: `a:80` is no host"]],
  [{ ...LEAST, routes: [{ ...ROUTE, path: "a" }] }, ["route-match /routes/0/path: `a` is no path"]],
  [{ ...LEAST, routes: [{ ...ROUTE, path: "/a?b" }] }, ["route-match /routes/0/path: `/a?b` is no path"]],
  [{ ...LEAST, routes: [{ alias: "a" }] }, ["missing-key /routes/0: the key `upstreams` is missing"]],
  [{ ...LEAST, routes: [{ ...ROUTE, upstreams: {} }] }, ["upstream /routes/0/upstreams: there is no upstream"]],
  [{ ...LEAST, routes: [{ ...ROUTE, upstream: "http://a" }] }, ["upstream /routes/0/alias: `alias` does nothing beside `upstream`"]],
  [
    { ...LEAST, routes: [{ ...ROUTE, upstreams: { v1: "a:80", v2: "http://a/?b" } }] },
    [
      "upstream-target /routes/0/upstreams/v1: `a:80` is no URL of HTTP",
      "upstream-target /routes/0/upstreams/v2: `a` has a query, a fragment or a password beside it",
    ],
  ],
];

describe("what is wrong is said at once, with its place; the schema says no less, but for what it cannot", () => {
  test.each(cases)("%j", (config, said) => {
    expect(complaints(config)).toEqual(said);
  });

  test("each code occurs", () => {
    const seen = new Set(cases.flatMap(([, said]) => said.map((line) => line.split(" ")[0])));
    expect(SERVE_CODES.filter((code) => !seen.has(code))).toEqual([]);
  });
});
