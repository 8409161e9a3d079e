import { availableParallelism } from "node:os";
import { type Field, fieldName, jsonOf } from "../../index.ts";
import {
  type FieldOption,
  type Forecast,
  forecast,
  type Gate,
  type GateResult,
  gates,
  judge,
  parsePopulation,
  type Population,
  populationTraffic,
  type RolloutSimulation,
  type Rollout,
  simulate as run,
  type SimulateOptions,
  simulatePart,
  type Simulation,
  unknownText,
} from "../../simulate/index.ts";
import { type Warehouse, warehouse } from "../../warehouse/index.ts";
import { correlationOf, positiveNumber, properPercentage, wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import type { Conflict, Given, Options } from "../declaration.ts";
import { loadAliasFile } from "../files/load.ts";
import { readModel, readRollout } from "../files/model.ts";
import { mergeFiles, PART, partNumber } from "../files/part.ts";
import { checkOwn, save, tellWritten } from "../files/save.ts";
import { type Log, logFailure, noRequests, noteMalformed, openLog } from "../files/traffic.ts";
import { openWarehouse, readColumnsFile, warehouseFailure } from "../files/warehouse.ts";
import { checkEffect, checkTogether, forecastOptions } from "../forecast.ts";
import { FORMAT } from "../formats.ts";
import { checkExport, EXPORT, writeTables } from "../files/export.ts";
import { checkReports, REPORTS, writeReports } from "../reporters/reports.ts";
import { forecastText, rolloutText, simulationText } from "../reporters/simulation.ts";
import { type ExitCode, notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { progressOf } from "../terminal/progress.ts";
import { styleOf } from "../terminal/style.ts";
import { fieldOf, LOG_CONFLICTS, LOG_OPTIONS, logOptionsOf, hasTooMany } from "../traffic.ts";

const OPTIONS = {
  traffic: { type: "string", value: "FILE", input: true, group: "Traffic", description: "a log of requests, `-` for standard input" },
  "traffic-format": { ...LOG_OPTIONS["traffic-format"], needs: "traffic", group: "Traffic" },
  "log-format": { ...LOG_OPTIONS["log-format"], needs: "traffic", group: "Traffic" },
  map: { ...LOG_OPTIONS.map, needs: "traffic", group: "Traffic" },
  "max-malformed": { ...LOG_OPTIONS["max-malformed"], needs: ["traffic", "merge"], group: "Traffic" },
  user: {
    type: "string",
    value: "TYPE:NAME",
    read: fieldOf,
    needs: ["traffic", "warehouse"],
    group: "Traffic",
    description: "where a log has its users: Header:X-User-Id, Cookie:uid",
  },
  session: {
    type: "string",
    value: "TYPE:NAME",
    read: fieldOf,
    needs: ["traffic", "warehouse"],
    group: "Traffic",
    description: "where it has its sessions",
  },
  served: {
    type: "string",
    value: "KEY",
    needs: ["traffic", "warehouse"],
    group: "Traffic",
    description: "the key of a JSON line, or the column of a warehouse, with the version that answered",
  },
  warehouse: {
    type: "string",
    value: "WHERE",
    group: "Traffic",
    description:
      "a warehouse that decides and counts: `duckdb:logs/*.parquet`, `duckdb:FILE.duckdb`, `postgres://HOST/DATABASE`, or `http://HOST:8123` of ClickHouse",
  },
  from: {
    type: "string",
    value: "TABLE",
    needs: "warehouse",
    group: "Traffic",
    description: "the table of the warehouse; the data files where they are named",
  },
  columns: {
    type: "string",
    value: "COLUMNS",
    input: true,
    needs: "warehouse",
    group: "Traffic",
    description: "a file that says which expression gives which part of a request, as for `canary-router sql`",
  },
  population: {
    type: "string",
    value: "FILE",
    input: true,
    group: "Traffic",
    description: "a model of users, sessions and requests (YAML or JSON)",
  },
  count: {
    type: "string",
    value: "N",
    read: wholeNumber,
    needs: "population",
    group: "Traffic",
    description: "about so many requests of the model",
  },
  part: {
    type: "string",
    value: "PART",
    read: partNumber,
    needs: "out",
    group: "Parts",
    description:
      "simulate only this part of the traffic, such as `3/16`, which is the third of sixteen; each may be done by another machine",
  },
  out: { type: "string", value: "OUT", short: "o", needs: "part", group: "Parts", description: "the file for the part" },
  merge: { type: "boolean", group: "Parts", description: "report what all parts, the files, say together" },
  rollout: {
    type: "string",
    value: "FILE",
    input: true,
    description: "a `Rollout` of Argo, a `Canary` of Flagger, or steps; its `alias` may be left out",
  },
  canary: {
    type: "string",
    value: "VERSION",
    needs: "rollout",
    description: "the version that is rolled out; where it is left out, the only other version that the alias has",
  },
  "per-second": {
    type: "string",
    value: "N",
    read: positiveNumber,
    needs: ["rollout", "merge"],
    description: "requests a second that come to the split, to say how long a stage must last",
  },
  "per-user": {
    type: "string",
    value: "N",
    read: positiveNumber,
    needs: ["rollout", "merge"],
    description: "requests of a user in an hour, to say where an affinity cookie drifts",
  },
  "error-rate": {
    type: "string",
    value: "PERCENT",
    read: properPercentage,
    needs: ["rollout", "merge"],
    description: "the requests that fail now, to say how many it takes to see a fault; 1 where it is left out",
  },
  difference: {
    type: "string",
    value: "PERCENT",
    read: properPercentage,
    needs: ["rollout", "merge"],
    description: "how much more should be seen to fail, in percent points; 1 where it is left out",
  },
  risk: {
    type: "string",
    value: "PERCENT",
    read: properPercentage,
    needs: ["rollout", "merge"],
    description: "the risk of a false alarm, two-sided; 5 where it is left out",
  },
  power: {
    type: "string",
    value: "PERCENT",
    read: properPercentage,
    needs: ["rollout", "merge"],
    description: "the probability to see a fault that is there; 80 where it is left out",
  },
  correlation: {
    type: "string",
    value: "R",
    read: correlationOf,
    needs: ["rollout", "merge"],
    description: "how much the failures of one user are alike, from 0 to 1; 0.01 where it is left out",
  },
  "fail-on": {
    type: "string",
    value: "GATES",
    multiple: true,
    list: true,
    choices: gates,
    description: "exit with 1 where one of these gates fails; a list such as `srm,mixed`",
  },
  segment: { type: "string", value: "TYPE:NAME", read: fieldOf, description: "count requests apart by this field" },
  seed: { type: "string", value: "TEXT", default: "0", description: "what everything random comes from" },
  workers: {
    type: "string",
    value: "N",
    read: wholeNumber,
    description: "threads, at most one a processor; one a processor where it is left out",
  },
  ...REPORTS,
  ...EXPORT,
  format: FORMAT,
  requests: { type: "string", deprecated: { use: "--count" } },
  plan: { type: "string", deprecated: { use: "--rollout" } },
  form: { type: "string", deprecated: { use: "--traffic-format" } },
  json: { type: "boolean", deprecated: { use: "--format json" } },
} as const satisfies Options;

type Values = Given<typeof OPTIONS>["values"];

/** What does nothing for a part. */
const FOR_REPORTS = [
  "format",
  "html",
  "svg",
  "export",
  "fail-on",
  "max-malformed",
  "per-second",
  "per-user",
  "error-rate",
  "difference",
  "risk",
  "power",
  "correlation",
];

/** The command `simulate`, for an alias or a rollout of one. */
export const simulate: Command = defineCommand({
  name: "simulate",
  about: [
    "Routes traffic through an alias before it is live, and says who got what.",
    "Shares of requests and of users, beside what the weights say, each with an interval and a verdict; the funnel of strategies; how many users see more than one version. With a rollout, every stage on the same traffic, and what moves from each to the next. The same seed gives the same result.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; with `--merge` the parts", count: "many" }],
  options: OPTIONS,
  oneOf: ["traffic", "warehouse", "population", "merge"],
  conflicts: [
    ...FOR_REPORTS.map((name): Conflict => ({ options: ["part", name], why: "do not go together: the merged parts are reported" })),
    ...["seed", "segment", "workers", "rollout", "canary"].map((name): Conflict => ({
      options: ["merge", name],
      why: "do not go together: the parts say it",
    })),
    { options: ["warehouse", "part"], why: "do not go together: the warehouse divides the work" },
    ...LOG_CONFLICTS,
    { options: ["warehouse", "workers"], why: "do not go together: the warehouse does the work" },
    { options: ["warehouse", "seed"], why: "do not go together: nothing is drawn" },
  ],
  exits: {
    0: "done",
    1: "a file has errors, too many lines of a log are no requests, or a gate of --fail-on fails",
    2: "wrong usage, no such file, not one request in it, an option that matches nothing, a gate that cannot be judged, or parts that do not belong together",
    130: "interrupted; what had been found by then is printed, and marked partial",
  },
  examples: [
    "canary-router simulate shop.yaml --traffic access.log",
    "canary-router simulate shop.yaml --population users.yaml --count 100000",
    "canary-router simulate shop.yaml --rollout steps.yaml --population users.yaml",
    "canary-router simulate shop.yaml --traffic access.log --part 1/2 -o part1.json",
    "canary-router simulate --merge part1.json part2.json",
  ],
  run: async ({ values, positionals }, host) => {
    if (values.merge) return merge(values, positionals, host);
    if (positionals.length > 1) throw new Refusal("`simulate` takes one alias", "`--merge` takes several files, which are parts");
    return simulateFile(values, positionals[0], host);
  },
});

/** Simulates an alias or a rollout of it, or a part of that. */
async function simulateFile(values: Values, file: string, host: Terminal): Promise<ExitCode> {
  const processors = availableParallelism();
  const { traffic: path, population, user, session, served, seed, segment, workers: threads = processors, part, out } = values;
  const alias = await loadAliasFile(file, host);
  if (alias === undefined || !alias.checked.ok) return 1;
  const config = alias.checked.value;
  const steps =
    values.rollout === undefined ? NONE : await readRollout(values.rollout, (await alias.written())?.value, values.canary, host);
  const model = population === undefined ? NONE : await readModel(population, host, parsePopulation);
  const columns = await readColumnsFile(values.columns, host);
  if (!steps.ok || !model.ok || !columns.ok) return 1;
  await checkReports(values, out !== undefined || values.export !== undefined);
  await checkExport(values);
  if (out !== undefined && !values.force) await checkOwn(out, PART);
  if (threads > processors) await notice(`\`--workers ${threads}\`: there is one thread a processor at most, here ${processors}`, host);

  const rollout = steps.value;
  const foresee = forecaster(values, rollout);
  const asked = [...new Set(values["fail-on"])];
  const answered = served ?? columns.value["served"] ?? values.map.find((each) => each.startsWith("served="));
  checkGates(asked, { served: answered !== undefined, log: path !== undefined }, foresee());
  const told = { ...columns.value, ...(served !== undefined && { served }) };
  const open = values.warehouse === undefined ? undefined : await openWarehouse(values.warehouse, values.from, told);
  const log = path === undefined ? undefined : await openLog(path, { ...logOptionsOf(values), user, session, served }, host);
  const options = {
    seed,
    ...(segment !== undefined && { segment }),
    ...(threads > 1 && open === undefined && { crew: (await import("../../simulate/workers/index.ts")).workers(threads) }),
  };
  const names: Names = {
    ...(log !== undefined && { log: log.name }),
    ...(answered !== undefined && { served: answered }),
    ...(user && { user: fieldName(user) }),
    ...(session && { session: fieldName(session) }),
    ...(segment && { segment: fieldName(segment) }),
  };
  if (part !== undefined && out !== undefined) {
    const traffic = log?.traffic ?? populationTraffic(model.value as Population, values.count);
    const notes = { file, ...names };
    const done = await watched(log, undefined, undefined, host, async (watch) => {
      const lines = simulatePart(rollout ?? config, traffic, part, { ...options, ...watch, notes });
      await save(out, ended(lines));
      return true;
    });
    if (done === undefined || host.interrupted.aborted) return 130;
    await tellWritten(`part ${part.part} of ${part.of}: ${out}`, host);
    return 0;
  }
  const traffic =
    open === undefined
      ? (log?.traffic ?? populationTraffic(model.value as Population, values.count))
      : warehouse(open.connection, { ...open.query, ...(user && { user }), ...(session && { session }) });
  const found = await watched(log, open?.connection, values.count, host, (watch): Promise<Simulation | RolloutSimulation> =>
    rollout === undefined ? run(config, traffic, { ...options, ...watch }) : run(rollout, traffic, { ...options, ...watch }),
  );
  if (found === undefined) return 130;
  if (open !== undefined && open.query.columns?.["draw"] === undefined && needsDraws(found))
    await notice("no row has a draw, so that requests which only a random draw decides are divided by the weights", host);
  return report(values, { found, rollout, title: file, from: log?.name ?? values.warehouse ?? "the population", names, segment }, host);
}

/** Whether some requests can only be decided by a random draw. */
function needsDraws(found: Simulation | RolloutSimulation): boolean {
  const plans = "stages" in found ? found.stages.map(({ simulation }) => simulation.plan) : [found.plan];
  return plans.some(({ split }) => split.kind === "arms" && (split.sticky === undefined || split.sticky.missing === "random"));
}

/** Lines with their ends. */
async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) yield `${line}\n`;
}

