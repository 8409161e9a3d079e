// The main table: what one decision costs, as a multiple of the function that a good engineer writes by hand for the alias.

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { OWN, PEERS } from "./contenders.mjs";
import { allocations, distURL, machine, measure, quantile, ratio } from "./harness.mjs";
import { workload, WORKLOADS } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: WORKLOADS.join(",") },
    mode: { type: "string" },
    aliases: { type: "string" },
    contenders: { type: "string" },
    peers: { type: "boolean", default: false },
    rounds: { type: "string" },
    batches: { type: "string" },
    // A request that was just parsed is in the processor's caches, as 64 are that were just made; 1,024 are not, and memory is measured.
    batch: { type: "string", default: "64" },
    processes: { type: "string" },
    bytes: { type: "boolean", default: false },
    short: { type: "boolean", default: false },
    json: { type: "string" },
    dist: { type: "string" },
    against: { type: "string" },
  },
});

const list = (text) => text.split(",").filter((item) => item !== "");
// `--short` is for a machine that must be quick: does everything still run, and agree?
const modes = list(options.mode ?? (options.short ? "fresh" : "fresh,reused"));
const aliasCounts = list(options.aliases ?? (options.short ? "10" : "1,100")).map(Number);
const settings = {
  dist: distURL(options.dist),
  rounds: Number(options.rounds ?? (options.short ? 2 : 15)),
  batches: Number(options.batches ?? (options.short ? 16 : 96)),
  batch: Number(options.batch),
  processes: Number(options.processes ?? (options.short ? 1 : 3)),
};
const names = [
  ...new Set([...list(options.contenders ?? (options.short ? "hand,closures,jit" : OWN.join(","))), ...(options.peers ? PEERS : [])]),
];
const compared = names.filter((name) => name !== "hand");

/** What is wanted on fresh strings with a hundred aliases; and below for closures with one alias. Ratios to the hand. */
const GOALS = {
  closures: { W1: 2, W2: 2, W3: 1, W4: 2, W5: 2, W6: 1.5, W8: 2, W9: 3 },
  jit: { W1: 1.1, W2: 1.1, W3: 0.6, W4: 1.1, W5: 1.1, W6: 0.8, W8: 1.1, W9: 2 },
};
const ALONE = { W1: 1.5, W2: 1.5, W4: 1.5, W5: 1.5, W8: 1.5 };

function goal(name, { id, mode, aliases }) {
  if (mode !== "fresh") return undefined;
  if (aliases === 1) return name === "closures" ? ALONE[id] : undefined;
  return aliases === 100 ? GOALS[name]?.[id] : undefined;
}

/** What is wanted against the best peer. */
const PEER_GOALS = { closures: 1.1, jit: 0.8 };

const label = (name, id) => `${name} ${id}`;

/** With `--against DIR`, the library's own contenders run from that build too, in turn with this one. */
const before = options.against === undefined ? undefined : distURL(options.against);
const judged = before === undefined ? [] : compared.filter((name) => name in GOALS || name === "interpreter");
const labelBefore = (name, id) => label(`${name} before`, id);

/** One row: a workload in one mode, with so many aliases. W9 is compared with W9-one by the same contender, not with a hand. */
async function row(id, mode, aliases) {
  const versus = id === "W9" ? "W9-one" : id;
  const entries = [...(id === "W9" ? names : ["hand", ...compared])].map((name) => ({ label: label(name, id), name, id }));
  if (id === "W9") for (const name of names) entries.push({ label: label(name, versus), name, id: versus });
  for (const name of judged) entries.push({ label: labelBefore(name, id), name, id, dist: before });
  const times = await measure(entries, { ...settings, mode, aliases });
  const able = PEERS.filter((name) => times.get(label(name, id)) !== undefined);
  const best = able.toSorted((a, b) => quantile(times.get(label(a, id))) - quantile(times.get(label(b, id))))[0];
  const against = (name) => [name, ratio(times.get(label(name, id)), times.get(label(best, id)))];
  const reference = (name) => times.get(id === "W9" ? label(name, versus) : label("hand", id));
  return {
    id,
    mode,
    aliases,
    nanoseconds: Object.fromEntries([...times].map(([key, rounds]) => [key, rounds && quantile(rounds)])),
    ratios: Object.fromEntries(compared.map((name) => [name, ratio(times.get(label(name, id)), reference(name))])),
    before: Object.fromEntries(judged.map((name) => [name, ratio(times.get(label(name, id)), times.get(labelBefore(name, id)))])),
    peer: best && { name: best, ratios: Object.fromEntries(compared.filter((name) => name in PEER_GOALS).map(against)) },
    rounds: Object.fromEntries(times),
  };
}

