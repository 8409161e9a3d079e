import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import {
  type Exposure,
  judge,
  logTraffic,
  parseRollout,
  type Rollout,
  type RolloutSimulation,
  simulate,
  type Simulation,
} from "../../src/simulate/index.ts";
import { clickhouse } from "../../src/warehouse/clickhouse.ts";
import { duckdb } from "../../src/warehouse/duckdb.ts";
import { postgres } from "../../src/warehouse/postgres.ts";
import { type Columns, warehouse, type Warehouse } from "../../src/warehouse/index.ts";
import { hasClickhouse, hasPostgres, startClickhouse, startPostgres } from "../support/warehouse.ts";

// The same lines of JSON, read as a file and put into a warehouse, give the same result: what was served, and the course by time, too.

interface Line {
  readonly ts: number;
  readonly user_id: string | null;
  readonly tenant: string | null;
  readonly beta: string | null;
  readonly answered: string | null;
  readonly draw: number | null;
}

const START = Date.UTC(2026, 10, 24, 23, 50);
const WORDS = ["DE", "FR", "", "'; DROP TABLE requests; --"];

/** Lines in the order of their time, each at a millisecond of its own, with what speaks against an alias, too. */
const LINES: readonly Line[] = fc
  .sample(
    fc.record({
      after: fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 2_000 }) }, fc.integer({ min: 1, max: 600_000 })),
      user_id: fc.option(fc.oneof({ weight: 20, arbitrary: fc.integer({ max: 300, min: 1 }).map((id) => `u${id}`) }, fc.constant("")), {
        freq: 8,
      }),
      tenant: fc.option(fc.constantFrom(...WORDS)),
      beta: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, fc.constant("on")),
      answered: fc.oneof(
        { weight: 12, arbitrary: fc.constant("v1") },
        { weight: 5, arbitrary: fc.constantFrom("v2", "v3") },
        fc.constantFrom("v9", "nightly", "", "-", null),
      ),
      draw: fc.option(fc.constantFrom(0, 0.1, 0.4999, 0.99, 1, 7), { freq: 2 }),
    }),
    { numRuns: 2_500, seed: 7 },
  )
  .reduce<{ lines: Line[]; ts: number }>(
    ({ lines, ts }, { after, ...line }) => ({ lines: [...lines, { ts: ts + after, ...line }], ts: ts + after }),
    { lines: [], ts: START },
  ).lines;

/** A line in the library's own form. */
function written({ ts, user_id, tenant, beta, answered, draw }: Line): string {
  const headers = { "x-user": user_id, "x-tenant": tenant, cookie: beta === null ? null : `beta=${beta}` };
  return JSON.stringify({ time: ts, headers, answered, draw });
}

const TEXT = LINES.map((line) => written({ ...line, draw: null })).join("\n");
const USER = { kind: "header", name: "x-user" } as const;
const TENANT = { kind: "header", name: "x-tenant" } as const;

const rules = { v3: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } } as const;
const random: AliasConfig = { version: "v1", additional_version_weights: { v2: 30 }, additional_version_strategy: rules };
const sticky: AliasConfig = {
  ...random,
  name: "shop",
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
};
const either: AliasConfig = {
  ...sticky,
  stickiness: { keys: [{ rule_type: "Header", param: "x-tenant" }], on_missing: "random" },
};
const fixed: AliasConfig = { version: "v1", additional_version_strategy: rules };

/** What is the same from both: all but the lines of the file, the order of what is counted alike, and the draws until a user is mixed. */
function comparable({ segments, users, sessions, served, draws, ...all }: Simulation): object {
  const crowd = (each: Exposure | undefined): object | undefined =>
    each && { ...each, curve: [], mixed: { ...each.mixed, expected: each.mixed.expected?.toFixed(9) } };
  return {
    ...all,
    lines: undefined,
    format: undefined,
    draws,
    segments: segments.toSorted((a, b) => String(a.value).localeCompare(String(b.value))),
    users: crowd(users),
    sessions: crowd(sessions),
    served: served && {
      ...served,
      unknown: { ...served.unknown, versions: served.unknown.versions.toSorted() },
      users: crowd(served.users),
      sessions: crowd(served.sessions),
    },
  };
}

