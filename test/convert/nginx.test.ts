import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { attackTarget, judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, startEngine } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEngine("nginx", "-v"))("nginx", () => {
  const start: Start = async (text, port, index) => {
    const prefix = join(folder, String(index));
    mkdirSync(prefix);
    writeFileSync(join(prefix, "nginx.conf"), text);
    return startEngine("nginx", ["-e", "stderr", "-p", prefix, "-c", "nginx.conf"], port);
  };
  judgeTarget("nginx", start);
  attackTarget("nginx", start, "murmur2");
});
