import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { type Checked, readText } from "../../document/index.ts";
import type { Field } from "../../request/index.ts";
import { BUDGETS } from "../../alias/index.ts";
import {
  forecast,
  type LogForm,
  logTraffic,
  parsePopulation,
  parseRollout,
  populationTraffic,
  type Rollout,
  simulate as run,
  type Simulation,
  type Traffic,
} from "../../simulate/index.ts";
import { workers } from "../../simulate/workers/workers.ts";
import { readYaml } from "../../yaml/index.ts";
import { oneOf, onlyFile, readArguments } from "../arguments.ts";
import { failureOf, placed, readFile } from "../files/alias.ts";
import { loadAliasFile } from "../files/load.ts";
import { checkReports, PICTURES, PICTURES_HELP, writeReports } from "../reporters/pictures.ts";
import { forecastText, rolloutText, simulationText } from "../reporters/simulation.ts";
import { complaint } from "../terminal/complaint.ts";
import { type Command, Refusal, type Terminal, write } from "../terminal/host.ts";
import { progressOf } from "../terminal/progress.ts";
import { jsonOf, styleOf } from "../terminal/style.ts";

const HELP = `Routes traffic through an alias before it is live, and says who got what.

Usage: canary-router simulate FILE (--traffic LOG | --population MODEL)
                              [--plan ROLLOUT] [--seed TEXT] [options]

Shares of requests and of users, beside what the weights say, each with an
interval and a verdict; the funnel of strategies; how many users see more than
one version. With a rollout, every stage on the same traffic, and what moves
from each to the next. The same seed gives the same result.

Traffic:
  --traffic LOG        JSON lines, HAR, or a combined access log; - for standard
                       input. The extension says which, or --form
  --form FORM          ndjson, har or access-log
  --population MODEL   a model of users, sessions and requests (YAML or JSON)
  --requests N         about so many requests of the model
  --user TYPE:NAME     where a log has its users: Header:X-User-Id, Cookie:uid
  --session TYPE:NAME  where it has its sessions
  --served KEY         the key of a JSON line with the version that answered

Options:
  --plan ROLLOUT       steps as in Argo Rollouts; its \`alias\` may be left out
  --per-second N       requests a second that come to the split, to say how long
                       a stage must last
  --per-user N         requests of a user in an hour, to say where an affinity
                       cookie drifts
  --segment TYPE:NAME  count requests apart by this field
  --seed TEXT          0 where it is left out
  --workers N          threads; all processors where it is left out
${PICTURES_HELP}
  --json               everything as JSON

Exit codes: 0 done, 1 a file has errors, 2 wrong usage or no such file, 130
interrupted; what had been found by then is printed, and marked partial.

Examples:
  canary-router simulate shop.yaml --traffic access.log
  canary-router simulate shop.yaml --population users.yaml --requests 1000000
  canary-router simulate shop.yaml --plan rollout.yaml --population users.yaml
`;

/** Simulates an alias, or a rollout of one. */
export const simulate: Command = {
  summary: "route traffic before it is live, and say who got what",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, {
      traffic: { type: "string" },
      form: { type: "string" },
      population: { type: "string" },
      requests: { type: "string" },
      user: { type: "string" },
      session: { type: "string" },
      served: { type: "string" },
      plan: { type: "string" },
      "per-second": { type: "string" },
      "per-user": { type: "string" },
      segment: { type: "string" },
      seed: { type: "string" },
      workers: { type: "string" },
      ...PICTURES,
      json: { type: "boolean" },
    });
    const file = onlyFile(positionals, "simulate");
    const threads = values.workers === undefined ? availableParallelism() : numberOf("--workers", values.workers);
    const requests = values.requests === undefined ? undefined : numberOf("--requests", values.requests);
    const rates = {
      ...(values["per-second"] !== undefined && { requestsPerSecond: numberOf("--per-second", values["per-second"]) }),
      ...(values["per-user"] !== undefined && { requestsPerUserHour: numberOf("--per-user", values["per-user"]) }),
    };
    const [user, session, segment] = [
      fieldOf("--user", values.user),
      fieldOf("--session", values.session),
      fieldOf("--segment", values.segment),
    ];
    const alias = await loadAliasFile(file, host);
    if (alias === undefined || !alias.checked.ok) return 1;
    const rollout = values.plan === undefined ? undefined : await readRollout(values.plan, alias.written()?.value, host);
    if (rollout === "faulty") return 1;
    const traffic = await trafficOf({ ...values, requests, user, session }, host);
    if (traffic === "faulty") return 1;
    await checkReports(values);

    const progress = progressOf(host.stderr, undefined);
    const options = {
      seed: values.seed ?? "0",
      ...(segment !== undefined && { segment }),
      ...(threads > 1 && { crew: workers(threads) }),
      signal: host.interrupted,
      onProgress: (done: number) => progress.at(done, 0),
    };
    const ended = async <Found>(work: Promise<Found>): Promise<Found | undefined> => {
      try {
        return await work;
      } catch (error) {
        if (host.interrupted.aborted) return undefined;
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
        throw new Refusal(`${values.traffic ?? "traffic"}: ${failureOf(error)}`);
      } finally {
        progress.end();
      }
    };
    const style = styleOf(host.stdout, host.env);
    if (rollout === undefined) {
      const simulation: Simulation | undefined = await ended(run(alias.checked.value, traffic, options));
      if (simulation === undefined) return 130;
      await write(host.stdout, values.json === true ? `${jsonOf(simulation, 2)}\n` : simulationText(simulation, style));
      await writeReports(values, { title: file, simulation }, host);
    } else {
      const told = forecast(rollout, rates);
      const simulation = await ended(run(rollout, traffic, options));
      if (simulation === undefined) return 130;
      const text = `${forecastText(told)}\n${rolloutText(simulation, style)}`;
      await write(host.stdout, values.json === true ? `${jsonOf({ forecast: told, ...simulation }, 2)}\n` : text);
      await writeReports(values, { title: file, rollout, forecast: told, simulation }, host);
    }
    return host.interrupted.aborted ? 130 : 0;
  },
};

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Refusal(`\`${option} ${text}\` is not a number of them`, "write a whole number above 0");
}

