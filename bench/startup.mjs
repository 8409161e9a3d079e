/**
 * How long commands take from the start of node to its end, beside node that does nothing:
 *
 *     npm run build && node bench/startup.mjs [--rounds 15]
 *
 * Each round starts every contender once, so that what else the machine does falls on all of them. The median is of wall time in
 * milliseconds.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const rounds = Number(values.rounds);
const main = fileURLToPath(new URL("../dist/bin/main.js", import.meta.url));
const examples = fileURLToPath(new URL("../docs/examples/", import.meta.url));

const CONTENDERS = {
  "node -e 0": ["-e", "0"],
  "canary-router --version": [main, "--version"],
  "check canary.json": [main, "check", `${examples}canary.json`],
  "check storefront.yaml": [main, "check", `${examples}storefront.yaml`],
  "explain canary.json": [main, "explain", `${examples}canary.json`],
  "route canary.json (2,400 requests)": [main, "route", `${examples}canary.json`, "--traffic", `${examples}traffic.ndjson`],
};

const times = new Map(Object.keys(CONTENDERS).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(CONTENDERS)) {
    const began = performance.now();
    const { status } = spawnSync(process.execPath, args);
    times.get(name).push(performance.now() - began);
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  }
}

const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
const bare = median(times.get("node -e 0"));
for (const [name, taken] of times) {
  console.log(`${name.padEnd(34)}  ${median(taken).toFixed(1).padStart(6)} ms  ${(median(taken) / bare).toFixed(2).padStart(5)} ×`);
}
