import { execFile } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as fc from "fast-check";
import { MultiSet } from "mnemonist";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { type AliasConfig, compile, type NodeRequest, toRequest } from "../../src/index.ts";
import { createTaskRunner } from "../../src/simulate/task.ts";
import { Course } from "../../src/simulate/course.ts";
import { emptyHistory, extend, type History, joined, markOf, readEach, written, historyRow } from "../../src/simulate/history.ts";
import { emptySummary, include, includer, WITHIN } from "../../src/simulate/summary.ts";
import { population } from "../../src/simulate/population.ts";
import { randomOf } from "../../src/simulate/random.ts";
import type { Simulation } from "../../src/simulate/result.ts";
import { rollout } from "../../src/rollout/rollout.ts";
import { NUMBER } from "../../src/simulate/row.ts";
import { Memory, Sample } from "../../src/simulate/sample.ts";
import { type Crew, simulate } from "../../src/simulate/simulate.ts";
import { look, UNSEEN } from "../../src/simulate/statistics/sequential.ts";
import { logTraffic, populationTraffic, visitTraffic } from "../../src/simulate/traffic/traffic.ts";
import type { Visit } from "../../src/simulate/traffic/visit.ts";
import { law } from "../support/law.ts";

const yaml = (name: string): unknown => parseYaml(readFileSync(`docs/examples/${name}`, "utf8"));
const storefront = yaml("storefront.yaml") as AliasConfig;
const shop = population(yaml("population.yaml"));
const country = { kind: "attribute", name: "country" } as const;
const random: AliasConfig = { name: "shop", version: "v1", additional_version_weights: { v2: 10, v3: 5 } };
const sticky: AliasConfig = { ...random, stickiness: { keys: [{ rule_type: "Header", param: "X-User-Id" }], on_missing: "random" } };

function visit(headers: NodeRequest["headers"], more: Omit<Visit, "request"> = {}): Visit {
  return { request: { headers }, ...more };
}

const version = (simulation: Simulation, name: string) => simulation.versions.find((each) => each.version === name);

test("the shares of all 10,000 slots, observed, are the exact shares", async () => {
  const visits = Array.from({ length: 10_000 }, (_, slot) => visit({}, { draw: slot / 10_000 }));
  const simulation = await simulate(random, visitTraffic([visits.slice(0, 3_000), visits.slice(3_000)]), { seed: "s" });
  expect(simulation.versions.map(({ version: name, requests, share, expected }) => [name, requests, share, expected])).toEqual([
    ["v1", 8_500, 0.85, 0.85],
    ["v2", 1_000, 0.1, 0.1],
    ["v3", 500, 0.05, 0.05],
  ]);
  expect(simulation.draws).toMatchObject([{ unit: "request", count: 10_000, verdict: { test: "chi-square", p: 1, chance: true } }]);
});

test("a log is counted as its decisions, one by one", async () => {
  const lines = readFileSync("docs/examples/traffic.ndjson", "utf8").trim().split("\n");
  const requests = lines.length;
  const stream = createReadStream("docs/examples/traffic.ndjson");
  const simulation = await simulate(storefront, logTraffic(stream, { form: "ndjson" }), { seed: "s", segment: country });
  const route = compile(storefront);
  const outcomes = new MultiSet<string>();
  const byCountry = new MultiSet<string>();
  for (const line of lines) {
    const request = toRequest(JSON.parse(line));
    const { version: answer, reason, at } = route(request);
    outcomes.add(`${reason} ${at}`);
    byCountry.add(JSON.stringify([request.attributes?.["country"] ?? null, answer]));
  }
  for (const { reason, at, requests: count } of simulation.reasons) expect(count).toBe(outcomes.multiplicity(`${reason} ${at}`));
  for (const { value, versions } of simulation.segments)
    for (const each of versions) expect(each.requests).toBe(byCountry.multiplicity(JSON.stringify([value ?? null, each.version])));
  expect(simulation).toMatchObject({ requests, partial: false, lines: { read: requests, malformed: 0, first: [] } });
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
  expect(sum(simulation.versions.map((each) => each.requests))).toBe(requests);
  expect(sum(simulation.reasons.map((each) => each.requests))).toBe(requests);
  expect(sum(simulation.segments.map((each) => each.requests))).toBe(requests);
  expect(sum(simulation.versions.map((each) => each.expected))).toBeCloseTo(1, 12);
  const [first, ...rest] = simulation.funnel;
  expect(first).toMatchObject({ at: "/additional_version_strategy/v40", reached: requests });
  let left = requests - (first?.held ?? 0);
  for (const { reached, held } of rest) {
    expect(reached).toBe(left);
    left -= held;
  }
  expect(simulation.segments.find(({ value }) => value === "IS")?.versions.find((each) => each.version === "v41")?.share).toBeGreaterThan(
    0.5,
  );
});

