/**
 * What a table costs: `node --expose-gc bench/table.mjs`, after `npm run build`. It measures the heap over a million updates of 1,000 aliases, the
 * bytes of an alias that is cold, `table.route` beside `Map.get` alone over 10,000 aliases, and the start with 100,000.
 */
import { AliasTable } from "../dist/gateway/index.js";

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

function fleet(size) {
  return Object.fromEntries(Array.from({ length: size }, (_, index) => [`alias-${index}`, configOf(index, 5)]));
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

// The bytes of an alias that is cold, without the config that it was made of.
{
  const size = 10_000;
  const before = heap();
  const table = new AliasTable();
  table.apply({ revision: 1, aliases: fleet(size) });
  const after = heap();
  console.log(`cold: ${((after - before) / size).toFixed(0)} bytes an alias, of ${table.size}`);

  // `table.route` beside `Map.get` alone, both over the same fresh keys, in turn.
  const keys = Array.from({ length: size }, (_, index) => `alias-${(index * 7919) % size}`);
  const map = new Map(keys.map((key) => [key, { key }]));
  const request = { headers: { "x-user": "u-1007", host: "shop.example" }, url: "/cart", method: "GET" };
  for (const key of keys) table.route(key, request);
  console.log(`compiled: ${((heap() - before) / size).toFixed(0)} bytes an alias`);
  const ratios = [];
  const times = [];
  let sum = 0;
  for (let round = 0; round < 60; round++) {
    const started = process.hrtime.bigint();
    for (const key of keys) sum += map.get(key).key.length;
    const found = process.hrtime.bigint();
    for (const key of keys) sum += table.route(key, request).index;
    const routed = process.hrtime.bigint();
    ratios.push(Number(routed - found) / Number(found - started));
    times.push(Number(routed - found) / size);
  }
  console.log(
    `uniform over ${size}: table.route takes ${median(ratios).toFixed(2)} times Map.get alone, ${median(times).toFixed(0)} ns (${sum > 0})`,
  );
}

// The start with many.
{
  const aliases = fleet(100_000);
  const before = heap();
  const started = performance.now();
  const table = new AliasTable();
  table.apply({ revision: 1, aliases });
  const took = performance.now() - started;
  console.log(`start with ${table.size}: ${(took / 1_000).toFixed(2)} s, ${((heap() - before) / 1e6).toFixed(0)} MB`);
}

// Many updates: a change of one alias each, with a request between.
{
  const table = new AliasTable();
  const size = 1_000;
  table.apply({ revision: 1, aliases: fleet(size) });
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
