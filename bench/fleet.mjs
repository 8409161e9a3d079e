// W7: ten thousand aliases in one process, met uniformly and by Zipf's law; W7-100k and W7-100k-skewed: a hundred thousand, W7-300: three hundred. Finding the alias (`Map.get`) is the least that a
// decision can cost there, and what the ratios refer to.

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fleet, fleetOf } from "./fleets.mjs";
import { distURL, machine, measure, quantile, ratio } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "W7,W7-skewed" },
    mode: { type: "string", default: "fresh,reused" },
    contenders: { type: "string", default: "interpreter,closures,jit,flat,table" },
    rounds: { type: "string" },
    processes: { type: "string" },
    short: { type: "boolean", default: false },
    json: { type: "string" },
    dist: { type: "string" },
  },
});

const settings = {
  dist: distURL(options.dist),
  rounds: Number(options.rounds ?? (options.short ? 3 : 15)),
  processes: Number(options.processes ?? (options.short ? 1 : 3)),
  batches: 16,
  batch: 1024,
  aliases: 1,
};
const names = options.contenders.split(",");
const about = machine();
console.log(`${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}\n`);
console.log(`| workload | strings | find, ns | ${names.join(" | ")} |`);
console.log(`| --- | --- | ---: | ${names.map(() => "---:").join(" | ")} |`);

const rows = [];
for (const id of options.only.split(",")) {
  for (const mode of options.mode.split(",")) {
    const times = await measure(
      ["find", ...names].map((name) => ({ label: name, name, id })),
      { ...settings, mode },
    );
    const found = times.get("find");
    const ratios = names.map((name) => [name, ratio(times.get(name), found)]);
    rows.push({ id, mode, find: quantile(found), ratios: Object.fromEntries(ratios), rounds: Object.fromEntries(times) });
    const cells = ratios.map(([, { median, low, high }]) => `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`);
    console.log(`| ${id} | ${mode} | ${quantile(found).toFixed(1)} | ${cells.join(" | ")} |`);
  }
}
for (const id of options.only.split(",")) {
  const { title, match } = fleet({ ...fleetOf(id), requests: 1 });
  console.log(`\n${id}: ${title}; ${match}`);
}
if (options.json !== undefined) await writeFile(options.json, JSON.stringify({ machine: about, settings, rows }, null, 2));
