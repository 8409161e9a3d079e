import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { http, type HttpOptions } from "../../../src/gateway/source/http.ts";
import { until } from "../../support/daemon.ts";
import { type Read, readSource } from "../../support/source.ts";

const servers: Server[] = [];
const reading: Read[] = [];

afterEach(async () => {
  await Promise.all(reading.splice(0).map((each) => each.stop()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server of which the test can change what it answers, and the requests that it got. */
async function serving(first: Answer): Promise<{ url: string; answer: Answer; requests: IncomingMessage[] }> {
  const state = { url: "", answer: first, requests: [] as IncomingMessage[] };
  const server = createServer((request, response) => {
    state.requests.push(request);
    state.answer(request, response);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  state.url = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}/aliases`;
  return state;
}

function read(url: string, options: HttpOptions = {}): Read {
  const found = readSource(http(url, { interval: 20, timeout: 300, ...options }));
  reading.push(found);
  return found;
}

const json =
  (value: unknown, etag?: string): Answer =>
  (request, response) => {
    if (etag !== undefined && request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { "content-type": "application/json", ...(etag !== undefined && { etag }) }).end(JSON.stringify(value));
  };

const V1 = { version: "v1" };
const V2 = { version: "v2" };

test("a set is told, and is confirmed while its ETag stays", async () => {
  const server = await serving(json({ revision: 7, aliases: { a: V1 } }, '"one"'));
  const source = read(server.url, { headers: { authorization: "Bearer token" } });
  await source.has({ a: V1 });
  await until(() => source.events.length > 3);
  expect(source.events.filter((event) => "aliases" in event)).toEqual([{ revision: 7, aliases: { a: V1 } }]);
  expect(source.events.at(-1)).toEqual({ confirmed: true });
  expect(server.requests[0]?.headers["authorization"]).toBe("Bearer token");
  server.answer = json({ revision: 8, aliases: { a: V2 } }, '"two"');
  await source.has({ a: V2 });
  expect(source.revision()).toBe(8);
});

test("without a revision the time stands for it, and grows", async () => {
  const server = await serving(json({ aliases: { a: V1 } }, '"one"'));
  const source = read(server.url);
  await source.has({ a: V1 });
  const first = source.revision();
  expect(Math.abs(first - Date.now())).toBeLessThan(60_000);
  server.answer = json({ aliases: {} }, '"two"');
  await source.has({});
  expect(source.revision()).toBeGreaterThan(first);
});

test("the user and the password of a URL are sent, and never told", async () => {
  const server = await serving((_, response) => void response.writeHead(403).end());
  const source = read(server.url.replace("//", "//me:s%C3%A9cret@"));
  await until(() => source.problems().length > 0);
  expect(server.requests[0]?.headers["authorization"]).toBe(`Basic ${Buffer.from("me:sécret").toString("base64")}`);
  expect(source.problems()[0]).toBe(`${server.url}: it answers 403`);
});

describe("what is no set is a problem, and the next set is told whole", () => {
  const cases: readonly (readonly [name: string, answer: Answer, said: string])[] = [
    ["hangs before the head", () => {}, "no answer within 0.3 s"],
    ["hangs in the body", (_, response) => void response.writeHead(200).write('{"aliases": {'), "no answer within 0.3 s"],
    ["breaks off", (request) => void request.socket.destroy(), "other side closed"],
    ["is not there", (_, response) => void response.writeHead(404).end(), "it answers 404"],
    ["is empty", (_, response) => void response.writeHead(200).end(), "the answer is not JSON: the text is empty"],
    ["is HTML", (_, response) => void response.writeHead(200).end("<html>"), "the answer is not JSON"],
    ["is no object", json([]), "the answer has no object `aliases`"],
    ["has no aliases", json({ revision: 1 }), "the answer has no object `aliases`"],
    ["is an alias", json({ aliases: {}, version: "v1" }), "the answer has an unknown key `version`"],
    ["has a revision that is none", json({ revision: "7", aliases: {} }), "the `revision` of the answer is no whole number"],
    ["says a key twice", (_, response) => void response.end('{"aliases":{"a":{},"a":{}}}'), "the answer: the key `a` is there already"],
    [
      "is too long",
      (_, response) => void response.end(`{"aliases":{"a":"${"x".repeat(2_000)}"}}`),
      "the answer has more than 1000 characters",
    ],
    ["is not UTF-8", (_, response) => void response.end(Buffer.from([0x22, 0xff, 0x22])), "not valid"],
  ];

  test.each(cases)("that %s", async (_, answer, said) => {
    const server = await serving(json({ aliases: { a: V1 } }, '"one"'));
    const source = read(server.url, { limit: 1_000 });
    await source.has({ a: V1 });
    server.answer = answer;
    await until(() => source.problems().length > 0);
    expect(source.problems()[0]).toContain(said);
    expect(source.aliases()).toEqual({ a: V1 });
    server.answer = json({ aliases: { a: V1 } }, '"one"');
    const before = source.events.length;
    await until(() => source.events.slice(before).some((event) => "aliases" in event));
  });
});

test("a URL that fails is asked less and less often, and not before its Retry-After", async () => {
  const server = await serving((_, response) => void response.writeHead(503, { "retry-after": "60" }).end());
  const source = read(server.url);
  await until(() => source.problems().length > 0);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(server.requests).toHaveLength(1);
});
