import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { exportAlias, type WireRequest } from "../../src/convert/index.ts";
import { keyDraw, slotOf } from "../../src/plan/index.ts";
import { STICKY_HASHES } from "../../src/alias/index.ts";
import { attackTarget, judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, hasLighttpdModule, hasNginxModule, startEngine } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEYS = Array.from({ length: 500 }, (_, index) => `${"k".repeat(index % 70)}${index}${["", "é", "😀"][index % 3]}`);

describe.each(["lua5.1", "lua5.3", "lua5.4"])("%s", (program) => {
  test.skipIf(!hasEngine(program, "-v")).each(STICKY_HASHES)("hashes by %s to the slot of the library", (hash) => {
    const weights = Object.fromEntries(Array.from({ length: 60 }, (_, arm) => [`v${arm}`, 1.6]));
    const config = {
      version: "primary",
      additional_version_weights: weights,
      stickiness: { keys: [{ rule_type: "Query", param: "k" }], seed: "seed", on_missing: "primary", hash },
    };
    const file = join(folder, `${program}-${hash}.lua`);
    const { text = "" } = exportAlias(config, { to: "lua" });
    const targets = KEYS.map((key) => `  "/?k=${encodeURIComponent(key)}",`).join("\n");
    const driver = `local canary = (function(...)\n${text}\nend)()
for _, target in ipairs({\n${targets}\n}) do
  print(canary.decide({ method = "GET", target = target, lines = function() return {} end, random = math.random }))
end`;
    writeFileSync(file, driver);
    const { stdout, stderr } = spawnSync(program, [file], { encoding: "utf8" });
    expect(stderr).toBe("");
    const slots = KEYS.map((key) => slotOf(keyDraw({ hash, seed: "seed" })(key)));
    // Rank 1 is at the low end, rank 2 at the high end, and the others follow rank 1.
    const versionOf = (slot: number): string => {
      const arm = slot >= 9_840 ? 1 : Math.floor(slot / 160);
      return slot >= 9_840 ? "v1" : arm >= 59 ? "primary" : `v${arm === 0 ? 0 : arm + 1}`;
    };
    expect(stdout.trim().split("\n")).toEqual(slots.map(versionOf));
  });
});

describe.skipIf(!hasEngine("nginx", "-v") || !hasNginxModule("lua"))("nginx-lua", () => {
  const start: Start = async (text, port, index) => {
    const prefix = join(folder, `nginx-${index}`);
    mkdirSync(prefix);
    writeFileSync(join(prefix, "nginx.conf"), text);
    return startEngine("nginx", ["-e", "stderr", "-p", prefix, "-c", "nginx.conf"], port);
  };
  judgeTarget("lua", start);
  attackTarget("lua", start, "murmur3");
});

/** Tests of one host of the module write its configuration around the module, which is a file of its own. */
function hosted(
  name: string,
  configOf: (module: string, port: number, prefix: string) => string,
): (run: (file: string) => readonly [string, readonly string[]]) => Start {
  return (run) => async (_, port, index, config) => {
    const prefix = join(folder, `${name}-${index}`);
    mkdirSync(prefix);
    const module = join(prefix, "canary.lua");
    writeFileSync(module, exportAlias(config, { to: "lua" }).text ?? "");
    const file = join(prefix, "config");
    writeFileSync(file, configOf(module, port, prefix));
    const [program, args] = run(file);
    return startEngine(program, args, port);
  };
}

describe.skipIf(!hasEngine("haproxy", "-v"))("HAProxy with Lua", () => {
  const start = hosted(
    "haproxy",
    (module, port) => `global
  lua-load ${module}
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
frontend canary
  bind 127.0.0.1:${port}
  http-request lua.canary
  http-request return status 200 content-type text/plain lf-string "%[var(txn.canary_version)]"
`,
  )((file) => ["haproxy", ["-db", "-f", file]]);
  judgeTarget("lua", start);
});

/** The lines of each header as one, with what stands between them. */
const merged =
  (separatorOf: (name: string) => string) =>
  (request: WireRequest): WireRequest => {
    const lines = new Map<string, string>();
    for (const [written, value] of request.headers) {
      const name = written.toLowerCase();
      const text = value.replace(/^[ \t]+|[ \t]+$/g, "");
      const before = lines.get(name);
      lines.set(name, before === undefined ? text : `${before}${separatorOf(name)}${text}`);
    }
    return { ...request, headers: [...lines] };
  };

describe.skipIf(!hasEngine("apache2", "-v"))("Apache with mod_lua", () => {
  const start = hosted("apache", (module, port, prefix) => {
    writeFileSync(
      join(prefix, "answer.lua"),
      'function handle(r)\n  r.content_type = "text/plain"\n  r:write(r.subprocess_env["CANARY_VERSION"] or "")\n  return apache2.OK\nend\n',
    );
    return `${["mpm_event", "authz_core", "lua"].map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join("\n")}
PidFile apache.pid
ErrorLog error.log
ServerName canary
Listen 127.0.0.1:${port}
MaxKeepAliveRequests 0
HttpProtocolOptions Unsafe
LuaHookFixups ${module} canary
LuaMapHandler ^/ ${join(prefix, "answer.lua")} handle
`;
  })((file) => ["apache2", ["-X", "-d", dirname(file), "-f", file]]);
  // Cookies too are joined with a comma.
  judgeTarget("lua", start, { handed: merged(() => ", ") });
});

describe.skipIf(!hasEngine("lighttpd", "-v") || !hasLighttpdModule("magnet"))("lighttpd with mod_magnet", () => {
  const start = hosted("lighttpd", (module, port, prefix) => {
    const answer = join(prefix, "answer.lua");
    writeFileSync(
      answer,
      'lighty.r.resp_header["Content-Type"] = "text/plain"\nlighty.r.resp_body:set({ lighty.r.req_env["CANARY_VERSION"] })\nreturn 200\n',
    );
    return `server.modules = ("mod_magnet")
server.port = ${port}
server.bind = "127.0.0.1"
server.document-root = "${prefix}"
server.errorlog = "${join(prefix, "error.log")}"
server.http-parseopts = ("header-strict" => "disable", "host-strict" => "disable", "host-normalize" => "disable", "url-normalize" => "disable")
server.max-keep-alive-requests = 1000000
magnet.attract-raw-url-to = ("${module}", "${answer}")
`;
  })((file) => ["lighttpd", ["-D", "-f", file]]);
  const mergedHere = merged((name) => (name === "cookie" ? "; " : ", "));
  // A line without a value is left out.
  judgeTarget("lua", start, {
    handed: (request) => mergedHere({ ...request, headers: request.headers.filter(([, value]) => /[^ \t]/.test(value)) }),
  });
});
