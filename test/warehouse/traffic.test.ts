import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logTraffic, parseRollout, type RolloutSimulation, simulate, type Simulation } from "../../src/simulate/index.ts";
import type { AliasConfig } from "../../src/alias/config.ts";
import { clickhouse } from "../../src/warehouse/clickhouse.ts";
import { duckdb } from "../../src/warehouse/duckdb.ts";
import { postgres } from "../../src/warehouse/postgres.ts";
import { warehouse, type Warehouse, WarehouseError } from "../../src/warehouse/index.ts";
import { until } from "../support/daemon.ts";
import { hasClickhouse, hasPostgres, startClickhouse, startClickhouses, startPostgres } from "../support/warehouse.ts";

// What a warehouse counts is what the library counts from a log of the same requests.

interface Entry {
  readonly user: string | null;
  readonly country: string | null;
  readonly beta: string | null;
  readonly draw: number;
}

const ENTRIES: readonly Entry[] = Array.from({ length: 3_000 }, (_, index) => ({
  user: index % 11 === 0 ? null : `u${(index * 7919) % 400}`,
  country: ["DE", "FR", "'; DROP TABLE requests; --", null][index % 4] ?? null,
  beta: index % 13 === 0 ? "on" : null,
  draw: ((index * 997) % 10_000) / 10_000,
}));

const LOG = ENTRIES.map(({ user, country, beta, draw }) =>
  JSON.stringify({
    headers: {
      ...(user !== null && { "x-user": user }),
      ...(country !== null && { "x-country": country }),
      ...(beta !== null && { cookie: `beta=${beta}` }),
    },
    draw,
  }),
).join("\n");

const USER = { kind: "header", name: "x-user" } as const;
const COUNTRY = { kind: "header", name: "x-country" } as const;
const rules = { v3: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } } as const;
const sticky = (v2: number): object => ({
  name: "shop",
  version: "v1",
  additional_version_weights: { v2 },
  additional_version_strategy: rules,
  stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
});

let folder: string;
const engines: { readonly name: string; readonly open: () => Promise<Warehouse>; readonly from: string; readonly there: boolean }[] = [];
const served = hasClickhouse();
let server: Awaited<ReturnType<typeof startClickhouse>> | undefined;
const hasServer = hasPostgres();
let database: Awaited<ReturnType<typeof startPostgres>> | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "canary-router-warehouse-"));
  const cell = (value: string | null): string => (value === null ? "" : `"${value.replaceAll('"', '""')}"`);
  const lines = ENTRIES.map(({ user, country, beta, draw }) => [cell(user), cell(country), cell(beta), draw].join(","));
  writeFileSync(join(folder, "requests.csv"), ["x_user,x_country,beta,p", ...lines].join("\n"));
  const text = (value: string | null): string => (value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
  const values = ENTRIES.map(({ user, country, beta, draw }) => `(${text(user)}, ${text(country)}, ${text(beta)}, ${draw})`).join(", ");
  if (hasServer) {
    database = await startPostgres();
    await database.ask([
      "CREATE TABLE requests (x_user text, x_country text, beta text, p double precision)",
      `INSERT INTO requests VALUES ${values}`,
      "SELECT 1",
    ]);
  }
  if (!served) return;
  server = await startClickhouse();
  await server.ask([
    "CREATE TABLE requests (x_user Nullable(String), x_country Nullable(String), beta Nullable(String), p Float64) ENGINE = Memory",
    `INSERT INTO requests VALUES ${values}`,
    "SELECT 1",
  ]);
}, 150_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.stop();
  await database?.stop();
});

engines.push(
  { name: "duckdb", open: () => duckdb(join(folder, "*.csv")), from: "", there: true },
  { name: "clickhouse", open: () => Promise.resolve(clickhouse(server?.url ?? "")), from: "requests", there: served },
  { name: "postgres", open: () => postgres(database?.url ?? ""), from: "requests", there: hasServer },
);

/** What does not need the order of requests, and does not say where they came from. */
function comparable({ requests, versions, reasons, funnel, segments, draws, users }: Simulation): object {
  return {
    requests,
    versions,
    reasons,
    funnel,
    segments: segments.toSorted((a, b) => String(a.value).localeCompare(String(b.value))),
    draws: draws.map(({ unit, count, recorded, arms, verdict }) => ({ unit, count, recorded, arms, verdict })),
    // Sums of the same numbers in another order.
    users: users && { ...users, curve: [], mixed: { ...users.mixed, expected: users.mixed.expected?.toFixed(12) } },
  };
}

