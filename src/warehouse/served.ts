import { plural } from "../document/index.ts";
import { type Plan, splitOutcomes } from "../plan/index.ts";
import type { ServedGroups } from "../simulate/index.ts";
import { addTo, type DecidedRows, numberAt } from "./ask.ts";
import { crowdOf } from "./crowd.ts";
import type { Dialect, Layer } from "./dialect/dialect.ts";

import type { RowSpans } from "./spans.ts";
import { WarehouseError } from "./warehouse.ts";

/**
 * Columns over `canary_served`, the version that answered: `canary_to`, its index in the plan, one more for what the plan does not have, and NULL
 * where none is told; and `canary_split`, 1 where no rule claims the row. `outcome` is the column of what the plan decides.
 */
export function versionsServed(plan: Plan, dialect: Dialect, outcome: string): Layer {
  const { versions } = plan;
  const known = versions.flatMap((version, index) => {
    const literal = dialect.text(version);
    return literal === undefined ? [] : [`WHEN canary_served = ${literal} THEN ${index}`];
  });
  // What servers write for none.
  const none = "canary_served IS NULL OR canary_served IN ('', '-')";
  return [
    ["canary_to", `CASE WHEN ${none} THEN ${dialect.noNumber} ${known.join(" ")} ELSE ${versions.length} END`],
    ["canary_split", `CASE WHEN ${outcome} IS NULL OR ${outcome} IN (${[...splitOutcomes(plan)].join(", ")}) THEN 1 ELSE 0 END`],
  ];
}

/** Versions that the plan does not have, of which the name is kept: as many as from a log. */
const UNKNOWN = 20;

/** Versions are below this number, so that a time and a version are one number, ordered by the time. */
const PLACES = 1_000;

/**
 * Counts what was served, beside the first plan. Of answers to one key at the same millisecond, that of the version which comes first in the plan counts
 * as the first.
 * @throws WarehouseError where a key was served several versions, and nothing says which came first
 */
export async function servedOf(
  plan: Plan,
  { table, ask }: DecidedRows,
  who: { readonly user: string | undefined; readonly session: string | undefined },
  spans: RowSpans | undefined,
): Promise<ServedGroups> {
  const { versions, outcomes } = plan;
  const size = versions.length + 1;
  const width = outcomes.length + 1;
  const told = "canary_to IS NOT NULL";
  const keyed = "canary_split = 1 AND canary_0_sticky IS NOT NULL";
  const zeros = (length: number): number[] => Array.from({ length }, () => 0);
  const length = spans?.times.length ?? 0;
  const count = {
    cells: zeros(width * size),
    split: zeros(size),
    splitTimes: zeros(size * length),
    keys: zeros(2 * size),
    keyTimes: zeros(size * length),
  };
  const columns = ["canary_to", "canary_0_decided", `CASE WHEN ${keyed} THEN 1 ELSE 0 END`, "canary_split", ...(spans?.columns ?? [])];
  for (const row of await ask(`SELECT ${columns.join(", ")}, count(*) FROM ${table} WHERE ${told} GROUP BY ${columns.join(", ")}`)) {
    const [to, requests] = [numberAt(row, 0), numberAt(row, columns.length)];
    addTo(count.cells, to * width + (row[1] === null ? outcomes.length : numberAt(row, 1)), requests);
    if (numberAt(row, 2) === 1 || numberAt(row, 3) === 0) continue;
    addTo(count.split, to, requests);
    if (spans !== undefined) addTo(count.splitTimes, spans.indexOf(row, 4) * size + to, requests);
  }
  const first = spans === undefined ? "min(canary_to)" : `min(canary_time * ${PLACES} + canary_to)`;
  const mixed = "CASE WHEN min(canary_to) < max(canary_to) THEN 1 ELSE 0 END";
  const each = `SELECT ${first} AS canary_first, ${mixed} AS canary_mixed FROM ${table} WHERE ${told} AND ${keyed} GROUP BY canary_0_sticky`;
  // The span of the first answer, and its version.
  const firsts =
    spans === undefined
      ? ["canary_first", "canary_mixed"]
      : [`canary_first % ${PLACES}`, "canary_mixed", spans.startOf("canary_first", PLACES)];
  const keys = await ask(`SELECT ${firsts.join(", ")}, count(*) FROM (${each}) AS canary_keys GROUP BY ${firsts.join(", ")}`);
  const unordered = keys.reduce((sum, row) => sum + (numberAt(row, 1) === 1 ? numberAt(row, firsts.length) : 0), 0);
  if (spans === undefined && unordered > 0) {
    const was = unordered === 1 ? "was" : "were";
    const message = `${plural(unordered, "sticky key")} ${was} served more than one version, and nothing says which came first`;
    throw new WarehouseError("", [
      { code: "column", severity: "error", at: "/time", message, help: "name the column of the time as `time`" },
    ]);
  }
  for (const row of keys) {
    const [to, all] = [numberAt(row, 0), numberAt(row, firsts.length)];
    addTo(count.keys, 2 * to + numberAt(row, 1), all);
    if (spans !== undefined) addTo(count.keyTimes, spans.indexOf(row, 2) * size + to, all);
  }
  const names = await ask(
    `SELECT canary_served, count(*) AS canary_n FROM ${table} WHERE canary_to = ${versions.length} GROUP BY canary_served ORDER BY canary_n DESC, canary_served LIMIT ${UNKNOWN}`,
  );
  const crowd = async (name: string | undefined): Promise<ServedGroups["users"]> =>
    name === undefined
      ? undefined
      : crowdOf({ who: name, version: "canary_to", drawn: "canary_split", where: told }, { table, ask }, size, (text) => Number(text));
  return {
    ...count,
    users: await crowd(who.user),
    sessions: await crowd(who.session),
    unknown: new Map(names.map((row) => [String(row[0]), numberAt(row, 1)])),
  };
}
