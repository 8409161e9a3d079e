import type { AliasConfig } from "../../alias/index.ts";
import { toPlan } from "../../plan/index.ts";
import { type Claim, analyze as claimsOf, EFFORT } from "../../prove/index.ts";
import { oneOf, readArguments } from "../arguments.ts";
import { type Checkup, checkup } from "./check.ts";
import { byPosition } from "../files/alias.ts";
import { complaint } from "../terminal/complaint.ts";
import { type Command, type ExitCode, Refusal, refusalText, type Terminal, write } from "../terminal/host.ts";
import { explainLine } from "../terminal/paste.ts";
import { jsonOf, printable, styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

const HELP = `Proves what alias configs say in vain or by accident.

Usage: canary-router analyze FILE... [--strict] [--effort N] [--format json]

Rules that never match or change nothing, strategies that others shadow or
overlap, versions that no request gets: each claim is true of every request,
or comes with one that shows it, as a command to paste. The complaints of
\`canary-router check\` are told too.

Options:
  --strict       let claims and warnings fail as errors do
  --effort N     cases that the proofs may look at, ${EFFORT} where it is left out;
                 what they cannot decide is said to be undecided
  --format text  for people (the default)
  --format json  a list with an object for each file: \`file\`, \`ok\`, \`claims\`,
                 and \`failure\` where it cannot be read

Exit codes: 0 all can be used, 1 at least one has errors, or with --strict
claims, 2 wrong usage, or at least one cannot be read at all.

Examples:
  canary-router analyze aliases/*.json
  canary-router analyze prod.yaml --strict
`;

/** A file with everything that is claimed of it. */
interface Analysis {
  readonly one: Checkup;
  readonly claims: readonly Claim[];
}

/** Analyzes files, and goes on with the next where one cannot be read. */
export const analyze: Command = {
  summary: "prove what alias configs say in vain or by accident",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, {
      strict: { type: "boolean" },
      effort: { type: "string" },
      format: { type: "string" },
    });
    const format = oneOf("--format", values.format ?? "text", ["text", "json"]);
    const effort = values.effort === undefined ? EFFORT : effortOf(values.effort);
    if (positionals.length === 0) throw new Refusal("`analyze` needs a FILE", "see `canary-router analyze --help`");

    const analyses: Analysis[] = [];
    for (const name of positionals) analyses.push(analysisOf(await checkup(name, host, "extended"), effort));
    if (format === "json") await write(host.stdout, `${jsonOf(analyses.map(toJson), 2)}\n`);
    else for (const analysis of analyses) await tell(analysis, host);
    const codes = analyses.map((analysis) => exitCode(analysis, values.strict === true));
    return codes.includes(2) ? 2 : codes.includes(1) ? 1 : 0;
  },
};

function effortOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Refusal(`\`--effort ${text}\` is not a number of cases`, "write a whole number from 1");
}

function analysisOf(one: Checkup, effort: number): Analysis {
  if (one.kind === "unread") return { one, claims: [] };
  const { checked, written } = one.file;
  const config = checked.ok ? written() : undefined;
  if (config === undefined) return { one, claims: checked.diagnostics };
  const proved = claimsOf(config.value as AliasConfig, { effort }).map((claim) => ({ ...claim, position: config.locate(claim.at) }));
  return { one, claims: [...checked.diagnostics, ...proved].toSorted(byPosition) };
}

function exitCode({ one, claims }: Analysis, strict: boolean): ExitCode {
  if (one.kind === "unread") return 2;
  return one.file.checked.ok && !(strict && claims.length > 0) ? 0 : 1;
}

function toJson({ one, claims }: Analysis): object {
  if (one.kind === "unread") return { file: one.name, ok: false, claims, failure: one.refusal.message };
  return { file: one.file.name, ok: one.file.checked.ok, claims };
}

async function tell({ one, claims }: Analysis, host: Terminal): Promise<void> {
  if (one.kind === "unread") return write(host.stderr, refusalText(one.refusal, host));
  const style = styleOf(host.stdout, host.env);
  const { name, text, checked } = one.file;
  const lines = text.split("\n");
  const plan = checked.ok ? toPlan(checked.value) : undefined;
  for (const claim of claims) {
    await write(host.stdout, wrap(complaint(name, lines, claim, style), host.columns));
    const line = plan && claim.witness && explainLine(name === "standard input" ? "-" : name, plan, claim.witness);
    if (line !== undefined) await write(host.stdout, `  ${style("cyan", "see:")} ${line}\n`);
  }
  const found = claims.length === 0 ? style("green", "nothing to say") : plural(claims.length, "claim");
  await write(host.stdout, `${style("bold", printable(name))}: ${checked.ok ? found : style("red", "cannot be used")}\n`);
}
