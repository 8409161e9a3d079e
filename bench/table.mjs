/**
 * What a table costs: `node --expose-gc bench/table.mjs`, after `npm run build`. It measures the heap over a million updates of 1,000 aliases, the
 * bytes of an alias that is cold, the table under Zipf's law beside the hot aliases alone, and the start with 100,000. For `table.route` beside
 * `Map.get`, see the column `table` of `bench/fleet.mjs`.
 */
import { loadavg } from "node:os";
import seedrandom from "seedrandom";
import { AliasTable } from "../dist/gateway/index.js";
import { compile } from "../dist/index.js";
import { fleet } from "./fleets.mjs";

const applies = Number(process.env.APPLIES ?? 1_000_000);

function configOf(index, weight) {
  return {
    name: `alias-${index}`,
    version: "v1",
    additional_version_weights: { v2: weight },
    additional_version_strategy: {
      v2: {
        combine_type: "or",
        rules: [
          { rule_type: "Header", param: "x-canary", op: "=", value: "always" },
          { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
          { rule_type: "Query", param: "version", op: "=", value: "next" },
        ],
      },
    },
    stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "random" },
  };
}

function configsOf(size) {
  return Object.fromEntries(Array.from({ length: size }, (_, index) => [`alias-${index}`, configOf(index, 5)]));
}

/** A function of its own, so that no config is left when it has returned. */
function tableOf(count, versionsOf) {
  const table = new AliasTable();
  table.apply({
    revision: 1,
    aliases: Object.fromEntries(Array.from({ length: count }, (_, index) => [`alias-${index}`, versionsOf(configOf(index, 5), index)])),
  });
  return table;
}

function heap() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

if (globalThis.gc === undefined) console.log("run with --expose-gc for sizes that mean something");
console.log(`load ${loadavg()[0].toFixed(1)}`);

// The bytes of an alias that is cold, without the config that it was made of.
for (const [what, versionsOf] of [
  ["shared versions", (config) => config],
  ["versions of its own", (config, index) => JSON.parse(JSON.stringify(config).replaceAll(/"v([12])"/g, `"v$1-${index}"`))],
]) {
  const size = 10_000;
  const tables = [1, size].map((count) => {
    const before = heap();
    const table = tableOf(count, versionsOf);
    const made = heap();
    for (const key of table.keys()) table.route(key, { headers: { "x-user": `u-${key}` } });
    return { table, made: made - before, met: heap() - before };
  });
  const [one, many] = tables;
  const each = (state) => ((many[state] - one[state]) / (size - 1)).toFixed(0);
  console.log(`cold, ${what}: ${each("made")} bytes an alias, ${each("met")} once each has been met; ${many.table.compiled} compiled`);
}

// Aliases met by Zipf's law: the table, beside `Map.get` and a call of the same hot aliases, each compiled and none else there.
{
  const { aliases, data, requests } = fleet({ skewed: true });
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: Object.fromEntries(aliases.map(({ key, config }) => [key, config])) });
  const met = new Map();
  for (const { alias } of data) met.set(alias, (met.get(alias) ?? 0) + 1);
  const hot = [...met].toSorted(([, a], [, b]) => b - a).slice(0, 64);
  const configs = new Map(aliases.map(({ key, config }) => [key, config]));
  const compiled = new Map(hot.map(([key]) => [key, compile(configs.get(key))]));
  const random = seedrandom.alea("turns");
  const batchOf = (indices) => Array.from({ length: 1024 }, () => requests.fresh(indices[Math.floor(random() * indices.length)]));
  const all = data.map((_, index) => index);
  const those = all.filter((index) => compiled.has(data[index].alias));
  let sum = 0;
  const ratios = [];
  for (let round = 0; round < 600; round++) {
    const [alone, mixed] = [batchOf(those), batchOf(all)];
    const started = process.hrtime.bigint();
    for (const request of alone) sum += compiled.get(request.alias)(request).index;
    const between = process.hrtime.bigint();
    for (const request of mixed) sum += table.route(request.alias, request).index;
    const ended = process.hrtime.bigint();
    if (round >= 200) ratios.push(Number(ended - between) / Number(between - started));
  }
  const share = ((100 * those.length) / all.length).toFixed(0);
  console.log(
    `Zipf over ${table.size}: table.route takes ${median(ratios).toFixed(2)} times the ${compiled.size} hottest compiled alone, which are met in ${share} % (${table.compiled} compiled, ${sum > 0})`,
  );
}

// The start with many.
{
  const aliases = configsOf(100_000);
  const before = heap();
  const started = performance.now();
  const spent = process.cpuUsage();
  const table = new AliasTable();
  table.apply({ revision: 1, aliases });
  const took = performance.now() - started;
  const { user, system } = process.cpuUsage(spent);
  console.log(
    `start with ${table.size}: ${(took / 1_000).toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of the processor, ${((heap() - before) / 1e6).toFixed(0)} MB`,
  );
}

// Many updates: a change of one alias each, with a request between.
{
  const table = new AliasTable();
  const size = 1_000;
  table.apply({ revision: 1, aliases: configsOf(size) });
  const request = { headers: {} };
  const points = [];
  for (let revision = 2; revision < applies + 2; revision++) {
    const index = revision % size;
    table.apply({ revision, changes: { [`alias-${index}`]: configOf(index, revision % 90) } });
    if (revision % 10 === 0) table.route(`alias-${index}`, request);
    if (revision % (applies / 10) === 0) points.push([revision, heap()]);
  }
  // The slope by least squares, without the first three tenths, in which everything is compiled.
  const used = points.slice(3);
  const [meanX, meanY] = [0, 1].map((axis) => used.reduce((total, point) => total + point[axis], 0) / used.length);
  const slope =
    used.reduce((total, [x, y]) => total + (x - meanX) * (y - meanY), 0) / used.reduce((total, [x]) => total + (x - meanX) ** 2, 0);
  console.log(`${applies} updates: ${slope.toFixed(3)} bytes of heap an update`);
}
