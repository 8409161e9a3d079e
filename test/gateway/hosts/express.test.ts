import { createServer } from "node:http";
import express, { type Request } from "express";
import httpProxy from "http-proxy-3";
import { describe, expect, test } from "vitest";
import { canary } from "../../../src/gateway/hosts/express.ts";
import { AliasTable } from "../../../src/gateway/table.ts";
import { listen, upstream } from "../../support/upstream.ts";
import { ALIAS, hostCases, type HostSetup } from "./host-cases.ts";

function tableOf(): AliasTable {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { shop: ALIAS } });
  return table;
}

describe("Express 5, mounted on a path, with http-proxy-3", () => {
  hostCases(async ({ unknown, affinity }: HostSetup) => {
    const target = await upstream();
    const proxy = httpProxy.createProxyServer({ target });
    const app = express();
    app.use(
      "/api",
      canary<Request>({
        table: tableOf(),
        alias: unknown === true ? "other" : "shop",
        attributes: (request) => ({ tenant: request.get("x-tenant") }),
        ...(affinity && { affinity }),
      }),
      (request, response) => void proxy.web(request, response),
    );
    return listen(createServer(app));
  });
});

test("the decision is on the request, and what later middleware sets stays", async () => {
  const app = express();
  app.use(canary({ table: tableOf(), alias: "shop" }));
  app.get("/api/cart", (request, response) => {
    response.vary("Accept-Language").cookie("a", "1").json(request.canary);
  });
  const response = await fetch(`${await listen(createServer(app))}/api/cart`);
  expect(response.headers.get("vary")).toBe("Accept-Language, x-canary");
  expect(response.headers.getSetCookie()).toEqual(["a=1; Path=/"]);
  expect(await response.json()).toMatchObject({ alias: "shop", version: "v3", by: "alias", decision: { reason: "rule" } });
});
