import { jsonOf, visible } from "../../alias/surface.ts";
import type { Alias, Diagnostic, Profile } from "../../alias/surface.ts";
import { type Command, defineCommand } from "../command.ts";
import { type AliasFile, readAliasFile } from "../files/alias.ts";
import { formats } from "../formats.ts";
import type { FileFindings } from "../reporters/findings.ts";
import { STRICT, strictness } from "../strict.ts";
import { report } from "../terminal/complaint.ts";
import { type ExitCode, Refusal, refusalText, type Terminal, write } from "../terminal/host.ts";
import { styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** A file that was read, or the reason why it could not be read. */
export type Checkup =
  | { readonly kind: "read"; readonly file: AliasFile }
  | { readonly kind: "unread"; readonly name: string; readonly refusal: Refusal };

/** The command `check`. A file that cannot be read is reported, and the next one is checked. */
export const check: Command = defineCommand({
  name: "check",
  about: [
    "Reads alias configs and reports everything that is wrong with them.",
    "Each complaint names the file, line and column, a code, and the place in the config as a JSON Pointer. An error makes a config unusable; a warning points to what is allowed and rarely meant.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input", count: "many" }],
  options: {
    profile: {
      type: "string",
      value: "NAME",
      choices: { extended: "what this library can route", functiongraph: "what the FunctionGraph service accepts" },
      default: "extended",
      description: "which configs are right",
    },
    strict: { type: "boolean", description: "let warnings fail the check as errors do" },
    ...STRICT,
    format: formats({
      text: "for people",
      json: "a list with an object for each file: `file`, `ok`, `diagnostics`, and `failure` where it cannot be read",
      sarif: "SARIF 2.1.0, for code scanning",
      github: "annotations for GitHub Actions",
    }),
  },
  exits: {
    0: "all can be used",
    1: "at least one has errors, or with --strict warnings",
    2: "wrong usage, or at least one cannot be read",
  },
  examples: [
    "canary-router check aliases/*.json",
    "canary-router check prod.yaml --profile functiongraph --strict",
    'curl -s "$URL/aliases/prod" | canary-router check -',
  ],
  run: async ({ values: { profile, strict, ignore, format }, positionals }, host) => {
    const fails = await strictness(strict, ignore);
    const checkups: Checkup[] = [];
    for (const name of positionals) checkups.push(await checkup(name, host, profile));
    if (format === "text") await print(checkups, host);
    else if (format === "json") await write(host.stdout, `${jsonOf(checkups.map(toJson), 2)}\n`);
    else await write(host.stdout, await findingsText(format, checkups.map(findingsOf), host));
    const codes = checkups.map((one) => exitCode(one, fails));
    return codes.includes(2) ? 2 : codes.includes(1) ? 1 : 0;
  },
});
/** Reads a file. A refusal is returned and not thrown. */
export async function checkup(name: string, host: Terminal, profile: Profile): Promise<Checkup> {
  try {
    return { kind: "read", file: await readAliasFile(name, host, { profile }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: "unread", name, refusal: error };
  }
}

function exitCode(one: Checkup, fails: (found: readonly Diagnostic[]) => boolean): ExitCode {
  if (one.kind === "unread") return 2;
  const { ok, diagnostics } = one.file.checked;
  return ok && !fails(diagnostics) ? 0 : 1;
}

function toJson(one: Checkup): object {
  if (one.kind === "unread") return { file: one.name, ok: false, diagnostics: [], failure: one.refusal.message };
  const { name, checked } = one.file;
  return { file: name, ok: checked.ok, diagnostics: checked.diagnostics };
}

function findingsOf(one: Checkup): FileFindings {
  if (one.kind === "unread") return { file: one.name, findings: [], failure: one.refusal.message };
  return { file: one.file.name, findings: one.file.checked.diagnostics };
}

/** Findings of files in a form for machines, whose code is loaded when it is asked for. */
export async function findingsText(format: "sarif" | "github", files: readonly FileFindings[], { env }: Terminal): Promise<string> {
  if (format === "sarif") return (await import("../reporters/sarif.ts")).sarif(files, env);
  return (await import("../reporters/github.ts")).githubFindings(files, env);
}

async function print(checkups: readonly Checkup[], host: Terminal): Promise<void> {
  const style = styleOf(host.stdout, host.env);
  for (const one of checkups) {
    if (one.kind === "unread") {
      await write(host.stderr, refusalText(one.refusal, host));
      continue;
    }
    const { name, checked } = one.file;
    await write(host.stdout, wrap(report(one.file, style), host.columns));
    if (checked.ok) await write(host.stdout, `${style("bold", visible(name))}: ${style("green", "ok")}, ${contents(checked.value)}\n`);
  }
  const read = checkups.filter((one) => one.kind === "read");
  if (read.length > 1 || read.some(({ file }) => file.checked.diagnostics.length > 0)) await write(host.stdout, `${summary(read)}\n`);
}

/** A summary of an alias: its primary, and how many strategies and weights it has. */
function contents({ primary, strategies, weights, stickiness }: Alias): string {
  return [
    `primary ${primary}`,
    ...(strategies.length === 0 ? [] : [plural(strategies.length, "strategy", "strategies")]),
    ...(weights.length === 0 ? [] : [plural(weights.length, "weight")]),
    ...(stickiness === undefined ? [] : ["sticky"]),
  ].join(", ");
}

function summary(read: readonly { readonly file: AliasFile }[]): string {
  const found = read.flatMap(({ file }) => file.checked.diagnostics);
  const errors = found.filter(({ severity }) => severity === "error").length;
  return `${plural(read.length, "file")} checked: ${plural(errors, "error")}, ${plural(found.length - errors, "warning")}`;
}
