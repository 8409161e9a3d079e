import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";

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

/** A ClickHouse server of its own on loopback. */
export async function startClickhouse(): Promise<Engine & { readonly url: string }> {
  const folder = mkdtempSync(join(tmpdir(), "canary-router-clickhouse-"));
  for (const name of ["data", "tmp", "files"]) mkdirSync(join(folder, name));
  const [http, tcp] = [await freePort(), await freePort()];
  writeFileSync(
    join(folder, "config.xml"),
    `<yandex><logger><level>error</level><console>1</console></logger><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
<listen_host>127.0.0.1</listen_host><path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><user_files_path>${folder}/files/</user_files_path>
<mark_cache_size>67108864</mark_cache_size><users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database></yandex>`,
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
