import { plural } from "../document/index.ts";
import type { Field } from "../request/index.ts";
import type { Plan } from "../plan/index.ts";
import type { GroupedTraffic, GroupOptions, Groups, PlanGroups } from "../simulate/index.ts";
import { addTo, type DecidedRows, numberAt } from "./ask.ts";
import type { Columns } from "./columns.ts";
import { crowdOf } from "./crowd.ts";
import { decideRows, NO_ROW } from "./rows.ts";
import { servedOf } from "./served.ts";
import { type RowSpans, rowSpans } from "./spans.ts";
import { DIALECTS } from "./to-sql.ts";
import { type Row, type Warehouse, WarehouseError } from "./warehouse.ts";

/** Which rows are requests, and what they have. */
export interface WarehouseQuery {
  /** The table, or a subquery in parentheses, as SQL. */
  readonly from: string;
  /** With `served`, what answered is compared with the alias. With `time`, draws have a course. */
  readonly columns?: Columns;
  /** The field that identifies a user, and a session. A row without one, or with an empty one, is of its sticky key, or else of nobody. */
  readonly user?: Field;
  readonly session?: Field;
}

/** Values of a segment that are counted apart. */
const MOST_SEGMENTS = 1_000;

/**
 * The requests of a warehouse as traffic for `simulate`: the warehouse decides and counts them, and only counts come here. The result is that of a log with
 * the same requests, but for how many draws it takes until a user is mixed, which is absent; so is the course of draws where `columns` has no `time`. Where
 * `columns` has `served`, requests that only a random draw decides, and that have none, are divided by the weights.
 *
 * `group` throws a `WarehouseError` where the warehouse cannot be asked, a column is missing, a row cannot be decided, or there is no row.
 */
export function warehouse(connection: Warehouse, query: WarehouseQuery): GroupedTraffic {
  return { kind: "grouped", group: (plans, options) => group(connection, query, plans, options) };
}

async function group(
  connection: Warehouse,
  { from, columns = {}, user, session }: WarehouseQuery,
  plans: readonly Plan[],
  { segment, signal }: GroupOptions,
): Promise<Groups> {
  const rows = await decideRows(connection, { from, columns, fields: { user, session, segment } }, plans, signal);
  const facts = await factsOf(rows, {
    user: user && "canary_user",
    session: session && "canary_session",
    served: columns["served"] === undefined ? undefined : "canary_to",
    time: columns["time"] === undefined ? undefined : "canary_time",
  });
  const { spans, found } = facts;
  const decided = await decidedGroups(plans, rows, spans);
  const undecided = plans.map((_, index) => decided.some(({ outcomes }) => outcomes[index] === undefined));
  if (columns["served"] === undefined && undecided.includes(true)) {
    const count = decided.reduce((sum, { outcomes, requests }) => (outcomes.includes(undefined) ? sum + requests : sum), 0);
    throw new WarehouseError(
      `${plural(count, "row has", "rows have")} no draw, and only a random draw can decide ${count === 1 ? "it" : "them"}`,
    );
  }
  const counted: PlanGroups[] = [];
  for (const [index, plan] of plans.entries()) {
    const crowd = async (who: string | undefined): Promise<PlanGroups["users"]> => {
      if (who === undefined || undecided[index] === true) return undefined;
      const query = { who, version: `canary_${index}_version`, drawn: `canary_${index}_drawn`, where: "1 = 1" };
      return crowdOf(query, rows, plan.versions.length, (version) => plan.versions.indexOf(version));
    };
    counted.push({
      ...recordedOf(plan, index, decided, spans),
      ...(await keysOf(plan, index, rows, spans)),
      users: await crowd(whoOf(plan, index, user)),
      sessions: await crowd(session && "canary_session"),
    });
  }
  const segments = segment === undefined ? [] : await segmentsOf(connection, plans, decided, rows);
  const [first] = plans;
  const unmatched = [
    ...(["user", "session", "served"] as const).filter((name) => found[name] === 0),
    ...(segment !== undefined && segments.every(({ value }) => value === undefined) ? (["segment"] as const) : []),
  ];
  const isTold = counted.some(({ users }) => (users?.groups.length ?? 0) > 0) && !undecided.includes(true);
  return {
    requests: withoutSpans(decided),
    plans: counted,
    segments,
    movers: isTold ? await moversOf(plans, user, rows) : plans.slice(1).map(() => undefined),
    times: spans && { ...spans.times, requests: timesIn(decided, spans) },
    served:
      first === undefined || columns["served"] === undefined || found.served === 0
        ? undefined
        : await servedOf(first, rows, { user: whoOf(first, 0, user), session: session && "canary_session" }, spans),
    unmatched,
  };
}

