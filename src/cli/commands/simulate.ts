import { availableParallelism } from "node:os";
import { type Field, fieldName } from "../../index.ts";
import {
  type Forecast,
  forecast,
  type ForecastOptions,
  type Gate,
  type GateResult,
  gates,
  judge,
  parsePopulation,
  type Population,
  populationTraffic,
  type RolloutSimulation,
  simulate as run,
  type SimulateOptions,
  type Simulation,
  unknownText,
} from "../../simulate/index.ts";
import { type Warehouse, warehouse } from "../../warehouse/index.ts";
import { correlationOf, positiveNumber, properPercentage, wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAliasFile } from "../files/load.ts";
import { readModel, readRollout } from "../files/model.ts";
import { type Log, logFailure, noRequests, noteMalformed, openLog } from "../files/traffic.ts";
import { openWarehouse, warehouseFailure } from "../files/warehouse.ts";
import { FORMAT } from "../formats.ts";
import { checkReports, REPORTS, writeReports } from "../reporters/reports.ts";
import { forecastText, rolloutText, simulationText } from "../reporters/simulation.ts";
import { type ExitCode, notice, Refusal, type Terminal, write } from "../terminal/host.ts";
import { progressOf } from "../terminal/progress.ts";
import { jsonOf, styleOf } from "../terminal/style.ts";
import { fieldOf, LOG_CONFLICTS, LOG_OPTIONS, logOptionsOf, hasTooMany } from "../traffic.ts";

