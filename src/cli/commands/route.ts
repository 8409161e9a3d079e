import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { compile, type Decision, type Plan, type Route } from "../../index.ts";
import { fieldName } from "../../request/index.ts";
import { SLOTS } from "../../alias/index.ts";
import { onlyFile, readArguments } from "../arguments.ts";
import { failureOf } from "../files/alias.ts";
import { linesOf } from "../files/lines.ts";
import { loadAlias } from "../files/load.ts";
import { readEntry } from "../files/requests.ts";
import { type Command, Refusal, type Terminal, write } from "../terminal/host.ts";
import { type Progress, progressOf, SILENT } from "../terminal/progress.ts";
import { jsonOf, printable, type Style, styleOf, wrap } from "../terminal/style.ts";
import { count, percent, plural, table } from "../terminal/table.ts";

const HELP = `Routes a log of requests and counts what each version gets, and why.

Usage: canary-router route FILE --requests LOG [--json]

LOG is a file of one JSON object a line, or \`-\` for standard input, of any
length. All keys of a request may be left out, and others are skipped:
  headers     an object or a list of pairs, names in any case
  method      a string; GET where it is left out
  url         path and query; or \`path\` and \`query\` apart
  host        a string, for a log that keeps it out of the headers
  attributes  an object of strings that the host vouches for
  draw        the recorded draw, from 0 up to, not including, 1

The table has the requests of each version by the reason:
  rule     a strategy holds
  split    the draw picked the version
  default  nothing was split, or no sticky key was there
  error    the request could not be read, or its draw is none
\`–\` stands where the alias has no such decision.
\`share\` is the part of all requests that the version got. \`expected\` is that
part if the requests that came to the draw were divided exactly by the
weights; the other reasons leave nothing to chance and count as they are.

Options:
  --requests LOG  the requests
  --json          a JSON object for each request, with its line, in place of
                  the table

Lines that are no requests are counted, and the first are shown; the others
are routed all the same. Ctrl-C ends the reading and prints what is there.

Exit codes: 0 all lines were routed, 1 some were not or the config has errors,
2 wrong usage, no such file, or not one request in it, 130 interrupted.

Examples:
  canary-router route prod.json --requests traffic.ndjson
  tail -n 100000 edge.ndjson | canary-router route shop.yaml --requests -
  canary-router route shop.yaml --requests edge.ndjson --json | grep '"v42"'
`;

/** Characters of a line. Node takes 16 KiB of headers, so this is no request but a file of something else. */
const LONGEST_LINE = 1024 * 1024;

/** Lines that are no requests, of which the place is told. */
const MALFORMED_SHOWN = 5;

/** What a run over a log has found. */
interface Tally {
  /** Requests by the index of their decision. */
  readonly counts: readonly number[];
  readonly requests: number;
  readonly malformed: number;
  /** The first of the malformed lines. */
  readonly faults: readonly string[];
}

/** Routes a log. */
export const route: Command = {
  summary: "route a log of requests and count what each version gets",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, { requests: { type: "string" }, json: { type: "boolean" } });
    const file = onlyFile(positionals, "route");
    const log = values.requests;
    if (log === undefined) throw new Refusal("`route` needs `--requests LOG`", "`-` is standard input; see `canary-router route --help`");
    if (file === "-" && log === "-") throw new Refusal("the config and the requests cannot both come from standard input");
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;

    const compiled: Route = compile(alias);
    const name = log === "-" ? "standard input" : log;
    const json = values.json === true;
    const tally = await routeLog(compiled, log, name, json, host);
    const interrupted = host.interrupted.aborted;
    if (tally.requests === 0 && !interrupted) throw new Refusal(`${name}: ${emptiness(tally)}`);
    const style = styleOf(host.stdout, host.env);
    if (!json) await write(host.stdout, wrap(`${summary(compiled.plan, tally, name, interrupted, style).join("\n")}\n`, host.columns));
    if (tally.malformed > 0) await write(host.stderr, `${malformedText(tally, name, host)}\n`);
    if (json && interrupted) await write(host.stderr, `canary-router: interrupted after ${plural(tally.requests, "request")}\n`);
    return interrupted ? 130 : tally.malformed > 0 ? 1 : 0;
  },
};

