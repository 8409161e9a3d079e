// A fleet in the table of a gateway: how soon it is ready, what an alias takes, and what it costs to swap an alias while decisions run.
// Times are of the processor.

import { parseArgs } from "node:util";
import seedrandom from "seedrandom";
import { fleet } from "./fleets.mjs";
import { distURL, machine, quantile } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    aliases: { type: "string", default: "10000" },
    /** Aliases that are swapped, one after the other. */
    swaps: { type: "string", default: "10000" },
    /** Decisions between two of them. */
    decisions: { type: "string", default: "16" },
    dist: { type: "string" },
  },
});
if (globalThis.gc === undefined) throw new Error("run with `node --expose-gc bench/reload.mjs`");

const [count, swaps, between] = [options.aliases, options.swaps, options.decisions].map(Number);
const dist = distURL(options.dist);
const { AliasTable } = await import(new URL("gateway/index.js", dist).href);

/** Bytes that are held, those of typed arrays included. */
function held() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The same alias with version names that no other one has. */
function withOwnVersions({ key, config }) {
  const text = JSON.stringify(config).replaceAll(/"v(\d)"/g, (_, digit) => `"v${digit}-${key.slice(-9)}"`);
  return { key, config: JSON.parse(text) };
}

/** Microseconds of processor time: on a busy machine, those of the clock are the waiting of a process that is not run. */
function spent() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** One fleet, from nothing to the last swap. */
function run(aliases, requests) {
  const random = seedrandom.alea("reload");
  const idle = held();
  const from = spent();
  const subject = new AliasTable();
  subject.apply({ revision: 0, aliases: Object.fromEntries(aliases.map(({ key, config }) => [key, config])) });
  const ready = (spent() - from) / 1000;
  const fresh = (held() - idle) / aliases.length;
  let sink = 0;
  for (const { alias, ...request } of requests) sink += subject.route(alias, request).index;
  const used = (held() - idle) / aliases.length;
  const times = [];
  for (let swap = 0; swap < swaps; swap++) {
    const { key } = aliases[Math.floor(random() * aliases.length)];
    const { config } = aliases[Math.floor(random() * aliases.length)];
    for (let n = 0; n < between; n++) {
      const { alias, ...request } = requests[Math.floor(random() * requests.length)];
      sink += subject.route(alias, request).index;
    }
    const started = spent();
    subject.apply({ revision: swap + 1, changes: { [key]: config } });
    times.push(spent() - started);
  }
  if (sink === 0) throw new Error("every decision was the first outcome");
  return { ready, fresh, used, times };
}

/** The second of two fleets: the first warms the code up. */
function report(name, aliases, requests) {
  run(aliases, requests);
  const { ready, fresh, used, times } = run(aliases, requests);
  const figures = (list) => [0.5, 0.99, 0.999, 1].map((share) => quantile(list, share).toFixed(0)).join(" | ");
  const cells = [ready, fresh, used].map((figure) => figure.toFixed(0));
  console.log(`| ${name} | ${cells.join(" | ")} | ${figures(times)} |`);
}

const about = machine();
console.log(`${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}; ${count} aliases, ${swaps} swaps\n`);
const percentiles = (what) => ["median", "p99", "p99.9", "most"].map((each) => `${what} ${each}, µs`).join(" | ");
console.log(`| version names | ready, ms | bytes, fresh | bytes, used | ${percentiles("swap")} |`);
console.log(`| --- |${" ---: |".repeat(7)}`);
const { aliases, data } = fleet({ count, requests: 4 * count });
report("shared", aliases, data);
report("own", aliases.map(withOwnVersions), data);
