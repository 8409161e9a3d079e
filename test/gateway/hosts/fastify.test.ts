import httpProxy from "@fastify/http-proxy";
import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { canary } from "../../../src/gateway/hosts/fastify.ts";
import { AliasTable } from "../../../src/gateway/table.ts";
import { closeLater, upstream } from "../../support/upstream.ts";
import { ALIAS, hostCases, type HostSetup } from "./host-cases.ts";

function tableOf(): AliasTable {
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: { shop: ALIAS } });
  return table;
}

describe("Fastify 5 with @fastify/http-proxy", () => {
  hostCases(async ({ unknown, affinity }: HostSetup) => {
    const target = await upstream();
    const app = Fastify();
    closeLater(() => app.close());
    await app.register(canary, {
      table: tableOf(),
      alias: unknown === true ? "other" : "shop",
      attributes: (request) => ({ tenant: request.headers["x-tenant"] as string | undefined }),
      ...(affinity && { affinity }),
    });
    await app.register(httpProxy, { upstream: target });
    return app.listen({ port: 0, host: "127.0.0.1" });
  });
});

test("the decision is on the request of every plugin, and replies without a proxy are merged too", async () => {
  const app = Fastify();
  await app.register(canary, { table: tableOf(), alias: "shop" });
  await app.register(async (inner) => {
    inner.get("/api/cart", (request, reply) => reply.header("vary", "Accept").send(request.canary));
  });
  const response = await app.inject("/api/cart");
  expect(response.headers["vary"]).toBe("Accept, x-canary");
  expect(response.json()).toMatchObject({ version: "v3", by: "alias" });
});

test("an option that cannot be used fails the registration", async () => {
  const app = Fastify();
  const registration = async (): Promise<unknown> => app.register(canary, { table: tableOf(), alias: "shop", header: "a b" });
  await expect(registration()).rejects.toThrow("`header` is no name of a header");
});
