/** What the fuzzers share: numbers that a seed determines, the samples of logs, what a line may come to, and the command line. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** Numbers from 0 up to 1 (mulberry32), the same for the same seed. */
export function randomOf(seed) {
  let state = Array.from(seed).reduce((sum, letter) => Math.imul(sum ^ letter.codePointAt(0), 0x01000193), 0x811c9dc5);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** The samples of docs/logs.md: the name of each format, and lines of it. */
export function logSamples() {
  const document = readFileSync(new URL("../../docs/logs.md", import.meta.url), "utf8");
  return Array.from(document.matchAll(/^### `([\w-]+)`$.*?^```log\n(.*?)^```$/gms), ([, name, text]) => ({ name, text }));
}

/** The text in chunks that end anywhere. */
export async function* chunked(random, text) {
  for (let at = 0; at < text.length;) {
    const length = 1 + Math.floor(random() ** 4 * text.length);
    yield text.slice(at, at + length);
    at += length;
  }
}

/** What is wrong with a line as it was read; undefined where nothing is. */
export function faultOf(line) {
  if (!("visit" in line)) return typeof (line.fault ?? line.skipped) === "string" ? undefined : "neither a request nor a reason";
  const { request, user, time, served, session } = line.visit;
  const { remote_addr: address, status } = request.attributes ?? {};
  if (address !== undefined && isIP(address) === 0) return `the address ${JSON.stringify(address)}`;
  if (status !== undefined && !/^[1-5]\d\d$/.test(status)) return `the status ${JSON.stringify(status)}`;
  if (request.method !== undefined && !/^[!#$%&'*+.^_`|~\w-]+$/.test(request.method)) return `the method ${JSON.stringify(request.method)}`;
  if (typeof request.url !== "string") return "no URL";
  if (time !== undefined && !Number.isFinite(time)) return `the time ${time}`;
  for (const text of [user, served, session]) if (text !== undefined && typeof text !== "string") return `the text ${text}`;
  for (const values of [request.headers, request.attributes ?? {}])
    for (const value of Object.values(values))
      if (typeof value !== "string" && !(Array.isArray(value) && value.every((each) => typeof each === "string")))
        return `the value ${value}`;
  return undefined;
}

/**
 * Runs a fuzzer where its file is the program: with `--runs`, `--seed`, which is the day where it is left out, and the `--dist` from which the
 * entries are imported. Prints the seed and what was found; ends with 1 where the fuzzer throws.
 */
export async function runFuzzer(url, { runs, what, entries }, fuzzerOf) {
  if (process.argv[1] !== fileURLToPath(url)) return;
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: String(runs) },
      seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
      dist: { type: "string", default: "dist" },
    },
  });
  console.log(`seed ${values.seed}, ${values.runs} ${what}`);
  const libraries = await Promise.all(entries.map((entry) => import(pathToFileURL(resolve(values.dist, entry)).href)));
  console.log(await fuzzerOf(...libraries)({ seed: values.seed, runs: Number(values.runs) }));
}
