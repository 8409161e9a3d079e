import type { Served } from "./served/report.ts";
import type { Draws } from "./draws.ts";
import type { Exposure } from "./exposure.ts";
import type { Simulation, VersionShare } from "./result.ts";
import type { RolloutSimulation } from "./simulate.ts";

/** A value of a table; undefined where there is none. */
export type Cell = string | number | boolean | undefined;

/** A table of a result, for programs: numbers are not rounded, and shares are parts of 1. */
export interface DataTable {
  /** Lower case, words with `-` between them. */
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: "text" | "integer" | "number" | "boolean" }[];
  readonly rows: readonly (readonly Cell[])[];
}

type Column = DataTable["columns"][number];

/**
 * Every table of a result. All tables of a rollout begin with the column `stage`, and there are two more: `changes`, from each stage to
 * the next, and `moves`, the same by versions. Tables without a row are left out.
 */
export function tablesOf(simulation: Simulation | RolloutSimulation): readonly DataTable[] {
  if (!("stages" in simulation)) return simulationTables(simulation).filter(({ rows }) => rows.length > 0);
  const all = new Map<string, { readonly columns: readonly Column[]; readonly rows: (readonly Cell[])[] }>();
  for (const { name: stage, simulation: each } of simulation.stages)
    for (const { name, columns, rows } of simulationTables(each)) {
      const known = all.get(name) ?? { columns: columnsOf("stage", ...columns), rows: [] };
      all.set(name, known);
      for (const row of rows) known.rows.push([stage, ...row]);
    }
  const { changes } = simulation;
  return [
    ...[...all].map(([name, table]) => ({ name, ...table })),
    table(
      "changes",
      ["from", "to", integer("requests"), integer("users")],
      changes.map(({ from, to, requests, users }) => [from, to, requests, users]),
    ),
    table(
      "moves",
      ["from", "to", "from_version", "to_version", integer("requests")],
      changes.flatMap(({ from, to, matrix }) => matrix.map((each) => [from, to, each.from, each.to, each.requests])),
    ),
  ].filter(({ rows }) => rows.length > 0);
}

function simulationTables(simulation: Simulation): readonly DataTable[] {
  const { versions, reasons, funnel, segments, draws, users, sessions, served, lines } = simulation;
  return [
    table("versions", SHARES, versions.map(sharesOf)),
    table(
      "reasons",
      ["version", "reason", "at", integer("requests")],
      reasons.map(({ version, reason, at, requests }) => [version, reason, at, requests]),
    ),
    table(
      "funnel",
      ["at", "version", integer("reached"), integer("held")],
      funnel.map(({ at, version, reached, held }) => [at, version, reached, held]),
    ),
    table(
      "segments",
      ["value", { name: "rest", type: "boolean" }, ...SHARES],
      segments.flatMap(({ value, rest, versions: each }) => each.map((share) => [value, rest, ...sharesOf(share)])),
    ),
    ...drawTables("draws", draws),
    ...exposureTables("users", users),
    ...exposureTables("sessions", sessions),
    ...(served === undefined ? [] : servedTables(served)),
    table(
      "malformed",
      [integer("line"), "fault"],
      lines.first.map(({ line, fault }) => [line, fault]),
    ),
    table(
      "skipped",
      ["reason", integer("lines")],
      lines.skippedFor.map(({ reason, lines: count }) => [reason, count]),
    ),
  ];
}

function servedTables({ ways, draws, users, sessions }: Served): readonly DataTable[] {
  return [
    table(
      "served",
      ["decided", "reason", "served", integer("requests")],
      ways.map(({ from, to, requests }) => [from?.version, from?.reason, to, requests]),
    ),
    ...drawTables("served-draws", draws),
    ...exposureTables("served-users", users),
    ...exposureTables("served-sessions", sessions),
  ];
}

/** Draws by arm, and their course: one row for each arm and section of the traffic. */
function drawTables(name: string, draws: readonly Draws[]): readonly DataTable[] {
  return [
    table(
      name,
      ["unit", "version", "at", integer("slots"), integer("count"), ...INTERVAL],
      draws.flatMap(({ unit, arms }) =>
        arms.map(({ version, at, slots, count, share, interval }) => [unit, version, at, slots, count, share, interval.low, interval.high]),
      ),
    ),
    table(
      `${name}-tests`,
      ["unit", integer("count"), number("sampled"), "test", number("p"), { name: "chance", type: "boolean" }, number("p_at_any_time")],
      draws.map(({ unit, count, sampled, verdict, sequential }) => [
        unit,
        count,
        sampled,
        verdict.test,
        verdict.p,
        verdict.chance,
        sequential.p,
      ]),
    ),
    table(
      `${name}-course`,
      ["unit", integer("requests"), integer("time"), "version", "at", integer("count")],
      draws.flatMap(({ unit, arms, course }) =>
        course.flatMap(({ requests, time, counts }) =>
          arms.map(({ version, at }, index) => [unit, requests, time, version, at, counts[index] ?? 0]),
        ),
      ),
    ),
  ];
}

/** Users or sessions by version, and how many of them are mixed within so many draws. */
function exposureTables(name: string, exposure: Exposure | undefined): readonly DataTable[] {
  if (exposure === undefined) return [];
  return [
    table(
      name,
      ["version", integer("count"), ...INTERVAL],
      exposure.versions.map(({ version, count, share, interval }) => [version, count, share, interval.low, interval.high]),
    ),
    table(
      `${name}-mixed`,
      [integer("within"), integer("count"), integer("of"), ...INTERVAL, number("expected")],
      [{ within: undefined, ...exposure.mixed }, ...exposure.curve].map(({ within, count, of, share, interval, expected }) => [
        within,
        count,
        of,
        share,
        interval.low,
        interval.high,
        expected,
      ]),
    ),
  ];
}

const integer = (name: string): Column => ({ name, type: "integer" });
const number = (name: string): Column => ({ name, type: "number" });

const INTERVAL = [number("share"), number("low"), number("high")];
const SHARES = ["version", integer("requests"), number("share"), number("expected"), integer("drawn")];

function sharesOf({ version, requests, share, expected, drawn }: VersionShare): readonly Cell[] {
  return [version, requests, share, expected, drawn];
}

function columnsOf(...columns: readonly (string | Column)[]): readonly Column[] {
  return columns.map((column) => (typeof column === "string" ? { name: column, type: "text" } : column));
}

function table(name: string, columns: readonly (string | Column)[], rows: readonly (readonly Cell[])[]): DataTable {
  return { name, columns: columnsOf(...columns), rows };
}

/** A table as CSV (RFC 4180), lines ended by LF. A missing value is an empty cell, and an empty text is `""`. */
export function csvOf({ columns, rows }: DataTable): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(csvCell).join(","));
  return `${lines.join("\n")}\n`;
}

function csvCell(value: Cell): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return String(value);
  return value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