describe("the same seed gives the same result", () => {
  const traffic = () => populationTraffic(shop, 60_000);
  const once = simulate(storefront, traffic(), { seed: "seed", segment: country });

  test("run after run, and another seed gives another", async () => {
    expect(await simulate(storefront, traffic(), { seed: "seed", segment: country })).toEqual(await once);
    expect((await simulate(storefront, traffic(), { seed: "other", segment: country })).versions).not.toEqual((await once).versions);
  });

  /** Does the tasks of a window backwards, by as many crews, and gives the results in order: what threads do, at their worst. */
  const backwards = (width: number): Crew =>
    async function* (job, tasks) {
      const hands = Array.from({ length: width }, () => createTaskRunner(job));
      let window: Parameters<(typeof hands)[0]>[0][] = [];
      const flush = () => {
        const results = window.toReversed().map((task, at) => hands[at]?.(structuredClone(task)));
        window = [];
        return results.toReversed().map((result) => structuredClone(result));
      };
      for await (const task of tasks) {
        window.push(task);
        if (window.length === width) for (const result of flush()) if (result) yield result;
      }
      for (const result of flush()) if (result) yield result;
    };

  test.each([1, 2, 3, 5])("in blocks done in another order, by %i", async (width) => {
    expect(await simulate(storefront, traffic(), { seed: "seed", segment: country, crew: backwards(width) })).toEqual(await once);
  });

  test("on real threads, of the built library, for a population and for a log", async () => {
    const built = await import(pathToFileURL(resolve(process.env["DIST"] ?? "dist", "simulate/index.js")).href);
    const { workers } = await import(pathToFileURL(resolve(process.env["DIST"] ?? "dist", "simulate/workers/index.js")).href);
    const options = { seed: "seed", segment: country, crew: workers(2) };
    expect(await built.simulate(storefront, traffic(), options)).toEqual(await once);
    const log = () => logTraffic(createReadStream("docs/examples/traffic.ndjson", { highWaterMark: 1_000 }), { form: "ndjson" });
    expect(await built.simulate(random, log(), options)).toEqual(await simulate(random, log(), { seed: "seed", segment: country }));
  });

  test("what fails on a thread fails here", async () => {
    const built = await import(pathToFileURL(resolve(process.env["DIST"] ?? "dist", "simulate/index.js")).href);
    const { workers } = await import(pathToFileURL(resolve(process.env["DIST"] ?? "dist", "simulate/workers/index.js")).href);
    const unclonable = visitTraffic([[{ request: { headers: {}, method: (() => "GET") as unknown as string } }]]);
    await expect(built.simulate(random, unclonable, { seed: "s", crew: workers(2) })).rejects.toThrow(/could not be cloned/);
  });
});

test("random draws are tested by requests, sticky ones by keys, and both where a key may be missing", async () => {
  const users = Array.from({ length: 4_000 }, (_, at) => `user-${at}`);
  const visits = users.flatMap((user, at) => Array.from({ length: 1 + (at % 5) }, () => visit({ "x-user-id": user })));
  const nobody = Array.from({ length: 3_000 }, () => visit({}));
  const simulation = await simulate(sticky, visitTraffic([visits, nobody, visits]), { seed: "s" });
  expect(simulation.draws).toMatchObject([
    { unit: "key", count: 4_000, sampled: 1, sequential: { alarm: false } },
    { unit: "request", count: 3_000, sequential: { alarm: false } },
  ]);
  const route = compile(sticky);
  const onCanary = users.filter((user) => route({ headers: { "x-user-id": user } }).version === "v2").length;
  expect(simulation.draws[0]?.arms.find((arm) => arm.version === "v2")).toMatchObject({ count: onCanary, slots: 1_000 });
  expect(simulation.users).toMatchObject({ count: 4_000, several: { count: 0 }, mixed: { count: 0, of: 4_000, expected: undefined } });
});

