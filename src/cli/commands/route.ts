import { compile, type Decision, fieldName, type Plan, type Route } from "../../index.ts";
import { formatCount, formatPercent, jsonOf, visible } from "../../alias/surface.ts";
import { linesOf, type MalformedLine } from "../../simulate/index.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { type Log, logFailure, noRequests, noteMalformed, openLog } from "../files/traffic.ts";
import { formats } from "../formats.ts";
import { isAbandoned, notice, type Terminal, write } from "../terminal/host.ts";
import { progressOf, SILENT } from "../terminal/progress.ts";
import { type Style, styleOf, wrap } from "../terminal/style.ts";
import { plural, table } from "../terminal/table.ts";
import { hasTooMany, LOG_CONFLICTS, LOG_OPTIONS, logOptionsOf } from "../traffic.ts";

/** Slots of a split. */
const SLOTS = 10_000;

/** Requests between two updates of the progress. */
const LOOKED_AT = 256;

/** How many malformed lines are listed. */
const MALFORMED_SHOWN = 5;

/** The result of a run over a log. */
interface Tally {
  /** Requests by the index of their decision. */
  readonly counts: readonly number[];
  readonly requests: number;
  readonly malformed: number;
  /** The share of malformed lines. Empty lines and comments do not count. */
  readonly share: number;
  /** The first of the malformed lines. */
  readonly first: readonly MalformedLine[];
}

/** The command `route`. */
export const route: Command = defineCommand({
  name: "route",
  about: [
    "Routes a log of requests and counts what each version gets, and why.",
    "The log is read as by `canary-router simulate`, which says more of it. It may have any length. All keys of a JSON line may be left out, and others are skipped:",
    {
      headers: "an object or a list of pairs, names in any case",
      method: "a string; GET where it is left out",
      url: "path and query; or `path` and `query` apart",
      host: "a string, for a log that keeps it out of the headers",
      attributes: "an object of strings that the host vouches for",
      draw: "the recorded draw, from 0 up to, not including, 1",
    },
    "The table has the requests of each version by the reason:",
    {
      rule: "a strategy holds",
      split: "the draw picked the version",
      default: "nothing was split, or no sticky key was there",
      error: "the request could not be read, or its draw is none",
    },
    "`–` stands where the alias has no such decision. `share` is the part of all requests that the version got. `expected` is that part if the requests that came to the draw were divided exactly by the weights; the other reasons leave nothing to chance and count as they are.",
    "Lines that are no requests are counted, and the first are shown; the others are routed all the same. Ctrl-C ends the reading and prints what is there.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML" }],
  options: {
    traffic: { type: "string", value: "FILE", input: true, required: true, description: "the log of requests, `-` for standard input" },
    ...LOG_OPTIONS,
    format: formats({ text: "the table", json: "a JSON object for each request, with the number of its line" }),
    requests: { type: "string", deprecated: { use: "--traffic" } },
    json: { type: "boolean", deprecated: { use: "--format json" } },
  },
  conflicts: LOG_CONFLICTS,
  exits: {
    0: "the requests were routed",
    1: "too many lines are no requests, or the config has errors",
    2: "wrong usage, no such file, or not one request in it",
    130: "interrupted",
  },
  examples: [
    "canary-router route prod.json --traffic traffic.ndjson",
    "tail -n 100000 edge.ndjson | canary-router route shop.yaml --traffic -",
    "canary-router route shop.yaml --traffic edge.ndjson --format json | grep v42",
  ],
  run: async ({ values, positionals: [file] }, host) => {
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;

    const compiled: Route = compile(alias);
    const log = await openLog(values.traffic, { ...logOptionsOf(values), live: true }, host);
    const { name } = log;
    const json = values.format === "json";
    const tally = await routeLog(compiled, log, json, host);
    const interrupted = host.interrupted.aborted;
    if (tally.requests === 0 && !interrupted) throw noRequests(name, tally.first);
    await noteMalformed(name, tally, values["max-malformed"], host);
    const style = styleOf(host.stdout, host.env);
    if (!json) {
      const lines = summary(compiled.plan, tally, { name, interrupted, columns: host.columns }, style);
      await write(host.stdout, wrap(`${lines.join("\n")}\n`, host.columns));
    } else if (interrupted) await notice(`interrupted after ${plural(tally.requests, "request")}`, host);
    return interrupted ? 130 : hasTooMany(tally.share, values["max-malformed"]) ? 1 : 0;
  },
});

