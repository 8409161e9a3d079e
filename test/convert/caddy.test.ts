import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, startEngine } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEngine("caddy", "version"))("Caddy", () => {
  const start: Start = async (text, port, index) => {
    const prefix = join(folder, String(index));
    mkdirSync(prefix);
    const file = join(prefix, "Caddyfile");
    writeFileSync(file, text);
    return startEngine("caddy", ["run", "--config", file, "--adapter", "caddyfile"], port, { HOME: prefix });
  };
  judgeTarget("caddy", start);
});