/** The command `simulate`, for an alias or a rollout of one. */
export const simulate: Command = defineCommand({
  name: "simulate",
  about: [
    "Routes traffic through an alias before it is live, and says who got what.",
    "Shares of requests and of users, beside what the weights say, each with an interval and a verdict; the funnel of strategies; how many users see more than one version. With a rollout, every stage on the same traffic, and what moves from each to the next. The same seed gives the same result.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML" }],
  options: {
    traffic: { type: "string", value: "FILE", input: true, group: "Traffic", description: "a log of requests, `-` for standard input" },
    "traffic-format": { ...LOG_OPTIONS["traffic-format"], needs: "traffic", group: "Traffic" },
    "log-format": { ...LOG_OPTIONS["log-format"], needs: "traffic", group: "Traffic" },
    map: { ...LOG_OPTIONS.map, needs: "traffic", group: "Traffic" },
    "max-malformed": { ...LOG_OPTIONS["max-malformed"], needs: "traffic", group: "Traffic" },
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
      needs: "traffic",
      group: "Traffic",
      description: "the key of a JSON line with the version that answered",
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
      needs: "rollout",
      description: "requests a second that come to the split, to say how long a stage must last",
    },
    "per-user": {
      type: "string",
      value: "N",
      read: positiveNumber,
      needs: "rollout",
      description: "requests of a user in an hour, to say where an affinity cookie drifts",
    },
    "error-rate": {
      type: "string",
      value: "PERCENT",
      read: properPercentage,
      needs: "rollout",
      description: "the requests that fail now, to say how many it takes to see a fault; 1 where it is left out",
    },
    difference: {
      type: "string",
      value: "PERCENT",
      read: properPercentage,
      needs: "rollout",
      description: "how much more should be seen to fail, in percent points; 1 where it is left out",
    },
    risk: {
      type: "string",
      value: "PERCENT",
      read: properPercentage,
      needs: "rollout",
      description: "the risk of a false alarm, two-sided; 5 where it is left out",
    },
    power: {
      type: "string",
      value: "PERCENT",
      read: properPercentage,
      needs: "rollout",
      description: "the probability to see a fault that is there; 80 where it is left out",
    },
    correlation: {
      type: "string",
      value: "R",
      read: correlationOf,
      needs: "rollout",
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
    format: FORMAT,
    requests: { type: "string", deprecated: { use: "--count" } },
    plan: { type: "string", deprecated: { use: "--rollout" } },
    form: { type: "string", deprecated: { use: "--traffic-format" } },
    json: { type: "boolean", deprecated: { use: "--format json" } },
  },
  oneOf: ["traffic", "warehouse", "population"],
  conflicts: [
    ...LOG_CONFLICTS,
    { options: ["warehouse", "workers"], why: "do not go together: the warehouse does the work" },
    { options: ["warehouse", "seed"], why: "do not go together: nothing is drawn" },
  ],
  exits: {
    0: "done",
    1: "a file has errors, too many lines of a log are no requests, or a gate of --fail-on fails",
    2: "wrong usage, no such file, not one request in it, an option that matches nothing, or a gate that cannot be judged",
    130: "interrupted; what had been found by then is printed, and marked partial",
  },
  examples: [
    "canary-router simulate shop.yaml --traffic access.log",
    "canary-router simulate shop.yaml --population users.yaml --count 100000",
    "canary-router simulate shop.yaml --rollout steps.yaml --population users.yaml",
  ],
  run: async ({ values, positionals: [file] }, host) => {
    const processors = availableParallelism();
    const { traffic: path, population, user, session, served, seed, segment, workers: threads = processors } = values;
    const alias = await loadAliasFile(file, host);
    if (alias === undefined || !alias.checked.ok) return 1;
    const config = alias.checked.value;
    const steps =
      values.rollout === undefined ? NONE : await readRollout(values.rollout, (await alias.written())?.value, values.canary, host);
    const model = population === undefined ? NONE : await readModel(population, host, parsePopulation);
    if (!steps.ok || !model.ok) return 1;
    await checkReports(values);
    if (threads > processors) await notice(`\`--workers ${threads}\`: there is one thread a processor at most, here ${processors}`, host);

    const rollout = steps.value;
    const foresee = (requestsPerUser?: number): Forecast | undefined =>
      rollout && forecast(rollout, { ...forecastOptions(values), ...(requestsPerUser !== undefined && { requestsPerUser }) });
    checkTogether(values);
    checkEffect(values, foresee());
    const asked = [...new Set(values["fail-on"])];
    checkGates(asked, values, foresee());
    const open = values.warehouse === undefined ? undefined : await openWarehouse(values.warehouse, values, host);
    if (values.warehouse !== undefined && open === undefined) return 1;
    const log = path === undefined ? undefined : await openLog(path, { ...logOptionsOf(values), user, session, served }, host);
    const traffic =
      open === undefined
        ? (log?.traffic ?? populationTraffic(model.value as Population, values.count))
        : warehouse(open.connection, { ...open.query, ...(user && { user }), ...(session && { session }) });
    const options = {
      seed,
      ...(segment !== undefined && { segment }),
      ...(threads > 1 && open === undefined && { crew: (await import("../../simulate/workers/index.ts")).workers(threads) }),
    };
    const found = await watched(log, open?.connection, values.count, host, (watch): Promise<Simulation | RolloutSimulation> =>
      rollout === undefined ? run(config, traffic, { ...options, ...watch }) : run(rollout, traffic, { ...options, ...watch }),
    );
    if (found === undefined) return 130;
    const first = "stages" in found ? found.stages[0]?.simulation : found;
    if (first !== undefined) await noteTrust(log, first, values, host);
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
    await writeReports(values, { title: file, rollout, forecast: expected, simulation: found, segment, gates: judged }, host);
    for (const { gate, outcome, why } of judged) {
      const said = outcome === "unjudged" ? "cannot be judged" : outcome;
      await notice(`the gate \`${gate}\` ${said}: ${why}`, host, outcome === "passed" ? "green" : "red");
    }
    return exitCode(first, judged, most, host);
  },
});

