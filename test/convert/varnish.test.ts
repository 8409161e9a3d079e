import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe } from "vitest";
import { attackTarget, judgeTarget, type Start } from "../support/differential.ts";
import { hasEngine, startEngine } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasEngine("varnishd", "-V"))("Varnish", () => {
  const start: Start = async (text, port, index) => {
    const prefix = join(folder, String(index));
    mkdirSync(prefix);
    const file = join(prefix, "canary.vcl");
    writeFileSync(file, text);
    const args = ["-F", "-j", "none", "-n", prefix, "-f", file, "-a", `127.0.0.1:${port}`, "-T", "none", "-s", "malloc,16m"];
    return startEngine("varnishd", args, port);
  };
  // Each configuration is compiled by a compiler of C, for seconds.
  judgeTarget("varnish", start, { aliases: 6, requests: 400 });
  attackTarget("varnish", start, "sha256", 1);
});
