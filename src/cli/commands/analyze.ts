import { type AliasConfig, certify, type Claim, analyze as claimsOf, EFFORT, plan as planOf } from "../../index.ts";
import { jsonOf, visible } from "../../alias/surface.ts";
import { wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { checkCertificateFile, writeCertificate } from "../files/certificate.ts";
import { type Checkup, checkup, findingsText } from "./check.ts";
import { formats } from "../formats.ts";
import type { FileFindings } from "../reporters/findings.ts";
import { STRICT, strictness } from "../strict.ts";
import { complaint, report } from "../terminal/complaint.ts";
import { type ExitCode, notice, Refusal, refusalText, type Terminal, write } from "../terminal/host.ts";
import { explainLine } from "../terminal/paste.ts";
import { byPosition } from "../terminal/place.ts";
import { styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** A file, and the claims of `analyze` about it. */
interface Analysis {
  readonly one: Checkup;
  readonly claims: readonly Claim[];
}

/** The command `analyze`. A file that cannot be read is reported, and the next one is analyzed. */
export const analyze: Command = defineCommand({
  name: "analyze",
  about: [
    "Proves what alias configs say in vain or by accident.",
    "Rules that never match or change nothing, strategies that others shadow or overlap, versions that no request gets: each claim is true of every request, or comes with one that shows it, as a command to paste. The complaints of `canary-router check` are printed too.",
    "--certify writes proofs of strategies that decide nothing, of rules and items that change nothing, and of versions without a share, as JSON that docs/examples/check-certificate.mjs checks without canary-router. To standard output it goes in place of the report.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input", count: "many" }],
  options: {
    strict: { type: "boolean", description: "let claims and warnings fail as errors do" },
    ...STRICT,
    effort: {
      type: "string",
      value: "N",
      default: String(EFFORT),
      read: wholeNumber,
      description: "how many cases the proofs may look at; what they cannot decide within them is reported as undecided",
    },
    certify: { type: "boolean", description: "write a certificate of what is claimed of one FILE" },
    out: {
      type: "string",
      value: "OUT",
      short: "o",
      default: "-",
      needs: "certify",
      description: "the file of the certificate, `-` for standard output",
    },
    force: { type: "boolean", needs: "out", description: "let --out write over a file that is no certificate" },
    format: formats({
      text: "for people",
      json: "a list with an object for each file: `file`, `ok`, `claims`, and `failure` where it cannot be read",
      sarif: "SARIF 2.1.0, for code scanning",
      github: "annotations for GitHub Actions",
    }),
  },
  exits: {
    0: "all can be used",
    1: "at least one has errors, or with --strict claims, or with --certify nothing to certify",
    2: "wrong usage, or at least one cannot be read",
  },
  examples: ["canary-router analyze aliases/*.json", "canary-router analyze prod.yaml --strict"],
  run: async ({ values: { strict, ignore, effort, format, certify: certifies, out, force }, positionals }, host) => {
    const fails = await strictness(strict, ignore);
    const isAlone = certifies && out === "-";
    if (certifies && positionals.length > 1) throw new Refusal("`--certify` takes one FILE", "write a certificate for each");
    if (isAlone && format !== "text")
      throw new Refusal("`--certify` and `--format` go to standard output both", "name a file with `--out`");
    if (certifies) await checkCertificateFile(out, force);
    const analyses: Analysis[] = [];
    for (const name of positionals) analyses.push(await analysisOf(await checkup(name, host, "extended"), effort));
    if (isAlone) await complain(analyses, host);
    else if (format === "text") for (const analysis of analyses) await print(analysis, host);
    else if (format === "json") await write(host.stdout, `${jsonOf(analyses.map(toJson), 2)}\n`);
    else await write(host.stdout, await findingsText(format, analyses.map(findingsOf), host));
    const codes = analyses.map((analysis) => exitCode(analysis, fails));
    if (certifies && !codes.includes(2) && !(await certified(analyses, effort, out, host))) codes.push(1);
    return codes.includes(2) ? 2 : codes.includes(1) ? 1 : 0;
  },
});

/** Prints what is wrong with files that cannot be used. */
async function complain(analyses: readonly Analysis[], host: Terminal): Promise<void> {
  for (const { one } of analyses) {
    if (one.kind === "unread") await write(host.stderr, refusalText(one.refusal, host));
    else if (!one.file.checked.ok) await write(host.stderr, wrap(report(one.file, styleOf(host.stderr, host.env)), host.columns));
  }
}

/** Writes the certificate of each alias that can be used. Returns whether there is something to certify. */
async function certified(analyses: readonly Analysis[], effort: number, out: string, host: Terminal): Promise<boolean> {
  for (const { one } of analyses) {
    const config = one.kind === "unread" || !one.file.checked.ok ? undefined : await one.file.written();
    if (config === undefined) return false;
    const certificate = certify(config.value as AliasConfig, { effort });
    if (certificate.claims.length === 0) {
      await notice("there is nothing to certify", host);
      return false;
    }
    await writeCertificate(certificate, out, host);
  }
  return true;
}

async function analysisOf(one: Checkup, effort: number): Promise<Analysis> {
  if (one.kind === "unread") return { one, claims: [] };
  const { checked, written } = one.file;
  const config = checked.ok ? await written() : undefined;
  if (config === undefined) return { one, claims: checked.diagnostics };
  const proved = claimsOf(config.value as AliasConfig, { effort }).map((claim) => ({ ...claim, position: config.locate(claim.at) }));
  return { one, claims: [...checked.diagnostics, ...proved].toSorted(byPosition) };
}

function exitCode({ one, claims }: Analysis, fails: (found: readonly Claim[]) => boolean): ExitCode {
  if (one.kind === "unread") return 2;
  return one.file.checked.ok && !fails(claims) ? 0 : 1;
}

function toJson({ one, claims }: Analysis): object {
  if (one.kind === "unread") return { file: one.name, ok: false, claims, failure: one.refusal.message };
  return { file: one.file.name, ok: one.file.checked.ok, claims };
}

function findingsOf({ one, claims }: Analysis): FileFindings {
  if (one.kind === "unread") return { file: one.name, findings: [], failure: one.refusal.message };
  return { file: one.file.name, findings: claims };
}

async function print({ one, claims }: Analysis, host: Terminal): Promise<void> {
  if (one.kind === "unread") return write(host.stderr, refusalText(one.refusal, host));
  const style = styleOf(host.stdout, host.env);
  const { name, text, checked } = one.file;
  const lines = text.split("\n");
  const plan = checked.ok ? planOf(checked.value) : undefined;
  for (const claim of claims) {
    await write(host.stdout, wrap(complaint(name, lines, claim, style), host.columns));
    const line = plan && claim.witness && explainLine(name === "standard input" ? "-" : name, plan, claim.witness);
    if (line !== undefined) await write(host.stdout, `  ${style("cyan", "see:")} ${line}\n`);
  }
  const found = claims.length === 0 ? style("green", "nothing to say") : plural(claims.length, "claim");
  await write(host.stdout, `${style("bold", visible(name))}: ${checked.ok ? found : style("red", "cannot be used")}\n`);
}
