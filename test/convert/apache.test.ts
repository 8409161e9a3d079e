import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, startEngine } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEngine("apache2", "-v"))("Apache", () => {
  const start: Start = async (text, port, index) => {
    const prefix = join(folder, String(index));
    mkdirSync(prefix);
    writeFileSync(join(prefix, "apache.conf"), text);
    return startEngine("apache2", ["-X", "-d", prefix, "-f", "apache.conf"], port);
  };
  judgeTarget("apache", start);
});
