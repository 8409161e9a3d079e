// The workloads through benny: reused strings, batches of 1,024, the order of the contenders changed from suite to suite.

import { parseArgs } from "node:util";
import b from "benny";
import { BATCH, batchOf } from "./batch.mjs";
import { distURL, machine, quantile } from "./harness.mjs";
import { WORKLOADS } from "./workloads.mjs";

/** Nanoseconds a decision on a workload, by contender: one suite of benny, which says on its own that it runs. */
export async function suite(id, names, dist, seconds) {
  const batches = await Promise.all(names.map((name) => batchOf(name, id, dist)));
  const cases = names.map((name, n) => b.add(name, () => batches[n].run, { maxTime: seconds, minSamples: 10 }));
  let results;
  await b.suite(
    id,
    ...cases,
    b.complete(({ results: found }) => void (results = found)),
  );
  for (const { check } of batches) check();
  return new Map(results.map(({ name, ops }) => [name, 1e9 / ops / BATCH]));
}

async function main() {
  const { values: options } = parseArgs({
    options: {
      only: { type: "string", default: WORKLOADS.join(",") },
      contenders: { type: "string", default: "interpreter,closures,jit" },
      suites: { type: "string", default: "5" },
      seconds: { type: "string", default: "0.5" },
      dist: { type: "string" },
    },
  });
  const names = ["hand", ...options.contenders.split(",")];
  const about = machine();
  const lines = [
    `${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}\n`,
    `| workload, reused strings | hand, ns | ${names.slice(1).join(" | ")} |`,
    `| --- | ---: | ${names
      .slice(1)
      .map(() => "---:")
      .join(" | ")} |`,
  ];
  for (const id of options.only.split(",")) {
    const suites = [];
    for (let n = 0; n < Number(options.suites); n++) {
      const turn = n % names.length;
      suites.push(await suite(id, [...names.slice(turn), ...names.slice(0, turn)], distURL(options.dist), Number(options.seconds)));
    }
    const ratios = names.slice(1).map((name) => quantile(suites.map((times) => times.get(name) / times.get("hand"))));
    const hand = quantile(suites.map((times) => times.get("hand")));
    lines.push(`| ${id} | ${hand.toFixed(1)} | ${ratios.map((each) => each.toFixed(2)).join(" | ")} |`);
  }
  console.log(`\n${lines.join("\n")}`);
}

if (import.meta.filename === process.argv[1]) await main();
