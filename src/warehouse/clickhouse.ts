/** ClickHouse as a warehouse, over HTTP. Needs no package. */
import { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

export { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

/** Settings for each query: a large alias is a long query. */
const SETTINGS: Readonly<Record<string, string>> = {
  max_query_size: "100000000",
  max_ast_elements: "10000000",
  max_expanded_ast_elements: "10000000",
};

/**
 * A ClickHouse server at an address such as `http://127.0.0.1:8123`. A user and a password in the address are sent as headers, and its parameters
 * (`?database=logs`) with each query.
 * @throws WarehouseError for what is no address of HTTP
 */
export function clickhouse(address: string): Warehouse {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new WarehouseError("ClickHouse: the address does not begin with http:// or https://");
  const headers: Record<string, string> = {};
  if (url.username !== "") headers["X-ClickHouse-User"] = decodeURIComponent(url.username);
  if (url.password !== "") headers["X-ClickHouse-Key"] = decodeURIComponent(url.password);
  url.username = url.password = "";
  for (const [name, value] of Object.entries(SETTINGS)) url.searchParams.set(name, value);

  const rows = async (statements: readonly string[], signal?: AbortSignal): Promise<readonly Row[]> => {
    for (const statement of statements.slice(0, -1)) await send(statement, signal);
    const text = await send(`${statements.at(-1)} FORMAT JSONCompact`, signal);
    return readRows(text);
  };
  const send = async (statement: string, signal?: AbortSignal): Promise<string> => {
    try {
      const response = await fetch(url, { method: "POST", body: statement, headers, signal: signal ?? null, redirect: "error" });
      const text = await response.text();
      if (!response.ok) throw new WarehouseError(`ClickHouse: ${text.trim().slice(0, 500) || `status ${response.status}`}`);
      return text;
    } catch (error) {
      if (error instanceof WarehouseError || signal?.aborted === true) throw error;
      const { cause, message } = error as Error;
      throw new WarehouseError(`ClickHouse: ${cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message}`);
    }
  };
  return {
    dialect: "clickhouse",
    rows,
    columnsOf: async (table) => (await rows([`DESCRIBE TABLE (SELECT * FROM ${table})`])).map(([name]) => name ?? ""),
    close: () => Promise.resolve(),
  };
}

/** Rows in the format JSONCompact. A server that fails half way has sent status 200 already; its text is then no JSON. */
function readRows(text: string): readonly Row[] {
  try {
    const { data } = JSON.parse(text) as { readonly data: readonly (readonly (string | number | null)[])[] };
    return data.map((row) => row.map((value) => (value === null ? null : String(value))));
  } catch {
    throw new WarehouseError(`ClickHouse: the answer breaks off: ${text.trim().slice(-300)}`);
  }
}