let folder: string;
let house: Awaited<ReturnType<typeof startClickhouse>> | undefined;
let database: Awaited<ReturnType<typeof startPostgres>> | undefined;
const hasHouse = hasClickhouse();
const hasDatabase = hasPostgres();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "canary-router-served-"));
  writeFileSync(join(folder, "requests.ndjson"), LINES.map(written).join("\n"));
  if (hasDatabase) {
    database = await startPostgres();
    const columns = "ts bigint, user_id text, tenant text, beta text, answered text, draw double precision";
    await database.ask([
      `CREATE TABLE requests AS SELECT * FROM json_to_recordset('${JSON.stringify(LINES).replaceAll("'", "''")}') AS t(${columns})`,
      "SELECT 1",
    ]);
  }
  if (!hasHouse) return;
  house = await startClickhouse();
  const texts = ["user_id", "tenant", "beta", "answered"].map((name) => `${name} Nullable(String)`).join(", ");
  await house.ask([
    `CREATE TABLE requests (ts Int64, ${texts}, draw Nullable(Float64)) ENGINE = Memory`,
    `INSERT INTO requests FORMAT JSONEachRow ${LINES.map((line) => JSON.stringify(line)).join("\n")}`,
    "SELECT 1",
  ]);
}, 150_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await house?.stop();
  await database?.stop();
});

/** The column of the time as a time stamp of the engine, with parts of a second where it has them. */
const ENGINES: readonly { name: string; open: () => Promise<Warehouse>; from: () => string; there: boolean; stamp: string }[] = [
  {
    name: "duckdb",
    open: () => duckdb(),
    from: () =>
      `(SELECT time AS ts, headers."x-user" AS user_id, headers."x-tenant" AS tenant, headers.cookie[6:] AS beta, answered, draw FROM read_json('${join(folder, "requests.ndjson")}')) AS t`,
    there: true,
    stamp: "make_timestamp(ts * 1000)",
  },
  {
    name: "clickhouse",
    open: () => Promise.resolve(clickhouse(house?.url ?? "")),
    from: () => "requests",
    there: hasHouse,
    stamp: "toDateTime(intDiv(ts, 1000))",
  },
  {
    name: "postgres",
    open: () => postgres(database?.url ?? ""),
    from: () => "requests",
    there: hasDatabase,
    stamp: "to_timestamp(ts / 1000.0)",
  },
];

const COLUMNS: Columns = {
  "header x-user": "user_id",
  "header x-tenant": "tenant",
  "cookie beta": "beta",
  served: "answered",
  time: "ts",
};

/** The lines as a file. */
function log(text: string = TEXT): ReturnType<typeof logTraffic> {
  return logTraffic(Readable.from([text]), { served: "answered", user: USER });
}

