import { nearest } from "../../index.ts";
import type { ServedCount } from "../../simulate/index.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { readFile } from "./text.ts";
import { openWarehouse, warehouseFailure } from "./warehouse.ts";

/** The columns of counts, by the names that they may have. */
const COLUMNS: Readonly<Record<string, "version" | "count" | "reason" | "decided">> = {
  version: "version",
  served: "version",
  count: "count",
  users: "count",
  keys: "count",
  requests: "count",
  reason: "reason",
  decided: "decided",
};

/** Why an alias decides as it does, as counts have it. */
const COUNTED_REASONS: readonly string[] = ["rule", "split", "default", "error"];

/** A counts file is small: a line a version, reason and decision. */
const LARGEST = 10_000_000;

/** Counts that were read, and what was counted: `users`, `requests`, or undefined where the column does not say. */
export interface Counts {
  readonly rows: readonly ServedCount[];
  readonly unit: "users" | "requests" | undefined;
}

/**
 * Reads counts of what was served: a CSV file, `-` for standard input, or a query of a warehouse. Throws a `Refusal` for what is none,
 * and for counts that are none.
 */
export async function readCounts(where: string, warehouse: string | undefined, host: Terminal): Promise<Counts> {
  if (/^\s*(?:select|with)\s/i.test(where)) {
    if (warehouse === undefined) throw new Refusal("`--counts` with a query needs `--warehouse WHERE`");
    return countsOf(await queried(where, warehouse, host), "the query");
  }
  if (warehouse !== undefined)
    throw new Refusal("`--warehouse` does nothing where `--counts` is no query", "write a query that begins with `SELECT`");
  const { parse } = await import("csv-parse/sync");
  const name = where === "-" ? "standard input" : where;
  const { text } = await readFile(where, name, host, LARGEST);
  if (text.length > LARGEST)
    throw new Refusal(`${name}: is larger than ${LARGEST} characters`, "count in the warehouse, and give the counts");
  try {
    return countsOf(parse(text, { bom: true, skip_empty_lines: true, trim: true }) as string[][], name);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${name}: is no CSV: ${(error as Error).message}`);
  }
}

async function queried(query: string, where: string, host: Terminal): Promise<readonly (readonly string[])[]> {
  const open = await openWarehouse(where, { from: "counts" }, host);
  if (open === undefined) return [];
  try {
    const names = await open.connection.columnsOf(`(${query.replace(/;\s*$/, "")}\n) AS counts`);
    const rows = await open.connection.rows([query.replace(/;\s*$/, "")], host.interrupted);
    return [names, ...rows.map((row) => row.map((value) => value ?? ""))];
  } catch (error) {
    throw warehouseFailure(error);
  } finally {
    await open.connection.close();
  }
}

/** Rows with a head that names the columns, or of versions and counts without one. */
function countsOf(table: readonly (readonly string[])[], name: string): Counts {
  const [first = [], ...others] = table;
  const headless = first.length === 2 && /^\d+$/.test(first[1] ?? "");
  const head = headless ? ["version", "count"] : first.map((each) => each.toLowerCase());
  const columns = head.map((each) => {
    const column = COLUMNS[each];
    if (column !== undefined) return column;
    const near = nearest(each, Object.keys(COLUMNS));
    throw new Refusal(
      `${name}: the column \`${each}\` is none of counts`,
      near === undefined ? "the columns are `version`, `count`, `reason` and `decided`" : `did you mean \`${near}\`?`,
    );
  });
  for (const wanted of ["version", "count"] as const)
    if (columns.filter((each) => each === wanted).length !== 1)
      throw new Refusal(
        `${name}: there is ${columns.includes(wanted) ? "more than one" : "no"} column with the ${wanted}`,
        "name the columns in the first line: `version,count`",
      );
  const unit = head[columns.indexOf("count")];
  const rows = (headless ? table : others).map((row, index): ServedCount => {
    const cell = (column: (typeof columns)[number]): string => row[columns.indexOf(column)] ?? "";
    const place = `${name}: line ${index + (headless ? 1 : 2)}`;
    const [version, written, reason, decided] = [cell("version"), cell("count"), cell("reason").toLowerCase(), cell("decided")];
    if (version === "") throw new Refusal(`${place}: the version is empty`);
    const count = /^\d+(?:\.0+)?$/.test(written) ? Number(written) : Number.NaN;
    if (!Number.isSafeInteger(count)) throw new Refusal(`${place}: \`${written}\` is no count`, "write a whole number, from 0");
    if (reason !== "" && !COUNTED_REASONS.includes(reason))
      throw new Refusal(`${place}: \`${reason}\` is no reason`, `it is one of ${COUNTED_REASONS.map((each) => `\`${each}\``).join(", ")}`);
    if (columns.includes("reason") && reason === "") throw new Refusal(`${place}: the reason is empty`);
    return {
      version,
      count,
      ...(reason !== "" && { reason: reason as NonNullable<ServedCount["reason"]> }),
      ...(decided !== "" && { decided }),
    };
  });
  if (rows.length === 0) throw new Refusal(`${name}: has no count`);
  return { rows, unit: unit === "users" || unit === "keys" ? "users" : unit === "requests" ? "requests" : undefined };
}
