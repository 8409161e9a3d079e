/** PostgreSQL as a warehouse. Needs `pg`. */
import { Client, type ClientConfig } from "pg";
import { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

export { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

/** Every value as the text that the server sends. */
const AS_TEXT: NonNullable<ClientConfig["types"]> = { getTypeParser: () => (value: string | Buffer) => String(value) };

/**
 * Connects to a PostgreSQL server, from 12 on, whose database has the encoding UTF8. `address` is a connection string such as
 * `postgres://reader@127.0.0.1:5432/logs`; what it leaves out comes from the environment, such as `PGPASSWORD`. One connection is
 * used for all queries. It makes functions and tables of the session, so the user needs the right `TEMPORARY`, and nothing is left behind.
 * @throws WarehouseError where the server does not let the user in
 */
export async function postgres(address: string): Promise<Warehouse> {
  if (!/^postgres(?:ql)?:\/\//.test(address)) throw new WarehouseError("PostgreSQL: the address does not begin with postgres://");
  const client = await attempt(() => new Client({ connectionString: address, types: AS_TEXT, application_name: "canary-router" }));
  // A connection that breaks also fails the query that runs; without a listener it would end the process.
  client.on("error", () => {});
  await attempt(() => client.connect());
  const ask = async (statements: readonly string[], signal?: AbortSignal): Promise<readonly Row[]> => {
    signal?.throwIfAborted();
    const stop = (): void => void cancel(address, backend);
    signal?.addEventListener("abort", stop);
    try {
      return await attempt(() => rowsOf(client, statements));
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
  // Compiling the expressions of a large alias takes longer than running them.
  const [[backend, encoding] = []] = await ask(["SET jit = off", "SELECT pg_backend_pid(), current_setting('server_encoding')"]);
  if (encoding !== "UTF8") {
    await client.end();
    throw new WarehouseError(`PostgreSQL: the database has the encoding ${encoding}, and keys are hashed as UTF8`);
  }
  let kept = 0;
  return {
    dialect: "postgres",
    rows: ask,
    columnsOf: (table) => attempt(async () => (await client.query(`SELECT * FROM ${table} LIMIT 0`)).fields.map(({ name }) => name)),
    keep: async (query, signal) => {
      const table = `canary_rows_${kept++}`;
      await ask([`CREATE TEMPORARY TABLE ${table} AS ${query}`, "SELECT 1"], signal);
      return table;
    },
    close: () => client.end(),
  };
}

async function rowsOf(client: Client, statements: readonly string[]): Promise<readonly Row[]> {
  for (const statement of statements.slice(0, -1)) await client.query(statement);
  const { rows } = await client.query<(string | null)[]>({ text: statements.at(-1) ?? "", rowMode: "array" });
  return rows;
}

/** Ends what a connection runs, as a session can do only from another one. */
async function cancel(address: string, backend: string | null | undefined): Promise<void> {
  const other = new Client({ connectionString: address });
  other.on("error", () => {});
  try {
    await other.connect();
    await other.query("SELECT pg_cancel_backend($1)", [Number(backend)]);
  } catch {
    // The server cannot be reached, so that the query fails too.
  } finally {
    await other.end();
  }
}

async function attempt<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message, errors } = error as AggregateError;
    const [, type] = /^function pg_temp\.canary_text\((.*)\) does not exist$/.exec(message) ?? [];
    if (type !== undefined)
      throw new WarehouseError(`PostgreSQL: a column of type ${type} is no text: give an expression that makes it text`);
    // A name with several addresses, such as `localhost`, has a failure for each.
    throw new WarehouseError(`PostgreSQL: ${message || String((errors?.[0] as Error | undefined)?.message)}`);
  }
}
