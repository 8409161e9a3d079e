import { format, visible } from "../../index.ts";
import { type Columns, readColumns, type Warehouse, WarehouseError, type WarehouseQuery } from "../../warehouse/index.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { readModel } from "./model.ts";

/** An open warehouse, and which rows of it are requests. */
interface OpenWarehouse {
  readonly connection: Warehouse;
  readonly query: Pick<WarehouseQuery, "from" | "columns">;
}

/** Reads the file of columns, where one is named. Prints the errors that it has. */
export async function readColumnsFile(
  path: string | undefined,
  host: Terminal,
): Promise<{ readonly ok: true; readonly value: Columns } | { readonly ok: false }> {
  return path === undefined ? { ok: true, value: {} } : readModel<Columns>(path, host, readColumns);
}

/**
 * Opens a warehouse: `duckdb:` and a database or data files, or the address of a ClickHouse or PostgreSQL server. Throws a `Refusal` where it
 * cannot be opened.
 */
export async function openWarehouse(where: string, from: string | undefined, columns: Columns = {}): Promise<OpenWarehouse> {
  const connection = await openConnection(where);
  const table = from ?? connection.from;
  if (table === undefined) {
    await connection.close();
    throw new Refusal(`\`--warehouse ${withoutPassword(where)}\` needs \`--from TABLE\``);
  }
  return { connection, query: { from: table, columns } };
}

async function openConnection(where: string): Promise<Warehouse & { readonly from?: string | undefined }> {
  try {
    if (where.startsWith("duckdb:")) return await (await import("../../warehouse/duckdb.ts")).duckdb(where.slice("duckdb:".length));
    if (/^postgres(?:ql)?:/.test(where)) return await (await import("../../warehouse/postgres.ts")).postgres(where);
    if (/^https?:/.test(where)) return (await import("../../warehouse/clickhouse.ts")).clickhouse(where);
  } catch (error) {
    throw warehouseFailure(error);
  }
  throw new Refusal(
    `\`--warehouse ${withoutPassword(where)}\` is no warehouse`,
    "write `duckdb:FILE`, `postgres://HOST/DATABASE`, or the address of a ClickHouse server such as `http://127.0.0.1:8123`",
  );
}

function withoutPassword(where: string): string {
  return where.replace(/^(\w+:\/\/[^/?#]*:)[^/?#]*@/, "$1…@");
}

/** The packages that a warehouse needs, by its name. */
const PACKAGES = { DuckDB: "@duckdb/node-api", PostgreSQL: "pg" };

/** What a warehouse throws, as a refusal; anything else as it is. */
export function warehouseFailure(error: unknown): unknown {
  if (error instanceof WarehouseError) {
    const [first, ...others] = error.diagnostics;
    if (first === undefined) return new Refusal(error.message);
    return new Refusal([first.message, ...others.map((each) => visible(format(each)))].join("\n"), first.help);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND") return error;
  const [missing] = Object.entries(PACKAGES).filter(([, name]) => message.includes(`'${name}'`));
  if (missing === undefined) return error;
  return new Refusal(`the client of ${missing[0]} is not installed`, `\`npm install ${missing[1]}\` installs it`);
}