/** `Header:X-User-Id` as a field. */
function fieldOf(option: string, text: string | undefined): Field | undefined {
  if (text === undefined) return undefined;
  const at = text.indexOf(":");
  if (at < 1 || at === text.length - 1) throw new Refusal(`\`${option} ${text}\` is not TYPE:NAME`, `write \`${option} Header:X-User-Id\``);
  const kind = oneOf(option, text.slice(0, at).toLowerCase(), ["header", "cookie", "query", "attribute"]);
  const name = text.slice(at + 1);
  return { kind, name: kind === "header" ? name.toLowerCase() : name };
}

async function readRollout(path: string, alias: unknown, host: Terminal): Promise<Rollout | "faulty"> {
  return readValue(path, host, (value) => parseRollout(isObject(value) && !("alias" in value) ? { alias, ...value } : value));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A file of JSON or YAML that something else than an alias is made of; its complaints are told. */
async function readValue<T>(path: string, host: Terminal, read: (value: unknown) => Checked<T>): Promise<T | "faulty"> {
  const { text, json } = await readFile(path, path, host, BUDGETS.text);
  const written = json ? readText(text) : readYaml(text);
  if (!written.ok) {
    const [fault] = written.diagnostics;
    throw new Refusal(`${placed(path, fault ?? {})}: not ${json ? "JSON" : "YAML"}: ${fault?.message ?? ""}`);
  }
  const { value, locate } = written.value;
  const checked = read(value);
  const style = styleOf(host.stderr, host.env);
  const lines = text.split("\n");
  for (const diagnostic of checked.diagnostics)
    await write(host.stderr, complaint(path, lines, { ...diagnostic, position: locate(diagnostic.at, json ? "value" : "key") }, style));
  return checked.ok ? checked.value : "faulty";
}

interface TrafficValues {
  readonly traffic?: string | undefined;
  readonly form?: string | undefined;
  readonly population?: string | undefined;
  readonly served?: string | undefined;
  readonly requests: number | undefined;
  readonly user: Field | undefined;
  readonly session: Field | undefined;
}

async function trafficOf(values: TrafficValues, host: Terminal): Promise<Traffic | "faulty"> {
  const { traffic, population, requests, user, session, served } = values;
  if ((traffic === undefined) === (population === undefined))
    throw new Refusal("`simulate` needs either `--traffic LOG` or `--population MODEL`", "see `canary-router simulate --help`");
  if (population !== undefined) {
    const model = await readValue(population, host, parsePopulation);
    return model === "faulty" ? model : populationTraffic(model, requests);
  }
  const path = traffic ?? "-";
  const form = values.form === undefined ? formOf(path) : oneOf("--form", values.form, ["ndjson", "har", "access-log"]);
  if (path !== "-") await readable(path);
  const stream = path === "-" ? host.stdin : createReadStream(path);
  return logTraffic(stream as AsyncIterable<Uint8Array>, { form, user, session, served });
}

function formOf(path: string): LogForm {
  switch (extname(path).toLowerCase()) {
    case ".har":
      return "har";
    case ".ndjson":
    case ".jsonl":
    case ".json":
      return "ndjson";
    default:
      return "access-log";
  }
}

/** Fails before the work where a file cannot be read. */
async function readable(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    await handle.close();
    if ((await stat(path)).isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  } catch (error) {
    throw new Refusal(`${path}: ${failureOf(error)}`);
  }
}