describe.each(ENGINES)("$name", ({ open, from, there, stamp }) => {
  const counted = async <T extends AliasConfig | Rollout>(
    subject: T,
    columns: Columns,
    more: object = {},
  ): Promise<T extends Rollout ? RolloutSimulation : Simulation> => {
    const connection = await open();
    try {
      const traffic = warehouse(connection, { from: from(), columns, user: USER, ...more });
      return (await simulate(subject as AliasConfig, traffic, { seed: "0", segment: TENANT })) as never;
    } finally {
      await connection.close();
    }
  };

  test.skipIf(!there).each([
    ["sticky", sticky],
    ["nothing split", fixed],
  ])("%s: the whole result is that of the file", async (_, config) => {
    const found = await counted(config, COLUMNS);
    const wanted = await simulate(config, log(), { seed: "0", segment: TENANT });
    expect(comparable(found)).toEqual(comparable(wanted));
    expect(found.served?.told).toBeGreaterThan(2_000);
    expect(found.served?.unknown.versions).toEqual(expect.arrayContaining(["nightly", "v9"]));
    expect(found.served?.users?.several.count).toBeGreaterThan(20);
    expect(found.served?.draws[0]?.course.length).toBeGreaterThan(5);
    expect(found.served?.draws[0]?.course[0]?.time).toBeLessThanOrEqual(LINES[0]?.ts ?? 0);
    const gates = ["srm", "mixed", "differs"] as const;
    expect(judge(gates, { simulation: found })).toEqual(judge(gates, { simulation: wanted }));
    if (config === sticky) expect(found.served?.mixedKeys?.count).toBeGreaterThan(20);
  });

  test.skipIf(!there)("a random split with recorded draws", async () => {
    const drawn = "CASE WHEN draw IS NULL THEN 0.5 ELSE draw END";
    const found = await counted(random, { ...COLUMNS, draw: drawn });
    const text = LINES.map((line) => written({ ...line, draw: line.draw ?? 0.5 })).join("\n");
    const wanted = await simulate(random, log(text), { seed: "0", segment: TENANT });
    expect(comparable(found)).toEqual(comparable(wanted));
    expect(found.draws[0]?.course.length).toBeGreaterThan(5);
  });

  test.skipIf(!there)("a random split without draws: what was served is that of the file, and the draws are the weights", async () => {
    for (const config of [random, either]) {
      const found = await counted(config, COLUMNS);
      const wanted = await simulate(config, log(), { seed: "0" });
      const servedOf = (simulation: Simulation): unknown => (comparable(simulation) as { served: unknown }).served;
      expect(servedOf(found)).toEqual(servedOf(wanted));
      expect(found.funnel).toEqual(wanted.funnel);
      expect(found.users).toBeUndefined();
      expect(found.draws.map(({ unit }) => unit)).toEqual(config === random ? [] : ["key"]);
      expect(found.versions.reduce((sum, { requests }) => sum + requests, 0)).toBe(LINES.length);
      for (const { requests, expected } of config === random ? found.versions : [])
        expect(Math.abs(requests - expected * LINES.length)).toBeLessThanOrEqual(1);
    }
  });

  test.skipIf(!there)("a rollout: what was served is compared with its first stage", async () => {
    const read = parseRollout(
      { steps: [{ setWeight: 5 }, { setWeight: 60 }] },
      { alias: { ...sticky, additional_version_weights: { v2: 0 } }, canary: "v2" },
    );
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
    const [found, wanted] = [await counted(read.value, COLUMNS), await simulate(read.value, log(), { seed: "0", segment: TENANT })];
    expect(found.stages.map(({ simulation }) => comparable(simulation))).toEqual(
      wanted.stages.map(({ simulation }) => comparable(simulation)),
    );
    expect(found.changes.map(({ users }) => users)).toEqual(wanted.changes.map(({ users }) => users));
    expect(found.stages[0]?.simulation.served?.told).toBeGreaterThan(2_000);
  });

  test.skipIf(!there)("a time stamp is the time that it says, in UTC", async () => {
    const found = await counted(sticky, { ...COLUMNS, time: stamp });
    const times = (simulation: Simulation): unknown => simulation.draws[0]?.course.map(({ time }) => time);
    expect(times(found)).toEqual(times(await counted(sticky, COLUMNS)));
    const seconds = await counted(sticky, { ...COLUMNS, time: "ts / 1000.0" });
    expect(seconds.draws).toEqual((await counted(sticky, COLUMNS)).draws);
  });

  test.skipIf(!there)("without a time, keys that one version answered are counted, and others are refused", async () => {
    const { time: _, ...untimed } = COLUMNS;
    await expect(counted(sticky, untimed)).rejects.toThrow(/\d+ sticky keys were served more than one version, and nothing says/);
    const same = { ...untimed, served: "CASE WHEN user_id < 'u2' THEN 'v2' ELSE 'v1' END" };
    const found = await counted(sticky, same);
    const timed = await counted(sticky, { ...same, time: "ts" });
    expect(found.served?.draws.map(({ course: ___, sequential: ____, ...draws }) => draws)).toEqual(
      timed.served?.draws.map(({ course: ___, sequential: ____, ...draws }) => draws),
    );
    expect(found.draws[0]?.course).toHaveLength(1);
  });

  test.skipIf(!there)("a column of the time that is none, or lacks some, is refused", async () => {
    await expect(counted(sticky, { ...COLUMNS, time: "user_id" })).rejects.toThrow(
      /the column of `time` has the type .*, which is no time/,
    );
    await expect(counted(sticky, { ...COLUMNS, time: "CASE WHEN beta IS NULL THEN ts END" })).rejects.toThrow(/\d+ rows have no time/);
    await expect(counted(sticky, { ...COLUMNS, time: "ts - 99999999999999" })).rejects.toThrow("a row has a time that is not between");
    await expect(counted(sticky, { ...COLUMNS, served: "nowhere" })).rejects.toThrow(/nowhere/);
  });

  test.skipIf(!there)("a column that names no version is said to match nothing", async () => {
    const found = await counted(sticky, { ...COLUMNS, served: "CASE WHEN beta = 'none' THEN beta END" });
    expect([found.unmatched, found.served]).toEqual([["served"], undefined]);
  });
});
