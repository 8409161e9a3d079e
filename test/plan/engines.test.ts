import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { StickyHash } from "../../src/alias/config.ts";
import { keyDraw } from "../../src/plan/key-draw.ts";
import { slotOf } from "../../src/plan/slots.ts";

// The hashes that an alias can name are those of real engines: Debian's nginx and HAProxy split the same keys.

const required = process.env["CI_ENGINES"] === "required";
const isThere = (program: string, version: string): boolean => {
  const there = spawnSync(program, [version]).status === 0;
  if (!there) console.info(`skipped: there is no ${program} on the PATH; CI_ENGINES=required makes that a failure`);
  return there || required;
};

const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Keys as applications have them, of every length up to 40, and with characters of two and four bytes. */
const KEYS: readonly string[] = Array.from({ length: 2_000 }, (_, index) => {
  if (index % 3 === 0) return `${"x".repeat(index % 40)}${index}`;
  return `user-${index * 7_919}${["", "é", "😀", "-a", "ü"][index % 5]}`;
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts an engine that answers a request with what it makes of the header `x-key`, and asks it for each key. */
async function answersOf(program: string, args: readonly string[], port: number, keys: readonly string[]): Promise<readonly string[]> {
  const engine = spawn(program, [...args], { stdio: "ignore" });
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const ask = (key: string): Promise<string> =>
    new Promise((resolve, reject) => {
      // A header's value is sent a byte a unit.
      const headers = { "x-key": Buffer.from(key).toString("latin1") };
      get({ port, host: "127.0.0.1", agent, headers }, (response) => {
        let body = "";
        response.on("data", (chunk: Buffer) => (body += chunk.toString())).on("end", () => resolve(body));
      }).on("error", reject);
    });
  try {
    for (let left = 100; ; left--) {
      const first = await ask("").catch(() => undefined);
      if (first !== undefined) break;
      if (left === 0 || engine.exitCode !== null) throw new Error(`${program} did not start`);
      await sleep(50);
    }
    return await Promise.all(keys.map(ask));
  } finally {
    agent.destroy();
    engine.kill("SIGTERM");
    if (engine.exitCode === null) await once(engine, "exit");
  }
}

function slotsOf(keys: readonly string[], hash: StickyHash): readonly number[] {
  return keys.map((key) => slotOf(keyDraw({ hash, seed: "" })(key)));
}

describe.skipIf(!isThere("nginx", "-v"))("nginx", () => {
  test("splits by murmur2: a hundred arms, and a bound at which a hash lies", async () => {
    const port = await freePort();
    const arms = Array.from({ length: 100 }, (_, arm) => `${arm === 99 ? "*" : "1%"} ${arm};`).join(" ");
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, name)};`).join(" ");
    const config = join(folder, "nginx.conf");
    writeFileSync(
      config,
      `daemon off; worker_processes 1; pid ${join(folder, "nginx.pid")}; error_log ${join(folder, "nginx.log")};
      events { worker_connections 64; }
      http {
        access_log off; ${paths}
        split_clients "$http_x_key" $arm { ${arms} }
        split_clients "$http_x_key" $side { 6.25% below; * above; }
        server { listen 127.0.0.1:${port}; location / { return 200 "$arm $side"; } }
      }`,
    );
    // `k1fuz` has the hash of the bound at slot 625, below which equal parts of 2^32 would put it.
    const keys = [...KEYS, "k1fuz"];
    const answers = await answersOf("nginx", ["-e", join(folder, "nginx.log"), "-c", config], port, keys);
    const expected = slotsOf(keys, "murmur2").map((slot) => `${Math.floor(slot / 100)} ${slot < 625 ? "below" : "above"}`);
    expect(answers).toEqual(expected);
  });
});

describe.skipIf(!isThere("haproxy", "-v"))("HAProxy", () => {
  test("splits by xxh32, to the slot", async () => {
    const port = await freePort();
    const config = join(folder, "haproxy.cfg");
    writeFileSync(
      config,
      `defaults
  mode http
  timeout client 30s
  timeout server 5s
  timeout connect 5s
frontend keys
  bind 127.0.0.1:${port}
  http-request set-var(txn.slot) req.fhdr(x-key),xxh32,mul(10000),div(4294967296)
  http-request return status 200 content-type text/plain lf-string "%[var(txn.slot)]"
`,
    );
    expect(await answersOf("haproxy", ["-db", "-f", config], port, KEYS)).toEqual(slotsOf(KEYS, "xxh32").map(String));
  });
});
