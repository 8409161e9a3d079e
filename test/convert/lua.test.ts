import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { exportAlias } from "../../src/convert/index.ts";
import { keyDraw, slotOf } from "../../src/plan/index.ts";
import { STICKY_HASHES } from "../../src/alias/index.ts";
import { attackTarget, judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, hasNginxModule, startEngine } from "../support/engine.ts";

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
