import { format, visible } from "../../index.ts";
import { type Columns, readColumns, type Warehouse, WarehouseError, type WarehouseQuery } from "../../warehouse/index.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { readModel } from "./model.ts";

/** What the command line says of a warehouse. */
interface WarehouseOptions {
  readonly from?: string | undefined;
  readonly columns?: string | undefined;
}

/** An open warehouse, and which rows of it are requests. */
interface OpenWarehouse {
  readonly connection: Warehouse;
  readonly query: Pick<WarehouseQuery, "from" | "columns">;
}

/**
 * Opens a warehouse: `duckdb:` and a database or data files, or the address of a ClickHouse server. Undefined where the file of the
 * columns has errors, which have been printed. Throws a `Refusal` where it cannot be opened.
 */
export async function openWarehouse(
  where: string,
  { from, columns: path }: WarehouseOptions,
  host: Terminal,
): Promise<OpenWarehouse | undefined> {
  const columns = path === undefined ? ({ ok: true, value: {} } as const) : await readModel<Columns>(path, host, readColumns);
  if (!columns.ok) return undefined;
  const [, file] = /^duckdb:(.*)$/s.exec(where) ?? [];
  if (file === undefined && !/^https?:/.test(where))
    throw new Refusal(
      `\`--warehouse ${where}\` is no warehouse`,
      "write `duckdb:FILE`, or the address of a ClickHouse server such as `http://127.0.0.1:8123`",
    );
  const connection = await openConnection(file, where);
  const table = from ?? connection.from;
  if (table === undefined) throw new Refusal(`\`--warehouse ${where}\` needs \`--from TABLE\``);
  return { connection, query: { from: table, columns: columns.value } };
}

async function openConnection(file: string | undefined, where: string): Promise<Warehouse & { readonly from?: string | undefined }> {
  try {
    if (file === undefined) return (await import("../../warehouse/clickhouse.ts")).clickhouse(where);
    return await (await import("../../warehouse/duckdb.ts")).duckdb(file);
  } catch (error) {
    throw warehouseFailure(error);
  }
}

/** What a warehouse throws, as a refusal; anything else as it is. */
export function warehouseFailure(error: unknown): unknown {
  if (error instanceof WarehouseError) {
    const [first, ...others] = error.diagnostics;
    if (first === undefined) return new Refusal(error.message);
    return new Refusal([first.message, ...others.map((each) => visible(format(each)))].join("\n"), first.help);
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_MODULE_NOT_FOUND" && message.includes("@duckdb/node-api"))
    return new Refusal("DuckDB is not installed", "`npm install @duckdb/node-api` installs it");
  return error;
}
