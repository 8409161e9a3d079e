import { plural } from "../document/index.ts";
import type { Field } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import type { CrowdGroup, CrowdGroups, GroupedTraffic, GroupOptions, Groups, PlanGroups } from "../simulate/index.ts";
import type { Columns } from "./columns.ts";
import { type DecisionColumns, decisionColumns } from "./decision.ts";
import type { Layer } from "./dialect/dialect.ts";
import { fieldsOf, sourcesOf } from "./sources.ts";
import { DIALECTS, drawRefusals, hashesOf } from "./to-sql.ts";
import { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

/** Which rows are requests, and what they have. */
export interface WarehouseQuery {
  /** The table, or a subquery in parentheses, as SQL. */
  readonly from: string;
  readonly columns?: Columns;
  /** The field that identifies a user, and a session. A row without one, or with an empty one, is of nobody. */
  readonly user?: Field;
  readonly session?: Field;
}

/** Values of a segment that are counted apart. */
const MOST_SEGMENTS = 1_000;

/**
 * The requests of a warehouse as traffic for `simulate`: the warehouse decides and counts them, and only counts come here. What needs the
 * order of requests is absent from the result: the course of draws, and how many draws it takes until a user is mixed. `group`
 * throws a `WarehouseError` where the warehouse cannot be asked, a column is missing, a row cannot be decided, or there is no row.
 */
export function warehouse(connection: Warehouse, query: WarehouseQuery): GroupedTraffic {
  return { kind: "grouped", group: (plans, options) => group(connection, query, plans, options) };
}

async function group(
  connection: Warehouse,
  query: WarehouseQuery,
  plans: readonly Plan[],
  { segment, signal }: GroupOptions,
): Promise<Groups> {
  const { user, session } = query;
  const { prelude, rows } = await decide(connection, query, plans, { user, session, segment }, signal);
  const ask: Ask = (sql) => connection.rows([...prelude, sql], signal);
  const decided = await ask(
    `SELECT ${list(plans, "decided")}, ${list(plans, "recorded")}, count(*) FROM ${rows} GROUP BY ${list(plans, "decided")}, ${list(plans, "recorded")}`,
  );
  if (decided.length === 0) throw new WarehouseError("the table has no row");
  const undecided = decided.filter((row) => row.slice(0, plans.length).includes(null));
  if (undecided.length > 0) {
    const count = undecided.reduce((sum, row) => sum + numberAt(row, 2 * plans.length), 0);
    throw new WarehouseError(
      `${plural(count, "row has", "rows have")} no draw, and only a random draw can decide ${count === 1 ? "it" : "them"}`,
    );
  }
  const requests = decided.map((row) => ({
    outcomes: plans.map((_, index) => numberAt(row, index)),
    recorded: plans.map((_, index) => numberAt(row, plans.length + index) === 1),
    requests: numberAt(row, 2 * plans.length),
  }));
  const counted: PlanGroups[] = [];
  for (const [index, plan] of plans.entries()) {
    const recorded = plan.outcomes.map(() => 0);
    for (const each of requests)
      if (each.recorded[index] === true) recorded[each.outcomes[index] ?? 0] = (recorded[each.outcomes[index] ?? 0] ?? 0) + each.requests;
    counted.push({
      recorded,
      keys: await keysOf(plan, index, rows, ask),
      users: user && (await crowdOf(plan, index, "canary_user", rows, ask)),
      sessions: session && (await crowdOf(plan, index, "canary_session", rows, ask)),
    });
  }
  const segments = segment === undefined ? [] : await segmentsOf(connection, plans, requests, rows, ask);
  const unmatched = [
    ...(user !== undefined && counted[0]?.users?.groups.length === 0 ? (["user"] as const) : []),
    ...(session !== undefined && counted[0]?.sessions?.groups.length === 0 ? (["session"] as const) : []),
    ...(segment !== undefined && segments.every(({ value }) => value === undefined) ? (["segment"] as const) : []),
  ];
  return { requests, plans: counted, segments, movers: await moversOf(plans, user, rows, ask), unmatched };
}

/** Asks a query over the decided rows. */
type Ask = (sql: string) => Promise<readonly Row[]>;

/** The rows with what each plan decides: `canary_0_decided`, `canary_0_version`, … */
async function decide(
  connection: Warehouse,
  { from, columns = {} }: WarehouseQuery,
  plans: readonly Plan[],
  named: { readonly [name in "user" | "session" | "segment"]: Field | undefined },
  signal: AbortSignal | undefined,
): Promise<{ readonly prelude: readonly string[]; readonly rows: string }> {
  const dialect = DIALECTS[connection.dialect];
  const others = Object.values(named).filter((field) => field !== undefined);
  const sources = sourcesOf(plans, others, dialect, columns, await connection.columnsOf(from));
  const refused = [...sources.refused, ...plans.flatMap((plan) => drawRefusals(plan, columns["draw"]))];
  if (refused.length > 0) throw new WarehouseError("", refused);
  const decisions = plans.map((plan, index) => decisionColumns(plan, dialect, sources, `canary_${index}`));
  const layer = (at: 0 | 1 | 2): Layer => decisions.flatMap(({ layers }) => layers[at]);
  const result: Layer = [
    ...decisions.flatMap((decision, index) => resultOf(decision, `canary_${index}`, dialect.noText)),
    ...Object.entries(named).flatMap(([name, field]) => (field === undefined ? [] : [[`canary_${name}`, sources.column(field)] as const])),
  ];
  const whole = dialect.select(from, [...sources.layers, layer(0), layer(1), layer(2)], result);
  const wanted = `SELECT ${result.map(([name]) => name).join(", ")} FROM (${whole}) AS canary_decided`;
  const prelude = dialect.prelude(
    hashesOf(plans),
    [...plans.flatMap(fieldsOf), ...others].some(({ kind }) => kind === "query" || kind === "path"),
  );
  if (connection.keep === undefined) return { prelude, rows: `(${wanted}) AS canary_rows` };
  if (prelude.length > 0) await connection.rows([...prelude, "SELECT 1"], signal);
  return { prelude: [], rows: await connection.keep(wanted, signal) };
}

function resultOf({ version, outcome, slot, key }: DecisionColumns, prefix: string, noText: string): Layer {
  const sticky = key ?? noText;
  return [
    [`${prefix}_decided`, outcome],
    [`${prefix}_version`, version],
    [`${prefix}_drawn`, `CASE WHEN ${slot} IS NOT NULL THEN 1 ELSE 0 END`],
    [`${prefix}_recorded`, `CASE WHEN ${slot} IS NOT NULL AND ${sticky} IS NULL THEN 1 ELSE 0 END`],
    [`${prefix}_sticky`, sticky],
  ];
}

function list(plans: readonly Plan[], column: "decided" | "recorded"): string {
  return plans.map((_, index) => `canary_${index}_${column}`).join(", ");
}

/** Different keys by outcome. */
async function keysOf(plan: Plan, index: number, rows: string, ask: Ask): Promise<readonly number[]> {
  const counts = plan.outcomes.map(() => 0);
  if (plan.split.kind === "fixed" || plan.split.sticky === undefined) return counts;
  const [outcome, key] = [`canary_${index}_decided`, `canary_${index}_sticky`];
  for (const row of await ask(`SELECT ${outcome}, count(DISTINCT ${key}) FROM ${rows} WHERE ${key} IS NOT NULL GROUP BY ${outcome}`))
    counts[numberAt(row, 0)] = numberAt(row, 1);
  return counts;
}

async function crowdOf(plan: Plan, index: number, who: string, rows: string, ask: Ask): Promise<CrowdGroups> {
  const [version, drawn] = [`canary_${index}_version`, `canary_${index}_drawn`];
  const one = [
    `count(*) AS n`,
    `CASE WHEN count(DISTINCT ${version}) > 1 THEN 1 ELSE 0 END AS several`,
    `sum(${drawn}) AS draws`,
    `CASE WHEN count(DISTINCT CASE WHEN ${drawn} = 1 THEN ${version} END) > 1 THEN 1 ELSE 0 END AS turned`,
  ];
  const each = `SELECT ${who}, ${one.join(", ")} FROM ${rows} WHERE ${who} <> '' GROUP BY ${who}`;
  const groups = await ask(
    `SELECT draws, several, turned, count(*), sum(n), sum(n * n) FROM (${each}) AS canary_each GROUP BY draws, several, turned`,
  );
  const exposed = plan.versions.map(() => 0);
  for (const row of await ask(`SELECT ${version}, count(DISTINCT ${who}) FROM ${rows} WHERE ${who} <> '' GROUP BY ${version}`))
    exposed[plan.versions.indexOf(row[0] ?? "")] = numberAt(row, 1);
  return {
    exposed,
    groups: groups.map((row): CrowdGroup => {
      const [draws, several, turned, count, requests, squares] = row.map((_, at) => numberAt(row, at)) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      return { draws, several: several === 1, turned: turned === 1, count, requests, squares };
    }),
  };
}

async function segmentsOf(
  connection: Warehouse,
  plans: readonly Plan[],
  all: Groups["requests"],
  rows: string,
  ask: Ask,
): Promise<Groups["segments"]> {
  const top = await ask(
    `SELECT canary_segment, count(*) AS n FROM ${rows} GROUP BY canary_segment ORDER BY n DESC, canary_segment LIMIT ${MOST_SEGMENTS}`,
  );
  const dialect = DIALECTS[connection.dialect];
  const literals = top.flatMap(([value]) => (value === null || value === undefined ? [] : [dialect.text(value) ?? "''"]));
  const isTop = [
    ...(literals.length === 0 ? [] : [`canary_segment IN (${literals.join(", ")})`]),
    ...(top.some(([value]) => value === null) ? ["canary_segment IS NULL"] : []),
  ];
  const columns = `canary_segment, ${list(plans, "decided")}`;
  const some = await ask(`SELECT ${columns}, count(*) FROM ${rows} WHERE ${isTop.join(" OR ")} GROUP BY ${columns}`);
  const found = some.map((row) => ({
    value: row[0] ?? undefined,
    rest: false,
    outcomes: plans.map((_, index) => numberAt(row, index + 1)),
    requests: numberAt(row, plans.length + 1),
  }));
  // What is left over of each way through the plans is that of all other values.
  const left = new Map<string, number>();
  const add = (outcomes: readonly number[], requests: number): void => {
    const name = JSON.stringify(outcomes);
    left.set(name, (left.get(name) ?? 0) + requests);
  };
  for (const { outcomes, requests } of all) add(outcomes, requests);
  for (const { outcomes, requests } of found) add(outcomes, -requests);
  const rest = [...left]
    .filter(([, requests]) => requests > 0)
    .map(([name, requests]) => ({ value: undefined, rest: true, outcomes: JSON.parse(name) as number[], requests }));
  return [...found, ...rest];
}

async function moversOf(plans: readonly Plan[], user: Field | undefined, rows: string, ask: Ask): Promise<Groups["movers"]> {
  if (plans.length < 2) return [];
  const who = (index: number): string => (user === undefined ? `canary_${index}_sticky` : "canary_user");
  const counts = plans.slice(1).map((_, index) => {
    const changed = `canary_${index}_version <> canary_${index + 1}_version AND ${who(index)} <> ''`;
    return `count(DISTINCT CASE WHEN ${changed} THEN ${who(index)} END)`;
  });
  const [row = []] = await ask(`SELECT ${counts.join(", ")} FROM ${rows}`);
  const isTold = user !== undefined || plans.some(({ split }) => split.kind === "arms" && split.sticky !== undefined);
  return counts.map((_, index) => (isTold ? numberAt(row, index) : undefined));
}

function numberAt(row: Row, at: number): number {
  return Number(row[at] ?? 0);
}
