import { type Diagnostic, format, jsonOf, visible } from "../../index.ts";
import { type Lossy, toSQL } from "../../warehouse/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { checkOwn, save, tellWritten } from "../files/save.ts";
import { readColumnsFile } from "../files/warehouse.ts";
import { notice, write } from "../terminal/host.ts";

/** The first line of every script. */
const WRITTEN = "-- written by canary-router sql";

/** The command `sql`, which writes an alias as a query. */
export const sql: Command = defineCommand({
  name: "sql",
  about: [
    "Writes an alias as SQL, so that a warehouse decides the requests that it holds.",
    "Prints a script: the macros that the engine needs, then one query. It gives every column of the table and four more: `canary_version`, `canary_reason`, `canary_at` and `canary_slot`, as `route` would decide that request.",
    "`--columns` names a YAML or JSON file that says where the table has what the alias reads. Its keys are fields (`header x-canary`, `cookie beta`, `query preview`, `attribute country`, `:path`, `:method`, `:authority`), the texts that several fields stand in (`cookies`, `url`), and `draw`, a recorded draw. Its values are SQL expressions. `served` and `time` may be there, too: `simulate` reads them. A field that it does not name is read from a column with a plain name, such as `x_canary` for the header `x-canary`.",
    "Where the engine would see something otherwise, a notice shows a request on which the two differ.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: {
    dialect: {
      type: "string",
      value: "DIALECT",
      required: true,
      choices: {
        clickhouse: "ClickHouse, from 18.16 on",
        duckdb: "DuckDB, from 1.3 on",
        postgres: "PostgreSQL, from 12 on",
        bigquery: "BigQuery, not tested on it",
        snowflake: "Snowflake, not tested on it",
        trino: "Trino, not tested on it",
        spark: "Spark SQL from 3.2 on, not tested on it",
      },
      description: "the SQL of this engine",
    },
    from: { type: "string", value: "TABLE", required: true, description: "the table, or a subquery in parentheses" },
    columns: {
      type: "string",
      value: "COLUMNS",
      input: true,
      description: "a file that says which expression gives which part of a request",
    },
    strict: { type: "boolean", description: "write nothing where the engine would see something otherwise" },
    format: {
      type: "string",
      value: "FORMAT",
      default: "sql",
      choices: { sql: "the script", json: "the report: `untested`, `lossless`, `lossy`, `refused`, and the script as `text`" },
      description: "what to print",
    },
    out: { type: "string", value: "OUT", short: "o", default: "-", description: "the file to write, `-` for standard output" },
    force: { type: "boolean", needs: "out", description: "write over a file that this command has not written" },
  },
  exits: {
    0: "written",
    1: "the config or the columns have errors, the dialect cannot say the alias, or `--strict` found a difference",
    2: "wrong usage, a file that cannot be read or written, or one that is not to be written over",
  },
  examples: [
    "canary-router sql shop.yaml --dialect duckdb --from t --columns columns.yaml",
    "canary-router sql shop.yaml --dialect clickhouse --from logs -o shop.sql",
  ],
  run: async ({ values: { dialect, from, columns: path, strict, format: form, out, force }, positionals: [file] }, host) => {
    const columns = await readColumnsFile(path, host);
    const alias = await loadAlias(file, host);
    if (alias === undefined || !columns.ok) return 1;
    if (out !== "-" && !force) await checkOwn(out, new RegExp(`^(?:\\{|${WRITTEN})`));
    const script = toSQL(alias, { dialect, from, columns: columns.value });
    const { text, untested, lossless, lossy, refused } = script;
    const fails = text === undefined || (strict && lossy.length > 0);
    for (const each of form === "json" ? [] : refused) await notice(refusalOf(each), host, "red");
    for (const each of form === "json" ? [] : lossy) await notice(lossOf(each), host, strict ? "red" : "yellow");
    if (untested && text !== undefined && form !== "json")
      await notice(`the script has not been run on an engine of \`${dialect}\`: compare some rows before you rely on it`, host);
    const result =
      form === "json"
        ? `${jsonOf({ untested, lossless, lossy, refused, ...(text !== undefined && { text }) }, 2)}\n`
        : `${WRITTEN}\n${text}`;
    if (form === "sql" && fails) return 1;
    if (out === "-") await write(host.stdout, result);
    else {
      await save(out, result);
      await tellWritten(out, host);
    }
    return fails ? 1 : 0;
  },
});

function refusalOf(diagnostic: Diagnostic): string {
  return visible(format(diagnostic));
}

function lossOf({ at, message, request }: Lossy): string {
  return visible(`${at}: ${message}; the request \`${request.url}\` shows it`);
}