/** Merges parts. */
async function merge(values: Values, files: readonly string[], host: Terminal): Promise<ExitCode> {
  await checkReports(values, values.export !== undefined);
  await checkExport(values);
  const read = await watched(undefined, undefined, undefined, host, (watch) => mergeFiles(files, watch, host));
  if (read === undefined) return 130;
  const { simulation: found, subject, segment, notes } = read;
  const rollout = "stages" in found ? (subject as Rollout) : undefined;
  const asked = [...new Set(values["fail-on"])];
  const first = "stages" in found ? found.stages[0]?.simulation : found;
  checkGates(asked, { served: first?.served !== undefined, log: notes["log"] !== undefined }, forecaster(values, rollout)());
  return report(
    values,
    { found, rollout, title: notes["file"] ?? "", from: notes["log"] ?? "the population", names: notes, segment },
    host,
  );
}

/** How the command line names what the traffic has: the log, and the fields of options that a request may lack. */
type Names = Readonly<Partial<Record<"log" | FieldOption, string>>>;

/** What was found, and where it comes from. */
interface Obtained {
  readonly found: Simulation | RolloutSimulation;
  readonly rollout: Rollout | undefined;
  readonly title: string;
  readonly from: string;
  readonly names: Names;
  readonly segment: Field | undefined;
}

