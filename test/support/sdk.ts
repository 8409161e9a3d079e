import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FunctionGraphClient } from "@huaweicloud/huaweicloud-sdk-functiongraph";
import { KEY, PROJECT } from "./control.ts";

// The SDK writes a file below HOME when it is loaded, and logs each error.
process.env["HOME"] = mkdtempSync(join(tmpdir(), "canary-router-sdk-"));
const core = await import("@huaweicloud/huaweicloud-sdk-core");
const functiongraph = await import("@huaweicloud/huaweicloud-sdk-functiongraph");
const requireOfSdk = createRequire(import.meta.resolve("@huaweicloud/huaweicloud-sdk-core"));
(requireOfSdk("log4js") as { readonly getLogger: () => { level: string } }).getLogger().level = "off";

/** The SDK of the cloud, unmodified, for an endpoint on loopback. */
export function sdk(
  endpoint: string,
  { access, secret }: { readonly access: string; readonly secret: string } = KEY,
  project: string = PROJECT,
): FunctionGraphClient {
  const credentials = new core.BasicCredentials().withAk(access).withSk(secret).withProjectId(project);
  return functiongraph.FunctionGraphClient.newBuilder().withCredential(credentials).withEndpoint(endpoint).build();
}