describe.each(engines)("$name", ({ open, from, there }) => {
  const run = async (subject: unknown, options: object, columns: Record<string, string> = {}): Promise<Simulation | RolloutSimulation> => {
    const connection = await open();
    const table = from === "" ? ((connection as { from?: string }).from ?? "") : from;
    try {
      return await simulate(subject as AliasConfig, warehouse(connection, { from: table, columns, user: USER }), {
        seed: "0",
        ...options,
      });
    } finally {
      await connection.close();
    }
  };
  const log = (draws: boolean): ReturnType<typeof logTraffic> =>
    logTraffic(Readable.from([draws ? LOG : LOG.replaceAll(/,"draw":[^}]*/g, "")]), { form: "ndjson", user: USER });

  test.skipIf(!there)("a sticky split: versions, funnel, segments, keys and users are those of the log", async () => {
    const options = { segment: COUNTRY };
    const counted = comparable((await run(sticky(20), options)) as Simulation);
    expect(counted).toEqual(comparable(await simulate(sticky(20) as AliasConfig, log(false), { seed: "0", ...options })));
    expect(JSON.stringify(counted)).toContain("DROP TABLE");
  });

  test.skipIf(!there)("a random split by recorded draws", async () => {
    const config = { version: "v1", additional_version_weights: { v2: 20 }, additional_version_strategy: rules };
    const counted = comparable((await run(config, {}, { draw: "p" })) as Simulation);
    expect(counted).toEqual(comparable(await simulate(config as AliasConfig, log(true), { seed: "0" })));
  });

  test.skipIf(!there)("a rollout: what moves from stage to stage, and how many users", async () => {
    const read = parseRollout({ steps: [{ setWeight: 5 }, { setWeight: 20 }, { setWeight: 60 }] }, { alias: sticky(0), canary: "v2" });
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
    const [counted, wanted] = [(await run(read.value, {})) as RolloutSimulation, await simulate(read.value, log(false), { seed: "0" })];
    const sorted = ({ changes, bounced, requests }: RolloutSimulation): object => ({
      requests,
      bounced,
      changes: changes.map((each) => ({ ...each, matrix: each.matrix.toSorted((a, b) => a.from.localeCompare(b.from)) })),
    });
    expect(sorted(counted)).toEqual(sorted(wanted));
    expect(counted.changes[1]?.users).toBeGreaterThan(30);
    expect(counted.stages.map(({ simulation }) => comparable(simulation))).toEqual(
      wanted.stages.map(({ simulation }) => comparable(simulation)),
    );
  });

  test.skipIf(!there)("a column that is not there, a row without a draw and an empty table are refused", async () => {
    const header = {
      version: "v1",
      additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-none", op: "=", value: "1" }] } },
    };
    await expect(run(header, {})).rejects.toThrow("`header x-none` has no column: the table has no `x_none`");
    const random = { version: "v1", additional_version_weights: { v2: 20 } };
    await expect(run(random, {})).rejects.toThrow("no row has a draw");
    await expect(run(random, {}, { draw: "CASE WHEN p < 0.001 THEN NULL ELSE p END" })).rejects.toThrow(
      `${ENTRIES.filter(({ draw }) => draw < 0.001).length} rows have no draw, and only a random draw can decide them`,
    );
    await expect(run(random, {}, { draw: "nonsense(" })).rejects.toThrow(WarehouseError);
    const connection = await open();
    const table = from === "" ? ((connection as { from?: string }).from ?? "") : from;
    const empty = warehouse(connection, { from: `(SELECT * FROM ${table} WHERE p > 7) AS t`, user: USER });
    await expect(simulate(sticky(5) as AliasConfig, empty, { seed: "0" })).rejects.toThrow("the table has no row");
    await connection.close();
  });
});

