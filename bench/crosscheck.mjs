// The same ratios by three harnesses: the one of this folder, benny and tinybench. What they agree on is no artefact of one.

import { parseArgs } from "node:util";
import { Bench } from "tinybench";
import { BATCH, batchOf } from "./batch.mjs";
import { suite } from "./benny.mjs";
import { distURL, machine, measure, quantile } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "W1,W2,W3,W4,W5,W6,W8" },
    contenders: { type: "string", default: "closures,jit" },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "0.5" },
    dist: { type: "string" },
  },
});
const dist = distURL(options.dist);
const names = ["hand", ...options.contenders.split(",")];
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);

async function tinybench(id, order) {
  const bench = new Bench({ time: seconds * 1000, warmupTime: 100 });
  const batches = await Promise.all(order.map((name) => batchOf(name, id, dist)));
  order.forEach((name, n) => bench.add(name, batches[n].run));
  await bench.run();
  for (const { check } of batches) check();
  return new Map(bench.tasks.map(({ name, result }) => [name, (result.latency.p50 * 1e6) / BATCH]));
}

async function runner(id) {
  const entries = names.map((name) => ({ label: name, name, id }));
  const times = await measure(entries, { mode: "reused", aliases: 1, dist, rounds: 9, batches: 16, batch: BATCH, processes: 3 });
  return names.slice(1).map((name) => quantile(times.get(name).map((time, round) => time / times.get("hand")[round])));
}

async function repeated(harness) {
  const found = [];
  for (let n = 0; n < rounds; n++) {
    const turn = n % names.length;
    found.push(await harness([...names.slice(turn), ...names.slice(0, turn)]));
  }
  return names.slice(1).map((name) => quantile(found.map((times) => times.get(name) / times.get("hand"))));
}

const about = machine();
const lines = [
  `${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}; reused strings, one alias, ratios to the hand\n`,
  "| workload | contender | route.mjs | benny | tinybench | largest over smallest |",
  "| --- | --- | ---: | ---: | ---: | ---: |",
];
const spreads = [];
for (const id of options.only.split(",")) {
  const own = await runner(id);
  const benny = await repeated((order) => suite(id, order, dist, seconds));
  const tiny = await repeated((order) => tinybench(id, order));
  names.slice(1).forEach((name, n) => {
    const figures = [own[n], benny[n], tiny[n]];
    spreads.push(Math.max(...figures) / Math.min(...figures));
    lines.push(`| ${id} | ${name} | ${figures.map((each) => each.toFixed(2)).join(" | ")} | ${spreads.at(-1).toFixed(2)} |`);
  });
}
console.log(`\n${lines.join("\n")}`);
console.log(`\nThe three differ by a factor of ${quantile(spreads).toFixed(2)} in the median, ${Math.max(...spreads).toFixed(2)} at most.`);