test("the course of the draws tells when a split went wrong, and sums to all of them", async () => {
  const visits = Array.from({ length: 100 }, (_, block) =>
    Array.from({ length: 300 }, (__, at) => visit({}, { draw: at < (block < 50 ? 30 : 90) ? 0.05 : 0.5 })),
  );
  const { draws } = await simulate({ version: "v1", additional_version_weights: { v2: 10 } }, visitTraffic(visits), { seed: "s" });
  const [{ course, arms } = { course: [], arms: [] }] = draws;
  expect(course.map(({ requests, counts: [canary = 0, rest = 0] }) => [requests, canary / (canary + rest)])).toEqual(
    Array.from({ length: 13 }, (_, span) => [Math.min(30_000, 2_400 * (span + 1)), span < 6 ? 0.1 : span === 6 ? 0.25 : 0.3]),
  );
  arms.forEach(({ count }, index) => expect(count).toBe(course.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0)));
});

test("of keys, the course counts each where it comes first", async () => {
  const visits = (from: number, until: number) =>
    Array.from({ length: until - from }, (_, at) => visit({ "x-user-id": `user-${from + at}` }));
  const { draws } = await simulate(sticky, visitTraffic([visits(0, 100), visits(50, 120), visits(0, 120)]), { seed: "s" });
  expect(draws[0]?.course.map(({ requests, counts }) => [requests, counts.reduce((sum, each) => sum + each)])).toEqual([
    [100, 100],
    [170, 20],
  ]);
});

test("of more keys than are held there is no course, from the piece of traffic on in which they became so many", async () => {
  const piece = (number: number) => Array.from({ length: 20_000 }, (_, at) => visit({ "x-user-id": `user-${number}-${at}` }));
  const pieces = [0, 1, 2, 3, 4].map(piece);
  const all = await simulate(sticky, visitTraffic(pieces), { seed: "s" });
  expect(all.draws).toMatchObject([{ unit: "key", count: 100_000, sampled: 1 }]);
  expect(all.draws[0]?.course.map(({ requests }) => requests)).toEqual([20_000, 40_000, 60_000, 80_000, 100_000]);
  expect(all.users).toMatchObject({ count: 100_000, counted: 100_000 });
  const some = await simulate(sticky, visitTraffic(pieces), { seed: "s", memory: 4_000_000 });
  expect(some.draws).toMatchObject([{ unit: "key", sampled: 0.25 }]);
  expect(some.draws[0]?.course.map(({ requests }) => requests)).toEqual([20_000, 40_000]);
  const { count, counted } = some.users ?? { count: 0, counted: 0 };
  expect(count / counted).toBeGreaterThanOrEqual(4);
  expect(Math.abs(count - 100_000)).toBeLessThan((6 * count) / Math.sqrt(counted));
});

law(
  "a course holds the sum of what was added, in spans as long as each other but the last, however long it is",
  fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 400, size: "max" }),
  (blocks) => {
    const course = new Course();
    let requests = 0;
    for (const counts of blocks) course.add((requests += 10), counts);
    const whole = new Course();
    blocks.forEach((_, block) => whole.add(10 * (block + 1), [1]));
    const lengths = whole.spans().map(({ counts: [length = 0] }) => length);
    const [first = 0] = lengths;
    expect(lengths.length).toBeLessThanOrEqual(24);
    if (blocks.length >= 24) expect(lengths.length).toBeGreaterThanOrEqual(12);
    expect(lengths.slice(0, -1).every((length) => length === first)).toBe(true);
    for (const index of [0, 1])
      expect(course.spans().reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0)).toBe(
        blocks.reduce((sum, counts) => sum + (counts[index] ?? 0), 0),
      );
    expect(whole.spans().at(-1)?.requests ?? 0).toBe(requests);
  },
);

test("a split that is not what the weights say is found, by both tests", async () => {
  const visits = Array.from({ length: 8_000 }, (_, at) => visit({}, { draw: at % 8 === 0 ? 0.05 : 0.5 }));
  const { draws } = await simulate({ version: "v1", additional_version_weights: { v2: 10 } }, visitTraffic([visits]), { seed: "s" });
  expect(draws).toMatchObject([{ verdict: { test: "binomial", chance: false }, sequential: { alarm: true } }]);
});

