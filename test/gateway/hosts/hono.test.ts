import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { proxy } from "hono/proxy";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { canary } from "../../../src/gateway/hosts/hono.ts";
import { AliasTable } from "../../../src/gateway/table.ts";
import { fetchReader, type FetchRequest } from "../../../src/index.ts";
import { closeLater, upstream } from "../../support/upstream.ts";
import { ALIAS, hostCases, type HostSetup } from "./host-cases.ts";

function tableOf(): AliasTable<FetchRequest> {
  const table = new AliasTable({ reader: fetchReader });
  table.apply({ revision: 1, aliases: { shop: ALIAS } });
  return table;
}

function appFor({ unknown, affinity }: HostSetup, target: string): Hono {
  const app = new Hono();
  app.use(
    canary({
      table: tableOf(),
      alias: unknown === true ? "other" : "shop",
      attributes: (request) => ({ tenant: request.headers.get("x-tenant") ?? undefined }),
      ...(affinity && { affinity }),
    }),
  );
  app.all("*", (c) => {
    const { pathname, search } = new URL(c.req.url);
    return proxy(`${target}${pathname}${search}`, c.req);
  });
  return app;
}

describe("Hono 4 on @hono/node-server with hono/proxy", () => {
  hostCases(async (setup: HostSetup) => {
    const app = appFor(setup, await upstream());
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await new Promise<void>((resolve) => server.once("listening", resolve));
    closeLater(() => new Promise((resolve) => server.close(resolve)));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
});

test("the decision is a variable of the context, and headers of the handler stay", async () => {
  const app = new Hono();
  app.use(canary({ table: tableOf(), alias: "shop" }));
  app.get("/api/cart", (c) => {
    c.header("Vary", "Accept");
    return c.json(c.get("canary" as never));
  });
  const response = await app.request("http://shop.example/api/cart");
  expect(response.headers.get("vary")).toBe("Accept, x-canary");
  expect(await response.json()).toMatchObject({ version: "v3", by: "alias" });
});