describe.skipIf(!served)("two ClickHouse servers with a Distributed table", () => {
  test("count what one has that holds all rows, with users whose rows are on both", { timeout: 120_000 }, async () => {
    const servers = await startClickhouses();
    try {
      const text = (value: string | null): string => (value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
      for (const [index, each] of servers.entries()) {
        const own = ENTRIES.filter((_, at) => at % 2 === index);
        const values = own.map(({ user, country, beta, draw }) => `(${text(user)}, ${text(country)}, ${text(beta)}, ${draw})`).join(", ");
        await each.ask([
          "CREATE TABLE requests (x_user Nullable(String), x_country Nullable(String), beta Nullable(String), p Float64) ENGINE = Memory",
          `INSERT INTO requests VALUES ${values}`,
          "CREATE TABLE everywhere AS requests ENGINE = Distributed(both, default, requests)",
          "SELECT 1",
        ]);
      }
      const count = async (url: string, from: string, config: object): Promise<object> =>
        simulate(config as AliasConfig, warehouse(clickhouse(url), { from, user: USER, columns: { draw: "p" } }), {
          seed: "0",
          segment: COUNTRY,
        }).then(comparable);
      const random = { version: "v1", additional_version_weights: { v2: 20 }, additional_version_strategy: rules };
      for (const config of [sticky(20), random]) {
        const counted = await count(servers[0].url, "everywhere", config);
        expect(counted).toEqual(await count(server?.url ?? "", "requests", config));
        expect(counted).toEqual(await count(servers[1].url, "everywhere", config));
        expect(counted).toMatchObject({ requests: ENTRIES.length });
      }
      const steps = parseRollout({ steps: [{ setWeight: 5 }, { setWeight: 60 }] }, { alias: sticky(0), canary: "v2" });
      if (!steps.ok) throw new Error(JSON.stringify(steps.diagnostics));
      const moved = async (url: string, from: string): Promise<readonly (number | undefined)[]> => {
        const { changes } = await simulate(steps.value, warehouse(clickhouse(url), { from, user: USER }), { seed: "0" });
        return changes.flatMap(({ requests, users }) => [requests, users]);
      };
      const together = await moved(servers[0].url, "everywhere");
      expect(together).toEqual(await moved(server?.url ?? "", "requests"));
      expect(together[1]).toBeGreaterThan(5);
    } finally {
      for (const each of servers) await each.stop();
    }
  });
});

describe.skipIf(!hasServer)("PostgreSQL", () => {
  const query = "SELECT count(*) FROM generate_series(1, 10000000000)";

  test("a query ends with its signal, and the connection goes on", { timeout: 60_000 }, async () => {
    const connection = await postgres(database?.url ?? "");
    const stop = new AbortController();
    const running = connection.rows([query], stop.signal);
    const seen = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%10000000000%' AND pid <> pg_backend_pid()";
    await until(async () => (await database?.ask([seen]))?.[0]?.[0] === "1");
    stop.abort();
    await expect(running).rejects.toThrow("canceling statement");
    expect(await connection.rows(["SELECT 1"])).toEqual([["1"]]);
    await connection.close();
  });

  test("a connection that breaks off half way is an error, and ends nothing else", { timeout: 60_000 }, async () => {
    const connection = await postgres(database?.url ?? "");
    const [[pid] = []] = await connection.rows(["SELECT pg_backend_pid()"]);
    const running = connection.rows([query]);
    await until(async () => (await database?.ask([`SELECT state FROM pg_stat_activity WHERE pid = ${pid}`]))?.[0]?.[0] === "active");
    await database?.ask([`SELECT pg_terminate_backend(${pid})`]);
    await expect(running).rejects.toThrow(WarehouseError);
    await expect(connection.rows(["SELECT 1"])).rejects.toThrow(WarehouseError);
    await connection.close();
  });

  test("nothing is left behind", async () => {
    const left =
      "SELECT count(*) FROM pg_proc WHERE proname LIKE 'canary%' UNION ALL SELECT count(*) FROM pg_class WHERE relname LIKE 'canary%'";
    await until(async () => String(await database?.ask([left])) === "0,0");
  });
});

describe("a connection", () => {
  test("to a server that is not there, or that is none, says so", async () => {
    await expect(clickhouse("http://127.0.0.1:9/").columnsOf("t")).rejects.toThrow(WarehouseError);
    expect(() => clickhouse("ftp://127.0.0.1")).toThrow(WarehouseError);
    await expect(postgres("ftp://127.0.0.1")).rejects.toThrow("the address does not begin with postgres://");
    await expect(postgres("postgres://u:secret@127.0.0.1:9/x")).rejects.toThrow("PostgreSQL: connect ECONNREFUSED 127.0.0.1:9");
    await expect(duckdb("/nonexistent/file.duckdb")).rejects.toThrow(WarehouseError);
  });

  test("that breaks off half way counts nothing", async () => {
    const broken = createServer((request, response) => {
      request.resume().on("end", () => response.end('{"data":[["a"],["b"'));
    });
    broken.listen(0, "127.0.0.1");
    await once(broken, "listening");
    const { port } = broken.address() as { port: number };
    await expect(clickhouse(`http://u:secret@127.0.0.1:${port}/`).rows(["SELECT 1"])).rejects.toThrow("the answer breaks off");
    broken.close();
  });
});
