// What it costs to compile: each stage apart, by the size of the alias, as a multiple of `JSON.parse` of the same alias; then
// one small alias from parse to route, and what a compiled alias keeps in memory.

import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { distURL, machine, quantile } from "./harness.mjs";
import { alias, SMALL, workload } from "./workloads.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string" }, short: { type: "boolean", default: false }, json: { type: "string" }, dist: { type: "string" } },
});
const dist = distURL(options.dist);
const rounds = Number(options.rounds ?? (options.short ? 3 : 15));
const load = (file) => import(new URL(file, dist).href);

const { compile, explain, parse } = await load("index.js");
const { runtimeOf } = await load("route/compile.js");
const { toPlan } = await load("plan/to-plan.js");
const { optimize } = await load("optimize/index.js");
const { closure } = await load("backend/closure/closure.js");
const { generate, MATH_RANDOM } = await load("backend/source/generate.js");
const { emitModule } = await load("route/emit.js");
const { compile: jit } = await load("route/jit.js");

const runtime = runtimeOf({});

/** Each takes what an earlier one, named by `of`, made of the same alias. */
const STAGES = [
  { name: "JSON.parse", of: "text", run: (text) => JSON.parse(text) },
  { name: "parse", of: "JSON.parse", run: (config) => parse(config).value },
  { name: "toPlan", of: "parse", run: toPlan },
  { name: "optimize", of: "toPlan", run: optimize },
  { name: "emit closures", of: "optimize", run: (plan) => closure(plan, plan, plan.outcomes, runtime) },
  { name: "emit source", of: "optimize", run: (plan) => generate(plan, runtime.reader, "return failed(request, draw);", MATH_RANDOM) },
  { name: "closures whole", of: "JSON.parse", run: (config) => compile(config) },
  { name: "jit whole", of: "JSON.parse", run: (config) => jit(config) },
  { name: "module whole", of: "JSON.parse", run: (config) => emitModule(config) },
];

const rule = (n, r) => ({ rule_type: r % 2 === 0 ? "Header" : "Cookie", param: `field-${r % 8}`, op: "=", value: `value-${n}-${r}` });
const many = (strategies, rules) => (n) => ({
  name: `alias-${n}`,
  version: "v1",
  additional_version_strategy: Object.fromEntries(
    Array.from({ length: strategies }, (_, s) => [
      `v${s + 2}`,
      { combine_type: "or", rules: Array.from({ length: rules }, (__, r) => rule(`${n}-${s}`, r)) },
    ]),
  ),
});

/** Sizes of aliases; of each, so many different ones are compiled in a round. */
const SIZES = [
  { title: "W1: 1 rule", rules: 1, count: 256, config: (n) => alias("W1", `_${n}`) },
  { title: "W2: 3 rules", rules: 3, count: 256, config: (n) => alias("W2", `_${n}`) },
  { title: "W3: 1 rule, 1,000 values", rules: 1, count: 16, config: (n) => alias("W3", `_${n}`) },
  { title: "W5: sticky weights", rules: 0, count: 256, config: (n) => alias("W5", `_${n}`) },
  { title: "W6: 16 rules, weights", rules: 16, count: 128, config: (n) => alias("W6", `_${n}`) },
  { title: "10 strategies of 10 rules", rules: 100, count: 32, config: many(10, 10) },
  { title: "W9: 64 strategies of 16 rules", rules: 1024, count: 4, config: (n) => alias("W9", `_${n}`) },
  { title: "64 strategies of 156 rules", rules: 9984, count: 1, config: many(64, 156) },
];

function decides(config) {
  const request = { headers: { cookie: "none=1" } };
  return [compile(config), jit(config)].every((route) => route(request, 0.5).version === explain(config, request, 0.5).decision.version);
}

/** Microseconds an alias, for each stage: a list of rounds, in which the stages take turns. */
function time({ count, config }) {
  const made = Array.from({ length: count }, (_, n) => ({ text: JSON.stringify(config(n)) }));
  if (!made.every(({ text }) => decides(JSON.parse(text)))) throw new Error("the back ends do not agree");
  const times = new Map(STAGES.map(({ name }) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const { name, of, run } of STAGES) {
      const inputs = made.map((results) => results[of]);
      const before = process.hrtime.bigint();
      const outputs = inputs.map((input) => run(input));
      const after = process.hrtime.bigint();
      if (outputs.some((output) => output === undefined)) throw new Error(`${name} made nothing`);
      outputs.forEach((output, n) => (made[n][name] = output));
      if (round >= 0) times.get(name).push(Number(after - before) / 1000 / count);
    }
  }
  return times;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const heap = () => {
  for (let i = 0; i < 4; i++) collect();
  return process.memoryUsage().heapUsed;
};

/** Bytes that stay for each alias: as compiled, and after each has routed so many requests. The configs are not counted. */
function retained(make, config, calls, count) {
  const configs = Array.from({ length: count }, (_, n) => config(n));
  const { requests } = workload(SMALL[0], "", 64);
  const met = Array.from({ length: 64 }, (_, n) => requests.reused(n));
  make(config(-1))(met[0]);
  const kept = Array.from({ length: count });
  const before = heap();
  for (let n = 0; n < count; n++) {
    kept[n] = make(configs[n]);
    for (let i = 0; i < calls; i++) kept[n](met[i % met.length]);
  }
  const bytes = (heap() - before) / count;
  if (kept.some((route) => route(met[0]).version === undefined)) throw new Error("a route decides nothing");
  return bytes;
}

const about = machine();
console.log(`${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}; medians of ${rounds} rounds\n`);
const columns = STAGES.slice(1).map(({ name }) => name);
console.log(`| alias | JSON.parse, µs | ${columns.join(" | ")} | closures whole, µs | ns a rule |`);
console.log(`| --- | ---: | ${columns.map(() => "---:").join(" | ")} | ---: | ---: |`);
const stages = [];
for (const size of options.short ? SIZES.slice(0, 6) : SIZES) {
  const times = time(size);
  const base = times.get("JSON.parse");
  const ratios = columns.map((name) => quantile(times.get(name).map((each, round) => each / base[round])));
  const whole = quantile(times.get("closures whole"));
  stages.push({ title: size.title, rules: size.rules, microseconds: Object.fromEntries(times) });
  const perRule = size.rules === 0 ? "" : ((1000 * whole) / size.rules).toFixed(0);
  console.log(
    `| ${size.title} | ${quantile(base).toFixed(1)} | ${ratios.map((each) => each.toFixed(1)).join(" | ")} | ${whole.toFixed(1)} | ${perRule} |`,
  );
}

console.log("\n| bytes kept an alias | closures | jit |\n| --- | ---: | ---: |");
const memory = [];
for (const [id, calls, count] of ["W1", "W2", "W4", "W5", "W6"].flatMap((each) => [
  [each, 0, 2000],
  [each, 10, 2000],
  [each, 5000, 200],
])) {
  if (options.short && calls > 10) continue;
  const config = (n) => alias(id, `_${n}`);
  const row = { id, calls, closures: retained(compile, config, calls, count), jit: retained(jit, config, calls, count) };
  memory.push(row);
  console.log(`| ${id}, ${calls} requests each | ${row.closures.toFixed(0)} | ${row.jit.toFixed(0)} |`);
}
if (options.json !== undefined) await writeFile(options.json, JSON.stringify({ machine: about, stages, memory }, null, 2));
