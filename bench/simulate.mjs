// What simulation costs: beside bare decisions on the same requests, on two cores beside one, in memory, and on a log.
//
//     npm run build && node --expose-gc bench/simulate.mjs [--dist DIR] [--rounds N]
//
// What one core can do is asked of a process that `taskset` keeps to it: left alone, node collects garbage and compiles on others.

import { execFile, execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { parse } from "yaml";
import { distURL, machine, quantile } from "./harness.mjs";

const { values } = parseArgs({
  options: {
    dist: { type: "string" },
    rounds: { type: "string", default: "9" },
    memory: { type: "string" },
    alone: { type: "string" },
    workers: { type: "string" },
    speed: { type: "string" },
    what: { type: "string" },
    users: { type: "boolean" },
  },
});
const dist = distURL(values.dist);
const { compile } = await import(`${dist}index.js`);
const { logTraffic, population, populationTraffic, simulate, visitTraffic } = await import(`${dist}simulate/index.js`);
const { workers } = await import(`${dist}simulate/workers/index.js`);
const { pieceReader } = await import(`${dist}simulate/traffic/traffic.js`);

const rounds = Number(values.rounds);
const example = (name) => parse(readFileSync(new URL(`../docs/examples/${name}`, import.meta.url), "utf8"));
const shop = population(example("population.yaml"));
const storefront = example("storefront.yaml");
const ALIASES = {
  "two weights, random": { name: "shop", version: "v1", additional_version_weights: { v2: 10, v3: 5 } },
  "two weights, sticky": {
    name: "shop",
    version: "v1",
    additional_version_weights: { v2: 10, v3: 5 },
    stickiness: { keys: [{ rule_type: "Header", param: "X-User-Id" }], on_missing: "primary" },
  },
  "storefront.yaml": storefront,
};

/** This program again, in a process of its own. */
const self = (...args) => [fileURLToPath(import.meta.url), ...args, ...(values.dist === undefined ? [] : ["--dist", values.dist])];

const time = async (run) => {
  globalThis.gc?.();
  const before = performance.now();
  await run();
  return performance.now() - before;
};

/** What each run comes to, round by round, in turn. */
async function interleaved(runs) {
  const names = Object.keys(runs);
  const found = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      found[name].push(await runs[name]());
    }
  return found;
}

const ratios = (some, others) => some.map((taken, round) => taken / others[round]);
const line = (what, figures) => console.log(`${what.padEnd(46)} ${figures}`);
const middle = (numbers) =>
  `${quantile(numbers).toFixed(2)} (${quantile(numbers, 0.25).toFixed(2)} to ${quantile(numbers, 0.75).toFixed(2)})`;

if (values.memory !== undefined) {
  // One simulation in a process of its own: the largest heap after a collection, in MB, and the peak of the process.
  let heap = 0;
  let next = 0;
  const { requests } = await simulate(storefront, populationTraffic(shop, Number(values.memory)), {
    seed: "memory",
    onProgress: (done) => {
      if (done < next) return;
      next = done + Number(values.memory) / 50;
      globalThis.gc();
      heap = Math.max(heap, process.memoryUsage().heapUsed);
    },
  });
  console.log(JSON.stringify({ requests, heap: heap / 2 ** 20, peak: process.resourceUsage().maxRSS / 1024 }));
  process.exit();
}

if (values.alone !== undefined) {
  // One simulation in a process of its own, on so many workers: the milliseconds it took.
  const crew = values.workers === undefined ? {} : { crew: workers(Number(values.workers)) };
  const before = performance.now();
  await simulate(storefront, populationTraffic(shop, Number(values.alone)), { seed: "bench", ...crew });
  console.log(performance.now() - before);
  process.exit();
}

const REQUESTS = 1_000_000;

/** What is done with prebuilt requests. */
const SPEEDS = {
  bare: (alias, batches) => {
    const route = compile(alias);
    const counts = route.decisions.map(() => 0);
    for (const visits of batches) for (let i = 0; i < visits.length; i++) counts[route(visits[i].request).index]++;
  },
  simulated: (alias, batches) => simulate(alias, visitTraffic(batches, { contiguous: true }), { seed: "bench" }),
};

if (values.speed !== undefined) {
  // One of these in a process of its own, as it is with a command: the nanoseconds a request, the engine's compiling included.
  // Whether users and sessions are told or not, what is compared has the same objects in the same places of memory.
  const PASSES = 8;
  const { source, pieces } = populationTraffic(shop, REQUESTS);
  const read = pieceReader(source, "bench");
  const batches = [...pieces].map((piece) =>
    read(piece).visits.map(({ request, user, session }) =>
      values.users === true
        ? { request, user, session, draw: undefined, served: undefined }
        : { request, user: undefined, session: undefined, draw: undefined, served: undefined },
    ),
  );
  function* passes() {
    for (let pass = 0; pass < PASSES; pass++) yield* batches;
  }
  const ms = await time(() => SPEEDS[values.what](ALIASES[values.speed], passes()));
  console.log((ms * 1e6) / (PASSES * batches.reduce((sum, visits) => sum + visits.length, 0)));
  process.exit();
}

