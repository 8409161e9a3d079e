import { nearest } from "../../index.ts";
import type { ServedCount } from "../../simulate/index.ts";
import { Refusal, type Terminal } from "../terminal/host.ts";
import { readMetrics } from "./metrics.ts";
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
 * Reads counts of what was served: a CSV file, `-` for standard input, the counters of a gateway for `alias` behind `prometheus:`, or a query
 * of a warehouse. Throws a `Refusal` for what is none, and for counts that are none.
 */
export async function readCounts(
  where: string,
  { warehouse, alias }: { readonly warehouse?: string | undefined; readonly alias: string | undefined },
  host: Terminal,
): Promise<Counts> {
  if (/^\s*(?:select|with)\s/i.test(where)) {
    if (warehouse === undefined) throw new Refusal("`--counts` with a query needs `--warehouse WHERE`");
    return countsOf(await queried(where, warehouse, host), "the query");
  }
  if (warehouse !== undefined)
    throw new Refusal("`--warehouse` does nothing where `--counts` is no query", "write a query that begins with `SELECT`");
  const [, url] = /^prometheus:(.*)$/s.exec(where) ?? [];
  if (url !== undefined) return scraped(url, alias, host);
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
  const open = await openWarehouse(where, "counts");
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

/** The decisions that gateways have counted for an alias. They are requests, whatever decided them. */
async function scraped(text: string, alias: string | undefined, host: Terminal): Promise<Counts> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new Refusal(
      `\`prometheus:${text}\` has no address`,
      "write `prometheus:http://127.0.0.1:9901/metrics`, or the address of a Prometheus server",
    );
  const samples = (await readMetrics(url, undefined, host.interrupted)).filter(({ name }) => name === "canary_router_decisions_total");
  const known = [...new Set(samples.map(({ labels }) => labels["alias"] ?? ""))];
  const [only] = known;
  const wanted = alias !== undefined && known.includes(alias) ? alias : known.length === 1 ? only : undefined;
  if (wanted === undefined) {
    if (known.length === 0) throw new Refusal(`${url.href}: no decision of an alias is counted there`);
    throw new Refusal(
      `${url.href}: there are ${known.length} aliases, and none is ${alias === undefined ? "named by the config" : `\`${alias}\``}`,
      "the `name` of the config says which alias it is",
    );
  }
  const counts = samples.filter(({ labels }) => labels["alias"] === wanted);
  return { rows: counts.map(({ labels, value }) => servedCount(labels, value, url.href)), unit: "requests" };
}

function servedCount(labels: Readonly<Record<string, string>>, value: number, from: string): ServedCount {
  const { version = "", reason = "" } = labels;
  if (version === "" || !COUNTED_REASONS.includes(reason) || !Number.isSafeInteger(value) || value < 0)
    throw new Refusal(`${from}: a decision is counted without a version, a reason or a whole number`);
  return { version, count: value, reason: reason as NonNullable<ServedCount["reason"]> };
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
