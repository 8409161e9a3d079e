import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, createServer as createHttp2 } from "node:http2";
import type { AddressInfo } from "node:net";
import httpProxy from "http-proxy-3";
import { describe, expect, test } from "vitest";
import { canary } from "../../../src/gateway/hosts/node.ts";
import { AliasTable } from "../../../src/gateway/table.ts";
import { closeLater, listen, upstream } from "../../support/upstream.ts";
import { ALIAS, hostCases, type HostSetup, KEYS } from "./host-cases.ts";

function tableOf(): AliasTable {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { shop: ALIAS } });
  return table;
}

function tenantOf(request: { readonly headers: IncomingMessage["headers"] }): { readonly tenant: string | undefined } {
  const tenant = request.headers["x-tenant"];
  return { tenant: typeof tenant === "string" ? tenant : undefined };
}

describe("node:http with http-proxy-3", () => {
  hostCases(async ({ unknown, affinity }: HostSetup) => {
    const target = await upstream();
    const decide = canary<IncomingMessage>({
      table: tableOf(),
      alias: () => (unknown === true ? "other" : "shop"),
      attributes: tenantOf,
      ...(affinity && { affinity }),
    });
    const proxy = httpProxy.createProxyServer({ target });
    return listen(
      createServer((request, response) => {
        decide(request, response);
        proxy.web(request, response);
      }),
    );
  });
});

test("headers given to `writeHead` are merged, as an object and as a list", async () => {
  const decide = canary<IncomingMessage>({ table: tableOf(), alias: "shop", affinity: { keys: KEYS } });
  const origin = await listen((request, response) => {
    decide(request, response);
    if (request.url === "/list") response.writeHead(201, ["Vary", "Accept", "Set-Cookie", "a=1", "Set-Cookie", "b=2"]);
    else response.writeHead(201, "Made", { vary: "Accept", "set-cookie": "a=1" });
    response.end();
  });
  for (const [path, cookies] of [
    ["/object", ["a=1"]],
    ["/list", ["a=1", "b=2"]],
  ] as const) {
    const response = await fetch(origin + path);
    expect([response.status, response.headers.get("vary")]).toEqual([201, "Accept, x-canary, cookie"]);
    expect(response.headers.getSetCookie()).toEqual([...cookies, expect.stringMatching(/^canary-shop=/)]);
  }
});

test("`Vary: *` stays as it is", async () => {
  const decide = canary<IncomingMessage>({ table: tableOf(), alias: "shop" });
  const origin = await listen((request, response) => {
    decide(request, response);
    response.setHeader("Vary", "*");
    response.end();
  });
  expect((await fetch(origin)).headers.get("vary")).toBe("*");
});

test("node:http2 with its compatible interface", async () => {
  const decide = canary({ table: tableOf(), alias: "shop", affinity: { keys: KEYS } });
  const server = createHttp2((request, response) => {
    const served = decide(request, response);
    response.setHeader("Set-Cookie", "a=1");
    response.end(served?.version ?? "");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closeLater(async () => {
    client.destroy();
    server.close();
  });
  const ask = async (headers: Record<string, string>): Promise<[string, readonly string[]]> => {
    const stream = client.request(headers);
    const [answer] = (await once(stream, "response")) as [{ readonly "set-cookie"?: string[] }];
    let body = "";
    for await (const chunk of stream.setEncoding("utf8")) body += String(chunk);
    return [body, answer["set-cookie"] ?? []];
  };
  expect((await ask({ ":path": "/api/cart" }))[0]).toBe("v3");
  const [version, cookies] = await ask({ ":path": "/" });
  expect(cookies).toEqual(["a=1", expect.stringMatching(new RegExp(`^canary-shop=.*\\.${version};`))]);
});
