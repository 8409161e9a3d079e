/**
 * How many requests a second the alias API answers over an embedded store with 10,000 aliases of 1,000 functions, beside the bare database
 * with records of the same size. The server is a process of its own, and the client keeps 64 connections busy from this one.
 *
 *     npm run build && node bench/control.mjs [--seconds 5]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, request as send } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { open } from "lmdb";
import { createHandler, services } from "../dist/control/index.js";
import { lmdbStore } from "../dist/control/lmdb.js";

const PROJECT = "bench";
const FUNCTIONS = 1_000;
const ALIASES = 10;
const BUSY = 64;
const TERMS = { profile: "functiongraph", region: "local", now: new Date(), who: "bench" };

const bodyOf = (alias, weight) => ({ version: `v${alias}`, description: "who pays", additional_version_weights: { v10: weight } });

/** The server: prepares the store, says where it listens, and ends with its parent. */
async function serve(path) {
  const store = lmdbStore(path);
  const service = services(store)(PROJECT, TERMS);
  const versions = Array.from({ length: ALIASES + 1 }, (_, index) => `v${index}`);
  await Promise.all(
    Array.from({ length: FUNCTIONS }, async (_, index) => {
      await service.prepareFunction(`f${index}`, versions);
      for (let alias = 0; alias < ALIASES; alias++)
        await service.createAlias(`f${index}`, JSON.stringify({ name: `a${alias}`, ...bodyOf(alias, 5) }));
    }),
  );
  const handler = createHandler(store, { credentials: "insecure", rate: 1e9 });
  const server = createServer(handler.listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send(server.address().port);
}

/** Keeps `BUSY` calls under way for some seconds, and returns how many ended in each second. */
async function rateOf(seconds, call) {
  const end = performance.now() + seconds * 1_000;
  let count = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: BUSY }, async (_, worker) => {
      for (let turn = 0; performance.now() < end; turn++, count++) await call(worker + turn * BUSY);
    }),
  );
  return Math.round(count / ((performance.now() - began) / 1_000));
}

async function main(seconds) {
  const folder = mkdtempSync(join(tmpdir(), "bench-control-"));
  const child = fork(fileURLToPath(import.meta.url), ["--serve", join(folder, "aliases.db")]);
  try {
    const [port] = await once(child, "message");
    const agent = new Agent({ keepAlive: true, maxSockets: BUSY });
    const ask = (method, path, body) =>
      new Promise((resolve, reject) => {
        const headers = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
        const sent = send({ port, host: "127.0.0.1", agent, method, path, headers }, (response) => {
          response
            .resume()
            .on("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`${method} ${path}: ${response.statusCode}`))));
        });
        sent.on("error", reject).end(body);
      });
    const pathOf = (turn) => `/v2/${PROJECT}/fgs/functions/f${turn % FUNCTIONS}/aliases/a${Math.floor(turn / FUNCTIONS) % ALIASES}`;
    const aliasOf = (turn) => Math.floor(turn / FUNCTIONS) % ALIASES;
    await rateOf(1, (turn) => ask("GET", pathOf(turn)));
    const reads = await rateOf(seconds, (turn) => ask("GET", pathOf(turn)));
    const writes = await rateOf(seconds, (turn) => ask("PUT", pathOf(turn), JSON.stringify(bodyOf(aliasOf(turn), turn % 100))));

    // What one function with its aliases is in the store.
    const record = JSON.stringify({
      versions: Array.from({ length: 11 }, (_, index) => ({ name: `v${index}`, last_modified: "2026-11-28T07:40:00Z" })),
      aliases: Array.from({ length: ALIASES }, (_, alias) => ({
        name: `a${alias}`,
        body: bodyOf(alias, 5),
        last_modified: "2026-11-28T07:40:00Z",
      })),
    });
    const bare = open({ path: join(folder, "bare.db"), noSubdir: true, encoding: "string", overlappingSync: false });
    for (let index = 0; index < FUNCTIONS; index++) void bare.put(["bench", "default", `f${index}`], record);
    await bare.flushed;
    const bareReads = await rateOf(1, async (turn) => JSON.parse(bare.get(["bench", "default", `f${turn % FUNCTIONS}`])));
    const bareWrites = await rateOf(seconds, (turn) => bare.put(["bench", "default", `f${turn % FUNCTIONS}`], record));
    await bare.close();
    console.table({
      "reads a second": { "alias API": reads, "bare database": bareReads },
      "durable writes a second": { "alias API": writes, "bare database": bareWrites },
    });
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" }, serve: { type: "string" } } });
if (values.serve !== undefined) await serve(values.serve);
else await main(Number(values.seconds));