async function routeLog(compiled: Route, log: string, name: string, json: boolean, host: Terminal): Promise<Tally> {
  const counts = compiled.decisions.map(() => 0);
  const faults: string[] = [];
  let requests = 0;
  let malformed = 0;
  const progress = await progressOfLog(log, json, host);
  try {
    const stream = addAbortSignal(host.interrupted, log === "-" ? host.stdin : createReadStream(log));
    for await (const { number, text, bytes } of linesOf(stream, LONGEST_LINE)) {
      if (text?.trim() === "") continue;
      const entry =
        text === undefined ? ({ kind: "malformed", fault: `longer than ${count(LONGEST_LINE)} characters` } as const) : readEntry(text);
      if (entry.kind === "malformed") {
        malformed++;
        if (faults.length < MALFORMED_SHOWN) faults.push(`line ${number}: ${entry.fault}`);
        continue;
      }
      const decision = compiled(entry.request, entry.draw as number | undefined);
      counts[decision.index] = (counts[decision.index] ?? 0) + 1;
      requests++;
      if (json) await write(host.stdout, `${jsonOf({ line: number, ...decision })}\n`);
      progress.at(requests, bytes);
    }
  } catch (error) {
    if (!host.interrupted.aborted) throw new Refusal(`${name}: ${failureOf(error)}`);
  } finally {
    progress.end();
  }
  return { counts, requests, malformed, faults };
}

/** Silent where the decisions themselves pass by on the screen. */
async function progressOfLog(log: string, json: boolean, { stdout, stderr }: Terminal): Promise<Progress> {
  if (json && stdout.isTTY === true) return SILENT;
  const stats = log === "-" ? undefined : await stat(log).catch(() => undefined);
  return progressOf(stderr, stats?.isFile() === true ? stats.size : undefined);
}

function emptiness({ malformed, faults }: Tally): string {
  return malformed === 0 ? "the file is empty" : `no line is a request; ${faults[0]}`;
}

function malformedText({ malformed, faults }: Tally, name: string, { stderr, env }: Terminal): string {
  const style = styleOf(stderr, env);
  const more = malformed > faults.length ? [`and ${count(malformed - faults.length)} more`] : [];
  const head = `${style("yellow", "canary-router:")} ${printable(name)}: ${plural(malformed, "line is no request", "lines are no requests")}`;
  return [head, ...[...faults, ...more].map((line) => `  ${line}`)].join("\n");
}

/** The reasons in the order in which a route comes to them. */
const COLUMNS = ["rule", "split", "default", "error"] as const satisfies readonly Decision["reason"][];

function summary(plan: Plan, tally: Tally, name: string, interrupted: boolean, style: Style): readonly string[] {
  const { requests, counts } = tally;
  const lines = table([["version", ...COLUMNS, "requests", "share", "expected"], ...rows(plan, counts, requests)]);
  const head = `${plan.name ?? "alias"}: ${plural(requests, "request")} from ${name}`;
  return [
    `${style("bold", printable(head))}${interrupted ? style("yellow", " (partial: interrupted)") : ""}`,
    "",
    style("dim", lines[0] ?? ""),
    ...lines.slice(1, -1),
    style("bold", lines.at(-1) ?? ""),
    ...splitText(plan, counts).map((line) => style("dim", line)),
  ];
}

/** A row for each version, and one for all. `–` stands where no request whatever can come. */
function rows({ versions, outcomes, split }: Plan, counts: readonly number[], requests: number): readonly (readonly string[])[] {
  const sum = (wanted: (outcome: Plan["outcomes"][number]) => boolean): number =>
    outcomes.reduce((total, outcome) => total + (wanted(outcome) ? (counts[outcome.index] ?? 0) : 0), 0);
  const drawn = sum(({ reason }) => reason === "split");
  const row = (label: string, mine: (version: string) => boolean, slots: number): readonly string[] => {
    const cells = COLUMNS.map((reason) => {
      const possible = outcomes.some((outcome) => mine(outcome.version) && outcome.reason === reason);
      return possible ? count(sum((outcome) => mine(outcome.version) && outcome.reason === reason)) : "–";
    });
    const got = sum(({ version }) => mine(version));
    const fixed = sum(({ version, reason }) => mine(version) && reason !== "split");
    return [label, ...cells, count(got), percent(got, requests), percent(fixed + (drawn * slots) / SLOTS, requests)];
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

/** What the draws were, where there were any. */
function splitText({ split, outcomes }: Plan, counts: readonly number[]): readonly string[] {
  if (split.kind === "fixed") return [];
  const drawn = outcomes.reduce((total, { reason, index }) => (reason === "split" ? total + (counts[index] ?? 0) : total), 0);
  const head = `${plural(drawn, "request")} came to the draw`;
  if (split.sticky === undefined) return ["", `${head}, which is random: shares differ from the expected by chance.`];
  const keys = split.sticky.keys.map(({ field }) => fieldName(field)).join(", then ");
  return [
    "",
    `${head}, which is sticky by ${printable(keys)}.`,
    "All requests with one key get one version, so busy keys move the shares.",
  ];
}
