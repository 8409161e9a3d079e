/**
 * How long it takes until an alias that the SDK of the cloud has created, or changed, decides requests: from the answer of the alias API to the
 * first request that a gateway decides by it. `canary-router control` and the gateways are processes of their own: one gateway over LMDB, and
 * two over etcd, of which the slower one counts.
 *
 *     npm run build && node bench/propagation.mjs [--rounds 50]
 *
 * It needs the packages of the SDK, and etcd for the second part.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";

const PROJECT = "bench";
const URN = `urn:fss:local:${PROJECT}:function:default:shop`;
const KEY = { access: "AKBENCH", secret: "a-secret-of-the-bench" };
/** Milliseconds between two requests of a gateway that is asked whether it has changed. */
const PAUSE = 1;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "50" } } });
const rounds = Number(values.rounds);
const folder = mkdtempSync(join(tmpdir(), "bench-propagation-"));
process.env.HOME = folder; // The SDK writes a file there.
const { BasicCredentials } = await import("@huaweicloud/huaweicloud-sdk-core");
const { FunctionGraphClient } = await import("@huaweicloud/huaweicloud-sdk-functiongraph");
const agent = new Agent({ keepAlive: true });
const children = [];

/** Starts a program, and resolves with what `find` finds in one of its lines. */
async function start(program, args, find) {
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  const found = new Promise((done, failed) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on("line", (line) => {
        const value = find(line);
        if (value !== undefined) done(value);
      });
    child.on("exit", (code) => failed(new Error(`${program} ${args.join(" ")} has ended with ${code}`)));
  });
  return found;
}

const canary = (args, find) => start(process.execPath, [resolve("dist/bin/main.js"), ...args], find);

async function upstream(version) {
  const server = createServer((_, response) => response.end(version)).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
}

/** What a gateway answers: the version, or the status of what is none. */
const ask = (port) =>
  new Promise((done, failed) => {
    get({ host: "127.0.0.1", port, agent }, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk)).on("end", () => done(response.statusCode === 200 ? text : response.statusCode));
    }).on("error", failed);
  });

/** Milliseconds from `since` until a gateway answers so. */
async function becomes(port, wanted, since) {
  while ((await ask(port)) !== wanted) await sleep(PAUSE);
  return performance.now() - since;
}

/** Milliseconds of each kind of change, the slowest gateway of each round. */
async function measure(store, gateways) {
  const prepare = ["control", "function", URN, "--versions", "v1,v2", "--store", store];
  if (spawnSync(process.execPath, [resolve("dist/bin/main.js"), ...prepare], { cwd: folder }).status !== 0)
    throw new Error("the function is not prepared");
  const endpoint = await canary(
    ["control", "--listen", "127.0.0.1:0", "--store", store, "--credentials", "credentials.yaml"],
    (line) => /is at (\S+)$/.exec(line)?.[1],
  );
  const client = FunctionGraphClient.newBuilder()
    .withCredential(new BasicCredentials().withAk(KEY.access).withSk(KEY.secret).withProjectId(PROJECT))
    .withEndpoint(endpoint)
    .build();
  const upstreams = { v1: await upstream("v1"), v2: await upstream("v2") };
  const config = { listen: "127.0.0.1:0", aliases: { store, project: PROJECT }, routes: [{ alias: "default/shop/live", upstreams }] };
  writeFileSync(join(folder, "gateway.yaml"), JSON.stringify({ ...config, log: { requests: false } }));
  const ports = [];
  for (let index = 0; index < gateways; index++)
    ports.push(await canary(["serve", "gateway.yaml"], (line) => (line.startsWith("{") ? JSON.parse(line).listen?.port : undefined)));
  const slowest = async (wanted, since) => Math.max(...(await Promise.all(ports.map((port) => becomes(port, wanted, since)))));
  const times = { created: [], changed: [], deleted: [] };
  for (let round = 0; round < rounds; round++) {
    await client.createVersionAlias({ function_urn: URN, body: { name: "live", version: "v1" } });
    times.created.push(await slowest("v1", performance.now()));
    await client.updateVersionAlias({ function_urn: URN, alias_name: "live", body: { version: "v2" } });
    times.changed.push(await slowest("v2", performance.now()));
    await client.deleteVersionAlias({ function_urn: URN, alias_name: "live" });
    times.deleted.push(await slowest(503, performance.now()));
    // A signature counts seconds, so that one change twice within one is taken for a replay.
    await sleep(1_001);
  }
  return times;
}

function show(name, times) {
  const rows = Object.entries(times).map(([kind, list]) => {
    const sorted = list.toSorted((one, other) => one - other);
    const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
    return [`${name}, ${kind}`, { median: at(0.5), "90 %": at(0.9), longest: at(1) }];
  });
  console.table(Object.fromEntries(rows));
}

async function etcd() {
  const port = async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port: free } = server.address();
    await new Promise((done) => server.close(done));
    return free;
  };
  const [client, peer] = [`http://127.0.0.1:${await port()}`, `http://127.0.0.1:${await port()}`];
  const data = join(folder, "etcd");
  mkdirSync(data, { mode: 0o700 });
  const own = ["--data-dir", data, "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer];
  await start("etcd", [...own, "--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`], (line) =>
    /ready to serve client requests/.test(line) ? true : undefined,
  );
  return `etcd://${new URL(client).host}/canary/`;
}

console.log(`milliseconds, ${rounds} rounds, load average ${loadavg()[0].toFixed(1)}`);
try {
  writeFileSync(join(folder, "credentials.yaml"), JSON.stringify({ projects: [{ id: PROJECT, keys: [KEY], tokens: [] }] }), {
    mode: 0o600,
  });
  show("LMDB, one gateway", await measure("./aliases.db", 1));
  if (spawnSync("etcd", ["--version"]).error === undefined) show("etcd, two gateways", await measure(await etcd(), 2));
  else console.log("etcd is not installed");
} finally {
  for (const child of children) child.removeAllListeners("exit").kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