/** Columns that not every row has to have. */
type Named<T> = { readonly [name in "user" | "session" | "served"]: T | undefined };

/** How many rows have the columns, and the spans of time that all rows are in. */
async function factsOf(
  { table, ask }: DecidedRows,
  { time, ...named }: Named<string> & { readonly time: string | undefined },
): Promise<{ readonly found: Named<number>; readonly spans: RowSpans | undefined }> {
  const columns = Object.entries(named).flatMap(([name, column]) => (column === undefined ? [] : [[name, column] as const]));
  const wanted = ["count(*)", ...columns.map(([, column]) => `count(${column})`)];
  if (time !== undefined) wanted.push(`count(${time})`, `min(${time})`, `max(${time})`);
  const [row = []] = await ask(`SELECT ${wanted.join(", ")} FROM ${table}`);
  const all = numberAt(row, 0);
  if (all === 0) throw new WarehouseError(NO_ROW);
  const found = Object.fromEntries(columns.map(([name], index) => [name, numberAt(row, index + 1)])) as Named<number>;
  if (time === undefined) return { found, spans: undefined };
  const [timed, earliest, latest] = [1, 2, 3].map((at) => numberAt(row, columns.length + at)) as [number, number, number];
  if (timed < all) throw new WarehouseError(`${plural(all - timed, "row has", "rows have")} no time`);
  if (earliest < 0 || latest > LATEST) throw new WarehouseError("a row has a time that is not between 1970 and 2286");
  return { found, spans: rowSpans(earliest, latest) };
}

/** The latest time that a log may have, too, in milliseconds since 1970. */
const LATEST = 1e13;

/** What each plan decides, undefined where only a random draw could. */
type Outcomes = Groups["requests"][number]["outcomes"];

/** Rows that are decided alike. */
interface DecidedGroup {
  readonly outcomes: Outcomes;
  /** For each plan, whether a draw that was recorded decides. */
  readonly recorded: readonly boolean[];
  /** The index of the span of time; 0 where there are none. */
  readonly span: number;
  readonly requests: number;
}

async function decidedGroups(
  plans: readonly Plan[],
  { table, ask }: DecidedRows,
  spans: RowSpans | undefined,
): Promise<readonly DecidedGroup[]> {
  const columns = [list(plans, "decided"), list(plans, "recorded"), ...(spans?.columns ?? [])].join(", ");
  const found = await ask(`SELECT ${columns}, count(*) FROM ${table} GROUP BY ${columns}`);
  return found.map((row) => ({
    outcomes: plans.map((_, index) => outcomeAt(row, index)),
    recorded: plans.map((_, index) => numberAt(row, plans.length + index) === 1),
    span: spans?.indexOf(row, 2 * plans.length) ?? 0,
    requests: numberAt(row, row.length - 1),
  }));
}

/** The same, with all spans of time together. */
function withoutSpans(decided: readonly DecidedGroup[]): Groups["requests"] {
  const groups = new Map<string, { readonly outcomes: Outcomes; requests: number }>();
  for (const { outcomes, requests } of decided) {
    const name = outcomes.join();
    const known = groups.get(name) ?? { outcomes, requests: 0 };
    groups.set(name, known);
    known.requests += requests;
  }
  return [...groups.values()];
}

function timesIn(decided: readonly DecidedGroup[], { times }: RowSpans): readonly number[] {
  const counts = Array.from({ length: times.length }, () => 0);
  for (const { span, requests } of decided) addTo(counts, span, requests);
  return counts;
}

function recordedOf(
  { outcomes: all }: Plan,
  index: number,
  decided: readonly DecidedGroup[],
  spans: RowSpans | undefined,
): Pick<PlanGroups, "recorded" | "recordedTimes"> {
  const recorded = all.map(() => 0);
  const recordedTimes = Array.from({ length: all.length * (spans?.times.length ?? 0) }, () => 0);
  for (const { outcomes, recorded: isRecorded, span, requests } of decided) {
    const outcome = outcomes[index];
    if (outcome === undefined || isRecorded[index] !== true) continue;
    addTo(recorded, outcome, requests);
    if (spans !== undefined) addTo(recordedTimes, span * all.length + outcome, requests);
  }
  return { recorded, recordedTimes };
}

