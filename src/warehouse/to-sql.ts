import type { Diagnostic, Pointer } from "../document/index.ts";
import { type Field, fieldName } from "../request/index.ts";
import type { StickyHash } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import type { Columns } from "./columns.ts";
import { decisionColumns } from "./decision.ts";
import { bigquery } from "./dialect/bigquery.ts";
import { clickhouse } from "./dialect/clickhouse.ts";
import { type Dialect, type DialectName, wellFormed } from "./dialect/dialect.ts";
import { duckdb } from "./dialect/duckdb.ts";
import { postgres } from "./dialect/postgres.ts";
import { snowflake } from "./dialect/snowflake.ts";
import { spark } from "./dialect/spark.ts";
import { trino } from "./dialect/trino.ts";
import { fieldsOf, sourcesOf } from "./sources.ts";

/** The dialects by their names. */
export const DIALECTS: { readonly [name in DialectName]: Dialect } = {
  clickhouse,
  duckdb,
  postgres,
  bigquery,
  snowflake,
  trino,
  spark,
};

/** What to read, and how it is written. */
export interface SqlOptions {
  readonly dialect: DialectName;
  /** The table, or a subquery in parentheses, as SQL. */
  readonly from: string;
  /** What is not named here is read from a column with a plain name: `x_canary` for the header `X-Canary`. */
  readonly columns?: Columns;
  /** The columns that the table has, where they are known: a column that is missing is then refused here, and not by the engine. */
  readonly has?: readonly string[];
}

/** Something that the engine may see otherwise, with a request on which the two differ. */
export interface Lossy {
  readonly at: Pointer;
  readonly message: string;
  /** A request, in the form of `toRequest`. */
  readonly request: { readonly url: string };
}

/** A plan as SQL, and how exact it is. */
export interface SqlScript {
  /** Whether no engine of the dialect has run what is written: that is so for `bigquery`, `snowflake`, `trino` and `spark`. */
  readonly untested: boolean;
  /** Statements, each ended by `;`; undefined where something is refused. The last one is the query. A comment says so if they are not tested. */
  readonly text: string | undefined;
  /** What is needed ahead of the query, such as macros; each without `;`. */
  readonly prelude: readonly string[];
  /** The query without `;`: every column of the table, then `canary_version`, `canary_reason`, `canary_at` and `canary_slot`. */
  readonly query: string | undefined;
  readonly lossless: readonly Pointer[];
  readonly lossy: readonly Lossy[];
  readonly refused: readonly Diagnostic[];
}

/**
 * Writes a plan as SQL: a query that gives for each row what `route` gives for its request. `canary_slot` is the slot of the draw, NULL
 * where none was taken. All four columns are NULL for a row that only a random draw could decide and that has none.
 * @throws ConfigError where the config has errors
 */
export function toSQL(config: Compilable, { dialect: name, from, columns = {}, has }: SqlOptions): SqlScript {
  const plan = planOf(config);
  const dialect = DIALECTS[name];
  const fields = fieldsOf(plan);
  const sources = sourcesOf([plan], {}, dialect, columns, has);
  const refusals = [...sources.refused, ...drawRefusals(plan, columns["draw"]), ...hashRefusals(plan, dialect)];
  const lossy = lossyIn(plan, dialect, (field) => columns[fieldName(field)] === undefined && columns["url"] !== undefined);
  const places = plan.outcomes.map(({ at }) => at);
  const report = {
    untested: !dialect.isTested,
    lossless: places.filter((at) => !lossy.some((loss) => loss.at === at)),
    lossy,
    refused: refusals,
  };
  if (refusals.length > 0) return { text: undefined, prelude: [], query: undefined, ...report };
  const prelude = dialect.prelude(
    hashesOf([plan]),
    fields.some(({ kind }) => kind === "query" || kind === "path"),
  );
  const { layers, version, reason, at, slot } = decisionColumns(plan, dialect, sources);
  const query = dialect.select(
    from,
    [...sources.layers, ...layers],
    [
      ["canary_version", version],
      ["canary_reason", reason],
      ["canary_at", at],
      ["canary_slot", slot],
    ],
  );
  const note = dialect.isTested ? "" : `-- untested: this script has not been run on ${dialect.title}\n`;
  return { text: note + [...prelude, query].map((statement) => `${statement};\n`).join("\n"), prelude, query, ...report };
}

export function drawRefusals({ split, outcomes }: Plan, draw: string | undefined): readonly Diagnostic[] {
  if (draw !== undefined || split.kind !== "arms") return [];
  if (split.sticky !== undefined && split.sticky.missing !== "random") return [];
  const at = split.sticky === undefined ? (outcomes[split.arms[0]?.outcome ?? 0]?.at ?? "") : "/stickiness/on_missing";
  const message =
    split.sticky === undefined
      ? "the split is random, and no row has a draw"
      : "a row without a key is split at random, and no row has a draw";
  const help = "name a column with a recorded draw as `draw`, or an expression that draws, which gives other versions in each run";
  return [{ code: "sql-draw", severity: "error", at, message, help }];
}

function hashRefusals({ split }: Plan, { hashes, title }: Dialect): readonly Diagnostic[] {
  if (split.kind !== "arms" || split.sticky === undefined || hashes.includes(split.sticky.hash)) return [];
  const known = hashes.map((hash) => `\`${hash}\``).join(", ");
  const message = `${title} cannot compute the hash \`${split.sticky.hash}\` of the sticky split`;
  const help = `it has ${known}, which \`stickiness.hash\` may name; another hash divides users anew`;
  return [{ code: "sql-hash", severity: "error", at: "/stickiness", message, help }];
}

/** The hashes of the sticky splits of plans. */
export function hashesOf(plans: readonly Plan[]): ReadonlySet<StickyHash> {
  return new Set(plans.flatMap(({ split }) => (split.kind === "arms" && split.sticky !== undefined ? [split.sticky.hash] : [])));
}

/**
 * Where the engine decodes some escapes of a query otherwise than the library. That tells in a value that has what the library makes of
 * them, and in a sticky key. `decodes` says whether the engine decodes a field.
 */
function lossyIn({ rules, split }: Plan, { undecodable }: Dialect, decodes: (field: Field) => boolean): readonly Lossy[] {
  return undecodable.flatMap(({ escape, means }) => {
    const message = `a query with \`${escape}\` is decoded otherwise`;
    const loss = (at: Pointer, name: string, value: string): Lossy => ({ at, message, request: { url: `/?${name}=${value}` } });
    /** A text as a query has it, with the escape for each place that the engine decodes otherwise. */
    const encoded = (text: string): string => encodeURIComponent(wellFormed(text)).replaceAll(encodeURIComponent(means), escape);
    const inRules = rules.flatMap(({ test: { matches } }) =>
      matches.flatMap(({ field, values, at }) => {
        if (field.kind !== "query" || !decodes(field)) return [];
        const value = field.name.includes(means) ? values[0] : values.find((text) => text.includes(means));
        return value === undefined ? [] : [loss(at, encoded(field.name), encoded(value))];
      }),
    );
    const keys = split.kind === "arms" ? (split.sticky?.keys ?? []) : [];
    return [
      ...inRules,
      ...keys.flatMap(({ field, at }) => (field.kind === "query" && decodes(field) ? [loss(at, encoded(field.name), escape)] : [])),
    ];
  });
}
