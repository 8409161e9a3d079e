/**
 * Serves the alias API on loopback over a store in a new folder, and has the SDK of the cloud, unmodified, create, change and list an alias.
 * It needs the packages `lmdb`, `@huaweicloud/huaweicloud-sdk-core`, `@huaweicloud/huaweicloud-sdk-functiongraph` and `uuid`.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHandler, services } from "canary-router/control";
import { lmdbStore } from "canary-router/control/lmdb";

const folder = mkdtempSync(join(tmpdir(), "alias-api-"));
process.env.HOME = folder; // The SDK writes a file there.
const { BasicCredentials } = await import("@huaweicloud/huaweicloud-sdk-core");
const { FunctionGraphClient } = await import("@huaweicloud/huaweicloud-sdk-functiongraph");

const project = "0a1b2c3d";
const urn = `urn:fss:local:${project}:function:default:shop`;
const key = { access: "AK0123456789", secret: "40-characters-of-a-secret-key" };

const store = lmdbStore(join(folder, "aliases.db"));
const terms = { profile: "functiongraph", region: "local", now: new Date(), who: "setup" };
await services(store)(project, terms).prepareFunction(urn, ["v1", "v2"]);

const handler = createHandler(store, { credentials: { projects: [{ id: project, keys: [key], tokens: [] }] } });
const server = createServer(handler.listener).listen(0, "127.0.0.1");
await once(server, "listening");

const client = FunctionGraphClient.newBuilder()
  .withCredential(new BasicCredentials().withAk(key.access).withSk(key.secret).withProjectId(project))
  .withEndpoint(`http://127.0.0.1:${server.address().port}`)
  .build();

await client.createVersionAlias({ function_urn: urn, body: { name: "live", version: "v1", additional_version_weights: { v2: 5 } } });
await client.updateVersionAlias({ function_urn: urn, alias_name: "live", body: { version: "v1", additional_version_weights: { v2: 20 } } });
for (const { name, version, additional_version_weights: weights, alias_urn } of await client.listVersionAliases({ function_urn: urn }))
  console.log(name, version, JSON.stringify(weights), alias_urn);

server.close();
server.closeAllConnections();
await store.close();
rmSync(folder, { recursive: true });
