import { describe, expect, test } from "vitest";
import { AliasTable, canary } from "../../../src/gateway/index.ts";
import { fetchReader } from "../../../src/index.ts";
import { listen, upstream } from "../../support/upstream.ts";
import { ALIAS, hostCases, type HostSetup, KEYS } from "./host-cases.ts";

function decider({ unknown, affinity }: HostSetup): ReturnType<typeof canary> {
  const table = new AliasTable({ reader: fetchReader });
  table.apply({ revision: 1, aliases: { shop: ALIAS } });
  return canary({
    table,
    alias: unknown === true ? "other" : "shop",
    attributes: (request) => ({ tenant: request.headers.get("x-tenant") ?? undefined }),
    ...(affinity && { affinity }),
  });
}

describe("the fetch standard, in front of an upstream", () => {
  hostCases(async (setup: HostSetup) => {
    const target = await upstream();
    const decide = decider(setup);
    const handle = async (request: Request): Promise<Response> => {
      const { forward, finish } = decide(request);
      const { pathname, search } = new URL(request.url);
      return finish(await fetch(new Request(target + pathname + search, forward())));
    };
    // A server of node that speaks the standard.
    return listen((incoming, outgoing) => {
      void (async () => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
        const headers = new Headers(Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]));
        for (const name of ["host", "connection", "transfer-encoding", "content-length"]) headers.delete(name);
        const { method = "GET", url = "/" } = incoming;
        const body = chunks.length === 0 ? null : Buffer.concat(chunks);
        const response = await handle(new Request(`http://shop.example${url}`, { method, headers, body }));
        for (const [name, value] of response.headers)
          if (!/^(?:connection|transfer-encoding|set-cookie)$/.test(name)) outgoing.setHeader(name, value);
        outgoing.setHeader("set-cookie", response.headers.getSetCookie());
        outgoing.end(await response.text());
      })();
    });
  });
});

test("nothing is copied where there is nothing to add", () => {
  const table = new AliasTable({ reader: fetchReader });
  const request = new Request("http://shop.example/");
  const { served, forward, finish } = canary({ table, alias: "shop" })(request);
  const response = new Response();
  expect([served, forward() === request, finish(response) === response]).toEqual([undefined, true, true]);
});

test("a redirect, whose headers cannot be changed, is finished too", () => {
  const { finish } = decider({ affinity: { keys: KEYS } })(new Request("http://shop.example/"));
  const response = finish(Response.redirect("http://shop.example/there", 302));
  expect([response.status, response.headers.get("location"), response.headers.get("vary")]).toEqual([
    302,
    "http://shop.example/there",
    "x-canary, cookie",
  ]);
});

test("a table that reads the requests of node is refused", () => {
  expect(() => canary({ table: new AliasTable() as never, alias: "shop" })).toThrow("make it with `reader: fetchReader`");
});