test("what a random split does to users is what probability says", async () => {
  const model = population({ users: 20_000, sessions: 2, requests: 5 });
  const { users, sessions } = await simulate(random, populationTraffic(model), { seed: "mixed" });
  const stays = (draws: number): number => 0.85 ** draws + 0.1 ** draws + 0.05 ** draws;
  expect(users?.curve.map(({ within, expected }) => [within, expected?.toFixed(9)])).toEqual(
    [2, 3, 5, 10].map((within) => [within, (1 - stays(within)).toFixed(9)]),
  );
  expect(users?.mixed.expected).toBeCloseTo(1 - stays(10), 9);
  expect(sessions?.mixed.expected).toBeCloseTo(1 - stays(5), 9);
  expect(sessions).toMatchObject({ count: 40_000, counted: 40_000 });
  for (const { share, of, expected = 0 } of users?.curve ?? []) {
    expect(Math.abs(share - expected)).toBeLessThan(6 * Math.sqrt((expected * (1 - expected)) / of));
  }
});

test("a request that throws is an error and no exception, and segments beyond a thousand are put together", async () => {
  const hostile = {
    request: new Proxy({} as NodeRequest, {
      get: () => {
        throw new Error("no");
      },
    }),
  };
  const many = Array.from({ length: 1_200 }, (_, at) => visit({ "x-tenant": `t${at}` }));
  const simulation = await simulate(random, visitTraffic([[hostile], many]), { seed: "s", segment: { kind: "header", name: "x-tenant" } });
  expect(simulation.reasons.find(({ reason }) => reason === "error")?.requests).toBe(1);
  expect(simulation.segments).toHaveLength(1_001);
  expect(simulation.segments.at(-1)).toMatchObject({ rest: true, requests: 201 });
});

test("stopped, it returns what it has, marked partial", async () => {
  const stop = new AbortController();
  const onProgress = (requests: number): void => {
    if (requests > 20_000) stop.abort();
  };
  const simulation = await simulate(random, populationTraffic(shop, 1_000_000), { seed: "s", signal: stop.signal, onProgress });
  expect(simulation.partial).toBe(true);
  expect(simulation.requests).toBeGreaterThan(20_000);
  expect(simulation.requests).toBeLessThan(60_000);
});

test("malformed lines keep their numbers over the blocks of a log", async () => {
  const line = `{"url":"/","headers":{"x":"${"y".repeat(2_000)}"}}\n`;
  async function* stream(): AsyncGenerator<string> {
    for (let at = 1; at <= 600; at++) yield await Promise.resolve(at % 250 === 0 ? "{broken\n" : line);
  }
  const { lines, requests } = await simulate(random, logTraffic(stream(), { form: "ndjson" }), { seed: "s" });
  expect(requests).toBe(598);
  expect(lines).toEqual({
    read: 600,
    malformed: 2,
    first: [
      { line: 250, fault: "not JSON" },
      { line: 500, fault: "not JSON" },
    ],
    share: 2 / 600,
    skipped: 0,
    skippedFor: [],
  });
});

test("the format of a log is said, what is skipped is counted apart, and the share of malformed lines leaves empty ones out", async () => {
  const line = (request: string, status = 200) => `192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "${request}" ${status} 5 "-" "curl/8"\n`;
  async function* stream(): AsyncGenerator<string> {
    yield await Promise.resolve(`${line("GET / HTTP/1.1").repeat(6)}\n${line("-", 408).repeat(2)}${line("\\x16\\x03", 400)}broken\n`);
  }
  const { format, lines, requests } = await simulate(random, logTraffic(stream()), { seed: "s" });
  expect(format).toEqual({ name: "combined", detected: true });
  expect(requests).toBe(6);
  expect(lines).toEqual({
    read: 11,
    malformed: 1,
    first: [{ line: 11, fault: "no ` ` behind `remote_addr`" }],
    share: 1 / 10,
    skipped: 3,
    skippedFor: [
      { reason: "a connection without an HTTP request", lines: 2 },
      { reason: "refused by the server as no HTTP request", lines: 1 },
    ],
  });
});

test("a log that is not known ends in an error, and other traffic has no format", async () => {
  async function* stream(): AsyncGenerator<string> {
    yield await Promise.resolve("hello\n");
  }
  await expect(simulate(random, logTraffic(stream()), { seed: "s" })).rejects.toThrow("the format of the log is not known");
  expect((await simulate(random, populationTraffic(shop, 10), { seed: "s" })).format).toBeUndefined();
});