function list(plans: readonly Plan[], column: "decided" | "recorded"): string {
  return plans.map((_, index) => `canary_${index}_${column}`).join(", ");
}

function outcomeAt(row: Row, at: number): number | undefined {
  return row[at] === null ? undefined : numberAt(row, at);
}

/** Who made a request, for one plan: its user, or else its sticky key. Undefined where nothing tells. */
function whoOf(plan: Plan, index: number, user: Field | undefined): string | undefined {
  const key = isSticky(plan) ? [`canary_${index}_sticky`] : [];
  const known = [...(user === undefined ? [] : ["NULLIF(canary_user, '')"]), ...key];
  return known.length === 0 ? undefined : `COALESCE(${known.join(", ")})`;
}

function isSticky({ split }: Plan): boolean {
  return split.kind === "arms" && split.sticky !== undefined;
}

/** Different keys that decide, by outcome and by the span of time in which each comes first. */
async function keysOf(
  plan: Plan,
  index: number,
  { table, ask }: DecidedRows,
  spans: RowSpans | undefined,
): Promise<Pick<PlanGroups, "keys" | "keyTimes">> {
  const keys = plan.outcomes.map(() => 0);
  const keyTimes = Array.from({ length: keys.length * (spans?.times.length ?? 0) }, () => 0);
  if (!isSticky(plan)) return { keys, keyTimes };
  const [outcome, key] = [`canary_${index}_decided`, `canary_${index}_sticky`];
  const decides = `${key} IS NOT NULL AND canary_${index}_drawn = 1 AND canary_${index}_recorded = 0`;
  if (spans === undefined) {
    for (const row of await ask(`SELECT ${outcome}, count(DISTINCT ${key}) FROM ${table} WHERE ${decides} GROUP BY ${outcome}`))
      addTo(keys, numberAt(row, 0), numberAt(row, 1));
    return { keys, keyTimes };
  }
  const each = `SELECT ${outcome}, min(canary_time) AS canary_first FROM ${table} WHERE ${decides} GROUP BY ${outcome}, ${key}`;
  const columns = `${outcome}, ${spans.startOf("canary_first")}`;
  for (const row of await ask(`SELECT ${columns}, count(*) FROM (${each}) AS canary_keys GROUP BY ${columns}`)) {
    addTo(keys, numberAt(row, 0), numberAt(row, 2));
    addTo(keyTimes, spans.indexOf(row, 1) * keys.length + numberAt(row, 0), numberAt(row, 2));
  }
  return { keys, keyTimes };
}

async function segmentsOf(
  connection: Warehouse,
  plans: readonly Plan[],
  all: Groups["requests"],
  { table: rows, ask }: DecidedRows,
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
    outcomes: plans.map((_, index) => outcomeAt(row, index + 1)),
    requests: numberAt(row, plans.length + 1),
  }));
  // What is left over of each way through the plans is that of all other values.
  const left = new Map<string, number>();
  const add = (outcomes: Outcomes, requests: number): void => {
    const name = JSON.stringify(outcomes);
    left.set(name, (left.get(name) ?? 0) + requests);
  };
  for (const { outcomes, requests } of all) add(outcomes, requests);
  for (const { outcomes, requests } of found) add(outcomes, -requests);
  const rest = [...left]
    .filter(([, requests]) => requests > 0)
    .map(([name, requests]) => ({
      value: undefined,
      rest: true,
      outcomes: (JSON.parse(name) as (number | null)[]).map((each) => each ?? undefined),
      requests,
    }));
  return [...found, ...rest];
}

async function moversOf(plans: readonly Plan[], user: Field | undefined, { table, ask }: DecidedRows): Promise<Groups["movers"]> {
  if (plans.length < 2) return [];
  // As from a log: the key that the first plan with keys has.
  const keyed = Math.max(0, plans.findIndex(isSticky));
  const who = whoOf(plans[keyed] as Plan, keyed, user) ?? "''";
  const counts = plans.slice(1).map((_, index) => {
    const changed = `canary_${index}_version <> canary_${index + 1}_version AND ${who} <> ''`;
    return `count(DISTINCT CASE WHEN ${changed} THEN ${who} END)`;
  });
  const [row = []] = await ask(`SELECT ${counts.join(", ")} FROM ${table}`);
  return counts.map((_, index) => numberAt(row, index));
}
