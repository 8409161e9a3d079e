import type { CrowdGroup, CrowdGroups } from "../simulate/index.ts";
import { addTo, type DecidedRows, numberAt } from "./ask.ts";

/** Who is counted, by what, and where: expressions over the decided rows. */
interface CrowdQuery {
  /** Who made the request. A row without one, or with an empty one, is of nobody. */
  readonly who: string;
  readonly version: string;
  /** 1 where the split decides. */
  readonly drawn: string;
  readonly where: string;
}

/** Counts users, or sessions, in groups of those that the split treated alike. `indexOf` gives the index, below `size`, of a version as it is in a row. */
export async function crowdOf(
  { who, version, drawn, where }: CrowdQuery,
  { table, ask }: DecidedRows,
  size: number,
  indexOf: (version: string) => number,
): Promise<CrowdGroups> {
  const theirs = `${where} AND ${who} <> ''`;
  const one = [
    `count(*) AS canary_n`,
    `CASE WHEN count(DISTINCT ${version}) > 1 THEN 1 ELSE 0 END AS canary_several`,
    `sum(${drawn}) AS canary_draws`,
    `CASE WHEN count(DISTINCT CASE WHEN ${drawn} = 1 THEN ${version} END) > 1 THEN 1 ELSE 0 END AS canary_turned`,
  ];
  const each = `SELECT ${one.join(", ")} FROM ${table} WHERE ${theirs} GROUP BY ${who}`;
  const alike = "canary_draws, canary_several, canary_turned";
  const groups = await ask(
    `SELECT ${alike}, count(*), sum(canary_n), sum(canary_n * canary_n) FROM (${each}) AS canary_each GROUP BY ${alike}`,
  );
  const exposed = Array.from({ length: size }, () => 0);
  for (const row of await ask(`SELECT ${version}, count(DISTINCT ${who}) FROM ${table} WHERE ${theirs} GROUP BY ${version}`))
    addTo(exposed, indexOf(row[0] ?? ""), numberAt(row, 1));
  return {
    exposed,
    groups: groups.map((row): CrowdGroup => ({
      draws: numberAt(row, 0),
      several: numberAt(row, 1) === 1,
      turned: numberAt(row, 2) === 1,
      count: numberAt(row, 3),
      requests: numberAt(row, 4),
      squares: numberAt(row, 5),
    })),
  };
}
