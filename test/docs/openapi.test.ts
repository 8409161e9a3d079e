import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROUTES } from "../../src/control/routes.ts";
import { faultsOfResponse } from "../support/openapi.ts";
import { openapi } from "./openapi.ts";

const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));

/** `npx vitest run test/docs/openapi.test.ts -u` writes it anew. */
test("docs/alias-api.openapi.json is the document of what is served", async () => {
  await expect(`${JSON.stringify(openapi(version), null, 2)}\n`).toMatchFileSnapshot("../../docs/alias-api.openapi.json");
});

test("each route is described once, and each reference leads to a schema", () => {
  const document = openapi(version) as {
    readonly paths: Readonly<Record<string, object>>;
    readonly components: { readonly schemas: object };
  };
  const names = [...JSON.stringify(document).matchAll(/"operationId":"(\w+)"/g)].map(([, name]) => name);
  expect(names.toSorted()).toEqual(ROUTES.map(({ operation }) => operation).toSorted());
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(new Set(references)).toEqual(new Set(Object.keys(document.components.schemas).filter((name) => references.includes(name))));
});

test("a response that the document does not describe is seen", () => {
  const path = "/v2/p/fgs/functions/shop/aliases/live";
  const alias = { name: "live", version: "v1", last_modified: "2026-11-28T07:40:00Z", alias_urn: "urn" };
  expect(faultsOfResponse("GET", path, 200, JSON.stringify(alias))).toEqual([]);
  expect(faultsOfResponse("GET", path, 200, JSON.stringify({ ...alias, description: null }))).toHaveLength(1);
  expect(faultsOfResponse("GET", path, 201, JSON.stringify(alias))).toHaveLength(1);
  expect(faultsOfResponse("DELETE", path, 204, "{}")).toHaveLength(1);
  const refused = (error_code: string): string => JSON.stringify({ error_code, error_msg: "no" });
  expect(faultsOfResponse("GET", path, 404, refused("FSS.1053"))).toEqual([]);
  expect(faultsOfResponse("GET", path, 409, refused("FSS.1063"))).toHaveLength(1);
  expect(faultsOfResponse("GET", path, 404, refused("FSS.1063"))).toHaveLength(1);
});