/** The options that say what a forecast supposes, as the command line has them: parts in percent. */
interface Supposed {
  readonly "per-second"?: number | undefined;
  readonly "per-user"?: number | undefined;
  readonly "error-rate"?: number | undefined;
  readonly difference?: number | undefined;
  readonly risk?: number | undefined;
  readonly power?: number | undefined;
  readonly correlation?: number | undefined;
}

function forecastOptions(values: Supposed): ForecastOptions {
  const { "per-second": perSecond, "per-user": perUser, "error-rate": errorRate, difference, risk, power, correlation } = values;
  return {
    ...(perSecond !== undefined && { requestsPerSecond: perSecond }),
    ...(perUser !== undefined && { requestsPerUserHour: perUser }),
    ...(errorRate !== undefined && { errorRate: errorRate / 100 }),
    ...(difference !== undefined && { difference: difference / 100 }),
    ...(risk !== undefined && { alpha: risk / 100 }),
    ...(power !== undefined && { power: power / 100 }),
    ...(correlation !== undefined && { correlation }),
  };
}

/** Refuses options of a forecast that do not fit together, or do nothing for this rollout. Before the forecast, which throws. */
function checkTogether({ "error-rate": errorRate = 1, difference = 1, risk = 5, power = 80 }: Supposed): void {
  if (errorRate + difference >= 100)
    throw new Refusal(`\`--error-rate ${errorRate}\` and \`--difference ${difference}\` are 100 % or more together`);
  if (power <= risk) throw new Refusal(`\`--power ${power}\` is not above \`--risk ${risk}\``, "the power is usually from 80 to 99");
}

function checkEffect({ correlation }: Supposed, expected: Forecast | undefined): void {
  if (correlation !== undefined && expected?.clustered === false)
    throw new Refusal("`--correlation` does nothing: no user keeps a version, because the draw is random", "give the alias `stickiness`");
}

/** Refuses gates that cannot be judged with what is given. */
function checkGates(
  asked: readonly Gate[],
  {
    served,
    map,
    traffic,
  }: { readonly served?: string | undefined; readonly map: readonly string[]; readonly traffic?: string | undefined },
  expected: Forecast | undefined,
): void {
  const refuse = (gate: Gate, why: string, help: string): never => {
    throw new Refusal(`\`--fail-on ${gate}\` cannot be judged: ${why}`, help);
  };
  for (const gate of asked) {
    switch (gate) {
      case "srm":
      case "differs":
        if (served === undefined && !map.some((each) => each.startsWith("served=")))
          refuse(gate, "nothing says which version answered", "`--served KEY` names the field of the log that does");
        break;
      case "malformed":
        if (traffic === undefined) refuse(gate, "there is no log", "`--traffic FILE` names one");
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
  log: Log | undefined,
  { requests, lines, unmatched, served }: Simulation,
  options: { readonly [option in "user" | "session" | "segment"]: Field | undefined } & {
    readonly served?: string | undefined;
    readonly warehouse?: string | undefined;
    readonly "max-malformed"?: number | undefined;
  },
  host: Terminal,
): Promise<void> {
  const name = log?.name ?? options.warehouse ?? "the population";
  const { interrupted } = host;
  if (log !== undefined && requests === 0 && !interrupted.aborted) throw noRequests(log.name, lines.first);
  if (unmatched.length > 0 && !interrupted.aborted) {
    const said = unmatched.map((option) => {
      const field = option === "served" ? options.served : options[option] && fieldName(options[option]);
      return `\`--${option}\` matches nothing: no request of ${name} has \`${field}\``;
    });
    throw new Refusal(said.join("; "));
  }
  if (served !== undefined && served.unknown.requests > 0) {
    const said = unknownText(served.unknown);
    if (served.unknown.requests === served.told && !interrupted.aborted)
      throw new Refusal(`${name}: ${said}`, "is it the alias of this log?");
    await notice(`${name}: ${said}`, host);
  }
  if (log !== undefined) await noteMalformed(log.name, lines, options["max-malformed"], host);
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