async function routeLog(compiled: Route, { name, traffic, size, read }: Log, json: boolean, host: Terminal): Promise<Tally> {
  const counts = compiled.decisions.map(() => 0);
  const first: MalformedLine[] = [];
  let requests = 0;
  let malformed = 0;
  let skipped = 0;
  // Decisions that are printed on the terminal show the progress themselves.
  const progress = json && host.stdout.isTTY === true ? SILENT : progressOf(host.stderr, "requests");
  try {
    for await (const found of linesOf(traffic)) {
      if ("visit" in found) {
        const { request, draw } = found.visit;
        const decision = compiled(request, draw);
        counts[decision.index] = (counts[decision.index] ?? 0) + 1;
        requests++;
        if (json) {
          await write(host.stdout, `${jsonOf({ line: found.line, ...decision })}\n`);
          if (isAbandoned(host.stdout)) break;
        }
        if (requests % LOOKED_AT === 0) progress.at(requests, size === undefined || size === 0 ? undefined : read() / size);
      } else if ("skipped" in found) skipped++;
      else {
        malformed++;
        if (first.length < MALFORMED_SHOWN) first.push(found);
      }
    }
  } catch (error) {
    throw logFailure(name, error);
  } finally {
    progress.end();
  }
  return { counts, requests, malformed, share: malformed === 0 ? 0 : malformed / (requests + skipped + malformed), first };
}

/** The reasons, in the order in which a route checks for them. */
const COLUMNS = ["rule", "split", "default", "error"] as const satisfies readonly Decision["reason"][];

function summary(
  plan: Plan,
  { requests, counts }: Tally,
  { name, interrupted, columns }: { readonly name: string; readonly interrupted: boolean; readonly columns: number | undefined },
  style: Style,
): readonly string[] {
  const lines = table([["version", ...COLUMNS, "requests", "share", "expected"], ...rows(plan, counts, requests)], columns);
  const head = `${plan.name ?? "alias"}: ${plural(requests, "request")} from ${name}`;
  return [
    `${style("bold", visible(head))}${interrupted ? style("yellow", " (partial: interrupted)") : ""}`,
    "",
    style("dim", lines[0] ?? ""),
    ...lines.slice(1, -1),
    style("bold", lines.at(-1) ?? ""),
    ...splitText(plan, counts).map((line) => style("dim", line)),
  ];
}

/** A row for each version, and a row of sums. `–` stands for a combination that no request can reach. */
function rows({ versions, outcomes, split }: Plan, counts: readonly number[], requests: number): readonly (readonly string[])[] {
  const sum = (wanted: (outcome: Plan["outcomes"][number]) => boolean): number =>
    outcomes.reduce((total, outcome) => total + (wanted(outcome) ? (counts[outcome.index] ?? 0) : 0), 0);
  const drawn = sum(({ reason }) => reason === "split");
  const row = (label: string, mine: (version: string) => boolean, slots: number): readonly string[] => {
    const cells = COLUMNS.map((reason) => {
      const possible = outcomes.some((outcome) => mine(outcome.version) && outcome.reason === reason);
      return possible ? formatCount(sum((outcome) => mine(outcome.version) && outcome.reason === reason)) : "–";
    });
    const got = sum(({ version }) => mine(version));
    const fixed = sum(({ version, reason }) => mine(version) && reason !== "split");
    return [label, ...cells, formatCount(got), formatPercent(got, requests), formatPercent(fixed + (drawn * slots) / SLOTS, requests)];
  };
  const arms = split.kind === "arms" ? split.arms : [];
  const slotsOf = (version: string): number =>
    arms.reduce((slots, { until, outcome }, index) => {
      const width = until - (arms[index - 1]?.until ?? 0);
      return outcomes[outcome]?.version === version ? slots + width : slots;
    }, 0);
  return [
    ...versions.map((version) => row(version, (other) => other === version, slotsOf(version))),
    row("all", () => true, arms.length === 0 ? 0 : SLOTS),
  ];
}

/** Where the draws came from, if there were any. */
function splitText({ split, outcomes }: Plan, counts: readonly number[]): readonly string[] {
  if (split.kind === "fixed") return [];
  const drawn = outcomes.reduce((total, { reason, index }) => (reason === "split" ? total + (counts[index] ?? 0) : total), 0);
  const head = `${plural(drawn, "request")} came to the draw`;
  if (split.sticky === undefined) return ["", `${head}, which is random: shares differ from the expected by chance.`];
  const keys = split.sticky.keys.map(({ field }) => fieldName(field)).join(", then ");
  return ["", `${head}, which is sticky by ${visible(keys)}.`, "All requests with one key get one version, so busy keys move the shares."];
}
