import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHandler, memoryStore, type RequestEntry, signatureHeaders } from "../../src/control/index.ts";
import { KEY, listen, type Listening, prepare, PROJECT, send, TOKEN, URN } from "../support/control.ts";

let service: Listening;
const entries: RequestEntry[] = [];
const ALIASES = `/v2/${PROJECT}/fgs/functions/${URN}/aliases`;

beforeAll(async () => {
  service = await listen({ rate: 1e6, bodyTimeout: 300, onRequest: (entry) => entries.push(entry) });
  await prepare(service.store);
  await send(service.url, "POST", ALIASES, { name: "live", version: "v1" });
});
beforeEach(() => entries.splice(0));
afterAll(async () => service.stop());

/** Sends bytes as they are, and gives what comes back until the server closes. */
async function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

describe("bodies", () => {
  test.each<[name: string, body: string, type: string, status: number, code: string]>([
    ["no JSON", "{", "application/json", 406, "FSS.0406"],
    ["nothing", "", "application/json", 406, "FSS.0406"],
    ["a list", "[]", "application/json", 400, "FSS.0400"],
    ["null", "null", "application/json", 400, "FSS.0400"],
    ["another media type", '{"name":"a","version":"v2"}', "text/plain", 406, "FSS.0406"],
    ["another charset", '{"name":"a","version":"v2"}', "application/json; charset=latin1", 406, "FSS.0406"],
    ["a form", "name=a", "application/x-www-form-urlencoded", 406, "FSS.0406"],
    ["1 MiB + 1", `{"name":"a","version":"v2"}${" ".repeat(1_048_576 - 26)}`, "application/json", 413, "FSS.0413"],
    ["duplicate keys", '{"name":"a","version":"v2","version":"v3"}', "application/json", 400, "FSS.0400"],
    ["`__proto__`", '{"name":"a","version":"v2","__proto__":{"version":"v3"}}', "application/json", 400, "FSS.0400"],
    ["lists in lists", `{"name":"a","version":${deep(10_000)}}`, "application/json", 400, "FSS.0400"],
    [
      "a hundred thousand keys",
      `{"version":"v2",${Array.from({ length: 100_000 }, (_, key) => `"k${key}":1`).join(",")}}`,
      "application/json",
      413,
      "FSS.0413",
    ],
    [
      "keys within the limit",
      `{"version":"v2",${Array.from({ length: 50_000 }, (_, key) => `"k${key}":1`).join(",")}}`,
      "application/json",
      400,
      "FSS.0400",
    ],
  ])("%s", async (_, body, type, status, code) => {
    const answered = await send(service.url, "POST", ALIASES, body, { "content-type": type });
    expect([answered.status, answered.value]).toEqual([
      status,
      expect.objectContaining({ error_code: code, error_msg: expect.stringMatching(/./) }),
    ]);
    expect(answered.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("of exactly 1 MiB is read", async () => {
    const body = `{"name":"exact","version":"v3"}`;
    expect((await send(service.url, "POST", ALIASES, body + " ".repeat(1_048_576 - body.length))).status).toBe(200);
    await send(service.url, "DELETE", `${ALIASES}/exact`);
  });

  test("a million keys", async () => {
    const body = `{${Array.from({ length: 1_000_000 }, (_, key) => `"${key}":1`).join(",")}}`;
    expect((await send(service.url, "POST", ALIASES, body).catch(() => ({ status: 413 }))).status).toBe(413);
  });

  test("bytes that are no UTF-8", async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
    const response = await fetch(`${service.url}${ALIASES}`, {
      method: "POST",
      body,
      headers: { "x-auth-token": TOKEN, "content-type": "application/json" },
    });
    expect([response.status, await response.json()]).toEqual([406, { error_code: "FSS.0406", error_msg: "the body is not UTF-8" }]);
  });

  test("compressed", async () => {
    expect((await send(service.url, "POST", ALIASES, "{}", { "content-encoding": "gzip" })).status).toBe(406);
  });

  test("where there should be none", async () => {
    expect((await send(service.url, "DELETE", `${ALIASES}/none`, "{}")).value).toMatchObject({ error_code: "FSS.0400" });
  });

  test("say everything that is wrong", async () => {
    const { value } = await send(service.url, "POST", ALIASES, { name: "1", version: "v1", additional_version_weights: { v2: 101 } });
    expect(value).toMatchObject({
      error_code: "FSS.1014",
      diagnostics: [
        { code: "alias-name", at: "/name" },
        { code: "weight", at: "/additional_version_weights/v2" },
      ],
    });
  });

  test("that are slow are not waited for", async () => {
    const answer = await raw(
      `POST ${ALIASES} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"error_code":"FSS.0408"');
    expect(answer.toLowerCase()).toContain("connection: close");
  });
});

describe("paths and methods", () => {
  test.each<[name: string, method: string, path: string, status: number, code: string]>([
    ["the root", "GET", "/", 404, "FSS.0404"],
    ["an unknown route", "GET", `/v2/${PROJECT}/fgs/nothing`, 404, "FSS.0404"],
    ["a slash at the end", "GET", `${ALIASES}/`, 404, "FSS.0404"],
    ["two slashes", "GET", `/v2/${PROJECT}/fgs//functions`, 404, "FSS.0404"],
    ["another method", "PATCH", ALIASES, 405, "FSS.0400"],
    ["a URN of another project", "GET", ALIASES.replace(`:${PROJECT}:`, ":other:"), 400, "FSS.1309"],
    ["another project", "GET", ALIASES.replaceAll(PROJECT, "other"), 403, "FSS.0403"],
    ["a placeholder as the project", "GET", "/v2/%7Bproject_id%7D/fgs/functions", 403, "FSS.0403"],
    ["an escaped slash", "GET", `/v2/${PROJECT}/fgs/functions/${URN}%2faliases`, 400, "FSS.0400"],
    ["an escaped slash in a name", "GET", `${ALIASES}/li%2Fve`, 400, "FSS.0400"],
    ["escaped dots", "GET", `${ALIASES}/%2e%2e`, 400, "FSS.0400"],
    ["an escape that is escaped", "GET", `${ALIASES}/li%2576e`, 404, "FSS.1053"],
    ["a malformed escape", "GET", `${ALIASES}/%zz`, 400, "FSS.0400"],
    ["an escape that is no UTF-8", "GET", `${ALIASES}/%ff`, 400, "FSS.0400"],
    ["a null", "GET", `${ALIASES}/%00`, 400, "FSS.0400"],
    ["a backslash", "GET", `${ALIASES}/a%5cb`, 400, "FSS.0400"],
    ["a name of every object", "GET", `${ALIASES}/constructor`, 404, "FSS.1053"],
    ["an unknown parameter", "GET", `${ALIASES}?a=1`, 400, "FSS.1001"],
    ["a parameter twice", "GET", `/v2/${PROJECT}/fgs/functions?marker=1&marker=2`, 400, "FSS.1001"],
    ["a marker that is no number", "GET", `/v2/${PROJECT}/fgs/functions?marker=-1`, 400, "FSS.1001"],
    ["a dry run where it is off", "PUT", `${ALIASES}/live?dry_run=true`, 400, "FSS.1001"],
  ])("%s", async (_, method, path, status, code) => {
    const { hostname, port } = new URL(service.url);
    const answer = await raw(
      `${method} ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-Auth-Token: ${TOKEN}\r\nConnection: close\r\n\r\n`,
    );
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect([Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), JSON.parse(body)]).toEqual([
      status,
      expect.objectContaining({ error_code: code }),
    ]);
  });

  test.each(["../../x", "/a/../b", `/v2/${PROJECT}/fgs/functions/${URN}/aliases/../aliases`])("dots are not resolved: %s", async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${TOKEN}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("an absolute target is refused", async () => {
    expect(await raw(`GET http://x${ALIASES} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${TOKEN}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  test("an escaped name is the name", async () => {
    expect((await send(service.url, "GET", `${ALIASES}/l%69ve`)).value).toMatchObject({ name: "live" });
  });

  test("what a path takes is in `Allow`", async () => {
    expect((await send(service.url, "PATCH", ALIASES)).headers.get("allow")).toBe("POST, GET");
  });

  test("nothing is a redirect, and nothing is kept by caches", async () => {
    const { status, headers } = await send(service.url, "GET", ALIASES);
    expect([status, headers.get("location"), headers.get("cache-control")]).toEqual([200, null, "no-store"]);
  });
});

describe("who is let in", () => {
  const status = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
    const response = await fetch(`${service.url}${ALIASES}`, { headers });
    return [response.status, ((await response.json()) as { readonly error_code?: string }).error_code];
  };

  test("nobody without a word", async () => {
    expect(await status({})).toEqual([401, "FSS.0401"]);
  });

  test("nobody with an unknown token, nor with one of another project", async () => {
    expect(await status({ "x-auth-token": "wrong" })).toEqual([401, "FSS.0401"]);
    expect(await status({ "x-auth-token": "another-token" })).toEqual([403, "FSS.0403"]);
  });

  test("nobody who sends a token and a signature", async () => {
    expect(await status({ "x-auth-token": TOKEN, authorization: "SDK-HMAC-SHA256 a" })).toEqual([401, "FSS.0401"]);
  });

  test("nobody with two tokens", async () => {
    expect(
      await raw(`GET ${ALIASES} HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${TOKEN}\r\nX-Auth-Token: ${TOKEN}\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("nobody whose `X-Project-Id` is of another project", async () => {
    expect(await status({ "x-auth-token": TOKEN, "x-project-id": "other" })).toEqual([403, "FSS.0403"]);
  });

  test("a change that is sent twice is taken once; a read may be repeated", async () => {
    const signed = (method: string, path: string, body: string): [string, RequestInit] => {
      const host = new URL(service.url).host;
      const headers = signatureHeaders(
        { method, path, query: "", body: new TextEncoder().encode(body), headers: { host, "content-type": "application/json" } },
        KEY,
        new Date(),
      );
      return [`${service.url}${path}`, { method, headers: { ...headers }, ...(body !== "" && { body }) }];
    };
    const put = signed("PUT", `${ALIASES}/live`, '{"version":"v1"}');
    expect([(await fetch(...put)).status, (await fetch(...put)).status]).toEqual([200, 401]);
    const get = signed("GET", `${ALIASES}/live`, "");
    expect([(await fetch(...get)).status, (await fetch(...get)).status]).toEqual([200, 200]);
  });
});

test("no secret is in what a log is told", async () => {
  await send(service.url, "GET", `${ALIASES}?a=1`);
  await send(service.url, "POST", ALIASES, { name: "live", version: "v1" });
  expect(entries).toMatchObject([
    { method: "GET", path: ALIASES, status: 400, code: "FSS.1001", who: expect.stringMatching(/^token [0-9a-f]{8}$/) },
    { method: "POST", status: 409, code: "FSS.1063" },
  ]);
  expect(JSON.stringify(entries)).not.toContain(TOKEN);
});

test("a project that sends too much is told to wait", async () => {
  const { fetch: handle } = createHandler(memoryStore(), { credentials: "insecure", rate: 5, now: () => new Date(0) });
  const statuses = [];
  for (let index = 0; index < 11; index++) statuses.push(await handle(new Request("http://x/v2/p/fgs/functions")));
  expect(statuses.filter(({ status }) => status === 200)).toHaveLength(10);
  expect([statuses.at(-1)?.status, statuses.at(-1)?.headers.get("retry-after")]).toEqual([429, "1"]);
});

test("a store that fails is a 500 that says nothing of it, and a log is told", async () => {
  const told: RequestEntry[] = [];
  const store = { ...memoryStore(), list: async () => Promise.reject(new Error("disk on fire")) };
  const { fetch: handle } = createHandler(store, { credentials: "insecure", onRequest: (entry) => told.push(entry) });
  const response = await handle(new Request("http://x/v2/p/fgs/functions"));
  expect([response.status, await response.json()]).toEqual([500, { error_code: "FSS.0500", error_msg: "internal error" }]);
  expect(told).toMatchObject([{ status: 500, error: new Error("disk on fire") }]);
});

test("a handler without credentials is not made", () => {
  expect(() => createHandler(memoryStore(), {} as never)).toThrow(TypeError);
  expect(() => createHandler(memoryStore(), { credentials: "insecure", region: "a b" })).toThrow(TypeError);
});

test("a log that fails takes no client its answer", async () => {
  const fail = (): never => {
    throw new Error("no room for the log");
  };
  const listening = await listen({ onRequest: fail });
  try {
    expect((await send(listening.url, "GET", `/v2/${PROJECT}/fgs/functions`)).status).toBe(200);
  } finally {
    await listening.stop();
  }
});

test("a body of a `Request` that breaks off is the client's fault", async () => {
  const { fetch: handle } = createHandler(memoryStore(), { credentials: "insecure" });
  const body = new ReadableStream({ start: (controller) => controller.error(new Error("gone")) });
  const response = await handle(new Request("http://x/v2/p/fgs/functions", { method: "POST", body, duplex: "half" } as RequestInit));
  expect([response.status, await response.json()]).toEqual([400, { error_code: "FSS.0400", error_msg: "the body broke off" }]);
});
