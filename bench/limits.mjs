// What a route cannot do without: the hand with a route's obligations, and the least work that answers at all, beside the
// hand and the library. Where the library misses what is wanted, this says how much could be had.

import { parseArgs } from "node:util";
import { distURL, machine, measure, quantile, ratio } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "W1,W2,W3,W4,W5,W6,W8" },
    rounds: { type: "string", default: "9" },
    processes: { type: "string", default: "3" },
    aliases: { type: "string", default: "1" },
    dist: { type: "string" },
  },
});
const settings = {
  dist: distURL(options.dist),
  mode: "fresh",
  aliases: Number(options.aliases),
  rounds: Number(options.rounds),
  processes: Number(options.processes),
  batches: 96,
  batch: 64,
};
const names = ["hand", "least", "owned", "obliged", "data", "closures", "jit"];

const { cpu, cores, node, platform } = machine();
console.log(`${cpu}, ${cores} cores, node ${node}, ${platform}\n`);
console.log(`| workload | hand, ns | ${names.slice(1).join(" | ")} |\n| --- | ${names.map(() => "---:").join(" | ")} |`);
for (const id of options.only.split(",")) {
  const times = await measure(
    names.map((name) => ({ label: name, name, id })),
    settings,
  );
  const cells = names.slice(1).map((name) => {
    const found = ratio(times.get(name), times.get("hand"));
    return found === undefined ? "–" : `${found.median.toFixed(2)} [${found.low.toFixed(2)}, ${found.high.toFixed(2)}]`;
  });
  console.log(`| ${id} | ${quantile(times.get("hand")).toFixed(1)} | ${cells.join(" | ")} |`);
}
