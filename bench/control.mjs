/**
 * How many requests a second the alias API answers over an embedded store with 10,000 aliases of 1,000 functions, beside a server of `node:http` that
 * answers an alias without looking, and the bare database with records of the same size. The servers are a process of their own, whose processor
 * time a request is printed too, and the client keeps 64 connections busy from this one.
 *
 *     npm run build && node bench/control.mjs [--seconds 5]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, createServer, request as send } from "node:http";
import { loadavg, tmpdir } from "node:os";
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
  const alias = JSON.stringify({
    name: "a1",
    ...bodyOf(1, 5),
    last_modified: "2026-11-28T07:40:00Z",
    alias_urn: "urn:fss:local:bench:function:default:f1:!a1",
  });
  const headers = { "content-type": "application/json", "content-length": alias.length, "cache-control": "no-store" };
  const bare = createServer((_, response) => response.writeHead(200, headers).end(alias)).listen(0, "127.0.0.1");
  await once(bare, "listening");
  process.on("message", () => process.send(process.cpuUsage()));
  process.send([server.address().port, bare.address().port]);
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
    const [[own, bareServer]] = await once(child, "message");
    /** Microseconds of the processor that the servers have used. */
    const used = async () => {
      child.send("used");
      const [{ user, system }] = await once(child, "message");
      return user + system;
    };
    const agent = new Agent({ keepAlive: true, maxSockets: BUSY });
    const ask = (port, method, path, body) =>
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
    /** The rate of calls, and the processor time that each took of the servers. */
    const measure = async (call) => {
      const before = await used();
      let calls = 0;
      const rate = await rateOf(seconds, (turn) => (calls++, call(turn)));
      return { rate, time: Math.round(((await used()) - before) / calls) };
    };
    const read = (port) => measure((turn) => ask(port, "GET", pathOf(turn)));
    await rateOf(1, (turn) => ask(own, "GET", pathOf(turn)));
    const reads = await read(own);
    const floor = await read(bareServer);
    const writes = await measure((turn) => ask(own, "PUT", pathOf(turn), JSON.stringify(bodyOf(aliasOf(turn), turn % 100))));

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
    console.log(`load average ${loadavg()[0].toFixed(1)}`);
    console.table({
      "reads a second": { "alias API": reads.rate, "bare node:http": floor.rate, "bare database": bareReads },
      "durable writes a second": { "alias API": writes.rate, "bare database": bareWrites },
      "µs of the processor, a read": { "alias API": reads.time, "bare node:http": floor.time },
      "µs of the processor, a write": { "alias API": writes.time },
    });
  } finally {
    child.kill();
    rmSync(folder, { recursive: true });
  }
}

const { values } = parseArgs({ options: { seconds: { type: "string", default: "5" }, serve: { type: "string" } } });
if (values.serve !== undefined) await serve(values.serve);
else await main(Number(values.seconds));
