import {
  type AliasConfig,
  certifyEquivalent,
  EFFORT,
  formatShares,
  judgeChange,
  type JudgedRequirement,
  type Movement,
  movement,
  plan,
} from "../../index.ts";
import { type Alias, formatPercent, jsonOf, visible } from "../../alias/surface.ts";
import { percentage, wholeNumber } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { checkCertificateFile, writeCertificate } from "../files/certificate.ts";
import { loadAliasFile } from "../files/load.ts";
import { FORMAT } from "../formats.ts";
import { expectedMoved, movementLines } from "../reporters/movement.ts";
import { checkReports, REPORTS, writeReports } from "../reporters/reports.ts";
import { readRequirement, type WrittenRequirement } from "../requirement.ts";
import { notice, Refusal, write } from "../terminal/host.ts";
import { requestWords } from "../terminal/paste.ts";
import { styleOf, wrap } from "../terminal/style.ts";
import { plural } from "../terminal/table.ts";

/** The command `diff`: what moves between two configs, for people and for checks in CI. */
export const diff: Command = defineCommand({
  name: "diff",
  about: [
    "Says what moves when one alias config takes the place of another.",
    "Counts the slots that change hands, beside the fewest that could for the same shares, and finds the requests whose strategy changes, each with an example. Nothing is sampled. Two configs that route alike are proved to.",
    "--certify writes the proof that nothing changes, which docs/examples/check-certificate.mjs checks without canary-router. To standard output it goes in place of the report.",
    "--require says what must be true of every request and every draw. It is proved, or a request is shown that refutes it; what is neither fails too. It may be given several times, and takes one of:",
    {
      equal: "nothing changes its version",
      "only v1:v2": "what changes its version changes from v1 to v2; several moves stand with blanks between them",
      "no-more-than 10": "no request changes its version for more than 10 % of its draws; of a sticky key these are the draws of all keys",
      "no-new-requests v3": "nothing gets v3 that got another version",
    },
  ],
  arguments: [
    { name: "BEFORE", description: "the alias config that is live" },
    { name: "AFTER", description: "the one that takes its place" },
  ],
  options: {
    "max-moved": {
      type: "string",
      value: "PERCENT",
      read: percentage,
      description:
        "fail where more of the split moves than that; where keys or seed change, users are drawn anew, and the share that then moves counts",
    },
    "no-shifts": { type: "boolean", description: "fail where the requests of a strategy change hands" },
    require: {
      type: "string",
      value: "REQUIREMENT",
      multiple: true,
      read: readRequirement,
      description: "fail where this is not proved of the change",
    },
    effort: {
      type: "string",
      value: "N",
      default: String(EFFORT),
      read: wholeNumber,
      description: "how many cases the proofs may look at",
    },
    certify: { type: "boolean", description: "write a proof that the two route alike, as JSON; fail where there is none" },
    out: {
      type: "string",
      value: "OUT",
      short: "o",
      default: "-",
      needs: "certify",
      description: "the file of the proof, `-` for standard output",
    },
    ...REPORTS,
    format: FORMAT,
    json: { type: "boolean", deprecated: { use: "--format json" } },
  },
  exits: {
    0: "within the limits",
    1: "beyond one of them, a requirement is not proved, or a config has errors",
    2: "wrong usage or no such file",
  },
  examples: [
    "canary-router diff live.json next.json",
    "canary-router diff live.json next.json --max-moved 10",
    "canary-router diff live.json next.json --require 'only v1:v2'",
  ],
  run: async ({ values, positionals: [one, other = ""] }, host) => {
    const files = [await loadAliasFile(one, host), await loadAliasFile(other, host)];
    const [before, after] = files.map((file) => (file?.checked.ok === true ? file.checked.value : undefined));
    if (before === undefined || after === undefined) return 1;
    const { effort, certify, out, format, force } = values;
    const isAlone = certify && out === "-";
    if (isAlone && format !== "text")
      throw new Refusal("`--certify` and `--format` go to standard output both", "name a file with `--out`");
    await checkReports(values, certify && out !== "-");
    if (certify) await checkCertificateFile(out, force);
    const required = judge(values.require, before, after, effort);
    const moves = movement(before, after, { effort });
    const configOf = async (index: number): Promise<AliasConfig> => (await files[index]?.written())?.value as AliasConfig;
    const certificate = certify ? certifyEquivalent(await configOf(0), await configOf(1), { effort }) : undefined;
    const beyond = [
      ...complaints(moves, values["max-moved"], values["no-shifts"]),
      ...required.flatMap(complaintOf),
      ...(certify && certificate === undefined ? ["no proof that the two route alike can be certified"] : []),
    ];
    if (certificate !== undefined) await writeCertificate(certificate, out, host);
    if (certificate !== undefined && isAlone) {
      for (const line of beyond) await notice(line, host, "red");
    } else if (format === "json")
      await write(
        host.stdout,
        `${jsonOf({ ...moves, expected: expectedMoved(moves), ...(required.length > 0 && { required }), beyond }, 2)}\n`,
      );
    else {
      const style = styleOf(host.stdout, host.env);
      const proved = required.flatMap(({ kind, requirement }) => (kind === "proved" ? [`proved: ${visible(requirement)}`] : []));
      const lines = [
        ...movementLines(moves, host.columns),
        ...proved.map((line) => style("green", line)),
        ...beyond.map((line) => style("red", line)),
      ];
      await write(host.stdout, wrap(`${lines.join("\n")}\n`, host.columns));
    }
    await writeReports(values, { title: `${one} → ${other}`, change: { before: plan(before), after: plan(after), movement: moves } }, host);
    return beyond.length > 0 ? 1 : 0;
  },
});

function complaints(moves: Movement, limit: number | undefined, noShifts: boolean): readonly string[] {
  const moved = expectedMoved(moves) / 100;
  return [
    ...(limit !== undefined && moved > limit
      ? [`this change moves ${formatPercent(moved, 100)} of the split, more than the ${limit} % that are allowed`]
      : []),
    ...(noShifts && moves.shifts.length > 0
      ? [`this change shifts requests between strategies, ${plural(moves.shifts.length, "group")} of them`]
      : []),
  ];
}

/** A requirement as it was written, and what is known of it. */
type Required = JudgedRequirement & { readonly requirement: string };

function judge(written: readonly WrittenRequirement[], before: Alias, after: Alias, effort: number): readonly Required[] {
  if (written.length === 0) return [];
  const versions = [...new Set([before, after].flatMap((alias) => plan(alias).versions))];
  const results = judgeChange(
    before,
    after,
    written.map(({ read }) => read(versions)),
    { effort },
  );
  return written.flatMap(({ text }, index) => {
    const result = results[index];
    return result === undefined ? [] : [{ requirement: text, ...result }];
  });
}

function complaintOf(required: Required): readonly string[] {
  const what = `\`${visible(required.requirement)}\``;
  switch (required.kind) {
    case "proved":
      return [];
    case "unknown":
      return [`${what} is neither proved nor refuted: raise \`--effort\``];
    case "refuted": {
      const { example, moved } = required;
      const { request, draw, before, after } = example;
      const drawn = draw === undefined ? "" : ` and the draw ${draw}`;
      const shares = `${formatShares(Object.entries(before))} → ${formatShares(Object.entries(after))}`;
      const share = `requests like it change their version for ${formatPercent(moved, 10_000)} of their draws`;
      return [`${what} is not true of ${requestWords(request)}${drawn}: ${shares}; ${share}`];
    }
  }
}