test("a log of 150 MB with new users all along takes a heap of 48 MB", async () => {
  const program = `
    const { logTraffic, simulate } = await import(process.argv[1]);
    async function* log() {
      for (let block = 0; block < 750; block++) {
        let text = "";
        for (let at = 0; at < 1000; at++)
          text += "192.0.2.7 - a-user-with-a-long-name-" + (at === 0 ? block : "") + \` [24/Nov/2026:12:00:00 +0000] "GET /p/\${at} HTTP/1.1" 200 7 "https://shop.example/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"\n\`;
        yield text;
      }
    }
    const config = { version: "v1", additional_version_weights: { v2: 10 } };
    const segment = { kind: "attribute", name: "remote_user" };
    const { requests, users } = await simulate(config, logTraffic(log(), { form: "access-log" }), { seed: "s", segment });
    console.log(requests, users.count);
  `;
  const library = pathToFileURL(resolve(process.env["DIST"] ?? "dist", "simulate/index.js")).href;
  const args = ["--max-old-space-size=48", "--input-type=module", "-e", program, library];
  expect((await promisify(execFile)(process.execPath, args)).stdout).toBe("750000 751\n");
});

test("a rollout runs all stages on the same requests, with the same draws", async () => {
  const steps = [{ setWeight: 10 }, { pause: {} }, { setWeight: 0 }, { pause: {} }, { setWeight: 30 }];
  const plan = rollout({ alias: { name: "shop", version: "v1" }, canary: "v2", steps });
  const result = await simulate(plan, populationTraffic(shop, 50_000), { seed: "r" });
  const canary = result.stages.map(({ simulation }) => version(simulation, "v2")?.requests ?? 0);
  const [before = 0, ten = 0, none = 0, thirty = 0, promoted = 0] = canary;
  expect([before, none, promoted]).toEqual([0, 0, result.requests]);
  expect(ten).toBeGreaterThan(0.09 * result.requests);
  expect(ten).toBeLessThan(0.11 * result.requests);
  expect(result.changes.map(({ requests }) => requests)).toEqual([ten, ten, thirty, result.requests - thirty]);
  expect(result.changes[1]?.matrix).toEqual([{ from: "v2", to: "v1", requests: ten }]);
  // Whoever had a draw below 0.1 goes to the canary and back twice; all who are left go once.
  expect(result.bounced).toBe(ten);
});

describe("a bounded sample", () => {
  const keys = fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 120 });
  const first = (before: number): number => before;
  const sum = (before: number, after: number): number => before + after;

  law("depends on the set of keys, not on their order nor on how often they come", fc.tuple(keys, fc.nat()), ([set, turn]) => {
    const forth = new Sample(NUMBER, sum, new Memory(0));
    const back = new Sample(NUMBER, sum, new Memory(0));
    const many = Array.from({ length: 10 }, (_, round) => set.map((key) => `${key}/${round}`)).flat();
    for (const key of many) forth.add(key, 2);
    const turned = [...many.slice(turn % (many.length + 1)), ...many.slice(0, turn % (many.length + 1))].toReversed();
    for (const key of [...turned, ...many]) back.add(key, 1);
    expect(back.level).toBe(forth.level);
    expect(back.size).toBe(forth.size);
    expect([...back.values()].every((value) => value === 2)).toBe(true);
    expect(forth.size).toBeLessThanOrEqual(192);
    if (many.length <= 192) expect(forth.level).toBe(0);
  });

  test("is even: about as many as its level says", () => {
    const sample = new Sample(NUMBER, first, new Memory(40_000));
    for (let at = 0; at < 100_000; at++) sample.add(`user-${at}`, at);
    expect(sample.level).toBeGreaterThan(5);
    const estimate = sample.size * 2 ** sample.level;
    expect(Math.abs(estimate - 100_000)).toBeLessThan(6 * Math.sqrt(sample.size) * 2 ** sample.level);
  });

  test("holds every key as long as there is memory, and takes no more than half of what is left at once", () => {
    const memory = new Memory(20_000_000);
    const sample = new Sample(NUMBER, sum, memory);
    for (const round of [1, 2]) for (let at = 0; at < 300_000; at++) sample.add(`user-${at}`, round * at);
    expect(sample.level).toBe(0);
    expect(sample.size).toBe(300_000);
    expect([...sample.values()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300_000 }, (_, at) => 3 * at));
    expect(memory.take(8_000_000)).toBe(false);
    expect(memory.take(6_000_000)).toBe(true);
  });

  const version = fc.nat({ max: 65 });
  const history = fc.record({
    requests: fc.nat(),
    first: version,
    others: fc.uniqueArray(version, { maxLength: 66 }),
    drawn: fc.nat(),
    firstDrawn: fc.integer({ min: -1, max: 65 }),
    turned: fc.nat(),
  });
  law("keeps histories as they are, whatever stood in the row before", fc.tuple(history, history), (written) => {
    const row = historyRow(66);
    const rows = new Int32Array(row.words + 2);
    for (const each of written) {
      row.write({ ...each, others: each.others.length === 0 ? undefined : each.others }, rows, 1);
      const read = row.read(rows, 1);
      expect({ ...read, others: read.others ?? [] }).toEqual({ ...each, others: each.others.toSorted((a, b) => a - b) });
      expect([rows[0], rows.at(-1)]).toEqual([0, 0]);
    }
  });
});