console.log(machine());
const pinned = spawnSync("taskset", ["--version"]).status === 0;
if (!pinned) console.log("`taskset` is not here: nothing is kept to one core");
/** This program again, as a command: kept to one core where one is given. */
const command = (core, ...args) => {
  const whole = [process.execPath, "--expose-gc", ...self(...args)];
  return core === undefined || !pinned ? whole : ["taskset", "-c", String(core), ...whole];
};
const answer = async ([file, ...args]) => Number((await promisify(execFile)(file, args)).stdout);

console.log("\nspeed of simulation on one core, as a part of bare decisions on the same prebuilt requests (goal: at least 0.5)");
for (const name of Object.keys(ALIASES)) {
  const ask = (what, ...more) => answer(command(0, "--speed", name, "--what", what, ...more));
  const { bare, simulated, bareUsers, simulatedUsers } = await interleaved({
    bare: () => ask("bare"),
    simulated: () => ask("simulated"),
    bareUsers: () => ask("bare", "--users"),
    simulatedUsers: () => ask("simulated", "--users"),
  });
  const pair = (some, others) => `${middle(ratios(some, others))}, ${quantile(some).toFixed(0)} and ${quantile(others).toFixed(0)} ns`;
  line(`${name}: requests alone`, pair(bare, simulated));
  line(`${name}: with users and sessions`, pair(bareUsers, simulatedUsers));
}

console.log("\nspeed on two cores, as a multiple of one core's (goal: 1.7)");
const spawned = (requests, { core, crew } = {}) =>
  answer(command(core, "--alone", String(requests), ...(crew === undefined ? [] : ["--workers", String(crew)])));
const SPAWNED = 8 * REQUESTS;
const cores = {
  "this thread on one core": () => spawned(SPAWNED, { core: 0 }),
  "one worker on one core": () => spawned(SPAWNED, { core: 0, crew: 1 }),
  "this thread on two cores": () => spawned(SPAWNED),
  "one worker on two cores": () => spawned(SPAWNED, { crew: 1 }),
  "two workers on two cores": () => spawned(SPAWNED, { crew: 2 }),
  "two processes that share nothing, a core for each": async () =>
    Math.max(...(await Promise.all([0, 1].map((core) => spawned(SPAWNED / 2, { core }))))),
};
const taken = await interleaved(cores);
const [onOne] = Object.values(taken);
for (const [name, times] of Object.entries(taken)) line(name, middle(ratios(onOne, times)));

console.log("\nmemory of a whole simulation: heap after collections, peak of the process (goal: constant)");
for (const requests of [1_000_000, 10_000_000, 20_000_000]) {
  const found = JSON.parse(execFileSync(process.execPath, ["--expose-gc", ...self("--memory", String(requests))], { encoding: "utf8" }));
  line(`${found.requests.toLocaleString("en-US")} requests`, `${found.heap.toFixed(1)} MB, ${found.peak.toFixed(0)} MB`);
}

console.log("\nlines of a log a second (goal: 300,000)");
const LINES = 1_000_000;
const encoder = new TextEncoder();
const chunked = (text) => {
  const bytes = encoder.encode(text);
  return Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, at) => bytes.subarray(at * 65_536, (at + 1) * 65_536));
};
const AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const accessLog = chunked(
  Array.from(
    { length: LINES },
    (_, at) =>
      `192.0.2.${at % 250} - ${at % 3 === 0 ? `user-${at % 20_011}` : "-"} [24/Nov/2026:12:00:00 +0000] "GET /p/${at}?page=${at % 7} HTTP/1.1" 200 ${at % 9000} "https://shop.example/" "${AGENT}"\n`,
  ).join(""),
);
const traffic = readFileSync(new URL("../docs/examples/traffic.ndjson", import.meta.url), "utf8");
const ndjson = chunked(traffic.repeat(Math.round(LINES / 2_400)));
async function* streamed(chunks) {
  yield* chunks;
}
const onPath = {
  name: "shop",
  version: "v1",
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: ":path", op: "=", value: "/p/17" }] } },
  additional_version_weights: { v2: 10 },
};
const readAll = async (chunks, form) => {
  const log = logTraffic(streamed(chunks), { form });
  const readPiece = pieceReader(log.source, "bench");
  let lines = 0;
  for await (const piece of log.pieces) lines += readPiece(piece).lines;
  return lines;
};
for (const [form, chunks, alias] of [
  ["access-log", accessLog, onPath],
  ["ndjson", ndjson, storefront],
]) {
  const runs = {
    read: () => time(() => readAll(chunks, form)),
    one: () => time(() => simulate(alias, logTraffic(streamed(chunks), { form }), { seed: "bench" })),
    two: () => time(() => simulate(alias, logTraffic(streamed(chunks), { form }), { seed: "bench", crew: workers(2) })),
  };
  for (const warmUp of Object.values(runs)) await warmUp();
  const times = await interleaved(runs);
  const rate = (numbers) => Math.round(LINES / (quantile(numbers) / 1000)).toLocaleString("en-US");
  line(form, `read alone ${rate(times.read)}, simulated ${rate(times.one)}, on two workers ${rate(times.two)}`);
}