/** The forecast of a rollout, where there is one. Refuses options that do not fit together, or have no effect on it. */
function forecaster(values: Values, rollout: Rollout | undefined): (requestsPerUser?: number) => Forecast | undefined {
  checkTogether(values);
  const foresee = (requestsPerUser?: number): Forecast | undefined =>
    rollout && forecast(rollout, { ...forecastOptions(values), ...(requestsPerUser !== undefined && { requestsPerUser }) });
  if (rollout === undefined && values.merge)
    for (const name of FOR_FORECASTS)
      if (values[name] !== undefined) throw new Refusal(`\`--${name}\` does nothing: the parts are of no rollout`);
  checkEffect(values, foresee());
  return foresee;
}

const FOR_FORECASTS = ["per-second", "per-user", "error-rate", "difference", "risk", "power", "correlation"] as const;

/** Prints what was found, and writes reports. */
async function report(values: Values, { found, rollout, title, from, names, segment }: Obtained, host: Terminal): Promise<ExitCode> {
  const foresee = forecaster(values, rollout);
  const asked = [...new Set(values["fail-on"])];
  const first = "stages" in found ? found.stages[0]?.simulation : found;
  if (first !== undefined) await noteTrust(from, names, first, values["max-malformed"], host);
  const expected = foresee(first?.users?.requestsEach.weighted);
  if (values.correlation !== undefined && first?.users === undefined)
    await notice("`--correlation` does nothing: the traffic does not tell users apart", host);
  const most = values["max-malformed"];
  const judged = judge(asked, { simulation: found, forecast: expected, ...(most !== undefined && { maxMalformed: most / 100 }) });
  const style = styleOf(host.stdout, host.env);
  if (values.format === "json") {
    const all = { ...(expected && { forecast: expected }), ...found, ...(asked.length > 0 && { gates: judged }) };
    await write(host.stdout, `${jsonOf(all, 2)}\n`);
  } else if ("stages" in found) {
    const before = expected === undefined ? "" : `${forecastText(expected, host.columns)}\n`;
    await write(host.stdout, `${before}${rolloutText(found, style, host.columns)}`);
  } else await write(host.stdout, simulationText(found, style, host.columns));
  await writeReports(values, { title, rollout, forecast: expected, simulation: found, segment, gates: judged }, host);
  await writeTables(values, found, host);
  for (const { gate, outcome, why } of judged) {
    const said = outcome === "unjudged" ? "cannot be judged" : outcome;
    await notice(`the gate \`${gate}\` ${said}: ${why}`, host, outcome === "passed" ? "green" : "red");
  }
  return exitCode(first, judged, most, host);
}