const figure = (number) => (number < 10 ? number.toFixed(2) : number.toFixed(number < 100 ? 1 : 0));

function cell(found, wanted) {
  if (found === undefined) return "–";
  const mark = wanted === undefined ? "" : found.median <= wanted ? ` ≤ ${wanted}` : ` **> ${wanted}**`;
  return `${figure(found.median)} [${figure(found.low)}, ${figure(found.high)}]${mark}`;
}

function print({ id, mode, aliases, nanoseconds, ratios }) {
  const base = nanoseconds[label("hand", id)];
  const cells = compared.map((name) => cell(ratios[name], goal(name, { id, mode, aliases })));
  console.log(`| ${id} | ${mode} | ${aliases} | ${base === undefined ? "" : figure(base)} | ${cells.join(" | ")} |`);
}

const rows = [];
const about = machine();
console.log(`${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}`);
console.log(`${settings.rounds} rounds over ${settings.processes} starts, each of ${settings.batches} batches of ${settings.batch}\n`);
console.log(`| workload | strings | aliases | hand, ns | ${compared.join(" | ")} |`);
console.log(`| --- | --- | ---: | ---: | ${compared.map(() => "---:").join(" | ")} |`);
for (const id of list(options.only)) {
  for (const mode of modes) {
    for (const aliases of aliasCounts) {
      rows.push(await row(id, mode, aliases));
      print(rows.at(-1));
    }
  }
}

if (options.peers) {
  const own = compared.filter((name) => name in PEER_GOALS);
  console.log(`\n| against the best peer | strings | aliases | peer | ${own.join(" | ")} |`);
  console.log(`| --- | --- | ---: | --- | ${own.map(() => "---:").join(" | ")} |`);
  for (const { id, mode, aliases, peer } of rows.filter((each) => each.peer !== undefined)) {
    const wanted = (name) => (mode === "fresh" && aliases === 100 ? PEER_GOALS[name] : undefined);
    console.log(
      `| ${id} | ${mode} | ${aliases} | ${peer.name} | ${own.map((name) => cell(peer.ratios[name], wanted(name))).join(" | ")} |`,
    );
  }
}

if (judged.length > 0) {
  console.log(`\n| against \`${options.against}\` | strings | aliases | ${judged.join(" | ")} |`);
  console.log(`| --- | --- | ---: | ${judged.map(() => "---:").join(" | ")} |`);
  for (const { id, mode, aliases, before: ratios } of rows) {
    console.log(`| ${id} | ${mode} | ${aliases} | ${judged.map((name) => cell(ratios[name])).join(" | ")} |`);
  }
}

const bytes = [];
if (options.bytes) {
  console.log(`\n| bytes a decision | ${names.join(" | ")} |\n| --- | ${names.map(() => "---:").join(" | ")} |`);
  for (const id of list(options.only)) {
    const entries = names.map((name) => ({ label: name, name, id }));
    const found = await allocations(entries, { ...settings, mode: "fresh", aliases: Math.max(...aliasCounts) });
    bytes.push({ id, bytes: Object.fromEntries(found) });
    console.log(`| ${id} | ${names.map((name) => found.get(name)?.toFixed(2) ?? "–").join(" | ")} |`);
  }
}

console.log("\nThe workloads:");
for (const id of list(options.only)) {
  const { title, match } = workload(id, "", 1);
  console.log(`- ${id}: ${title}; ${match}`);
}
if (options.json !== undefined) await writeFile(options.json, JSON.stringify({ machine: about, settings, rows, bytes }, null, 2));
