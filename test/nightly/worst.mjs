/**
 * The worst that is within the budgets of logs, populations, rollouts and reports. Each case is run in a process of its own, with little memory.
 *
 *     npm run build && node --max-old-space-size=400 test/nightly/worst.mjs [CASE…] [--dist DIR]
 *
 * Prints what came of each case, the seconds of processor time, and the memory that the process had at most. Without a case all are run, and the
 * longest lines with more in them than in the suite. A process that needs more memory ends with 134.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

const range = (length, of) => Array.from({ length }, (_, index) => of(index));

/** Characters of the longest line. */
const LINE = 1_048_576;

/** Chunks of a log that is made as it is read. */
async function* chunks(count, of) {
  for (let at = 0; at < count; at++) yield Buffer.from(of(at));
}

const alias = (more = {}) => ({ name: "shop", version: "v1", additional_version_weights: { v2: 10, v3: 5 }, ...more });
const sticky = alias({ stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "random" } });

/** An alias with all the versions that there may be, each with a weight and a strategy. */
const wide = (more = {}) => ({
  name: "wide",
  version: "v0",
  additional_version_weights: Object.fromEntries(range(64, (at) => [`v${at + 1}`, 1.5])),
  additional_version_strategy: Object.fromEntries(
    range(64, (at) => [`v${at + 1}`, { rules: [{ rule_type: "Header", param: "x-team", op: "=", value: `team-${at}` }] }]),
  ),
  ...more,
});

const record = (headers, more = {}) => `${JSON.stringify({ headers, ...more })}\n`;

const log =
  (config, count, of, options = {}, more = {}) =>
  async ({ simulate, logTraffic }) => {
    const { requests, lines, users } = await simulate(config, logTraffic(chunks(count, of), options), { seed: "s", ...more });
    return { requests, read: lines.read, malformed: lines.malformed, users: users?.count };
  };

