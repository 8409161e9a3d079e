// What CI holds of speed. Heap and bailouts are counted, so they do not depend on the machine. Times are ratios to the hand, with bounds that are
// twice the goals; a ratio above its bound is measured again, and counts when it is above it each time.

import { parseArgs } from "node:util";
import { allocations, bailouts, distURL, measure, ratio } from "./harness.mjs";
import { WORKLOADS } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: { only: { type: "string", default: WORKLOADS.join(",") }, dist: { type: "string" } },
});
const ids = options.only.split(",");
const settings = { mode: "fresh", aliases: 10, dist: distURL(options.dist), batch: 64, rounds: 5, batches: 64, processes: 1 };
const NAMES = ["closures", "jit"];

/** What is wanted, as ratios to the hand. W9 is not here: its measure is another alias. */
const GOALS = {
  closures: { W1: 1.4, W2: 1.4, W3: 1.2, W4: 1.4, W5: 1.5, W6: 1.05, W8: 1.7 },
  jit: { W1: 1.1, W2: 1.1, W3: 0.7, W4: 1.15, W5: 1.1, W6: 0.75, W8: 1.55 },
};
const BOUND = 2;
const ATTEMPTS = 4;

/** Bytes a decision: V8 boxes the number that `Math.random` returns. A table that grows once in a round is below a byte. */
const BYTES = { W4: 16, W6: 16 };
const ROUNDING = 1;

/** Two are left to the engine, which may give up a guess late. A guess that is wrong again and again fails a hundred times. */
const MOST_BAILOUTS = 2;

/** The ratios to the hand, by back end: the least of up to four measurements, which end when all are within their bounds. */
async function ratiosOf(id, entries) {
  const least = {};
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const times = await measure(entries, settings);
    for (const name of NAMES) least[name] = Math.min(least[name] ?? Infinity, ratio(times.get(name), times.get("hand")).median);
    if (NAMES.every((name) => least[name] <= BOUND * GOALS[name][id])) break;
  }
  return least;
}

const faults = [];
const check = (holds, what) => {
  if (!holds) faults.push(what);
  return holds ? "" : " **";
};

console.log("| workload | back end | bytes | bailouts | to the hand | at most |\n| --- | --- | ---: | ---: | ---: | ---: |");
for (const id of ids) {
  const entries = ["hand", ...NAMES].map((name) => ({ label: name, name, id }));
  const own = entries.slice(1);
  const bytes = await allocations(own, settings);
  const left = await bailouts(own, settings);
  const ratios = id in GOALS.jit ? await ratiosOf(id, entries) : {};
  for (const name of NAMES) {
    const most = BYTES[id] ?? 0;
    const taken = bytes.get(name);
    const reasons = left.get(name) ?? [];
    const bound = GOALS[name][id] === undefined ? undefined : BOUND * GOALS[name][id];
    const found = ratios[name];
    const cells = [
      `${taken?.toFixed(2)}${check(taken <= most + ROUNDING, `${id}, ${name}: ${taken?.toFixed(2)} bytes a decision, and ${most} are due`)}`,
      `${reasons.length}${check(reasons.length <= MOST_BAILOUTS, `${id}, ${name}: optimized code was left ${reasons.length} times: ${[...new Set(reasons)].join("; ")}`)}`,
      bound === undefined
        ? "–"
        : `${found?.toFixed(2)}${check(found <= bound, `${id}, ${name}: ${found?.toFixed(2)} times the hand, and at most ${bound.toFixed(2)} are allowed`)}`,
      bound === undefined ? "–" : bound.toFixed(2),
    ];
    console.log(`| ${id} | ${name} | ${cells.join(" | ")} |`);
  }
}
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
