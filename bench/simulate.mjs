// What simulation costs: beside bare decisions on the same requests, on two threads beside one, in memory, and on a log.
//
//     npm run build && node --expose-gc bench/simulate.mjs [--dist DIR] [--rounds N]

import { execFile, execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { parse } from "yaml";
import { distURL, machine, quantile } from "./harness.mjs";

const { values } = parseArgs({
  options: { dist: { type: "string" }, rounds: { type: "string", default: "9" }, memory: { type: "string" }, alone: { type: "string" } },
});
const dist = distURL(values.dist);
const { compile } = await import(`${dist}index.js`);
const { logTraffic, population, populationTraffic, simulate, visitTraffic, workers } = await import(`${dist}simulate/index.js`);
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
  await simulate(storefront, populationTraffic(shop, Number(values.alone)), { seed: "bench" });
  process.exit();
}

/** This program again, in a process of its own. */
const self = (...args) => [fileURLToPath(import.meta.url), ...args, ...(values.dist === undefined ? [] : ["--dist", values.dist])];

const time = async (run) => {
  globalThis.gc?.();
  const before = performance.now();
  await run();
  return performance.now() - before;
};

/** The times of each run, round by round, in turn. The first round warms up. */
async function interleaved(runs) {
  const times = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    const names = Object.keys(runs);
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + 1) % names.length];
      const taken = await time(runs[name]);
      if (round >= 0) times[name].push(taken);
    }
  }
  return times;
}

const ratios = (some, others) => some.map((taken, round) => taken / others[round]);
const line = (what, figures) => console.log(`${what.padEnd(46)} ${figures}`);
const middle = (numbers) =>
  `${quantile(numbers).toFixed(2)} (${quantile(numbers, 0.25).toFixed(2)} to ${quantile(numbers, 0.75).toFixed(2)})`;

console.log(machine());
console.log("\nspeed of simulation, as a part of bare decisions on the same prebuilt requests (goal: at least 0.5)");
const REQUESTS = 1_000_000;
const source = populationTraffic(shop, REQUESTS);
const read = pieceReader(source.source, "bench");
const batches = [...source.pieces].map((piece) => read(piece).visits);
const count = batches.reduce((sum, visits) => sum + visits.length, 0);
const anonymous = batches.map((visits) =>
  visits.map(({ request }) => ({ request, user: undefined, session: undefined, draw: undefined, served: undefined })),
);
for (const [name, alias] of Object.entries(ALIASES)) {
  const route = compile(alias);
  const counts = route.decisions.map(() => 0);
  const times = await interleaved({
    bare: () => {
      for (const visits of batches) for (let i = 0; i < visits.length; i++) counts[route(visits[i].request).index]++;
    },
    anonymous: () => simulate(alias, visitTraffic(anonymous, { whole: true }), { seed: "bench" }),
    known: () => simulate(alias, visitTraffic(batches, { whole: true }), { seed: "bench" }),
  });
  const each = (numbers) => `${((quantile(numbers) * 1e6) / count).toFixed(0)} ns`;
  line(name, `bare ${each(times.bare)}`);
  line("  requests alone", `${middle(ratios(times.bare, times.anonymous))}, ${each(times.anonymous)}`);
  line("  requests, users and sessions", `${middle(ratios(times.bare, times.known))}, ${each(times.known)}`);
}

console.log("\nspeed on two threads, as a multiple of one worker's, and of this thread's (goal: 1.7)");
const spawned = (requests) => promisify(execFile)(process.execPath, self("--alone", String(requests)));
const modelled = () => populationTraffic(shop, 4 * REQUESTS);
const threads = await interleaved({
  none: () => simulate(storefront, modelled(), { seed: "bench" }),
  one: () => simulate(storefront, modelled(), { seed: "bench", crew: workers(1) }),
  two: () => simulate(storefront, modelled(), { seed: "bench", crew: workers(2) }),
  process: () => spawned(4 * REQUESTS),
  processes: () => Promise.all([spawned(2 * REQUESTS), spawned(2 * REQUESTS)]),
});
line("two processes that share nothing: the ceiling", middle(ratios(threads.process, threads.processes)));
line(
  "population of docs/examples, 4,000,000 requests",
  `${middle(ratios(threads.one, threads.two))}, ${middle(ratios(threads.none, threads.two))}`,
);

console.log("\nmemory of a whole simulation: heap after collections, peak of the process (goal: constant)");
for (const requests of [1_000_000, 10_000_000, 20_000_000]) {
  const answer = JSON.parse(execFileSync(process.execPath, ["--expose-gc", ...self("--memory", String(requests))], { encoding: "utf8" }));
  line(`${answer.requests.toLocaleString("en-US")} requests`, `${answer.heap.toFixed(1)} MB, ${answer.peak.toFixed(0)} MB`);
}

console.log("\nlines of a log a second (goal: 300,000)");
const LINES = 300_000;
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
  const times = await interleaved({
    read: () => readAll(chunks, form),
    one: () => simulate(alias, logTraffic(streamed(chunks), { form }), { seed: "bench" }),
    two: () => simulate(alias, logTraffic(streamed(chunks), { form }), { seed: "bench", crew: workers(2) }),
  });
  const rate = (numbers) => Math.round(LINES / (quantile(numbers) / 1000)).toLocaleString("en-US");
  line(form, `read alone ${rate(times.read)}, simulated ${rate(times.one)}, on two workers ${rate(times.two)}`);
}
