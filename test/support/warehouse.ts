import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { Client } from "pg";
import { until } from "./daemon.ts";

/** An engine that answers a query with rows of text and NULL. */
export interface Engine {
  /** Runs statements, the last of which is a query, in one session. */
  readonly ask: (statements: readonly string[]) => Promise<readonly (readonly (string | null)[])[]>;
  readonly stop: () => Promise<void>;
}

/** DuckDB in this process, in memory. */
export async function startDuckdb(): Promise<Engine> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  return {
    ask: async (statements) => {
      for (const statement of statements.slice(0, -1)) await connection.run(statement);
      const reader = await connection.runAndReadAll(statements.at(-1) ?? "");
      return reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
    },
    stop: async () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** Whether there is a ClickHouse server on the path; says so where there is none. */
export function hasClickhouse(): boolean {
  const there = spawnSync("clickhouse-client", ["--version"]).status === 0;
  if (!there) console.info("skipped: there is no clickhouse-server on the PATH; CI_ENGINES=required makes that a failure");
  return there || process.env["CI_ENGINES"] === "required";
}

/** Two ClickHouse servers on loopback, which know each other as the cluster `both`. */
export async function startClickhouses(): Promise<readonly [ClickHouse, ClickHouse]> {
  const ports = [await freePort(), await freePort()] as const;
  const shards = ports.map((port) => `<shard><replica><host>127.0.0.1</host><port>${port}</port></replica></shard>`).join("");
  const cluster = `<remote_servers><both>${shards}</both></remote_servers>`;
  const first = await startClickhouse(ports[0], cluster);
  return [first, await startClickhouse(ports[1], cluster)];
}

type ClickHouse = Engine & { readonly url: string };

/** A ClickHouse server of its own on loopback; `more` is added to its configuration. */
export async function startClickhouse(tcp?: number, more: string = ""): Promise<ClickHouse> {
  const folder = mkdtempSync(join(tmpdir(), "canary-router-clickhouse-"));
  for (const name of ["data", "tmp", "files"]) mkdirSync(join(folder, name));
  const http = await freePort();
  writeFileSync(
    join(folder, "config.xml"),
    `<yandex><logger><level>error</level><console>1</console></logger><http_port>${http}</http_port><tcp_port>${tcp ?? (await freePort())}</tcp_port>
<listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><user_files_path>${folder}/files/</user_files_path>
<mark_cache_size>67108864</mark_cache_size><users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>${more}</yandex>`,
  );
  writeFileSync(
    join(folder, "users.xml"),
    `<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default></profiles><quotas><default></default></quotas>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`,
  );
  const server = spawn("clickhouse-server", [`--config-file=${folder}/config.xml`], { stdio: "ignore", cwd: folder });
  const url = `http://127.0.0.1:${http}/`;
  const post = async (statement: string): Promise<string> => {
    const response = await fetch(`${url}?max_query_size=100000000`, { method: "POST", body: statement });
    const text = await response.text();
    if (!response.ok) throw new Error(text.slice(0, 500));
    return text;
  };
  for (let left = 200; (await post("SELECT 1").catch(() => "")) === ""; left--) {
    if (left === 0 || server.exitCode !== null) throw new Error("clickhouse-server did not start");
    await sleep(50);
  }
  return {
    url,
    ask: async (statements) => {
      for (const statement of statements.slice(0, -1)) await post(statement);
      const text = await post(`${statements.at(-1)} FORMAT JSONCompact`);
      const { data } = JSON.parse(text) as { readonly data: readonly (readonly (string | number | null)[])[] };
      return data.map((row) => row.map((value) => (value === null ? null : String(value))));
    },
    stop: async () => {
      server.kill("SIGKILL");
      if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where Debian has the programs of PostgreSQL, newest first; they are not on the path. */
function postgresFolder(): string | undefined {
  const parent = "/usr/lib/postgresql";
  if (!existsSync(parent)) return undefined;
  const folders = readdirSync(parent).toSorted((a, b) => Number(b) - Number(a));
  return folders.map((version) => join(parent, version, "bin")).find((folder) => existsSync(join(folder, "initdb")));
}

/** Whether there is a PostgreSQL server; says so where there is none. */
export function hasPostgres(): boolean {
  const there = postgresFolder() !== undefined;
  if (!there) console.info("skipped: there is no PostgreSQL in /usr/lib/postgresql; CI_ENGINES=required makes that a failure");
  return there || process.env["CI_ENGINES"] === "required";
}

/** A PostgreSQL server of its own on loopback. It refuses to run as root, so it then runs as the user that its package makes. */
export async function startPostgres(): Promise<Engine & { readonly url: string; readonly pid: number }> {
  const programs = postgresFolder() ?? "";
  const folder = mkdtempSync(join(tmpdir(), "canary-router-postgres-"));
  const isRoot = process.getuid?.() === 0;
  const idOf = (option: string): number => Number(spawnSync("id", [option, "postgres"], { encoding: "utf8" }).stdout);
  const user = isRoot ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  if (isRoot) chownSync(folder, idOf("-u"), idOf("-g"));
  const data = join(folder, "data");
  const made = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...user, cwd: folder, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "shared_buffers=64MB",
    "max_stack_depth=6MB",
  ];
  const server = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), ...settings.flatMap((each) => ["-c", each])], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let client = new Client(url);
  await until(async () => {
    if (server.exitCode !== null) throw new Error("postgres did not start");
    client = new Client({ connectionString: url, types: { getTypeParser: () => (value: string | Buffer) => String(value) } });
    await client.connect();
    return true;
  }, 60);
  client.on("error", () => {});
  return {
    url,
    pid: server.pid ?? 0,
    ask: async (statements) => {
      for (const statement of statements.slice(0, -1)) await client.query(statement);
      return (await client.query<(string | null)[]>({ text: statements.at(-1) ?? "", rowMode: "array" })).rows;
    },
    stop: async () => {
      await client.end().catch(() => {});
      if (server.exitCode === null && server.signalCode === null) {
        server.kill("SIGINT");
        await once(server, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