/** Refuses gates that cannot be judged with what is given. */
function checkGates(
  asked: readonly Gate[],
  { served, log }: { readonly served: boolean; readonly log: boolean },
  expected: Forecast | undefined,
): void {
  const refuse = (gate: Gate, why: string, help: string): never => {
    throw new Refusal(`\`--fail-on ${gate}\` cannot be judged: ${why}`, help);
  };
  for (const gate of asked) {
    switch (gate) {
      case "srm":
      case "differs":
        if (!served)
          refuse(
            gate,
            "nothing says which version answered",
            "`--served KEY` names the field of the log, or the column of the warehouse, that does",
          );
        break;
      case "malformed":
        if (!log) refuse(gate, "there is no log", "`--traffic FILE` names one");
        break;
      case "moved":
      case "short": {
        if (expected === undefined) refuse(gate, "there is no rollout", "`--rollout FILE` names one");
        const [result] = judge([gate], { forecast: expected });
        if (result?.outcome === "unjudged")
          refuse(gate, result.why, gate === "short" ? "give the steps durations, and `--per-second N`" : "give the alias `stickiness`");
        break;
      }
      case "mixed":
    }
  }
}

/** What `readModel` would give for an option that is not given. */
const NONE = { ok: true, value: undefined } as const;

/** Runs a simulation and shows its progress. Undefined if it was interrupted before there was a result. */
async function watched<Found>(
  log: Log | undefined,
  connection: Warehouse | undefined,
  count: number | undefined,
  host: Terminal,
  work: (watch: Required<Pick<SimulateOptions, "signal" | "onProgress">>) => Promise<Found>,
): Promise<Found | undefined> {
  const progress = progressOf(host.stderr, "requests");
  try {
    return await work({
      signal: host.interrupted,
      onProgress: (requests) => progress.at(requests, log === undefined && count !== undefined ? requests / count : partRead(log)),
    });
  } catch (error) {
    if (host.interrupted.aborted) return undefined;
    throw connection === undefined ? logFailure(log?.name ?? "traffic", error) : warehouseFailure(error);
  } finally {
    log?.close();
    await connection?.close();
    progress.end();
  }
}

