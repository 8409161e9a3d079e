/** DuckDB as a warehouse, in this process: Parquet, CSV and JSON files without a server. Needs `@duckdb/node-api`. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { duckdb as dialect } from "./dialect/duckdb.ts";
import type { DataTable } from "../simulate/index.ts";
import { wellFormed } from "./dialect/dialect.ts";
import { type Warehouse, WarehouseError } from "./warehouse.ts";

export { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

/** Which function of DuckDB reads a file, by the ending of its name. */
const READERS: readonly (readonly [RegExp, string])[] = [
  [/\.parquet$/i, "read_parquet"],
  [/\.(?:csv|tsv)(?:\.gz|\.zst)?$/i, "read_csv"],
  [/\.(?:json|ndjson|jsonl)(?:\.gz|\.zst)?$/i, "read_json"],
];

/**
 * Opens DuckDB. `path` names data files, also as a pattern (`logs/*.parquet`), whose rows are then the table `from`; or a database, which is
 * opened for reading only; or nothing, for a database in memory.
 * @throws WarehouseError where the database cannot be opened
 */
export async function duckdb(path: string = ""): Promise<Warehouse & { readonly from: string | undefined }> {
  const reader = READERS.find(([ending]) => ending.test(path))?.[1];
  const isData = reader !== undefined;
  const instance = await attempt(() =>
    isData || path === "" ? DuckDBInstance.create(":memory:") : DuckDBInstance.create(path, { access_mode: "READ_ONLY" }),
  );
  const connection = await instance.connect();
  const ask = async (statements: readonly string[], signal?: AbortSignal): Promise<readonly (string | null)[][]> => {
    const stop = (): void => connection.interrupt();
    signal?.addEventListener("abort", stop);
    try {
      return await attempt(() => rowsOf(connection, statements));
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
  let kept = 0;
  return {
    dialect: "duckdb",
    from: isData ? `${reader}(${dialect.text(path) ?? "''"})` : undefined,
    rows: ask,
    columnsOf: async (table) => (await ask([`DESCRIBE SELECT * FROM ${table}`])).map(([name]) => name ?? ""),
    keep: async (query, signal) => {
      const table = `canary_rows_${kept++}`;
      await ask([`CREATE OR REPLACE TEMP TABLE ${table} AS ${query}`, "SELECT 1"], signal);
      return table;
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

const TYPES: { readonly [type in DataTable["columns"][number]["type"]]: string } = {
  text: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
};

/** Rows of a table that one statement inserts. */
const INSERTED = 1_000;

/**
 * Writes a table of a result as a Parquet file, over one that is there. A lone surrogate becomes U+FFFD.
 * @throws WarehouseError where the file cannot be written
 */
export async function writeParquet(path: string, { columns, rows }: DataTable): Promise<void> {
  const connection = await duckdb();
  const literal = (value: DataTable["rows"][number][number]): string => {
    if (value === undefined) return "NULL";
    if (typeof value === "string") return dialect.text(wellFormed(value)) ?? "NULL";
    // A number with a point is a decimal to DuckDB, and is not rounded to the nearest double. A text is.
    return typeof value === "number" ? `CAST('${value}' AS DOUBLE)` : String(value);
  };
  const head = columns.map(({ name, type }) => `${dialect.identifier(name)} ${TYPES[type]}`).join(", ");
  const inserts: string[] = [];
  for (let at = 0; at < rows.length; at += INSERTED) {
    const some = rows.slice(at, at + INSERTED).map((row) => `(${row.map(literal).join(", ")})`);
    inserts.push(`INSERT INTO exported VALUES ${some.join(", ")}`);
  }
  try {
    const file = dialect.text(path) ?? "''";
    await connection.rows([`CREATE TABLE exported (${head})`, ...inserts, `COPY exported TO ${file} (FORMAT parquet)`, "SELECT 1"]);
  } finally {
    await connection.close();
  }
}

async function rowsOf(connection: DuckDBConnection, statements: readonly string[]): Promise<readonly (string | null)[][]> {
  for (const statement of statements.slice(0, -1)) await connection.run(statement);
  const reader = await connection.runAndReadAll(statements.at(-1) ?? "");
  return reader.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new WarehouseError(`DuckDB: ${(error as Error).message.split("\n")[0]}`);
  }
}
