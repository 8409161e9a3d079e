import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parsePopulation } from "../../src/simulate/population.ts";

const SCRIPT = fileURLToPath(new URL("../nightly/worst.mjs", import.meta.url));
const { CASES }: { readonly CASES: Readonly<Record<string, unknown>> } = await import(
  new URL("../nightly/worst.mjs", import.meta.url).href
);
const DIST = resolve(process.env["DIST"] ?? "dist");

/** Megabytes of the heap. V8 gives a process some more for young objects, code and buffers: 500 MB in all. */
const HEAP = 400;

interface Found {
  readonly requests?: number;
  readonly read?: number;
  readonly malformed?: number;
  readonly megabytes: number;
}

/** What each case comes to: the requests and the malformed lines. */
const EXPECTED: Readonly<Record<string, Partial<Found>>> = {
  "300,000 keys": { requests: 300_000, malformed: 0 },
  "keys of 100,000 characters": { requests: 600, malformed: 0 },
  "segments of 100,000 characters": { requests: 600, malformed: 0 },
  "200,000 segments of 64 versions": { requests: 200_000, malformed: 0 },
  "records of 20,000 headers": { requests: 40, malformed: 0 },
  "records of 100,000 cookies": { requests: 20, malformed: 0 },
  "records of 80,000 parameters": { requests: 20, malformed: 0 },
  "the deepest JSON": { requests: 0, malformed: 10 },
  "half of the deepest JSON": { requests: 0, malformed: 10 },
  "half a million lines of nothing": { requests: 0, malformed: 500_000 },
  "three million empty lines": { requests: 0, malformed: 0 },
  "a line without end": { requests: 0, malformed: 1 },
  "a gzip bomb": { requests: 370_371, malformed: 0 },
  "a gzip bomb in gzip": { requests: 370_371, malformed: 0 },
  "the longest lines of every format": {},
  "a HAR file of one entry without end": { requests: 0, malformed: 1 },
  "a HAR file of quotes": { requests: 0, malformed: 1 },
  "a HAR file of brackets": { requests: 0, malformed: 1 },
  "a population of 1,000 traits": { requests: 3_000 },
  "a trait of 100,000 values": { requests: 100_000 },
  "counts of 10,000 kinds": {},
  "the most requests of a user": { requests: 2_000_000 },
  "64 versions and 1,000 segments": { requests: 100_000 },
  "1,000 steps": { requests: 1_000 },
  "1,000 steps of 64 versions": { requests: 1_000 },
  "1,000 steps of 64 versions and 1,000 segments": { requests: 4_000 },
};

describe("the worst within the budgets ends, with little memory", () => {
  test("has an answer for each case", () => {
    expect(Object.keys(EXPECTED)).toEqual(Object.keys(CASES));
  });

  test.each(Object.keys(EXPECTED))("%s", { timeout: 240_000 }, async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [`--max-old-space-size=${HEAP}`, SCRIPT, name, "--dist", DIST]);
    expect(JSON.parse(stdout)).toMatchObject(EXPECTED[name] ?? {});
  });
});

test("a user may have 2,000,000 requests, fewer with many fields, and more are refused", () => {
  const refused = (sessions: unknown, requests: unknown, fields = 0): readonly string[] => {
    const traits = Array.from({ length: fields }, (_, at) => ({
      field: { rule_type: "Attribute", param: `a${at}` },
      per: "request",
      values: { x: 100 },
    }));
    const { diagnostics } = parsePopulation({ users: 1, sessions, requests, traits });
    return diagnostics.map(({ code, at, message }) => `${code} ${at}: ${message}`);
  };
  const fault = "count /requests: the requests of one user are too many";
  expect(refused(200, 10_000)).toEqual([]);
  expect(refused(201, 10_000)).toEqual([fault]);
  expect(refused(10_000, 10_000)).toEqual([fault]);
  expect(refused({ mean: 500 }, { mean: 400 })).toEqual([]);
  expect(refused({ mean: 500 }, { mean: 401 })).toEqual([fault]);
  expect(refused({ 1: 100, 10_000: 0 }, 10_000)).toEqual([]);
  expect(refused({ 1: 99, 10_000: 1 }, 10_000)).toEqual([fault]);
  expect(refused(1, 1_000, 1_000)).toEqual([]);
  expect(refused(2, 1_000, 1_000)).toEqual([fault]);
});