const samples = Array.from(
  readFileSync(new URL("../../docs/logs.md", import.meta.url), "utf8").matchAll(/^### `([\w-]+)`$.*?^```log\n(.*?)^```$/gms),
  ([, name, text]) => ({ name, text }),
);

/** Lines of the greatest length, made of one line of a format by putting something into it again and again, at every place. */
const long = (name, put, count) => {
  const { text } = samples.find((each) => each.name === name);
  const lines = text.trimEnd().split("\n");
  const last = lines.pop();
  const head = lines.map((line) => `${line}\n`).join("");
  const places = range(count, (at) => Math.round((at * last.length) / (count - 1)));
  const filling = put.repeat(Math.floor((LINE - last.length) / put.length));
  return async ({ logTraffic, simulate }) => {
    const lines = (at) => (at === 0 ? head : "") + last.slice(0, places[at]) + filling + last.slice(places[at]) + "\n";
    const traffic = logTraffic(chunks(places.length, lines), { format: name });
    const simulation = await simulate(alias(), traffic, { seed: "s", segment: { kind: "cookie", name: "a" } });
    return simulation.lines.read;
  };
};

/** What lines are made long with; the suite takes the first few. */
const FILLINGS = [
  '"',
  "\\",
  " ",
  ",",
  "[",
  "{",
  ":",
  "a",
  "a=b; ",
  "?a&",
  "/",
  "-",
  "%zz",
  "\\x",
  "1",
  ".",
  '","',
  '""',
  "=",
  "\t",
  "|",
  "é",
  '{"a":',
  "[1,",
];

/** Lines of the greatest length of every format: work that grows with the square of a line takes minutes for one of them. */
const longest = (fillings, places) => async (library) => {
  let read = 0;
  for (const { name } of samples) for (const put of fillings) read += await long(name, put, places)(library);
  return { read };
};

const gunzip = (layers, bytes) => async (library) => {
  const line = Buffer.from(record({ "x-user": "1" }));
  let data = Buffer.concat(range(Math.ceil(bytes / line.length), () => line));
  for (let layer = 0; layer < layers; layer++) data = gzipSync(data);
  return { compressed: data.length, ...(await log(sticky, 1, () => data)(library)) };
};

const steps = (count, of) => range(count, of).flatMap((step) => [step, { pause: { duration: "1h" } }]);

const rolled =
  (value, population, count, more = {}) =>
  async ({ rollout, forecast, simulate, population: read, populationTraffic, reportHTML, reportDataOf }) => {
    const plan = rollout(value);
    const foreseen = forecast(plan, { requestsPerSecond: 10, requestsPerUserHour: 4 });
    const simulation = await simulate(plan, populationTraffic(read(population), count), { seed: "s", ...more });
    const html = reportHTML(reportDataOf({ title: "t", rollout: plan, forecast: foreseen, simulation }));
    return { stages: plan.stages.length, requests: simulation.requests, html: html.length };
  };

const reported =
  (config, population, count, more = {}) =>
  async ({ simulate, population: read, populationTraffic, reportHTML, reportDataOf }) => {
    const simulation = await simulate(config, populationTraffic(read(population), count), { seed: "s", ...more });
    return {
      requests: simulation.requests,
      segments: simulation.segments.length,
      html: reportHTML(reportDataOf({ title: "t", simulation })).length,
    };
  };

const team = { kind: "header", name: "x-team" };

/** Each within the time and the memory that the suite gives it. */
export const CASES = {
  "300,000 keys": log(sticky, 30, (chunk) => range(10_000, (at) => record({ "x-user": `user-${chunk}-${at}` })).join("")),
  "keys of 100,000 characters": log(sticky, 600, (chunk) => record({ "x-user": `${chunk}-${"k".repeat(100_000)}` })),
  "segments of 100,000 characters": log(
    alias(),
    600,
    (chunk) => record({ "x-team": `${chunk}-${"k".repeat(100_000)}` }),
    {},
    { segment: team },
  ),
  "200,000 segments of 64 versions": log(
    wide(),
    20,
    (chunk) => range(10_000, (at) => record({ "x-team": `${chunk}-${at}` })).join(""),
    {},
    { segment: team },
  ),
  "records of 20,000 headers": log(alias(), 40, () => record(Object.fromEntries(range(20_000, (at) => [`x-${at}`, "v"])))),
  "records of 100,000 cookies": log(
    alias(),
    20,
    () => record({ cookie: range(80_000, (at) => `c${at}=v`).join("; ") }),
    {},
    { segment: { kind: "cookie", name: "none" } },
  ),
  "records of 80,000 parameters": log(
    alias(),
    20,
    () => record({}, { url: `/?${range(80_000, (at) => `c${at}=%20`).join("&")}` }),
    {},
    { segment: { kind: "query", name: "none" } },
  ),
  "the deepest JSON": log(alias(), 10, () => `{"headers":{"a":${"[".repeat(LINE / 2 - 100)}${"]".repeat(LINE / 2 - 100)}}}\n`, {
    form: "ndjson",
  }),
  "half of the deepest JSON": log(alias(), 10, () => `{"headers":{"a":${"[".repeat(LINE - 100)}}}\n`, { form: "ndjson" }),
  "half a million lines of nothing": log(alias(), 10, () => "{x}\n".repeat(50_000), { form: "ndjson" }),
  "three million empty lines": log(alias(), 10, () => "\n".repeat(300_000), { form: "ndjson" }),
  "a line without end": log(alias(), 64, () => "a".repeat(2 ** 20), { form: "ndjson" }),
  "a gzip bomb": gunzip(1, 10_000_000),
  "a gzip bomb in gzip": gunzip(2, 10_000_000),
  "the longest lines of every format": longest(FILLINGS.slice(0, 3), 2),
  "a HAR file of one entry without end": log(
    alias(),
    64,
    (at) => (at === 0 ? '{"log":{"entries":[{"request":{"url":"' : "a".repeat(2 ** 20)),
    { format: "har" },
  ),
  "a HAR file of quotes": log(alias(), 16, (at) => (at === 0 ? '{"log":{"entries":[{"request":{"url":' : '"",'.repeat(2 ** 18)), {
    format: "har",
  }),
  "a HAR file of brackets": log(alias(), 16, (at) => (at === 0 ? '{"log":{"entries":[' : "[{".repeat(2 ** 18)), { format: "har" }),
  "a population of 1,000 traits": reported(
    alias(),
    {
      users: 3_000,
      traits: range(1_000, (at) => ({ field: { rule_type: "Header", param: `x-${at}` }, per: "request", values: { a: 50, b: 50 } })),
    },
    3_000,
  ),
  "a trait of 100,000 values": reported(
    alias(),
    {
      users: 100_000,
      traits: [
        {
          field: { rule_type: "Header", param: "x-team" },
          per: "request",
          values: Object.fromEntries(range(100_000, (at) => [`value-${at}`, 0.001])),
        },
      ],
    },
    100_000,
    { segment: team },
  ),
  "counts of 10,000 kinds": reported(
    alias(),
    { users: 10_000, sessions: Object.fromEntries(range(10_000, (at) => [at + 1, 0.01])) },
    100_000,
  ),
  "the most requests of a user": reported(alias(), { users: 1, sessions: 200, requests: 10_000 }, 1_000),
  "64 versions and 1,000 segments": reported(
    wide(),
    {
      users: 20_000,
      requests: 5,
      traits: [
        {
          field: { rule_type: "Header", param: "x-team" },
          per: "user",
          values: Object.fromEntries(range(2_000, (at) => [`team-${at}`, 0.05])),
        },
      ],
    },
    100_000,
    { segment: team },
  ),
  "1,000 steps": rolled(
    { alias: alias(), canary: "v2", steps: steps(500, (at) => ({ setWeight: (at % 90) + 1 })) },
    { users: 1_000 },
    1_000,
  ),
  "1,000 steps of 64 versions": rolled(
    { alias: wide(), canary: "v1", steps: steps(500, (at) => ({ setWeight: (at % 5) / 2 })) },
    { users: 1_000 },
    1_000,
  ),
  "1,000 steps of 64 versions and 1,000 segments": rolled(
    { alias: wide(), canary: "v1", steps: steps(500, (at) => ({ setWeight: (at % 5) / 2 })) },
    {
      users: 4_000,
      traits: [
        {
          field: { rule_type: "Header", param: "x-team" },
          per: "user",
          values: Object.fromEntries(range(2_000, (at) => [`team-${at}`, 0.05])),
        },
      ],
    },
    4_000,
    { segment: team },
  ),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { dist: { type: "string", default: "dist" } } });
  const library = await import(pathToFileURL(resolve(values.dist, "simulate/index.js")).href);
  const cases = positionals.length === 0 ? { ...CASES, "the longest lines of every format": longest(FILLINGS, 24) } : CASES;
  for (const name of positionals.length === 0 ? Object.keys(cases) : positionals) {
    const began = process.cpuUsage();
    const found = await cases[name](library);
    const { user, system } = process.cpuUsage(began);
    const seconds = Number(((user + system) / 1e6).toFixed(1));
    console.log(JSON.stringify({ name, ...found, seconds, megabytes: Math.round(process.resourceUsage().maxRSS / 1_024) }));
  }
}
