/**
 * Records of JSON, among them the events of gateways: the samples of docs/logs.md with values that are exchanged, moved, doubled and left out. What is
 * read must be what it is said to be, must stand in the record, and must not depend on whether the records are lines, values over several lines or a list.
 *
 *     npm run build && node test/nightly/events.mjs [--runs 100000] [--seed S] [--dist DIR]
 *
 * It was seen to fail where a value of a header that is no text was made one.
 */
import { chunked, faultOf, logSamples, pick, randomOf, runFuzzer } from "./fuzz.mjs";

const SAMPLES = logSamples().flatMap(({ name, text }) => {
  if (name === "har" || !text.startsWith("{")) return [];
  return text
    .trim()
    .split("\n")
    .map((line) => ({ name, record: JSON.parse(line) }));
});

const VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53 + 2,
  "",
  "-",
  " ",
  "GET",
  "get it",
  "/x?q=1#h",
  "https://shop.example/a?b=c",
  "a=1; b=2",
  "__proto__",
  "192.0.2.1",
  "192.0.2.256",
  "\u0000\n",
  "\uD800",
  "é",
  [],
  {},
  [null],
  ["a", "b"],
  [["X-Team", "a"]],
  [{ name: "X-Team", value: "a" }],
  [{ name: "X-Team" }],
  { "X-Team": "a" },
  { "X-Team": ["a", "b"] },
  { "X-Team": null },
  { "X-Team": { deep: 1 } },
  { ":path": "/pseudo", ":method": "PUT" },
  { constructor: "a" },
];

function partsOf(value, found = []) {
  if (typeof value !== "object" || value === null) return found;
  found.push(value);
  for (const part of Object.values(value)) partsOf(part, found);
  return found;
}

/** Every text, name and number of a record. */
function leavesOf(value, found = []) {
  if (typeof value === "object" && value !== null)
    for (const [name, part] of Object.entries(value)) {
      found.push(name);
      leavesOf(part, found);
    }
  else found.push(String(value));
  return found;
}

/** A header with a value that the record does not have; undefined where there is none. */
function madeUp({ headers }, record) {
  const leaves = leavesOf(record);
  const stands = (text) => leaves.some((leaf) => leaf.includes(text));
  for (const [name, value] of Object.entries(headers))
    for (const text of [value]
      .flat()
      .flatMap((each) => (name === "cookie" ? each.split("; ").flatMap((crumb) => crumb.split("=")) : each.split(", "))))
      if (!stands(text)) return `${name}: ${text}`;
  return undefined;
}

/** Reads so many records, and throws at the first that is read wrongly. Returns how many came to what. */
export async function fuzz({ readLog }, { seed, runs }) {
  const random = randomOf(seed);
  const found = { visit: 0, fault: 0, skipped: 0 };
  for (let run = 0; run < runs; run++) {
    const { name, record: sample } = pick(random, SAMPLES);
    const record = structuredClone(sample);
    const damages = Math.floor(random() * 4);
    for (let times = 0; times < damages; times++) {
      const parts = partsOf(record);
      const part = pick(random, parts);
      const keys = Object.keys(part);
      const key =
        keys.length === 0 || random() < 0.1 ? pick(random, ["headers", "cookies", "query", "method", "host"]) : pick(random, keys);
      const way = random();
      if (Array.isArray(part)) part.push(structuredClone(pick(random, VALUES)));
      else if (way < 0.2) delete part[key];
      else part[way < 0.3 ? key.toUpperCase() : key] = structuredClone(random() < 0.15 ? pick(random, parts) : pick(random, VALUES));
    }
    const line = JSON.stringify(record);
    const say = (fault) => new Error(`${fault}, run ${run} of the seed ${seed}, in ${line} as ${name}`);
    const told = [];
    for (const text of [
      `${line}\n`,
      JSON.stringify(record, undefined, 2),
      `[${line}, ${line}]`,
      JSON.stringify([record], undefined, "\t"),
    ]) {
      const lines = [];
      for await (const each of readLog(chunked(random, text), { format: name })) lines.push(each);
      if (lines.length !== (text.startsWith("[{") && !text.includes("\n") ? 2 : 1)) throw say(`${lines.length} lines of ${text}`);
      for (const { line: _, ...rest } of lines) told.push(JSON.stringify(rest));
      if (told.length > 1) continue;
      const [only] = lines;
      const fault = faultOf(only) ?? ("visit" in only ? madeUp(only.visit.request, record) : undefined);
      if (fault !== undefined) throw say(fault);
      if (damages === 0 && !("visit" in only)) throw say("a sample that is no request");
      found["visit" in only ? "visit" : "fault" in only ? "fault" : "skipped"]++;
    }
    if (new Set(told).size > 1) throw say(`not the same in each form: ${told.join(" and ")}`);
  }
  return found;
}

await runFuzzer(
  import.meta.url,
  { runs: 100_000, what: "records", entries: ["simulate/index.js"] },
  (library) => (options) => fuzz(library, options),
);
