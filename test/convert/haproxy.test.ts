import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { hasEngine, startEngine } from "../support/engine.ts";
import { attackTarget, judgeTarget, type Start } from "../support/differential.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEngine("haproxy", "-v"))("HAProxy", () => {
  const start: Start = async (text, port, index) => {
    const file = join(folder, `${index}.cfg`);
    writeFileSync(file, text, "latin1");
    return startEngine("haproxy", ["-db", "-f", file], port);
  };
  judgeTarget("haproxy", start);
  attackTarget("haproxy", start, "xxh32");
});