describe("histories", () => {
  const requests = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 1, maxLength: 12 });
  type Requests = readonly (readonly [number, boolean])[];
  const marksOf = (list: Requests): Uint32Array => Uint32Array.from(list, ([each, drawn]) => markOf(each, drawn));
  const historyOf = (list: Requests): History => {
    const history = emptyHistory();
    extend(history, marksOf(list), 0, list.length);
    return { ...history, others: history.others?.toSorted() };
  };
  const sorted = (history: History): History => ({ ...history, others: history.others?.toSorted() });

  law("joined are the history of all requests", fc.tuple(requests, requests), ([before, after]) => {
    const both = joined(historyOf(before), historyOf(after));
    expect(sorted(both)).toEqual(historyOf([...before, ...after]));
  });

  law("extended are the history of all requests", fc.tuple(requests, requests), ([before, after]) => {
    const history = historyOf(before);
    extend(history, marksOf([...before, ...after]), before.length, before.length + after.length);
    expect(sorted(history)).toEqual(historyOf([...before, ...after]));
  });

  law("written down and read again are what they were", fc.array(requests, { maxLength: 8 }), (all) => {
    const known = new Map(all.map((list, at) => [`user-${at}`, historyOf(list)]));
    const read = new Map<string, History>();
    readEach(structuredClone(written(known)), (who, history) => read.set(who, history));
    expect(read).toEqual(known);
  });

  law("summed up are what a plain count finds, in whatever way they are summed up", fc.array(requests, { maxLength: 20 }), (all) => {
    const summary = emptySummary(3);
    const repeat = (draws: number): number => 0.5 ** draws;
    for (const list of all) include(summary, historyOf(list), repeat);
    const drawn = all.map((list) => list.filter(([, by]) => by).map(([each]) => each));
    const dealt = drawn.filter((list) => list.length > 0);
    expect(summary).toMatchObject({
      count: all.length,
      several: all.filter((list) => new Set(list.map(([each]) => each)).size > 1).length,
      exposed: [0, 1, 2].map((each) => all.filter((list) => list.some(([version]) => version === each)).length),
      drawn: dealt.length,
      turned: dealt.filter((list) => new Set(list).size > 1).length,
      expected: dealt.reduce((sum, list) => sum + 1 - repeat(list.length), 0),
      reached: WITHIN.map((within) => dealt.filter((list) => list.length >= within).length),
      turnedBy: WITHIN.map((within) => dealt.filter((list) => list.length >= within && new Set(list.slice(0, within)).size > 1).length),
    });
    const direct = emptySummary(3);
    const add = includer(direct, repeat);
    const marks = marksOf(all.flat());
    all.reduce((from, { length }) => (add(marks, from, from + length), from + length), 0);
    expect(direct).toEqual(summary);
  });
});

