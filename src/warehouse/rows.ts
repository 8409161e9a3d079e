import type { Field } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import type { Ask, DecidedRows } from "./ask.ts";
import { millisecondsOf, typeQuery } from "./clock.ts";
import type { Columns } from "./columns.ts";
import { type DecisionColumns, decisionColumns } from "./decision.ts";
import type { Layer } from "./dialect/dialect.ts";
import { versionsServed } from "./served.ts";
import { enclosed, fieldsOf, sourcesOf } from "./sources.ts";
import { DIALECTS, drawRefusals, hashesOf } from "./to-sql.ts";
import { type Warehouse, WarehouseError } from "./warehouse.ts";

/** Which rows are decided, and what is known of them besides. */
interface RowQuery {
  readonly from: string;
  readonly columns: Columns;
  readonly fields: { readonly [name in "user" | "session" | "segment"]: Field | undefined };
}

/**
 * Decides every row of a table by plans. The rows have, for the plan with the index 0: `canary_0_decided`, the index of the outcome, and NULL where
 * only a random draw could decide; `canary_0_version`; `canary_0_drawn`, 1 where a draw decided; `canary_0_recorded`, 1 where it is that of the row;
 * and `canary_0_sticky`, the sticky key. The others have other numbers. There are also `canary_user`, `canary_session`, `canary_segment`, `canary_time`
 * in milliseconds since 1970, and what `versionsServed` adds, where they are asked for.
 * @throws WarehouseError where a column is missing, or rows could not be decided
 */
export async function decideRows(
  connection: Warehouse,
  { from, columns, fields }: RowQuery,
  plans: readonly Plan[],
  signal: AbortSignal | undefined,
): Promise<DecidedRows> {
  const dialect = DIALECTS[connection.dialect];
  const others = Object.values(fields).filter((field) => field !== undefined);
  const { served, time } = columns;
  const more: Layer = [
    ...(served === undefined ? [] : [["canary_served", dialect.asText(enclosed(served))] as const]),
    ...(time === undefined ? [] : [["canary_time", await timeOf(connection, enclosed(time), from, signal)] as const]),
  ];
  const sources = sourcesOf(plans, { others, more }, dialect, columns, await connection.columnsOf(from));
  // Of what was served nothing depends on draws.
  const refused = [...sources.refused, ...(served === undefined ? plans.flatMap((plan) => drawRefusals(plan, columns["draw"])) : [])];
  if (refused.length > 0) throw new WarehouseError("", refused);
  const decisions = plans.map((plan, index) => decisionColumns(plan, dialect, sources, `canary_${index}`));
  const layer = (at: 0 | 1 | 2): Layer => decisions.flatMap(({ layers }) => layers[at]);
  const [first] = plans;
  const result: Layer = [
    ...decisions.flatMap((decision, index) => resultOf(decision, `canary_${index}`, dialect.noText)),
    ...Object.entries(fields).flatMap(([name, field]) => (field === undefined ? [] : [[`canary_${name}`, sources.column(field)] as const])),
    ...more.map(([name]) => [name, name] as const),
    ...(served === undefined || first === undefined ? [] : versionsServed(first, dialect, String(decisions[0]?.outcome))),
  ];
  const whole = dialect.select(from, [...sources.layers, layer(0), layer(1), layer(2)], result);
  const wanted = `SELECT ${result.map(([name]) => name).join(", ")} FROM (${whole}) AS canary_decided`;
  const prelude = dialect.prelude(
    hashesOf(plans),
    [...plans.flatMap(fieldsOf), ...others].some(({ kind }) => kind === "query" || kind === "path"),
  );
  const asking =
    (before: readonly string[]): Ask =>
    (sql) =>
      connection.rows([...before, sql], signal);
  if (connection.keep === undefined) return { table: `(${wanted}) AS canary_rows`, ask: asking(prelude) };
  if (prelude.length > 0) await connection.rows([...prelude, "SELECT 1"], signal);
  return { table: await connection.keep(wanted, signal), ask: asking([]) };
}

async function timeOf(connection: Warehouse, expression: string, from: string, signal: AbortSignal | undefined): Promise<string> {
  const [[type] = []] = await connection.rows([typeQuery(connection.dialect, expression, from)], signal);
  if (typeof type !== "string") throw new WarehouseError(NO_ROW);
  const milliseconds = millisecondsOf(connection.dialect, expression, type);
  if (milliseconds !== undefined) return milliseconds;
  const message = `the column of \`time\` has the type ${type}, which is no time`;
  const help = "give an expression that makes it a time stamp, or a number since 1970";
  throw new WarehouseError("", [{ code: "column", severity: "error", at: "/time", message, help }]);
}

/** What a table without a row is told. */
export const NO_ROW = "the table has no row";

function resultOf({ version, outcome, slot, isRecorded, key }: DecisionColumns, prefix: string, noText: string): Layer {
  return [
    [`${prefix}_decided`, outcome],
    [`${prefix}_version`, version],
    [`${prefix}_drawn`, `CASE WHEN ${slot} IS NOT NULL THEN 1 ELSE 0 END`],
    [`${prefix}_recorded`, `CASE WHEN ${isRecorded} THEN 1 ELSE 0 END`],
    [`${prefix}_sticky`, key ?? noText],
  ];
}