/** How much of a log is read, from 0 to 1; undefined where its size is not known. */
function partRead(log: Log | undefined): number | undefined {
  return log?.size === undefined || log.size === 0 ? undefined : log.read() / log.size;
}

/** Reports problems that weaken a result. Refuses a log without a request, and options that match no request. */
async function noteTrust(
  from: string,
  names: Names,
  { requests, lines, unmatched, served }: Simulation,
  mostMalformed: number | undefined,
  host: Terminal,
): Promise<void> {
  const { interrupted } = host;
  if (names.log !== undefined && requests === 0 && !interrupted.aborted) throw noRequests(names.log, lines.first);
  if (unmatched.length > 0 && !interrupted.aborted) {
    const said = unmatched.map((option) => `\`--${option}\` matches nothing: no request of ${from} has \`${names[option]}\``);
    throw new Refusal(said.join("; "));
  }
  if (served !== undefined && served.unknown.requests > 0) {
    const said = unknownText(served.unknown);
    if (served.unknown.requests === served.told && !interrupted.aborted)
      throw new Refusal(`${from}: ${said}`, "is it the alias of this log?");
    await notice(`${from}: ${said}`, host);
  }
  if (names.log !== undefined) await noteMalformed(names.log, lines, mostMalformed, host);
}

function exitCode(
  simulation: Simulation | undefined,
  judged: readonly GateResult[],
  most: number | undefined,
  { interrupted }: Terminal,
): ExitCode {
  if (interrupted.aborted) return 130;
  if (judged.some(({ outcome }) => outcome === "failed")) return 1;
  if (judged.some(({ outcome }) => outcome === "unjudged")) return 2;
  return simulation !== undefined && hasTooMany(simulation.lines.share, most) ? 1 : 0;
}
