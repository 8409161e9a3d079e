import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { nginxServer } from "../../src/convert/engine/nginx.ts";
import { attackTarget, judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, hasNginxModule, startEngine } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEngine("nginx", "-v") || !hasNginxModule("js"))("nginx with njs", () => {
  const start: Start = async (text, port, index) => {
    const prefix = join(folder, String(index));
    mkdirSync(prefix);
    writeFileSync(join(prefix, "canary.js"), text);
    const http = [
      `js_path "${prefix}";`,
      "js_import canary.js;",
      "js_set $canary_version canary.version;",
      "underscores_in_headers on;",
      "ignore_invalid_headers off;",
    ];
    const lines = nginxServer(http, `127.0.0.1:${port}`, "    location / { return 200 $canary_version; }", [
      "load_module /usr/lib/nginx/modules/ngx_http_js_module.so;",
    ]);
    writeFileSync(join(prefix, "nginx.conf"), lines.join("\n"));
    return startEngine("nginx", ["-e", "stderr", "-p", prefix, "-c", "nginx.conf"], port);
  };
  judgeTarget("njs", start);
  attackTarget("njs", start, "murmur3");
});