describe("traffic that is contiguous", () => {
  const ruled: AliasConfig = {
    ...sticky,
    additional_version_strategy: { v4: { rules: [{ rule_type: "Header", param: "x-beta", op: "=", value: "on" }] } },
  };
  const ids = fc.constantFrom(undefined, "a", "b", "c", "d");
  const example = fc.record({
    user: ids,
    session: fc.nat(1),
    key: ids,
    own: fc.boolean(),
    beta: fc.boolean(),
    draw: fc.option(fc.constantFrom(0.05, 0.5), { nil: undefined }),
  });

  /** The same in groups: those with the first one's id first, and so on. */
  function grouped(visits: readonly Visit[], idOf: (each: Visit) => string | undefined): readonly (readonly Visit[])[] {
    return [...new Set(visits.map(idOf))].map((id) => visits.filter((each) => idOf(each) === id));
  }

  // No user's own id is the key of another: it would count as a key of its own for each.
  test("is counted as any other, whatever is in it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(example, { maxLength: 40 }), async (all) => {
        const visits = all.map(({ user, session, key, own, beta, draw }): Visit => {
          const value = own && user !== undefined ? user : key && `${user === undefined ? "anonymous" : "shared"}-${key}`;
          const headers = { ...(value !== undefined && { "x-user-id": value }), ...(beta && { "x-beta": "on" }) };
          return visit(headers, { user, session: user && `${user}.${session}`, draw });
        });
        const batches = grouped(visits, ({ user, request }) => user ?? (request.headers["x-user-id"] as string | undefined)).map((each) =>
          grouped(each, ({ session }) => session).flat(),
        );
        const whole = await simulate(ruled, visitTraffic([batches.flat()], { contiguous: true }), { seed: "s" });
        expect(whole).toEqual(await simulate(ruled, visitTraffic([batches.flat()]), { seed: "s" }));
      }),
      { seed: 1_000_003, numRuns: 200 },
    );
  });

  test("says so where somebody comes again after another", async () => {
    const again = ["a", "b", "a"].map((user) => visit({}, { user }));
    await expect(simulate(random, visitTraffic([again], { contiguous: true }), { seed: "s" })).rejects.toThrow(
      "the traffic was said to be contiguous, but `a` comes again after another",
    );
    const sessions = ["1", "2", "1"].map((session) => visit({}, { user: "a", session }));
    await expect(simulate(random, visitTraffic([sessions], { contiguous: true }), { seed: "s" })).rejects.toThrow("`1` comes again");
    expect((await simulate(random, visitTraffic([again]), { seed: "s" })).users).toMatchObject({ count: 2 });
  });

  test("has its keys all counted, however many there are", async () => {
    const piece = (number: number) => Array.from({ length: 20_000 }, (_, at) => visit({ "x-user-id": `user-${number}-${at}` }));
    const { draws, users } = await simulate(sticky, visitTraffic([0, 1, 2, 3, 4].map(piece), { contiguous: true }), { seed: "s" });
    expect(draws).toMatchObject([{ unit: "key", count: 100_000, sampled: 1 }]);
    expect(draws[0]?.course.map(({ requests: end }) => end)).toEqual([20_000, 40_000, 60_000, 80_000, 100_000]);
    expect(users).toMatchObject({ count: 100_000, counted: 100_000 });
  });

  test("has keys that are not its users' own in a sample, as everywhere", async () => {
    const piece = (number: number) =>
      Array.from({ length: 20_000 }, (_, at) => visit({ "x-user-id": `key-${number}-${at}` }, { user: `user-${number}-${at}` }));
    const own = [visit({ "x-user-id": "own" }, { user: "own" })];
    const pieces = [own, ...[0, 1, 2, 3, 4].map(piece)];
    const { draws } = await simulate(sticky, visitTraffic(pieces, { contiguous: true }), { seed: "s", memory: 3_000_000 });
    const [{ count, sampled } = { count: 0, sampled: 0 }] = draws;
    expect(count).toBeLessThanOrEqual(65_537);
    expect(sampled).toBeCloseTo(0.5, 4);
    expect(Math.abs(count / sampled - 100_001)).toBeLessThan(6 * Math.sqrt(count) * 2);
  });
});

test("the sequential test, looked at after every observation, raises no more false alarms than it says", () => {
  // 400 runs at a risk of 0.05: more than 44 alarms have a probability below 1e-6, if the risk is no more than that.
  const draw = randomOf("sequential", "null", 0);
  let alarms = 0;
  for (let run = 0; run < 400; run++) {
    let state = UNSEEN;
    const counts = [0, 0];
    for (let at = 0; at < 400; at++) {
      const arm = draw() < 0.1 ? 1 : 0;
      counts[arm] = (counts[arm] ?? 0) + 1;
      state = look(state, counts, [0.9, 0.1]);
    }
    if (state.p <= 0.05) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(44);
});
