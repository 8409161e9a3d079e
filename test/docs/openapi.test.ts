import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROUTES } from "../../src/control/routes.ts";
import { scratch } from "../support/command.ts";
import { faultsOfResponse } from "../support/openapi.ts";
import { openapi } from "./openapi.ts";
import { type ApiDocument, pageOfApi } from "./openapi-page.ts";

const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));

/** `npx vitest run test/docs/openapi.test.ts -u` writes it anew. */
test("docs/alias-api.openapi.json is the document of what is served", async () => {
  await expect(`${JSON.stringify(openapi(version), null, 2)}\n`).toMatchFileSnapshot("../../docs/alias-api.openapi.json");
});

/** The same, for people. */
test("docs/api/alias-api.md is the page of that document", async () => {
  await expect(pageOfApi(openapi(version) as unknown as ApiDocument)).toMatchFileSnapshot("../../docs/api/alias-api.md");
});

const { folder } = scratch();

/** What the linter says of a document, with its strict rules. It is a program of its own and reads no settings. */
async function lint(path: string): Promise<string> {
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const args = ["node_modules/@redocly/cli/bin/cli.js", "lint", path, "--extends=recommended-strict", "--format=json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  return stdout;
}

test("the document has no fault that a linter finds, and one is found where it is", { timeout: 300_000 }, async () => {
  const found = (text: string): readonly string[] =>
    (JSON.parse(text) as { readonly problems: readonly { readonly ruleId: string }[] }).problems.map(({ ruleId }) => ruleId);
  expect(found(await lint("docs/alias-api.openapi.json"))).toEqual([]);
  const faulty = join(folder, "faulty.json");
  writeFileSync(faulty, readFileSync("docs/alias-api.openapi.json", "utf8").replaceAll("operationId", "operationID"));
  expect(new Set(found(await lint(faulty)))).toContain("struct");
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
